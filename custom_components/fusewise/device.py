"""The devices that a site shows: itself, and one for each sub-panel, meter, charger, inverter, battery and vehicle.

The identifier of each is the id of its config entry or subentry.
"""

import asyncio
from collections.abc import Iterator, Mapping
from itertools import batched
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
    SUBENTRY_CHARGER,
    SUBENTRY_METER,
    SUBENTRY_SOLAR,
    SUBENTRY_VEHICLE,
)
from .devices.entity import EntityCharger
from .devices.modbus import METERS
from .devices.ocpp import OcppCharger

TOGETHER = 10  # devices that are registered in one turn of the event loop: about 2 ms
MODELS = {SUBENTRY_SOLAR: "Solar", SUBENTRY_BATTERY: "Battery", SUBENTRY_VEHICLE: "Vehicle"}


type Chargers = Mapping[str, OcppCharger | EntityCharger]


@callback
def async_register_devices(
    hass: HomeAssistant, entry: ConfigEntry[Any], chargers: Chargers
) -> None:
    """Have each device as it is called and as it describes itself now."""
    for _ in _registering(hass, entry, chargers):
        pass


async def async_register_many(
    hass: HomeAssistant, entry: ConfigEntry[Any], chargers: Chargers
) -> None:
    """The same, a few in each turn of the event loop: where many are new, or were seen to be otherwise."""
    for _ in _registering(hass, entry, chargers):
        await asyncio.sleep(0)


def _registering(
    hass: HomeAssistant, entry: ConfigEntry[Any], chargers: Chargers
) -> Iterator[None]:
    """Register some devices between one step and the next."""
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
    for some in batched(list(_described(entry, chargers)), TOGETHER, strict=False):
        for subentry_id, feeder, about in some:
            if (subentry := entry.subentries.get(subentry_id)) is None:
                continue  # removed meanwhile
            device = registry.async_get_or_create(
                config_entry_id=entry.entry_id,
                config_subentry_id=subentry_id,
                identifiers={(DOMAIN, subentry_id)},
                name=subentry.title,
                via_device_id=devices.get(feeder or MAIN_CIRCUIT, site.id),
                **about,
            )
            devices[subentry_id] = device.id
        yield


def _described(
    entry: ConfigEntry[Any], chargers: Chargers
) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """The id of each subentry, what feeds it, and what it is; feeders come before what they feed."""
    for circuit in circuits_in_order(entry):
        about = {"manufacturer": "Fusewise", "model": "Sub-panel"}
        yield circuit.subentry_id, feeder_of(circuit), about
    for meter in entry.get_subentries_of_type(SUBENTRY_METER):
        kind = meter.data[CONF_KIND]
        model = "Meter made of entities" if kind == ENTITIES else METERS[kind].name
        yield meter.subentry_id, meter.data[CONF_CIRCUIT], {"model": model}
    for subentry in entry.get_subentries_of_type(SUBENTRY_CHARGER):
        charger = chargers.get(subentry.subentry_id)
        yield subentry.subentry_id, feeder_of(subentry), _charger_described(subentry, charger)
    for subentry in entry.subentries.values():
        if subentry.subentry_type in MODELS:
            yield (
                subentry.subentry_id,
                None,
                {
                    "entry_type": dr.DeviceEntryType.SERVICE,
                    "manufacturer": "Fusewise",
                    "model": MODELS[subentry.subentry_type],
                },
            )


def _charger_described(
    subentry: ConfigSubentry, charger: OcppCharger | EntityCharger | None
) -> dict[str, Any]:
    """Before it has booted, what it said when it was taken in."""
    info = None if charger is None else charger.info
    return {
        "manufacturer": info.vendor if info else subentry.data[CONF_VENDOR],
        "model": info.model if info else subentry.data[CONF_MODEL],
        "serial_number": info.serial if info else subentry.data[CONF_SERIAL],
        "sw_version": info.firmware if info else None,
    }
