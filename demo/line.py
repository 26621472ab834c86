"""A charge point's line to its central system: OCPP 1.6J over a websocket that comes back by itself."""

import asyncio
import contextlib
import logging
from typing import Any

from ocpp.v16 import ChargePoint, call
from ocpp.v16.enums import Reason
from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import CloseCode
from websockets.typing import Subprotocol

from .answers import Answers
from .outbox import Message
from .station import REBOOT_SECONDS, Station

_LOGGER = logging.getLogger(__name__)

_BACK_OFF = (1.0, 2.0, 4.0, 8.0)  # s; a real charge point waits longer, up to minutes
_BOOT_PAUSE = 10.0  # s between boots where the central system names no interval
_HEARTBEAT = 300  # s, likewise
_CHARGE_POINT: Any = ChargePoint  # the library has no types


class _NotAcceptedError(Exception):
    """The central system turned the boot down: the line is closed for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The central system has rejected the boot; again in {seconds:g} s.")
        self.seconds = seconds


class Line:
    """Keeps one station connected to `url` for as long as `run` runs."""

    def __init__(self, station: Station, url: str) -> None:
        self._station = station
        self._url = f"{url.rstrip('/')}/{station.id}"
        self._wire: _Wire | None = None
        self._passable = asyncio.Event()
        self._passable.set()
        self._boot_asked = asyncio.Event()
        self._restarts = 0

    # --- faults ------------------------------------------------------------------------------------

    def cut(self) -> None:
        """Cut the line; it stays cut until `restore`."""
        self._passable.clear()
        if self._wire:
            self._wire.abort()

    def hang(self) -> None:
        """Swallow everything in both directions while the connection looks alive, until `restore`."""
        self._passable.clear()
        if self._wire:
            self._wire.hang()

    def restore(self) -> None:
        self._passable.set()
        if self._wire:
            self._wire.resume()

    async def babble(self) -> None:
        """Send something that is not OCPP."""
        if self._wire:
            await self._wire.send('[2,"broken", "MeterValues", {"connectorId":')

    # --- the line ----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect, boot, and speak, again and again."""
        failures = 0
        while True:
            await self._passable.wait()
            pause = _BACK_OFF[min(failures, len(_BACK_OFF) - 1)]
            restarts = self._restarts
            try:
                await self._speak()
            except* _NotAcceptedError as group:
                pause = max(error.seconds for error in _leaves(group))
            except* Exception as group:  # noqa: BLE001 - whatever it was, a charge point comes back
                reasons = "; ".join(str(error) or repr(error) for error in _leaves(group))
                _LOGGER.info("%s: no line: %s", self._station.id, reasons)
            failures = 0 if self._station.online else failures + 1
            if self._station.online:
                self._station.record("line_lost", charger=self._station.id)
                pause = _BACK_OFF[0]
            self._station.line_lost()
            await asyncio.sleep(REBOOT_SECONDS if restarts != self._restarts else pause)

    async def _speak(self) -> None:
        socket = await connect(
            self._url,
            subprotocols=[Subprotocol("ocpp1.6")],
            close_timeout=1,
            compression=None,
            proxy=None,
        )
        self._wire = _Wire(socket)
        link = _CHARGE_POINT(self._station.id, self._wire)
        answers = Answers(self._station, boot=self._boot_asked.set, restart=self._restart)
        link.route_map = answers.routes()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(link.start())
                tasks.create_task(self._operate(link))
        finally:
            self._wire = None
            await socket.close(CloseCode.GOING_AWAY)

    async def _operate(self, link: Any) -> None:
        await self._boot(link)
        station = self._station
        station.online = True
        station.record("line_up", charger=station.id)
        station.tell_whole_status()
        station.tell_status()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._say(link))
            tasks.create_task(self._beat())
            tasks.create_task(self._boot_when_asked(link))

    async def _boot(self, link: Any) -> None:
        """Boot until accepted. While pending, the central system may ask and set, and trigger a boot."""
        while True:
            self._boot_asked.clear()
            answer = await link.call(_boot_notification(self._station))
            if answer is not None and answer.status == "Accepted":
                self._station.configuration.set_heartbeat(answer.interval or _HEARTBEAT)
                return
            seconds = (answer.interval if answer else 0) or _BOOT_PAUSE
            if answer is not None and answer.status == "Rejected":
                raise _NotAcceptedError(seconds)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._boot_asked.wait(), seconds)

    async def _boot_when_asked(self, link: Any) -> None:
        while True:
            await self._boot_asked.wait()
            await self._boot(link)

    async def _say(self, link: Any) -> None:
        outbox = self._station.outbox
        while True:
            message = await outbox.first()
            try:
                answer = await link.call(message.build())
            except TimeoutError:
                self._failed(message)
                raise
            if answer is None and message.kept and self._failed(message):
                await asyncio.sleep(message.failures)
                continue
            outbox.done(message)
            message.answered(answer)

    def _failed(self, message: Message) -> bool:
        """Count a failure; True if the message is to be said again. One that never works must not stop the rest."""
        message.failures += 1
        attempts = self._station.configuration.number("TransactionMessageAttempts")
        if message.failures < attempts:
            return True
        self._station.outbox.done(message)
        return False

    async def _beat(self) -> None:
        while True:
            interval = self._station.configuration.number("HeartbeatInterval")
            await asyncio.sleep(interval or _HEARTBEAT)
            self._station.tell_heartbeat()

    def _restart(self, reason: Reason) -> None:
        self._station.reboot(reason)
        self._restarts += 1
        if self._wire:
            self._wire.abort()


class _Wire:
    """What the `ocpp` package speaks over; it can be broken on purpose."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._hangs = False

    async def recv(self) -> str | bytes:
        return await self._socket.recv()

    async def send(self, text: str) -> None:
        if not self._hangs:
            await self._socket.send(text)

    def abort(self) -> None:
        self._socket.transport.abort()

    def hang(self) -> None:
        self._hangs = True
        self._socket.transport.pause_reading()

    def resume(self) -> None:
        if self._hangs:
            self._hangs = False
            self._socket.transport.resume_reading()


def _boot_notification(station: Station) -> Any:
    phases = len(station.charger.wiring)
    return call.BootNotification(
        charge_point_vendor="Fusewise demo",
        charge_point_model=f"{phases}-phase {station.charger.maximum:g} A",
        charge_point_serial_number=station.id,
        firmware_version="1.0",
    )


def _leaves(group: BaseExceptionGroup[Any]) -> list[Any]:
    leaves: list[Any] = []
    for error in group.exceptions:
        leaves += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return leaves
