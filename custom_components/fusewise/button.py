"""A button at each charger: test whether it falls back by itself."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import ChargerView, FusewiseConfigEntry
from .entity import ChargerEntity, FusewiseDescription, Wanted, async_keep_entities

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class FusewiseButtonDescription(ButtonEntityDescription, FusewiseDescription[ChargerView]):
    """What a button does."""


TEST_FALLBACK = FusewiseButtonDescription(
    key="test_fallback",
    translation_key="test_fallback",
    entity_category=EntityCategory.DIAGNOSTIC,
    value_fn=lambda _: None,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FusewiseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons of a site's chargers."""
    coordinator = entry.runtime_data

    def wanted() -> Wanted:
        for charger in coordinator.controller.site.chargers:
            yield FallbackTestButton(coordinator, charger.id, TEST_FALLBACK)

    async_keep_entities(coordinator, "button", async_add_entities, wanted)


class FallbackTestButton(ChargerEntity, ButtonEntity):
    """Let the charger show what it does when it hears nothing, as soon as a car draws enough for that."""

    entity_description: FusewiseButtonDescription

    @override
    async def async_press(self) -> None:
        self.coordinator.controller.ask_for_proof(self.charger)

    @override
    def _show(self, value: Any) -> None:
        """Show nothing: a button's state is when it was pressed."""
