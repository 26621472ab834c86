"""Numbers that people choose: how much each car gets, how fast and how dear at most, and who comes first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfElectricCurrent, UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_CURRENCY, CONF_MAXIMUM_PRICE, CONF_PRICE
from .coordinator import FusewiseConfigEntry
from .entity import FusewiseDescription, SiteEntity, Wanted, WishEntity, async_keep_entities
from .percent import NoPercent, unknown
from .target import want_energy, want_percent
from .views import ChargerView, SiteView

PARALLEL_UPDATES = 0

MOST_ENERGY = 200.0  # kWh: no car has a larger battery
HIGHEST_PRIORITY = 10
HIGHEST_PRICE = 1000.0  # per kWh, in any currency


@dataclass(frozen=True, kw_only=True)
class SiteNumberDescription(NumberEntityDescription, FusewiseDescription[SiteView]):
    """What a number of a site shows."""


@dataclass(frozen=True, kw_only=True)
class FusewiseNumberDescription(NumberEntityDescription, FusewiseDescription[ChargerView]):
    """What a number of a charger shows, and what it means."""

    wants_fn: Callable[[float], Mapping[str, Any]]
    """The fields of `Wanted` that a number stands for."""


TARGET_ENERGY = FusewiseNumberDescription(
    key="target_energy",
    translation_key="target_energy",
    device_class=NumberDeviceClass.ENERGY,
    native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
    native_min_value=0,
    native_max_value=MOST_ENERGY,
    native_step=0.5,
    mode=NumberMode.BOX,
    value_fn=lambda view: view.wanted.energy_kwh or 0.0,
    wants_fn=lambda energy: {"energy_kwh": energy or None, "soc": None},
)
NUMBERS = (
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


def _not_counted(view: ChargerView) -> Mapping[str, Any]:
    """Why the target does not count for the car that is here, where it does not."""
    if view.wanted.soc is None or view.reading.session is None:
        return {}
    vehicle = view.vehicle
    why: NoPercent | None = NoPercent.UNKNOWN_VEHICLE
    if vehicle is not None:
        why = unknown(vehicle.reading, vehicle.guest)
    return {} if why is None else {"not_counted": why.value}


TARGET_PERCENT = FusewiseNumberDescription(
    key="target_percent",
    translation_key="target_percent",
    native_unit_of_measurement=PERCENTAGE,
    native_min_value=0,
    native_max_value=100,
    native_step=1,
    mode=NumberMode.BOX,
    value_fn=lambda view: view.wanted.soc or 0.0,
    attributes_fn=_not_counted,
    wants_fn=lambda soc: {"soc": soc or None},
)


def _about_price(currency: str) -> dict[str, Any]:
    """A price above which cars wait; 0: none."""
    return {
        "key": "maximum_price",
        "translation_key": "maximum_price",
        "native_unit_of_measurement": f"{currency}/kWh",
        "native_min_value": 0,
        "native_max_value": HIGHEST_PRICE,
        "native_step": 0.001,
        "mode": NumberMode.BOX,
        "entity_category": EntityCategory.CONFIG,
    }


def price_of_site(currency: str) -> SiteNumberDescription:
    """The maximum price of all chargers that have none of their own."""
    return SiteNumberDescription(
        value_fn=lambda view: view.maximum_price or 0.0, **_about_price(currency)
    )


def price_of_charger(currency: str) -> FusewiseNumberDescription:
    """The maximum price of one charger."""
    return FusewiseNumberDescription(
        value_fn=lambda view: view.wanted.maximum_price or 0.0,
        wants_fn=lambda price: {"maximum_price": price or None},
        **_about_price(currency),
    )


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FusewiseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers of a site and its chargers."""
    coordinator = entry.runtime_data

    def wanted() -> Wanted:
        currency = entry.options[CONF_CURRENCY] if entry.options.get(CONF_PRICE) else None
        if currency is not None:
            yield MaximumPrice(coordinator, price_of_site(currency))
        for charger in coordinator.controller.site.chargers:
            yield TargetEnergy(coordinator, charger.id, TARGET_ENERGY)
            for description in NUMBERS:
                yield WishNumber(coordinator, charger.id, description)
            yield TargetPercent(coordinator, charger.id, TARGET_PERCENT)
            if currency is not None:
                yield WishNumber(coordinator, charger.id, price_of_charger(currency))

    await async_keep_entities(coordinator, "number", async_add_entities, wanted)


class MaximumPrice(SiteEntity, NumberEntity):
    """Above which price the cars of a site wait; 0: at none."""

    entity_description: SiteNumberDescription

    @override
    async def async_set_native_value(self, value: float) -> None:
        entry = self.coordinator.config_entry
        options = {**entry.options, CONF_MAXIMUM_PRICE: value or None}
        self.coordinator.wishes.maximum_price = value or None
        self.hass.config_entries.async_update_entry(entry, options=options)
        self.coordinator.show_again()

    @override
    def _show(self, value: Any) -> None:
        self._attr_native_value = value


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


class TargetEnergy(WishNumber):
    """How much each car charges; 0: as much as it takes."""

    @override
    async def async_set_native_value(self, value: float) -> None:
        want_energy(self.coordinator, self.charger, value or None)


class TargetPercent(WishNumber):
    """Up to which state of charge the cars charge; 0: as much as they take."""

    @override
    async def async_set_native_value(self, value: float) -> None:
        want_percent(self.coordinator, self.charger, value or None)
