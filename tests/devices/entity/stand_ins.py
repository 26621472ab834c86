"""Lets an integration of Home Assistant be imported whose library is not installed: its own code is the real one.

What the library would have is stood in for by classes that have every attribute and do nothing.
"""

from collections.abc import Iterator, Sequence
import importlib
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
import json
import subprocess
import sys
from types import ModuleType
from typing import Any, override

type Description = dict[str, str | None]


class _Anything(type):
    """A class that has every attribute: another such class."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _stand_in(name)
        setattr(cls, name, made)
        return made

    def __iter__(cls) -> Iterator[Any]:
        return iter(())

    @override
    def __or__(cls, _: Any) -> Any:
        return Any

    __ror__ = __or__

    def __lt__(cls, _: Any) -> bool:
        return False

    def __getitem__(cls, _: Any) -> Any:
        return cls


def _stand_in(name: str) -> Any:
    inside = {
        "__init__": lambda self, *_args, **_more: None,
        "__iter__": lambda self: iter(()),
    }
    return _Anything(name, (Exception,), inside)


class _Module(ModuleType):
    """A module of which everything can be had."""

    @override
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _stand_in(name)
        setattr(self, name, made)
        return made


class _Finder(MetaPathFinder, Loader):
    """Finds whatever nobody else has."""

    @override
    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname.startswith(("homeassistant", "custom_components", "tests")):
            return None
        return ModuleSpec(fullname, self, is_package=True)

    @override
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    @override
    def exec_module(self, module: ModuleType) -> None:
        """There is nothing in it to be run."""


def _descriptions(values: Any) -> Iterator[Any]:
    """All descriptions of entities among these, wherever they are kept."""
    for value in values:
        if isinstance(value, type):
            continue
        if isinstance(value, dict):
            yield from _descriptions(value.values())
        elif isinstance(value, list | tuple | set | frozenset):
            yield from _descriptions(value)
        elif hasattr(value, "entity_description"):
            yield from _descriptions([value.entity_description])
        elif hasattr(value, "translation_key") and hasattr(
            value, "entity_registry_enabled_default"
        ):
            yield value


def _described(integration: str, platform: str) -> list[Description]:
    module = importlib.import_module(f"homeassistant.components.{integration}.{platform}")
    return [
        {
            "key": str(found.key),
            "translation_key": found.translation_key and str(found.translation_key),
            "device_class": found.device_class and str(found.device_class),
            "unit": _text(getattr(found, "native_unit_of_measurement", None)),
        }
        for found in _descriptions(vars(module).values())
    ]


def _text(unit: Any) -> str | None:
    return None if unit is None else str(unit)


def descriptions_of(platforms: Sequence[tuple[str, str]]) -> dict[str, list[Description]]:
    """How integrations describe the entities of their platforms, by 'integration platform'.

    In a process of its own: what has been imported so is of no use to anybody else.
    """
    asked = json.dumps(platforms)
    done = subprocess.run(
        [sys.executable, "-m", __name__, asked], capture_output=True, text=True, check=True
    )
    told: dict[str, list[Description]] = json.loads(done.stdout.splitlines()[-1])
    return told


def main() -> None:
    """Tell it, as JSON."""
    importlib.import_module("tests.ha_early")
    sys.meta_path.append(_Finder())
    asked = json.loads(sys.argv[1])
    told = {f"{name} {platform}": _described(name, platform) for name, platform in asked}
    sys.stdout.write(f"\n{json.dumps(told)}\n")


if __name__ == "__main__":
    main()
