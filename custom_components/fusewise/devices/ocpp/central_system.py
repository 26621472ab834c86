"""Where chargers come in: a central system for OCPP, on a web server of its own or on somebody else's.

A charger that nobody has adopted is kept waiting (`Pending`) and offered to whoever listens; it gets nothing
else. What is adopted stays adopted while its connections come and go.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
import errno
import logging
import ssl
import time
from types import MappingProxyType

from aiohttp import web

from .. import Clock, DeviceError, Unsubscribe
from ..listeners import Listeners
from . import v16
from .charger import OcppCharger
from .doorstep import HALF_OPEN, Doorsteps
from .gate import Gate, Refusal
from .http_faults import HttpFaults
from .outlets import FIRST, station_of
from .pace import Pace
from .settings import ChargerSettings
from .shapes import Shape
from .station import Connection, PasswordChange, StationInfo
from .transport import WebSocketLine, accept, identity_in, is_websocket

_LOGGER = logging.getLogger(__name__)

BACKLOG = 128  # connections that wait to be accepted
STOPPING_TIME = 2.0  # s
NEWER_CONNECTION = "ocpp-newer-connection"  # the code in the log
MOST_WAITING = 100  # unknown charge points that are connected at once; a home has a few


class ListenError(DeviceError):
    """The central system cannot listen where it should."""

    def __init__(self, message: str, port: int) -> None:
        super().__init__(message)
        self.port = port


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What belongs to a port that is open."""

    runner: web.ServerRunner
    listener: asyncio.Server


class CentralSystem:
    """All charge points that are connected or adopted."""

    def __init__(self, clock: Clock, time_of_day: Callable[[], float] = time.time) -> None:
        """`clock` stamps what chargers measure; `time_of_day` (s since the epoch) is what they are told."""
        self._clock = clock
        self._time_of_day = time_of_day
        self.gate = Gate()
        self._chargers: dict[str, OcppCharger] = {}
        self._stations: dict[str, dict[int, OcppCharger]] = {}
        """The same by station and connector."""
        self._connections: dict[str, Connection] = {}
        self._pending: dict[str, StationInfo] = {}
        self._listeners = Listeners[[StationInfo]]()
        self._opened: Opened | None = None
        self._port: int | None = None
        self._shapes: Mapping[str, Shape] | None = None
        self._pace = Pace()
        self.lets_wait: Callable[[str], bool] = lambda _: True
        """Tells whether a charge point that nobody has adopted may come in and wait."""
        self._closing: set[asyncio.Task[None]] = set()

    # --- the server -----------------------------------------------------------------------------------

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        """Listen on a port of our own; 0 lets the system choose one. Raises ListenError."""
        # Before anybody calls: those who call together shall not wait for it, each by itself.
        await self._know_shapes()
        server = web.Server(
            self.handle, access_log=None, keepalive_timeout=HALF_OPEN, logger=HttpFaults()
        )
        runner = web.ServerRunner(server, shutdown_timeout=STOPPING_TIME)
        await runner.setup()
        try:
            listener = await asyncio.get_running_loop().create_server(
                Doorsteps(server) if tls is None else server,
                listened_on(host),
                port,
                ssl=tls,
                ssl_handshake_timeout=None if tls is None else HALF_OPEN,
                backlog=BACKLOG,
            )
        except (OSError, OverflowError, UnicodeError) as error:
            await runner.cleanup()
            raise ListenError(_cannot_listen(host, port, error), port) from error
        self._opened = Opened(runner=runner, listener=listener)
        self._port = int(listener.sockets[0].getsockname()[1])

    @property
    def port(self) -> int | None:
        """The port that chargers connect to; None while it does not listen on one of its own."""
        return self._port

    async def stop(self) -> None:
        """Close the port and every connection. The chargers' limits end by themselves."""
        opened, self._opened, self._port = self._opened, None, None
        if opened is not None:
            opened.listener.close()
        connections = [*self._connections.values()]
        await asyncio.gather(*(connection.close("Fusewise stops") for connection in connections))
        if opened is not None:
            await opened.runner.cleanup()
            opened.listener.abort_clients()  # who has not even said who they are
            await opened.listener.wait_closed()
        await asyncio.gather(*self._closing)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve one connection until it ends. Any aiohttp server may call this."""
        await self._pace.hearing.turn()
        if (answer := await self._turned_away(request)) is not None:
            return answer
        identity = identity_in(request) or ""
        shapes = await self._know_shapes()
        try:
            line = await accept(request)
        except web.HTTPBadRequest:
            return await self.gate.refuse(identity, request.remote or "", Refusal.NO_WEBSOCKET)
        if not isinstance(line, WebSocketLine):
            self.gate.note(identity, request.remote or "", Refusal.OTHER_VERSION)
            return line
        self.gate.welcome(identity, request.remote or "")
        connection = v16.ChargePoint16(
            identity, line, self._time_of_day, self._knocked, shapes, self._pace
        )
        self._connected(identity, connection)
        try:
            await connection.serve()
        finally:
            self._disconnected(identity, connection)
        return line.socket

    async def _know_shapes(self) -> Mapping[str, Shape]:
        if self._shapes is None:
            self._shapes = await asyncio.to_thread(v16.shapes)
        return self._shapes

    # --- who may come in ------------------------------------------------------------------------------

    async def _turned_away(self, request: web.BaseRequest) -> web.Response | None:
        """Return the answer for who may not come in; None for who may."""
        identity, remote = identity_in(request), request.remote or ""
        if (answer := await self.gate.check(request, identity or "")) is not None:
            return answer
        refusal: Refusal | None = None
        if not is_websocket(request):
            refusal = Refusal.NO_WEBSOCKET
        elif identity is None:
            refusal = Refusal.NO_IDENTITY
        elif identity not in self._stations and not self.lets_wait(identity):
            refusal = Refusal.UNKNOWN
        elif identity not in self._stations and len(self._waiting(identity)) >= MOST_WAITING:
            refusal = Refusal.TOO_MANY_WAITING
        return None if refusal is None else await self.gate.refuse(identity or "", remote, refusal)

    @property
    def chargers(self) -> Mapping[str, OcppCharger]:
        """The adopted chargers by identity."""
        return MappingProxyType(self._chargers)

    @property
    def pending(self) -> Mapping[str, StationInfo]:
        """The charge points that are connected and wait for adoption, by identity."""
        return MappingProxyType(self._pending)

    def subscribe(self, listener: Callable[[StationInfo], None]) -> Unsubscribe:
        """Call `listener` each time that a charge point boots, or asks something, that nobody has adopted."""
        return self._listeners.add(listener)

    def adopt(
        self,
        identity: str,
        settings: ChargerSettings | None = None,
        password_hash: str | None = None,
        serial: str | None = None,
    ) -> OcppCharger:
        """Let a charger in, connected or not yet; one that is in already gets the settings.

        Its connection of now is the one that its owner has seen and accepted; its password is wanted from
        the next one on.
        """
        settings = settings or ChargerSettings()
        station, connector = station_of(identity)
        if connector == FIRST or station not in self._chargers:  # all outlets have one line
            self.gate.lock(station, password_hash, serial)
        charger = self._chargers.get(identity)
        if charger is not None:
            charger.configure(settings)
            return charger
        charger = self._chargers[identity] = OcppCharger(identity, settings, self._clock)
        self._pending.pop(identity, None)
        outlets = self._stations.setdefault(station, {})
        outlets[connector] = charger
        if (connection := self._connections.get(station)) is not None:
            connection.let_in(outlets)
        return charger

    async def release(self, identity: str) -> None:
        """Let a charger go: it is kept waiting when it comes back. Its fall-back stays in it."""
        station, connector = station_of(identity)
        if self._chargers.pop(identity, None) is None:
            return
        outlets = self._stations[station]
        del outlets[connector]
        connection = self._connections.get(station)
        if connection is not None:
            connection.let_in(outlets)
        if outlets:
            return
        del self._stations[station]
        self.gate.unlock(station)
        if connection is not None:
            await connection.close("Released by Fusewise")

    async def send_strangers_away(self) -> None:
        """Hang up on those who wait for adoption and may not any more."""
        gone = [
            connection
            for identity, connection in self._connections.items()
            if identity not in self._stations and not self.lets_wait(identity)
        ]
        await asyncio.gather(*(connection.close("Not known here") for connection in gone))

    async def change_password(self, identity: str, password: str) -> PasswordChange:
        """Let a connected charger, adopted or not, use this password from its next connection on."""
        connection = self._connections.get(station_of(identity)[0])
        if connection is None:
            return PasswordChange.REFUSED
        return await connection.change_password(password)

    def _waiting(self, identity: str) -> list[str]:
        return [key for key in self._connections if key not in self._stations and key != identity]

    def _knocked(self, info: StationInfo) -> None:
        self._pending[info.identity] = info
        self._listeners.call(info)

    def _connected(self, identity: str, connection: Connection) -> None:
        before = self._connections.get(identity)
        self._connections[identity] = connection
        if before is not None:
            # A charger that lost its line comes back before we know of the loss: the newer one wins.
            _LOGGER.info(
                "Charge point %s connects anew; its earlier connection is closed (%s)",
                identity,
                NEWER_CONNECTION,
            )
            task = asyncio.create_task(before.close("A newer connection has come"))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
        if (outlets := self._stations.get(identity)) is not None:
            connection.let_in(outlets)

    def _disconnected(self, identity: str, connection: Connection) -> None:
        connection.let_in({})
        if self._connections.get(identity) is connection:
            del self._connections[identity]
            for waiting in [key for key in self._pending if station_of(key)[0] == identity]:
                del self._pending[waiting]


def listened_on(host: str) -> str | tuple[str, ...]:
    """Return what is listened on for a host: all that this machine has is IPv4 too, which `::` alone is not."""
    return ("0.0.0.0", "::") if host == "::" else host


def _cannot_listen(host: str, port: int, error: Exception) -> str:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return (
                f"Port {port} is in use by another program on this machine, often another OCPP server. "
                "Stop that, or choose another port here and in the chargers' settings."
            )
        case errno.EACCES | errno.EPERM:
            return f"Port {port} may not be opened by Home Assistant. Choose one above 1023."
    if isinstance(error, OverflowError):
        return f"{port} is no port. Choose one from 1024 to 65535."
    # asyncio gives no number for an address of another machine.
    return (
        f"{host} is not an address of this machine. Choose 0.0.0.0 for all that it has. ({error})"
    )
