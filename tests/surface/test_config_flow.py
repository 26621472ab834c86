"""A site is set up, and changed, by clicking; what cannot be right is explained where it is typed."""

import asyncio
import errno
import os
import socket
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.meter import MeterFault
from demo.world import World
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section

from .house import HOST, MENU_SAVE, device_of, is_served, site_entry, stored_site

FUSE = {"name": "Home", "supply": "three_phase", "rating": 25, "phases": {}, "house": {}}


@pytest.fixture
async def meter(house: World) -> dict[str, Any]:
    """What to answer about the demo house's meter."""
    return {
        "kind": "sdm630",
        "host": HOST,
        "port": house.meter.port,
        "unit_id": 1,
        "interval": 1,
    }


async def answer(hass: HomeAssistant, step: Any, user_input: dict[str, Any]) -> Any:
    return await hass.config_entries.flow.async_configure(step["flow_id"], user_input)


async def asked_for_the_fuse(hass: HomeAssistant) -> Any:
    return await hass.config_entries.flow.async_init("fusewise", context={"source": SOURCE_USER})


async def asked_for_the_meter(hass: HomeAssistant) -> Any:
    return await answer(hass, await asked_for_the_fuse(hass), FUSE)


async def at_the_end(hass: HomeAssistant, meter: dict[str, Any]) -> Any:
    """The menu with all that was said; until a port is asked for, it is the usual one."""
    return await answer(hass, await asked_for_the_meter(hass), meter)


async def asked_for_the_port(hass: HomeAssistant, meter: dict[str, Any]) -> Any:
    return await answer(hass, await at_the_end(hass, meter), {"next_step_id": "ocpp"})


async def test_a_site_is_set_up_by_clicking(
    hass: HomeAssistant, house: World, meter: dict[str, Any], ocpp_port: int
) -> None:
    step = await asked_for_the_fuse(hass)
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "user")
    step = await answer(hass, step, FUSE)
    assert (step["step_id"], step["errors"]) == ("meter", {})
    step = await answer(hass, step, meter)
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


def suggested(schema: Any) -> dict[str, Any]:
    """What a form shows in its fields, and in the fields of its sections."""
    shown: dict[str, Any] = {}
    for key, kind in schema.schema.items():
        if isinstance(kind, section):
            shown[str(key)] = suggested(kind.schema)
        elif key.description is not None:
            shown[str(key)] = key.description["suggested_value"]
    return shown


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
    step = await answer(hass, step, meter | {"kind": "no_meter"})
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
    step = await answer(hass, await asked_for_the_meter(hass), meter | {field: value})
    assert (step["step_id"], step["errors"]) == ("meter", {field: f"{field}_invalid"})


async def test_a_meter_that_is_not_there_is_told_before_anything_is_saved(
    hass: HomeAssistant, meter: dict[str, Any], house: World, ocpp_port: int
) -> None:
    await house.meter.fail(MeterFault.STOPPED)
    step = await at_the_end(hass, meter)
    assert (step["step_id"], step["errors"]) == ("meter", {"base": "meter_silent"})
    assert "cannot be reached" in step["description_placeholders"]["error"]
    # It is switched on, and the same answers do.
    await house.meter.fail(MeterFault.NONE)
    step = await answer(hass, step, meter)
    assert step["step_id"] == "confirm"


async def test_a_meter_that_answers_nan_is_told_before_anything_is_saved(
    hass: HomeAssistant, meter: dict[str, Any], house: World
) -> None:
    await house.meter.fail(MeterFault.NAN)
    await asyncio.sleep(0.3)
    step = await at_the_end(hass, meter)
    assert (step["step_id"], step["errors"]) == ("meter", {"base": "meter_wrong"})
    assert "no number" in step["description_placeholders"]["error"]


async def test_a_host_name_that_cannot_be_is_a_meter_that_is_not_there(
    hass: HomeAssistant, meter: dict[str, Any]
) -> None:
    step = await answer(hass, await asked_for_the_meter(hass), meter | {"host": "x" * 70})
    assert step["errors"] == {"base": "meter_silent"}


async def test_two_sites_cannot_have_the_same_meter(
    hass: HomeAssistant, meter: dict[str, Any], house: World, ocpp_port: int
) -> None:
    site_entry(hass, house, ocpp_port)
    step = await at_the_end(hass, meter)
    assert step["errors"] == {"base": "meter_taken"}
    assert step["description_placeholders"] == {"site": "Home", "meter": "Meter"}


async def test_a_port_that_is_taken_at_the_last_moment_is_told_before_anything_is_saved(
    hass: HomeAssistant, meter: dict[str, Any], ocpp_port: int
) -> None:
    step = await asked_for_the_port(hass, meter)
    step = await answer(hass, step, {"host": HOST, "port": ocpp_port})
    with socket.create_server((HOST, ocpp_port)):
        step = await answer(hass, step, MENU_SAVE)
    assert (step["step_id"], step["errors"]) == ("ocpp", {"port": "port_in_use"})
    step = await answer(hass, step, {"host": HOST, "port": ocpp_port})
    step = await answer(hass, step, MENU_SAVE)
    assert step["type"] is FlowResultType.CREATE_ENTRY


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


async def test_a_port_that_another_program_uses_is_told(
    hass: HomeAssistant, meter: dict[str, Any], ocpp_port: int
) -> None:
    step = await asked_for_the_port(hass, meter)
    with socket.create_server((HOST, ocpp_port)):
        step = await answer(hass, step, {"host": HOST, "port": ocpp_port})
    assert (step["step_id"], step["errors"]) == ("ocpp", {"port": "port_in_use"})
    step = await answer(hass, step, {"host": HOST, "port": ocpp_port})
    assert step["step_id"] == "confirm"


async def test_an_address_that_this_computer_does_not_have_is_told(
    hass: HomeAssistant,
    meter: dict[str, Any],
    ocpp_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Tests may not name other machines' addresses; but binding to one reaches nobody.
    unguarded: Any = socket.socket.__base__
    monkeypatch.setattr(socket.socket, "bind", unguarded.bind)
    step = await asked_for_the_port(hass, meter)
    step = await answer(hass, step, {"host": "192.0.2.7", "port": ocpp_port})
    assert step["errors"] == {"host": "listen_address_foreign"}


async def test_a_port_that_only_the_system_may_use_is_told(
    hass: HomeAssistant, meter: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def bind(sock: socket.socket, address: tuple[str, int]) -> None:
        # What the system says to everybody but root, as which tests may run.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    step = await asked_for_the_port(hass, meter)
    with monkeypatch.context() as patch:
        patch.setattr(socket.socket, "bind", bind)
        step = await answer(hass, step, {"host": HOST, "port": 80})
    assert step["errors"] == {"port": "port_refused"}


@pytest.mark.parametrize(("field", "value"), [("port", 70_000), ("port", "x"), ("host", "")])
async def test_a_port_that_cannot_be_is_explained_beside_its_field(
    hass: HomeAssistant, meter: dict[str, Any], ocpp_port: int, field: str, value: Any
) -> None:
    step = await asked_for_the_port(hass, meter)
    step = await answer(hass, step, {"host": HOST, "port": ocpp_port, field: value})
    assert step["errors"] == {field: f"{field}_invalid"}


async def test_each_answer_can_be_mended_before_it_is_saved(
    hass: HomeAssistant, meter: dict[str, Any], ocpp_port: int
) -> None:
    step = await asked_for_the_port(hass, meter)
    step = await answer(hass, step, {"host": HOST, "port": ocpp_port})
    for name, changed in (
        ("user", FUSE | {"phases": {"rating_l1": 32}}),
        ("meter", meter | {"interval": 2}),
        ("ocpp", {"host": HOST, "port": ocpp_port}),
    ):
        step = await answer(hass, step, {"next_step_id": name})
        assert step["step_id"] == name
        assert set(suggested(step["data_schema"])) == set(changed)
        step = await answer(hass, step, changed)
        assert step["step_id"] == "confirm"
    assert "32 A + 25 A + 25 A" in step["description_placeholders"]["summary"]
    step = await answer(hass, step, MENU_SAVE)
    assert step["result"].data["rating"] == [32, 25, 25]
    [subentry] = step["result"].get_subentries_of_type("meter")
    assert subentry.data["interval"] == 2


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


async def test_a_site_may_move_its_port_to_another_address_of_this_computer(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(entry.entry_id)
    step: Any = await entry.start_reconfigure_flow(hass)
    step = await answer(hass, step, {"next_step_id": "ocpp"})
    step = await answer(hass, step, {"host": "127.0.0.2", "port": ocpp_port})
    assert step["step_id"] == "confirm"
    await answer(hass, step, MENU_SAVE)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert await is_served("127.0.0.2", ocpp_port)
    assert not await is_served(HOST, ocpp_port)


async def test_sites_share_a_port_at_one_address_only(
    hass: HomeAssistant, house: World, ocpp_port: int, meter: dict[str, Any]
) -> None:
    entry = site_entry(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(entry.entry_id)
    other = MockConfigEntry(title="Barn", **stored_site(house.meter.port, ocpp_port))
    other.add_to_hass(hass)
    step: Any = await other.start_reconfigure_flow(hass)
    step = await answer(hass, step, {"next_step_id": "ocpp"})
    step = await answer(hass, step, {"host": "localhost", "port": ocpp_port})
    assert step["errors"] == {"host": "port_shared_badly"}
    assert step["description_placeholders"] == {"site": "Home", "address": HOST}
    step = await answer(hass, step, {"host": HOST, "port": ocpp_port})
    assert step["step_id"] == "confirm"


async def test_the_address_for_chargers_is_one_that_they_can_reach(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    everywhere = {"host": "0.0.0.0", "port": ocpp_port}
    entry = site_entry(hass, house, ocpp_port, ocpp=everywhere)
    step: Any = await entry.start_reconfigure_flow(hass)
    shown = step["description_placeholders"]["address"]
    assert shown == f"ws://10.10.10.10:{ocpp_port}/"  # where Home Assistant found itself
    await hass.config.async_update(internal_url="http://192.168.1.5:8123")
    step = await answer(hass, step, {"next_step_id": "user"})
    step = await answer(hass, step, FUSE)
    assert step["description_placeholders"]["address"] == f"ws://192.168.1.5:{ocpp_port}/"


async def test_an_address_of_ipv6_is_written_as_chargers_want_it(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port, ocpp={"host": "::1", "port": ocpp_port})
    step: Any = await entry.start_reconfigure_flow(hass)
    assert step["description_placeholders"]["address"] == f"ws://[::1]:{ocpp_port}/"
