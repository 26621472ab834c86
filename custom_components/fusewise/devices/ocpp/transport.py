"""The line to a charge point: text messages over a websocket, on whichever web server it came in.

The server is aiohttp's, which is also Home Assistant's own; what is above this module sees a `Line` only.
"""

from typing import Protocol, override
from urllib.parse import unquote

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

SUBPROTOCOLS = ("ocpp1.6",)

# s without a word until a charge point is asked whether it is there, and s that it has to answer. Together
# shorter than the life of a limit, so that a cut line is known before the charger falls back.
PING_AFTER = 15.0
PONG_TIME = 5.0

CLOSING_TIME = 1.0  # s that a charge point has to answer our close

# A GetConfiguration answer of a talkative charger has 20 kB, a StopTransaction with all its samples 100 kB.
LARGEST_MESSAGE = 256 * 1024

LONGEST_IDENTITY = 48  # OCPP 2.0.1 part 4; 1.6 chargers that have more were not seen


class LineClosedError(Exception):
    """The charge point is gone, or we closed the line."""


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

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket

    @override
    async def recv(self) -> str | bytes:
        while True:
            message = await self._heard()
            match message.type:
                case WSMsgType.TEXT | WSMsgType.BINARY:
                    data: str | bytes = message.data
                    return data
                case WSMsgType.PING:
                    await self.socket.pong(message.data)
                case WSMsgType.PONG:
                    pass
                case _:
                    # aiohttp has answered a close, or closed after a message too big.
                    raise LineClosedError(str(message.data or self.socket.exception() or "closed"))

    async def _heard(self) -> WSMessage:
        """Return what came next. aiohttp's own heartbeat is not used: its timer outlives the connection."""
        try:
            return await self.socket.receive(PING_AFTER)
        except TimeoutError:
            pass
        try:
            await self.socket.ping()
            return await self.socket.receive(PONG_TIME)
        except (ConnectionError, TimeoutError) as error:
            await self.close("No answer to a ping")
            raise LineClosedError("no answer to a ping") from error

    @override
    async def send(self, text: str) -> None:
        try:
            await self.socket.send_str(text)
        except (ConnectionError, RuntimeError) as error:
            raise LineClosedError(str(error)) from error

    @override
    async def close(self, reason: str) -> None:
        # A close frame holds 123 bytes of reason.
        await self.socket.close(code=WSCloseCode.GOING_AWAY, message=reason.encode()[:123])


async def accept(request: web.BaseRequest) -> web.StreamResponse | WebSocketLine:
    """Shake hands; return the line, or the answer for one who may not or cannot talk with us."""
    socket = web.WebSocketResponse(
        protocols=SUBPROTOCOLS,
        autoping=False,
        timeout=CLOSING_TIME,
        max_msg_size=LARGEST_MESSAGE,
        # Messages are short and lines local; some chargers' deflate is broken.
        compress=False,
    )
    ready = socket.can_prepare(request)
    if not ready:
        return web.Response(
            status=426,
            headers={"Upgrade": "websocket"},
            text="This address is for chargers: they connect to it with OCPP 1.6J over a websocket.\n",
        )
    if ready.protocol is None:
        return await _turn_away(request)
    await socket.prepare(request)
    return WebSocketLine(socket)


async def _turn_away(request: web.BaseRequest) -> web.StreamResponse:
    """Complete the handshake, as the standard wants it, so that the charger learns why we do not talk."""
    socket = web.WebSocketResponse(timeout=CLOSING_TIME)
    await socket.prepare(request)
    await socket.close(code=WSCloseCode.PROTOCOL_ERROR, message=b"Choose the sub-protocol ocpp1.6")
    return socket


def identity_of(raw_path: str) -> str | None:
    """Return the charge point's identity, the last part of the path; None where it is not a sane one."""
    last = raw_path.partition("?")[0].rstrip("/").rpartition("/")[2]
    try:
        identity = unquote(last, errors="strict")
    except UnicodeDecodeError:
        return None
    sane = 0 < len(identity) <= LONGEST_IDENTITY and identity.isprintable()
    return identity if sane and identity == identity.strip() else None
