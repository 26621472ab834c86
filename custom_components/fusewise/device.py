"""The devices that a site shows: itself, and one for each sub-panel, meter, charger, inverter, battery and vehicle.

The identifier of each is the id of its config entry or subentry.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .circuits import circuits_in_order, feeder_of
from .const import (
    CONF_CIRCUIT,
    CONF_KIND,
    CONF_MODEL,
    CONF_SERIAL,
    CONF_VENDOR,
    DOMAIN,
    ENTITIES,
    MAIN_CIRCUIT,
    SUBENTRY_BATTERY,
    SUBENTRY_METER,
    SUBENTRY_SOLAR,
    SUBENTRY_VEHICLE,
)
from .devices.entity import EntityCharger
from .devices.modbus import METERS
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
    devices = {MAIN_CIRCUIT: site.id}

    def register(subentry: ConfigSubentry, feeder: str | None, **about: Any) -> None:
        device = registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=subentry.subentry_id,
            identifiers={(DOMAIN, subentry.subentry_id)},
            name=subentry.title,
            via_device_id=devices.get(feeder or MAIN_CIRCUIT, site.id),
            **about,
        )
        devices[subentry.subentry_id] = device.id

    for circuit in circuits_in_order(entry):
        register(circuit, feeder_of(circuit), manufacturer="Fusewise", model="Sub-panel")
    for meter in entry.get_subentries_of_type(SUBENTRY_METER):
        kind = meter.data[CONF_KIND]
        model = "Meter made of entities" if kind == ENTITIES else METERS[kind].name
        register(meter, meter.data[CONF_CIRCUIT], model=model)
    for subentry_id, charger in chargers.items():
        subentry, info = entry.subentries[subentry_id], charger.info
        # Before it has booted, what it said when it was taken in.
        register(
            subentry,
            feeder_of(subentry),
            manufacturer=info.vendor if info else subentry.data[CONF_VENDOR],
            model=info.model if info else subentry.data[CONF_MODEL],
            serial_number=info.serial if info else subentry.data[CONF_SERIAL],
            sw_version=info.firmware if info else None,
        )
    for subentry in entry.subentries.values():
        if subentry.subentry_type in MODELS:
            register(
                subentry,
                None,
                entry_type=dr.DeviceEntryType.SERVICE,
                manufacturer="Fusewise",
                model=MODELS[subentry.subentry_type],
            )
