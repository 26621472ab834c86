"""A charge point with two outlets is two chargers: each is told, measured and listed for itself."""

from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from custom_components.fusewise.balancing.model import ChargerStatus
from custom_components.fusewise.devices import DeviceRefusedError
from custom_components.fusewise.devices.ocpp import (
    CentralSystem,
    ChargerSettings,
    OcppCharger,
    SessionEnded,
    SessionEvent,
    StationInfo,
    Way,
    hashed,
    outlet,
    station_of,
)

from .box import Box, Outlet, at_home, balance
from .conftest import Eventually
from .peer import Clock

LEFT = ChargerSettings(maximum=16.0, fallback=6.0)
RIGHT = ChargerSettings(maximum=16.0, fallback=8.0)


@pytest.fixture
def box(clock: Clock) -> Box:
    return Box(clock=clock, identity="twin", outlets={1: Outlet(), 2: Outlet()})


@pytest.fixture
def left(central: CentralSystem) -> OcppCharger:
    return central.adopt("twin", LEFT)


@pytest.fixture
def right(central: CentralSystem, left: OcppCharger) -> OcppCharger:
    return central.adopt("twin#2", RIGHT)


@pytest.fixture
async def twin(
    box: Box, central: CentralSystem, left: OcppCharger, right: OcppCharger, eventually: Eventually
) -> AsyncIterator[Box]:
    """It is in, with its fall-backs."""
    async with at_home(box, central):
        await eventually(lambda: (left.armed, right.armed) == (6.0, 8.0))
        yield box


async def test_each_outlet_has_a_fall_back_and_a_limit_of_its_own(
    twin: Box, left: OcppCharger, right: OcppCharger
) -> None:
    await twin.plug(connector=1)
    await twin.plug(connector=2)
    assert (twin.draws(1), twin.draws(2)) == (6.0, 8.0)
    await left.apply(10.0)
    await right.apply(12.5)
    assert (twin.draws(1), twin.draws(2)) == (10.0, 12.5)
    assert len({each.data["chargingProfileId"] for each in twin.profiles}) == 4
    twin.clock.advance(20)
    await right.apply(0.0)
    twin.clock.advance(11)  # the first one's has ended, the second's has not
    assert (twin.draws(1), twin.draws(2)) == (6.0, 0.0)


async def test_what_an_outlet_tells_is_its_own(
    twin: Box, left: OcppCharger, right: OcppCharger
) -> None:
    await twin.tell_status("Preparing", 1)
    await twin.tell_status("Available", 2)
    await twin.tell_status("Faulted", 0)
    assert (left.reading.status, right.reading.status) == (
        ChargerStatus.PREPARING,
        ChargerStatus.AVAILABLE,
    )
    await twin.plug(12.0, connector=2)
    await right.apply(12.0)
    await twin.measure(2)
    assert left.reading.session is None
    assert right.reading.current == (12.0, 12.0, 12.0)
    assert left.reading.current is None
    twin.names_transaction = False
    await twin.measure(2, said=0)  # of the whole station: it is neither's
    assert left.reading.current is None
    twin.names_transaction = True
    twin.clock.advance(1)
    twin.outlets[2].wants = 7.0
    await twin.measure(2, said=0)  # but a transaction is at one of them
    assert right.reading.current == (7.0, 7.0, 7.0)


async def test_two_cars_that_begin_in_one_second_are_told_apart(
    twin: Box, left: OcppCharger, right: OcppCharger
) -> None:
    told: dict[str, list[SessionEvent]] = {"left": [], "right": []}
    left.events.subscribe(told["left"].append)
    right.events.subscribe(told["right"].append)
    await twin.plug(connector=1)
    await twin.plug(connector=2)
    one, two = twin.outlets[1].transaction, twin.outlets[2].transaction
    assert one != two
    await twin.unplug(2)
    assert left.reading.session is not None
    assert right.reading.session is None
    # It comes once more, when nobody runs it any more.
    twin.outlets[2].transaction = two
    await twin.unplug(2)
    ends = [each for each in told["right"] if isinstance(each, SessionEnded)]
    assert [each.transaction for each in ends] == [two, two]
    assert not [each for each in told["left"] if isinstance(each, SessionEnded)]


async def test_an_outlet_that_nobody_has_is_offered_once_and_gets_nothing(
    box: Box, central: CentralSystem, left: OcppCharger, caplog: pytest.LogCaptureFixture
) -> None:
    offered: list[StationInfo] = []
    central.subscribe(offered.append)
    async with at_home(box, central):
        for _ in range(2):
            await box.tell_status("Available", 1)
            await box.tell_status("Preparing", 2)
        [info] = offered
        assert (info.identity, info.vendor) == ("twin#2", "Box")
        assert set(central.pending) == {"twin#2"}
        answer = await box.plug(connector=2)
        assert answer["idTagInfo"]["status"] == "Blocked"
        assert "connector 2, which is not added to Fusewise (ocpp-refused)" in caplog.text
        assert left.reading.session is None
        right = central.adopt("twin#2", RIGHT)
        assert not central.pending
        await box.plug(connector=2)
        assert right.reading.session is not None
        await box.tell_status("Available", 40)
        assert not central.pending
    assert not right.reading.online


async def test_a_second_outlet_is_taken_in_while_the_first_one_charges(
    box: Box, central: CentralSystem, left: OcppCharger, eventually: Eventually
) -> None:
    async with at_home(box, central):
        await eventually(lambda: left.armed == 6.0)
        await box.plug(connector=1)
        await left.apply(13.0)
        # Alone, its fall-back is that of the whole station.
        assert [each.connector for each in box.profiles] == [0, 1]
        right = central.adopt("twin#2", RIGHT)
        await eventually(lambda: right.armed == 8.0)
        assert box.draws(1) == 13.0  # nothing was taken away
        await left.apply(13.0)
        box.outlets[2].wants = 16.0
        assert (box.limit(1), box.limit(2)) == (13.0, 8.0)
        await central.release("twin#2")
        assert left.reading.online
        await left.apply(11.0)
        assert box.draws(1) == 11.0
        assert box.limit(2) == 6.0 or box.limit(2) == 8.0
        await central.release("twin")
        assert box.socket is not None
        await box.socket.wait_closed()


async def test_one_line_has_one_password_that_of_the_first_outlet(central: CentralSystem) -> None:
    secret = "0123456789abcdef0123456789abcdef"
    central.adopt("twin#2", password_hash=None)
    central.adopt("twin", password_hash=hashed(secret))
    central.adopt("twin#2", password_hash=None)
    with pytest.raises(InvalidStatus) as refusal:
        await connect(f"ws://127.0.0.1:{central.port}/twin", proxy=None)
    assert refusal.value.response.status_code == 401
    await central.release("twin#2")
    with pytest.raises(InvalidStatus):
        await connect(f"ws://127.0.0.1:{central.port}/twin", proxy=None)


async def test_nobody_comes_in_under_the_name_of_an_outlet(central: CentralSystem) -> None:
    central.adopt("twin#2")
    with pytest.raises(InvalidStatus) as refusal:
        await connect(
            f"ws://127.0.0.1:{central.port}/twin%232",
            subprotocols=[Subprotocol("ocpp1.6")],
            proxy=None,
        )
    assert refusal.value.response.status_code == 404


async def test_the_stations_maximum_is_not_used_for_one_of_two_outlets(
    box: Box, central: CentralSystem, eventually: Eventually, caplog: pytest.LogCaptureFixture
) -> None:
    """It is one limit for both: one car might draw what two may."""
    box.profile_status = lambda _, profile: (
        "Accepted" if profile["chargingProfilePurpose"] == "ChargePointMaxProfile" else "Rejected"
    )
    left, right = central.adopt("twin", LEFT), central.adopt("twin#2", RIGHT)
    async with at_home(box, central):
        await box.plug(connector=1)
        await box.plug(connector=2)
        await balance(left, box, 10.0)
        assert Way.STATION_MAX not in (left.way, right.way)
        assert not box.profiles
        with pytest.raises(DeviceRefusedError):
            await right.apply(10.0)


async def test_the_stations_maximum_of_before_is_taken_away_when_a_second_outlet_is_added(
    box: Box, central: CentralSystem, eventually: Eventually
) -> None:
    """Else it would hold for both together, for ever."""
    only_maximum = True
    box.profile_status = lambda _, profile: (
        "Accepted"
        if not only_maximum or profile["chargingProfilePurpose"] == "ChargePointMaxProfile"
        else "Rejected"
    )
    left = central.adopt("twin", LEFT)
    async with at_home(box, central):
        await box.plug(connector=1)
        await balance(left, box, 10.0)
        assert left.way is Way.STATION_MAX
        only_maximum = False
        right = central.adopt("twin#2", RIGHT)
        await box.plug(connector=2)
        await eventually(lambda: right.armed is not None)
        await balance(left, box, 12.0)
        assert "ChargePointMaxProfile" not in [each.purpose for each in box.profiles]
        await right.apply(14.0)
        assert (box.draws(1), box.draws(2)) == (12.0, 14.0)


async def test_what_people_ask_goes_to_the_outlet_that_they_mean(
    twin: Box, right: OcppCharger
) -> None:
    await right.unlock()
    assert twin.heard[-1] == ("UnlockConnector", {"connectorId": 2})
    await twin.plug(connector=2)
    number = twin.outlets[2].transaction
    await right.stop()
    assert twin.heard[-1] == ("RemoteStopTransaction", {"transactionId": number})


async def test_what_a_station_tells_of_its_firmware_is_noted_at_each_outlet(
    twin: Box, left: OcppCharger, right: OcppCharger
) -> None:
    await twin.say("FirmwareStatusNotification", {"status": "Installed"})
    assert left.notices == right.notices == {"firmware": "Installed"}


@pytest.mark.parametrize(
    ("identity", "station", "connector"),
    [("a", "a", 1), ("a#2", "a", 2), ("a#17", "a", 17), ("a#18", "a#18", 1), ("#2", "#2", 1), ("a#0", "a#0", 1)],
)  # fmt: skip
def test_an_identity_names_a_station_and_an_outlet(
    identity: str, station: str, connector: int
) -> None:
    assert station_of(identity) == (station, connector)
    assert outlet(station, connector) == identity
