"""Chargers get passwords that are shown once, lines that are encrypted, and come in by two ways."""

from collections.abc import AsyncGenerator, Awaitable, Callable
import json
from pathlib import Path
import shutil
import ssl
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
from homeassistant.components.http.ban import KEY_FAILED_LOGIN_ATTEMPTS
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir

from ..devices.ocpp.certificates import Authority
from ..devices.ocpp.peer import Clock, Peer
from .house import HOST, charger_data, only_charger, site_entry, stored_site, until

DETAILS = {"name": "Garage", "wiring": "L1 L2 L3", "maximum": 16, "fallback": 6}
PASSWORD = "00112233445566778899aabbccddeeff"

type Come = Callable[..., Awaitable[Peer]]


@pytest.fixture
async def come(ocpp_port: int) -> AsyncGenerator[Come]:
    """Let a charge point connect."""
    peers: list[Peer] = []

    async def connect(
        identity: str = "yard", port: int | None = None, prefix: str = "", **quirks: Any
    ) -> Peer:
        peer = Peer(identity=identity, clock=Clock(), **quirks)
        peers.append(peer)
        await peer.connect(port or ocpp_port, prefix)
        return peer

    yield connect
    for peer in peers:
        await peer.leave()


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site that runs, without chargers."""
    entry = site_entry(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


def with_charger(
    hass: HomeAssistant, house: World, ocpp_port: int, **charger: Any
) -> MockConfigEntry:
    """A site with one charger of these settings, which the demo house does not have."""
    entry = MockConfigEntry(
        entry_id="id_of_home",
        title="Home",
        **stored_site(house.meter.port, ocpp_port, charger_data("garage", **charger)),
    )
    entry.add_to_hass(hass)
    return entry


async def added(hass: HomeAssistant, site: MockConfigEntry, identity: str = "yard") -> Any:
    """The dialog that shows a password, for a charger that is chosen by hand."""
    flows = hass.config_entries.subentries
    step: Any = await flows.async_init((site.entry_id, "charger"), context={"source": SOURCE_USER})
    step = await flows.async_configure(step["flow_id"], {"identity": identity})
    return await flows.async_configure(step["flow_id"], DETAILS | {"security": "password"})


async def on(hass: HomeAssistant, step: Any) -> Any:
    return await hass.config_entries.subentries.async_configure(step["flow_id"], {})


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
    step = await on(hass, step)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    peer = await come(password=told["password"])
    assert peer.boot_answer.status == "Accepted"


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


async def test_only_allowed_networks_may_call(
    hass: HomeAssistant, house: World, ocpp_port: int, come: Come
) -> None:
    entry = with_charger(hass, house, ocpp_port)
    data = entry.data | {"ocpp": {**entry.data["ocpp"], "networks": ["192.0.2.0/24"]}}
    hass.config_entries.async_update_entry(entry, data=data)
    assert await hass.config_entries.async_setup(entry.entry_id)
    with pytest.raises(InvalidStatus):
        await come("garage")
    issue = ir.async_get(hass).async_get_issue("fusewise", "refused_garage")
    assert issue is not None
    assert issue.translation_key == "foreign_network"


async def security(hass: HomeAssistant, site: MockConfigEntry, **answers: Any) -> Any:
    """Answer the dialog about who may connect."""
    step: Any = await site.start_reconfigure_flow(hass)
    flows = hass.config_entries.flow
    step = await flows.async_configure(step["flow_id"], {"next_step_id": "security"})
    assert step["errors"] == {}
    shown = {
        str(key): key.description["suggested_value"]
        for key in step["data_schema"].schema
        if key.description
    }
    return await flows.async_configure(step["flow_id"], shown | answers)


async def saved(hass: HomeAssistant, step: Any) -> None:
    assert step["step_id"] == "confirm"
    await hass.config_entries.flow.async_configure(step["flow_id"], {"next_step_id": "save"})
    await hass.async_block_till_done()


async def test_new_chargers_introduce_themselves_only_while_their_owner_wants_that(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    come: Come,
    caplog: pytest.LogCaptureFixture,
) -> None:
    site = with_charger(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(site.entry_id)
    known, stranger = await come("garage"), await come("stranger")
    assert stranger.boot_answer.status == "Pending"
    await saved(hass, await security(hass, site, new_chargers=False))
    assert await stranger.closed() == 1001
    with pytest.raises(InvalidStatus) as refusal:
        await come("stranger")
    assert refusal.value.response.status_code == 404
    assert "(ocpp-unknown-charger)" in caplog.text
    # Who is known does not notice; nor does one who is added by its identity.
    assert (await known.boot()).status == "Accepted"
    step = await added(hass, site, "yard")
    for _ in range(2):
        step = await on(hass, step)
    with pytest.raises(InvalidStatus) as refusal:
        await come("yard")
    assert refusal.value.response.status_code == 401


async def test_a_known_charger_waits_for_its_site_to_start(
    hass: HomeAssistant, house: World, ocpp_port: int, come: Come
) -> None:
    """It calls between the opening of the port and its admission; or its own site is not loaded yet."""
    first = site_entry(hass, house, ocpp_port)
    ocpp = {**first.data["ocpp"], "new_chargers": False}
    hass.config_entries.async_update_entry(first, data=first.data | {"ocpp": ocpp})
    stored = stored_site(1, ocpp_port, "garage", ocpp=ocpp)
    second = MockConfigEntry(title="Yard", **stored)
    assert await hass.config_entries.async_setup(first.entry_id)
    second.add_to_hass(hass)
    peer = await come("garage")
    assert peer.boot_answer.status == "Pending"
    assert not hass.config_entries.flow.async_progress_by_handler("fusewise")
    assert await hass.config_entries.async_setup(second.entry_id)
    await until(lambda: peer.boot_answer.status == "Accepted")


async def test_lines_are_encrypted_when_their_owner_wants_that(
    hass: HomeAssistant,
    site: MockConfigEntry,
    come: Come,
    ocpp_port: int,
    tmp_path: Path,
) -> None:
    authority = Authority(tmp_path)
    pem = authority.issue("server")
    step = await security(
        hass, site, encryption="tls_1_3", certificate=pem.certificate, key=pem.key
    )
    assert step["description_placeholders"]["address"] == f"wss://{HOST}:{ocpp_port}/"
    await saved(hass, step)
    assert site.state is ConfigEntryState.LOADED
    tls = ssl.create_default_context(cafile=authority.path)
    assert (await come(tls=tls)).boot_answer.status == "Pending"
    # A renewed one, of another authority, is taken over by a reload; no line is cut for it.
    (tmp_path / "new").mkdir()
    newer = Authority(tmp_path / "new")
    renewed = newer.issue("server")
    for old, new in ((pem.certificate, renewed.certificate), (pem.key, renewed.key)):
        shutil.copy(new, old)
    assert await hass.config_entries.async_reload(site.entry_id)
    tls = ssl.create_default_context(cafile=newer.path)
    assert (await come(tls=tls)).boot_answer.status == "Pending"
    # And back, with Home Assistant's own certificate in between.
    hass.http.ssl_certificate, hass.http.ssl_key = pem.certificate, pem.key
    await saved(hass, await security(hass, site, encryption="tls_1_2", certificate="", key=""))
    assert (await come(tls=tls)).boot_answer.status == "Pending"
    await saved(hass, await security(hass, site, encryption="none"))
    assert (await come()).boot_answer.status == "Pending"


async def test_chargers_show_certificates_where_their_owner_wants_that(
    hass: HomeAssistant, site: MockConfigEntry, come: Come, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    pem, own = authority.issue("server"), authority.issue("yard")
    await saved(
        hass,
        await security(
            hass,
            site,
            encryption="tls_1_3",
            certificate=pem.certificate,
            key=pem.key,
            client_authority=authority.path,
        ),
    )
    tls = ssl.create_default_context(cafile=authority.path)
    tls.load_cert_chain(own.certificate, own.key)
    assert (await come("yard", tls=tls)).boot_answer.status == "Pending"
    # Under the identity of a charger that is taken in, nobody comes with another's certificate.
    step = await added(hass, site, "garage")
    for _ in range(2):
        step = await on(hass, step)
    await hass.async_block_till_done()
    with pytest.raises(InvalidStatus):
        await come("garage", tls=tls)


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({"networks": "my home"}, {"networks": "networks_invalid"}),
        ({"networks": " , "}, {"networks": "networks_invalid"}),
        ({"key": "/x/key.pem"}, {"certificate": "certificate_of_key_missing"}),
        ({"client_authority": "/x/ca.pem"}, {"encryption": "encryption_needed"}),
        ({"encryption": "tls_1_3"}, {"certificate": "certificate_missing"}),
        (
            {"encryption": "tls_1_3", "certificate": "/x/nowhere.pem"},
            {"certificate": "certificate_invalid"},
        ),
    ],
)
async def test_security_that_cannot_be_is_explained(
    hass: HomeAssistant, site: MockConfigEntry, answers: dict[str, str], errors: dict[str, str]
) -> None:
    step = await security(hass, site, **answers)
    assert (step["step_id"], step["errors"]) == ("security", errors)


async def test_sites_that_share_a_port_share_its_encryption(
    hass: HomeAssistant, site: MockConfigEntry, house: World, ocpp_port: int, tmp_path: Path
) -> None:
    pem = Authority(tmp_path).issue("server")
    files = {"certificate": pem.certificate, "key": pem.key}
    barn = MockConfigEntry(
        title="Barn",
        **stored_site(
            1, ocpp_port, ocpp={"host": HOST, "port": ocpp_port, "encryption": "tls_1_3"} | files
        ),
    )
    barn.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(barn.entry_id)
    assert barn.error_reason_translation_key == "port_shared_otherwise"
    other = MockConfigEntry(title="Shed", **stored_site(2, ocpp_port))
    other.add_to_hass(hass)
    assert await hass.config_entries.async_setup(other.entry_id)
    step = await security(hass, site, encryption="tls_1_3", **files)
    assert step["errors"] == {"encryption": "port_shared_otherwise"}
    assert step["description_placeholders"] == {"site": "Shed"}
    await hass.config_entries.async_remove(barn.entry_id)


async def test_a_certificate_that_is_gone_keeps_a_site_from_starting_and_says_why(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port)
    ocpp = {**entry.data["ocpp"], "encryption": "tls_1_3"}
    hass.config_entries.async_update_entry(entry, data=entry.data | {"ocpp": ocpp})
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.error_reason_translation_key == "certificate_missing"
    await hass.config_entries.async_remove(entry.entry_id)


async def test_a_charger_comes_in_by_home_assistants_own_web_server(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    come: Come,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    entry = with_charger(hass, house, ocpp_port, password_hash=hashed(PASSWORD))
    assert await hass.config_entries.async_setup(entry.entry_id)
    client = await hass_client_no_auth()
    way: Any = {"port": client.port, "prefix": "api/fusewise/ocpp/"}
    with pytest.raises(InvalidStatus) as refusal:
        await come("garage", **way)
    assert refusal.value.response.status_code == 401
    # Home Assistant's bans are for people.
    assert not client.app[KEY_FAILED_LOGIN_ATTEMPTS]
    peer = await come("garage", **way, password=PASSWORD)
    assert peer.boot_answer.status == "Accepted"
    [charger] = entry.runtime_data.chargers.values()
    assert charger.reading.online
    # A stranger there is offered as one at our own port is.
    stranger = await come("yard", **way)
    assert stranger.boot_answer.status == "Pending"
    await until(lambda: hass.config_entries.flow.async_progress_by_handler("fusewise"))
    for caller in (peer, stranger):  # before the server waits for them
        await caller.leave()


async def test_without_a_site_home_assistants_web_server_says_so(
    hass: HomeAssistant,
    site: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    client = await hass_client_no_auth()
    await hass.config_entries.async_remove(site.entry_id)
    answer = await client.get("/api/fusewise/ocpp/yard")
    assert (answer.status, await answer.text()) == (
        503,
        "No site of Fusewise is set up or running.\n",
    )
