"""Adds a site's chargers to Home Assistant's energy dashboard, where somebody asks for it."""

from typing import Any

from homeassistant.components.energy.data import DeviceConsumption, async_get_manager
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .coordinator import FusewiseCoordinator


async def async_fill_energy_dashboard(
    hass: HomeAssistant, coordinator: FusewiseCoordinator
) -> list[str]:
    """Add each charger's energy that is not there yet; return the statistics that were added."""
    if "energy" not in hass.config.components:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_energy_dashboard")
    manager = await async_get_manager(hass)
    known: list[DeviceConsumption] = (
        [] if manager.data is None else list(manager.data["device_consumption"])
    )
    there = {device["stat_consumption"] for device in known}
    registry = er.async_get(hass)
    new: list[DeviceConsumption] = []
    for charger in coordinator.controller.site.chargers:
        energy = registry.async_get_entity_id("sensor", DOMAIN, f"{charger.id}_energy")
        power = registry.async_get_entity_id("sensor", DOMAIN, f"{charger.id}_power")
        if energy is None or energy in there:
            continue
        device = DeviceConsumption(
            stat_consumption=energy, name=coordinator.config_entry.subentries[charger.id].title
        )
        if power is not None:
            device["stat_rate"] = power
        new.append(device)
    if new:
        update: Any = {"device_consumption": [*known, *new]}  # what is left out stays as it is
        await manager.async_update(update)
    return [device["stat_consumption"] for device in new]
