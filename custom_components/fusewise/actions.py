"""The actions of Fusewise: those that ask one charger, and the list of sessions; the others stand in *_actions.py."""

from collections.abc import Iterator
from datetime import datetime
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
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from .asking import asking
from .calibration_actions import async_register_calibration_actions
from .card_owners import owner_of
from .const import DOMAIN
from .coordinator import FusewiseConfigEntry
from .limit_actions import async_register_limit_actions
from .report_actions import async_register_report_actions
from .service_actions import async_register_service_actions
from .session_record import SessionRecord
from .targets import DEVICES, chosen, ocpp_charger_of, refusal, running_sites
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

ONE_CHARGER = {vol.Required(ATTR_DEVICE_ID): DEVICES}
READ_CONFIGURATION_SCHEMA = vol.Schema(
    {**ONE_CHARGER, vol.Optional(ATTR_KEYS, default=list): vol.All(cv.ensure_list, [cv.string])}
)
WRITE_CONFIGURATION_SCHEMA = vol.Schema(
    {**ONE_CHARGER, vol.Required(ATTR_KEY): cv.string, vol.Required(ATTR_VALUE): cv.string}
)
TRIGGER_MESSAGE_SCHEMA = vol.Schema({**ONE_CHARGER, vol.Required(ATTR_MESSAGE): cv.string})

LIST_SESSIONS_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_DEVICE_ID): DEVICES,
        vol.Optional(ATTR_BEGIN): cv.datetime,
        vol.Optional(ATTR_END): cv.datetime,
    }
)


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register all actions."""
    async_register_service_actions(hass)
    async_register_wish_actions(hass)
    async_register_limit_actions(hass)
    async_register_calibration_actions(hass)
    async_register_report_actions(hass)

    async def list_sessions(call: ServiceCall) -> ServiceResponse:
        return {"sessions": _list_sessions(hass, call.data)}

    async def read_configuration(call: ServiceCall) -> ServiceResponse:
        wanted: list[str] = call.data[ATTR_KEYS]
        charger = ocpp_charger_of(hass, call.data[ATTR_DEVICE_ID])
        with asking():
            known = await charger.read_configuration(wanted)
        spelt = {key.casefold() for key in known}  # capitals do not count in OCPP
        return {
            "configuration": {
                key: {"value": value, "read_only": is_read_only}
                for key, (value, is_read_only) in known.items()
            },
            "unknown_keys": [key for key in wanted if key.casefold() not in spelt],
        }

    async def write_configuration(call: ServiceCall) -> ServiceResponse:
        charger = ocpp_charger_of(hass, call.data[ATTR_DEVICE_ID])
        with asking():
            counts = await charger.write_configuration(call.data[ATTR_KEY], call.data[ATTR_VALUE])
        return {"restart_needed": not counts}

    async def trigger_message(call: ServiceCall) -> None:
        charger = ocpp_charger_of(hass, call.data[ATTR_DEVICE_ID])
        with asking():
            await charger.trigger(call.data[ATTR_MESSAGE])

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
        raise refusal("end_before_begin")
    found = {
        (entry.entry_id, record.charger, record.id): (entry, record)
        for entry, charger in _whose(hass, asked.get(ATTR_DEVICE_ID))
        for record in entry.runtime_data.log.sessions.within(begin, end, charger and [charger])
    }
    return [
        _told(entry, record) for entry, record in sorted(found.values(), key=lambda it: it[1].began)
    ]


def _whose(
    hass: HomeAssistant, device_ids: list[str] | None
) -> Iterator[tuple[FusewiseConfigEntry, str | None]]:
    """Whose sessions are asked for; None: all of a site, also those of chargers that are gone."""
    if device_ids is None:
        yield from ((entry, None) for entry in running_sites(hass))
        return
    for one in chosen(hass, device_ids):
        if not one.is_site and not list(one.chargers):
            raise one.refused("not_a_charger")
        yield one.entry, None if one.is_site else one.owner


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
