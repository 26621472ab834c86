"""A small OCPP 1.6 central system to test charge points against: it notes what it hears."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import ocpp.routing
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.datatypes import IdTagInfo
from ocpp.v16.enums import Action, AuthorizationStatus, RegistrationStatus
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from demo import clock

_routing: Any = ocpp.routing
_CHARGE_POINT: Any = ChargePoint


def on(action: Action) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return cast("Callable[[Callable[..., Any]], Callable[..., Any]]", _routing.on(action))


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait until `condition` holds. TimeoutError if it does not."""
    async with asyncio.timeout(seconds):
        while True:
            if condition():
                return
            await asyncio.sleep(0.02)


class Central:
    """Accepts every charge point; `boots` and `tag_status` change that."""

    def __init__(self) -> None:
        self.url = ""
        self.boots: list[tuple[RegistrationStatus, int]] = []
        """Answers to the next boots; then Accepted."""
        self.tag_status = AuthorizationStatus.accepted
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.garbage: list[str] = []
        self.connections = 0
        self._link: Any = None
        self._news = asyncio.Condition()
        self._transactions = 0

    async def hears(self, action: str, seconds: float = 10.0, **wanted: Any) -> dict[str, Any]:
        """Wait for the first `action` whose payload has `wanted`, and return its payload."""

        def found() -> dict[str, Any] | None:
            for name, payload in self.heard:
                if name == action and wanted.items() <= payload.items():
                    return payload
            return None

        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: found() is not None)
        return found() or {}

    def count(self, action: str) -> int:
        return sum(name == action for name, _ in self.heard)

    async def call(self, payload: Any) -> Any:
        """Call the charge point."""
        return await self._link.call(payload)

    async def set_limit(
        self,
        amperes: float,
        purpose: str = "TxDefaultProfile",
        *,
        id_: int = 1,
        stack_level: int = 0,
        connector: int = 1,
        **schedule: Any,
    ) -> str:
        """Set a charging profile; return the answer's status."""
        profile = {
            "charging_profile_id": id_,
            "stack_level": stack_level,
            "charging_profile_purpose": purpose,
            "charging_profile_kind": "Absolute",
            "charging_schedule": {
                "start_schedule": clock.iso(clock.now()),
                "charging_rate_unit": "A",
                "charging_schedule_period": [{"start_period": 0, "limit": amperes}],
                **schedule,
            },
        }
        answer = await self.call(
            call.SetChargingProfile(connector_id=connector, cs_charging_profiles=profile)
        )
        return str(answer.status)

    async def drop(self) -> None:
        """Close the line from this side."""
        await self._link._connection.close()

    async def note(self, action: str, payload: dict[str, Any]) -> None:
        async with self._news:
            self.heard.append((action, payload))
            self._news.notify_all()

    async def serve(self, socket: ServerConnection) -> None:
        self.connections += 1
        self._link = _CHARGE_POINT("station", _Listening(socket, self), response_timeout=5)
        self._link.route_map = _routing.create_route_map(_Handlers(self))
        with suppress(ConnectionClosed):
            await self._link.start()

    def next_transaction(self) -> int:
        self._transactions += 1
        return self._transactions


class _Listening:
    """The socket, as the `ocpp` package wants it; what is not JSON is noted."""

    def __init__(self, socket: ServerConnection, central: Central) -> None:
        self._socket, self._central = socket, central
        self.send = socket.send
        self.close = socket.close

    async def recv(self) -> str | bytes:
        frame = await self._socket.recv()
        if not str(frame).endswith("]"):
            self._central.garbage.append(str(frame))
        return frame


class _Handlers:
    def __init__(self, central: Central) -> None:
        self._central = central

    @on(Action.boot_notification)
    async def on_boot(self, **payload: Any) -> Any:
        boots = self._central.boots
        status, interval = boots.pop(0) if boots else (RegistrationStatus.accepted, 300)
        await self._central.note("BootNotification", payload)
        return call_result.BootNotification(
            current_time=clock.iso(clock.now()), interval=interval, status=status
        )

    @on(Action.authorize)
    async def on_authorize(self, **payload: Any) -> Any:
        await self._central.note("Authorize", payload)
        return call_result.Authorize(id_tag_info=IdTagInfo(status=self._central.tag_status))

    @on(Action.start_transaction)
    async def on_start(self, **payload: Any) -> Any:
        id_ = self._central.next_transaction()
        await self._central.note("StartTransaction", {**payload, "id": id_})
        return call_result.StartTransaction(
            transaction_id=id_, id_tag_info=IdTagInfo(status=self._central.tag_status)
        )

    @on(Action.stop_transaction)
    async def on_stop(self, **payload: Any) -> Any:
        await self._central.note("StopTransaction", payload)
        return call_result.StopTransaction()

    @on(Action.heartbeat)
    async def on_heartbeat(self) -> Any:
        await self._central.note("Heartbeat", {})
        return call_result.Heartbeat(current_time=clock.iso(clock.now()))

    @on(Action.status_notification)
    async def on_status(self, **payload: Any) -> Any:
        await self._central.note("StatusNotification", payload)
        return call_result.StatusNotification()

    @on(Action.meter_values)
    async def on_meter_values(self, **payload: Any) -> Any:
        await self._central.note("MeterValues", payload)
        return call_result.MeterValues()


@asynccontextmanager
async def central_system() -> AsyncIterator[Central]:
    """A central system on a port that the system chose."""
    central = Central()
    async with serve(
        central.serve, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")], compression=None
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        central.url = f"ws://127.0.0.1:{port}"
        yield central
