"""Actions that say what people want: when a car leaves, a boost, a mode."""

from datetime import datetime, time, timedelta
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from .balancing.model import Mode
from .boosting import boost as start_boost, check_boosts
from .const import DOMAIN
from .describing import moment
from .number import MOST_ENERGY
from .target import check_counted, check_percent, want_energy, want_percent
from .targets import DEVICES, chargers_of, refusal, view_of
from .time import WEEKDAYS

SET_DEPARTURE: Final = "set_departure"
BOOST: Final = "boost"
SET_MODE: Final = "set_mode"
SET_TARGET: Final = "set_target"

ATTR_AT: Final = "at"
ATTR_TIME: Final = "time"
ATTR_DAYS: Final = "days"
ATTR_DURATION: Final = "duration"
ATTR_ENERGY: Final = "energy"
ATTR_MODE: Final = "mode"
ATTR_PERCENT: Final = "percent"

LONGEST_BOOST: Final = timedelta(days=7)

CHARGERS = {vol.Required(ATTR_DEVICE_ID): DEVICES}

SET_DEPARTURE_SCHEMA = vol.Schema(
    {
        **CHARGERS,
        vol.Exclusive(ATTR_AT, "when"): cv.datetime,
        vol.Exclusive(ATTR_TIME, "when"): cv.time,
        vol.Optional(ATTR_DAYS): vol.All(cv.ensure_list, [vol.In(WEEKDAYS)]),
    }
)
BOOST_SCHEMA = vol.Schema(
    {
        **CHARGERS,
        vol.Optional(ATTR_DURATION): vol.All(
            cv.time_period, vol.Range(min=timedelta(seconds=1), max=LONGEST_BOOST)
        ),
        vol.Optional(ATTR_ENERGY): vol.All(
            vol.Coerce(float), vol.Range(min=0, max=MOST_ENERGY, min_included=False)
        ),
    }
)
SET_MODE_SCHEMA = vol.Schema(
    {**CHARGERS, vol.Required(ATTR_MODE): vol.In([mode.value for mode in Mode])}
)


SET_TARGET_SCHEMA = vol.Schema(
    {
        **CHARGERS,
        vol.Exclusive(ATTR_ENERGY, "how_much"): vol.All(
            vol.Coerce(float), vol.Range(min=0, max=MOST_ENERGY)
        ),
        vol.Exclusive(ATTR_PERCENT, "how_much"): vol.All(
            vol.Coerce(float), vol.Range(min=0, max=100)
        ),
    }
)


@callback
def async_register_wish_actions(hass: HomeAssistant) -> None:
    """Register them."""

    async def set_departure(call: ServiceCall) -> ServiceResponse:
        return set_departures(hass, call.data)

    async def boost(call: ServiceCall) -> ServiceResponse:
        return boost_chargers(hass, call.data)

    async def set_mode(call: ServiceCall) -> None:
        for coordinator, charger in chargers_of(hass, call.data[ATTR_DEVICE_ID]):
            coordinator.wishes.change(charger, mode=Mode(call.data[ATTR_MODE]))
            coordinator.show_again()

    async def set_target(call: ServiceCall) -> ServiceResponse:
        return set_targets(hass, call.data)

    for name, action, schema, response in (
        (SET_TARGET, set_target, SET_TARGET_SCHEMA, SupportsResponse.OPTIONAL),
        (SET_DEPARTURE, set_departure, SET_DEPARTURE_SCHEMA, SupportsResponse.OPTIONAL),
        (BOOST, boost, BOOST_SCHEMA, SupportsResponse.OPTIONAL),
        (SET_MODE, set_mode, SET_MODE_SCHEMA, SupportsResponse.NONE),
    ):
        hass.services.async_register(
            DOMAIN, name, action, schema=schema, supports_response=response
        )


@callback
def set_departures(hass: HomeAssistant, asked: dict[str, Any]) -> ServiceResponse:
    """Set when cars leave, once or every week; tell when each one leaves next."""
    at: datetime | None = asked.get(ATTR_AT)
    daily: time | None = asked.get(ATTR_TIME)
    if at is None and daily is None:
        raise refusal("departure_missing")
    if at is not None and asked.get(ATTR_DAYS):
        raise refusal("departure_once_has_no_days")
    if at is not None and dt_util.as_utc(at) <= dt_util.utcnow():
        raise refusal("departure_in_the_past")
    told: dict[str, Any] = {}
    for coordinator, charger in chargers_of(hass, asked[ATTR_DEVICE_ID]):
        wishes = coordinator.wishes
        if at is not None:
            wishes.change(charger, once=dt_util.as_utc(at).timestamp())
        elif daily is not None:
            wishes.change(charger, weekly=_week(wishes.of(charger).weekly, daily, asked))
        coordinator.show_again()
        departure = wishes.departure(charger)
        name = coordinator.config_entry.subentries[charger].title
        told[name] = None if departure is None else dt_util.as_local(moment(departure)).isoformat()
    return {"next_departures": told}


def _week(
    before: tuple[int | None, ...], daily: time, asked: dict[str, Any]
) -> tuple[int | None, ...]:
    """The week with another time on some days, or on all of them."""
    days, minutes = asked.get(ATTR_DAYS) or WEEKDAYS, daily.hour * 60 + daily.minute
    return tuple(minutes if day in days else was for day, was in zip(WEEKDAYS, before, strict=True))


@callback
def set_targets(hass: HomeAssistant, asked: dict[str, Any]) -> ServiceResponse:
    """Set how much cars charge, in kWh or up to a state of charge; tell what each one still needs in kWh."""
    percent: float | None = asked.get(ATTR_PERCENT)
    energy: float | None = asked.get(ATTR_ENERGY)
    if percent is None and energy is None:
        raise refusal("target_missing")
    chargers = chargers_of(hass, asked[ATTR_DEVICE_ID])
    for coordinator, charger in chargers:
        view_of(coordinator, charger)
        if percent:
            check_percent(coordinator, charger)
        if energy:
            check_counted(coordinator, charger)
    # Nothing is set at some where it cannot be set at all of them.
    told: dict[str, Any] = {}
    for coordinator, charger in chargers:
        if percent is not None:
            want_percent(coordinator, charger, percent or None)
        else:
            want_energy(coordinator, charger, energy or None)
        view = view_of(coordinator, charger)
        told[view.name] = view.wish.energy_kwh
    return {"still_needed_kwh": told}


@callback
def boost_chargers(hass: HomeAssistant, asked: dict[str, Any]) -> ServiceResponse:
    """Boost until the cars leave, for a time or for an amount; tell what is left of the week's boosts."""
    duration: timedelta | None = asked.get(ATTR_DURATION)
    energy: float | None = asked.get(ATTR_ENERGY)
    until = None if duration is None else (dt_util.utcnow() + duration).timestamp()
    chargers = chargers_of(hass, asked[ATTR_DEVICE_ID])
    for coordinator, charger in chargers:
        view_of(coordinator, charger)
        check_boosts(coordinator, charger)
        if energy is not None:
            check_counted(coordinator, charger)
    told: dict[str, Any] = {}
    for coordinator, charger in chargers:
        charged = coordinator.wishes.charged(charger)
        start_boost(coordinator, charger, until, None if energy is None else charged + energy)
        view = view_of(coordinator, charger)
        told[view.name] = view.boosts_left
    return {"boosts_left": told}
