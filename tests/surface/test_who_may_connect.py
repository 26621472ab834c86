"""Lines are encrypted, and chargers come in by the ways and from the networks that their owner allows."""

from pathlib import Path
import shutil
import ssl
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from websockets.exceptions import InvalidStatus

from custom_components.fusewise.devices.ocpp import hashed
from demo.world import World
from homeassistant.components.http.ban import KEY_FAILED_LOGIN_ATTEMPTS
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from ..devices.ocpp.certificates import Authority
from .calling import PASSWORD, Come, added, chosen, on, with_charger
from .house import HOST, charger_data, site_entry, stored_site, until


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
    await chosen(hass, await on(hass, step), "password_typed")
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


async def test_nobody_waits_in_the_place_of_a_charger_whose_site_does_not_run(
    hass: HomeAssistant, house: World, ocpp_port: int, come: Come
) -> None:
    """Whoever waited there without its password would be let in with the site."""
    first = site_entry(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(first.entry_id)
    locked = charger_data("garage", password_hash=hashed(PASSWORD))
    second = MockConfigEntry(title="Yard", **stored_site(1, ocpp_port, locked))
    second.add_to_hass(hass)
    with pytest.raises(InvalidStatus) as refused:
        await come("garage")
    assert refused.value.response.status_code == 401
    peer = await come("garage", password=PASSWORD)
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
    await chosen(hass, await on(hass, step), "password_typed")
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


async def test_who_needs_a_certificate_does_not_come_in_without_where_none_is_asked_for(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    come: Come,
    tmp_path: Path,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Its certificate stands in the place of a password; Home Assistant's web server wants none."""
    authority = Authority(tmp_path)
    pem, own = authority.issue("server"), authority.issue("garage")
    entry = with_charger(hass, house, ocpp_port)
    files = {"certificate": pem.certificate, "key": pem.key, "client_authority": authority.path}
    ocpp = {**entry.data["ocpp"], "encryption": "tls_1_3", **files}
    hass.config_entries.async_update_entry(entry, data=entry.data | {"ocpp": ocpp})
    assert await hass.config_entries.async_setup(entry.entry_id)
    client = await hass_client_no_auth()
    with pytest.raises(InvalidStatus) as refusal:
        await come("garage", port=client.port, prefix="api/fusewise/ocpp/")
    assert refusal.value.response.status_code == 401
    tls = ssl.create_default_context(cafile=authority.path)
    tls.load_cert_chain(own.certificate, own.key)
    assert (await come("garage", tls=tls)).boot_answer.status == "Accepted"


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
