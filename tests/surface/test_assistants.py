"""A conversation agent is given tools for the chargers that it may know of; they tell, and do, what was asked."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.fusewise.llm import async_get_tools
from demo.world import World
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er, llm
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .house import charger_data, entity_meter, site_entry, state_of, stored_site

BOOST = "switch.garage_boost"


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site with two chargers, of which an assistant knows one."""
    assert await async_setup_component(hass, "homeassistant", {})
    entry = site_entry(hass, house, ocpp_port, "garage", "carport")
    assert await hass.config_entries.async_setup(entry.entry_id)
    async_expose_entity(hass, "conversation", BOOST, True)
    async_expose_entity(hass, "conversation", "switch.carport_boost", False)
    return entry


def context(assistant: str = "conversation") -> llm.LLMContext:
    return llm.LLMContext(
        platform="test",
        context=Context(),
        language="en",
        assistant=assistant,
        device_id=None,
    )


async def use(hass: HomeAssistant, tool: str, **asked: Any) -> llm.ToolResult:
    found = async_get_tools(hass, context(), llm.LLM_API_ASSIST)
    assert found is not None
    [one] = [it for it in found.tools if it.name == f"fusewise__{tool}"]
    arguments = {"charger": "Garage"} | asked
    answer = await one.async_call(
        hass, llm.ToolInput(tool_name=one.name, tool_args=arguments), context()
    )
    assert isinstance(answer, llm.ToolResult)
    return answer


async def test_an_agent_tells_why_a_car_is_slow(hass: HomeAssistant, site: MockConfigEntry) -> None:
    told: Any = (await use(hass, "explain_charging")).data
    assert told["charger"] == "Garage"
    assert told["text"].startswith("Garage charges nothing now: ")


async def test_a_car_is_ready_by_seven(hass: HomeAssistant, site: MockConfigEntry) -> None:
    await use(hass, "set_departure", time="07:00")
    departure = dt_util.parse_datetime(state_of(hass, "datetime.garage_next_departure").state)
    assert departure is not None
    assert dt_util.as_local(departure).hour == 7
    assert timedelta(0) < departure - dt_util.now() <= timedelta(days=1)


async def test_an_agent_boosts_a_car_and_ends_that(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    assert (await use(hass, "boost")).data["boost"] is True
    assert hass.states.is_state(BOOST, "on")
    await use(hass, "boost", on=False)
    assert hass.states.is_state(BOOST, "off")


async def test_an_agent_says_how_much_a_car_shall_have(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    await use(hass, "set_target", kilowatt_hours=12)
    assert hass.states.is_state("number.garage_target_energy", "12.0")
    nothing: Any = await use(hass, "set_target")
    assert nothing.error
    assert "Say how much" in nothing.data["error"]
    assert hass.states.is_state("number.garage_target_energy", "12.0")
    unknown: Any = await use(hass, "set_target", percent=80)
    assert "needs a vehicle" in unknown.data["error"]


async def test_what_cannot_be_done_is_told_to_the_agent(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    site.runtime_data.last_update_success = False
    answer: Any = await use(hass, "explain_charging")
    assert answer.error
    assert "Nothing is known of this charger yet" in answer.data["error"]


async def test_only_what_is_exposed_is_offered(hass: HomeAssistant, site: MockConfigEntry) -> None:
    assert async_get_tools(hass, context(""), llm.LLM_API_ASSIST) is None
    assert async_get_tools(hass, context(), "another_api") is None
    found = async_get_tools(hass, context(), llm.LLM_API_ASSIST)
    assert found is not None
    for tool in found.tools:
        with pytest.raises(vol.Invalid):
            tool.parameters({"charger": "Carport", "time": "07:00"})
    async_expose_entity(hass, "conversation", BOOST, False)
    assert async_get_tools(hass, context(), llm.LLM_API_ASSIST) is None


async def test_chargers_of_the_same_name_are_told_apart(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    others = [charger_data("garage") for _ in range(2)]
    for number, charger in enumerate(others):
        charger["data"] = {**charger["data"], "identity": f"other-{number}"}
        charger["subentry_id"] = charger["unique_id"] = f"id_of_other_{number}"
    cabin = MockConfigEntry(
        title="Cabin",
        **stored_site(1, site.data["ocpp"]["port"], entity_meter(), *others),
    )
    cabin.add_to_hass(hass)
    assert await hass.config_entries.async_setup(cabin.entry_id)
    registry = er.async_get(hass)
    for charger in others:
        boost = registry.async_get_entity_id(
            "switch", "fusewise", f"{charger['subentry_id']}_boost"
        )
        assert boost is not None
        async_expose_entity(hass, "conversation", boost, True)
    names = ("Garage (Home)", "Garage (Cabin)", "Garage (Cabin) 2")
    for name in names:
        assert not (await use(hass, "boost", charger=name)).error
    with pytest.raises(vol.Invalid, match="value must be one of"):
        await use(hass, "boost", charger="Garage")
    boosted = [hass.states.get(each) for each in hass.states.async_entity_ids("switch")]
    on = [each.entity_id for each in boosted if each and each.state == "on"]
    assert len(on) == len(names)


async def test_home_assistants_own_api_has_them(hass: HomeAssistant, site: MockConfigEntry) -> None:
    assert await async_setup_component(hass, "llm", {})
    await hass.async_block_till_done()
    api = await llm.async_get_api(hass, llm.LLM_API_ASSIST, context())
    assert "fusewise__explain_charging" in {tool.name for tool in api.tools}
