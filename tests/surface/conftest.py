"""A quiet demo house, and a port for its charge points."""

import asyncio
from collections.abc import AsyncGenerator, Callable
import contextlib
from functools import partial
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise import controller
from custom_components.fusewise.devices.modbus import ModbusMeter
from demo import clock
from demo.ports import free_ports
from demo.world import World
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from ..devices.ocpp.peer import Clock, Peer
from .calling import Come
from .entity_chargers import STATUS
from .house import HOST, Hurry, quiet_house, site_entry, until


@pytest.fixture
def ocpp_port(loopback_only: None) -> int:
    """A port that nobody uses."""
    [port] = free_ports(1)
    return port


@pytest.fixture
def identities() -> tuple[str, ...]:
    """The charge points of the house; a test module may have others."""
    return ()


@pytest.fixture
async def house(ocpp_port: int, identities: tuple[str, ...]) -> AsyncGenerator[World]:
    """A house in motion, its meter read over Modbus; its charge points call at `ocpp_port` when `let_call`."""
    world = quiet_house(ocpp_port, *identities)
    await world.meter.start(0)
    running = asyncio.create_task(world.run())
    await until(lambda: world.now)  # until then the meter shows zeros
    yield world
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await world.meter.stop()


@pytest.fixture
def let_pass(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let seconds pass at once on the controller's clock; all that is known gets older by them."""

    def advance(seconds: float) -> None:
        monkeypatch.setattr(controller, "_EPOCH", controller._EPOCH + seconds)

    return advance


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a start not wait for meters; for sites whose meters never speak."""
    monkeypatch.setattr(controller, "FIRST_READINGS", 0.3)


@pytest.fixture
def hurry(house: World, monkeypatch: pytest.MonkeyPatch) -> Hurry:
    """Let time pass several times as fast, on the controller's clock and on the house's alike."""
    fast = Hurry()
    monkeypatch.setattr(controller, "time", fast)
    monkeypatch.setattr(clock, "time", fast)
    return fast


@pytest.fixture
async def hass(house: World, hass: HomeAssistant) -> AsyncGenerator[HomeAssistant]:
    """Home Assistant, which ends before the house, and while no meter is being connected to.

    modbus_connection (4.12.7) leaves an error behind when it is closed while it connects.
    """
    yield hass
    if hass.is_running:
        for entry in hass.config_entries.async_loaded_entries("fusewise"):
            for meter in entry.runtime_data.meters.values():
                if isinstance(meter, ModbusMeter):
                    await until(partial(_was_asked, meter))


def _was_asked(meter: ModbusMeter) -> bool:
    return meter.reading is not None or meter.problem is not None


@pytest.fixture
async def come(ocpp_port: int) -> AsyncGenerator[Come]:
    """Let a charge point connect."""
    peers: list[Peer] = []

    async def connect(
        identity: str = "yard", port: int | None = None, prefix: str = "", **quirks: Any
    ) -> Peer:
        peer = Peer(identity=identity, clock=Clock(), **quirks)
        peers.append(peer)
        await peer.connect(port or ocpp_port, prefix)
        return peer

    yield connect
    for peer in peers:
        await peer.leave()


@pytest.fixture
async def meter(house: World) -> dict[str, Any]:
    """What to answer in a dialog about the demo house's meter."""
    return {
        "kind": "sdm630",
        "host": HOST,
        "port": house.meter.port,
        "unit_id": 1,
        "interval": 1,
    }


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site that runs, without chargers; a test module may have another."""
    entry = site_entry(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


@pytest.fixture
async def thing(hass: HomeAssistant) -> None:
    """A charger made of helpers that are in every Home Assistant."""
    limit = {"min": 6, "max": 32, "step": 1, "initial": 16, "unit_of_measurement": "A"}
    assert await async_setup_component(hass, "input_number", {"input_number": {"limit": limit}})
    charging = {"initial": False}
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"charging": charging}}
    )
    hass.states.async_set(STATUS, "connected")
