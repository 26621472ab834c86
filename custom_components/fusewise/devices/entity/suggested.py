"""What is likely to be a home's solar panels, battery and vehicles, among what Home Assistant has.

Only suggestions: the dialogs show what they read before anything is saved.
"""

from collections.abc import Container, Iterable, Mapping
import re

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import CONF_NAME, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .words import kind_of, words_of

__all__ = ["suggest_battery", "suggest_solar", "suggest_vehicle"]

SOLAR = re.compile(r"solar|(?<![a-z])pv(?![a-z])|photovoltaic|inverter|production|generation|yield")
NOT_SOLAR = re.compile(
    r"batter|grid|load|consum|import|export|forecast|estimate|string|mppt|(?<![a-z])dc(?![a-z])"
    r"|reactive|apparent|limit|(?<![a-z])(?:l|phase_?)[123]|max|peak|reserve|(?<![a-z])pv_?[1-6]"
)
BATTERY = re.compile(r"batter|(?<![a-z])(?:bat|ess|powerwall)(?![a-z])")
NOT_BATTERY = re.compile(r"max|limit|min|target|reserve|backup")
TARGET = re.compile(r"charge_?limit|target|soc_?max|charge_state_charge_limit")
NO_VEHICLES = frozenset({"mobile_app", "zha", "zwave_js", "matter", "hue", "deconz", "mqtt"})
"""Whose batteries are those of phones and sensors."""

type Device = Mapping[str, str | list[str]]


def suggest_solar(hass: HomeAssistant) -> Device:
    """The power of all solar panels together."""
    found = [
        entry
        for entry in _sensors(hass, SensorDeviceClass.POWER)
        if SOLAR.search(words_of(entry)) and not NOT_SOLAR.search(words_of(entry))
    ]
    # Of several that show the same, the one with the shortest name is the one for all.
    best = min(found, key=lambda entry: len(entry.unique_id), default=None)
    return {} if best is None else {"powers": [best.entity_id]}


def suggest_battery(hass: HomeAssistant) -> Device:
    """The power and the state of charge of a battery that belong to one device."""
    powers = [
        entry
        for entry in _sensors(hass, SensorDeviceClass.POWER)
        if BATTERY.search(words_of(entry)) and not NOT_BATTERY.search(words_of(entry))
    ]
    charges = {
        entry.device_id: entry.entity_id for entry in _sensors(hass, SensorDeviceClass.BATTERY)
    }
    for power in sorted(powers, key=lambda entry: len(entry.unique_id)):
        if power.device_id in charges:
            return {"power": power.entity_id, "soc": charges[power.device_id]}
    return {"power": powers[0].entity_id} if powers else {}


def suggest_vehicle(hass: HomeAssistant, taken: Container[str | None]) -> Device:
    """A device that moves, and tells how full it is."""
    for soc in _sensors(hass, SensorDeviceClass.BATTERY):
        if soc.platform in NO_VEHICLES or soc.entity_id in taken or soc.device_id is None:
            continue
        parts = er.async_entries_for_device(er.async_get(hass), soc.device_id)
        found: dict[str, str | list[str]] = {"soc": soc.entity_id}
        for entry in parts:
            kind = entry.device_class or entry.original_device_class
            if entry.domain == Platform.DEVICE_TRACKER:
                found.setdefault("presence", entry.entity_id)
            elif entry.domain == Platform.NUMBER and TARGET.search(words_of(entry)):
                found.setdefault("target", entry.entity_id)
            elif entry.domain == Platform.BINARY_SENSOR and kind == BinarySensorDeviceClass.PLUG:
                found.setdefault("plug", entry.entity_id)
        if "presence" in found:
            device = dr.async_get(hass).async_get(soc.device_id)
            name = device and (device.name_by_user or device.name)
            return found | {CONF_NAME: name or soc.platform}
    return {}


def _sensors(hass: HomeAssistant, kind: SensorDeviceClass) -> Iterable[er.RegistryEntry]:
    return (
        entry
        for entry in er.async_get(hass).entities.values()
        if entry.domain == Platform.SENSOR
        and entry.disabled_by is None
        and kind_of(entry.device_class or entry.original_device_class, entry.unit_of_measurement)
        == kind
    )
