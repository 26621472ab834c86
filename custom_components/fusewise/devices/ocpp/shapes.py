"""What a message of a charge point must have, read as liberally as sense allows.

The standard's own schemas say which fields there are. Chargers in the field send numbers as texts and texts
as numbers, other cases, models of 30 characters and vendors' own fields; refusing their boot or the end of a
transaction for that would lose the charger or the session. So only what is missing and needed, or cannot be
what it should be, is refused. It takes 10 µs; a full validation takes 400, in the loop that holds the fuse.
"""

from collections.abc import Callable, Iterable, Mapping
import math
from typing import Any

type Payload = Mapping[str, Any]


LARGEST = 2**53  # OCPP 1.6 has 32 bits; what is larger than this cannot be stored everywhere


class MissingFieldError(ValueError):
    """A field that is needed is not there."""


class WrongFieldError(ValueError):
    """A field that is needed has a value that cannot be."""


class Shape:
    """The fields of one message, as its schema has them."""

    def __init__(self, schema: Mapping[str, Any], spared: Iterable[str] = ()) -> None:
        """`spared` are fields that the schema demands and that we can do without."""
        self.needed = tuple(name for name in schema.get("required", ()) if name not in {*spared})
        self._kinds = {
            name: READERS.get(field.get("type"), _as_it_is)
            for name, field in schema.get("properties", {}).items()
        }
        self._names = {name.lower(): name for name in self._kinds}

    def read(self, payload: Payload) -> dict[str, Any]:
        """Return the fields, each in its own type. Raises MissingFieldError, WrongFieldError."""
        fields: dict[str, Any] = {}
        for said, value in payload.items():
            name = said if said in self._kinds else self._names.get(said.lower(), said)
            if value is None or (name != said and name in payload):
                continue
            read = self._kinds.get(name, _as_it_is)(value)
            if read is not None:
                fields[name] = read
            elif name in self.needed:
                raise WrongFieldError(f"{name} cannot be {str(value)[:40]!a}")
        for name in self.needed:
            if name not in fields:
                raise MissingFieldError(f"{name} is missing")
        return fields


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return None if isinstance(value, bool | list | dict) else str(value)


def number_of(value: object) -> float | None:
    """Return a number, also one that was sent as a text, with a comma perhaps; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and value.count(",") == 1 and "." not in value:
        value = value.replace(",", ".")
    try:
        number = float(value)
    except ValueError, OverflowError:
        return None
    return number if math.isfinite(number) else None


def _whole(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        whole = value
    else:
        number = number_of(value)
        if number is None:
            return None
        whole = int(number)
    return whole if abs(whole) <= LARGEST else None


def _truth(value: object) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())


def list_of(value: object) -> list[Any]:
    """Return a list, also of one element without its brackets; an empty one where it is neither."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def _list(value: object) -> list[Any] | None:
    return list_of(value) if isinstance(value, list | dict) else None


def _object(value: object) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _as_it_is(value: object) -> object:
    return value


READERS: Mapping[str | None, Callable[[object], Any]] = {
    "string": _text,
    "integer": _whole,
    "number": number_of,
    "boolean": _truth,
    "array": _list,
    "object": _object,
}
