"""A charger that calls in an awkward moment is not lost: while a dialog tries the port, and while the door opens."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
import socket
import threading
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.fusewise.devices.ocpp import CentralSystem
from custom_components.fusewise.doors import async_try_door
from custom_components.fusewise.listening import listening_of
from custom_components.fusewise.offering import GAP
from demo.world import World
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..devices.ocpp.peer import Peer, WallClock
from .house import HOST, site_entry, until

TRIES = 40


@pytest.fixture
async def peers() -> AsyncGenerator[list[Peer]]:
    """Three charge points, not connected yet."""
    peers = [Peer(identity=name, clock=WallClock()) for name in ("garage", "carport", "barn")]
    yield peers
    for peer in peers:
        await peer.leave()


async def test_a_charger_that_calls_while_a_dialog_tries_the_port_is_not_left_hanging(
    hass: HomeAssistant, ocpp_port: int
) -> None:
    tried = threading.Event()

    def call() -> int:
        """How often somebody has picked up who is not there."""
        hung = 0
        while not tried.is_set():
            with socket.socket() as caller:
                if caller.connect_ex((HOST, ocpp_port)) == 0:
                    # A caller whose own port is that one by chance has picked up itself.
                    hung += caller.getsockname() != caller.getpeername()
        return hung

    calls = [asyncio.to_thread(call) for _ in range(3)]
    hung = asyncio.gather(*calls)
    listening = listening_of(hass, {"host": HOST, "port": ocpp_port})
    for _ in range(TRIES):
        await async_try_door(hass, listening, None)
    tried.set()
    assert sum(await hung) == 0


async def test_chargers_that_call_as_the_door_opens_are_offered_all_of_them(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    peers: list[Peer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = CentralSystem.start

    async def start_and_be_called(self: CentralSystem, *where: Any) -> None:
        await start(self, *where)
        await asyncio.gather(*(peer.connect(ocpp_port) for peer in peers))

    monkeypatch.setattr(CentralSystem, "start", start_and_be_called)
    entry = site_entry(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(entry.entry_id)

    def offered() -> set[str | None]:
        flows = hass.config_entries.flow.async_progress_by_handler("fusewise")
        return {flow["context"].get("unique_id") for flow in flows}

    for count in (1, 2, 3):
        await until(offered)
        # A page forgets one that comes while it prepares to show another.
        assert len(offered()) == count
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=GAP * count))
        await hass.async_block_till_done()
    assert offered() == {"ocpp_garage", "ocpp_carport", "ocpp_barn"}
