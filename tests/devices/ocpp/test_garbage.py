"""What broken chargers send gets an answer of its kind, one line in the log, and harms nobody."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
import contextlib
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from custom_components.fusewise.devices.ocpp import CentralSystem

from .conftest import Eventually
from .peer import Peer

type Arrive = Callable[..., Awaitable[Peer]]

BOOT = {"chargePointVendor": "Peer", "chargePointModel": "Raw"}


@pytest.fixture
async def raw(central: CentralSystem) -> AsyncIterator[ClientConnection]:
    """The socket of an adopted charger, for whatever a test writes into it."""
    central.adopt("garage")
    async with connect(
        f"ws://127.0.0.1:{central.port}/garage", subprotocols=[Subprotocol("ocpp1.6")], proxy=None
    ) as socket:
        yield socket


async def answer(socket: ClientConnection) -> Any:
    """Return the next message that is not a call."""
    async with asyncio.timeout(5):
        while True:
            message = json.loads(await socket.recv())
            if message[0] != 2:
                return message


async def assert_alive(socket: ClientConnection) -> None:
    await socket.send(json.dumps([2, "alive?", "Heartbeat", {}]))
    message = await answer(socket)
    assert message[:2] == [3, "alive?"]
    assert message[2]["currentTime"].endswith("Z")


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    ours = "custom_components.fusewise"
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(ours) and record.levelname in ("WARNING", "ERROR")
    ]


@pytest.mark.parametrize(
    ("text", "expected", "code"),
    [
        ("hello", ["-1", "FormationViolation"], "ocpp-not-json"),
        ('[2,"1","Heartbeat",{', ["-1", "FormationViolation"], "ocpp-not-json"),
        ("[" * 100_000, ["-1", "FormationViolation"], "ocpp-not-json"),
        (b"\xff\xfe\x00", ["-1", "FormationViolation"], "ocpp-not-json"),
        ("{}", ["-1", "FormationViolation"], "ocpp-malformed"),
        ("7", ["-1", "FormationViolation"], "ocpp-malformed"),
        ("null", ["-1", "FormationViolation"], "ocpp-malformed"),
        ("[]", ["-1", "FormationViolation"], "ocpp-malformed"),
        ("[2]", ["-1", "FormationViolation"], "ocpp-malformed"),
        ('[2,{},"Heartbeat",{}]', ["-1", "FormationViolation"], "ocpp-malformed"),
        ('[2,"1"]', ["1", "FormationViolation"], "ocpp-malformed"),
        ('[2,"1","Heartbeat"]', ["1", "FormationViolation"], "ocpp-malformed"),
        ('[2,"1","Heartbeat",{},{}]', ["1", "FormationViolation"], "ocpp-malformed"),
        ('[2,"1",{},{}]', ["1", "FormationViolation"], "ocpp-malformed"),
        ('[2,"1","Heartbeat",[]]', ["1", "FormationViolation"], "ocpp-malformed"),
        ('[2,"1","MakeCoffee",{}]', ["1", "NotImplemented"], "ocpp-unknown-action"),
        ('[2,"1","Reset",{"type":"Hard"}]', ["1", "NotSupported"], "ocpp-unknown-action"),
        ('[2,"1","StartTransaction",{}]', ["1", "ProtocolError"], "ocpp-invalid-payload"),
        (
            '[2,"1","StopTransaction",{"transactionId":"x","meterStop":0,"timestamp":""}]',
            ["1", "TypeConstraintViolation"],
            "ocpp-invalid-payload",
        ),
    ],
)
async def test_a_call_that_is_wrong_is_refused_and_the_line_goes_on(
    raw: ClientConnection,
    caplog: pytest.LogCaptureFixture,
    text: str | bytes,
    expected: list[str],
    code: str,
) -> None:
    for _ in range(3):
        await raw.send(text)
        message = await answer(raw)
        assert message[0] == 4
        assert message[1:3] == expected
        assert len(message) == 5
    await assert_alive(raw)
    (line,) = warnings(caplog)
    assert line.startswith("Charge point garage sent ")
    assert line.endswith(f"({code})")


@pytest.mark.parametrize(
    "text",
    [
        '[3,"nobody asked",{}]',
        '[4,"nobody asked","GenericError","",{}]',
        "[3]",
        '[3,"1",[]]',
        '[4,"1"]',
        "[6]",
        '[9,"1","Heartbeat",{}]',
    ],
)
async def test_an_answer_to_nothing_is_ignored(
    raw: ClientConnection, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    for _ in range(3):
        await raw.send(text)
    await assert_alive(raw)
    assert len(warnings(caplog)) == 1


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("BootNotification", BOOT | {"chargePointModel": "x" * 300, "vendorField": {"a": [1]}}),
        ("Authorize", {"idTag": "x" * 500}),
        ("StartTransaction", {"connectorId": 1, "idTag": "x" * 500, "meterStart": -5, "timestamp": "?"}),
        ("StatusNotification", {"connectorId": 1, "errorCode": "Oops", "status": "Thinking"}),
        ("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available", "timestamp": "2026"}),
        ("StopTransaction", {"transactionId": -1, "meterStop": 1, "timestamp": "1970-01-01T00:00:00Z",
                             "transactionData": [{"sampledValue": [{"value": 5}]}]}),
        ("MeterValues", {"connectorId": 1, "meterValue": []}),
        ("MeterValues", {"connectorId": 1, "meterValue": [7, {}, {"sampledValue": 7},
                         {"timestamp": 7, "sampledValue": [7, {}, {"value": None}, {"value": 7, "unit": []},
                          {"value": "7", "measurand": "Current.Import", "phase": 7, "unit": "Furlong"},
                          {"value": [], "measurand": "Current.Import"}, {"value": "1", "measurand": []}]}]}),
        ("DataTransfer", {"vendorId": "x", "data": "y"}),
        ("FirmwareStatusNotification", {"status": "Installed"}),
        ("DiagnosticsStatusNotification", {"status": "Idle"}),
    ],
)  # fmt: skip
async def test_what_can_be_understood_is_accepted_whatever_the_schema_says(
    raw: ClientConnection, action: str, payload: dict[str, Any]
) -> None:
    await raw.send(json.dumps([2, 17, action, payload]))
    assert (await answer(raw))[:2] == [3, 17]
    await assert_alive(raw)


async def test_an_error_of_our_own_is_answered_and_the_line_goes_on(
    central: CentralSystem, raw: ClientConnection, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    leave = central.chargers["garage"].subscribe(fail)
    status = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
    await raw.send(json.dumps([2, "1", "StatusNotification", status]))
    assert (await answer(raw))[:3] == [4, "1", "InternalError"]
    assert "StatusNotification failed (ocpp-handler-failed)" in warnings(caplog)[0]
    leave()
    await assert_alive(raw)


async def test_measurements_as_numbers_instead_of_texts_are_understood(
    central: CentralSystem, raw: ClientConnection
) -> None:
    sampled = {"value": 7.5, "measurand": "Current.Import", "phase": "L1"}
    value = {"timestamp": "2026-11-20T12:00:00", "sampledValue": [sampled]}
    payload = {"connectorId": 1, "meterValue": [value]}
    await raw.send(json.dumps([2, "1", "MeterValues", payload]))
    await answer(raw)
    assert central.chargers["garage"].reading.current == (7.5, 0.0, 0.0)


async def test_a_call_in_a_binary_frame_is_understood(raw: ClientConnection) -> None:
    await raw.send(b'[2,"1","Heartbeat",{}]')
    assert (await answer(raw))[:2] == [3, "1"]


async def test_a_message_of_a_megabyte_closes_the_line_cleanly(
    central: CentralSystem,
    raw: ClientConnection,
    eventually: Eventually,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with contextlib.suppress(ConnectionClosed):
        await raw.send(json.dumps([2, "1", "Authorize", {"idTag": "x" * 2**20}]))
    await raw.wait_closed()
    assert raw.close_code == 1009
    await eventually(lambda: "(ocpp-too-long)" in caplog.text)
    await eventually(lambda: not central.chargers["garage"].reading.online)


async def test_a_thousand_calls_at_once_are_all_answered_in_order(raw: ClientConnection) -> None:
    for k in range(1000):
        await raw.send(json.dumps([2, str(k), "Heartbeat", {}]))
    assert [(await answer(raw))[1] for _ in range(1000)] == [str(k) for k in range(1000)]


async def test_a_message_id_that_is_used_twice_is_answered_twice(raw: ClientConnection) -> None:
    start = {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": "2026-11-20T12:00:00Z"}
    for _ in range(2):
        await raw.send(json.dumps([2, "same", "StartTransaction", start]))
    first, second = await answer(raw), await answer(raw)
    assert first == second


async def test_answers_that_mean_nothing_are_a_refusal(
    central: CentralSystem, raw: ClientConnection, eventually: Eventually
) -> None:
    """Every call of ours is answered with an empty object, or a CALLERROR of the charger's own invention."""
    charger = central.chargers["garage"]

    async def nod() -> None:
        async for text in raw:
            message = json.loads(text)
            if message[0] == 2 and message[2] == "SetChargingProfile":
                await raw.send(json.dumps([4, message[1], "Whatever", "", {}]))
            elif message[0] == 2:
                await raw.send(
                    json.dumps([3, message[1], {"configurationKey": [{}, 7], "x": None}])
                )

    await raw.send(json.dumps([2, "b", "BootNotification", BOOT]))
    nodding = asyncio.create_task(nod())
    await eventually(lambda: charger.info is not None)
    with pytest.raises(Exception, match="garage refuses SetChargingProfile") as refusal:
        await charger.apply(6.0)
    assert type(refusal.value).__name__ == "DeviceRefusedError"
    nodding.cancel()


async def test_no_other_charger_notices(
    central: CentralSystem, raw: ClientConnection, arrive: Arrive
) -> None:
    other = central.adopt("other")
    peer = await arrive("other")
    await peer.start()
    for text in ("hello", "[2]", "[" * 50_000, '[2,"1",{},{}]') * 5:
        await raw.send(text)
    await other.apply(11.0)
    assert peer.let_through() == 11.0
    # Nobody has read the answers, which would keep a polite goodbye waiting.
    raw.transport.abort()


async def test_a_card_id_of_500_characters_charges_like_any_other(
    central: CentralSystem, raw: ClientConnection
) -> None:
    charger = central.chargers["garage"]
    start = {
        "connectorId": 1,
        "idTag": "X" * 500,
        "meterStart": 0,
        "timestamp": "2026-11-20T12:00:00Z",
    }
    await raw.send(json.dumps([2, "a", "StartTransaction", start]))
    got = await answer(raw)
    assert got[2]["idTagInfo"] == {"status": "Accepted"}
    assert charger.reading.session is not None


@pytest.mark.parametrize(
    "frame",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x83\x80\0\0\0\0",
        b"\xc1\x80\0\0\0\0",
        b"\x80\x80\0\0\0\0",
        b"\x89\xfe\0\xc8\0\0\0\0" + bytes(200),
        b"\x88\x82\0\0\0\0\0\x05",
    ],
    ids=[
        "no frame at all",
        "a kind that is not known",
        "compressed, though that was not agreed on",
        "the end of a message that has not begun",
        "a ping that is too long",
        "a close with a code that cannot be",
    ],
)
async def test_what_is_no_websocket_frame_closes_the_line_cleanly(
    central: CentralSystem,
    raw: ClientConnection,
    eventually: Eventually,
    caplog: pytest.LogCaptureFixture,
    frame: bytes,
) -> None:
    raw.transport.write(frame)
    await eventually(lambda: not central.chargers["garage"].reading.online)
    assert warnings(caplog) == [
        "Charge point garage sent what is no websocket frame; the line is closed (ocpp-broken-frame)"
    ]


async def test_letters_that_are_not_utf_8_cost_nothing_but_themselves(
    central: CentralSystem, raw: ClientConnection, caplog: pytest.LogCaptureFixture
) -> None:
    boot = '[2,"1","BootNotification",{"chargePointVendor":"Mähler","chargePointModel":"Ö"}]'
    await raw.send(boot.encode("latin-1"), text=True)
    assert (await answer(raw))[:2] == [3, "1"]
    info = central.chargers["garage"].info
    assert info is not None
    assert info.vendor == "M\ufffdhler"
    assert not warnings(caplog)


@pytest.mark.parametrize("opcode", [0x89, 0x8A], ids=["pings", "pongs"])
async def test_a_flood_of_pings_keeps_nobody_else_waiting(
    raw: ClientConnection, opcode: int
) -> None:
    """After each of them everybody else has a turn."""
    turns, flood = 0, 500

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.create_task(count())
    raw.transport.write((bytes([opcode, 0x81]) + bytes(5)) * flood)
    await assert_alive(raw)
    assert turns >= flood
    counting.cancel()
