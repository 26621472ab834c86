"""The actions of Fusewise, as automations and people call them: they do what they say, or say why not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.fusewise.balancing.model import Mode
from custom_components.fusewise.balancing.replay import read_replay
from custom_components.fusewise.proving import ProofState
from custom_components.fusewise.recording import unpack
from custom_components.fusewise.wall_clock import WallClock
from demo.world import World
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from .house import car, connected_site, device_of, state_of, until

GARAGE, CARPORT, HOME = "id_of_garage", "id_of_carport", "id_of_home"


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage", "carport")


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site with two charge points, without cars."""
    return await connected_site(hass, house, ocpp_port, "garage", "carport")


async def call(
    hass: HomeAssistant, action: str, *owners: str, answer: bool = False, **data: Any
) -> Any:
    [entry] = hass.config_entries.async_entries("fusewise")
    assert isinstance(entry, MockConfigEntry)
    devices = [device_of(hass, entry, owner).id for owner in owners]
    one = action in ("limit_grid", "lift_grid_limit", "get_replay")
    about = {"device_id": devices[0] if one else devices} if devices else {}
    return await hass.services.async_call(
        "fusewise", action, about | data, blocking=True, return_response=answer
    )


# --- departures ------------------------------------------------------------------------------------


async def test_a_departure_is_set_for_once(hass: HomeAssistant, site: MockConfigEntry) -> None:
    at = (dt_util.now() + timedelta(hours=3)).replace(microsecond=0)
    told = await call(hass, "set_departure", GARAGE, answer=True, at=at.isoformat())
    assert told == {"next_departures": {"Garage": at.isoformat()}}
    shown = dt_util.parse_datetime(state_of(hass, "datetime.garage_next_departure").state)
    assert shown == at
    assert hass.states.is_state("datetime.carport_next_departure", "unknown")


async def test_a_departure_is_set_for_some_days_of_the_week(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    await call(hass, "set_departure", HOME, time="07:00")
    await call(hass, "set_departure", GARAGE, time="09:30", days=["saturday", "sunday"])
    assert hass.states.is_state("time.carport_daily_departure", "07:00:00")
    garage = state_of(hass, "time.garage_daily_departure")
    assert garage.state == "unknown"
    assert (garage.attributes["friday"], garage.attributes["sunday"]) == ("07:00", "09:30")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "Say when the car leaves"),
        ({"at": "2020-01-01 07:00:00"}, "in the past"),
        ({"at": "2100-01-01 07:00:00", "days": ["monday"]}, "Leave the days out"),
    ],
)
async def test_a_departure_that_cannot_be_is_refused(
    hass: HomeAssistant, site: MockConfigEntry, asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(ServiceValidationError, match=message):
        await call(hass, "set_departure", GARAGE, **asked)


async def test_a_device_of_something_else_is_named(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    lamp = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", "lamp")}, name="Desk lamp"
    )
    asked = {"device_id": lamp.id}
    with pytest.raises(ServiceValidationError, match="Desk lamp does not belong to Fusewise"):
        await hass.services.async_call(
            "fusewise", "set_departure", asked | {"time": "07:00"}, blocking=True
        )
    with pytest.raises(ServiceValidationError, match="Desk lamp does not belong to Fusewise"):
        await hass.services.async_call(
            "fusewise", "limit_grid", asked | {"amperes": 10}, blocking=True
        )


# --- boost and mode --------------------------------------------------------------------------------


async def test_a_boost_for_a_time_ends_by_itself(
    hass: HomeAssistant, site: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    boost = "switch.garage_boost"
    told = await call(hass, "boost", GARAGE, answer=True, duration="00:30:00")
    assert told == {"boosts_left": {"Garage": None}}
    assert hass.states.is_state(boost, "on")
    ends = state_of(hass, boost).attributes["until"]
    assert abs(ends - dt_util.utcnow() - timedelta(minutes=30)) < timedelta(seconds=10)
    monkeypatch.setattr(WallClock, "now", lambda _: ends.timestamp() + 1)
    await until(lambda: hass.states.is_state(boost, "off"))


@pytest.mark.parametrize("duration", ["00:00:00", "-01:00:00", {"days": 8}, {"days": 10**8}])
async def test_a_boost_that_lasts_no_time_or_more_than_a_week_is_refused(
    hass: HomeAssistant, site: MockConfigEntry, duration: Any
) -> None:
    with pytest.raises(vol.Invalid):
        await call(hass, "boost", GARAGE, duration=duration)
    assert hass.states.is_state("switch.garage_boost", "off")


async def test_a_boost_for_an_amount_ends_when_that_is_charged(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    house.stations["garage"].plug(car())
    await until(lambda: hass.states.is_state("sensor.garage_status", "charging"))
    sessions = site.runtime_data.log.sessions
    await until(lambda: sessions.open(GARAGE))
    sessions.open(GARAGE).energy_wh = 4000.0
    await call(hass, "boost", GARAGE, energy=5)
    await until(lambda: state_of(hass, "switch.garage_boost").attributes["until_energy"] > 8.9)
    sessions.open(GARAGE).energy_wh = 8900.0
    assert hass.states.is_state("switch.garage_boost", "on")
    sessions.open(GARAGE).energy_wh = 9100.0
    await until(lambda: hass.states.is_state("switch.garage_boost", "off"))


async def test_a_boost_that_one_of_the_chargers_cannot_have_is_given_to_none(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    controller = site.runtime_data.controller
    settings = replace(controller.site.settings, boosts_per_week=1)
    controller.site = controller._configured = replace(controller.site, settings=settings)
    house.stations["carport"].plug(car())
    await until(lambda: hass.states.is_state("sensor.carport_status", "charging"))
    assert await call(hass, "boost", CARPORT, answer=True) == {"boosts_left": {"Carport": 1}}
    spent = "switch.carport_boost"
    await until(lambda: state_of(hass, spent).attributes.get("boosts_left") == 0)
    site.runtime_data.wishes.change(CARPORT, boost=None)
    site.runtime_data.show_again()
    with pytest.raises(ServiceValidationError, match="Carport has used its 1 boosts"):
        await call(hass, "boost", HOME)
    assert hass.states.is_state("switch.garage_boost", "off")


async def test_a_target_that_one_of_the_chargers_cannot_have_is_set_for_none(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError, match="Say how much"):
        await call(hass, "set_target", HOME)
    with pytest.raises(ServiceValidationError, match="needs a vehicle"):
        await call(hass, "set_target", HOME, percent=80)
    told = await call(hass, "set_target", HOME, answer=True, energy=12)
    assert told == {"still_needed_kwh": {"Garage": 12.0, "Carport": 12.0}}
    await call(hass, "set_target", HOME, percent=0)
    assert site.runtime_data.controller.wish(CARPORT).energy_kwh is None


async def test_a_mode_is_set_for_a_whole_site(hass: HomeAssistant, site: MockConfigEntry) -> None:
    await call(hass, "set_mode", HOME, mode="sun")
    assert hass.states.is_state("select.garage_mode", "sun")
    assert site.runtime_data.controller.wish(CARPORT).mode is Mode.SUN
    with pytest.raises(vol.Invalid):
        await call(hass, "set_mode", HOME, mode="turbo")


# --- limits from outside ---------------------------------------------------------------------------


async def test_a_limit_holds_the_cars_until_it_is_lifted(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    # A car that had no room for a moment, as its meter showed it first, may come back at once.
    hass.config_entries.async_update_entry(site, options={**site.options, "minimum_off": 1.0})
    house.stations["carport"].plug(car())
    # Its charger has told that it draws: what the meter shows is not the house's.
    await until(lambda: (site.runtime_data.chargers[CARPORT].reading.current or (0.0,))[0] >= 5.9)
    await call(hass, "limit_grid", amperes=9, why="§14a")
    grid_limit = state_of(hass, "binary_sensor.home_grid_limit")
    assert grid_limit.state == "on"
    assert (grid_limit.attributes["source"], grid_limit.attributes["amperes"]) == ("§14a", 9.0)
    # The house takes 2 A of them there.
    await until(lambda: hass.states.is_state("sensor.carport_reason", "grid_limit"))
    await until(lambda: hass.states.is_state("sensor.home_limit_in_force", "grid_limit"))
    figures = state_of(hass, "sensor.carport_reason").attributes
    assert (figures["source"], figures["limit"]) == ("§14a", 9.0)
    assert site.runtime_data.controller.decision.setpoints[1].target == pytest.approx(7, abs=0.3)
    assert await hass.config_entries.async_reload(site.entry_id)
    assert hass.states.is_state("binary_sensor.home_grid_limit", "on")
    await call(hass, "lift_grid_limit", HOME)
    assert hass.states.is_state("binary_sensor.home_grid_limit", "off")
    with pytest.raises(ServiceValidationError, match="nothing to lift"):
        await call(hass, "lift_grid_limit")


async def test_a_limit_in_watts_ends_at_its_time(
    hass: HomeAssistant, site: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = dt_util.now() + timedelta(minutes=15)
    await call(hass, "limit_grid", HOME, watts=4200, until=ends.isoformat())
    assert state_of(hass, "binary_sensor.home_grid_limit").attributes["watts"] == 4200.0
    monkeypatch.setattr(WallClock, "now", lambda _: ends.timestamp() + 1)
    await until(lambda: hass.states.is_state("binary_sensor.home_grid_limit", "off"))
    assert site.runtime_data.grid_limits.limits == {}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "Say how much"),
        ({"amperes": 10, "until": "2020-01-01 07:00:00"}, "over already"),
    ],
)
async def test_a_limit_that_cannot_be_is_refused(
    hass: HomeAssistant, site: MockConfigEntry, asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(ServiceValidationError, match=message):
        await call(hass, "limit_grid", **asked)
    assert hass.states.is_state("binary_sensor.home_grid_limit", "off")


async def test_a_limit_out_of_the_possible_is_refused(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    for asked in ({"amperes": float("nan")}, {"amperes": -1}, {"watts": 1e9}):
        with pytest.raises(vol.Invalid):
            await call(hass, "limit_grid", **asked)


async def test_without_a_site_that_runs_there_is_nothing_to_limit(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(site.entry_id)
    with pytest.raises(ServiceValidationError, match="No site of Fusewise is running"):
        await call(hass, "limit_grid", amperes=10)


# --- why -------------------------------------------------------------------------------------------


async def test_what_a_charger_gets_is_explained_in_words_and_figures(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    house.stations["carport"].plug(car())
    house.stations["garage"].plug(car())
    await until(lambda: "shared_with" in state_of(hass, "sensor.garage_reason").attributes)
    await until(lambda: hass.states.is_state("sensor.garage_reason", "circuit_limit"), within=30)
    await call(hass, "set_departure", GARAGE, time="07:00")
    told = await call(hass, "explain", GARAGE, answer=True)
    [garage] = told["chargers"]
    assert garage["text"].startswith("Garage gets ")
    for words in (
        "A: Limited by the fuse.",
        "What binds is 20 A on L2 of the main fuse.",
        "It shares that with Carport.",
        "It leaves at ",
    ):
        assert words in garage["text"]
    assert garage["reason"] == "circuit_limit"
    assert garage["figures"]["shared_with"] == ["Carport"]
    both = await call(hass, "explain", answer=True)
    assert [it["charger"] for it in both["chargers"]] == ["Garage", "Carport"]
    assert both["text"].count("\n") == 1


async def test_a_charger_without_a_car_is_explained_too(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    told = await call(hass, "explain", CARPORT, answer=True)
    assert told["text"] == "Carport charges nothing now: No car is plugged in."


async def test_a_fall_back_is_tested_on_demand(hass: HomeAssistant, site: MockConfigEntry) -> None:
    await call(hass, "prove_fallback", GARAGE)
    prover = site.runtime_data.controller.prover
    charger = site.runtime_data.controller.site.chargers[0]
    assert prover.state(charger) is ProofState.WAITING


async def test_what_has_happened_is_handed_out_for_a_report(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    told = await call(hass, "get_replay", HOME, answer=True, minutes=5)
    [replay] = unpack(told) or []
    assert [it.id for it in read_replay(replay).site.chargers] == [GARAGE, CARPORT]


async def test_what_cannot_be_read_any_more_is_wanted_anew(
    hass: HomeAssistant, site: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    assert await hass.config_entries.async_unload(site.entry_id)
    for name in ("wishes", "grid_limits"):
        key = f"fusewise.{name}.{HOME}"
        hass_storage[key] = {"version": 1, "key": key, "data": {GARAGE: {"new": 1}}}
    assert await hass.config_entries.async_setup(site.entry_id)
    assert hass.states.is_state("select.garage_mode", "fair")
    assert hass.states.is_state("binary_sensor.home_grid_limit", "off")


async def test_nothing_is_answered_before_anything_is_known(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    site.runtime_data.last_update_success = False
    with pytest.raises(ServiceValidationError, match="Nothing is known of this charger yet"):
        await call(hass, "explain", GARAGE, answer=True)
