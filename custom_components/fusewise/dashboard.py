"""The dashboard of Fusewise, in the sidebar for as long as there is a site.

What it shows is decided in the browser, by frontend/: a strategy that makes it of Home Assistant's own cards.
Nothing of it is stored, so nothing is left behind. The sidebar has a panel of ours, which loads the strategy into
pages that were open before there was a site, and leads to the dashboard.
"""

import hashlib
from pathlib import Path
from typing import Any, Final, override

import voluptuous as vol

from homeassistant.components import frontend, panel_custom, websocket_api
from homeassistant.components.http import StaticPathConfig
from homeassistant.components.lovelace import LOVELACE_DATA
from homeassistant.components.lovelace.const import MODE_YAML
from homeassistant.components.lovelace.dashboard import LovelaceConfig
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.json import cached_json_fragment, json_fragment
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, MAIN_CIRCUIT

PANEL: Final = DOMAIN
BOARD: Final = "fusewise-dashboard"
TITLE: Final = "Fusewise"
ICON: Final = "mdi:ev-station"
STATIC_PATH: Final = "/fusewise_static"
SCRIPT: Final = "dashboard.js"
STRATEGY: Final = {"strategy": {"type": f"custom:{DOMAIN}"}}
LISTED: Final = {
    "title": TITLE,
    "icon": ICON,
    "show_in_sidebar": False,
    "require_admin": False,
    "mode": MODE_YAML,
}
DATA_SCRIPT: HassKey[str] = HassKey("fusewise_script")


async def async_offer_dashboard(hass: HomeAssistant) -> None:
    """Serve the strategy and what it asks for. Without a frontend there is nothing to do."""
    websocket_api.async_register_command(hass, websocket_sites)
    if frontend.DOMAIN not in hass.config.components:
        return
    folder = Path(__file__).parent / "frontend"
    await hass.http.async_register_static_paths([StaticPathConfig(STATIC_PATH, str(folder), True)])
    code = await hass.async_add_executor_job((folder / SCRIPT).read_bytes)
    # Browsers keep the file for a month, so another one needs another address.
    script = f"{STATIC_PATH}/{SCRIPT}?v={hashlib.sha256(code).hexdigest()[:12]}"
    hass.data[DATA_SCRIPT] = script
    frontend.add_extra_js_url(hass, script)


async def async_show_dashboard(hass: HomeAssistant) -> None:
    """Have the dashboard, and a way to it in the sidebar."""
    if DATA_SCRIPT not in hass.data or frontend.async_panel_exists(hass, PANEL):
        return
    hass.data[LOVELACE_DATA].dashboards[BOARD] = Dashboard(hass, BOARD, LISTED)
    frontend.async_register_built_in_panel(
        hass,
        "lovelace",
        sidebar_title=TITLE,
        sidebar_icon=ICON,
        frontend_url_path=BOARD,
        config={"mode": MODE_YAML},
        show_in_sidebar=False,
    )
    await panel_custom.async_register_panel(
        hass,
        frontend_url_path=PANEL,
        webcomponent_name="fusewise-panel",
        sidebar_title=TITLE,
        sidebar_icon=ICON,
        module_url=hass.data[DATA_SCRIPT],
    )


@callback
def async_hide_dashboard(hass: HomeAssistant) -> None:
    """Take both away again, once the last site is gone."""
    if frontend.async_panel_exists(hass, PANEL):
        del hass.data[LOVELACE_DATA].dashboards[BOARD]
        frontend.async_remove_panel(hass, BOARD)
        frontend.async_remove_panel(hass, PANEL)


class Dashboard(LovelaceConfig):
    """A dashboard that the strategy makes, and nobody can change: who wants to, adds a copy."""

    @property
    @override
    def mode(self) -> str:
        return MODE_YAML

    @override
    async def async_get_info(self) -> dict[str, Any]:
        return {"mode": self.mode}

    @override
    async def async_load(self, force: bool) -> dict[str, Any]:
        return STRATEGY

    @override
    async def async_json(self, force: bool) -> json_fragment:
        return cached_json_fragment(STRATEGY)


@websocket_api.websocket_command({vol.Required("type"): "fusewise/sites"})
@callback
def websocket_sites(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell what a dashboard wants to know of the sites that no entity shows: ratings, and what is what."""
    connection.send_result(
        msg["id"],
        [
            {
                "entry_id": entry.entry_id,
                "title": entry.title,
                "circuits": [
                    {
                        "owner": entry.entry_id if circuit.id == MAIN_CIRCUIT else circuit.id,
                        "rating": list(circuit.rating),
                    }
                    for circuit in entry.runtime_data.controller.site.circuits
                ],
                "kinds": {
                    subentry.subentry_id: subentry.subentry_type
                    for subentry in entry.subentries.values()
                },
            }
            for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        ],
    )
