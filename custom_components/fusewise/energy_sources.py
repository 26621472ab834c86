"""Finds the energy that solar panels and batteries count, beside the power that their owner has chosen."""

from collections.abc import Iterator
import re
from typing import Any

from homeassistant.components.energy.data import BatterySourceType, PowerConfig, SolarSourceType
from homeassistant.components.sensor import ATTR_STATE_CLASS, SensorDeviceClass, SensorStateClass
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .around import battery_of, solar_of
from .const import SUBENTRY_BATTERY, SUBENTRY_SOLAR
from .devices.entity import words_of

__all__ = ["battery_sources", "solar_sources"]

COUNTS = frozenset({SensorStateClass.TOTAL, SensorStateClass.TOTAL_INCREASING})
PRODUCED = re.compile(r"solar|(?<![a-z])pv(?![a-z])|photovoltaic|production|generat|yield|produced")
NOT_PRODUCED = re.compile(
    r"batter|grid|load|consum|import|export|forecast|string|mppt|feed|self_use"
)
CHARGED = re.compile(r"(?<!dis)charg|to_batter|into_batter")
DISCHARGED = re.compile(r"discharg|from_batter|out_of_batter")
OTHERS = re.compile(r"(?<![a-z])(?:ev|car|vehicle|evse|wallbox)(?![a-z])|grid_charg|from_grid")
FOR_A_WHILE = re.compile(r"today|dai?ly|hour|week|month|year|session|last|(?<![a-z])day(?![a-z])")
"""What begins anew is a statistic too, but the one that does not is surer."""


def solar_sources(hass: HomeAssistant, entry: ConfigEntry[Any]) -> Iterator[SolarSourceType]:
    """The solar panels of a site whose energy is counted."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_SOLAR):
        powers = solar_of(subentry.data).powers
        energy = _beside(hass, powers[0], PRODUCED, NOT_PRODUCED)
        if energy is None:
            continue
        source = SolarSourceType(
            type="solar", stat_energy_from=energy, config_entry_solar_forecast=None
        )
        if len(powers) == 1 and not subentry.data["negative"]:
            source["stat_rate"] = powers[0]
        yield source


def battery_sources(hass: HomeAssistant, entry: ConfigEntry[Any]) -> Iterator[BatterySourceType]:
    """The batteries of a site whose energy is counted both ways."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_BATTERY):
        battery = battery_of(subentry.data)
        charged = _beside(hass, battery.power, CHARGED, OTHERS)
        discharged = _beside(hass, battery.power, DISCHARGED, OTHERS)
        if charged is None or discharged is None:
            continue
        if battery.discharged is not None:
            power = PowerConfig(stat_rate_from=battery.discharged, stat_rate_to=battery.power)
        elif battery.negative:
            power = PowerConfig(stat_rate=battery.power)
        else:
            power = PowerConfig(stat_rate_inverted=battery.power)
        yield BatterySourceType(
            type="battery",
            stat_energy_from=discharged,
            stat_energy_to=charged,
            power_config=power,
        )


def _beside(
    hass: HomeAssistant, power: str, wanted: re.Pattern[str], unwanted: re.Pattern[str]
) -> str | None:
    """The energy of this kind on the device of a power; None where there is none, or one in the shade of another."""
    registry = er.async_get(hass)
    known = registry.async_get(power)
    if known is None or known.device_id is None:
        return None
    found = [
        entry
        for entry in er.async_entries_for_device(registry, known.device_id)
        if _is_counted(entry)
        and wanted.search(words_of(entry))
        and not unwanted.search(words_of(entry))
    ]
    lasting = [entry for entry in found if not FOR_A_WHILE.search(words_of(entry))]
    # Of several that count the same, the one with the shortest name is the one for all.
    best = min(lasting or found, key=lambda entry: len(entry.unique_id), default=None)
    return None if best is None else best.entity_id


def _is_counted(entry: er.RegistryEntry) -> bool:
    """Home Assistant makes statistics of it."""
    kind = entry.device_class or entry.original_device_class
    counts = (entry.capabilities or {}).get(ATTR_STATE_CLASS)
    return entry.disabled_by is None and kind == SensorDeviceClass.ENERGY and counts in COUNTS
