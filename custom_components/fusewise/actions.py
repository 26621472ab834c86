"""The actions of Fusewise: those that ask one charger, and the list of sessions; the others stand in *_actions.py."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.util import dt as dt_util

from .asking import asking
from .calibration_actions import async_register_calibration_actions
from .card_owners import owner_of
from .const import DOMAIN
from .coordinator import FusewiseConfigEntry
from .devices.ocpp import OcppCharger
from .limit_actions import async_register_limit_actions
from .report_actions import async_register_report_actions
from .service_actions import async_register_service_actions
from .sessions import SessionRecord
from .targets import name_of
from .wish_actions import async_register_wish_actions

LIST_SESSIONS: Final = "list_sessions"
ATTR_BEGIN: Final = "begin"
ATTR_END: Final = "end"

READ_CONFIGURATION: Final = "read_configuration"
WRITE_CONFIGURATION: Final = "write_configuration"
TRIGGER_MESSAGE: Final = "trigger_message"
ATTR_KEYS: Final = "keys"
ATTR_KEY: Final = "key"
ATTR_VALUE: Final = "value"
ATTR_MESSAGE: Final = "message"

ONE_CHARGER = {vol.Required(ATTR_DEVICE_ID): cv.string}
READ_CONFIGURATION_SCHEMA = vol.Schema(
    {**ONE_CHARGER, vol.Optional(ATTR_KEYS, default=list): vol.All(cv.ensure_list, [cv.string])}
)
WRITE_CONFIGURATION_SCHEMA = vol.Schema(
    {**ONE_CHARGER, vol.Required(ATTR_KEY): cv.string, vol.Required(ATTR_VALUE): cv.string}
)
TRIGGER_MESSAGE_SCHEMA = vol.Schema({**ONE_CHARGER, vol.Required(ATTR_MESSAGE): cv.string})

LIST_SESSIONS_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_DEVICE_ID): vol.All(cv.ensure_list, [cv.string]),
        vol.Optional(ATTR_BEGIN): cv.datetime,
        vol.Optional(ATTR_END): cv.datetime,
    }
)


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register all actions."""
    async_register_service_actions(hass, _charger)
    async_register_wish_actions(hass)
    async_register_limit_actions(hass)
    async_register_calibration_actions(hass)
    async_register_report_actions(hass)

    async def list_sessions(call: ServiceCall) -> ServiceResponse:
        return {"sessions": _list_sessions(hass, call.data)}

    async def read_configuration(call: ServiceCall) -> ServiceResponse:
        with asking():
            known = await _charger(hass, call).read_configuration(call.data[ATTR_KEYS])
        return {
            "configuration": {
                key: {"value": value, "read_only": is_read_only}
                for key, (value, is_read_only) in known.items()
            }
        }

    async def write_configuration(call: ServiceCall) -> ServiceResponse:
        with asking():
            counts = await _charger(hass, call).write_configuration(
                call.data[ATTR_KEY], call.data[ATTR_VALUE]
            )
        return {"restart_needed": not counts}

    async def trigger_message(call: ServiceCall) -> None:
        with asking():
            await _charger(hass, call).trigger(call.data[ATTR_MESSAGE])

    hass.services.async_register(
        DOMAIN,
        READ_CONFIGURATION,
        read_configuration,
        schema=READ_CONFIGURATION_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
    hass.services.async_register(
        DOMAIN,
        WRITE_CONFIGURATION,
        write_configuration,
        schema=WRITE_CONFIGURATION_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN, TRIGGER_MESSAGE, trigger_message, schema=TRIGGER_MESSAGE_SCHEMA
    )
    hass.services.async_register(
        DOMAIN,
        LIST_SESSIONS,
        list_sessions,
        schema=LIST_SESSIONS_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


def _list_sessions(hass: HomeAssistant, asked: dict[str, Any]) -> list[Any]:
    begin, end = _moment(asked.get(ATTR_BEGIN)), _moment(asked.get(ATTR_END))
    if begin is not None and end is not None and end <= begin:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="end_before_begin")
    chargers = _chargers(hass, asked[ATTR_DEVICE_ID]) if ATTR_DEVICE_ID in asked else None
    found = [
        (entry, record)
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.state is ConfigEntryState.LOADED
        for record in entry.runtime_data.log.sessions.within(begin, end, chargers)
    ]
    return [_told(entry, record) for entry, record in sorted(found, key=lambda it: it[1].began)]


def _charger(hass: HomeAssistant, call: ServiceCall) -> OcppCharger:
    """The one charger that is asked."""
    device_id = call.data[ATTR_DEVICE_ID]
    for subentry_id in _chargers(hass, [device_id]):
        for entry in hass.config_entries.async_loaded_entries(DOMAIN):
            charger = entry.runtime_data.chargers.get(subentry_id)
            device = dr.async_get(hass).async_get(device_id)
            is_ours = isinstance(charger, OcppCharger)  # others are asked by their own integrations
            if is_ours and device and (DOMAIN, subentry_id) in device.identifiers:
                found: OcppCharger = charger
                return found
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_an_ocpp_charger",
        translation_placeholders={"device": name_of(hass, device_id)},
    )


def _chargers(hass: HomeAssistant, device_ids: Iterable[str]) -> set[str]:
    """The subentries behind devices; a site's device stands for all of its chargers."""
    registry = dr.async_get(hass)
    chargers: set[str] = set()
    for device_id in device_ids:
        device = registry.async_get(device_id)
        ours = () if device is None else device.identifiers
        owners = [owner for domain, owner in ours if domain == DOMAIN]
        if not owners:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_a_charger",
                translation_placeholders={"device": name_of(hass, device_id)},
            )
        for owner in owners:
            entry = hass.config_entries.async_get_entry(owner)
            chargers |= {owner} if entry is None else set(entry.subentries)
    return chargers


def _told(entry: FusewiseConfigEntry, record: SessionRecord) -> dict[str, Any]:
    subentry = entry.subentries.get(record.charger)
    limits = sorted((record.limited_by or {}).items(), key=lambda item: -item[1])
    return {
        "site": entry.title,
        "charger": None if subentry is None else subentry.title,
        "begin": _written(record.began),
        "end": None if record.ended is None else _written(record.ended),
        "energy_kwh": round(record.energy_wh / 1000, 3),
        "peak_kw": round(record.peak_w / 1000, 2),
        "card": record.card,
        "who": owner_of(entry, record.card),
        "transaction": record.transaction,
        "why_ended": record.why_ended,
        "limited_by": {reason: round(seconds, 1) for reason, seconds in limits},
    }


def _moment(when: datetime | None) -> float | None:
    """A time without a zone is that of the house."""
    return None if when is None else dt_util.as_utc(when).timestamp()


def _written(moment: float) -> str:
    return dt_util.as_local(dt_util.utc_from_timestamp(round(moment))).isoformat()
