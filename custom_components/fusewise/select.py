"""A choice at each charger: what its cars are charged with, and how fast."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .balancing.model import Mode
from .coordinator import FusewiseConfigEntry
from .entity import FusewiseDescription, WishEntity, async_keep_wishes
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


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FusewiseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the choice of the mode for each charger of a site."""
    async_keep_wishes(entry, "select", async_add_entities, ModeSelect, MODE)


class ModeSelect(WishEntity, SelectEntity):
    """Off, fair, fast, or with the sun."""

    entity_description: FusewiseSelectDescription

    @override
    async def async_select_option(self, option: str) -> None:
        self._want(mode=Mode(option))

    @override
    def _show(self, value: Any) -> None:
        self._attr_current_option = value
