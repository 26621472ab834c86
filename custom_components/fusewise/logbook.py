"""Puts into Home Assistant's log book, in plain words, what happens at a site."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN
from .happenings import Kind
from .telling import ATTR_NAME, ATTR_TYPE, EVENT

# The log book has no translations; Home Assistant's own entries are in English too.
MESSAGES = {
    Kind.PLUGGED_IN: "has a car plugged in",
    Kind.CHARGING_STARTED: "started to charge",
    Kind.CHARGING_FINISHED: "finished charging{energy}",
    Kind.WILL_BE_LATE: "will not have its car ready in time",
    Kind.LIMITED: "gives its car less than it could take, because {reason}",
    Kind.CHARGER_FAULT: "reports a fault",
    Kind.FALLBACK_ENTERED: "does without a meter: cars get only what is surely left",
    Kind.FALLBACK_LEFT: "has its meters back",
    Kind.GRID_LIMIT_BEGUN: "is limited{limit} ({source})",
    Kind.GRID_LIMIT_ENDED: "is not limited from outside any more",
}
REASONS = {
    "circuit_limit": "of the fuse",
    "watt_limit": "of the circuit's power limit",
    "grid_limit": "of a limit from outside",
    "peak_target": "of the peak target",
    "unbalance": "the phases have to stay balanced",
    "thermal": "the circuit is warm",
    "busbar": "of the busbar",
    "no_room": "the house leaves too little",
    "waiting_turn": "others have their turn",
}
CAREFUL = "a meter is not believed"


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event[Any]], dict[str, Any]]], None],
) -> None:
    """Describe the events of Fusewise."""

    @callback
    def describe(event: Event[Any]) -> dict[str, Any]:
        told = event.data
        energy, amperes = told.get("energy_kwh"), told.get("amperes")
        limit = f" to {amperes:g} A" if amperes is not None else ""
        if told.get("watts") is not None:
            limit = f" to {told['watts']:g} W"
        message = MESSAGES[Kind(told[ATTR_TYPE])].format(
            energy="" if energy is None else f": {energy:g} kWh",
            reason=REASONS.get(told.get("reason", ""), CAREFUL),
            limit=limit,
            source=told.get("source", ""),
        )
        return {LOGBOOK_ENTRY_NAME: told[ATTR_NAME], LOGBOOK_ENTRY_MESSAGE: message}

    async_describe_event(DOMAIN, EVENT, describe)
