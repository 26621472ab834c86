"""An action reaches the chosen devices, or says of the one that it cannot reach what is wrong with it."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.fusewise.proving import ProofState
from demo.world import World
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import condition, device_registry as dr, trigger

from .house import device_of, panel_data, site_entry, stored_site

GARAGE, CARPORT, HOME, METER = "id_of_garage", "id_of_carport", "id_of_home", "id_of_meter"
# What each action wants besides its device.
CHARGERS: dict[str, dict[str, Any]] = {
    "set_departure": {"time": "07:00"},
    "boost": {},
    "set_target": {"energy": 10},
    "set_mode": {"mode": "sun"},
    "prove_fallback": {},
    "explain": {},
    "list_sessions": {},
}
ONE_CHARGER: dict[str, dict[str, Any]] = {
    "read_configuration": {},
    "write_configuration": {"key": "a", "value": "b"},
    "trigger_message": {"message": "Heartbeat"},
    "set_availability": {"available": True},
    "update_firmware": {"location": "http://192.0.2.1/new"},
    "send_diagnostics": {"location": "http://192.0.2.1/up"},
}
CIRCUITS: dict[str, dict[str, Any]] = {
    "limit_grid": {"amperes": 10},
    "lift_grid_limit": {},
    "get_replay": {},
}
METERS: dict[str, dict[str, Any]] = {"calibrate_meter": {"phase": "L1", "clamp": 10}}
ALL = CHARGERS | ONE_CHARGER | CIRCUITS | METERS
ANSWERS = {"explain", "list_sessions", "read_configuration", "get_replay"}


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site with two chargers and a sub-panel, whose chargers are not connected."""
    entry = site_entry(hass, house, ocpp_port, "garage", "carport", panel_data("panel"))
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


@pytest.fixture
def lamp(hass: HomeAssistant) -> str:
    """A device of something else."""
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", "lamp")}, name="Desk lamp"
    )
    return device.id


async def act(hass: HomeAssistant, action: str, devices: Any, **more: Any) -> Any:
    asked = ALL[action] | more | ({} if devices is None else {"device_id": devices})
    return await hass.services.async_call(
        "fusewise", action, asked, blocking=True, return_response=action in ANSWERS
    )


async def refused(hass: HomeAssistant, action: str, devices: Any, **more: Any) -> str:
    """The key of the error that an action ends with."""
    with pytest.raises(ServiceValidationError) as refusal:
        await act(hass, action, devices, **more)
    assert refusal.value.translation_domain == "fusewise"
    assert "{" not in str(refusal.value)
    return str(refusal.value.translation_key)


async def test_all_actions_are_tried_here(hass: HomeAssistant, site: MockConfigEntry) -> None:
    assert hass.services.async_services()["fusewise"].keys() == ALL.keys()


@pytest.mark.parametrize("action", ALL)
async def test_a_device_that_cannot_be_reached_is_named(
    hass: HomeAssistant, site: MockConfigEntry, lamp: str, action: str
) -> None:
    garage = device_of(hass, site, GARAGE).id
    home = device_of(hass, site, HOME).id
    assert await refused(hass, action, []) == "no_device"
    assert await refused(hass, action, "gone") == "no_such_device"
    assert await refused(hass, action, lamp) == "not_ours"
    if action not in CHARGERS:
        assert await refused(hass, action, [garage, home]) == "one_device"
    assert await hass.config_entries.async_unload(site.entry_id)
    assert await refused(hass, action, home) == "site_not_running"


@pytest.mark.parametrize("action", ALL)
async def test_a_device_of_another_kind_is_refused(
    hass: HomeAssistant, site: MockConfigEntry, action: str
) -> None:
    kinds = {owner: device_of(hass, site, owner).id for owner in (GARAGE, HOME, METER)}
    wrong, key = (
        (METER, "not_a_charger")
        if action in CHARGERS
        else (HOME, "not_an_ocpp_charger")
        if action in ONE_CHARGER
        else (GARAGE, "not_a_circuit")
        if action in CIRCUITS
        else (GARAGE, "not_a_meter")
    )
    assert await refused(hass, action, kinds[wrong]) == key


@pytest.mark.parametrize("action", ["explain", "list_sessions", "limit_grid", "get_replay"])
async def test_without_a_device_a_site_has_to_run(
    hass: HomeAssistant, site: MockConfigEntry, action: str
) -> None:
    assert await hass.config_entries.async_unload(site.entry_id)
    assert await refused(hass, action, None) == "no_site_runs"


async def test_what_is_left_of_a_part_that_is_gone_is_not_taken_for_it(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    left = dr.async_get(hass).async_get_or_create(
        config_entry_id=site.entry_id, identifiers={("fusewise", "id_of_gone")}, name="Old"
    )
    assert await refused(hass, "set_mode", left.id) == "not_ours"


async def test_a_disabled_site_says_so(hass: HomeAssistant, site: MockConfigEntry) -> None:
    garage = device_of(hass, site, GARAGE).id
    disabled = ConfigEntryDisabler.USER
    assert await hass.config_entries.async_set_disabled_by(site.entry_id, disabled)
    with pytest.raises(ServiceValidationError, match="the site Home is not running"):
        await act(hass, "set_mode", garage)


async def test_a_charger_whose_device_is_disabled_is_balanced_and_obeys(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    registry, garage = dr.async_get(hass), device_of(hass, site, GARAGE).id
    registry.async_update_device(garage, disabled_by=dr.DeviceEntryDisabler.USER)
    await act(hass, "set_mode", garage)
    assert site.runtime_data.controller.wish(GARAGE).mode == "sun"


async def test_a_site_without_chargers_says_so(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(entry.entry_id)
    home = device_of(hass, entry, HOME).id
    assert await refused(hass, "boost", home) == "no_charger"
    assert await refused(hass, "explain", None) == "no_charger"


async def test_chargers_of_two_sites_are_told_together_and_circuits_apart(
    hass: HomeAssistant, site: MockConfigEntry, house: World, ocpp_port: int
) -> None:
    stored = stored_site(house.meter.port, ocpp_port)
    shed = MockConfigEntry(entry_id="id_of_barn", title="Barn", **stored)
    shed.add_to_hass(hass)
    assert await hass.config_entries.async_setup(shed.entry_id)
    barn = device_of(hass, shed, "id_of_barn").id
    assert await refused(hass, "limit_grid", None) == "which_site"
    await act(hass, "limit_grid", [barn])
    assert shed.runtime_data.grid_limits.limits.keys() == {"main"}
    assert not site.runtime_data.grid_limits.limits
    assert await refused(hass, "set_mode", [device_of(hass, site, GARAGE).id, barn]) == "no_charger"
    assert site.runtime_data.controller.wish(GARAGE).mode == "fair"


async def test_a_fall_back_is_tested_at_all_or_at_none(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    home = device_of(hass, site, HOME).id
    await act(hass, "prove_fallback", home)
    controller = site.runtime_data.controller
    states = {controller.prover.state(charger) for charger in controller.site.chargers}
    assert states == {ProofState.WAITING}


async def test_the_devices_of_an_automation_are_chargers_and_sites(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    for owner in ("id_of_panel", METER):
        options = {"options": {"device_id": [device_of(hass, site, owner).id]}}
        with pytest.raises(vol.Invalid, match="is no charger or site"):
            await trigger.async_validate_trigger_config(
                hass, [{"platform": "fusewise.limited"} | options]
            )
        with pytest.raises(vol.Invalid, match="is no charger or site"):
            await condition.async_validate_condition_config(
                hass, {"condition": "fusewise.is_charging"} | options
            )
