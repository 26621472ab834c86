"""Limits in the form that each charger takes them, and what becomes of them when it does not."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from custom_components.fusewise.devices import DeviceOfflineError, DeviceRefusedError
from custom_components.fusewise.devices.ocpp import CentralSystem, ChargerSettings, rpc

from .peer import Clock, Peer

RATE_UNIT = "ChargingScheduleAllowedChargingRateUnit"

type Arrive = Callable[..., Awaitable[Peer]]


@pytest.mark.parametrize(
    ("allowed", "unit", "limit"),
    [
        ("Current", "A", 6.1),
        ("Current,Power", "A", 6.1),
        ("Power", "W", 1403),  # the car may have one phase only
        ("W", "W", 1403),
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
    clock.advance(60.0)
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


async def test_a_charger_that_refuses_while_it_begins_a_transaction_is_asked_once_more(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    answers = iter(["Rejected"])
    peer = await arrive(
        "garage",
        profile_status=lambda profile: (
            next(answers, "Accepted")
            if profile["charging_profile_purpose"] == "TxProfile"
            else "Accepted"
        ),
    )
    await peer.start()
    await charger.apply(16.0)
    assert peer.let_through() == 16.0
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
    central: CentralSystem,
    arrive: Arrive,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
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
    told = [r.getMessage() for r in caplog.records if "(ocpp-no-answer)" in r.getMessage()]
    assert told[0].startswith("Charge point garage did not answer SetChargingProfile in 0.2 s")


def _refuse(purpose: str, status: str) -> Callable[[Any], str]:
    return lambda profile: status if profile["charging_profile_purpose"] == purpose else "Accepted"
