"""Chargers get passwords that are shown once, and come in with them."""

import json
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from websockets.exceptions import InvalidStatus

from custom_components.fusewise.devices.ocpp import gate, hashed
from demo.world import World
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir

from .calling import DETAILS, PASSWORD, Come, added, chosen, on, with_charger
from .house import HOST, only_charger, until


async def test_a_charger_that_lets_us_gets_its_password_by_itself(
    hass: HomeAssistant, site: MockConfigEntry, come: Come, hass_client: ClientSessionGenerator
) -> None:
    peer = await come()
    step = await added(hass, site)
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "password")
    password = step["description_placeholders"]["password"]
    assert "AuthorizationKey" not in peer.configuration  # nothing is changed before it was read
    step = await on(hass, step)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    assert peer.configuration["AuthorizationKey"][0] == password
    await hass.async_block_till_done()
    await peer.leave()
    with pytest.raises(InvalidStatus):
        await come()
    again = await come(password=bytes.fromhex(password))
    assert again.boot_answer.status == "Accepted"
    # It stands nowhere, and its hash is in no report.
    subentry = only_charger(site)
    told = json.dumps(await get_diagnostics_for_config_entry(hass, hass_client, site))
    assert password not in json.dumps(dict(subentry.data))
    assert subentry.data["password_hash"] not in told


async def test_a_charger_that_is_not_there_gets_its_password_by_hand(
    hass: HomeAssistant, site: MockConfigEntry, come: Come, ocpp_port: int
) -> None:
    step = await on(hass, await added(hass, site))
    assert step["step_id"] == "password_by_hand"
    told = step["description_placeholders"]
    assert told["address"] == f"ws://{HOST}:{ocpp_port}/"
    assert told["web_address"].endswith(":8123/api/fusewise/ocpp/")
    step = await chosen(hass, step, "password_typed")
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    peer = await come(password=told["password"])
    assert peer.boot_answer.status == "Accepted"


async def test_a_charger_that_has_no_field_for_a_password_is_taken_in_without_one(
    hass: HomeAssistant, site: MockConfigEntry, come: Come
) -> None:
    step = await on(hass, await added(hass, site))
    assert step["menu_options"] == ["password_typed", "without_password"]
    step = await chosen(hass, step, "without_password")
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert only_charger(site).data["password_hash"] is None
    assert (await come()).boot_answer.status == "Accepted"


async def test_a_charger_that_needs_a_restart_for_its_password_says_so(
    hass: HomeAssistant, site: MockConfigEntry, come: Come
) -> None:
    await come(restarts_for=frozenset({"AuthorizationKey"}))
    step = await on(hass, await added(hass, site))
    assert step["step_id"] == "password_restart"
    assert (await on(hass, step))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_discovered_charger_gets_its_password_too(
    hass: HomeAssistant, site: MockConfigEntry, come: Come
) -> None:
    peer = await come()
    flows = hass.config_entries.flow
    await until(lambda: flows.async_progress_by_handler("fusewise"))
    [flow] = flows.async_progress_by_handler("fusewise")
    # Whoever says nothing about it gets a password.
    step: Any = await flows.async_configure(flow["flow_id"], DETAILS)
    assert step["step_id"] == "password"
    step = await flows.async_configure(step["flow_id"], {})
    assert step["reason"] == "charger_added"
    assert peer.configuration["AuthorizationKey"][0]
    subentry = only_charger(site)
    assert subentry.data["password_hash"]
    await until(lambda: peer.boot_answer.status == "Accepted")


async def test_an_owner_types_a_password(
    hass: HomeAssistant, house: World, ocpp_port: int, come: Come
) -> None:
    entry = with_charger(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(entry.entry_id)
    peer = await come("garage")
    subentry_id = only_charger(entry).subentry_id
    step: Any = await entry.start_subentry_reconfigure_flow(hass, subentry_id)
    flows = hass.config_entries.subentries
    step = await flows.async_configure(step["flow_id"], DETAILS | {"security": "own_password"})
    for wrong in ("too short", "x" * 41, "sixteen or more \u00fc"):
        step = await flows.async_configure(step["flow_id"], {"password": wrong})
        assert step["errors"] == {"password": "own_password_invalid"}
    own = "correct horse battery"
    step = await flows.async_configure(step["flow_id"], {"password": own})
    assert step["reason"] == "reconfigure_successful"
    assert peer.configuration["AuthorizationKey"][0] == own
    stored = entry.subentries[subentry_id].data["password_hash"]
    assert own not in stored
    await hass.async_block_till_done()
    for password, comes_in in ((own, True), (own + "!", False), (own, True)):
        if comes_in:
            await come("garage", password=password)
        else:
            with pytest.raises(InvalidStatus):
                await come("garage", password=password)


@pytest.mark.parametrize(
    ("choice", "is_kept", "is_there"),
    [("unchanged", True, True), ("no_password", False, False), ("password", False, True)],
)
async def test_a_password_can_be_kept_taken_away_and_changed(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    come: Come,
    choice: str,
    is_kept: bool,
    is_there: bool,
) -> None:
    before = hashed(PASSWORD)
    entry = with_charger(hass, house, ocpp_port, password_hash=before)
    assert await hass.config_entries.async_setup(entry.entry_id)
    peer = await come("garage", password=PASSWORD)
    subentry_id = only_charger(entry).subentry_id
    step: Any = await entry.start_subentry_reconfigure_flow(hass, subentry_id)
    step = await hass.config_entries.subentries.async_configure(
        step["flow_id"], DETAILS | {"security": choice}
    )
    if choice == "password":
        step = await on(hass, step)
        assert "AuthorizationKey" in peer.configuration
    assert step["reason"] == "reconfigure_successful"
    after = entry.subentries[subentry_id].data["password_hash"]
    assert (after == before) is is_kept
    assert bool(after) is is_there
    # The line that it has is not cut for it.
    await hass.async_block_till_done()
    assert entry.runtime_data.chargers[subentry_id].reading.online


@pytest.mark.parametrize(
    ("shown", "text"), [("a guess", "password_wrong"), (None, "password_missing")]
)
async def test_a_wrong_password_is_reported_until_the_right_one_comes(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    come: Come,
    monkeypatch: pytest.MonkeyPatch,
    shown: str | None,
    text: str,
) -> None:
    monkeypatch.setattr(gate, "FIRST_DELAY", 0.01)
    entry = with_charger(hass, house, ocpp_port, password_hash=hashed(PASSWORD))
    assert await hass.config_entries.async_setup(entry.entry_id)
    issues = ir.async_get(hass)
    with pytest.raises(InvalidStatus):
        await come("garage", password=shown)
    issue = issues.async_get_issue("fusewise", "refused_garage")
    assert issue is not None
    assert issue.translation_key == text
    assert issue.translation_placeholders == {
        "name": "Garage",
        "identity": "garage",
        "remote": HOST,
    }
    await come("garage", password=PASSWORD)
    assert issues.async_get_issue("fusewise", "refused_garage") is None


async def test_a_removed_charger_is_reported_no_more(
    hass: HomeAssistant, house: World, ocpp_port: int, come: Come
) -> None:
    entry = with_charger(hass, house, ocpp_port, password_hash=hashed(PASSWORD))
    assert await hass.config_entries.async_setup(entry.entry_id)
    with pytest.raises(InvalidStatus):
        await come("garage")
    subentry_id = only_charger(entry).subentry_id
    hass.config_entries.async_remove_subentry(entry, subentry_id)
    await hass.async_block_till_done()
    assert ir.async_get(hass).async_get_issue("fusewise", "refused_garage") is None
    assert (await come("garage")).boot_answer.status == "Pending"
