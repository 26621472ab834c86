"""A site is changed by the dialogs that have set it up, and goes on running."""

from typing import Any

from demo.meter import MeterFault
from demo.world import World
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .clicking import FUSE, answer, suggested
from .house import MENU_SAVE, device_of, site_entry


async def test_the_main_fuse_may_have_limits_besides_its_rating(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port, voltage=240.0)
    assert await hass.config_entries.async_setup(entry.entry_id)
    coordinator = entry.runtime_data
    step: Any = await entry.start_reconfigure_flow(hass)
    step = await answer(hass, step, {"next_step_id": "limits"})
    limits = {"limit_watts": 11_000, "demand_minutes": "15"}
    typed = {"limits": limits, "advanced": {"transformer": False}}
    step = await answer(hass, step, typed)
    assert step["errors"] == {"limits": "peak_target_missing"}
    step = await answer(hass, step, typed | {"limits": limits | {"peak_target": 5000}})
    # An unusual voltage is shown, and kept.
    step = await answer(hass, step, {"next_step_id": "user"})
    shown = suggested(step["data_schema"])
    assert shown["phases"] == {"voltage": 240.0}
    step = await answer(hass, step, FUSE | {"phases": {"voltage": 240}})
    step = await answer(hass, step, MENU_SAVE)
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.runtime_data is coordinator
    main = coordinator.controller.site.circuits[0]
    assert main.limit_watts == 11_000
    assert (main.demand.minutes, main.demand.target_watts) == (15, 5000)


async def test_a_site_is_changed_by_the_same_dialogs_and_goes_on_running(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(entry.entry_id)
    coordinator = entry.runtime_data
    step: Any = await entry.start_reconfigure_flow(hass)
    # What is so now, with what the meter reads.
    assert step["step_id"] == "confirm"
    assert step["description_placeholders"]["values"].startswith("- L1: 3.0 A, 230 V")
    step = await answer(hass, step, {"next_step_id": "user"})
    step = await answer(hass, step, FUSE | {"name": "Barn", "phases": {"rating_l1": 32}})
    step = await answer(hass, step, MENU_SAVE)
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert entry.title == "Barn"
    await hass.async_block_till_done()
    # In place: nothing was reloaded.
    assert entry.runtime_data is coordinator
    assert coordinator.controller.site.circuits[0].rating == (32, 25, 25)
    assert device_of(hass, entry, entry.entry_id).name == "Barn"


async def test_a_site_whose_meter_is_silent_can_be_changed_nevertheless(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port)
    await house.meter.fail(MeterFault.STOPPED)
    step: Any = await entry.start_reconfigure_flow(hass)
    assert step["step_id"] == "confirm_silent"
    assert "cannot be reached" in step["description_placeholders"]["error"]
    step = await answer(hass, step, {"next_step_id": "user"})
    step = await answer(hass, step, FUSE | {"rating": 20})
    assert step["step_id"] == "confirm_silent"
    # The meter comes back while the dialog is open.
    await house.meter.fail(MeterFault.NONE)
    step = await answer(hass, step, {"next_step_id": "confirm"})
    assert step["step_id"] == "confirm"
    await answer(hass, step, MENU_SAVE)
    assert entry.data["rating"] == [20, 20, 20]


async def test_a_phase_that_a_charger_is_wired_to_cannot_be_taken_away(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port, "carport")
    step: Any = await entry.start_reconfigure_flow(hass)
    step = await answer(hass, step, {"next_step_id": "user"})
    step = await answer(hass, step, FUSE | {"phases": {"rating_l2": 0}})
    assert step["errors"] == {"phases": "phase_in_use"}
    assert step["description_placeholders"] == {"charger": "Carport", "phase": "L2"}
    step = await answer(hass, step, FUSE | {"phases": {"rating_l3": 0}})
    assert step["step_id"] == "confirm"
