"""A voice assistant turns boost on with the sentences that Home Assistant brings, and with no others of ours."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.world import World
from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er, intent
from homeassistant.setup import async_setup_component

from .house import charger_data, site_data


@pytest.fixture(params=["Garage charger", "Garage"])
async def site(
    hass: HomeAssistant, house: World, ocpp_port: int, request: pytest.FixtureRequest
) -> MockConfigEntry:
    """A site with a charger that is called as people call theirs, or as the set-up proposes."""
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, component, {})
    entry = MockConfigEntry(
        domain="fusewise",
        entry_id="id_of_home",
        title="Home",
        data=site_data(house.meter.port, ocpp_port),
        subentries_data=[{**charger_data("garage"), "title": request.param}],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


async def say(hass: HomeAssistant, text: str) -> intent.IntentResponse:
    result = await conversation.async_converse(hass, text, None, Context(), language="en")
    return result.response


@pytest.mark.parametrize(
    "sentence", ["turn on garage charger boost", "Please switch on the Garage Charger Boost"]
)
async def test_boost_is_turned_on_and_off_by_voice(
    hass: HomeAssistant, site: MockConfigEntry, sentence: str
) -> None:
    [boost] = hass.states.async_entity_ids("switch")
    response = await say(hass, sentence)
    assert response.response_type is intent.IntentResponseType.ACTION_DONE, response.speech
    assert hass.states.is_state(boost, "on")
    response = await say(hass, "turn off garage charger boost")
    assert response.response_type is intent.IntentResponseType.ACTION_DONE
    assert hass.states.is_state(boost, "off")


async def test_a_name_for_assistants_that_was_taken_away_stays_away(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    registry = er.async_get(hass)
    [boost] = hass.states.async_entity_ids("switch")
    registry.async_update_entity(boost, aliases=["rocket"])
    assert await hass.config_entries.async_reload(site.entry_id)
    await hass.async_block_till_done()
    known = registry.async_get(boost)
    assert known is not None
    assert known.aliases == ["rocket"]
