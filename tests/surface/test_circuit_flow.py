"""A sub-panel is added, fed and changed by clicking; what cannot be, or is unwise, is explained where it is typed."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.world import World
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir

from .house import (
    HOST,
    MENU_SAVE,
    charger_data,
    device_of,
    meter_data,
    panel_data,
    site_entry,
    state_of,
    until,
)

NOTHING = {"demand_minutes": "none"}
PANEL = {
    "name": "Garage",
    "rating": 16,
    "phases": {},
    "limits": NOTHING,
    "advanced": {"transformer": False},
}
OTHERS = {f"other_loads_l{n}": 2 for n in (1, 2, 3)}


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site with a charger in a shed, on a panel of its own."""
    entry = site_entry(
        hass,
        house,
        ocpp_port,
        panel_data("shed", 20.0),
        charger_data("garage", circuit="id_of_shed"),
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


async def opened(hass: HomeAssistant, site: MockConfigEntry, changed: str | None = None) -> Any:
    """The dialog about a new sub-panel, or about one that is changed."""
    context: Any = {"source": SOURCE_USER}
    if changed is not None:
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": changed}
    flows = hass.config_entries.subentries
    return await flows.async_init((site.entry_id, "circuit"), context=context)


async def answer(hass: HomeAssistant, step: Any, user_input: dict[str, Any]) -> Any:
    flows = hass.config_entries.subentries
    return await flows.async_configure(step["flow_id"], user_input)


async def test_a_panel_without_a_meter_asks_what_else_hangs_on_it(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    step = await opened(hass, site)
    assert (step["step_id"], step["errors"]) == ("user", {})
    step = await answer(hass, step, PANEL | {"parent": "id_of_shed"})
    assert step["step_id"] == "meter"
    step = await answer(hass, step, NO_METER)
    assert (step["step_id"], step["description_placeholders"]["feeder"]) == ("others", "Shed")
    step = await answer(hass, step, {"other_loads_l1": 2})
    assert step["errors"] == {"base": "other_loads_missing"}
    step = await answer(hass, step, OTHERS)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    panel = site.get_subentries_of_type("circuit")[-1]
    circuit = site.runtime_data.controller.site.circuits[-1]
    assert (circuit.id, circuit.parent) == (panel.subentry_id, "id_of_shed")
    assert (circuit.rating, circuit.other_loads) == ((16, 16, 16), (2, 2, 2))
    assert circuit.meter is None
    # It is a device, behind its feeder's.
    device = device_of(hass, site, panel.subentry_id)
    assert (device.name, device.model) == ("Garage", "Sub-panel")
    assert device.via_device_id == device_of(hass, site, "id_of_shed").id


async def test_a_panel_may_leave_open_what_hangs_on_it(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    step = await answer(hass, await opened(hass, site), PANEL | {"parent": "main"})
    step = await answer(hass, await answer(hass, step, NO_METER), {})
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert site.runtime_data.controller.site.circuits[-1].other_loads is None


async def test_a_panel_comes_with_its_meter(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    step = await answer(hass, await opened(hass, site), PANEL | {"parent": "main"})
    modbus = {"kind": "sdm630", "host": HOST, "port": house.meter.port, "unit_id": 1}
    step = await answer(hass, step, {"kind": "sdm630"})
    assert (step["step_id"], step["errors"]) == ("modbus", {})
    step = await answer(hass, step, modbus | {"interval": 1})
    assert step["errors"] == {"base": "meter_taken"}
    hass.config_entries.async_remove_subentry(site, "id_of_meter")
    step = await answer(hass, step, modbus | {"interval": 1})
    assert (step["type"], step["step_id"]) == (FlowResultType.MENU, "confirm")
    assert step["description_placeholders"] == {
        "name": "Garage",
        "rating": "3 × 16 A",
        "feeder": "Home",
        "meter": "Eastron SDM630",
        "values": "- L1: 3.0 A, 230 V\n- L2: 2.0 A, 230 V\n- L3: 1.0 A, 230 V",
        "hints": "",
    }
    step = await answer(hass, step, MENU_SAVE)
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "circuit_added")
    await hass.async_block_till_done()
    circuit = site.runtime_data.controller.site.circuits[-1]
    [meter] = site.get_subentries_of_type("meter")
    assert circuit.meter == meter.subentry_id
    assert meter.data["circuit"] == circuit.id
    assert device_of(hass, site, meter.subentry_id).model == "Eastron SDM630"


NO_METER = {"kind": "no_meter"}


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"name": " "}, {"name": "name_invalid"}),
        ({"rating": "x"}, {"rating": "rating_invalid"}),
        ({"rating": 25}, {"rating": "rating_above_feeder"}),
        ({"phases": {"rating_l1": 22}}, {"phases": "rating_above_feeder"}),
        ({"phases": {"rating_l1": 3}}, {"phases": "rating_invalid"}),
        ({"limits": NOTHING | {"limit_watts": -1}}, {"limits": "limit_watts_invalid"}),
        ({"limits": NOTHING | {"peak_target": 4000}}, {"limits": "demand_minutes_missing"}),
        ({"limits": {"demand_minutes": "15"}}, {"limits": "peak_target_missing"}),
        ({"advanced": {"transformer": True, "busbar": 10}}, {"advanced": "busbar_below_rating"}),
        ({"advanced": {"transformer": True, "busbar": 1}}, {"advanced": "busbar_invalid"}),
    ],
)
async def test_a_panel_that_cannot_be_is_explained_where_it_is_typed(
    hass: HomeAssistant, site: MockConfigEntry, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    step = await opened(hass, site)
    step = await answer(hass, step, PANEL | {"parent": "id_of_shed"} | wrong)
    assert (step["step_id"], step["errors"]) == ("user", errors)
    if "rating_above_feeder" in errors.values():
        assert step["description_placeholders"] == {"feeder": "Shed", "rating": "20"}


async def test_limits_of_all_kinds_reach_the_balancing(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    step = await answer(
        hass,
        await opened(hass, site, "id_of_shed"),
        PANEL
        | {
            "name": "Shed",
            "limits": {
                "limit_watts": 9000,
                "unbalance": 20,
                "demand_minutes": "15",
                "peak_target": 4000,
            },
            "advanced": {"busbar": 63, "breaker_time_constant": 900, "transformer": True},
        },
    )
    step = await answer(hass, step, OTHERS)
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    shed = site.runtime_data.controller.site.circuits[1]
    assert (shed.rating, shed.limit_watts, shed.unbalance) == ((16, 16, 16), 9000, 20)
    assert shed.demand is not None
    assert (shed.demand.minutes, shed.demand.target_watts) == (15, 4000)
    assert shed.breaker is not None
    assert (shed.busbar, shed.breaker.time_constant) == (63, 900)
    assert shed.transformer is not None
    # The dialog shows them again, unfolded.
    step = await opened(hass, site, "id_of_shed")
    fields = {str(key): kind for key, kind in step["data_schema"].schema.items()}
    assert not fields["limits"].options["collapsed"]
    shown = {str(key): key.description for key in fields["limits"].schema.schema}
    assert shown["demand_minutes"] == {"suggested_value": "15"}


async def test_circuits_cannot_feed_each_other_in_a_circle(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    site = site_entry(
        hass, house, ocpp_port, panel_data("shed", 20.0), panel_data("loft", parent="id_of_shed")
    )
    assert await hass.config_entries.async_setup(site.entry_id)
    step = await opened(hass, site, "id_of_shed")
    # Only the main fuse can feed it, so nothing is asked.
    assert "parent" not in {str(key) for key in step["data_schema"].schema}
    loft = await opened(hass, site, "id_of_loft")
    # Meanwhile somebody hangs it elsewhere; what was offered then is no choice any more.
    for name, parent in (("loft", "main"), ("shed", "id_of_loft")):
        subentry = site.subentries[f"id_of_{name}"]
        data = subentry.data | {"parent": parent, "rating": [16.0] * 3}
        hass.config_entries.async_update_subentry(site, subentry, data=data)
    step = await answer(hass, loft, PANEL | {"parent": "id_of_shed"})
    assert step["errors"] == {"parent": "feeder_gone"}


async def test_a_panel_keeps_what_hangs_behind_it_in_mind(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    parts = panel_data("shed", 20.0), panel_data("loft", parent="id_of_shed")
    site = site_entry(hass, house, ocpp_port, *parts, charger_data("carport", circuit="id_of_loft"))
    assert await hass.config_entries.async_setup(site.entry_id)
    step = await opened(hass, site, "id_of_shed")
    step = await answer(hass, step, PANEL | {"phases": {"rating_l2": 0}})
    assert step["errors"] == {"phases": "phase_in_use"}
    assert step["description_placeholders"] == {"charger": "Carport", "phase": "L2"}
    step = await answer(hass, step, PANEL | {"rating": 10})
    assert step["errors"] == {"rating": "rating_below_panel"}
    assert step["description_placeholders"] == {"panel": "Loft", "rating": "3 × 16 A"}
    # The main fuse does so too.
    step = await site.start_reconfigure_flow(hass)
    configure = hass.config_entries.flow.async_configure
    step = await configure(step["flow_id"], {"next_step_id": "user"})
    fuse = {"name": "Home", "supply": "three_phase", "rating": 16, "phases": {}, "house": {}}
    step = await configure(step["flow_id"], fuse)
    assert step["errors"] == {"rating": "rating_below_panel"}


async def test_a_panel_with_a_meter_is_changed_in_one_step(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    parts = panel_data("shed", 20.0), meter_data(house.meter.port, "id_of_shed")
    site = site_entry(hass, house, ocpp_port, *parts)
    assert await hass.config_entries.async_setup(site.entry_id)
    step = await answer(hass, await opened(hass, site, "id_of_shed"), PANEL)
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    shed = site.runtime_data.controller.site.circuits[1]
    assert (shed.meter, shed.rating) == ("id_of_meter", (16, 16, 16))
    assert device_of(hass, site, "id_of_shed").name == "Garage"


async def test_chargers_of_a_panel_that_is_removed_wait_until_their_owner_says_where_they_are(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    hass.config_entries.async_remove_subentry(site, "id_of_shed")
    await hass.async_block_till_done()
    issue = ir.async_get(hass).async_get_issue("fusewise", f"circuit_removed_{site.entry_id}")
    assert issue is not None
    assert issue.translation_placeholders == {"names": "- Garage"}
    decision = site.runtime_data.controller.decision
    await until(lambda: site.runtime_data.controller.decision is not decision)
    gone = site.runtime_data.controller.site.circuits[-1]
    assert (gone.id, gone.limit_watts) == ("id_of_shed", 0)
    # It says so in its own dialog: there is only the main fuse now.
    flows = hass.config_entries.subentries
    step: Any = await site.start_subentry_reconfigure_flow(hass, "id_of_garage")
    said = {"name": "Garage", "wiring": "L2 L3 L1", "maximum": 16, "fallback": 6}
    step = await flows.async_configure(step["flow_id"], said | {"security": "unchanged"})
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert not ir.async_get(hass).async_get_issue("fusewise", f"circuit_removed_{site.entry_id}")
    assert len(site.runtime_data.controller.site.circuits) == 1


async def test_a_site_tells_what_it_consists_of_in_plain_words(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    parts = panel_data("shed", 20.0), panel_data("loft", parent="id_of_shed")
    site = site_entry(hass, house, ocpp_port, *parts, "garage", "carport")
    assert await hass.config_entries.async_setup(site.entry_id)
    step: Any = await site.start_reconfigure_flow(hass)
    assert step["description_placeholders"]["summary"] == (
        "Main fuse of Home: 3 × 25 A, measured by Meter; sub-panel Shed 3 × 20 A, without a meter; "
        "sub-panel Loft 3 × 16 A, without a meter; 2 chargers (Garage, Carport)."
    )
    await until(lambda: hass.states.get("sensor.home_load_l1"))
    assert state_of(hass, "sensor.home_load_l1").state == "3.0"
