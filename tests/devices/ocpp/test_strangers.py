"""Charge points of any make are understood: numbers as texts, other capitals, fields that are not there."""

import asyncio
import base64
from collections.abc import AsyncIterator
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from custom_components.fusewise.balancing.model import ChargerStatus
from custom_components.fusewise.devices import DeviceRefusedError
from custom_components.fusewise.devices.ocpp import (
    CentralSystem,
    OcppCharger,
    SessionBegan,
    SessionEvent,
)
from custom_components.fusewise.devices.ocpp.shapes import number_of

NOON = "2026-11-20T12:00:00Z"


class Stranger:
    """A charge point in plain JSON, which answers our calls as it likes."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.heard: list[tuple[str, Any]] = []
        self.answers: dict[str, Any] = {}

    async def say(self, action: str, payload: Any) -> Any:
        """Make a call, answer what is asked meanwhile, return the answer's payload or the error."""
        key = f"{len(self.heard)}{action}"
        await self.socket.send(json.dumps([2, key, action, payload]))
        while True:
            message = json.loads(await self.socket.recv())
            if message[0] == 2:
                await self._hear(message)
            elif message[1] == key:
                return message[2] if message[0] == 3 else message[2:4]

    async def listen(self) -> None:
        """Answer what is asked, for ever."""
        async for text in self.socket:
            await self._hear(json.loads(text))

    async def _hear(self, message: list[Any]) -> None:
        _, key, action, payload = message
        self.heard.append((action, payload))
        await self.socket.send(
            json.dumps([3, key, self.answers.get(action, {"status": "Accepted"})])
        )


@pytest.fixture
def charger(central: CentralSystem) -> OcppCharger:
    return central.adopt("garage")


@pytest.fixture
async def stranger(central: CentralSystem, charger: OcppCharger) -> AsyncIterator[Stranger]:
    url = f"ws://127.0.0.1:{central.port}/garage"
    async with connect(url, subprotocols=[Subprotocol("ocpp1.6")], proxy=None) as socket:
        yield Stranger(socket)


async def test_numbers_may_be_texts_and_texts_numbers(
    stranger: Stranger, charger: OcppCharger
) -> None:
    boot = {"chargePointVendor": 7, "chargePointModel": 22.5, "firmwareVersion": 3}
    assert (await stranger.say("BootNotification", boot))["status"] == "Accepted"
    assert charger.info is not None
    assert (charger.info.vendor, charger.info.model, charger.info.firmware) == ("7", "22.5", "3")
    begun = {"connectorId": "1", "idTag": 1234, "meterStart": "1500.7", "timestamp": NOON}
    number = (await stranger.say("StartTransaction", begun))["transactionId"]
    sampled = [{"value": "7,5", "measurand": "Current.Import", "phase": "L1"}]
    measured = {
        "connectorId": 1.0,
        "transactionId": str(number),
        "meterValue": [{"timestamp": NOON, "sampledValue": sampled}],
    }
    assert await stranger.say("MeterValues", measured) == {}
    assert charger.reading.current == (7.5, 0.0, 0.0)
    ended = {"transactionId": f" {number} ", "meterStop": "1600", "timestamp": NOON, "idTag": 1234}
    assert "idTagInfo" in await stranger.say("StopTransaction", ended)
    assert charger.reading.session is None


async def test_capitals_do_not_matter(stranger: Stranger, charger: OcppCharger) -> None:
    answer = await stranger.say(
        "bootnotification", {"ChargePointVendor": "x", "CHARGEPOINTMODEL": "y"}
    )
    assert answer["status"] == "Accepted"
    for said, meant in (
        ("available", ChargerStatus.AVAILABLE),
        ("PREPARING", ChargerStatus.PREPARING),
        ("suspended_ev", ChargerStatus.SUSPENDED_EV),
        ("SuspendedEvse", ChargerStatus.SUSPENDED_EVSE),
        ("charging", ChargerStatus.CHARGING),
    ):
        status = {"connectorID": 1, "errorCode": "noerror", "status": said}
        assert await stranger.say("StatusNotification", status) == {}
        assert charger.reading.status is meant
    sampled = [
        {"value": 2300, "measurand": "power.active.import", "unit": "w", "phase": "l1-n"},
        {"value": "1.15", "measurand": "POWER.ACTIVE.IMPORT", "unit": "KW", "phase": "L2", "location": "OUTLET"},
        {"value": "99", "measurand": "Current.Import", "phase": "L3", "location": "ev"},
    ]  # fmt: skip
    measured = {"connectorId": 1, "meterValue": [{"timestamp": NOON, "sampledValue": sampled}]}
    assert await stranger.say("MeterValues", measured) == {}
    assert charger.reading.current == (10.0, 5.0, 0.0)


async def test_a_status_of_its_own_invention_changes_nothing_and_is_told_once(
    stranger: Stranger, charger: OcppCharger, caplog: pytest.LogCaptureFixture
) -> None:
    for said in ("Available", "Dreaming", "Dreaming"):
        status = {"connectorId": 1, "errorCode": "Whatever", "status": said, "info": None}
        assert await stranger.say("StatusNotification", status) == {}
    assert charger.reading.status is ChargerStatus.AVAILABLE
    ours = [r for r in caplog.records if r.name.startswith("custom_components")]
    told = [r.getMessage() for r in ours if r.levelname == "WARNING"]
    assert told == ["Charge point garage has a status not known: 'Dreaming' (ocpp-invalid-payload)"]


async def test_what_is_not_there_and_not_needed_is_not_missed(
    stranger: Stranger, charger: OcppCharger
) -> None:
    """Neither boot nor error code, time, meter or connector: it is a car all the same."""
    assert await stranger.say("StatusNotification", {"connectorId": 1, "status": "Preparing"}) == {}
    assert charger.reading.status is ChargerStatus.PREPARING
    begun = {"connectorId": 1, "idTag": "", "timestamp": None}
    number = (await stranger.say("StartTransaction", begun))["transactionId"]
    assert charger.reading.session is not None
    one = {"sampledValue": {"value": 6, "measurand": "Current.Import", "unit": None}}
    assert await stranger.say("MeterValues", {"transactionId": number, "meterValue": one}) == {}
    assert charger.reading.current == (2.0, 2.0, 2.0)  # without a phase it is the sum
    assert "idTagInfo" in await stranger.say("StopTransaction", {"transactionId": number})
    assert "currentTime" in await stranger.say("Heartbeat", None)


async def test_an_optional_field_that_cannot_be_is_left_out(
    stranger: Stranger, charger: OcppCharger
) -> None:
    measured = {
        "connectorId": 1,
        "transactionId": "none",
        "meterValue": [{"timestamp": NOON, "sampledValue": [{"value": "6", "measurand": "Current.Import", "phase": "L1"}]}],
    }  # fmt: skip
    assert await stranger.say("MeterValues", measured) == {}
    assert charger.reading.current == (6.0, 0.0, 0.0)
    assert charger.reading.session is None


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"connectorId": 1}, "ProtocolError"),
        ({"status": "Available"}, "ProtocolError"),
        ({"connectorId": [], "status": "Available"}, "TypeConstraintViolation"),
        ({"connectorId": "NaN", "status": "Available"}, "TypeConstraintViolation"),
        ({"connectorId": True, "status": "Available"}, "TypeConstraintViolation"),
        ({"connectorId": 1, "status": {}}, "TypeConstraintViolation"),
    ],
)
async def test_what_is_needed_and_not_there_is_named(
    stranger: Stranger, payload: dict[str, Any], code: str
) -> None:
    said = await stranger.say("StatusNotification", payload)
    assert said[0] == code
    assert ("connectorId" in said[1]) or ("status" in said[1])


@pytest.mark.parametrize("shown", ["NaN", "1e999", "-Infinity"])
async def test_numbers_that_are_none_count_as_missing(
    stranger: Stranger, charger: OcppCharger, shown: str
) -> None:
    """Python's JSON takes them; they must not reach anything that counts."""
    told: list[SessionEvent] = []
    charger.events.subscribe(told.append)
    await stranger.socket.send(
        f'[2,"1","StartTransaction",{{"connectorId":1,"idTag":"a","meterStart":{shown}}}]'
    )
    await stranger.say("Heartbeat", {})
    assert charger.reading.session is not None
    [began] = told
    assert isinstance(began, SessionBegan)
    assert began.register is None


@pytest.mark.parametrize(
    "action",
    ["SecurityEventNotification", "LogStatusNotification", "SignedFirmwareStatusNotification"],
)
async def test_the_security_extension_is_answered(stranger: Stranger, action: str) -> None:
    payload = {"type": "StartupOfTheDevice", "timestamp": NOON, "status": "Idle"}
    assert await stranger.say(action, payload) == {}


@pytest.mark.parametrize(
    "path", ["//garage", "/garage/", "/garage?token=1", "/ocpp/1.6/../garage", "/%67arage", "/a/garage//"]
)  # fmt: skip
async def test_odd_addresses_lead_to_the_same_charger(
    central: CentralSystem, charger: OcppCharger, path: str
) -> None:
    url = f"ws://127.0.0.1:{central.port}{path}"
    async with connect(url, subprotocols=[Subprotocol("ocpp1.6")], proxy=None) as socket:
        await Stranger(socket).say("Heartbeat", {})
        assert charger.reading.online


async def test_the_user_name_tells_who_it_is_where_the_address_does_not(
    central: CentralSystem, charger: OcppCharger
) -> None:
    secret = base64.b64encode(b"garage:").decode()
    async with connect(
        f"ws://127.0.0.1:{central.port}/",
        subprotocols=[Subprotocol("ocpp1.6")],
        additional_headers={"Authorization": f"Basic {secret}"},
        proxy=None,
    ) as socket:
        await Stranger(socket).say("Heartbeat", {})
        assert charger.reading.online


async def test_a_charger_without_profiles_or_configuration_stays_and_is_explained(
    stranger: Stranger, charger: OcppCharger
) -> None:
    """One that knows nothing but its own messages: it answers every call of ours with nonsense."""
    stranger.answers = dict.fromkeys(
        ("GetConfiguration", "SetChargingProfile", "TriggerMessage", "ChangeConfiguration"), None
    )
    boot = {"chargePointVendor": "x", "chargePointModel": "y"}
    await stranger.say("BootNotification", boot)
    await stranger.say("StartTransaction", {"connectorId": 1, "idTag": "a"})
    listening = asyncio.create_task(stranger.listen())
    with pytest.raises(DeviceRefusedError, match="rejects a limit of 6 A"):
        await charger.apply(6.0)
    assert charger.reading.online
    listening.cancel()


@pytest.mark.parametrize(
    ("said", "meant"),
    [("7", 7.0), (" 7,5 ", 7.5), ("1,234.5", None), ("7.", 7.0), ("", None), (True, None), ("nan", None),
     ([], None), (None, None), ("1e999", None), (10**400, None)],
)  # fmt: skip
def test_a_number_is_what_can_be_read_as_one(said: object, meant: float | None) -> None:
    assert number_of(said) == meant
