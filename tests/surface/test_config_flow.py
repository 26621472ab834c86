"""A site is set up by clicking; what cannot be right is explained where it is typed."""

import asyncio
from typing import Any

import pytest

from demo.meter import MeterFault
from demo.world import World
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .clicking import (
    FUSE,
    answer,
    answer_modbus,
    asked_for_the_fuse,
    asked_for_the_port,
    at_the_end,
    suggested,
)
from .house import HOST, MENU_SAVE, site_entry


async def test_a_site_is_set_up_by_clicking(
    hass: HomeAssistant, house: World, meter: dict[str, Any], ocpp_port: int
) -> None:
    step = await asked_for_the_fuse(hass)
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "user")
    step = await answer(hass, step, FUSE)
    assert (step["step_id"], step["errors"]) == ("meter", {})
    step = await answer_modbus(hass, step, meter)
    assert (step["type"], step["step_id"]) == (FlowResultType.MENU, "confirm")
    # How chargers connect is proposed.
    assert step["description_placeholders"]["address"] == "ws://10.10.10.10:9000/"
    step = await answer(hass, step, {"next_step_id": "ocpp"})
    step = await answer(hass, step, {"host": HOST, "port": ocpp_port})
    assert step["description_placeholders"] == {
        "summary": "Main fuse of Home: 3 × 25 A, measured by Eastron SDM630; no charger yet.",
        "address": f"ws://{HOST}:{ocpp_port}/",
        "web_address": "ws://10.10.10.10:8123/api/fusewise/ocpp/",
        "values": "- L1: 3.0 A, 230 V\n- L2: 2.0 A, 230 V\n- L3: 1.0 A, 230 V",
        "hints": "",
    }
    step = await answer(hass, step, MENU_SAVE)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    entry = step["result"]
    assert entry.title == "Home"
    assert entry.data == {
        "rating": [25, 25, 25],
        "supply": "three_phase",
        "voltage": 230,
        "house_allowance": [10, 10, 10],
        "ocpp": {"host": HOST, "port": ocpp_port},
    }
    assert entry.options == {"usable_share": 80}
    [subentry] = entry.subentries.values()
    assert (subentry.subentry_type, subentry.title) == ("meter", "Eastron SDM630")
    assert subentry.data == {"circuit": "main", **meter}
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("wrong", "field", "error"),
    [
        ({"rating": 0}, "rating", "rating_invalid"),
        ({"rating": -5}, "rating", "rating_invalid"),
        ({"rating": "abc"}, "rating", "rating_invalid"),
        ({"rating": 10_000}, "rating", "rating_invalid"),
        ({"rating": float("nan")}, "rating", "rating_invalid"),
        ({"phases": {"rating_l2": -5}}, "phases", "rating_invalid"),
        ({"phases": {"rating_l3": 3}}, "phases", "rating_invalid"),
        ({"phases": {f"rating_l{n}": 0 for n in (1, 2, 3)}}, "phases", "rating_invalid"),
        ({"supply": "one_phase", "phases": {"rating_l2": 25}}, "phases", "phase_not_supplied"),
        ({"phases": {"voltage": 23}}, "phases", "voltage_invalid"),
        ({"house": {"house_allowance_l1": -1}}, "house", "house_allowance_invalid"),
        ({"house": {"house_allowance_l2": 26}}, "house", "house_allowance_above_rating"),
        ({"name": " "}, "name", "name_invalid"),
    ],
)
async def test_a_fuse_that_cannot_be_is_explained_beside_its_field(
    hass: HomeAssistant, wrong: dict[str, Any], field: str, error: str
) -> None:
    typed = FUSE | wrong
    step = await answer(hass, await asked_for_the_fuse(hass), typed)
    assert (step["step_id"], step["errors"]) == ("user", {field: error})
    # What was typed is still there, to be mended.
    assert suggested(step["data_schema"]) == typed
    step = await answer(hass, step, FUSE)
    assert step["step_id"] == "meter"


@pytest.mark.parametrize(
    ("answers", "rating", "voltage", "summary"),
    [
        ({"supply": "one_phase", "rating": 35}, [35, 0, 0], 230, "1 × 35 A"),
        ({"supply": "split_phase", "rating": 200}, [200, 200, 0], 120, "2 × 200 A"),
        ({"supply": "wye_208", "phases": {"voltage": 127}}, [25, 25, 25], 127, "3 × 25 A"),
        ({"phases": {"rating_l2": 35, "rating_l3": 0}}, [25, 35, 0], 230, "25 A + 35 A"),
    ],
)
async def test_a_house_has_the_phases_of_its_supply(
    hass: HomeAssistant,
    meter: dict[str, Any],
    ocpp_port: int,
    answers: dict[str, Any],
    rating: list[float],
    voltage: float,
    summary: str,
) -> None:
    step = await answer(hass, await asked_for_the_fuse(hass), FUSE | answers)
    step = await answer(hass, step, {"kind": "no_meter"})
    assert step["step_id"] == "confirm_unmeasured"
    assert summary in step["description_placeholders"]["summary"]
    step = await answer(hass, step, {"next_step_id": "ocpp"})
    step = await answer(hass, step, {"host": HOST, "port": ocpp_port})
    entry = (await answer(hass, step, MENU_SAVE))["result"]
    assert entry.data["rating"] == rating
    assert entry.data["voltage"] == voltage
    # A phase that does not exist carries no house either.
    assert entry.data["house_allowance"] == [round(0.4 * amperes) for amperes in rating]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "  "),
        ("port", 0),
        ("port", 502.5),
        ("port", "abc"),
        ("unit_id", 248),
        ("interval", 0),
    ],
)
async def test_a_meter_that_cannot_be_is_explained_beside_its_field(
    hass: HomeAssistant, meter: dict[str, Any], field: str, value: Any
) -> None:
    step = await at_the_end(hass, meter | {field: value})
    assert (step["step_id"], step["errors"]) == ("modbus", {field: f"{field}_invalid"})


async def test_a_meter_that_is_not_there_is_told_before_anything_is_saved(
    hass: HomeAssistant, meter: dict[str, Any], house: World, ocpp_port: int
) -> None:
    await house.meter.fail(MeterFault.STOPPED)
    step = await at_the_end(hass, meter)
    assert (step["step_id"], step["errors"]) == ("modbus", {"base": "meter_silent"})
    assert "cannot be reached" in step["description_placeholders"]["error"]
    # It is switched on, and the same answers do.
    await house.meter.fail(MeterFault.NONE)
    step = await answer(hass, step, meter)
    assert step["step_id"] == "confirm"


async def test_whoever_has_chosen_a_modbus_meter_may_choose_another_one_after_all(
    hass: HomeAssistant, meter: dict[str, Any], house: World
) -> None:
    await house.meter.fail(MeterFault.STOPPED)
    step = await at_the_end(hass, meter)
    assert step["errors"] == {"base": "meter_silent"}
    step = await answer(hass, step, meter | {"kind": "no_meter"})
    assert step["step_id"] == "confirm_unmeasured"


async def test_a_meter_that_answers_nan_is_told_before_anything_is_saved(
    hass: HomeAssistant, meter: dict[str, Any], house: World
) -> None:
    await house.meter.fail(MeterFault.NAN)
    await asyncio.sleep(0.3)
    step = await at_the_end(hass, meter)
    assert (step["step_id"], step["errors"]) == ("modbus", {"base": "meter_wrong"})
    assert "no number" in step["description_placeholders"]["error"]


async def test_a_host_name_that_cannot_be_is_a_meter_that_is_not_there(
    hass: HomeAssistant, meter: dict[str, Any]
) -> None:
    step = await at_the_end(hass, meter | {"host": "x" * 70})
    assert step["errors"] == {"base": "meter_silent"}


async def test_two_sites_cannot_have_the_same_meter(
    hass: HomeAssistant, meter: dict[str, Any], house: World, ocpp_port: int
) -> None:
    site_entry(hass, house, ocpp_port)
    step = await at_the_end(hass, meter)
    assert step["errors"] == {"base": "meter_taken"}
    assert step["description_placeholders"] == {"site": "Home", "meter": "Meter"}


async def test_each_answer_can_be_mended_before_it_is_saved(
    hass: HomeAssistant, meter: dict[str, Any], ocpp_port: int
) -> None:
    step = await asked_for_the_port(hass, meter)
    step = await answer(hass, step, {"host": HOST, "port": ocpp_port})
    for name, changed in (
        ("user", FUSE | {"phases": {"rating_l1": 32}}),
        ("modbus", meter | {"interval": 2}),
        ("ocpp", {"host": HOST, "port": ocpp_port}),
    ):
        step = await answer(hass, step, {"next_step_id": name.replace("modbus", "meter")})
        if name == "modbus":
            assert suggested(step["data_schema"]) == {"kind": meter["kind"]}
            step = await answer(hass, step, {"kind": meter["kind"]})
        assert step["step_id"] == name
        assert set(suggested(step["data_schema"])) == set(changed)
        step = await answer(hass, step, changed)
        assert step["step_id"] == "confirm"
    assert "32 A + 25 A + 25 A" in step["description_placeholders"]["summary"]
    step = await answer(hass, step, MENU_SAVE)
    assert step["result"].data["rating"] == [32, 25, 25]
    [subentry] = step["result"].get_subentries_of_type("meter")
    assert subentry.data["interval"] == 2
