"""Chargers that call by OCPP at a site, for the tests of who may come in."""

from collections.abc import Awaitable, Callable
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.world import World
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant

from ..devices.ocpp.peer import Peer
from .house import charger_data, stored_site

DETAILS = {"name": "Garage", "wiring": "L1 L2 L3", "maximum": 16, "fallback": 6}
PASSWORD = "00112233445566778899aabbccddeeff"

type Come = Callable[..., Awaitable[Peer]]


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


async def said_by_hand(hass: HomeAssistant, step: Any, identity: str) -> Any:
    """Choose a charger that has not called yet, by its identity."""
    flows = hass.config_entries.subentries
    step = await flows.async_configure(step["flow_id"], {"identity": "later"})
    return await flows.async_configure(step["flow_id"], {"identity": identity})


async def added(hass: HomeAssistant, site: MockConfigEntry, identity: str = "yard") -> Any:
    """The dialog that shows a password, for a charger that is chosen by hand."""
    flows = hass.config_entries.subentries
    step: Any = await flows.async_init((site.entry_id, "charger"), context={"source": SOURCE_USER})
    step = await said_by_hand(hass, step, identity)
    return await flows.async_configure(step["flow_id"], DETAILS | {"security": "password"})


async def on(hass: HomeAssistant, step: Any) -> Any:
    return await hass.config_entries.subentries.async_configure(step["flow_id"], {})


async def chosen(hass: HomeAssistant, step: Any, option: str) -> Any:
    """Go on with an option of a menu."""
    flows = hass.config_entries.subentries
    return await flows.async_configure(step["flow_id"], {"next_step_id": option})
