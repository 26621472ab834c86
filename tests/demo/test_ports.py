"""A port that the demo has found free stays free until it is listened on."""

import asyncio
import socket

import pytest

from demo.ports import free_ports


async def test_a_free_port_is_given_to_nobody_else_and_can_be_listened_on(
    loopback_only: None,
) -> None:
    port, other = free_ports(2)
    assert port != other
    # Who binds as a client does, without a wish for this very port, does not get it.
    with socket.socket() as chance, pytest.raises(OSError, match="in use"):
        chance.bind(("127.0.0.1", port))
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
    server.close()
    await server.wait_closed()
