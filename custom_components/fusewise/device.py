"""The devices that a site shows: itself, and one for each charger, inverter, battery and vehicle."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import (
    CONF_MODEL,
    CONF_SERIAL,
    CONF_VENDOR,
    DOMAIN,
    SUBENTRY_BATTERY,
    SUBENTRY_SOLAR,
    SUBENTRY_VEHICLE,
)
from .devices.entity import EntityCharger
from .devices.ocpp import OcppCharger

MODELS = {SUBENTRY_SOLAR: "Solar", SUBENTRY_BATTERY: "Battery", SUBENTRY_VEHICLE: "Vehicle"}


@callback
def async_register_devices(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    chargers: Mapping[str, OcppCharger | EntityCharger],
) -> None:
    """Have each device as it is called and as it describes itself now."""
    registry = dr.async_get(hass)
    site = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        entry_type=dr.DeviceEntryType.SERVICE,
        manufacturer="Fusewise",
        model="Site",
        name=entry.title,
    )
    for subentry_id, charger in chargers.items():
        subentry = entry.subentries[subentry_id]
        info = charger.info
        # Before it has booted, what it said when it was taken in.
        registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=subentry_id,
            identifiers={(DOMAIN, subentry_id)},
            manufacturer=info.vendor if info else subentry.data[CONF_VENDOR],
            model=info.model if info else subentry.data[CONF_MODEL],
            name=subentry.title,
            serial_number=info.serial if info else subentry.data[CONF_SERIAL],
            sw_version=info.firmware if info else None,
            via_device_id=site.id,
        )
    for subentry in entry.subentries.values():
        if subentry.subentry_type in MODELS:
            registry.async_get_or_create(
                config_entry_id=entry.entry_id,
                config_subentry_id=subentry.subentry_id,
                identifiers={(DOMAIN, subentry.subentry_id)},
                entry_type=dr.DeviceEntryType.SERVICE,
                manufacturer="Fusewise",
                model=MODELS[subentry.subentry_type],
                name=subentry.title,
                via_device_id=site.id,
            )
