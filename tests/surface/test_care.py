"""What helps an owner who has trouble: repairs by one click, system information, and the energy dashboard."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info

from custom_components.fusewise import repairs
from custom_components.fusewise.issues import async_tell_failed, async_tell_stall
from custom_components.fusewise.proving import ProofState
from custom_components.fusewise.system_health import system_health_info
from demo.world import World
from homeassistant.components.energy import data as energy
from homeassistant.components.repairs import ConfirmRepairFlow
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from .house import connected_site, until


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    return await connected_site(hass, house, ocpp_port, "garage")


async def mend(hass: HomeAssistant, issue_id: str) -> None:
    issue = ir.async_get(hass).async_get_issue("fusewise", issue_id)
    assert issue is not None
    assert issue.is_fixable
    flow: Any = await repairs.async_create_fix_flow(hass, issue_id, issue.data)
    flow.hass, flow.handler, flow.issue_id = hass, "fusewise", issue_id
    flow.flow_id = "1"
    step = await flow.async_step_init()
    assert (step["type"], step["step_id"]) == ("form", "confirm")
    step = await flow.async_step_confirm({})
    assert step["type"] == "create_entry"


async def test_a_site_that_stands_still_is_set_up_anew(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    before = site.runtime_data
    async_tell_stall(hass, site.entry_id, site.title)
    await mend(hass, f"stalled_{site.entry_id}")
    assert site.runtime_data is not before
    await until(lambda: hass.states.is_state("sensor.garage_status", "available"))


async def test_a_fall_back_is_tested_once_more(hass: HomeAssistant, site: MockConfigEntry) -> None:
    controller = site.runtime_data.controller
    [charger] = controller.site.chargers
    async_tell_failed(hass, [charger], {charger.id}, {charger.id: "Garage"})
    await mend(hass, f"not_falling_back_{charger.id}")
    assert controller.prover.state(charger) is ProofState.WAITING


async def test_another_issue_is_only_confirmed(hass: HomeAssistant) -> None:
    flow = await repairs.async_create_fix_flow(hass, "unfit_home", None)
    assert isinstance(flow, ConfirmRepairFlow)


async def test_the_system_information_says_what_runs(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    told = await system_health_info(hass)
    assert (told["sites"], told["chargers"], told["falling_back"]) == ("1 / 1", "1 / 1", 0)
    assert float(told["last_cycle"].removesuffix(" s")) < 10
    assert await hass.config_entries.async_unload(site.entry_id)
    assert (await system_health_info(hass))["sites"] == "0 / 1"


async def test_the_system_information_is_where_home_assistant_shows_it(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    assert (await get_system_health_info(hass, "fusewise"))["sites"] == "1 / 1"


async def press(hass: HomeAssistant) -> None:
    button = {"entity_id": "button.home_add_to_energy_dashboard"}
    await hass.services.async_call("button", "press", button, blocking=True)


async def test_the_energy_dashboard_is_filled_on_request_and_only_once(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    with pytest.raises(HomeAssistantError, match="no energy dashboard"):
        await press(hass)
    hass.config.components.add("energy")
    manager = await energy.async_get_manager(hass)
    mine = energy.DeviceConsumption(stat_consumption="sensor.washing_machine")
    update: Any = {"device_consumption": [mine]}
    await manager.async_update(update)
    for _ in range(2):
        await press(hass)
        assert manager.data is not None
        assert manager.data["device_consumption"] == [
            mine,
            {
                "stat_consumption": "sensor.garage_energy",
                "stat_rate": "sensor.garage_power",
                "name": "Garage",
            },
        ]
