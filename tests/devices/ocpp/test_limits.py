"""The two limits in a charger: the fall-back that stays, and the live one that ends by itself."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from custom_components.fusewise.devices import DeviceOfflineError, DeviceRefusedError
from custom_components.fusewise.devices.ocpp import CentralSystem, ChargerSettings, rpc

from .conftest import Eventually
from .peer import MAXIMUM, Clock, Peer, current

RATE_UNIT = "ChargingScheduleAllowedChargingRateUnit"

type Arrive = Callable[..., Awaitable[Peer]]


# --- the fall-back ----------------------------------------------------------------------------------------


async def test_the_fallback_is_written_before_anything_is_let_through(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage", ChargerSettings(fallback=8.0))
    peer = await arrive("garage")
    await peer.start()
    await charger.apply(16.0)
    purposes = [
        payload["cs_charging_profiles"]["charging_profile_purpose"]
        for action, payload in peer.heard
        if action == "SetChargingProfile"
    ]
    assert purposes == ["TxDefaultProfile", "TxProfile"]
    (fallback,) = peer.told("TxDefaultProfile")
    assert fallback["stack_level"] == 0
    assert "duration" not in fallback["charging_schedule"]
    assert fallback["charging_schedule"]["charging_schedule_period"][0]["limit"] == 8


async def test_the_fallback_is_written_once_however_often_the_line_is_lost(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await eventually(lambda: charger.armed == 6.0)
    for _ in range(3):
        await peer.cut()
        peer.boots = False
        assert central.port is not None
        await peer.connect(central.port)
        await peer.start()
        await charger.apply(10.0)
    assert len(peer.told("TxDefaultProfile")) == 1


async def test_the_fallback_is_written_again_to_a_charger_that_was_restarted(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await eventually(lambda: charger.armed == 6.0)
    peer.installed.clear()
    await peer.boot()
    await eventually(lambda: len(peer.told("TxDefaultProfile")) == 2)
    assert peer.let_through() == 6.0


async def test_a_charger_that_refuses_a_fallback_is_limited_all_the_same_and_that_is_told(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", profile_status=_refuse("TxDefaultProfile", "Rejected"))
    await peer.start()
    for _ in range(5):
        with pytest.raises(
            DeviceRefusedError, match=r"at its maximum whenever Home Assistant is away"
        ):
            await charger.apply(10.0)
        clock.advance(1.0)
    assert charger.armed is None
    assert peer.let_through() == 10.0
    assert len(peer.told("TxDefaultProfile")) == 1


# --- the live limit ---------------------------------------------------------------------------------------


async def test_the_live_limit_is_renewed_at_a_third_of_its_life_and_only_by_apply(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage", ChargerSettings(life=30.0))
    peer = await arrive("garage")
    await peer.start()
    for second in range(21):
        await charger.apply(10.0)
        assert len(peer.told("TxProfile")) == 1 + second // 10
        assert peer.let_through() == 10.0
        clock.advance(1.0)
    # Nobody applies any more: it ends by itself, and not later than 30 s after the last renewal.
    clock.advance(29.0 - 1.0)
    assert len(peer.told("TxProfile")) == 3
    clock.advance(1.0)
    assert peer.let_through() == 6.0


async def test_a_changed_limit_is_sent_at_once(central: CentralSystem, arrive: Arrive) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    for amperes in (16.0, 6.0, 0.0, 6.0, 7.3):
        await charger.apply(amperes)
        assert peer.let_through() == amperes
        assert charger.reading.limit == amperes
    assert len(peer.told("TxProfile")) == 5


async def test_limits_are_rounded_down_to_a_tenth_of_an_ampere(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    await charger.apply(9.19)
    assert peer.let_through() == 9.1
    await charger.apply(9.1)
    assert len(peer.told("TxProfile")) == 1


@pytest.mark.parametrize("nonsense", [float("nan"), float("inf"), -1.0])
async def test_nonsense_is_no_limit(central: CentralSystem, nonsense: float) -> None:
    with pytest.raises(ValueError, match="no limit"):
        await central.adopt("garage").apply(nonsense)


async def test_the_reading_tells_what_was_accepted_and_when_it_ends(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage", ChargerSettings(life=30.0))
    peer = await arrive("garage")
    assert charger.reading.limit is None
    await peer.start()
    await charger.apply(12.0)
    reading = charger.reading
    assert reading.limit == 12.0
    assert reading.limit_until is not None
    clock.now = reading.limit_until - 0.1
    assert peer.let_through() == 12.0
    clock.now = reading.limit_until + 0.1
    assert peer.let_through() == 6.0


@pytest.mark.parametrize("ahead", [0.0, 3600.0, -7.25, -56 * 365 * 86400.0])
async def test_a_limit_is_in_force_whatever_the_chargers_clock_shows(
    central: CentralSystem, arrive: Arrive, clock: Clock, ahead: float
) -> None:
    charger = central.adopt("garage", ChargerSettings(life=30.0))
    peer = await arrive("garage", ahead=ahead)
    await peer.start()
    await peer.measure(current(0.0))
    await charger.apply(12.0)
    assert peer.let_through() == 12.0
    clock.advance(25.0)
    assert peer.let_through() == 12.0
    clock.advance(5.0)
    assert peer.let_through() == 6.0


async def test_a_limit_is_told_again_when_the_charger_turns_out_to_have_another_time(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage", ChargerSettings(life=30.0))
    peer = await arrive("garage", ahead=-3000.0)
    await peer.start()
    await charger.apply(12.0)
    assert peer.let_through() == 6.0
    clock.advance(1.0)
    await peer.measure(current(6.0))
    await charger.apply(12.0)
    assert peer.let_through() == 12.0


async def test_a_start_that_waited_for_the_line_does_not_tell_the_time(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.tell_status("Charging")
    await peer.start(timestamp=peer.stamp(ago=1800.0))
    await charger.apply(12.0)
    assert peer.let_through() == 12.0
    session = charger.reading.session
    assert session is not None
    assert session.started == pytest.approx(clock.now - 1800.0, abs=1.0)


async def test_a_clock_that_is_set_back_is_followed(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    peer.ahead = -600.0
    for _ in range(9):
        clock.advance(5.0)
        await peer.measure(current(12.0))
        await charger.apply(12.0)
    assert peer.let_through() == 12.0


async def test_without_a_transaction_no_live_limit_is_sent_and_the_fallback_holds(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await eventually(lambda: charger.armed == 6.0)
    await charger.apply(16.0)
    assert peer.told("TxProfile") == []
    assert peer.let_through() == 6.0
    assert charger.reading.limit is None


async def test_the_end_of_a_transaction_ends_its_limit(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    await charger.apply(16.0)
    await peer.stop()
    assert charger.reading.limit is None
    first = peer.told("TxProfile")[0]["transaction_id"]
    await peer.start(meter_start=1)
    await charger.apply(16.0)
    assert peer.let_through() == 16.0
    assert peer.told("TxProfile")[1]["transaction_id"] != first


# --- what a charger bears ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allowed", "unit", "limit"),
    [
        ("Current", "A", 6.1),
        ("Current,Power", "A", 6.1),
        ("Power", "W", 4209),
        ("W", "W", 4209),
        ("", "A", 6.1),
    ],
)
async def test_limits_are_in_the_unit_that_the_charger_takes(
    central: CentralSystem, arrive: Arrive, allowed: str, unit: str, limit: float
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", configuration={RATE_UNIT: (allowed, True)})
    await peer.start()
    await charger.apply(6.1)
    schedule = peer.told("TxProfile")[0]["charging_schedule"]
    assert schedule["charging_rate_unit"] == unit
    assert float(schedule["charging_schedule_period"][0]["limit"]) == limit
    assert charger.reading.limit == 6.1


async def test_watts_of_a_one_phase_charger_are_those_of_one_phase(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage", ChargerSettings(conductors=1))
    peer = await arrive("garage", configuration={RATE_UNIT: ("Power", True)})
    await peer.start()
    await charger.apply(10.0)
    (period,) = peer.told("TxProfile")[0]["charging_schedule"]["charging_schedule_period"]
    assert period == {"start_period": 0, "limit": 2300, "number_phases": 1}


async def test_a_charger_with_one_stack_level_gets_both_limits_on_it(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", configuration={"ChargeProfileMaxStackLevel": ("0", True)})
    await peer.start()
    await charger.apply(10.0)
    assert peer.told("TxProfile")[0]["stack_level"] == 0


async def test_a_refused_limit_says_what_to_do_and_leaves_what_was_in_force(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    await charger.apply(6.0)
    peer.profile_status = _refuse("TxProfile", "Rejected")
    with pytest.raises(DeviceRefusedError, match=r"16 A .*Switch on smart charging"):
        await charger.apply(16.0)
    assert charger.reading.limit == 6.0
    # It is not asked again in every cycle, but after 1, 2, 4, 8, 10 s; and the owner goes on being told.
    for _ in range(30):
        with pytest.raises(DeviceRefusedError):
            await charger.apply(16.0)
        clock.advance(1.0)
    assert len(peer.told("TxProfile")) == 1 + 6
    peer.profile_status = lambda _: "Accepted"
    clock.advance(10.0)
    await charger.apply(16.0)
    assert charger.reading.limit == 16.0


async def test_a_charger_without_smart_charging_is_told_apart(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", profile_status=lambda _: "NotSupported")
    await peer.start()
    with pytest.raises(DeviceRefusedError, match="does not support smart charging"):
        await charger.apply(6.0)


async def test_a_charger_that_does_not_answer_is_offline_and_may_have_taken_the_limit(
    central: CentralSystem, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rpc, "ANSWER_TIME", 0.2)
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    await charger.apply(6.0)
    peer.silent = frozenset({"SetChargingProfile"})
    with pytest.raises(DeviceOfflineError, match="did not answer SetChargingProfile"):
        await charger.apply(16.0)
    assert charger.reading.limit == 16.0
    with pytest.raises(DeviceOfflineError):
        await charger.apply(0.0)
    assert charger.reading.limit == 16.0


# --- the line ---------------------------------------------------------------------------------------------


async def test_a_lost_line_keeps_the_limit_known_until_it_ends(
    central: CentralSystem, arrive: Arrive, eventually: Eventually, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    await charger.apply(12.0)
    known = charger.reading
    await peer.cut()
    await eventually(lambda: not charger.reading.online)
    assert (charger.reading.limit, charger.reading.limit_until) == (12.0, known.limit_until)
    assert charger.reading.session == known.session
    with pytest.raises(DeviceOfflineError, match=r"garage is not connected; alone it lets 6 A"):
        await charger.apply(12.0)


async def test_a_charger_that_comes_back_is_told_its_limit_again(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    await charger.apply(12.0)
    await peer.cut()
    peer.boots = False
    assert central.port is not None
    await peer.connect(central.port)
    await charger.apply(12.0)
    assert len(peer.told("TxProfile")) == 2


async def test_listeners_hear_of_everything_until_they_leave(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    seen: list[Any] = []
    leave = charger.subscribe(lambda: seen.append(charger.reading))
    peer = await arrive("garage")
    assert seen[0].online
    await peer.start()
    assert seen[-1].session is not None
    await peer.cut()
    await eventually(lambda: not seen[-1].online)
    count = len(seen)
    leave()
    leave()
    await arrive("garage")
    assert len(seen) == count


def _refuse(purpose: str, status: str) -> Callable[[Any], str]:
    return lambda profile: status if profile["charging_profile_purpose"] == purpose else "Accepted"


def test_the_peer_lets_its_maximum_through_without_profiles(clock: Clock) -> None:
    assert Peer(identity="x", clock=clock).let_through() == MAXIMUM
