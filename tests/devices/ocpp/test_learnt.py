"""What was found out about a charger is known again after a restart, and its owner may know better."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from custom_components.fusewise.devices.ocpp import CentralSystem, ChargerSettings
from custom_components.fusewise.devices.ocpp.learnt import Learnt
from custom_components.fusewise.devices.ocpp.ways import Way

from .conftest import Eventually
from .peer import Clock, Peer
from .test_ways import charge, takes_only

type Arrive = Callable[..., Awaitable[Peer]]


async def test_a_way_that_was_found_is_taken_at_once_after_a_restart(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", ignored=frozenset({"TxProfile"}))
    await peer.start()
    clock.advance(10)
    await charge(charger, peer, clock, 0.0, 60)
    assert charger.way is Way.TX_DEFAULT
    learnt = Learnt.from_stored(charger.learnt.stored())
    assert learnt == charger.learnt

    again = central.adopt("carport")
    again.remember_learnt(learnt)
    peer = await arrive("carport", ignored=frozenset({"TxProfile"}))
    await peer.start()
    clock.advance(10)
    await again.apply(0.0)
    assert again.way is Way.TX_DEFAULT
    assert peer.let_through() == 0.0


async def test_the_fallback_that_lies_in_a_charger_is_not_written_again_after_a_restart(
    central: CentralSystem, arrive: Arrive, clock: Clock, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    first = await arrive("garage")
    await eventually(lambda: charger.armed == 6.0)
    again = central.adopt("carport")
    again.remember_learnt(charger.learnt)
    assert again.armed == 6.0
    # It was not restarted, only its line was lost: it does not boot by itself.
    peer = await arrive("carport", boots=False, installed=dict(first.installed))
    await peer.start()
    await again.apply(11.0)
    assert not peer.told("TxDefaultProfile")
    # A fall-back that is another one now is written; so is one to a charger that was restarted.
    central.adopt("carport", ChargerSettings(fallback=8.0))
    await again.apply(11.0)
    assert len(peer.told("TxDefaultProfile")) == 1
    await peer.boot()
    await eventually(lambda: len(peer.told("TxDefaultProfile")) == 2)


async def test_what_others_left_in_a_charger_is_taken_away_once(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    foreign = {"charging_schedule": {"charging_schedule_period": [{"start_period": 0, "limit": 0}]}}
    charger = central.adopt("garage")
    peer = await arrive("garage", installed={("TxDefaultProfile", 7): foreign})
    await eventually(lambda: charger.armed == 6.0)
    await peer.start()
    await charger.apply(10.0)
    assert peer.let_through() == 10.0
    await peer.boot()
    await peer.boot()
    await charger.apply(10.0)
    cleared = [action for action, _ in peer.heard if action == "ClearChargingProfile"]
    assert len(cleared) == 1


async def test_its_own_schedule_shows_that_a_limit_has_no_effect(
    central: CentralSystem, arrive: Arrive, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """At once, and also where it stays at its fall-back, which is no disobedience."""
    charger = central.adopt("garage")
    peer = await arrive("garage", ignored=frozenset({"TxProfile"}), tells_schedule=True)
    await peer.start()
    clock.advance(10)
    await charger.apply(11.0)
    assert peer.let_through() == 11.0
    assert charger.way is Way.TX_DEFAULT
    assert "accepts without effect its limit as tx; trying tx_relative" in caplog.text
    asked = [action for action, _ in peer.heard if action == "GetCompositeSchedule"]
    assert len(asked) == 3  # once for each way
    clock.advance(1.0)
    await charger.apply(9.0)
    assert len([action for action, _ in peer.heard if action == "GetCompositeSchedule"]) == 3


async def test_a_schedule_that_lies_about_every_way_ends_with_the_first(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", tells_schedule=True, schedule=32.0)
    await peer.start()
    clock.advance(10)
    for _ in range(20):
        clock.advance(1.0)
        await charger.apply(11.0)
    assert charger.way is Way.TX
    assert peer.let_through() == 11.0


async def test_a_charger_that_stays_at_its_fall_back_is_told_otherwise(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", ignored=frozenset({"TxProfile"}))
    await peer.start()
    clock.advance(10)
    await charge(charger, peer, clock, 7.0, 150)
    assert charger.way is Way.TX_DEFAULT
    assert peer.let_through() == 7.0


async def test_an_owner_knows_better(
    central: CentralSystem, arrive: Arrive, clock: Clock, eventually: Eventually
) -> None:
    settings: dict[str, Any] = {"way": Way.STATION_MAX, "unit": "W", "maximum": 16.0}
    charger = central.adopt("garage", ChargerSettings(**settings, conductors=1))
    peer = await arrive(
        "garage", profile_status=takes_only("ChargePointMaxProfile"), maximum=3680.0
    )
    await eventually(lambda: charger.armed == 6.0)
    await peer.start()
    clock.advance(10)
    await charger.apply(10.0)
    assert peer.let_through() == 2300.0
    assert not peer.told("TxProfile")
    assert charger.learnt.way is None  # not what was found out
    # It may be left to be found out again, with the charger there.
    peer.profile_status = lambda _: "Accepted"
    central.adopt("garage", ChargerSettings(conductors=1))
    await eventually(lambda: peer.told("TxDefaultProfile"))
    clock.advance(1.0)
    await charger.apply(10.0)
    assert charger.way is Way.TX
    assert peer.told("TxProfile")[-1]["charging_schedule"]["charging_rate_unit"] == "A"


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"way": "magic", "tried": 7, "armed": "much", "is_clean": "perhaps"},
        {"way": None, "tried": ["tx", "magic", None]},
    ],
)
def test_what_cannot_be_read_is_found_out_again(stored: Mapping[str, Any]) -> None:
    learnt = Learnt.from_stored(stored)
    assert learnt.way is None
    assert learnt.armed is None
    assert not learnt.is_clean
