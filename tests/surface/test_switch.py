"""Boost is for one session: it ends with it, and survives everything else."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.world import World
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .house import car, connected_site, until

BOOST = "switch.garage_boost"


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site with a charge point that has no car."""
    entry = await connected_site(hass, house, ocpp_port, "garage")
    assert hass.states.is_state(BOOST, STATE_OFF)
    return entry


async def turn(hass: HomeAssistant, state: str) -> None:
    await hass.services.async_call("switch", f"turn_{state}", {"entity_id": BOOST}, blocking=True)
    assert hass.states.is_state(BOOST, state)


async def charging(hass: HomeAssistant, house: World) -> None:
    house.stations["garage"].plug(car())
    await until(lambda: hass.states.is_state("sensor.garage_status", "charging"))


async def gone(hass: HomeAssistant, house: World) -> None:
    house.stations["garage"].unplug()
    await until(lambda: hass.states.is_state("sensor.garage_status", "available"))


def boosts(site: MockConfigEntry) -> bool:
    return bool(site.runtime_data.controller.wish("id_of_garage").boost)


async def test_boost_is_what_the_balancing_is_told(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    await turn(hass, STATE_ON)
    assert boosts(site)
    await turn(hass, STATE_OFF)
    assert not boosts(site)


async def test_boost_ends_with_its_session(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    await charging(hass, house)
    await turn(hass, STATE_ON)
    await gone(hass, house)
    await until(lambda: hass.states.is_state(BOOST, STATE_OFF))
    assert not boosts(site)


async def test_boost_waits_for_the_next_car(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    await turn(hass, STATE_ON)
    await charging(hass, house)
    assert hass.states.is_state(BOOST, STATE_ON)
    await gone(hass, house)
    await until(lambda: hass.states.is_state(BOOST, STATE_OFF))


async def test_boost_of_one_car_is_not_for_the_next(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    await charging(hass, house)
    await turn(hass, STATE_ON)
    # The cars change while the line is lost: nobody sees the charger without a car.
    house.lines["garage"].cut()
    await until(lambda: hass.states.is_state("sensor.garage_status", "unavailable"))
    assert hass.states.is_state(BOOST, STATE_ON)
    house.stations["garage"].unplug()
    house.stations["garage"].plug(car())
    house.lines["garage"].restore()
    await until(lambda: hass.states.is_state(BOOST, STATE_OFF))


async def test_boost_survives_a_reload_and_ends_with_the_session_all_the_same(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    await charging(hass, house)
    await turn(hass, STATE_ON)
    assert await hass.config_entries.async_reload(site.entry_id)
    assert hass.states.is_state(BOOST, STATE_ON)
    assert boosts(site)
    await gone(hass, house)
    await until(lambda: hass.states.is_state(BOOST, STATE_OFF))


async def test_boost_that_waits_for_a_car_survives_a_reload(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    await turn(hass, STATE_ON)
    assert await hass.config_entries.async_reload(site.entry_id)
    assert boosts(site)


async def test_boost_is_offered_to_voice_assistants(
    hass: HomeAssistant, site: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    entry = entity_registry.async_get(BOOST)
    assert entry is not None
    assert entry.entity_category is None
    assert entry.hidden_by is None
