"""A charge point in plain JSON over a bare websocket, with outlets, profiles and cars: any make can be made of it.

It shares no code with Fusewise, and none with the `ocpp` package.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
import itertools
import json
import ssl
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from custom_components.fusewise.devices import DeviceError
from custom_components.fusewise.devices.ocpp import CentralSystem, OcppCharger

from .peer import Clock

VOLTAGE = 230.0
MAXIMUM = 32.0  # A: what it lets through where no profile is in force

type Payload = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Outlet:
    """One socket, and the car at it."""

    transaction: int | None = None
    began: float = 0.0
    wants: float = 0.0
    """A of the car on each phase; 0: there is none."""
    register: float = 0.0
    """Wh."""


@dataclass(slots=True, kw_only=True)
class Profile:
    """A profile as it was taken in."""

    connector: int
    at: float
    data: Mapping[str, Any]

    @property
    def purpose(self) -> str:
        return str(self.data["chargingProfilePurpose"])


@dataclass(slots=True, kw_only=True)
class Box:
    """One charge point; a make overrides what it does otherwise."""

    clock: Clock
    identity: str = "box"
    outlets: dict[int, Outlet] = field(default_factory=lambda: {1: Outlet()})
    phases: int = 3
    """Of its cars."""
    units: str = "Current,Power"
    stack_levels: int = 8
    most_profiles: int = 20
    boots_with: Mapping[str, Any] = field(
        default_factory=lambda: {"chargePointVendor": "Box", "chargePointModel": "One"}
    )
    refuses: frozenset[str] = frozenset()
    """Actions that it does not implement."""
    configuration: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[str, Payload]] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    profile_status: Callable[[int, Mapping[str, Any]], str] = lambda *_: "Accepted"
    sampled: Callable[[Box, int, float], list[Payload]] = lambda box, _, amperes: [
        {"value": f"{amperes}", "measurand": "Current.Import", "unit": "A", "phase": f"L{n}"}
        for n in range(1, box.phases + 1)
    ]
    """How it tells what an outlet draws."""
    names_transaction: bool = True
    answer: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]] = lambda send: send()
    """When and in which order it sends its answers."""
    socket: ClientConnection | None = None
    _keys: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _awaited: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    # --- its line -------------------------------------------------------------------------------------

    async def come(
        self,
        port: int,
        path: str | None = None,
        *,
        boots: bool = True,
        protocols: tuple[str, ...] | None = ("ocpp1.6",),
        tls: ssl.SSLContext | None = None,
        **options: Any,
    ) -> None:
        """Connect; begin to listen; boot."""
        self.socket = await connect(
            f"{'ws' if tls is None else 'wss'}://127.0.0.1:{port}/{path or self.identity}",
            subprotocols=None if protocols is None else [Subprotocol(name) for name in protocols],
            proxy=None,
            ssl=tls,
            **options,
        )
        self._spawn(self._listen())
        if boots:
            assert (await self.say("BootNotification", self.boots_with))["status"]

    async def go(self) -> None:
        """Hang up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.socket is not None:
            await self.socket.close()

    async def say(self, action: str, payload: Mapping[str, Any]) -> Any:
        """Make a call; return the answer, or the code of an error."""
        key = str(next(self._keys))
        self._awaited[key] = asyncio.get_running_loop().create_future()
        assert self.socket is not None
        await self.socket.send(self.spell([2, key, action, payload]))
        async with asyncio.timeout(5):
            return await self._awaited[key]

    def spell(self, message: list[Any]) -> Any:
        """Write a message: text, or pieces of it."""
        return json.dumps(message)

    async def _listen(self) -> None:
        assert self.socket is not None
        with contextlib.suppress(ConnectionClosed):
            async for text in self.socket:
                kind, key, *rest = json.loads(text)
                if kind == 2:
                    self._spawn(self._hear(key, *rest))
                elif key in self._awaited:
                    self._awaited.pop(key).set_result(rest[0])

    async def _hear(self, key: str, action: str, payload: Payload) -> None:
        self.heard.append((action, payload))
        handler = getattr(self, f"on_{action}", None)
        if handler is None or action in self.refuses:
            message = [4, key, "NotImplemented", "", {}]
        else:
            message = [3, key, handler(**payload)]

        async def send() -> None:
            assert self.socket is not None
            with contextlib.suppress(ConnectionClosed):
                await self.socket.send(self.spell(message))

        await self.answer(send)

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- what it says ---------------------------------------------------------------------------------

    def stamp(self) -> str:
        return datetime.fromtimestamp(self.clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    async def tell_status(self, status: str, connector: int = 1) -> None:
        payload = {"connectorId": connector, "errorCode": "NoError", "status": status}
        assert await self.say("StatusNotification", payload) == {}

    async def plug(self, wants: float = 16.0, connector: int = 1, said: int | None = None) -> Any:
        """A car begins; `said` is the connector that the box names. Return the answer."""
        outlet = self.outlets[connector]
        answer = await self.say(
            "StartTransaction",
            {
                "connectorId": connector if said is None else said,
                "idTag": "CARD",
                "meterStart": int(outlet.register),
                "timestamp": self.stamp(),
            },
        )
        if answer["idTagInfo"]["status"] == "Accepted":
            outlet.transaction, outlet.began = answer["transactionId"], self.clock()
            outlet.wants = wants
        return answer

    async def unplug(self, connector: int = 1) -> None:
        outlet = self.outlets[connector]
        payload = {
            "transactionId": outlet.transaction,
            "meterStop": int(outlet.register),
            "timestamp": self.stamp(),
            "reason": "EVDisconnected",
        }
        outlet.transaction, outlet.wants = None, 0.0
        assert "idTagInfo" in await self.say("StopTransaction", payload)

    async def measure(self, connector: int = 1, said: int | None = None) -> None:
        """Tell what an outlet draws."""
        outlet = self.outlets[connector]
        payload: Payload = {
            "connectorId": connector if said is None else said,
            "meterValue": [
                {
                    "timestamp": self.stamp(),
                    "sampledValue": self.sampled(self, connector, self.draws(connector)),
                }
            ],
        }
        if self.names_transaction and outlet.transaction is not None:
            payload["transactionId"] = outlet.transaction
        assert await self.say("MeterValues", payload) == {}

    # --- what it hears --------------------------------------------------------------------------------

    def on_GetConfiguration(self, key: list[str] | None = None) -> Payload:  # noqa: N802 - the message's name
        known = {
            "ChargingScheduleAllowedChargingRateUnit": self.units,
            "ChargeProfileMaxStackLevel": str(self.stack_levels),
            "MaxChargingProfilesInstalled": str(self.most_profiles),
            **self.configuration,
        }
        wanted = key or list(known)
        found = [{"key": k, "readonly": False, "value": known[k]} for k in wanted if k in known]
        return {"configurationKey": found, "unknownKey": [k for k in wanted if k not in known]}

    def on_ChangeConfiguration(self, key: str, value: str) -> Payload:  # noqa: N802
        self.configuration[key] = value
        return {"status": "Accepted"}

    def on_TriggerMessage(self, **_: Any) -> Payload:  # noqa: N802
        return {"status": "NotImplemented"}

    def on_ClearChargingProfile(  # noqa: N802
        self,
        connectorId: int | None = None,  # noqa: N803
        chargingProfilePurpose: str | None = None,  # noqa: N803
    ) -> Payload:
        kept = [
            each
            for each in self.profiles
            if connectorId not in (None, each.connector)
            or chargingProfilePurpose not in (None, each.purpose)
        ]
        known, self.profiles = len(kept) < len(self.profiles), kept
        return {"status": "Accepted" if known else "Unknown"}

    def on_SetChargingProfile(  # noqa: N802
        self,
        connectorId: int,  # noqa: N803
        csChargingProfiles: Payload,  # noqa: N803
    ) -> Payload:
        new, schedule = csChargingProfiles, csChargingProfiles["chargingSchedule"]
        status = self.profile_status(connectorId, new)
        unit = {"A": "Current", "W": "Power"}[schedule["chargingRateUnit"]]
        if unit not in self.units.split(",") or new["stackLevel"] > self.stack_levels:
            status = "Rejected"
        if new["chargingProfilePurpose"] == "TxProfile":
            outlet = self.outlets.get(connectorId)
            if outlet is None or new.get("transactionId") not in (None, outlet.transaction):
                status = "Rejected"
        kept = [each for each in self.profiles if not _replaces(new, connectorId, each)]
        if len(kept) >= self.most_profiles:
            status = "Rejected"
        if status == "Accepted":
            self.profiles = [*kept, Profile(connector=connectorId, at=self.clock(), data=new)]
        return {"status": status}

    def on_RemoteStopTransaction(self, transactionId: int) -> Payload:  # noqa: N802, N803
        for connector, outlet in self.outlets.items():
            if outlet.transaction == transactionId:
                self._spawn(self.unplug(connector))
                return {"status": "Accepted"}
        return {"status": "Rejected"}

    def on_UnlockConnector(self, connectorId: int) -> Payload:  # noqa: N802, N803
        return {"status": "Unlocked" if connectorId in self.outlets else "NotSupported"}

    # --- what it lets through -------------------------------------------------------------------------

    def draws(self, connector: int = 1) -> float:
        """A on each phase of the car at an outlet."""
        limit = self.limit(connector)
        return 0.0 if limit < 6.0 else min(limit, self.outlets[connector].wants)

    def limit(self, connector: int = 1) -> float:
        """A that the profiles allow now."""
        allowed = self._best("TxProfile", connector)
        if allowed is None:
            allowed = self._best("TxDefaultProfile", connector)
        if allowed is None:
            allowed = self._best("TxDefaultProfile", 0)
        station = self._best("ChargePointMaxProfile", 0)
        return min(each for each in (allowed, station, MAXIMUM) if each is not None)

    def _best(self, purpose: str, connector: int) -> float | None:
        found = [
            (each.data["stackLevel"], amperes)
            for each in self.profiles
            if (each.purpose, each.connector) == (purpose, connector)
            and (amperes := self._in_force(each, connector)) is not None
        ]
        return max(found)[1] if found else None

    def _in_force(self, profile: Profile, connector: int) -> float | None:
        schedule = profile.data["chargingSchedule"]
        began = self.outlets[connector].began if connector else profile.at
        if (start := schedule.get("startSchedule")) is not None:
            began = datetime.fromisoformat(start).timestamp()
        since = self.clock() - began
        if not 0 <= since < schedule.get("duration", float("inf")):
            return None
        periods = [p for p in schedule["chargingSchedulePeriod"] if p["startPeriod"] <= since]
        limit = float(periods[-1]["limit"])
        if schedule["chargingRateUnit"] == "A":
            return limit
        return limit / VOLTAGE / self.phases


def _replaces(new: Mapping[str, Any], connector: int, old: Profile) -> bool:
    same_id = new["chargingProfileId"] == old.data["chargingProfileId"]
    same_place = (connector, new["stackLevel"], new["chargingProfilePurpose"]) == (
        old.connector,
        old.data["stackLevel"],
        old.purpose,
    )
    return same_id or same_place


@contextlib.asynccontextmanager
async def at_home(box: Box, central: CentralSystem, **options: Any) -> AsyncGenerator[Box]:
    """Have it connected for the time of a test."""
    assert central.port is not None
    await box.come(central.port, **options)
    try:
        yield box
    finally:
        await box.go()


async def balance(
    charger: OcppCharger,
    box: Box,
    amperes: float,
    *,
    seconds: float = 60.0,
    connector: int = 1,
    said: int | None = None,
) -> None:
    """Let time pass, in which the charger is told a limit each second or so, and measures every 5 s."""
    for _ in range(round(seconds / 5)):
        box.clock.advance(5.0)
        with contextlib.suppress(DeviceError):
            await charger.apply(amperes)
        await box.measure(connector, said)
