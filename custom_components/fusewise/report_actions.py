"""Actions that answer: why each charger gets what it gets, whether it falls back, and what happened, for a report."""

from typing import Any, Final

import voluptuous as vol

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)

from .const import DOMAIN
from .devices.ocpp import OcppCharger
from .explaining import async_get_explainer, explained
from .targets import DEVICES, chargers_of, circuit_of, refusal, view_of

EXPLAIN: Final = "explain"
PROVE_FALLBACK: Final = "prove_fallback"
GET_REPLAY: Final = "get_replay"
ATTR_MINUTES: Final = "minutes"

MOST_MINUTES = 240

EXPLAIN_SCHEMA = vol.Schema({vol.Optional(ATTR_DEVICE_ID): DEVICES})
PROVE_FALLBACK_SCHEMA = vol.Schema({vol.Required(ATTR_DEVICE_ID): DEVICES})
GET_REPLAY_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_DEVICE_ID): DEVICES,
        vol.Optional(ATTR_MINUTES, default=30): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=MOST_MINUTES)
        ),
    }
)


@callback
def async_register_report_actions(hass: HomeAssistant) -> None:
    """Register them."""

    async def explain(call: ServiceCall) -> ServiceResponse:
        explainer = await async_get_explainer(hass)
        chargers: list[Any] = [
            explained(coordinator, view_of(coordinator, charger), explainer)
            for coordinator, charger in chargers_of(hass, call.data.get(ATTR_DEVICE_ID))
        ]
        return {"text": "\n".join(it["text"] for it in chargers), "chargers": chargers}

    async def prove_fallback(call: ServiceCall) -> None:
        chargers = chargers_of(hass, call.data[ATTR_DEVICE_ID])
        for coordinator, charger in chargers:
            if not isinstance(coordinator.chargers.get(charger), OcppCharger):
                name = coordinator.config_entry.subentries[charger].title
                raise refusal("cannot_fall_back", charger=name)
        for coordinator, charger in chargers:
            coordinator.controller.ask_for_proof(charger)

    async def get_replay(call: ServiceCall) -> ServiceResponse:
        coordinator, _ = circuit_of(hass, call.data.get(ATTR_DEVICE_ID))
        since = coordinator.published_at - 60.0 * call.data[ATTR_MINUTES]
        return {"recording": list(coordinator.controller.recording.blocks(since))}

    hass.services.async_register(
        DOMAIN,
        EXPLAIN,
        explain,
        schema=EXPLAIN_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
    hass.services.async_register(
        DOMAIN, PROVE_FALLBACK, prove_fallback, schema=PROVE_FALLBACK_SCHEMA
    )
    hass.services.async_register(
        DOMAIN,
        GET_REPLAY,
        get_replay,
        schema=GET_REPLAY_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
