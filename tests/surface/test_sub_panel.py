"""A sub-panel shows what it has to spare, may be limited by itself, and is named where it binds."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.world import World
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .house import car, charger_data, connected_site, device_of, panel_data, state_of, until

PANEL = "id_of_barn"


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A charger on a sub-panel of 3 × 16 A."""
    parts = (panel_data("barn", 16.0), charger_data("garage", circuit=PANEL))
    return await connected_site(hass, house, ocpp_port, *parts)


async def test_a_sub_panel_has_a_device_with_what_it_has_to_spare(
    hass: HomeAssistant, site: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    entry = entity_registry.async_get("sensor.barn_headroom_l1")
    assert entry is not None
    assert entry.device_id == device_of(hass, site, PANEL).id
    assert entry.config_subentry_id == PANEL
    assert float(state_of(hass, "sensor.barn_headroom_l1").state) > 0
    assert hass.states.get("sensor.barn_load_l1") is None  # nothing measures it
    assert hass.states.is_state("sensor.barn_limit_in_force", "circuit_limit")


async def test_a_sub_panel_that_is_limited_is_named(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    limit = {"device_id": device_of(hass, site, PANEL).id, "amperes": 9, "why": "Old cable"}
    await hass.services.async_call("fusewise", "limit_grid", limit, blocking=True)
    house.stations["garage"].plug(car())
    await until(lambda: hass.states.is_state("sensor.barn_limit_in_force", "grid_limit"))
    assert state_of(hass, "sensor.barn_limit_in_force").attributes["source"] == "Old cable"
    await until(lambda: state_of(hass, "sensor.garage_reason").attributes.get("circuit") == "Barn")
    told = await hass.services.async_call(
        "fusewise", "explain", {}, blocking=True, return_response=True
    )
    assert told is not None
    assert "of Barn" in str(told["text"])
