"""What was found out about a charger, so that a restart need not find it out again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from .ways import Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What outlives a restart of Home Assistant."""

    way: Way | None = None
    """How it is told its limits; None: nothing was found out yet."""
    tried: tuple[Way, ...] = ()
    """What it did not obey."""
    checked: tuple[Way, ...] = ()
    """Ways that its own schedule has confirmed, or that it could not be asked about."""
    is_clean: bool = False
    """What others have left in it was taken away."""
    armed: float | None = None
    """A of the fall-back that lies in it."""
    armed_as: str = ""
    """How that was written: way, unit, phases."""

    def stored(self) -> dict[str, Any]:
        """Return what is to be stored."""
        return asdict(self)

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Read what was stored; what cannot be read is found out again."""
        ways = {way.value: way for way in Way}

        def known(key: str) -> tuple[Way, ...]:
            values = stored.get(key)
            listed = values if isinstance(values, list | tuple) else ()
            return tuple(ways[value] for value in listed if value in ways)

        armed = stored.get("armed")
        return cls(
            way=ways.get(str(stored.get("way"))),
            tried=known("tried"),
            checked=known("checked"),
            is_clean=stored.get("is_clean") is True,
            armed=float(armed) if isinstance(armed, int | float) else None,
            armed_as=str(stored.get("armed_as") or ""),
        )
