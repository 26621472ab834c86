"""A charger is told its limit in the way that it obeys, whatever it says."""

from collections.abc import Awaitable, Callable, Mapping
import contextlib
import logging
from typing import Any

import pytest

from custom_components.fusewise.devices import DeviceRefusedError
from custom_components.fusewise.devices.ocpp import CentralSystem, OcppCharger, StationInfo
from custom_components.fusewise.devices.ocpp.quirks import PLAIN, QUIRKS, quirk_of
from custom_components.fusewise.devices.ocpp.ways import Way

from .conftest import Eventually
from .peer import Clock, Peer, current

type Arrive = Callable[..., Awaitable[Peer]]


async def charge(
    charger: OcppCharger, peer: Peer, clock: Clock, wanted: float, seconds: int = 60
) -> None:
    """Let a charger be told a limit each second, while its car draws all that it lets through."""
    for second in range(seconds):
        clock.advance(1.0)
        await charger.apply(wanted)
        if second % 5 == 0:
            drawn = peer.let_through()
            await peer.measure(*(current(drawn, phase) for phase in ("L1", "L2", "L3")))


def takes_only(*purposes: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda profile: (
        "Accepted" if profile["charging_profile_purpose"] in purposes else "Rejected"
    )


async def test_a_charger_that_accepts_without_effect_is_found_out_within_a_minute(
    central: CentralSystem, arrive: Arrive, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", ignored=frozenset({"TxProfile"}))
    await peer.start()
    # It stays at its fall-back of 6 A, which is no disobedience; then it is to pause.
    await charge(charger, peer, clock, 10.0, 20)
    assert "ocpp-other-way" not in caplog.text
    await charge(charger, peer, clock, 0.0)
    assert charger.way is Way.TX_DEFAULT
    assert peer.let_through() == 0.0
    told = [
        record.getMessage()
        for record in caplog.records
        if record.levelno == logging.WARNING and record.name != "asyncio"
    ]
    assert told[0] == (
        "Charger garage does not obey its limit as tx; trying tx_relative (ocpp-other-way)"
    )


async def test_a_charger_that_obeys_is_left_alone(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    for wanted in (16.0, 8.0, 0.0, 6.0):
        await charge(charger, peer, clock, wanted, 30)
        assert peer.let_through() == wanted
    assert charger.way is Way.TX
    assert not peer.told("ChargePointMaxProfile")


async def test_a_charger_that_takes_relative_profiles_only_gets_them(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    def relative(profile: Mapping[str, Any]) -> str:
        is_so = profile["charging_profile_kind"] == "Relative"
        return "Accepted" if is_so else "Rejected"

    charger = central.adopt("garage")
    peer = await arrive("garage", profile_status=relative)
    await peer.start()
    clock.advance(600)
    await insist(charger, clock, 11.0)
    assert charger.way is Way.TX_RELATIVE
    assert peer.let_through() == 11.0
    clock.advance(40)  # nobody renews it
    assert peer.let_through() == 6.0


async def test_a_charger_that_takes_the_lowest_level_only_is_told_there_whatever_it_says(
    central: CentralSystem, arrive: Arrive, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """ABB's Terra AC says 3, and means 0."""

    def lowest(profile: Mapping[str, Any]) -> str:
        return "Rejected" if profile["stack_level"] > 0 else "Accepted"

    charger = central.adopt("garage")
    peer = await arrive("garage", profile_status=lowest)
    await peer.start()
    clock.advance(10)
    for wanted in (11.0, 9.0):
        await charger.apply(wanted)
        assert peer.let_through() == wanted
    assert charger.way is Way.TX
    assert [profile["stack_level"] for profile in peer.told("TxProfile")] == [1, 0, 0]
    assert "ocpp-other-way" not in caplog.text
    clock.advance(31)
    assert peer.let_through() == 6.0


async def insist(charger: OcppCharger, clock: Clock, wanted: float) -> None:
    """Tell a limit until it is accepted, as the controller does in each cycle."""
    for _ in range(30):
        clock.advance(1.0)
        try:
            await charger.apply(wanted)
        except DeviceRefusedError:
            continue
        return
    pytest.fail("It was never accepted")


async def test_a_charger_that_takes_a_stations_maximum_only_gets_that_and_falls_back(
    central: CentralSystem, arrive: Arrive, clock: Clock, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", profile_status=takes_only("ChargePointMaxProfile"))
    await peer.start()
    clock.advance(10)
    await insist(charger, clock, 11.0)
    assert charger.way is Way.STATION_MAX
    assert charger.armed == 6.0
    assert peer.let_through() == 11.0
    clock.advance(310)
    assert peer.let_through() == 6.0


async def test_a_default_that_would_hold_beneath_a_stations_maximum_is_taken_away(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", ignored=frozenset({"TxProfile"}), configuration={})
    peer.profile_status = lambda profile: (
        "Rejected"
        if profile["charging_profile_purpose"] == "TxDefaultProfile" and profile["stack_level"]
        else "Accepted"
    )
    await peer.start()
    clock.advance(10)
    for _ in range(120):
        clock.advance(1.0)
        with contextlib.suppress(DeviceRefusedError):
            await charger.apply(0.0)
        await peer.measure(current(peer.let_through(), "L1"))
    assert charger.way is Way.STATION_MAX
    await insist(charger, clock, 12.0)
    assert peer.let_through() == 12.0


async def test_with_one_level_of_the_stack_limit_and_fall_back_are_one_profile(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive(
        "garage",
        profile_status=takes_only("TxDefaultProfile", "ChargePointMaxProfile"),
        configuration={"ChargeProfileMaxStackLevel": ("0", True)},
    )
    await peer.start()
    clock.advance(10)
    for _ in range(30):
        clock.advance(1.0)
        with contextlib.suppress(DeviceRefusedError):
            await charger.apply(11.0)
    assert charger.way is Way.SINGLE
    assert peer.let_through() == 11.0
    told = peer.told("TxDefaultProfile")
    assert {profile["stack_level"] for profile in told} == {0}
    assert [
        period["limit"] for period in told[-1]["charging_schedule"]["charging_schedule_period"]
    ] == [11.0, 6.0]


async def test_a_charger_that_refuses_everything_is_asked_each_way_once(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", profile_status=takes_only("nothing"))
    await peer.start()
    clock.advance(10)
    for _ in range(240):
        clock.advance(1.0)
        with pytest.raises(DeviceRefusedError):
            await charger.apply(11.0)
    assert charger.way is Way.TX
    assert 1 <= len(peer.told("ChargePointMaxProfile")) <= 8


async def test_limits_that_are_written_to_flash_are_renewed_rarely(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", profile_status=takes_only("TxDefaultProfile"))
    await peer.start()
    clock.advance(10)
    await insist(charger, clock, 11.0)
    assert charger.way is Way.TX_DEFAULT
    before = len(peer.told("TxDefaultProfile"))
    for _ in range(200):
        clock.advance(1.0)
        await charger.apply(11.0)
    assert len(peer.told("TxDefaultProfile")) == before + 2
    assert charger.reading.limit_until is not None
    assert charger.reading.limit_until > clock() + 100


@pytest.mark.parametrize(
    ("vendor", "model", "first"),
    [("go-e", "HOME 11kW", Way.TX_DEFAULT), ("Peer", "Small", Way.TX), ("Wall Box", "", Way.TX)],
)
def test_known_makes_begin_with_what_they_obey(vendor: str, model: str, first: Way) -> None:
    info = StationInfo(identity="garage", vendor=vendor, model=model)
    assert quirk_of(info).ways[0] is first


def test_every_quirk_has_its_source_and_a_make() -> None:
    for quirk in QUIRKS:
        assert quirk.source
        assert quirk.vendor
        assert quirk.ways
    assert quirk_of(None) is PLAIN


async def test_a_make_that_takes_watts_only_gets_watts_whatever_it_says(
    central: CentralSystem, arrive: Arrive, clock: Clock, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", vendor="HUAWEI")
    await eventually(lambda: charger.armed == 6.0)
    [profile] = peer.told("TxDefaultProfile")
    assert profile["charging_schedule"]["charging_rate_unit"] == "W"


async def test_a_make_that_cannot_measure_often_is_not_asked_to(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    central.adopt("garage")
    peer = await arrive("garage", vendor="Easee")
    await eventually(lambda: peer.configuration["MeterValueSampleInterval"][0] == "30")


async def test_a_limit_of_the_station_outlives_the_session_and_is_known_to(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", profile_status=takes_only("ChargePointMaxProfile"))
    await peer.start()
    clock.advance(10)
    await insist(charger, clock, 11.0)
    await peer.stop()
    assert charger.reading.session is None
    assert charger.reading.limit == peer.let_through() == 11.0
    until = charger.reading.limit_until
    assert until is not None
    clock.advance(until - clock() + 1)
    assert peer.let_through() == 6.0
