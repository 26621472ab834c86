"""The port, the address and the handshake."""

import asyncio
import errno
import gc
import os
import socket
import weakref

from aiohttp import ClientSession, web
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from custom_components.fusewise.devices import DeviceError
from custom_components.fusewise.devices.ocpp import CentralSystem, ListenError, transport

from .peer import Clock, Peer

UPGRADE = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
KEY = "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"


async def test_a_port_in_use_says_which_and_what_to_do(
    central: CentralSystem, clock: Clock
) -> None:
    assert central.port is not None
    second = CentralSystem(clock, clock)
    with pytest.raises(ListenError, match=rf"Port {central.port} is in use .* choose another"):
        await second.start("127.0.0.1", central.port)
    assert second.port is None
    assert issubclass(ListenError, DeviceError)
    # It is as if it had never been tried.
    await second.start("127.0.0.1", 0)
    await second.stop()


@pytest.mark.parametrize(
    ("number", "host", "port", "message"),
    [
        (errno.EADDRNOTAVAIL, "192.0.2.1", 9000, r"192\.0\.2\.1 is not an address of this machine"),
        (errno.EACCES, "127.0.0.1", 80, "Port 80 may not be opened .* above 1023"),
    ],
)
async def test_what_the_system_forbids_is_told_apart(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, number: int, host: str, port: int, message: str
) -> None:
    def forbidden(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket.socket, "bind", forbidden)
    with pytest.raises(ListenError, match=message):
        await CentralSystem(clock, clock).start(host, port)


async def test_all_that_a_machine_has_is_both_families(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for `::`, the system would listen on IPv6 alone, and most chargers call over IPv4."""
    bind, bound = socket.socket.bind, set[str]()

    def at_home(listener: socket.socket, address: tuple[str, int]) -> None:
        bound.add(address[0])
        # Nothing of this machine is opened to others by a test.
        bind(listener, ({"0.0.0.0": "127.0.0.1", "::": "::1"}[address[0]], address[1]))

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setattr(socket.socket, "bind", at_home)
    system = CentralSystem(clock, clock)
    await system.start("::", port)
    assert bound == {"0.0.0.0", "::"}
    await system.stop()


async def test_a_port_out_of_range_is_told_apart(clock: Clock) -> None:
    with pytest.raises(ListenError, match="70000 is no port"):
        await CentralSystem(clock, clock).start("127.0.0.1", 70000)


async def test_stopping_frees_the_port_and_says_goodbye(clock: Clock) -> None:
    central = CentralSystem(clock, clock)
    await central.start("127.0.0.1", 0)
    port = central.port
    assert port is not None
    charger = central.adopt("garage")
    peer = Peer(identity="garage", clock=clock)
    await peer.connect(port)
    await central.stop()
    assert await peer.closed() == 1001
    assert not charger.reading.online
    again = CentralSystem(clock, clock)
    await again.start("127.0.0.1", port)
    await again.stop()
    await peer.leave()


@pytest.mark.parametrize(
    "path",
    ["", "x" * 49, "a%00b", "%0Agarage", "%20garage", "%ff%fe"],
)
async def test_an_address_without_a_sane_identity_is_not_found(
    central: CentralSystem, path: str
) -> None:
    with pytest.raises(Exception, match="404"):
        await connect(
            f"ws://127.0.0.1:{central.port}/ocpp/{path}"
            if path
            else f"ws://127.0.0.1:{central.port}/",
            subprotocols=[Subprotocol("ocpp1.6")],
            proxy=None,
        )
    assert not central.pending


@pytest.mark.parametrize("offered", [["ocpp2.0.1"], ["ocpp1.5", "ocpp2.1"]])
async def test_without_a_common_subprotocol_the_handshake_ends_and_the_line_is_closed(
    central: CentralSystem, offered: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    async with connect(
        f"ws://127.0.0.1:{central.port}/garage",
        subprotocols=[Subprotocol(name) for name in offered],
        proxy=None,
    ) as line:
        assert line.subprotocol is None
        with pytest.raises(ConnectionClosed):
            await line.recv()
        assert line.close_code == 1002
        assert line.close_reason == "Choose the sub-protocol ocpp1.6"
    assert "speaks no version of OCPP that Fusewise speaks (ocpp-other-version)" in caplog.text


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, None),
        (["OCPP1.6"], "OCPP1.6"),
        (["ocpp2.0.1", "ocpp1.6J"], "ocpp1.6J"),
        (["ocpp1.5", "ocpp1.6", "ocpp2.1"], "ocpp1.6"),
    ],
)
async def test_a_charger_that_names_our_version_somehow_or_none_is_talked_with(
    central: CentralSystem, offered: list[str] | None, chosen: str | None
) -> None:
    charger = central.adopt("garage")
    async with connect(
        f"ws://127.0.0.1:{central.port}/garage",
        subprotocols=None if offered is None else [Subprotocol(name) for name in offered],
        proxy=None,
    ) as line:
        assert line.subprotocol == chosen
        await line.send('[2,"1","Heartbeat",{}]')
        assert (await line.recv())[:6] == '[3,"1"'
        assert charger.reading.online


async def test_a_charger_that_offers_several_versions_gets_ours(central: CentralSystem) -> None:
    async with connect(
        f"ws://127.0.0.1:{central.port}/garage",
        subprotocols=[Subprotocol("ocpp2.0.1"), Subprotocol("ocpp1.6")],
        proxy=None,
    ) as line:
        assert line.subprotocol == "ocpp1.6"


async def test_a_browser_is_told_what_this_is(central: CentralSystem) -> None:
    async with (
        ClientSession() as session,
        session.get(f"http://127.0.0.1:{central.port}/garage") as response,
    ):
        assert response.status == 426
        assert "OCPP 1.6J" in await response.text()


async def test_somebody_elses_web_server_can_let_chargers_in(clock: Clock) -> None:
    """As Home Assistant's own will."""
    central = CentralSystem(clock, clock)
    charger = central.adopt("garage")
    application = web.Application()
    application.router.add_get("/api/fusewise/ocpp/{identity}", central.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    peer = Peer(identity="garage", clock=clock)
    await peer.connect(runner.addresses[0][1], "api/fusewise/ocpp/")
    await peer.start()
    await charger.apply(9.0)
    assert peer.let_through() == 9.0
    await central.stop()
    await peer.leave()
    await runner.cleanup()


async def test_a_charger_that_has_nothing_to_say_stays_as_long_as_it_answers_pings(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "PING_AFTER", 0.05)
    central = CentralSystem(clock, clock)
    await central.start("127.0.0.1", 0)
    charger = central.adopt("garage")
    assert central.port is not None
    peer = Peer(identity="garage", clock=clock)
    await peer.connect(central.port)
    await asyncio.sleep(0.5)
    assert charger.reading.online
    await peer.start()
    assert charger.reading.session is not None
    await central.stop()
    await peer.leave()


async def test_a_charger_that_pings_is_answered(central: CentralSystem) -> None:
    async with connect(
        f"ws://127.0.0.1:{central.port}/garage", subprotocols=[Subprotocol("ocpp1.6")], proxy=None
    ) as line:
        async with asyncio.timeout(5):
            await (await line.ping(b"here?"))


async def test_a_line_that_is_cut_leaves_nothing_to_the_garbage_collector(
    central: CentralSystem, clock: Clock
) -> None:
    """It stops everything while it looks, and five hundred lines may be cut at once."""
    central.adopt("garage")
    peer = Peer(identity="garage", clock=clock)
    assert central.port is not None
    await peer.connect(central.port)
    line = weakref.ref(central._connections["garage"])
    gc.collect()
    gc.disable()
    try:
        await peer.cut()
        async with asyncio.timeout(5):
            while line() is not None:  # noqa: ASYNC110 - nothing is told of the end of an object
                await asyncio.sleep(0.01)
    finally:
        gc.enable()
        await peer.leave()


@pytest.mark.parametrize(
    ("request_line", "more", "code"),
    [
        ("GET \\garage HTTP/1.1", "", "ocpp-no-http"),
        ("GET /my garage HTTP/1.1", "", "ocpp-no-http"),
        ("HELO charger", "", "ocpp-no-http"),
        ("GET /garage HTTP/1.1", "X-Long: " + 9000 * "x" + "\r\n", "ocpp-no-http"),
        ("GET /garage HTTP/1.1", "", "ocpp-no-websocket"),
        ("GET /garage HTTP/1.1", UPGRADE, "ocpp-no-websocket"),
        ("GET /garage HTTP/1.1", UPGRADE + "Sec-WebSocket-Version: 13\r\n", "ocpp-no-websocket"),
        ("GET /garage HTTP/1.1", UPGRADE + KEY + "Sec-WebSocket-Version: 99\r\n", "ocpp-no-websocket"),
        ("GET /garage HTTP/1.1", UPGRADE.replace(": w", ": h2c, w") + KEY + "Sec-WebSocket-Version: 13\r\n", "ocpp-no-websocket"),
        ("GET /garage HTTP/1.1", UPGRADE + KEY + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: soap\r\n", "ocpp-other-version"),
    ],
)  # fmt: skip
async def test_whoever_does_not_ask_as_a_charger_does_is_told_of_in_one_line(
    central: CentralSystem,
    request_line: str,
    more: str,
    code: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    central.adopt("garage")
    for _ in range(2):
        reader, writer = await asyncio.open_connection("127.0.0.1", central.port)
        writer.write(f"{request_line}\r\nHost: x\r\n{more}\r\n".encode())
        async with asyncio.timeout(5):
            said = await reader.readline()
        assert said.split()[1] in ((b"101",) if code == "ocpp-other-version" else (b"400", b"426"))
        writer.close()
        await asyncio.sleep(0.01)
    ours = [each for each in caplog.records if each.name.startswith("custom_components")]
    [line] = [each.getMessage() for each in ours if each.levelname in ("WARNING", "ERROR")]
    assert line.endswith(f"({code})")


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /garage HTTP/1.0",
        "GET ws://127.0.0.1:9000/ocpp/garage HTTP/1.1",
        "GET ws://garage:secret@127.0.0.1/garage HTTP/1.1",
        "\r\nGET /garage HTTP/1.1",
    ],
)
async def test_an_odd_request_line_is_understood(central: CentralSystem, request_line: str) -> None:
    charger = central.adopt("garage")
    reader, writer = await asyncio.open_connection("127.0.0.1", central.port)
    more = UPGRADE + KEY + "Sec-WebSocket-Version: 13\r\n"
    writer.write(f"{request_line}\r\nHost: x\r\n{more}\r\n".encode())
    async with asyncio.timeout(5):
        assert (await reader.readline()).split()[1] == b"101"
    assert charger.reading.online
    writer.close()


async def test_a_charger_comes_in_over_ipv6(clock: Clock) -> None:
    system = CentralSystem(clock, clock)
    await system.start("::1", 0)
    charger = system.adopt("garage")
    async with connect(f"ws://[::1]:{system.port}/garage", proxy=None) as line:
        await line.send('[2,"1","Heartbeat",{}]')
        assert (await line.recv())[:6] == '[3,"1"'
        assert charger.reading.online
    await system.stop()
