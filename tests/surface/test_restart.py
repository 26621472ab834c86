"""What was learnt goes on after a restart, and what was written otherwise keeps no site from starting."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.fusewise.balancing.memory import ChargerMemory, CircuitMemory
from custom_components.fusewise.balancing.restart import MOMENT
from custom_components.fusewise.controller import steady_clock
from custom_components.fusewise.store import KEPT_EVERY
from demo.world import World
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .house import car, let_call, site_entry, state_of, until

KEY = "fusewise.id_of_home"
HOUR = 3600.0


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage", "carport")


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site on a fuse that has room for one car only."""
    entry = site_entry(hass, house, ocpp_port, "garage", "carport", rating=[14.0, 14.0, 14.0])
    # Where the meter shows a car before its charger does, there is no room for it for a moment.
    hass.config_entries.async_update_entry(entry, options={**entry.options, "minimum_off": 1.0})
    assert await hass.config_entries.async_setup(entry.entry_id)
    let_call(house)
    await until(lambda: all(station.online for station in house.stations.values()))
    return entry


def remembered(site: MockConfigEntry, identity: str) -> ChargerMemory:
    memory: ChargerMemory = site.runtime_data.controller.memory.chargers[f"id_of_{identity}"]
    return memory


def of_the_house(site: MockConfigEntry) -> CircuitMemory:
    memory: CircuitMemory = site.runtime_data.controller.memory.circuits["main"]
    return memory


async def test_a_reload_does_not_change_whose_turn_it_is(
    hass: HomeAssistant, house: World, site: MockConfigEntry
) -> None:
    for identity in ("garage", "carport"):
        house.stations[identity].plug(car())
    await until(lambda: turns(hass, site))
    [(waits, charges)] = turns(hass, site)
    before = {identity: remembered(site, identity) for identity in (waits, charges)}
    worst = of_the_house(site).worst
    closings = [house.stations[identity].charger.closings for identity in (waits, charges)]
    for _ in range(2):
        assert await hass.config_entries.async_reload(site.entry_id)
        # The first decision is there with the entities, and the car goes on charging.
        assert state_of(hass, f"sensor.{charges}_setpoint").state not in ("unavailable", "0.0")
    await until(lambda: hass.states.is_state(f"sensor.{waits}_reason", "waiting_turn"))
    assert remembered(site, waits).waiting_since == before[waits].waiting_since
    assert remembered(site, charges).on_since == before[charges].on_since
    assert of_the_house(site).worst == worst
    after = [house.stations[identity].charger.closings for identity in (waits, charges)]
    assert after == closings


async def test_a_restart_pauses_nobody(
    hass: HomeAssistant,
    house: World,
    site: MockConfigEntry,
    let_pass: Callable[[float], None],
) -> None:
    station = house.stations["garage"]
    station.plug(car())
    await until(lambda: drawn(house) > 7.0)
    began, closings = remembered(site, "garage").on_since, station.charger.closings
    lowest = [drawn(house)]
    unsubscribe = hass.bus.async_listen(
        EVENT_STATE_CHANGED, callback(lambda _: lowest.append(drawn(house)))
    )
    # Like a restart: the lines are cut, and nothing is left but what was written.
    await hass.config_entries.async_set_disabled_by(site.entry_id, ConfigEntryDisabler.USER)
    let_pass(MOMENT + 10)
    await until(lambda: not station.online)
    await hass.config_entries.async_set_disabled_by(site.entry_id, None)
    await until(lambda: hass.states.is_state("sensor.garage_status", "charging"))
    await until(lambda: state_of(hass, "sensor.garage_setpoint").state not in ("0.0", "unknown"))
    await asyncio.sleep(1)
    unsubscribe()
    assert min(lowest) >= 5.9
    assert station.charger.closings == closings
    assert remembered(site, "garage").on_since == began


def drawn(house: World) -> float:
    plugged = house.stations["garage"].charger.car
    return 0.0 if plugged is None else plugged.current


def turns(hass: HomeAssistant, site: MockConfigEntry) -> list[tuple[str, str]]:
    """Who waits for whom, once the one draws what it was told and the other's session is known."""
    readings = {
        name: site.runtime_data.chargers[f"id_of_{name}"].reading for name in ("garage", "carport")
    }
    return [
        (waits, charges)
        for waits, charges in (("garage", "carport"), ("carport", "garage"))
        if hass.states.is_state(f"sensor.{waits}_reason", "waiting_turn")
        and readings[waits].session is not None
        and remembered(site, waits).session is not None
        and max(readings[charges].current or (0.0,)) >= 5.9
    ]


async def test_after_a_long_time_a_turn_is_forgotten_and_the_house_is_not(
    hass: HomeAssistant,
    house: World,
    site: MockConfigEntry,
    let_pass: Callable[[float], None],
) -> None:
    house.stations["garage"].plug(car())
    await until(lambda: remembered(site, "garage").on_since is not None)
    since = of_the_house(site).since
    assert await hass.config_entries.async_unload(site.entry_id)
    let_pass(HOUR + 60)
    now = steady_clock()
    assert await hass.config_entries.async_setup(site.entry_id)
    await until(lambda: remembered(site, "garage").on_since is not None)
    assert (remembered(site, "garage").on_since or 0.0) >= now
    assert of_the_house(site).since == since


async def test_it_is_written_now_and_then_and_only_when_there_is_something_new(
    hass: HomeAssistant, house: World, site: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await until(lambda: of_the_house(site).since)
    assert KEY not in hass_storage
    async_fire_time_changed(hass, dt_util.utcnow() + KEPT_EVERY + timedelta(seconds=1))
    await until(lambda: KEY in hass_storage)
    first = hass_storage[KEY]["data"]
    assert first["circuits"]["main"]["worst"][0] == pytest.approx(3.0, abs=0.1)
    # What is measured every second is nothing new.
    async_fire_time_changed(hass, dt_util.utcnow() + 2 * KEPT_EVERY + timedelta(seconds=2))
    await hass.async_block_till_done(wait_background_tasks=False)
    assert hass_storage[KEY]["data"]["time"] == first["time"]


async def test_it_is_written_when_home_assistant_stops(
    hass: HomeAssistant, house: World, site: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await until(lambda: of_the_house(site).since)
    await hass.async_stop(force=True)
    assert hass_storage[KEY]["data"]["circuits"]["main"]["since"] == of_the_house(site).since


async def test_it_goes_with_the_site_and_stays_with_one_that_is_disabled(
    hass: HomeAssistant, site: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await until(lambda: of_the_house(site).since)
    await hass.config_entries.async_set_disabled_by(site.entry_id, ConfigEntryDisabler.USER)
    assert KEY in hass_storage
    await hass.config_entries.async_remove(site.entry_id)
    assert KEY not in hass_storage


async def test_a_clock_that_was_wrong_makes_no_harm(
    hass: HomeAssistant,
    house: World,
    site: MockConfigEntry,
    let_pass: Callable[[float], None],
) -> None:
    house.stations["garage"].plug(car())
    await until(lambda: remembered(site, "garage").on_since is not None)
    assert await hass.config_entries.async_unload(site.entry_id)
    let_pass(-10 * 24 * HOUR)
    before = steady_clock()
    assert await hass.config_entries.async_setup(site.entry_id)
    await until(lambda: hass.states.is_state("sensor.garage_status", "charging"))
    since = of_the_house(site).since
    assert since is not None
    assert before <= since <= steady_clock()


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"time": "yesterday", "chargers": [], "circuits": None, "proofs": 7},
        {"chargers": {"id_of_garage": {"colour": "green"}}},
        {"chargers": {"id_of_garage": None}, "proofs": {"id_of_garage": {"proved": True}}},
        {"circuits": {"main": {"worst": [1.0]}}, "time": 1e18},
        # A charger and a circuit that are gone.
        {"chargers": {"gone": {}}, "circuits": {"shed": {}}, "time": 1.0},
    ],
)
async def test_a_store_of_another_version_is_no_hindrance(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    hass_storage: dict[str, Any],
    stored: dict[str, Any],
) -> None:
    hass_storage[KEY] = {"version": 1, "minor_version": 1, "key": KEY, "data": stored}
    entry = site_entry(hass, house, ocpp_port, "garage")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: hass.states.is_state("sensor.home_load_l1", "3.0"))
