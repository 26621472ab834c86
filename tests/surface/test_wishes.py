"""What people want of a charger: set at its entities, known after a restart, and done by the balancing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.balancing.model import Mode
from custom_components.fusewise.wall_clock import WallClock
from custom_components.fusewise.wish import Wish
from demo.world import World
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .house import car, connected_site, state_of, until

MODE = "select.garage_mode"
DAILY = "time.garage_daily_departure"
NEXT = "datetime.garage_next_departure"


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site with one charge point, without a car."""
    return await connected_site(hass, house, ocpp_port, "garage")


async def set_to(hass: HomeAssistant, entity_id: str, service: str, **data: Any) -> None:
    domain = entity_id.partition(".")[0]
    await hass.services.async_call(domain, service, {"entity_id": entity_id} | data, blocking=True)


def wish(site: MockConfigEntry) -> Wish:
    """What the loop is told."""
    found: Wish = site.runtime_data.controller.wish("id_of_garage")
    return found


async def charging(hass: HomeAssistant, house: World) -> None:
    house.stations["garage"].plug(car())
    await until(lambda: hass.states.is_state("sensor.garage_status", "charging"))


async def test_a_charger_that_is_switched_off_charges_nobody(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    await set_to(hass, MODE, "select_option", option="off")
    assert hass.states.is_state(MODE, "off")
    assert wish(site).mode is Mode.OFF
    house.stations["garage"].plug(car())
    await until(lambda: hass.states.is_state("sensor.garage_reason", "off"))
    await until(lambda: hass.states.is_state("sensor.garage_setpoint", "0.0"))
    await set_to(hass, MODE, "select_option", option="fair")
    await until(lambda: float(state_of(hass, "sensor.garage_setpoint").state) >= 6)


async def test_a_maximum_current_is_kept_to(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    number = "number.garage_maximum_current"
    assert hass.states.is_state(number, "16.0")
    assert state_of(hass, number).attributes["min"] == 6.0
    assert state_of(hass, number).attributes["max"] == 16.0
    await set_to(hass, number, "set_value", value=8)
    await charging(hass, house)
    await until(lambda: hass.states.is_state("sensor.garage_reason", "vehicle_limit"))
    assert site.runtime_data.controller.decision.setpoints[0].target == 8.0


async def test_a_car_that_has_its_energy_is_done(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    await charging(hass, house)
    await set_to(hass, "number.garage_target_energy", "set_value", value=20)
    assert wish(site).energy_kwh == 20.0
    await until(lambda: site.runtime_data.log.sessions.open("id_of_garage"))
    site.runtime_data.log.sessions.open("id_of_garage").energy_wh = 15_040.0
    await until(lambda: wish(site).energy_kwh == pytest.approx(5.0))
    site.runtime_data.log.sessions.open("id_of_garage").energy_wh = 20_000.0
    await until(lambda: hass.states.is_state("sensor.garage_reason", "session_over"))
    # More is wanted after all.
    await set_to(hass, "number.garage_target_energy", "set_value", value=0)
    assert wish(site).energy_kwh is None
    await until(lambda: not hass.states.is_state("sensor.garage_reason", "session_over"))


async def test_a_priority_is_the_balancings(hass: HomeAssistant, site: MockConfigEntry) -> None:
    assert hass.states.is_state("number.garage_priority", "0")
    await set_to(hass, "number.garage_priority", "set_value", value=3)
    assert hass.states.is_state("number.garage_priority", "3")
    assert site.runtime_data.controller.site.chargers[0].priority == 3


async def test_a_car_that_leaves_every_day_leaves_tomorrow_too(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    assert hass.states.is_state(DAILY, "unknown")
    assert hass.states.is_state(NEXT, "unknown")
    moment = dt_util.now() + timedelta(hours=2)
    await set_to(hass, DAILY, "set_value", time=f"{moment:%H:%M}")
    assert hass.states.is_state(DAILY, f"{moment:%H:%M}:00")
    departure = dt_util.parse_datetime(state_of(hass, NEXT).state)
    assert departure == moment.replace(second=0, microsecond=0)
    departs = wish(site).departure
    assert departs is not None
    assert departs == pytest.approx(moment.timestamp(), abs=61)


async def test_another_departure_for_once_comes_before_that_of_every_day(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    now = dt_util.now()
    await set_to(hass, DAILY, "set_value", time=f"{now + timedelta(hours=2):%H:%M}")
    daily = state_of(hass, NEXT).state
    await set_to(hass, NEXT, "set_value", datetime=(now + timedelta(hours=5)).isoformat())
    once = dt_util.parse_datetime(state_of(hass, NEXT).state)
    assert once is not None
    assert abs(once - now - timedelta(hours=5)) < timedelta(seconds=1)
    # One press forgets what was said for once, the next one what is so every day.
    await set_to(hass, "button.garage_clear_departure", "press")
    assert hass.states.is_state(NEXT, daily)
    await set_to(hass, "button.garage_clear_departure", "press")
    assert hass.states.is_state(NEXT, "unknown")
    assert hass.states.is_state(DAILY, "unknown")
    assert wish(site).departure is None


async def test_a_departure_in_the_past_is_refused(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError, match="in the past"):
        await set_to(hass, NEXT, "set_value", datetime="2020-01-01 07:00:00")


async def test_a_departure_for_once_is_forgotten_when_it_is_over(
    hass: HomeAssistant, site: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = dt_util.now() + timedelta(minutes=5)
    await set_to(hass, NEXT, "set_value", datetime=soon.isoformat())
    assert wish(site).departure == pytest.approx(soon.timestamp(), abs=1)
    monkeypatch.setattr(WallClock, "now", lambda _: soon.timestamp() + 1)
    await until(lambda: hass.states.is_state(NEXT, "unknown"))
    assert wish(site).departure is None


async def test_wishes_outlive_a_restart(hass: HomeAssistant, site: MockConfigEntry) -> None:
    await set_to(hass, MODE, "select_option", option="fast")
    await set_to(hass, DAILY, "set_value", time="07:30")
    await set_to(hass, "number.garage_target_energy", "set_value", value=12.5)
    await set_to(hass, "number.garage_maximum_current", "set_value", value=10)
    await set_to(hass, "number.garage_priority", "set_value", value=2)
    before = wish(site)
    assert await hass.config_entries.async_reload(site.entry_id)
    assert hass.states.is_state(MODE, "fast")
    assert hass.states.is_state(DAILY, "07:30:00")
    assert hass.states.is_state("number.garage_target_energy", "12.5")
    assert hass.states.is_state("number.garage_maximum_current", "10.0")
    assert hass.states.is_state("number.garage_priority", "2")
    after = wish(site)
    assert (after.mode, after.energy_kwh, after.maximum, after.priority) == (
        before.mode,
        before.energy_kwh,
        before.maximum,
        before.priority,
    )
    assert after.departure == pytest.approx(before.departure, abs=10)
    assert site.runtime_data.controller.site.chargers[0].priority == 2


async def test_a_boost_beyond_the_weeks_quota_is_refused_in_words(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    controller = site.runtime_data.controller
    settings = replace(controller.site.settings, boosts_per_week=1)
    controller.site = controller._configured = replace(controller.site, settings=settings)
    boost = "switch.garage_boost"
    await until(lambda: state_of(hass, boost).attributes.get("boosts_left") == 1)
    await until(lambda: hass.states.get("sensor.garage_boosts_left"))
    await charging(hass, house)
    await set_to(hass, boost, "turn_on")
    await until(lambda: state_of(hass, boost).attributes.get("boosts_left") == 0)
    await set_to(hass, boost, "turn_on")  # it is on already
    await set_to(hass, boost, "turn_off")
    with pytest.raises(ServiceValidationError, match="Garage has used its 1 boosts"):
        await set_to(hass, boost, "turn_on")
    assert hass.states.is_state(boost, "off")
