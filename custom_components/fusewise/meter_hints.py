"""What the dialogs about a meter say beside what it shows: what seems wrong, and what would show more."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant

from .balancing.model import Phase
from .hints import async_hint, listed
from .meter_glance import Glance, Hint, hints_of


class MeterHints:
    """The looks that somebody takes at one meter, one after the other."""

    def __init__(self) -> None:
        """Nobody has looked yet."""
        self._before: Glance | None = None

    async def async_look(
        self,
        hass: HomeAssistant,
        now: Glance,
        phases: Iterable[Phase],
        switched_off: tuple[str, ...],
    ) -> str:
        """What to say of what is shown now; nothing where it looks right."""
        found = hints_of(now, phases, self._before)
        self._before = now
        said = [await _async_said(hass, hint) for hint in found]
        if switched_off:
            said.append(
                await async_hint(hass, "meter_hint_switched_off", entities=listed(switched_off))
            )
        return "".join(said)


async def _async_said(hass: HomeAssistant, hint: Hint) -> str:
    words = {
        "phase": hint.phase.name,
        "load": f"{hint.load:.1f}",
        "cars": f"{hint.cars:.1f}",
        "seen_on": "" if hint.seen_on is None else hint.seen_on.name,
    }
    return await async_hint(hass, f"meter_hint_{hint.key}", **words)
