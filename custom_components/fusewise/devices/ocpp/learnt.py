"""What was found out about a charger, so that a restart need not find it out again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from .traits import FINEST, LONGEST_SPACING, WHOLE, Known
from .ways import Way

NOTHING = Known()


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
    traits: Known = NOTHING
    """Its step, whether 0 pauses it, how often it likes to be told."""
    paused_at: float | None = None
    """When its session was ended so that it pauses; None: it does not."""

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

        armed, paused_at = stored.get("armed"), stored.get("paused_at")
        return cls(
            way=ways.get(str(stored.get("way"))),
            tried=known("tried"),
            checked=known("checked"),
            is_clean=stored.get("is_clean") is True,
            armed=float(armed) if isinstance(armed, int | float) else None,
            armed_as=str(stored.get("armed_as") or ""),
            traits=_traits(stored.get("traits")),
            paused_at=float(paused_at) if isinstance(paused_at, int | float) else None,
        )


def _traits(stored: object) -> Known:
    if not isinstance(stored, Mapping):
        return NOTHING
    step, pauses, spacing = (stored.get(key) for key in ("step", "pauses", "spacing"))
    return Known(
        step=step if step in (FINEST, WHOLE) else None,
        pauses=pauses if isinstance(pauses, bool) else None,
        spacing=min(max(float(spacing), 0.0), LONGEST_SPACING)
        if isinstance(spacing, int | float)
        else 0.0,
    )
