"""A switch at each charger: boost, for the session that runs or comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .boosting import boost
from .const import DOMAIN
from .coordinator import FusewiseConfigEntry
from .entity import FusewiseDescription, WishEntity, async_keep_wishes
from .views import ChargerView

PARALLEL_UPDATES = 0
SPOKEN: Final = "spoken"  # the name that was given to the boost switch for voice assistants


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
    await async_keep_wishes(entry, "switch", async_add_entities, BoostSwitch, BOOST)


class BoostSwitch(WishEntity, SwitchEntity):
    """Charge this car before the others, until it leaves."""

    entity_description: FusewiseSwitchDescription

    @override
    async def async_added_to_hass(self) -> None:
        """Answer to 'garage charger boost' too, where the charger is called 'Garage' only."""
        await super().async_added_to_hass()
        texts = await async_get_translations(
            self.hass, self.hass.config.language, "common", {DOMAIN}
        )
        word = texts.get(f"component.{DOMAIN}.common.spoken_charger", "charger")
        place = self.coordinator.config_entry.subentries[self.charger].title
        alias = f"{place} {word} {self.name}"
        if word.casefold() not in place.casefold():
            self._answer_to(alias)

    def _answer_to(self, alias: str) -> None:
        """Have another name for voice assistants, once: whoever takes it away does not get it again."""
        registry = er.async_get(self.hass)
        if (entry := registry.async_get(self.entity_id)) is None:
            return
        kept = entry.options.get(DOMAIN)
        before = None if kept is None else kept.get(SPOKEN)
        if before == alias:
            return
        others = [each for each in entry.aliases if each not in (before, alias)]
        registry.async_update_entity(self.entity_id, aliases=[*others, alias])
        registry.async_update_entity_options(self.entity_id, DOMAIN, {SPOKEN: alias})

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        boost(self.coordinator, self.charger)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._want(boost=None)

    @override
    def _show(self, value: Any) -> None:
        self._attr_is_on = value
