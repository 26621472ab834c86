"""Tests reach this machine and nothing else."""

import asyncio
from collections.abc import Callable
import socket

import pytest
from pytest_homeassistant_custom_component.plugins import HASocketBlockedError

# TEST-NET-1 (RFC 5737): nobody lives there.
ELSEWHERE = ("192.0.2.1", 9)


async def test_a_test_may_serve_and_connect_on_loopback() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello\n")
        assert await reader.readline() == b"hello\n"
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    ("kind", "call"),
    [
        (socket.SOCK_STREAM, lambda sock: sock.connect(ELSEWHERE)),
        (socket.SOCK_STREAM, lambda sock: sock.connect_ex(ELSEWHERE)),
        (socket.SOCK_STREAM, lambda sock: sock.connect(("example.org", 80))),
        (socket.SOCK_STREAM, lambda sock: sock.bind(("0.0.0.0", 0))),
        (socket.SOCK_STREAM, lambda sock: sock.bind(("", 0))),
        (socket.SOCK_DGRAM, lambda sock: sock.sendto(b"x", ELSEWHERE)),
        (socket.SOCK_DGRAM, lambda sock: sock.sendto(b"x", 0, ELSEWHERE)),
        (socket.SOCK_DGRAM, lambda sock: sock.sendmsg([b"x"], [], 0, ELSEWHERE)),
    ],
)
def test_every_way_out_of_this_machine_is_refused(
    kind: socket.SocketKind,
    call: Callable[[socket.socket], object],
) -> None:
    with (
        socket.socket(socket.AF_INET, kind) as sock,
        pytest.warns(UserWarning, match=r"127\.0\.0\.1"),
        pytest.raises(HASocketBlockedError, match=r"127\.0\.0\.1") as refusal,
    ):
        call(sock)
    # The plugin counts refusals and would fail this test at its end.
    assert refusal.value.instances == [refusal.value]
    refusal.value.instances.clear()
