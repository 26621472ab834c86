"""A charge point with two outlets becomes two chargers of the site, each taken in by itself."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..devices.ocpp.box import Box, Outlet
from ..devices.ocpp.peer import WallClock
from .calling import said_by_hand
from .house import device_of, until

RIGHT = {"name": "Right", "wiring": "L1 L2 L3", "maximum": 16, "fallback": 6}
LEFT = RIGHT | {"name": "Left", "security": "own_password"}
PASSWORD = "a password of the owner"


@pytest.fixture
async def twin(site: MockConfigEntry, ocpp_port: int) -> AsyncIterator[Box]:
    """It has called; nobody has it yet."""
    box = Box(clock=WallClock(), identity="twin", outlets={1: Outlet(), 2: Outlet()})
    await box.come(ocpp_port)
    yield box
    await box.go()


def fields(step: Any) -> set[str]:
    return {str(key) for key in step["data_schema"].schema}


async def offered(hass: HomeAssistant, identity: str) -> Any:
    flows = hass.config_entries.flow

    def found() -> list[Any]:
        return flows.async_progress_by_handler(
            "fusewise", match_context={"unique_id": f"ocpp_{identity}"}
        )

    await until(found)
    return await flows.async_configure(found()[0]["flow_id"])


async def test_both_outlets_are_taken_in_and_share_a_password(
    hass: HomeAssistant, site: MockConfigEntry, twin: Box
) -> None:
    flows = hass.config_entries.flow
    step = await offered(hass, "twin")
    step = await flows.async_configure(step["flow_id"], LEFT)
    step = await flows.async_configure(step["flow_id"], {"password": PASSWORD})
    while step["type"] is FlowResultType.FORM:
        step = await flows.async_configure(step["flow_id"], {})
    assert step["reason"] == "charger_added"
    await twin.tell_status("Available", 1)
    await twin.tell_status("Available", 2)
    step = await offered(hass, "twin#2")
    assert step["description_placeholders"]["identity"] == "twin#2"
    assert "security" not in fields(step)
    step = await flows.async_configure(step["flow_id"], RIGHT)
    assert step["reason"] == "charger_added"
    left, right = site.get_subentries_of_type("charger")
    assert (left.unique_id, right.unique_id) == ("ocpp_twin", "ocpp_twin#2")
    # A copy, so that nobody comes in without it when the first one is removed.
    assert left.data["password_hash"] == right.data["password_hash"] is not None
    one, two = (device_of(hass, site, each.subentry_id) for each in (left, right))
    assert (one.name, two.name) == ("Left", "Right")
    chargers = site.runtime_data.chargers
    await until(lambda: chargers[right.subentry_id].reading.online)
    await twin.plug(connector=2)
    await until(lambda: hass.states.is_state("sensor.right_session_energy", "0.0"))
    assert hass.states.is_state("sensor.left_session_energy", "unknown")
    hass.config_entries.async_remove_subentry(site, left.subentry_id)
    await hass.async_block_till_done()
    assert chargers[right.subentry_id].reading.online
    assert site.runtime_data.chargers.keys() == {right.subentry_id}


async def test_an_outlet_is_added_by_hand_with_its_number(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    flows = hass.config_entries.subentries
    for typed, kept, security in (
        ("barn#1", "barn", {"security": "no_password"}),
        ("barn#2", "barn#2", {}),
    ):
        step = await flows.async_init((site.entry_id, "charger"), context={"source": SOURCE_USER})
        step = await said_by_hand(hass, step, typed)
        assert ("security" in fields(step)) is bool(security)
        step = await flows.async_configure(step["flow_id"], RIGHT | {"name": kept} | security)
        while step["type"] is FlowResultType.FORM:  # what the fuse bears is told once
            step = await flows.async_configure(step["flow_id"], RIGHT | {"name": kept} | security)
        assert step["type"] is FlowResultType.CREATE_ENTRY
    found = [each.data["identity"] for each in site.get_subentries_of_type("charger")]
    assert found == ["barn", "barn#2"]
