"""A second hand on the wheel: who else has changed a charger's limit or switch.

Home Assistant gives every change a context: ours is known to us, a person's has that person's id, an
automation's or a script's run has the context with which it announced itself.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.core import Context, Event, HomeAssistant, callback

from ...balancing.model import NEVER

__all__ = ["Contexts", "SecondHand"]

# Of Home Assistant's automation and script, which a home may do without.
EVENT_AUTOMATION_TRIGGERED = "automation_triggered"
EVENT_SCRIPT_STARTED = "script_started"

KEPT = 100
ATTR_NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondHand:
    """A change that was not ours."""

    knob: str
    """The entity that was changed."""
    value: float
    """A, or 1 for on and 0 for off."""
    at: float
    mode: str | None = None
    """In which of several modes it is on; None where there is but one."""
    user_id: str | None = None
    """The person, where Home Assistant knows it."""
    run: str | None = None
    """The name of the automation or script; None: no such."""


class Contexts:
    """Which contexts are ours, and whose the others are."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.told_at = NEVER
        """When the charger was told something last: one knob may turn another."""
        self._ours: OrderedDict[str, None] = OrderedDict()
        self._runs: OrderedDict[str, str] = OrderedDict()
        self._stop: list[Callable[[], None]] = [
            hass.bus.async_listen(EVENT_AUTOMATION_TRIGGERED, self._ran),
            hass.bus.async_listen(EVENT_SCRIPT_STARTED, self._ran),
        ]

    def close(self) -> None:
        """Listen no more."""
        for stop in self._stop:
            stop()

    def new(self) -> Context:
        """A context for a command of ours."""
        context = Context()
        self._ours[context.id] = None
        while len(self._ours) > KEPT:
            self._ours.popitem(last=False)
        return context

    def is_ours(self, context: Context) -> bool:
        """Whether a change comes of a command of ours."""
        return context.id in self._ours or context.parent_id in self._ours

    def is_somebodys(self, context: Context) -> bool:
        """Whether a person, an automation or a script stands behind a change."""
        return context.user_id is not None or self.run_of(context) is not None

    def run_of(self, context: Context) -> str | None:
        """The name of the automation or script behind a change."""
        return self._runs.get(context.id) or self._runs.get(context.parent_id or "")

    @callback
    def _ran(self, event: Event) -> None:
        self._runs[event.context.id] = str(event.data.get(ATTR_NAME, ""))
        while len(self._runs) > KEPT:
            self._runs.popitem(last=False)
