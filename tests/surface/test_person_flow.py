"""Cards belong to people: theirs may charge, and the list of sessions says whose each was."""

from collections.abc import AsyncIterator
from types import MappingProxyType
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.world import World
from homeassistant.config_entries import SOURCE_USER, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..devices.ocpp.box import Box
from ..devices.ocpp.peer import WallClock
from .house import only_charger, stored_site

PERSON = {"person": "person.owner", "cards": ["04:a1", " "]}


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site with the garage's charger, at which only known cards may charge, and one vehicle."""
    entry = MockConfigEntry(title="Home", **stored_site(house.meter.port, ocpp_port, "garage"))
    entry.add_to_hass(hass)
    hass.states.async_set("person.owner", "home", {"friendly_name": "Owner"})
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType({"cards": ["VAN 1"]}),
            subentry_type="vehicle",
            title="Van",
            unique_id=None,
        ),
    )
    garage = only_charger(entry)
    hass.config_entries.async_update_subentry(
        entry, garage, data={**garage.data, "access": {"mode": "known_cards", "cards": []}}
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


@pytest.fixture
async def box(site: MockConfigEntry, ocpp_port: int) -> AsyncIterator[Box]:
    box = Box(clock=WallClock(), identity="garage")
    await box.come(ocpp_port)
    yield box
    await box.go()


async def added(hass: HomeAssistant, site: MockConfigEntry, answers: dict[str, Any]) -> Any:
    flows = hass.config_entries.subentries
    step = await flows.async_init((site.entry_id, "person"), context={"source": SOURCE_USER})
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "user")
    step = await flows.async_configure(step["flow_id"], answers)
    await hass.async_block_till_done()
    return step


async def judged(box: Box, card: str) -> str:
    answer = await box.say("Authorize", {"idTag": card})
    return str(answer["idTagInfo"]["status"])


async def test_the_card_of_a_person_may_charge_and_the_list_says_whose_it_was(
    hass: HomeAssistant, site: MockConfigEntry, box: Box
) -> None:
    assert await judged(box, "04A1") == "Invalid"
    step = await added(hass, site, PERSON)
    assert (step["title"], step["data"]["cards"]) == ("Owner", ["04:a1"])
    assert await judged(box, "04A1") == "Accepted"
    for card in ("04A1", "van1", "other"):
        start = {"connectorId": 1, "idTag": card, "meterStart": 0, "timestamp": box.stamp()}
        number = (await box.say("StartTransaction", start))["transactionId"]
        await box.say(
            "StopTransaction",
            {"transactionId": number, "meterStop": 9, "timestamp": box.stamp()},
        )
    told: Any = await hass.services.async_call(
        "fusewise", "list_sessions", {}, blocking=True, return_response=True
    )
    assert [(each["card"], each["who"]) for each in told["sessions"]] == [
        ("04A1", "Owner"),
        ("van1", "Van"),
        ("other", None),
    ]


async def test_a_card_belongs_to_one_only_and_a_person_is_there_once(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    step = await added(hass, site, PERSON | {"cards": ["04", "van-1"]})
    assert step["errors"] == {"cards": "card_taken"}
    assert step["description_placeholders"] == {"who": "Van"}
    step = await added(hass, site, PERSON | {"cards": [" ", ":"]})
    assert step["errors"] == {"cards": "cards_missing"}
    await added(hass, site, PERSON)
    step = await added(hass, site, PERSON | {"cards": ["05"]})
    assert step["errors"] == {"person": "person_taken"}


async def test_the_cards_of_a_person_are_changed(
    hass: HomeAssistant, site: MockConfigEntry, box: Box
) -> None:
    await added(hass, site, PERSON)
    [person] = site.get_subentries_of_type("person")
    flows = hass.config_entries.subentries
    step: Any = await site.start_subentry_reconfigure_flow(hass, person.subentry_id)
    step = await flows.async_configure(step["flow_id"], PERSON | {"cards": ["04A1", "77"]})
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert await judged(box, "77") == "Accepted"
    hass.states.async_remove("person.owner")
    step = await site.start_subentry_reconfigure_flow(hass, person.subentry_id)
    await flows.async_configure(step["flow_id"], PERSON | {"cards": ["77"]})
    await hass.async_block_till_done()
    [person] = site.get_subentries_of_type("person")
    assert person.title == "person.owner"
    assert await judged(box, "04A1") == "Invalid"
