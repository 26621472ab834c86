"""Adds a site's chargers, sun and batteries to Home Assistant's energy dashboard, and takes them out again.

What its owner has there stays as it is: a source of a kind that is there already is not added a second time.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.energy.data import DeviceConsumption, SourceType, async_get_manager
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from .const import CONF_IN_ENERGY_DASHBOARD, DOMAIN
from .coordinator import FusewiseCoordinator
from .energy_sources import battery_sources, solar_sources

__all__ = [
    "async_clear_energy_dashboard",
    "async_drop_gone_chargers",
    "async_fill_energy_dashboard",
]


async def async_fill_energy_dashboard(
    hass: HomeAssistant, coordinator: FusewiseCoordinator
) -> list[str]:
    """Add what is not there yet; return the statistics that were added."""
    if "energy" not in hass.config.components:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_energy_dashboard")
    manager, entry = await async_get_manager(hass), coordinator.config_entry
    there = _there(manager.data)
    devices = _devices(hass, coordinator, there["device_consumption"])
    sources = _sources(hass, entry, there["energy_sources"])
    update: Any = {  # what is left out stays as it is
        **({"device_consumption": [*there["device_consumption"], *devices]} if devices else {}),
        **({"energy_sources": [*there["energy_sources"], *sources]} if sources else {}),
    }
    added = [device["stat_consumption"] for device in devices] + list(map(_statistic, sources))
    if added:
        await manager.async_update(update)
        ours = [*(entry.options.get(CONF_IN_ENERGY_DASHBOARD) or ()), *added]
        options = {**entry.options, CONF_IN_ENERGY_DASHBOARD: ours}
        hass.config_entries.async_update_entry(entry, options=options)
    return added


async def async_clear_energy_dashboard(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take out again what was added for a site, and nothing else."""
    ours = entry.options.get(CONF_IN_ENERGY_DASHBOARD) or ()
    if not ours or "energy" not in hass.config.components:
        return
    manager = await async_get_manager(hass)
    there = _there(manager.data)
    update: Any = {
        "device_consumption": [
            device
            for device in there["device_consumption"]
            if device["stat_consumption"] not in ours
        ],
        "energy_sources": [
            source for source in there["energy_sources"] if _statistic(source) not in ours
        ],
    }
    await manager.async_update(update)
    if hass.config_entries.async_get_entry(entry.entry_id) is not None:
        options = {**entry.options, CONF_IN_ENERGY_DASHBOARD: None}
        hass.config_entries.async_update_entry(entry, options=options)


async def async_drop_gone_chargers(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take out the chargers that were added for a site and that it does not have any more."""
    registry = er.async_get(hass)
    ours = entry.options.get(CONF_IN_ENERGY_DASHBOARD) or ()
    gone = {statistic for statistic in ours if registry.async_get(statistic) is None}
    if not gone or "energy" not in hass.config.components:
        return
    manager = await async_get_manager(hass)
    devices = _there(manager.data)["device_consumption"]
    # Of what is gone only the devices: the past of sun and batteries is their owner's to keep.
    gone &= {device["stat_consumption"] for device in devices}
    if gone:
        kept = [device for device in devices if device["stat_consumption"] not in gone]
        update: Any = {"device_consumption": kept}  # what is left out stays as it is
        await manager.async_update(update)
        left = [statistic for statistic in ours if statistic not in gone]
        options = {**entry.options, CONF_IN_ENERGY_DASHBOARD: left or None}
        hass.config_entries.async_update_entry(entry, options=options)


def _there(data: Mapping[str, Any] | None) -> dict[str, list[Any]]:
    return {
        key: [] if data is None else list(data[key])
        for key in ("device_consumption", "energy_sources")
    }


def _statistic(source: Mapping[str, Any]) -> str:
    return str(source.get("stat_energy_from"))


def _devices(
    hass: HomeAssistant, coordinator: FusewiseCoordinator, there: list[DeviceConsumption]
) -> list[DeviceConsumption]:
    """The chargers that are not there yet."""
    known = {device["stat_consumption"] for device in there}
    registry = er.async_get(hass)
    new: list[DeviceConsumption] = []
    for charger in coordinator.controller.site.chargers:
        energy = _enabled(registry, f"{charger.id}_energy")
        power = _enabled(registry, f"{charger.id}_power")
        if energy is None or energy in known:
            continue
        device = DeviceConsumption(
            stat_consumption=energy, name=coordinator.config_entry.subentries[charger.id].title
        )
        if power is not None:
            device["stat_rate"] = power
        new.append(device)
    return new


def _sources(
    hass: HomeAssistant, entry: ConfigEntry[Any], there: list[SourceType]
) -> list[SourceType]:
    """The sun and the batteries, where none is there: who has chosen another one would count it twice."""
    kinds = {source["type"] for source in there}
    solar = [] if "solar" in kinds else list(solar_sources(hass, entry))
    batteries = [] if "battery" in kinds else list(battery_sources(hass, entry))
    found: list[SourceType] = [*solar, *batteries]
    return list({_statistic(source): source for source in found}.values())


def _enabled(registry: er.EntityRegistry, unique_id: str) -> str | None:
    """A sensor of ours, where it is on: what is off has no statistics."""
    entity = registry.async_get_entity_id("sensor", DOMAIN, unique_id)
    known = None if entity is None else registry.async_get(entity)
    return None if known is None or known.disabled_by is not None else entity
