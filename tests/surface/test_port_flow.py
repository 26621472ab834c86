"""Where chargers connect is asked for; a port that cannot be had is told where it is typed."""

import errno
import os
import socket
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.world import World
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .clicking import FUSE, answer, asked_for_the_port
from .house import HOST, MENU_SAVE, is_served, site_entry, stored_site


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
