"""A central system on loopback, and charge points that come in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

import pytest

from custom_components.fusewise.devices.ocpp import (
    CentralSystem,
    ChargerSettings,
    OcppCharger,
    preparing,
)

from .peer import Clock, Peer


class Eventually(Protocol):
    """Waits, for a bounded time, until something is so."""

    def __call__(self, so: Callable[[], object]) -> Awaitable[None]: ...


@pytest.fixture
def eventually() -> Eventually:
    async def wait(so: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not so():  # noqa: ASYNC110 - what happens on another machine has no event here
                await asyncio.sleep(0.005)

    return wait


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def short_boot_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A charger that does not boot by itself is not waited for as long as at home."""
    monkeypatch.setattr(preparing, "BOOT_WAIT", 0.05)


@pytest.fixture
async def central(clock: Clock) -> AsyncIterator[CentralSystem]:
    system = CentralSystem(clock, clock)
    await system.start("127.0.0.1", 0)
    yield system
    await system.stop()


@pytest.fixture
def charger(central: CentralSystem) -> OcppCharger:
    """The one that is called "box"; a test module may have another."""
    return central.adopt("box", ChargerSettings(maximum=16.0))


@pytest.fixture
async def arrive(central: CentralSystem, clock: Clock) -> AsyncIterator[Callable[..., Any]]:
    """Let a charge point with these quirks come in."""
    peers: list[Peer] = []

    async def come(identity: str = "garage", prefix: str = "", **quirks: Any) -> Peer:
        peer = Peer(identity=identity, clock=clock, **quirks)
        peers.append(peer)
        assert central.port is not None
        await peer.connect(central.port, prefix)
        return peer

    yield come
    for peer in peers:
        await peer.leave()
