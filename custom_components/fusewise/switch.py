"""A switch at each charger: boost, for the session that runs or comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coordinator import FusewiseConfigEntry
from .entity import FusewiseDescription, WishEntity, async_keep_wishes
from .views import ChargerView

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class FusewiseSwitchDescription(SwitchEntityDescription, FusewiseDescription[ChargerView]):
    """What a switch shows."""


def _boost(view: ChargerView) -> Mapping[str, Any]:
    """What is left of the week's boosts, and when this one ends."""
    boost = view.wanted.boost
    until = None if boost is None or boost.until is None else round(boost.until)
    told = {
        "boosts_left": view.boosts_left,
        "until": None if until is None else dt_util.utc_from_timestamp(until),
        "until_energy": None if boost is None else boost.energy_kwh,
    }
    return {name: value for name, value in told.items() if value is not None}


# No entity category: voice assistants are offered only switches that have none.
BOOST = FusewiseSwitchDescription(
    key="boost",
    translation_key="boost",
    value_fn=lambda view: view.wanted.boost is not None,
    attributes_fn=_boost,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FusewiseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up a boost switch for each charger of a site."""
    async_keep_wishes(entry, "switch", async_add_entities, BoostSwitch, BOOST)


class BoostSwitch(WishEntity, SwitchEntity):
    """Charge this car before the others, until it leaves."""

    entity_description: FusewiseSwitchDescription

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self.coordinator.boost(self.charger)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._want(boost=None)

    @override
    def _show(self, value: Any) -> None:
        self._attr_is_on = value
