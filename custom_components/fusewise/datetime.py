"""A date and time at each charger: when its car leaves next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.datetime import DateTimeEntity, DateTimeEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .coordinator import FusewiseConfigEntry
from .entity import FusewiseDescription, WishEntity, async_keep_wishes
from .views import ChargerView

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class FusewiseDateTimeDescription(DateTimeEntityDescription, FusewiseDescription[ChargerView]):
    """What a date and time shows."""


def _next(view: ChargerView) -> datetime | None:
    return None if view.departure is None else dt_util.utc_from_timestamp(view.departure)


NEXT_DEPARTURE = FusewiseDateTimeDescription(
    key="next_departure", translation_key="next_departure", value_fn=_next
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FusewiseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the next departure of a site's chargers."""
    await async_keep_wishes(entry, "datetime", async_add_entities, NextDeparture, NEXT_DEPARTURE)


class NextDeparture(WishEntity, DateTimeEntity):
    """When the car leaves next: once otherwise, or as on every such day."""

    entity_description: FusewiseDateTimeDescription

    @override
    async def async_set_value(self, value: datetime) -> None:
        if value <= dt_util.utcnow():
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="departure_in_the_past"
            )
        self._want(once=value.timestamp())

    @override
    def _show(self, value: Any) -> None:
        self._attr_native_value = value
