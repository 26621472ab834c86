"""What chargers do without Home Assistant is tested, fits the fuse, and is told to their owner."""

from collections.abc import Callable
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.fusewise.simulation import Phase
from demo.profiles import TX_DEFAULT
from demo.world import World
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .house import Hurry, car, let_call, site_entry, state_of, until

TEST = "sensor.garage_fall_back_test"
TEST_TAKES = 90.0  # s at most: on a busy machine one is given up, and tried again a minute later
WEEK = 7 * 86_400.0 + 1.0  # s
BUTTON = "button.garage_test_the_fall_back"


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage", "carport")


async def set_up(
    hass: HomeAssistant, house: World, ocpp_port: int, *identities: str, **changed: Any
) -> MockConfigEntry:
    """A site whose charge points are connected."""
    entry = site_entry(hass, house, ocpp_port, *identities, **changed)
    assert await hass.config_entries.async_setup(entry.entry_id)
    let_call(house)
    await until(lambda: all(armed(entry, identity) is not None for identity in identities))
    return entry


def armed(entry: MockConfigEntry, identity: str) -> float | None:
    """A that the charger has accepted as its fall-back."""
    found: float | None = entry.runtime_data.chargers[f"id_of_{identity}"].armed
    return found


def alone(house: World, identity: str) -> float:
    """A that the charge point lets through when nobody renews its limit."""
    station = house.stations[identity]
    begins = station.transaction.began if station.transaction else 0.0
    return station.profiles.limit(1e12, begins)


def issue(hass: HomeAssistant, issue_id: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue("fusewise", issue_id)


async def charge(house: World, identity: str = "garage") -> None:
    """Have a car that draws clearly more than the fall-back."""
    house.stations[identity].plug(car())
    await until(lambda: drawn(house, identity) > 9.0)


def drawn(house: World, identity: str) -> float:
    plugged = house.stations[identity].charger.car
    return 0.0 if plugged is None else plugged.current


async def press(hass: HomeAssistant, entity_id: str = BUTTON) -> None:
    await hass.services.async_call("button", "press", {"entity_id": entity_id}, blocking=True)


# --- proving ---------------------------------------------------------------------------------------


async def test_a_charger_shows_on_demand_that_it_falls_back(
    hass: HomeAssistant, house: World, hurry: Hurry, ocpp_port: int
) -> None:
    entry = await set_up(hass, house, ocpp_port, "garage")
    assert hass.states.is_state(TEST, "not_proved")
    assert "tested" not in state_of(hass, TEST).attributes
    await charge(house)
    await press(hass)
    await until(lambda: hass.states.is_state(TEST, "waiting"))
    await until(lambda: hass.states.is_state(TEST, "running"), within=TEST_TAKES)
    await until(lambda: hass.states.is_state("sensor.garage_reason", "proving"))
    assert hass.states.is_state("binary_sensor.garage_problem", "off")
    told = house.stations["garage"].setpoint_received
    await until(lambda: hass.states.is_state(TEST, "proved"), within=TEST_TAKES)
    # Nobody told it anything: it fell by itself, …
    assert 5.5 < drawn(house, "garage") < 6.5
    attributes = state_of(hass, TEST).attributes
    assert 27 < attributes["seconds"] < 45
    assert attributes["tested_fallback"] == 6.0
    assert abs((attributes["tested"] - dt_util.utcnow()).total_seconds()) < 3600
    (charger,) = entry.runtime_data.controller.site.chargers
    assert charger.fallback_proved
    # … and is told at once when that was seen.
    await until(lambda: house.stations["garage"].setpoint_received != told)
    await until(lambda: drawn(house, "garage") > 9.0)
    assert issue(hass, "not_falling_back_id_of_garage") is None


async def test_a_test_waits_for_a_car(hass: HomeAssistant, house: World, ocpp_port: int) -> None:
    await set_up(hass, house, ocpp_port, "garage")
    await press(hass)
    await until(lambda: hass.states.is_state(TEST, "waiting"))


@pytest.mark.timeout(300)
async def test_a_charger_that_does_not_fall_back_is_told_and_counts_with_its_maximum(
    hass: HomeAssistant, house: World, hurry: Hurry, ocpp_port: int
) -> None:
    entry = await set_up(hass, house, ocpp_port, "garage", "carport")
    assert armed(entry, "carport") == 6.0
    await charge(house)
    # It loses its fall-back without a word.
    house.stations["garage"].profiles.clear(lambda _, profile: profile.purpose == TX_DEFAULT)
    await press(hass)
    await until(lambda: hass.states.is_state(TEST, "running"), within=TEST_TAKES)
    await until(lambda: hass.states.is_state(TEST, "failed"), within=TEST_TAKES)
    told = issue(hass, "not_falling_back_id_of_garage")
    assert told is not None
    assert told.translation_placeholders == {"name": "Garage", "fallback": "6", "maximum": "16"}
    # What it may draw is taken from what the others are armed with: 25 A - 10 A - 16 A.
    await until(lambda: armed(entry, "carport") == 0.0)
    assert alone(house, "carport") == 0.0
    assert issue(hass, "unfit_id_of_home") is not None
    # It is controlled as before.
    told_at = house.stations["garage"].setpoint_received
    await until(lambda: house.stations["garage"].setpoint_received != told_at)
    # It boots, gets its fall-back anew, and shows that it works: all is well.
    house.lines["garage"].cut()
    await until(lambda: not house.stations["garage"].online)
    house.lines["garage"].restore()
    await until(lambda: alone(house, "garage") == 6.0)
    await until(lambda: drawn(house, "garage") > 9.0)
    await press(hass)
    await until(lambda: hass.states.is_state(TEST, "proved"), within=TEST_TAKES)
    await until(lambda: armed(entry, "carport") == 6.0)
    assert issue(hass, "not_falling_back_id_of_garage") is None
    assert issue(hass, "unfit_id_of_home") is None


async def test_a_proof_outlives_a_reload(
    hass: HomeAssistant, house: World, hurry: Hurry, ocpp_port: int, hass_storage: dict[str, Any]
) -> None:
    entry = await set_up(hass, house, ocpp_port, "garage")
    await charge(house)
    await press(hass)
    await until(lambda: hass.states.is_state(TEST, "proved"), within=TEST_TAKES)
    seconds = state_of(hass, TEST).attributes["seconds"]
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: hass.states.is_state(TEST, "proved"))
    assert state_of(hass, TEST).attributes["seconds"] == seconds
    assert hass_storage["fusewise.id_of_home"]["data"]["proofs"]["id_of_garage"]["proved"]
    # Another fall-back would have to be proved anew.
    subentry = entry.subentries["id_of_garage"]
    data = MappingProxyType({**subentry.data, "fallback": 8.0})
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await until(lambda: hass.states.is_state(TEST, "not_proved"))
    assert await hass.config_entries.async_unload(entry.entry_id)


# --- arming ----------------------------------------------------------------------------------------


async def test_who_does_not_fit_the_fuse_is_armed_with_nothing_and_told(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = await set_up(
        hass, house, ocpp_port, "garage", "carport", house_allowance=[10.0, 14.0, 10.0]
    )
    assert (alone(house, "garage"), alone(house, "carport")) == (6.0, 0.0)
    assert (armed(entry, "garage"), armed(entry, "carport")) == (6.0, 0.0)
    told = issue(hass, "unfit_id_of_home")
    assert told is not None
    assert told.translation_placeholders == {
        "number": "1",
        "chargers": "- **Carport**: 6 A > 5 A (L2: 25 A - 14 A - 6 A)",
    }
    # The owner mends it; what is not changed is not written again.
    written = house.stations["garage"].setpoint_received
    hass.config_entries.async_update_entry(
        entry, data=entry.data | {"house_allowance": [10.0, 13.0, 10.0]}
    )
    await until(lambda: armed(entry, "carport") == 6.0)
    assert alone(house, "carport") == 6.0
    assert issue(hass, "unfit_id_of_home") is None
    assert house.stations["garage"].setpoint_received == written


async def test_a_house_that_was_seen_to_draw_more_leaves_less_to_be_armed(
    hass: HomeAssistant, house: World, ocpp_port: int, let_pass: Callable[[float], None]
) -> None:
    entry = await set_up(hass, house, ocpp_port, "garage", "carport")
    assert armed(entry, "carport") == 6.0
    coordinator = entry.runtime_data
    assert hass.states.get("sensor.home_house_allowance_l2") is None  # off until wanted
    house.order(Phase.L2, 14.0)
    await until(lambda: coordinator.data.main.others[1] > 15.0)
    # The owner's figure counts until a week has passed.
    assert coordinator.data.main.allowance[1] == 10.0
    let_pass(WEEK)
    await until(lambda: coordinator.data.main.allowance[1] > 15.0)
    # It is looked at once an hour.
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=1, seconds=1))
    await until(lambda: armed(entry, "carport") == 0.0)
    assert issue(hass, "unfit_id_of_home") is not None
    # A site that is gone has nothing to tell.
    await hass.config_entries.async_remove(entry.entry_id)
    assert issue(hass, "unfit_id_of_home") is None
