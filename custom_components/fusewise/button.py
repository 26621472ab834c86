"""Buttons at each charger: what a person may ask it to do, and a test of whether it falls back by itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.button import ButtonDeviceClass, ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .asking import asking
from .const import CONF_IN_ENERGY_DASHBOARD
from .coordinator import FusewiseConfigEntry
from .devices.ocpp import OcppCharger
from .energy_dashboard import async_clear_energy_dashboard, async_fill_energy_dashboard
from .entity import (
    ChargerEntity,
    FusewiseDescription,
    SiteEntity,
    Wanted,
    WishEntity,
    async_keep_entities,
)
from .views import ChargerView, SiteView
from .wanted import NO_DAY

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class FusewiseButtonDescription(ButtonEntityDescription, FusewiseDescription[ChargerView]):
    """What a button does."""

    press_fn: Callable[[OcppCharger], Awaitable[None]]


def _button(
    key: str,
    press_fn: Callable[[OcppCharger], Awaitable[None]],
    *,
    is_detail: bool = False,
    device_class: ButtonDeviceClass | None = None,
) -> FusewiseButtonDescription:
    return FusewiseButtonDescription(
        key=key,
        translation_key=key,
        device_class=device_class,
        entity_category=EntityCategory.CONFIG if is_detail else None,
        entity_registry_enabled_default=not is_detail,
        press_fn=press_fn,
        value_fn=lambda _: None,
        available_fn=lambda view: view.reading.online,
    )


@dataclass(frozen=True, kw_only=True)
class FallbackTestDescription(ButtonEntityDescription, FusewiseDescription[ChargerView]):
    """What the button shows that tests the fall-back."""


@dataclass(frozen=True, kw_only=True)
class ClearDepartureDescription(ButtonEntityDescription, FusewiseDescription[ChargerView]):
    """What the button shows that clears the departure."""


CLEAR_DEPARTURE = ClearDepartureDescription(
    key="clear_departure", translation_key="clear_departure", value_fn=lambda _: None
)


@dataclass(frozen=True, kw_only=True)
class EnergyDashboardDescription(ButtonEntityDescription, FusewiseDescription[SiteView]):
    """What the button shows that fills the energy dashboard."""


ENERGY_DASHBOARD = EnergyDashboardDescription(
    key="energy_dashboard",
    translation_key="energy_dashboard",
    entity_category=EntityCategory.CONFIG,
    value_fn=lambda _: None,
)
LEAVE_ENERGY_DASHBOARD = EnergyDashboardDescription(
    key="leave_energy_dashboard",
    translation_key="leave_energy_dashboard",
    entity_category=EntityCategory.CONFIG,
    value_fn=lambda _: None,
)
TEST_FALLBACK = FallbackTestDescription(
    key="test_fallback",
    translation_key="test_fallback",
    entity_category=EntityCategory.CONFIG,
    value_fn=lambda _: None,
)
BUTTONS = (
    _button("start", lambda charger: charger.start()),
    _button("stop", lambda charger: charger.stop()),
    _button("unlock", lambda charger: charger.unlock(), is_detail=True),
    _button(
        "restart",
        lambda charger: charger.restart(),
        is_detail=True,
        device_class=ButtonDeviceClass.RESTART,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FusewiseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons of a site's chargers."""
    coordinator = entry.runtime_data

    def wanted() -> Wanted:
        yield EnergyDashboardButton(coordinator, ENERGY_DASHBOARD)
        if entry.options.get(CONF_IN_ENERGY_DASHBOARD):
            yield LeaveEnergyDashboardButton(coordinator, LEAVE_ENERGY_DASHBOARD)
        for charger in coordinator.controller.site.chargers:
            yield ClearDepartureButton(coordinator, charger.id, CLEAR_DEPARTURE)
            if not isinstance(coordinator.chargers.get(charger.id), OcppCharger):
                continue  # what it can do besides, its own integration offers
            yield FallbackTestButton(coordinator, charger.id, TEST_FALLBACK)
            for description in BUTTONS:
                yield ChargerButton(coordinator, charger.id, description)

    await async_keep_entities(coordinator, "button", async_add_entities, wanted)


class ChargerButton(ChargerEntity, ButtonEntity):
    """A button of a charger."""

    entity_description: FusewiseButtonDescription

    @override
    async def async_press(self) -> None:
        charger = self.coordinator.chargers[self.charger]
        assert isinstance(charger, OcppCharger)
        with asking():
            await self.entity_description.press_fn(charger)

    @override
    def _show(self, value: Any) -> None:
        """Show nothing: a button's state is when it was pressed."""


class FallbackTestButton(ChargerEntity, ButtonEntity):
    """Let the charger show what it does when it hears nothing, as soon as a car draws enough for that."""

    entity_description: FallbackTestDescription

    @override
    async def async_press(self) -> None:
        self.coordinator.controller.ask_for_proof(self.charger)

    @override
    def _show(self, value: Any) -> None:
        """Show nothing: a button's state is when it was pressed."""


class ClearDepartureButton(WishEntity, ButtonEntity):
    """Forget when the car leaves: what was said for once, and where nothing was, every day's departure."""

    entity_description: ClearDepartureDescription

    @override
    async def async_press(self) -> None:
        once = self.coordinator.wishes.of(self.charger).once
        self._want(**({"weekly": NO_DAY} if once is None else {"once": None}))

    @override
    def _show(self, value: Any) -> None:
        """Show nothing: a button's state is when it was pressed."""


class EnergyDashboardButton(SiteEntity, ButtonEntity):
    """Add the chargers, the sun and the batteries to Home Assistant's energy dashboard."""

    entity_description: EnergyDashboardDescription

    @override
    async def async_press(self) -> None:
        await async_fill_energy_dashboard(self.hass, self.coordinator)

    @override
    def _show(self, value: Any) -> None:
        """Show nothing: a button's state is when it was pressed."""


class LeaveEnergyDashboardButton(SiteEntity, ButtonEntity):
    """Take out of the energy dashboard again what was added to it."""

    entity_description: EnergyDashboardDescription

    @override
    async def async_press(self) -> None:
        await async_clear_energy_dashboard(self.hass, self.coordinator.config_entry)

    @override
    def _show(self, value: Any) -> None:
        """Show nothing: a button's state is when it was pressed."""
