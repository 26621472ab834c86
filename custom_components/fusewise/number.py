"""Numbers at each charger: how much each car gets, how fast at most, and who comes first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory, UnitOfElectricCurrent, UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import FusewiseConfigEntry
from .entity import FusewiseDescription, WishEntity, async_keep_wishes
from .views import ChargerView

PARALLEL_UPDATES = 0

MOST_ENERGY = 200.0  # kWh: no car has a larger battery
HIGHEST_PRIORITY = 10


@dataclass(frozen=True, kw_only=True)
class FusewiseNumberDescription(NumberEntityDescription, FusewiseDescription[ChargerView]):
    """What a number shows, and what it means."""

    wants_fn: Callable[[float], Mapping[str, Any]]
    """The fields of `Wanted` that a number stands for."""


NUMBERS = (
    FusewiseNumberDescription(
        key="target_energy",
        translation_key="target_energy",
        device_class=NumberDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        native_min_value=0,
        native_max_value=MOST_ENERGY,
        native_step=0.5,
        mode=NumberMode.BOX,
        value_fn=lambda view: view.wanted.energy_kwh or 0.0,
        wants_fn=lambda energy: {"energy_kwh": energy or None},
    ),
    FusewiseNumberDescription(
        key="maximum_current",
        translation_key="maximum_current",
        device_class=NumberDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        native_step=1,
        entity_category=EntityCategory.CONFIG,
        value_fn=lambda view: (
            view.charger.maximum if view.wanted.maximum is None else view.wanted.maximum
        ),
        wants_fn=lambda amperes: {"maximum": amperes},
    ),
    FusewiseNumberDescription(
        key="priority",
        translation_key="priority",
        native_min_value=0,
        native_max_value=HIGHEST_PRIORITY,
        native_step=1,
        mode=NumberMode.BOX,
        entity_category=EntityCategory.CONFIG,
        value_fn=lambda view: view.charger.priority,
        wants_fn=lambda priority: {"priority": round(priority)},
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FusewiseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers of a site's chargers."""
    async_keep_wishes(entry, "number", async_add_entities, WishNumber, *NUMBERS)


class WishNumber(WishEntity, NumberEntity):
    """A number that people choose."""

    entity_description: FusewiseNumberDescription

    @property
    @override
    def native_min_value(self) -> float:
        lowest = self.entity_description.native_min_value
        return self._charger_floor if lowest is None else lowest

    @property
    @override
    def native_max_value(self) -> float:
        highest = self.entity_description.native_max_value
        return self._charger_maximum if highest is None else highest

    @property
    def _charger_floor(self) -> float:
        view = self._view()
        return 6.0 if view is None else view.charger.floor

    @property
    def _charger_maximum(self) -> float:
        view = self._view()
        return 16.0 if view is None else view.charger.maximum

    @override
    async def async_set_native_value(self, value: float) -> None:
        self._want(**self.entity_description.wants_fn(value))

    @override
    def _show(self, value: Any) -> None:
        self._attr_native_value = value
