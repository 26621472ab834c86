"""A quiet demo house, and a port for its charge points."""

import asyncio
from collections.abc import AsyncGenerator
import contextlib
import socket

import pytest

from demo.world import World

from .house import HOST, quiet_house, until


@pytest.fixture
def ocpp_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def identities() -> tuple[str, ...]:
    """The charge points of the house; a test module may have others."""
    return ()


@pytest.fixture
async def house(ocpp_port: int, identities: tuple[str, ...]) -> AsyncGenerator[World]:
    """A house in motion, its meter read over Modbus and its charge points knocking at `ocpp_port`."""
    world = quiet_house(ocpp_port, *identities)
    await world.meter.start(0)
    running = asyncio.create_task(world.run())
    await until(lambda: world.now)  # until then the meter shows zeros
    yield world
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await world.meter.stop()
