"""Charge points of other makes and languages, each odd in its own way: every one is held within its limit."""

import asyncio
import base64
from collections.abc import Callable
import contextlib
import json
import os
from typing import Any, override

import pytest

from custom_components.fusewise.devices.ocpp import (
    CentralSystem,
    ChargerSettings,
    OcppCharger,
    Way,
    hashed,
)

from .box import Box, Profile, at_home, balance
from .conftest import Eventually
from .peer import Clock

SETTINGS = ChargerSettings(maximum=32.0)
PASSWORD = "a password of the owner"


@pytest.fixture
def charger(central: CentralSystem) -> OcppCharger:
    return central.adopt("box", SETTINGS)


def foreign(purpose: str, level: int, amperes: float, connector: int = 0) -> Profile:
    """What another system has left in it for ever."""
    data = {
        "chargingProfileId": 77,
        "stackLevel": level,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Relative",
        "chargingSchedule": {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": amperes}],
        },
    }
    return Profile(connector=connector, at=0.0, data=data)


async def is_held(charger: OcppCharger, box: Box, said: int | None = None) -> None:
    """It follows: up, down, to a pause, and back to its fall-back when it is left alone."""
    await balance(charger, box, 20.0, seconds=150, said=said)
    assert box.draws() <= 20.0
    for amperes in (12.0, 7.0, 0.0, 15.0):
        await balance(charger, box, amperes, seconds=30, said=said)
        assert box.draws() == pytest.approx(amperes, abs=0.1)
    assert charger.reading.current == pytest.approx((15.0,) * 3, abs=0.1)
    assert charger.armed is not None
    box.clock.advance(301.0)
    assert box.draws() == pytest.approx(charger.armed, abs=0.1)


# --- how they come in ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"protocols": None},
        {"protocols": ("ocpp2.0.1", "ocpp1.6")},
        {"protocols": ("OCPP1.6J",)},
        {"compression": None},
        {"path": "ocpp/16/box/"},
        {"path": "%62ox"},
        {"path": "box?chargePointId=other"},
        {"user_agent_header": None},
        {"origin": "http://charger.local"},
    ],
)
async def test_whatever_its_handshake_is_it_comes_in_and_is_held(
    central: CentralSystem, charger: OcppCharger, clock: Clock, options: dict[str, Any]
) -> None:
    box = Box(clock=clock)
    async with at_home(box, central, **options):
        await box.plug(32.0)
        await is_held(charger, box)


async def test_headers_may_be_in_small_letters_and_the_user_name_empty(
    central: CentralSystem, clock: Clock
) -> None:
    charger = central.adopt("box", SETTINGS, password_hash=hashed(PASSWORD))
    secret = base64.b64encode(f":{PASSWORD}".encode()).decode()
    lines = (
        "GET /box HTTP/1.1",
        "host: x",
        "upgrade: WebSocket",
        "connection: keep-alive, upgrade",
        "sec-websocket-version: 13",
        f"sec-websocket-key: {base64.b64encode(os.urandom(16)).decode()}",
        "sec-websocket-protocol: ocpp1.6",
        f"authorization: basic {secret}",
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", central.port)
    writer.write("\r\n".join((*lines, "", "")).encode())
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    assert head.startswith(b"HTTP/1.1 101")
    assert b"sec-websocket-protocol: ocpp1.6" in head.lower()
    assert charger.reading.online
    writer.close()


class InPieces(Box):
    """Its messages come in fragments, one letter of each alone."""

    @override
    def spell(self, message: list[Any]) -> Any:
        text = json.dumps(message, indent=1)
        return [text[:1], text[1:2], text[2:]]


class InBytes(Box):
    """It sends frames of bytes."""

    @override
    def spell(self, message: list[Any]) -> Any:
        return json.dumps(message).encode()


class NumbersAsTexts(Box):
    """All of its numbers are texts."""

    @override
    def spell(self, message: list[Any]) -> Any:
        return json.dumps([*message[:-1], _as_texts(message[-1])])


def _as_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_texts(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_texts(each) for each in value]
    return value if isinstance(value, bool | str) or value is None else f"{value}"


@pytest.mark.parametrize("make", [InPieces, InBytes, NumbersAsTexts])
async def test_whatever_its_messages_look_like_they_are_understood(
    central: CentralSystem, charger: OcppCharger, clock: Clock, make: type[Box]
) -> None:
    box = make(clock=clock)
    async with at_home(box, central):
        await box.plug(32.0)
        await is_held(charger, box)


async def test_answers_that_come_late_and_after_something_else_are_understood(
    central: CentralSystem, charger: OcppCharger, clock: Clock
) -> None:
    """It tells something before it answers, and each answer takes another time."""
    box = Box(clock=clock)
    waits = iter([0.01, 0.0, 0.02] * 200)

    async def mixed(send: Callable[[], Any]) -> None:
        await box.say("Heartbeat", {})
        await asyncio.sleep(next(waits))
        await send()

    box.answer = mixed
    async with at_home(box, central):
        await box.plug(32.0)
        await is_held(charger, box)


async def test_what_it_tells_before_it_boots_counts(
    central: CentralSystem, charger: OcppCharger, clock: Clock
) -> None:
    box = Box(clock=clock)
    async with at_home(box, central, boots=False):
        await box.tell_status("Preparing")
        await box.plug(32.0)
        await box.measure()
        assert charger.reading.session is not None
        assert (await box.say("BootNotification", box.boots_with))["status"] == "Accepted"
        assert charger.reading.session is not None
        await is_held(charger, box)


# --- what they measure --------------------------------------------------------------------------------------


def power_at_0_volts(box: Box, connector: int, amperes: float) -> list[dict[str, Any]]:
    volts = [
        {"value": "0.0", "measurand": "Voltage", "unit": "V", "phase": f"L{n}-N"} for n in (1, 2, 3)
    ]
    return [{"value": f"{3 * 230 * amperes:.1f}", "measurand": "Power.Active.Import"}, *volts]


def kilowatts_by_phase(box: Box, connector: int, amperes: float) -> list[dict[str, Any]]:
    return [
        {
            "value": 0.23 * amperes,
            "measurand": "Power.Active.Import",
            "unit": "kW",
            "phase": f"L{n}-N",
            "context": "Sample.Periodic",
            "location": "Outlet",
        }
        for n in (1, 2, 3)
    ]


def with_commas(box: Box, connector: int, amperes: float) -> list[dict[str, Any]]:
    value = f"{amperes:.2f}".replace(".", ",")
    return [{"value": value, "measurand": "Current.Import", "phase": f"L{n}"} for n in (1, 2, 3)]


@pytest.mark.parametrize("sampled", [power_at_0_volts, kilowatts_by_phase, with_commas])
@pytest.mark.parametrize("names_transaction", [True, False])
async def test_however_it_measures_it_is_held(
    central: CentralSystem,
    charger: OcppCharger,
    clock: Clock,
    sampled: Any,
    names_transaction: bool,
) -> None:
    box = Box(clock=clock, sampled=sampled, names_transaction=names_transaction)
    async with at_home(box, central):
        await box.plug(32.0)
        await is_held(charger, box)


async def test_one_that_calls_its_only_outlet_0_is_held(
    central: CentralSystem, charger: OcppCharger, clock: Clock
) -> None:
    """It takes profiles of the session there, too, and only there."""
    box = Box(clock=clock)
    box.profile_status = lambda connector, _: "Accepted"
    async with at_home(box, central):
        await box.tell_status("Preparing", 0)
        assert charger.reading.status == "preparing"
        await box.plug(32.0, said=0)
        await box.tell_status("Charging", 0)
        assert charger.reading.status == "charging"
        await is_held(charger, box, said=0)
        await box.unplug()
        await box.tell_status("Available", 0)
        assert charger.reading.status == "available"


# --- what they obey -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("units", ["Power", "Current"])
@pytest.mark.parametrize("stack_levels", [8, 0])
async def test_one_that_knows_one_unit_or_one_level_only_is_held(
    central: CentralSystem, charger: OcppCharger, clock: Clock, units: str, stack_levels: int
) -> None:
    box = Box(clock=clock, units=units, stack_levels=stack_levels)
    async with at_home(box, central):
        await box.plug(32.0)
        await balance(charger, box, 32.0, seconds=60)  # watts: room for all of its phases, once
        for amperes in (20.0, 12.0, 7.0, 0.0):
            await balance(charger, box, amperes, seconds=30)
            assert box.draws() == pytest.approx(amperes, abs=0.1)


@pytest.mark.parametrize("says_so", [True, False])
async def test_one_that_keeps_one_profile_only_has_limit_and_fall_back_in_it(
    central: CentralSystem, charger: OcppCharger, clock: Clock, says_so: bool
) -> None:
    box = Box(clock=clock, most_profiles=1)
    if not says_so:
        box.configuration["MaxChargingProfilesInstalled"] = "20"
    async with at_home(box, central):
        await box.plug(32.0)
        await is_held(charger, box)
        assert charger.way is Way.SINGLE
        assert charger.armed == 6.0


@pytest.mark.parametrize("refused", ["GetConfiguration", "ClearChargingProfile"])
async def test_one_that_does_not_know_half_of_the_standard_is_held(
    central: CentralSystem, charger: OcppCharger, clock: Clock, refused: str
) -> None:
    box = Box(clock=clock, refuses=frozenset({refused, "TriggerMessage", "ChangeConfiguration"}))
    async with at_home(box, central):
        await box.plug(32.0)
        await is_held(charger, box)


@pytest.mark.parametrize(
    "left",
    [
        foreign("TxDefaultProfile", 5, 32.0),
        foreign("TxProfile", 5, 32.0, connector=1),
        foreign("ChargePointMaxProfile", 0, 28.0),
    ],
)
async def test_one_that_comes_back_charging_at_an_old_profile_is_held(
    central: CentralSystem,
    charger: OcppCharger,
    clock: Clock,
    eventually: Eventually,
    left: Profile,
) -> None:
    """It keeps profiles over a restart, those of another system too, and its car charges already."""
    box = Box(clock=clock, profiles=[left])
    box.outlets[1].transaction, box.outlets[1].wants = 4711, 32.0
    box.outlets[1].began = clock() - 600
    async with at_home(box, central):
        await box.tell_status("Charging")
        assert box.draws() >= 28.0
        await balance(charger, box, 20.0, seconds=150)
        for amperes in (12.0, 7.0, 15.0):
            await balance(charger, box, amperes, seconds=30)
            assert box.draws() <= amperes + 0.1
    # The power fails: it starts anew, with all of its profiles, and goes on.
    clock.advance(900)
    again = Box(clock=clock, profiles=box.profiles, outlets=box.outlets)
    await eventually(lambda: not charger.reading.online)
    async with at_home(again, central):
        await again.tell_status("Charging")
        for amperes in (20.0, 10.0):
            await balance(charger, again, amperes, seconds=60)
            assert again.draws() <= amperes + 0.1
        # What another system has left is taken away as soon as no car charges.
        await again.unplug()
        await again.tell_status("Available")
        with contextlib.suppress(Exception):
            await charger.apply(10.0)
        assert left.data not in [each.data for each in again.profiles]
