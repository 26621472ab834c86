"""A small charge point, made with the `ocpp` package over `websockets`: strict in what it accepts.

It checks every message against the standard's schemas, and obeys its profiles as the standard says.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
import ssl
from typing import Any, override
from urllib.parse import quote

import ocpp.v16
from ocpp.v16.enums import Action
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

# The package's types are half of the truth: it takes words where it says enumerations.
_v16: Any = ocpp.v16
call, call_result = _v16.call, _v16.call_result

MAXIMUM = 32.0  # A: what it lets through where no profile is in force


class Clock:
    """Time as a test wants it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class WallClock(Clock):
    """The time that it is."""

    @override
    def __call__(self) -> float:
        return datetime.now(UTC).timestamp()


@dataclass(slots=True, kw_only=True)
class Peer:
    """One charge point, with whatever quirk a test gives it."""

    identity: str
    clock: Clock
    ahead: float = 0.0
    """s that its own clock is ahead of ours."""
    vendor: str = "Peer"
    boots: bool = True
    """It boots by itself when it connects."""
    configuration: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """key → (value, readonly), beside the usual ones."""
    refused_values: frozenset[str] = frozenset()
    """Values that no configuration key may have."""
    restarts_for: frozenset[str] = frozenset()
    """Configuration keys that count from its next start."""
    profile_status: Callable[[Mapping[str, Any]], str] = lambda _: "Accepted"
    """How it answers SetChargingProfile."""
    tells_schedule: bool = False
    """It answers GetCompositeSchedule."""
    schedule: float | None = None
    """A that it tells then, whatever is so."""
    refuses: bool = False
    """It does nothing that a person asks."""
    silent: frozenset[str] = frozenset()
    """Actions that it never answers."""
    boot_answer: Any = None
    password: str | bytes | None = None
    """What it shows when it connects."""
    tls: ssl.SSLContext | None = None
    maximum: float = MAXIMUM
    """What it lets through where no profile is in force, in the unit of its profiles."""
    status: str = "Available"
    meter_values: list[dict[str, Any]] | None = None
    """What it reports when it is triggered to."""
    transaction: int | None = None
    began: float = 0.0
    """When that began, in its own time."""
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Every call that it got, in order."""
    installed: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    """Its profiles by purpose and level in the stack."""
    ignored: frozenset[str] = frozenset()
    """Purposes that it accepts without effect."""
    _socket: ClientConnection | None = None
    _link: Any = None
    _saying: asyncio.Lock = field(default_factory=asyncio.Lock)
    """The package checks a message before it queues it, so that a later one may overtake it."""
    _swallowed: set[str] = field(default_factory=set)
    """Calls whose answers are never sent."""
    _tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        usual = {
            "ChargingScheduleAllowedChargingRateUnit": ("Current,Power", True),
            "ChargeProfileMaxStackLevel": ("8", True),
            "MeterValueSampleInterval": ("60", False),
            "MeterValuesSampledData": ("Energy.Active.Import.Register", False),
        }
        self.configuration = usual | self.configuration

    # --- its line -------------------------------------------------------------------------------------

    async def connect(self, port: int, prefix: str = "") -> None:
        """Come in, and boot."""
        self._socket = await connect(
            f"{'ws' if self.tls is None else 'wss'}://127.0.0.1:{port}/{prefix}"
            f"{quote(self.identity, safe='')}",
            subprotocols=[Subprotocol("ocpp1.6")],
            additional_headers=self._credentials(),
            ssl=self.tls,
            proxy=None,
        )
        self._link = _v16.ChargePoint(self.identity, self, response_timeout=5)
        self._link.route_map = {
            action: {"_on_action": self._on(action), "_skip_schema_validation": False}
            for action in (
                Action.change_availability,
                Action.change_configuration,
                Action.get_diagnostics,
                Action.update_firmware,
                Action.clear_charging_profile,
                *((Action.get_composite_schedule,) if self.tells_schedule else ()),
                Action.get_configuration,
                Action.remote_start_transaction,
                Action.remote_stop_transaction,
                Action.reset,
                Action.set_charging_profile,
                Action.trigger_message,
                Action.unlock_connector,
            )
        }
        self._spawn(self._listen())
        if self.boots:
            await self.boot()

    def _credentials(self) -> dict[str, str]:
        if self.password is None:
            return {}
        secret = self.password.encode() if isinstance(self.password, str) else self.password
        pair = base64.b64encode(self.identity.encode() + b":" + secret).decode()
        return {"Authorization": f"Basic {pair}"}

    async def _listen(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            await self._link.start()

    async def recv(self) -> Any:
        assert self._socket is not None
        return await self._socket.recv()

    async def send(self, text: str) -> None:
        assert self._socket is not None
        kind, key, *_ = json.loads(text)
        if kind == 2 or key not in self._swallowed:
            await self._socket.send(text)

    async def cut(self) -> None:
        """Lose the line without a goodbye."""
        assert self._socket is not None
        self._socket.transport.abort()
        await self._socket.wait_closed()

    async def closed(self) -> int:
        """Wait until the line is closed from the other side; return the code."""
        assert self._socket is not None
        await self._socket.wait_closed()
        return self._socket.close_code or 0

    async def leave(self) -> None:
        """Close the line and end everything."""
        if self._socket is not None:
            await self._socket.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Awaitable[Any]) -> None:
        self._tasks.append(asyncio.ensure_future(work))

    # --- what it says ---------------------------------------------------------------------------------

    def stamp(self, ago: float = 0.0) -> str:
        """Its own time, as it writes it."""
        moment = datetime.fromtimestamp(self.clock() + self.ahead - ago, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    async def say(self, message: Any) -> Any:
        """Send a call, or what builds one when it is its turn; return the answer.

        Raises the package's error for a CALLERROR.
        """
        async with self._saying:
            built = message() if callable(message) else message
            return await self._link.call(built, suppress=False)

    async def boot(self) -> Any:
        self.boot_answer = await self.say(
            call.BootNotification(
                charge_point_model="Small",
                charge_point_vendor=self.vendor,
                charge_point_serial_number="S-1",
                firmware_version="1.0",
            )
        )
        return self.boot_answer

    async def tell_status(self, status: str | None = None, connector: int = 1) -> None:
        if connector == 1:
            self.status = status or self.status
        await self.say(
            lambda: call.StatusNotification(
                connector_id=connector,
                error_code="NoError",
                status=status or self.status,
                timestamp=self.stamp(),
            )
        )

    async def start(self, **changes: Any) -> Any:
        """Begin a transaction; return the whole answer."""
        message = {"connector_id": 1, "id_tag": "TAG", "meter_start": 0, "timestamp": self.stamp()}

        def begin() -> Any:
            self.status = "Preparing"  # not before: a status that waits for its turn would tell it
            return call.StartTransaction(**(message | changes))

        answer = await self.say(begin)
        if answer.id_tag_info["status"] == "Accepted":
            self.transaction = answer.transaction_id
            self.began = self.clock() + self.ahead
            self.status = "Charging"
        return answer

    async def stop(self) -> None:
        assert self.transaction is not None
        await self.say(
            call.StopTransaction(
                meter_stop=0, timestamp=self.stamp(), transaction_id=self.transaction
            )
        )
        self.transaction = None
        self.status = "Finishing"
        self._forget("TxProfile")

    async def measure(
        self, *sampled: dict[str, Any], ago: float = 0.0, transaction: int | None = None
    ) -> None:
        """Report values of one moment."""
        await self.say(
            call.MeterValues(
                connector_id=1,
                meter_value=[{"timestamp": self.stamp(ago), "sampled_value": list(sampled)}],
                transaction_id=self.transaction if transaction is None else transaction,
            )
        )

    # --- what it hears --------------------------------------------------------------------------------

    def _on(self, action: str) -> Callable[..., Any]:
        def handle(call_unique_id: str, **payload: Any) -> Any:
            self.heard.append((action, payload))
            if action in self.silent:
                self._swallowed.add(call_unique_id)
            return getattr(self, f"_{action}")(**payload)

        return handle

    def _RemoteStartTransaction(self, **_: Any) -> Any:  # noqa: N802 - the message's name
        return call_result.RemoteStartTransaction("Rejected" if self.refuses else "Accepted")

    def _RemoteStopTransaction(self, **_: Any) -> Any:  # noqa: N802
        return call_result.RemoteStopTransaction("Rejected" if self.refuses else "Accepted")

    def _ChangeAvailability(self, **_: Any) -> Any:  # noqa: N802
        return call_result.ChangeAvailability("Rejected" if self.refuses else "Scheduled")

    def _UpdateFirmware(self, **_: Any) -> Any:  # noqa: N802
        self._spawn(self.say(call.FirmwareStatusNotification(status="Downloading")))
        return call_result.UpdateFirmware()

    def _GetDiagnostics(self, **_: Any) -> Any:  # noqa: N802
        return call_result.GetDiagnostics(None if self.refuses else "log.zip")

    def _Reset(self, **_: Any) -> Any:  # noqa: N802
        return call_result.Reset("Rejected" if self.refuses else "Accepted")

    def _UnlockConnector(self, **_: Any) -> Any:  # noqa: N802
        return call_result.UnlockConnector("NotSupported" if self.refuses else "Unlocked")

    def _GetConfiguration(self, key: list[str] | None = None) -> Any:  # noqa: N802
        key = key or list(self.configuration)
        return call_result.GetConfiguration(
            configuration_key=[
                {"key": k, "readonly": self.configuration[k][1], "value": self.configuration[k][0]}
                for k in key
                if k in self.configuration
            ],
            unknown_key=[k for k in key if k not in self.configuration],
        )

    def _ChangeConfiguration(self, key: str, value: str) -> Any:  # noqa: N802
        if value in self.refused_values or self.configuration.get(key, ("", False))[1]:
            return call_result.ChangeConfiguration(status="Rejected")
        self.configuration[key] = (value, False)
        return call_result.ChangeConfiguration(
            status="RebootRequired" if key in self.restarts_for else "Accepted"
        )

    def _SetChargingProfile(self, connector_id: int, cs_charging_profiles: Any) -> Any:  # noqa: N802
        profile = cs_charging_profiles
        purpose = profile["charging_profile_purpose"]
        status = self.profile_status(profile)
        if purpose == "TxProfile" and self.transaction is None:
            status = "Rejected"
        if connector_id != (1 if purpose == "TxProfile" else 0):
            status = "Rejected"
        if status == "Accepted" and purpose not in self.ignored:
            self.installed[purpose, profile["stack_level"]] = profile
        return call_result.SetChargingProfile(status=status)

    def _ClearChargingProfile(  # noqa: N802
        self, charging_profile_purpose: str | None = None, connector_id: int = 0
    ) -> Any:
        known = self._forget(charging_profile_purpose)
        return call_result.ClearChargingProfile(status="Accepted" if known else "Unknown")

    def _GetCompositeSchedule(  # noqa: N802
        self, connector_id: int, duration: int, charging_rate_unit: str
    ) -> Any:
        shown = self.let_through() if self.schedule is None else self.schedule
        return call_result.GetCompositeSchedule(
            status="Accepted",
            connector_id=connector_id,
            charging_schedule={
                "duration": duration,
                "charging_rate_unit": charging_rate_unit,
                "charging_schedule_period": [{"start_period": 0, "limit": shown}],
            },
        )

    def _forget(self, purpose: str | None) -> bool:
        """Take all profiles away, or those of a purpose; return whether there were any."""
        before = len(self.installed)
        self.installed = {
            key: it for key, it in self.installed.items() if purpose not in (None, key[0])
        }
        return len(self.installed) < before

    def _TriggerMessage(self, requested_message: str, connector_id: int | None = None) -> Any:  # noqa: N802
        match requested_message:
            case "BootNotification":
                self._spawn(self.boot())
            case "StatusNotification":
                self._spawn(self.tell_status())
            case "MeterValues" if self.meter_values is not None:
                self._spawn(self.measure(*self.meter_values))
            case _:
                return call_result.TriggerMessage(status="Rejected")
        return call_result.TriggerMessage(status="Accepted")

    def told(self, purpose: str) -> list[dict[str, Any]]:
        """Every profile of a purpose that it was sent, in order."""
        return [
            payload["cs_charging_profiles"]
            for action, payload in self.heard
            if action == "SetChargingProfile"
            and payload["cs_charging_profiles"]["charging_profile_purpose"] == purpose
        ]

    def let_through(self) -> float:
        """A per phase that its profiles allow now, in its own time."""
        of_transaction = self._limit("TxProfile")
        if of_transaction is None:
            of_transaction = self._limit("TxDefaultProfile")
        limits = (of_transaction, self._limit("ChargePointMaxProfile"), self.maximum)
        return min(limit for limit in limits if limit is not None)

    def _limit(self, wanted: str) -> float | None:
        """A of the highest profile of a purpose that is in force."""
        for (purpose, _), profile in sorted(self.installed.items(), reverse=True):
            schedule = profile["charging_schedule"]
            began = self.began
            if (start := schedule.get("start_schedule")) is not None:
                began = datetime.fromisoformat(start).timestamp()
            since = self.clock() + self.ahead - began
            in_force = 0.0 <= since < schedule.get("duration", float("inf"))
            if purpose == wanted and in_force:
                return float(schedule["charging_schedule_period"][0]["limit"])
        return None


def current(amperes: float, phase: str | None = None, **more: Any) -> dict[str, Any]:
    """A sampled current."""
    value = {"value": str(amperes), "measurand": "Current.Import", "unit": "A", "phase": phase}
    return {key: item for key, item in (value | more).items() if item is not None}
