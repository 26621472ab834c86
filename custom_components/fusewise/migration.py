"""Brings what an earlier version has stored of a site into today's form."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from .const import (
    CONF_CIRCUIT,
    CONF_KIND,
    CONF_RATING,
    CONF_SUPPLY,
    CONF_USABLE_SHARE,
    CONF_VOLTAGE,
    ENTITIES,
    MAIN_CIRCUIT,
    SUBENTRY_METER,
)
from .devices.modbus import METERS
from .meter_forms import meter_unique_id
from .supply import supply_of

VERSION, MINOR_VERSION = 1, 2

CONF_METER = "meter"
"""1.1 knew one meter, in the data of the site."""


@callback
def async_migrate(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Bring a site to today's version."""
    if (entry.version, entry.minor_version) < (1, 2):
        _async_give_meter_a_subentry(hass, entry)


@callback
def _async_give_meter_a_subentry(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """1.1 → 1.2: the meter becomes a subentry, how the site is balanced an option; the supply has a name."""
    data = dict(entry.data)
    meter = data.pop(CONF_METER)
    l1, l2, l3 = data[CONF_RATING]
    data[CONF_SUPPLY] = supply_of((l1, l2, l3), data[CONF_VOLTAGE])
    options = {**entry.options, CONF_USABLE_SHARE: data.pop(CONF_USABLE_SHARE)}
    kind = meter[CONF_KIND]
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType({CONF_CIRCUIT: MAIN_CIRCUIT, **meter}),
            subentry_type=SUBENTRY_METER,
            title="Grid meter" if kind == ENTITIES else METERS[kind].name,
            unique_id=meter_unique_id(meter),
        ),
    )
    hass.config_entries.async_update_entry(entry, data=data, options=options, minor_version=2)
