"""A time at each charger: when its car leaves every day."""

from dataclasses import dataclass
from datetime import time
from typing import Any, override

from homeassistant.components.time import TimeEntity, TimeEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import FusewiseConfigEntry
from .entity import FusewiseDescription, WishEntity, async_keep_wishes
from .views import ChargerView
from .wanted import DAYS, clock_time

PARALLEL_UPDATES = 0

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, kw_only=True)
class FusewiseTimeDescription(TimeEntityDescription, FusewiseDescription[ChargerView]):
    """What a time shows."""


def _daily(view: ChargerView) -> time | None:
    return None if view.wanted.daily is None else clock_time(view.wanted.daily)


def _week(view: ChargerView) -> dict[str, str]:
    """The time of each day, where the days differ."""
    if view.wanted.daily is not None:
        return {}
    return {
        day: f"{clock_time(minutes):%H:%M}"
        for day, minutes in zip(WEEKDAYS, view.wanted.weekly, strict=True)
        if minutes is not None
    }


DEPARTURE = FusewiseTimeDescription(
    key="departure", translation_key="departure", value_fn=_daily, attributes_fn=_week
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FusewiseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the daily departure of a site's chargers."""
    await async_keep_wishes(entry, "time", async_add_entities, DailyDeparture, DEPARTURE)


class DailyDeparture(WishEntity, TimeEntity):
    """When the car leaves every day; unknown where nobody has said, or the days differ."""

    entity_description: FusewiseTimeDescription

    @override
    async def async_set_value(self, value: time) -> None:
        self._want(weekly=(value.hour * 60 + value.minute,) * DAYS)

    @override
    def _show(self, value: Any) -> None:
        self._attr_native_value = value
