"""Actions for electricians: out of service and back, a new firmware, diagnostics."""

from typing import Final

import voluptuous as vol

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from .asking import asking
from .const import DOMAIN
from .targets import DEVICES, ocpp_charger_of

SET_AVAILABILITY: Final = "set_availability"
UPDATE_FIRMWARE: Final = "update_firmware"
SEND_DIAGNOSTICS: Final = "send_diagnostics"
ATTR_AVAILABLE: Final = "available"
ATTR_LOCATION: Final = "location"
ATTR_AT: Final = "at"

# Chargers fetch by HTTP or FTP; what else a text holds would only fail there, unseen.
LOCATION = vol.All(cv.string, vol.Match(r"^(https?|s?ftps?)://[^\s]+$"))
ONE_CHARGER = {vol.Required(ATTR_DEVICE_ID): DEVICES}
SCHEMAS = {
    SET_AVAILABILITY: vol.Schema({**ONE_CHARGER, vol.Required(ATTR_AVAILABLE): cv.boolean}),
    UPDATE_FIRMWARE: vol.Schema(
        {
            **ONE_CHARGER,
            vol.Required(ATTR_LOCATION): LOCATION,
            vol.Optional(ATTR_AT): cv.datetime,
        }
    ),
    SEND_DIAGNOSTICS: vol.Schema({**ONE_CHARGER, vol.Required(ATTR_LOCATION): LOCATION}),
}


@callback
def async_register_service_actions(hass: HomeAssistant) -> None:
    """Register them."""

    async def set_availability(call: ServiceCall) -> None:
        with asking():
            await ocpp_charger_of(hass, call.data[ATTR_DEVICE_ID]).set_availability(
                available=call.data[ATTR_AVAILABLE]
            )

    async def update_firmware(call: ServiceCall) -> None:
        at = call.data.get(ATTR_AT)
        moment = dt_util.utcnow() if at is None else dt_util.as_utc(at)
        with asking():
            await ocpp_charger_of(hass, call.data[ATTR_DEVICE_ID]).update_firmware(
                call.data[ATTR_LOCATION], moment.timestamp()
            )

    async def send_diagnostics(call: ServiceCall) -> ServiceResponse:
        with asking():
            name = await ocpp_charger_of(hass, call.data[ATTR_DEVICE_ID]).send_diagnostics(
                call.data[ATTR_LOCATION]
            )
        return {"file": name}

    register = hass.services.async_register
    register(DOMAIN, SET_AVAILABILITY, set_availability, SCHEMAS[SET_AVAILABILITY])
    register(DOMAIN, UPDATE_FIRMWARE, update_firmware, SCHEMAS[UPDATE_FIRMWARE])
    register(
        DOMAIN,
        SEND_DIAGNOSTICS,
        send_diagnostics,
        SCHEMAS[SEND_DIAGNOSTICS],
        SupportsResponse.OPTIONAL,
    )
