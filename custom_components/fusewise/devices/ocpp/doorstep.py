"""Looks at the first byte of each connection to a plain port: a charger that begins with TLS is told of, and let go."""

import asyncio
from collections.abc import Callable
import logging
from typing import override

_LOGGER = logging.getLogger(__name__)

HELLO = 0x16  # a TLS record of the handshake (RFC 8446, 5.1)
HALF_OPEN = 30.0  # s that a caller has to say who it is; its socket is needed for others
TLS_TO_PLAIN = "ocpp-tls-to-plain"  # the code in the log


class Doorsteps:
    """Those of one port."""

    def __init__(self, server: Callable[[], asyncio.Protocol]) -> None:
        """`server` makes what serves a connection."""
        self._server = server
        self._told: set[str] = set()

    def __call__(self) -> asyncio.Protocol:
        """Make one for a new connection."""
        return Doorstep(self._server, self._told)


class Doorstep(asyncio.Protocol):
    """Hands a connection over to the web server once it has shown that it is not encrypted."""

    def __init__(self, server: Callable[[], asyncio.Protocol], told: set[str]) -> None:
        """`told` are the addresses that were told of already."""
        self._server = server
        self._told = told
        self._transport: asyncio.Transport | None = None
        self._patience: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._patience = asyncio.get_running_loop().call_later(HALF_OPEN, transport.close)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._done()

    @override
    def data_received(self, data: bytes) -> None:
        transport = self._transport
        assert transport is not None
        if data[0] == HELLO:
            self._tell(str((transport.get_extra_info("peername") or ("?",))[0]))
            transport.close()
            return
        self._done()
        handler = self._server()
        transport.set_protocol(handler)
        handler.connection_made(transport)
        handler.data_received(data)

    def _done(self) -> None:
        if self._patience is not None:
            self._patience.cancel()

    def _tell(self, remote: str) -> None:
        level = logging.DEBUG if remote in self._told else logging.WARNING
        if len(self._told) < 1000:
            self._told.add(remote)
        _LOGGER.log(
            level,
            "Somebody at %s begins encryption (wss://) at the port for plain text (%s)",
            remote,
            TLS_TO_PLAIN,
        )
