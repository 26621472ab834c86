"""Callers that never end what they begin are let go in time, however many: nobody else notices."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
import contextlib
from pathlib import Path
import socket

import pytest

from custom_components.fusewise.devices.ocpp import (
    CentralSystem,
    Tls,
    central_system,
    doorstep,
    transport,
)

from .certificates import Authority
from .conftest import Eventually
from .peer import Clock, Peer

type Arrive = Callable[..., Awaitable[Peer]]

HOST = "127.0.0.1"
MANY = 200
UPGRADE = (
    b"GET /garage HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
    b"Sec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
)
BEGINNINGS = {
    "not a byte": b"",
    "half a request line": b"GET /gar",
    "headers without an end": b"GET /garage HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n",
    "half a header": b"GET /garage HTTP/1.1\r\nUpgr",
}
HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"  # the first bytes of a TLS handshake


@pytest.fixture
async def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody who begins is waited for as long as at home."""
    # asyncio reports what was not ended, and is slow, while it is debugged, as it is in tests.
    asyncio.get_running_loop().set_debug(False)
    for module in (doorstep, central_system):
        monkeypatch.setattr(module, "HALF_OPEN", 0.2)


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody who has come in and falls silent is."""
    for name in ("PING_AFTER", "PONG_TIME", "TAKING_TIME", "CLOSING_TIME"):
        monkeypatch.setattr(transport, name, 0.1)


@pytest.fixture
async def hurried(impatient: None, clock: Clock) -> AsyncIterator[CentralSystem]:
    """A central system that is."""
    system = CentralSystem(clock, clock)
    await system.start(HOST, 0)
    yield system
    await system.stop()


@contextlib.asynccontextmanager
async def callers(
    port: int | None, beginning: bytes, number: int = MANY
) -> AsyncIterator[list[asyncio.StreamReader]]:
    """So many call and say only that."""
    lines = [await asyncio.open_connection(HOST, port) for _ in range(number)]
    for _, writer in lines:
        writer.write(beginning)
    try:
        yield [reader for reader, _ in lines]
    finally:
        for _, writer in lines:
            writer.close()


async def are_let_go(lines: list[asyncio.StreamReader]) -> None:
    async with asyncio.timeout(10):
        await asyncio.gather(*(line.read() for line in lines), return_exceptions=True)


def files() -> int:
    """How many this process has open, sockets too."""
    return len([*Path("/proc/self/fd").iterdir()])


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS)
async def test_two_hundred_that_stop_half_way_are_let_go_and_no_charger_notices(
    hurried: CentralSystem, clock: Clock, eventually: Eventually, beginning: bytes
) -> None:
    charger = hurried.adopt("garage")
    peer = Peer(identity="garage", clock=clock)
    assert hurried.port is not None
    await peer.connect(hurried.port)
    await peer.start()
    before = files()
    async with callers(hurried.port, beginning) as lines:
        await charger.apply(9.0)
        assert peer.let_through() == 9.0
        await are_let_go(lines)
    await eventually(lambda: files() <= before)
    await charger.apply(10.0)
    assert peer.let_through() == 10.0
    await peer.leave()


@pytest.mark.parametrize("beginning", [b"", HELLO], ids=["not a byte", "half a hello"])
async def test_two_hundred_that_never_end_their_tls_handshake_are_let_go(
    impatient: None, clock: Clock, tmp_path: Path, eventually: Eventually, beginning: bytes
) -> None:
    pem = Authority(tmp_path).issue("server")
    system = CentralSystem(clock, clock)
    before = files()
    await system.start(HOST, 0, Tls(certificate=pem.certificate, key=pem.key).context())
    async with callers(system.port, beginning) as lines:
        await are_let_go(lines)
    await system.stop()
    await eventually(lambda: files() <= before)


async def test_one_who_drips_a_header_now_and_then_is_let_go(hurried: CentralSystem) -> None:
    reader, writer = await asyncio.open_connection(HOST, hurried.port)
    writer.write(b"GET /garage HTTP/1.1\r\n")
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(5):
            while not reader.at_eof():
                writer.write(b"X-More: 1\r\n")
                await writer.drain()
                await asyncio.sleep(0.02)
    writer.close()


@pytest.mark.usefixtures("strict")
async def test_one_who_says_nothing_after_the_handshake_is_let_go(
    hurried: CentralSystem, eventually: Eventually, caplog: pytest.LogCaptureFixture
) -> None:
    """A cut line looks open from here until a ping stays without its pong."""
    charger = hurried.adopt("garage")
    before = files()
    async with callers(hurried.port, UPGRADE, 1) as [line]:
        assert b" 101 " in await line.readline()
        assert charger.reading.online
        await are_let_go([line])
        await eventually(lambda: not charger.reading.online)
    await eventually(lambda: files() <= before)
    assert "Charge point garage does not answer any more" in caplog.text
    assert "(ocpp-silent)" in caplog.text


@pytest.mark.usefixtures("strict")
async def test_one_who_talks_and_never_reads_is_let_go(
    hurried: CentralSystem, eventually: Eventually, caplog: pytest.LogCaptureFixture
) -> None:
    """What lies ready for it can never be sent, and a polite goodbye would wait for ever behind it."""
    charger = hurried.adopt("garage")
    line, talking = await _deaf(hurried.port)
    await eventually(lambda: charger.reading.online)
    await eventually(lambda: not charger.reading.online)
    assert "(ocpp-silent)" in caplog.text
    talking.cancel()
    line.close()


@pytest.mark.parametrize("is_encrypted", [False, True])
async def test_the_port_closes_at_once_whoever_is_half_way(
    clock: Clock, tmp_path: Path, is_encrypted: bool
) -> None:
    pem = Authority(tmp_path).issue("server")
    tls = Tls(certificate=pem.certificate, key=pem.key).context()
    system = CentralSystem(clock, clock)
    await system.start(HOST, 0, tls if is_encrypted else None)
    async with contextlib.AsyncExitStack() as stack:
        for beginning in (b"", HELLO, *BEGINNINGS.values()):
            await stack.enter_async_context(callers(system.port, beginning, 1))
        await asyncio.sleep(0.05)
        async with asyncio.timeout(5):
            await system.stop()


async def test_the_port_closes_soon_though_somebody_never_reads(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    monkeypatch.setattr(transport, "CLOSING_TIME", 0.05)
    system = CentralSystem(clock, clock)
    await system.start(HOST, 0)
    charger = system.adopt("garage")
    line, talking = await _deaf(system.port)
    await eventually(lambda: charger.reading.online)
    await asyncio.sleep(0.1)
    async with asyncio.timeout(5):
        await system.stop()
    assert not charger.reading.online
    talking.cancel()
    line.close()


async def _deaf(port: int | None) -> tuple[socket.socket, asyncio.Task[None]]:
    """Call as a charger that sends calls without end and takes no answer in."""
    loop = asyncio.get_running_loop()
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.setblocking(False)
    await loop.sock_connect(line, (HOST, port))
    await loop.sock_sendall(line, UPGRADE)
    # Each answer is as long as the id that it repeats.
    text = b'[2,"%s","Heartbeat",{}]' % (b"x" * 60_000)
    frame = bytes([0x81, 0x80 | 126]) + len(text).to_bytes(2) + bytes(4) + text

    async def talk() -> None:
        with contextlib.suppress(OSError):
            while True:
                await loop.sock_sendall(line, frame)

    return line, asyncio.create_task(talk())
