"""Choices at each charger: how its car is charged, and which car it is."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .balancing.model import Mode
from .coordinator import FusewiseConfigEntry
from .entity import FusewiseDescription, Wanted, WishEntity, async_keep_entities
from .views import ChargerView

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class FusewiseSelectDescription(SelectEntityDescription, FusewiseDescription[ChargerView]):
    """What a choice shows."""


MODE = FusewiseSelectDescription(
    key="mode",
    translation_key="mode",
    options=[mode.value for mode in Mode],
    value_fn=lambda view: view.wanted.mode.value,
)


GUEST = "guest"
VEHICLE = FusewiseSelectDescription(
    key="vehicle",
    translation_key="vehicle",
    # Only while a car is there; whoever is plugged in next is another question.
    available_fn=lambda view: view.reading.session is not None,
    value_fn=lambda view: GUEST if view.vehicle is None else view.vehicle.name,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FusewiseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the choices at each charger of a site."""
    coordinator = entry.runtime_data

    def wanted() -> Wanted:
        for charger in coordinator.controller.site.chargers:
            yield ModeSelect(coordinator, charger.id, MODE)
            if coordinator.surroundings.vehicles:
                yield VehicleSelect(coordinator, charger.id, VEHICLE)

    await async_keep_entities(coordinator, "select", async_add_entities, wanted)


class ModeSelect(WishEntity, SelectEntity):
    """Off, fair, fast, or with the sun."""

    entity_description: FusewiseSelectDescription

    @override
    async def async_select_option(self, option: str) -> None:
        self._want(mode=Mode(option))

    @override
    def _show(self, value: Any) -> None:
        self._attr_current_option = value


class VehicleSelect(WishEntity, SelectEntity):
    """Which of the home's vehicles is at a charger, where nothing tells or a guess was wrong."""

    entity_description: FusewiseSelectDescription

    @property
    @override
    def options(self) -> list[str]:
        return [GUEST, *self._vehicles]

    @property
    def _vehicles(self) -> dict[str, str]:
        """The ids of the vehicles, by their names."""
        subentries = self.coordinator.config_entry.subentries
        known = self.coordinator.surroundings.vehicles
        return {subentries[key].title: key for key in known if key in subentries}

    @override
    async def async_select_option(self, option: str) -> None:
        self.coordinator.choose_vehicle(self.charger, self._vehicles.get(option))
        self.coordinator.show_again()

    @override
    def _show(self, value: Any) -> None:
        self._attr_current_option = value
