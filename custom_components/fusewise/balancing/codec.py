"""Everything that balancing speaks of goes to JSON and comes back the same.

The dataclasses of `model`, `settings`, `decision` and `memory` are the format: an object for each of them,
keys as the fields are called, lists for tuples, names for enums ("L1", "charging"). A field that has its
default may be left out. JSON has no word for what is not a finite number: -inf, which means 'never', is null;
the others are "inf", "-inf" and "nan".
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
import json
import math
from types import NoneType, UnionType
from typing import Any, TypeAliasType, Union, get_args, get_origin, get_type_hints

from .errors import BalancingError
from .model import NEVER, Phase

__all__ = ["FormatError", "from_json", "parse", "to_json"]

type Path = tuple[str | int, ...]
type Reader = Callable[[Any, Path], Any]
type Writer = Callable[[Any], Any]

UNSPOKEN = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}
ALWAYS_WRITTEN = frozenset({"measured_at"})  # left out by a person it means now, not its default
SHOWN = 60  # characters of a wrong value in an error


class FormatError(BalancingError):
    """What was read is not in the format; the message names the place."""


def to_json(value: Any) -> Any:
    """The value in dicts, lists, strings and finite numbers. `value` is of a dataclass that flows."""
    kind: Any = type(value)
    return _writer(kind)(value)


def from_json[T](kind: type[T], data: Any, path: Path = ()) -> T:
    """The value of that dataclass. Raises FormatError naming the place below `path` that is wrong."""
    wanted: Any = kind
    found: T = _reader(wanted)(data, path)
    return found


def parse(text: str) -> Any:
    """Strict JSON: no NaN, no key twice. Raises FormatError."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise FormatError(
            f"line {error.lineno}, column {error.colno}: not JSON: {error.msg}"
        ) from None
    except RecursionError:
        raise FormatError("not read: nested too deeply") from None
    except FormatError:
        raise
    except ValueError:
        raise FormatError("not read: a whole number has more digits than can be counted") from None


def wrong(path: Path, message: str) -> FormatError:
    """The error at a place: `cycles[3].chargers.van: status "chargin" is not one of …`."""
    names = [number for number, step in enumerate(path) if isinstance(step, str)]
    split = names[-1] if names else 0
    where, what = _dotted(path[:split]), _dotted(path[split:])
    return FormatError(f"{where}: {what} {message}" if where else f"{what} {message}".strip())


def _dotted(path: Path) -> str:
    steps = (
        f"[{step}]" if isinstance(step, int) else f".{step if step.isprintable() else _shown(step)}"
        for step in path
    )
    return "".join(steps).removeprefix(".")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise FormatError(f"the key {_shown(key)} stands twice in one object")
        found[key] = value
    return found


def _no_number(word: str) -> float:
    raise FormatError(f'{word} is not JSON: write "inf", "-inf" or "nan" in quotes')


def _shown(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


# --- reading ---------------------------------------------------------------------------------------


@cache
def _reader(hint: Any) -> Reader:
    plain, optional = _unwrapped(hint)
    read = _reader_of(plain)
    if not optional:
        return read
    return lambda data, path: None if data is None else read(data, path)


def _unwrapped(hint: Any) -> tuple[Any, bool]:
    """The type behind an alias and behind `| None`, and whether it may be None."""
    if isinstance(hint, TypeAliasType):
        return _unwrapped(hint.__value__)
    if get_origin(hint) in (Union, UnionType):
        (kind,) = (arm for arm in get_args(hint) if arm is not NoneType)
        return _unwrapped(kind)[0], True
    return hint, False


def _reader_of(kind: Any) -> Reader:
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _dataclass_reader(kind)
    if origin is tuple:
        return _tuple_reader(get_args(kind))
    if origin is Mapping:
        return _mapping_reader(get_args(kind)[1])
    if issubclass(kind, Enum):
        return _enum_reader(kind)
    return {float: _read_float, int: _read_int, bool: _read_bool, str: _read_str}[kind]


def _dataclass_reader(kind: Any) -> Reader:
    known = {field.name: (field, _reader(hint)) for field, hint in _typed_fields(kind)}
    needed = [name for name, (field, _) in known.items() if _default(field) is MISSING]

    def read(data: Any, path: Path) -> Any:
        if not isinstance(data, dict):
            raise wrong(path, f"{_shown(data)} is not an object")
        for name in data:
            if name not in known:
                raise wrong((*path, name), f"is not known here (known are {', '.join(known)})")
        for name in needed:
            if name not in data:
                raise wrong((*path, name), "is missing")
        return kind(**{name: known[name][1](value, (*path, name)) for name, value in data.items()})

    return read


def _tuple_reader(kinds: tuple[Any, ...]) -> Reader:
    if kinds[-1] is not Ellipsis:
        readers = [_reader(kind) for kind in kinds]

        def read_all(data: Any, path: Path) -> Any:
            if not isinstance(data, list) or len(data) != len(readers):
                raise wrong(path, f"{_shown(data)} is not a list of {len(readers)}")
            return tuple(
                read(item, (*path, n))
                for n, (read, item) in enumerate(zip(readers, data, strict=True))
            )

        return read_all
    one = _reader(kinds[0])

    def read_each(data: Any, path: Path) -> Any:
        if not isinstance(data, list):
            raise wrong(path, f"{_shown(data)} is not a list")
        return tuple(one(item, (*path, n)) for n, item in enumerate(data))

    return read_each


def _mapping_reader(kind: Any) -> Reader:
    one = _reader(kind)

    def read(data: Any, path: Path) -> Any:
        if not isinstance(data, dict):
            raise wrong(path, f"{_shown(data)} is not an object")
        return {name: one(value, (*path, name)) for name, value in data.items()}

    return read


def _enum_reader(kind: type[Enum]) -> Reader:
    words = {_word(member): member for member in kind}

    def read(data: Any, path: Path) -> Any:
        if not isinstance(data, str) or data not in words:
            raise wrong(path, f"{_shown(data)} is not one of {', '.join(words)}")
        return words[data]

    return read


def _read_float(data: Any, path: Path) -> float:
    if data is None:
        return NEVER
    if isinstance(data, str) and data in UNSPOKEN:
        return UNSPOKEN[data]
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise wrong(path, f"{_shown(data)} is not a number")
    try:
        return float(data)
    except OverflowError:
        raise wrong(path, f"{_shown(data)} is too large a number") from None


def _read_int(data: Any, path: Path) -> int:
    if isinstance(data, bool) or not isinstance(data, int):
        raise wrong(path, f"{_shown(data)} is not a whole number")
    return data


def _read_bool(data: Any, path: Path) -> bool:
    if not isinstance(data, bool):
        raise wrong(path, f"{_shown(data)} is not true or false")
    return data


def _read_str(data: Any, path: Path) -> str:
    if not isinstance(data, str):
        raise wrong(path, f"{_shown(data)} is not a text")
    return data


# --- writing ---------------------------------------------------------------------------------------


@cache
def _writer(hint: Any) -> Writer:
    plain, optional = _unwrapped(hint)
    if plain is float:
        # None and 'never' are both null: where both may stand, 'never' is spelt out.
        return _write_optional_float if optional else _write_float
    write = _writer_of(plain)
    return (lambda value: None if value is None else write(value)) if optional else write


def _writer_of(kind: Any) -> Writer:
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _dataclass_writer(kind)
    if origin is tuple:
        kinds = get_args(kind)
        if kinds[-1] is Ellipsis:
            one = _writer(kinds[0])
            return lambda value: [one(item) for item in value]
        writers = [_writer(each) for each in kinds]
        return lambda value: [write(item) for write, item in zip(writers, value, strict=True)]
    if origin is Mapping:
        each = _writer(get_args(kind)[1])
        return lambda value: {name: each(item) for name, item in value.items()}
    if issubclass(kind, Enum):
        return _word
    return lambda value: value


def _dataclass_writer(kind: Any) -> Writer:
    known = [(field.name, _default(field), _writer(hint)) for field, hint in _typed_fields(kind)]

    def write(value: Any) -> Any:
        written: dict[str, Any] = {}
        for name, default, one in known:
            found = getattr(value, name)
            if name in ALWAYS_WRITTEN or default is MISSING or found != default:
                written[name] = one(found)
        return written

    return write


def _write_float(value: float) -> Any:
    return None if value == NEVER else _write_optional_float(value)


def _write_optional_float(value: float | None) -> Any:
    if value is None or math.isfinite(value):
        return value
    return str(value)


def _word(member: Enum) -> str:
    return member.name if isinstance(member, Phase) else str(member.value)


def _typed_fields(kind: Any) -> list[tuple[Field[Any], Any]]:
    hints = get_type_hints(kind)
    return [(field, hints[field.name]) for field in fields(kind)]


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default
