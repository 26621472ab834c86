"""Sensors: what the fuse carries and has to spare, and what each charger gets and why."""

from collections.abc import Iterator
from itertools import product
from typing import Any, override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .around_sensors import BATTERY_SENSORS, METER_SENSORS, SOLAR_SENSORS, VEHICLE_SENSORS
from .balancing.model import Charger
from .balancing.settings import Settings
from .charger_sensors import BOOSTS_LEFT, CHARGER_SENSORS, PHASES_IN_USE, measured
from .circuit_sensors import circuit_sensors
from .const import CONF_CURRENCY, CONF_PRICE
from .coordinator import FusewiseConfigEntry
from .describing import FusewiseSensorDescription
from .entity import (
    AroundEntity,
    ChargerEntity,
    CircuitEntity,
    FusewiseEntity,
    SiteEntity,
    Wanted,
    async_keep_entities,
)
from .site_sensors import SITE_SENSORS, price_sensor
from .views import ChargerView, CircuitView, SiteView

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FusewiseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of a site, its circuits and its chargers."""
    coordinator = entry.runtime_data

    def wanted() -> Wanted:
        site = coordinator.controller.site
        for described in SITE_SENSORS:
            yield SiteSensor(coordinator, described)
        if entry.options.get(CONF_PRICE):
            yield SiteSensor(coordinator, price_sensor(entry.options[CONF_CURRENCY]))
        for circuit in site.circuits:
            for description in circuit_sensors(circuit):
                yield CircuitSensor(coordinator, circuit.id, description)
        for charger in site.chargers:
            for shown in _charger_sensors(charger, site.settings):
                yield ChargerSensor(coordinator, charger.id, shown)

        around = coordinator.surroundings
        for solar, of_solar in product(around.solar, SOLAR_SENSORS):
            yield AroundSensor(coordinator, solar, of_solar, lambda view: view.solar)
        for battery, of_battery in product(around.batteries, BATTERY_SENSORS):
            yield AroundSensor(coordinator, battery, of_battery, lambda view: view.batteries)
        for meter, of_meter in product(coordinator.meters, METER_SENSORS):
            yield AroundSensor(coordinator, meter, of_meter, lambda view: view.meters)
        for vehicle, of_vehicle in product(around.vehicles, VEHICLE_SENSORS):
            yield AroundSensor(coordinator, vehicle, of_vehicle, lambda view: view.vehicles)

    await async_keep_entities(coordinator, "sensor", async_add_entities, wanted)


def _charger_sensors(
    charger: Charger, settings: Settings
) -> Iterator[FusewiseSensorDescription[ChargerView]]:
    yield from CHARGER_SENSORS
    yield from map(measured, sorted(charger.wiring))
    if charger.switches_phases:
        yield PHASES_IN_USE
    if settings.boosts_per_week is not None:
        yield BOOSTS_LEFT


class FusewiseSensor[ViewT](FusewiseEntity[ViewT], SensorEntity):
    """A sensor of Fusewise."""

    entity_description: FusewiseSensorDescription[ViewT]

    @override
    def _show(self, value: Any) -> None:
        self._attr_native_value = value


class SiteSensor(FusewiseSensor[SiteView], SiteEntity):
    """A sensor of the site."""


class CircuitSensor(FusewiseSensor[CircuitView], CircuitEntity):
    """A sensor of a circuit."""


class ChargerSensor(FusewiseSensor[ChargerView], ChargerEntity):
    """A sensor of a charger."""


class AroundSensor[ViewT](FusewiseSensor[ViewT], AroundEntity[ViewT]):
    """A sensor of solar panels, a battery, a vehicle or a meter."""
