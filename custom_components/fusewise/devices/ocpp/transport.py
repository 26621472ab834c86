"""The line to a charge point: text messages over a websocket, on whichever web server it came in.

The server is aiohttp's, which is also Home Assistant's own; what is above this module sees a `Line` only.
"""

import asyncio
from collections.abc import Awaitable
from enum import StrEnum
from typing import Protocol, override
from urllib.parse import unquote

from aiohttp import WebSocketError, WSCloseCode, WSMessage, WSMsgType, hdrs, web

from .outlets import is_station
from .passwords import user_in

SUBPROTOCOL = "ocpp1.6"
SPELLINGS = frozenset({SUBPROTOCOL, "ocpp1.6j", "ocpp1.6-j", "ocpp1.6-json", "ocpp16", "ocpp16j"})

# s without a word until a charge point is asked whether it is there, and s that it has to answer. Together
# shorter than the life of a limit, so that a cut line is known before the charger falls back.
PING_AFTER = 15.0
PONG_TIME = 10.0

TAKING_TIME = 10.0  # s in which it must have taken in what lies ready for it
CLOSING_TIME = 1.0  # s that a charge point has to answer our close

# A GetConfiguration answer of a talkative charger has 20 kB, a StopTransaction with all its samples 100 kB.
LARGEST_MESSAGE = 256 * 1024

LONGEST_IDENTITY = 48  # OCPP 2.0.1 part 4; 1.6 chargers that have more were not seen


class LineFault(StrEnum):
    """Why a line was closed that nobody wanted to close; the code in the log stays the same for ever."""

    TOO_LONG = "ocpp-too-long"
    SILENT = "ocpp-silent"
    BROKEN = "ocpp-broken-frame"


WORDS = {
    LineFault.TOO_LONG: f"sent a message of more than {LARGEST_MESSAGE // 1024} kB",
    LineFault.SILENT: "does not answer any more, as if its line were cut",
    LineFault.BROKEN: "sent what is no websocket frame",
}


class LineClosedError(Exception):
    """The charge point is gone, or we closed the line."""

    def __init__(self, message: str, fault: LineFault | None = None) -> None:
        super().__init__(message)
        self.fault = fault


class Line(Protocol):
    """What carries the messages of one connection."""

    async def recv(self) -> str | bytes:
        """Return the next message. Raises LineClosedError."""

    async def send(self, text: str) -> None:
        """Send a message. Raises LineClosedError."""

    async def close(self, reason: str) -> None:
        """Say goodbye; never raises."""


class WebSocketLine(Line):
    """A line over aiohttp's server side of a websocket."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        """`transport` is what carries the socket."""
        self.socket = socket
        self._transport = transport

    @override
    async def recv(self) -> str | bytes:
        while True:
            message = await self._heard()
            match message.type:
                case WSMsgType.TEXT | WSMsgType.BINARY:
                    data: str | bytes = message.data
                    return data
                case WSMsgType.PING:
                    await self._written(self.socket.pong(message.data))
                    await asyncio.sleep(0)  # a flood of them keeps nobody else waiting
                case WSMsgType.PONG:
                    await asyncio.sleep(0)
                case _:
                    # aiohttp has answered a close, or closed after what cannot be read.
                    why = str(message.data or self.socket.exception() or "closed")
                    self._let_go()
                    raise LineClosedError(why, _fault_in(message))

    async def _heard(self) -> WSMessage:
        """Return what came next. aiohttp's own heartbeat is not used: its timer outlives the connection."""
        try:
            return await self.socket.receive(PING_AFTER)
        except TimeoutError:
            pass
        try:
            await self._written(self.socket.ping())
            return await self.socket.receive(PONG_TIME)
        except TimeoutError as error:
            await self.close("No answer to a ping")
            raise LineClosedError("no answer to a ping", LineFault.SILENT) from error

    def _let_go(self) -> None:
        """Keep nothing alive in a circle: how the line was lost holds the socket, and is held by it."""
        if (error := self.socket.exception()) is not None:
            error.__traceback__ = error.__context__ = None

    @override
    async def send(self, text: str) -> None:
        await self._written(self.socket.send_str(text))

    async def _written(self, writing: Awaitable[None]) -> None:
        """Wait until something is on its way; one who takes nothing in any more is let go."""
        try:
            async with asyncio.timeout(TAKING_TIME):
                await writing
        except TimeoutError as error:
            self._abort()
            raise LineClosedError("takes nothing in any more", LineFault.SILENT) from error
        except (ConnectionError, RuntimeError) as error:
            raise LineClosedError(str(error)) from error

    @override
    async def close(self, reason: str) -> None:
        try:
            async with asyncio.timeout(2 * CLOSING_TIME):
                # A close frame holds 123 bytes of reason.
                await self.socket.close(code=WSCloseCode.GOING_AWAY, message=reason.encode()[:123])
        except TimeoutError:
            self._abort()

    def _abort(self) -> None:
        """Hang up, whatever still lies ready: a polite end would wait until that is taken in."""
        if self._transport is not None:
            self._transport.abort()


def _fault_in(message: WSMessage) -> LineFault | None:
    """Return what a charge point did wrong where this is how its line ended."""
    if not isinstance(message.data, WebSocketError):
        return None
    too_long = message.data.code == WSCloseCode.MESSAGE_TOO_BIG
    return LineFault.TOO_LONG if too_long else LineFault.BROKEN


def is_websocket(request: web.BaseRequest) -> bool:
    """Tell whether this is a charge point at all, and not a browser."""
    headers = request.headers
    asked = headers.get(hdrs.UPGRADE, ""), headers.get(hdrs.CONNECTION, "")
    return "websocket" in asked[0].lower() and "upgrade" in asked[1].lower()


async def accept(request: web.BaseRequest) -> web.StreamResponse | WebSocketLine:
    """Shake hands; return the line, or what was said to one who speaks no version of ours.

    A charge point that names no sub-protocol is taken at its address: it has been told to come here.
    """
    offered = _offered(request)
    ours = next((name for name in offered if name.lower() in SPELLINGS), None)
    if ours is None:
        # Else aiohttp logs, each time, what the caller is told of anyway.
        headers = request.headers.copy()
        headers.popall(hdrs.SEC_WEBSOCKET_PROTOCOL, None)
        request = request.clone(headers=headers)
    socket = web.WebSocketResponse(
        # In the charger's own spelling, which it looks for in the answer.
        protocols=() if ours is None else (ours,),
        autoping=False,
        timeout=CLOSING_TIME,
        max_msg_size=LARGEST_MESSAGE,
        # Messages are short and lines local; some chargers' deflate is broken.
        compress=False,
        # One name in Latin-1 shall not cost the line, as the websocket's own rules have it.
        decode_text=False,
    )
    await socket.prepare(request)  # raises HTTPBadRequest for a handshake that is none
    if offered and ours is None:
        # The handshake was completed, as the standard wants it, so that the charger learns why we do not talk.
        reason = f"Choose the sub-protocol {SUBPROTOCOL}".encode()
        await socket.close(code=WSCloseCode.PROTOCOL_ERROR, message=reason)
        return socket
    return WebSocketLine(socket, request.transport)


def _offered(request: web.BaseRequest) -> list[str]:
    named = ",".join(request.headers.getall(hdrs.SEC_WEBSOCKET_PROTOCOL, ()))
    return [name.strip() for name in named.split(",") if name.strip()]


def identity_in(request: web.BaseRequest) -> str | None:
    """Return who a charge point says it is; None where that is not sane.

    It is the last part of the path; or, for those that have nothing there, the user name.
    """
    if request.raw_path.partition("?")[0].strip("/"):
        return identity_of(request.raw_path)
    user = user_in(request.headers.get(hdrs.AUTHORIZATION))
    return None if user is None else sane(user)


def identity_of(raw_path: str) -> str | None:
    """Return the charge point's identity, the last part of the path; None where it is not a sane one."""
    last = raw_path.partition("?")[0].rstrip("/").rpartition("/")[2]
    try:
        return sane(unquote(last, errors="strict"))
    except UnicodeDecodeError:
        return None


def sane(identity: str) -> str | None:
    """Return an identity that can be one; else None."""
    can_be = (
        0 < len(identity) <= LONGEST_IDENTITY and identity.isprintable() and is_station(identity)
    )
    return identity if can_be and identity == identity.strip() else None
