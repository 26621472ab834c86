"""A target may be a state of charge, where the car's is known; else it is said why it may not."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.fusewise.llm import TARGETS
from demo.world import World
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component

from .house import car, connected_site, device_of, state_of, until
from .test_around import PERCENT, VAN, added
from .test_assistants import use

PERCENT_TARGET = "number.garage_target_charge"
HERE = "select.garage_vehicle_here"


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    return await connected_site(hass, house, ocpp_port, "garage")


async def want(hass: HomeAssistant, percent: float, number: str = PERCENT_TARGET) -> None:
    told = {"entity_id": number, "value": percent}
    await hass.services.async_call("number", "set_value", told, blocking=True)


async def choose(hass: HomeAssistant, option: str) -> None:
    told = {"entity_id": HERE, "option": option}
    await hass.services.async_call("select", "select_option", told, blocking=True)


async def plugged(hass: HomeAssistant, house: World, site: MockConfigEntry) -> None:
    house.stations["garage"].plug(car())
    chargers = site.runtime_data.data.chargers
    await until(lambda: site.runtime_data.data.chargers["id_of_garage"].reading.session)
    assert chargers


async def test_a_car_charges_up_to_a_state_of_charge_and_no_further(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    hass.states.async_set("sensor.van", "62", PERCENT)
    await added(hass, site, "vehicle", VAN)
    await want(hass, 71)
    await plugged(hass, house, site)
    coordinator = site.runtime_data
    # 9 % of 50 kWh, and what is lost on the way.
    await until(
        lambda: coordinator.controller.wish("id_of_garage").energy_kwh == pytest.approx(5, abs=0.11)
    )
    assert hass.states.is_state(PERCENT_TARGET, "71.0")
    await until(lambda: float(state_of(hass, "sensor.garage_setpoint").state) >= 6)
    assert "not_counted" not in state_of(hass, PERCENT_TARGET).attributes
    # It has what was wanted, also when its own heating takes a little of it again.
    for soc in ("71", "70"):
        hass.states.async_set("sensor.van", soc, PERCENT)
        await until(lambda: hass.states.is_state("sensor.garage_reason", "session_over"))
    hass.states.async_set("sensor.van", "60", PERCENT)
    await until(lambda: not hass.states.is_state("sensor.garage_reason", "session_over"))
    # An amount takes its place, and the other way round.
    await want(hass, 20, "number.garage_target_energy")
    assert hass.states.is_state(PERCENT_TARGET, "0.0")
    await want(hass, 80)
    assert hass.states.is_state("number.garage_target_energy", "0.0")
    await want(hass, 0)
    assert coordinator.wishes.of("id_of_garage").soc is None


async def test_without_a_vehicle_it_is_said_why(hass: HomeAssistant, site: MockConfigEntry) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await want(hass, 80)
    assert refused.value.translation_key == "percent_no_vehicle"
    assert refused.value.translation_placeholders == {"charger": "Garage"}
    assert hass.states.is_state(PERCENT_TARGET, "0.0")
    await want(hass, 0)


@pytest.mark.parametrize(
    ("vehicle", "soc", "why"),
    [
        ({"name": "Van", "capacity_kwh": 50}, None, "percent_no_state_of_charge"),
        (VAN, "unavailable", "percent_no_state_of_charge"),
        ({"name": "Van", "soc": "sensor.van"}, "62", "percent_no_capacity"),
    ],
)
async def test_of_a_vehicle_that_tells_too_little_it_is_said_what(
    hass: HomeAssistant,
    site: MockConfigEntry,
    house: World,
    vehicle: dict[str, Any],
    soc: str | None,
    why: str,
) -> None:
    if soc is not None:
        hass.states.async_set("sensor.van", soc, PERCENT)
    await added(hass, site, "vehicle", vehicle | {"charger": "id_of_garage"})
    with pytest.raises(ServiceValidationError) as refused:
        await want(hass, 80)
    assert refused.value.translation_key == why
    assert refused.value.translation_placeholders == {"vehicle": "Van"}
    await plugged(hass, house, site)
    await until(lambda: site.runtime_data.data.chargers["id_of_garage"].vehicle)
    with pytest.raises(ServiceValidationError) as refused:
        await want(hass, 80)
    assert refused.value.translation_key == why


async def test_somebody_says_which_vehicle_is_here(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    assert hass.states.get(HERE) is None
    hass.states.async_set("sensor.van", "62", PERCENT)
    stray = {key: value for key, value in VAN.items() if key != "charger"}
    await added(hass, site, "vehicle", stray)
    await added(hass, site, "vehicle", stray | {"name": "Saloon", "soc": "sensor.none"})
    await until(lambda: hass.states.is_state(HERE, "unavailable"))
    await want(hass, 80)
    await plugged(hass, house, site)
    await until(lambda: hass.states.is_state(HERE, "guest"))
    assert state_of(hass, HERE).attributes["options"] == ["guest", "Van", "Saloon"]
    await until(
        lambda: state_of(hass, PERCENT_TARGET).attributes.get("not_counted") == "unknown_vehicle"
    )
    with pytest.raises(ServiceValidationError) as refused:
        await want(hass, 90)
    assert refused.value.translation_key == "percent_unknown_vehicle"
    await choose(hass, "Van")
    await until(lambda: hass.states.is_state(HERE, "Van"))
    await until(lambda: "not_counted" not in state_of(hass, PERCENT_TARGET).attributes)
    await want(hass, 90)
    await choose(hass, "Saloon")
    await until(
        lambda: state_of(hass, PERCENT_TARGET).attributes.get("not_counted") == "no_state_of_charge"
    )
    await choose(hass, "guest")
    await until(lambda: hass.states.is_state(HERE, "guest"))


async def test_the_action_sets_either_and_tells_what_is_still_needed(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    async def ask(**asked: Any) -> Any:
        said = {"device_id": device_of(hass, site, "id_of_garage").id} | asked
        return await hass.services.async_call(
            "fusewise", "set_target", said, blocking=True, return_response=True
        )

    hass.states.async_set("sensor.van", "62", PERCENT)
    await added(hass, site, "vehicle", VAN)
    await plugged(hass, house, site)
    await until(lambda: site.runtime_data.data.chargers["id_of_garage"].vehicle)
    told = await ask(percent=80)
    assert told["still_needed_kwh"]["Garage"] == pytest.approx(10, abs=0.2)
    assert (await ask(energy=7)) == {"still_needed_kwh": {"Garage": pytest.approx(7, abs=0.2)}}
    assert (await ask(energy=0)) == {"still_needed_kwh": {"Garage": None}}
    with pytest.raises(ServiceValidationError) as refused:
        await ask()
    assert refused.value.translation_key == "target_missing"
    with pytest.raises(vol.Invalid):
        await ask(energy=7, percent=80)


async def test_an_agent_sets_a_target_and_hears_why_it_cannot(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    async_expose_entity(hass, "conversation", "switch.garage_boost", True)
    assert (await use(hass, "set_target", kilowatt_hours=12)).data["target_kwh"] == 12
    answer = await use(hass, "set_target", percent=80)
    assert answer.error
    assert "needs a vehicle" in str(answer.data)
    hass.states.async_set("sensor.van", "62", PERCENT)
    await added(hass, site, "vehicle", VAN)
    assert (await use(hass, "set_target", percent=80)).data["target_percent"] == 80
    with pytest.raises(vol.Invalid):
        vol.Schema(TARGETS)({"percent": 120})
