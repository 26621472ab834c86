"""A meter is added to a circuit and changed by clicking, while cars go on charging."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.meter import MeterFault
from demo.world import World
from homeassistant.components.modbus.connection import async_get_connection_info
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from .house import (
    HOST,
    MENU_SAVE,
    car,
    charger_data,
    device_of,
    let_call,
    panel_data,
    site_entry,
    state_of,
    until,
)
from .test_circuit_flow import PANEL, opened as panel_opened
from .test_loop import setpoints


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


async def opened(hass: HomeAssistant, site: MockConfigEntry, changed: str | None = None) -> Any:
    """The dialog about a new meter, or about one that is changed."""
    context: Any = {"source": SOURCE_USER}
    if changed is not None:
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": changed}
    flows = hass.config_entries.subentries
    return await flows.async_init((site.entry_id, "meter"), context=context)


async def answer(hass: HomeAssistant, step: Any, user_input: dict[str, Any]) -> Any:
    flows = hass.config_entries.subentries
    return await flows.async_configure(step["flow_id"], user_input)


async def answer_modbus(hass: HomeAssistant, step: Any, meter: dict[str, Any]) -> Any:
    step = await answer(hass, step, {"kind": meter["kind"]})
    assert (step["step_id"], step["errors"]) == ("modbus", {})
    return await answer(hass, step, meter)


def modbus(house: World, **changed: Any) -> dict[str, Any]:
    """What to answer about the demo house's meter."""
    said = {"kind": "sdm630", "host": HOST, "port": house.meter.port, "unit_id": 1, "interval": 1}
    return said | changed


async def test_a_meter_is_added_where_there_is_none(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    site = site_entry(hass, house, ocpp_port, panel_data("shed"))
    assert await hass.config_entries.async_setup(site.entry_id)
    step = await opened(hass, site)
    # Only the shed is without one, so nobody has to say what it measures.
    assert step["step_id"] == "meter"
    assert step["description_placeholders"] == {"circuit": "Shed"}
    step = await answer_modbus(hass, step, modbus(house))
    assert step["errors"] == {"base": "meter_taken"}
    hass.config_entries.async_remove_subentry(site, "id_of_meter")
    await hass.async_block_till_done()
    assert site.runtime_data.meters == {}
    assert async_get_connection_info(hass) == []
    step = await opened(hass, site)
    assert step["step_id"] == "place"
    step = await answer(hass, step, {"circuit": "main"})
    step = await answer_modbus(hass, step, modbus(house))
    assert (step["type"], step["step_id"]) == (FlowResultType.MENU, "confirm")
    assert step["description_placeholders"]["values"].startswith("- L1: 3.0 A, 230 V")
    step = await answer(hass, step, {"next_step_id": "name"})
    step = await answer(hass, step, {"name": " "})
    assert step["errors"] == {"name": "name_invalid"}
    step = await answer(hass, step, {"name": "Cabinet"})
    assert "place" in step["menu_options"]
    step = await answer(hass, step, MENU_SAVE)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    [meter] = site.get_subentries_of_type("meter")
    assert meter.title == "Cabinet"
    assert meter.data == {"circuit": "main", **modbus(house)}
    assert meter.unique_id == f"modbus_{HOST}_{house.meter.port}_1"
    assert site.runtime_data.controller.site.circuits[0].meter == meter.subentry_id
    await until(lambda: site.runtime_data.meters[meter.subentry_id].reading)


async def test_there_is_nothing_to_measure_where_everything_has_a_meter(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    site = site_entry(hass, house, ocpp_port)
    step = await opened(hass, site)
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "all_measured")


async def test_a_meter_that_is_silent_can_be_changed_nevertheless(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    site = site_entry(hass, house, ocpp_port)
    await house.meter.fail(MeterFault.STOPPED)
    step = await opened(hass, site, "id_of_meter")
    assert step["step_id"] == "confirm_silent"
    assert "cannot be reached" in step["description_placeholders"]["error"]
    await house.meter.fail(MeterFault.NONE)
    step = await answer(hass, step, {"next_step_id": "confirm"})
    assert step["step_id"] == "confirm"


async def test_a_meter_moves_to_the_panel_that_it_is_built_into(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    site = site_entry(hass, house, ocpp_port, panel_data("shed"))
    assert await hass.config_entries.async_setup(site.entry_id)
    meter = site.runtime_data.meters["id_of_meter"]
    step = await answer(hass, await opened(hass, site, "id_of_meter"), {"next_step_id": "place"})
    step = await answer(hass, step, {"circuit": "id_of_shed"})
    assert step["step_id"] == "meter"
    step = await answer_modbus(hass, step, modbus(house, interval=0.2))
    step = await answer(hass, step, MENU_SAVE)
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    main, shed = site.runtime_data.controller.site.circuits
    # The main fuse does without now: what the house draws at most counts all the time.
    assert (main.meter, main.other_loads) == (None, (10, 10, 10))
    assert (shed.meter, shed.other_loads) == ("id_of_meter", None)
    assert site.runtime_data.meters["id_of_meter"] is meter
    assert device_of(hass, site, "id_of_meter").via_device_id == (
        device_of(hass, site, "id_of_shed").id
    )


async def test_a_meter_whose_panel_was_removed_can_be_put_elsewhere(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    site = site_entry(hass, house, ocpp_port, panel_data("shed"))
    assert await hass.config_entries.async_setup(site.entry_id)
    subentry = site.subentries["id_of_meter"]
    data = subentry.data | {"circuit": "id_of_shed"}
    hass.config_entries.async_update_subentry(site, subentry, data=data)
    hass.config_entries.async_remove_subentry(site, "id_of_shed")
    await hass.async_block_till_done()
    step = await opened(hass, site, "id_of_meter")
    assert step["description_placeholders"]["circuit"] == "–"
    step = await answer(hass, step, {"next_step_id": "place"})
    step = await answer(hass, step, {"circuit": "main"})
    assert step["step_id"] == "meter"


async def test_no_car_notices_that_meters_panels_and_the_site_are_changed(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    """The car charges on at a real socket: no pause, no lower limit, no new connection."""
    shed = panel_data("shed"), charger_data("garage", circuit="id_of_shed")
    # Without the meter the house would count with so much that the car had to fall.
    site = site_entry(hass, house, ocpp_port, *shed, house_allowance=[15.0, 15.0, 15.0])
    assert await hass.config_entries.async_setup(site.entry_id)
    let_call(house)
    station, coordinator = house.stations["garage"], site.runtime_data
    await until(lambda: station.online)
    station.plug(car())
    await until(lambda: station.charger.car is not None and station.charger.car.current > 9.0)
    transaction, lines = station.transaction, coordinator.controller._lines.copy()
    seen: list[float] = []
    stop = setpoints(site, seen)
    meter = coordinator.meters["id_of_meter"]

    step = await opened(hass, site, "id_of_meter")
    step = await answer(hass, step, {"next_step_id": "name"})
    await answer(hass, await answer(hass, step, {"name": "Cabinet"}), MENU_SAVE)
    await some_cycles(seen)
    assert coordinator.meters["id_of_meter"] is meter
    # Another interval is another meter to us, at the same connection.
    step = await answer(hass, await opened(hass, site, "id_of_meter"), {"next_step_id": "meter"})
    step = await answer_modbus(hass, step, modbus(house, interval=0.5))
    await answer(hass, step, MENU_SAVE)
    await some_cycles(seen)
    assert coordinator.meters["id_of_meter"] is not meter
    step = await panel_opened(hass, site, "id_of_shed")
    step = await answer(hass, step, PANEL | {"name": "Barn", "rating": 20})
    await answer(hass, step, {f"other_loads_l{n}": 0 for n in (1, 2, 3)})
    await some_cycles(seen)
    hass.config_entries.async_update_entry(site, title="Summer house")
    await some_cycles(seen)
    stop()

    assert [circuit.rating for circuit in coordinator.controller.site.circuits][1] == (20, 20, 20)
    assert site.runtime_data is coordinator
    # It rose on, and never fell.
    assert seen == sorted(seen)
    assert seen[0] >= 6.0
    assert coordinator.controller._lines == lines
    assert station.transaction is transaction
    assert station.charger.closings == 1
    assert not [event for event in house.record.events() if event["kind"] == "line_lost"]


async def some_cycles(seen: list[float]) -> None:
    """Let the loop decide a few times more."""
    enough = len(seen) + 4
    await until(lambda: len(seen) >= enough)


async def test_when_a_meter_has_spoken_last_is_shown_where_somebody_wants_it(
    hass: HomeAssistant, house: World, ocpp_port: int, entity_registry: er.EntityRegistry
) -> None:
    entry = site_entry(hass, house, ocpp_port)
    known = entity_registry.async_get_or_create(
        "sensor", "fusewise", "id_of_meter_measured_at", disabled_by=None
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: state_of(hass, known.entity_id).state != "unavailable")
    at = dt_util.parse_datetime(state_of(hass, known.entity_id).state)
    assert at is not None
    assert abs((dt_util.utcnow() - at).total_seconds()) < 60
    described = entity_registry.async_get(known.entity_id)
    assert described is not None
    assert described.device_id == device_of(hass, entry, "id_of_meter").id
