"""The dashboard is in the sidebar while there is a site, and leaves nothing behind."""

import hashlib
from pathlib import Path
import re
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from demo.world import World
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL, async_panel_exists
from homeassistant.components.lovelace.system_health import system_health_info
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.texts import english

from .house import site_entry

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "frontend" / "src"
BUILT = ROOT / "custom_components" / "fusewise" / "frontend" / "dashboard.js"


@pytest.fixture
async def frontend(hass: HomeAssistant) -> None:
    """Home Assistant's own frontend."""
    assert await async_setup_component(hass, "frontend", {})
    await hass.async_block_till_done()


@pytest.fixture
async def site(
    frontend: None, hass: HomeAssistant, house: World, ocpp_port: int
) -> MockConfigEntry:
    """A site, set up where there is a frontend."""
    entry = site_entry(hass, house, ocpp_port, "garage")
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


async def _boards(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> dict[str, Any]:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "lovelace/dashboards/list"})
    answer = await client.receive_json()
    return {board["url_path"]: board for board in answer["result"]}


async def test_the_sidebar_has_it_as_soon_as_there_is_a_site(
    hass: HomeAssistant, site: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    assert async_panel_exists(hass, "fusewise")
    assert "fusewise-dashboard" in await _boards(hass, hass_ws_client)
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "lovelace/config", "url_path": "fusewise-dashboard"})
    assert (await client.receive_json())["result"] == {"strategy": {"type": "custom:fusewise"}}
    # 'System information' counts the dashboards, and ours is one like any other.
    assert (await system_health_info(hass))["dashboards"] == 2


async def test_the_browser_gets_the_strategy(
    hass: HomeAssistant, site: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> None:
    (address,) = [url for url in hass.data[DATA_EXTRA_MODULE_URL].urls if "fusewise" in url]
    client = await hass_client_no_auth()
    answer = await client.get(address)
    assert answer.content_type == "text/javascript"
    assert "ll-strategy-dashboard-" in await answer.text()


async def test_the_strategy_is_told_the_ratings(
    hass: HomeAssistant, site: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "fusewise/sites"})
    (told,) = (await client.receive_json())["result"]
    assert told["title"] == site.title
    assert told["kinds"]["id_of_garage"] == "charger"
    assert told["circuits"][0] == {"owner": site.entry_id, "rating": [25.0, 25.0, 25.0]}


async def test_a_reload_keeps_it(hass: HomeAssistant, site: MockConfigEntry) -> None:
    assert await hass.config_entries.async_reload(site.entry_id)
    assert async_panel_exists(hass, "fusewise")


async def test_it_goes_with_the_last_site(
    hass: HomeAssistant, site: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    other = MockConfigEntry(domain="fusewise", title="Barn", data=site.data)
    other.add_to_hass(hass)
    await hass.config_entries.async_remove(site.entry_id)
    assert async_panel_exists(hass, "fusewise")
    await hass.config_entries.async_remove(other.entry_id)
    assert not async_panel_exists(hass, "fusewise")
    assert not async_panel_exists(hass, "fusewise-dashboard")
    assert "fusewise-dashboard" not in await _boards(hass, hass_ws_client)


async def test_it_goes_while_the_only_site_is_switched_off(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    await hass.config_entries.async_set_disabled_by(site.entry_id, ConfigEntryDisabler.USER)
    assert not async_panel_exists(hass, "fusewise")
    await hass.config_entries.async_set_disabled_by(site.entry_id, None)
    assert async_panel_exists(hass, "fusewise")


async def test_a_home_assistant_without_a_frontend_does_without(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert not async_panel_exists(hass, "fusewise")
    assert await hass.config_entries.async_remove(entry.entry_id)


def test_what_is_shipped_was_built_from_the_sources() -> None:
    _, sources, code, body = BUILT.read_text().split("\n", 3)
    read = b"".join(path.name.encode() + path.read_bytes() for path in sorted(SOURCES.iterdir()))
    again = "run scripts/frontend"
    assert sources == f"// sources {hashlib.sha256(read).hexdigest()}", again
    assert code == f"// code {hashlib.sha256(body.encode()).hexdigest()}", again


def test_every_text_of_the_dashboard_is_written() -> None:
    source = "".join(p.read_text() for p in SOURCES.iterdir())
    used = re.findall(r'\btext\("(\w+)"', source) + re.findall(r'departure: "(\w+)"', source)
    ours = {key for key in english()["common"] if key.startswith("dashboard_")}
    assert {f"dashboard_{key}" for key in used} == ours
