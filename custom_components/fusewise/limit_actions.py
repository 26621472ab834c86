"""Actions that limit a site from outside, as a grid operator or an energy manager does, and lift that again."""

from datetime import datetime
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .grid_limits import Limit
from .targets import DEVICES, circuit_of, refusal

LIMIT_GRID: Final = "limit_grid"
LIFT_GRID_LIMIT: Final = "lift_grid_limit"
ATTR_AMPERES: Final = "amperes"
ATTR_WATTS: Final = "watts"
ATTR_UNTIL: Final = "until"
ATTR_WHY: Final = "why"

MOST_AMPERES = 1000.0
MOST_WATTS = 1_000_000.0

CIRCUIT = {vol.Optional(ATTR_DEVICE_ID): DEVICES}
LIMIT_GRID_SCHEMA = vol.Schema(
    {
        **CIRCUIT,
        vol.Exclusive(ATTR_AMPERES, "limit"): vol.All(
            vol.Coerce(float), vol.Range(min=0, max=MOST_AMPERES)
        ),
        vol.Exclusive(ATTR_WATTS, "limit"): vol.All(
            vol.Coerce(float), vol.Range(min=0, max=MOST_WATTS)
        ),
        vol.Optional(ATTR_UNTIL): cv.datetime,
        vol.Optional(ATTR_WHY, default=""): cv.string,
    }
)
LIFT_GRID_LIMIT_SCHEMA = vol.Schema(CIRCUIT)


@callback
def async_register_limit_actions(hass: HomeAssistant) -> None:
    """Register them."""

    async def limit_grid(call: ServiceCall) -> None:
        coordinator, circuit = circuit_of(hass, call.data.get(ATTR_DEVICE_ID))
        coordinator.grid_limits.limit(circuit, _limit(call.data))
        coordinator.show_again()

    async def lift_grid_limit(call: ServiceCall) -> None:
        coordinator, circuit = circuit_of(hass, call.data.get(ATTR_DEVICE_ID))
        if not coordinator.grid_limits.lift(circuit):
            raise refusal("no_limit_to_lift")
        coordinator.show_again()

    hass.services.async_register(DOMAIN, LIMIT_GRID, limit_grid, schema=LIMIT_GRID_SCHEMA)
    hass.services.async_register(
        DOMAIN, LIFT_GRID_LIMIT, lift_grid_limit, schema=LIFT_GRID_LIMIT_SCHEMA
    )


def _limit(asked: dict[str, Any]) -> Limit:
    amperes, watts = asked.get(ATTR_AMPERES), asked.get(ATTR_WATTS)
    if amperes is None and watts is None:
        raise refusal("limit_missing")
    until: datetime | None = asked.get(ATTR_UNTIL)
    if until is not None and dt_util.as_utc(until) <= dt_util.utcnow():
        raise refusal("limit_over")
    return Limit(
        amperes=amperes,
        watts=watts,
        until=None if until is None else dt_util.as_utc(until).timestamp(),
        why=asked[ATTR_WHY],
    )
