"""What a car draws, may draw and was seen to use."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import NoticeCode, ReasonCode
from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.decision import Decision, Notice
from custom_components.fusewise.balancing.memory import ChargerMemory, Memory, Samples
from custom_components.fusewise.balancing.model import NEVER, ChargerReading, ChargerStatus, Site

from .builders import (
    NO_CAR,
    NOW,
    UNHEARD,
    box,
    car,
    fuse,
    house,
    run,
    seen,
    shows,
    targets,
    told,
    why,
)

CHARGING = ChargerStatus.CHARGING


def cycles(
    site: Site, draws: list[tuple[float, ...]], every: float = 5.0, memory: Memory | None = None
) -> list[Decision]:
    """`a` draws this, sample by sample."""
    found: list[Decision] = []
    memory = memory or Memory()
    for number, drawn in enumerate(draws):
        now = NOW + number * every
        found.append(run(site, seen({"a": car(*drawn, at=now)}, now=now), memory=memory))
        memory = found[-1].memory
    return found


# --- which phases it uses --------------------------------------------------------------------------

THREE = house(fuse((10.0, 32.0, 6.0)), box("a", "L2 L3 L1"))


def test_until_it_is_known_a_car_counts_on_all_conductors() -> None:
    assert targets(run(THREE, seen("a"))) == {"a": 6}


def test_a_one_phase_car_on_a_three_phase_charger_is_learnt_from_two_samples() -> None:
    # The charger's own L1 is the house's L2, which has 32 A.
    _, two, three = cycles(THREE, [(0, 0, 0), (6, 0, 0), (6, 0, 0)])
    assert targets(two) == {"a": 6}
    assert three.memory.chargers["a"].uses == (True, False, False)
    assert targets(three) == {"a": 32}


def test_a_car_that_wakes_up_phase_by_phase_is_not_mistaken_for_one() -> None:
    *_, last = cycles(THREE, [(0, 0, 0), (3, 0, 0), (3, 3, 0), (6, 6, 6)])
    assert last.memory.chargers["a"].uses is None


def test_a_second_phase_counts_as_soon_as_it_is_seen() -> None:
    *_, last = cycles(THREE, [(0, 0, 0), (6, 0, 0), (6, 0, 0), (6, 6, 0)])
    assert last.memory.chargers["a"].uses == (True, True, False)


def test_a_chargers_standby_is_no_car() -> None:
    *_, last = cycles(THREE, [(0, 0, 0), (6, 0.4, 0.4), (6, 0.4, 0.4)])
    assert last.memory.chargers["a"].uses == (True, False, False)


def test_what_is_known_of_the_vehicle_need_not_be_learnt() -> None:
    assert targets(run(THREE, seen({"a": car(phases=1)}))) == {"a": 32}
    assert targets(run(THREE, seen({"a": car(phases=2)}))) == {"a": 6}


def test_but_what_is_measured_counts_more() -> None:
    snapshots = [
        seen({"a": car(*drawn, at=NOW + second, phases=1)}, now=NOW + second)
        for second, drawn in enumerate([(0, 0, 0), (6, 6, 6)])
    ]
    assert targets(run(THREE, *snapshots)) == {"a": 6}


@pytest.mark.parametrize("plain", [False, True], ids=["other session", "no sessions"])
def test_the_next_car_is_not_taken_for_the_last_one(plain: bool) -> None:
    before = cycles(THREE, [(0, 0, 0), (6, 0, 0), (6, 0, 0)])[-1]
    away = run(THREE, seen({"a": NO_CAR}, now=NOW + 60), memory=before.memory)
    assert away.memory.chargers["a"].uses is None
    back = {"a": car(0, 0, 0, at=NOW + 90, name="next", plain=plain)}
    assert targets(run(THREE, seen(back, now=NOW + 90), memory=away.memory)) == {"a": 6}


# --- what it leaves --------------------------------------------------------------------------------


def steady(amperes: float, told_before: float, drawn: float, **charger: Any) -> Decision:
    """A car that was told some amperes long ago and has drawn others since."""
    site = house(fuse(amperes), box("a", **charger), box("b"))
    memory = ChargerMemory(
        setpoint=told_before,
        changed_at=NOW - 60,
        on_since=NOW - 999,
        session="session",
    )
    samples = Samples(current=(drawn,), at=NOW - 5)
    asked = {"a": car(drawn, status=CHARGING), "b": car()}
    known = Memory(time=NOW - 5, chargers={"a": memory}, samples={"a": samples})
    return run(site, seen(asked), memory=known)


def test_what_a_car_leaves_is_handed_on_up_to_a_margin() -> None:
    decision = steady(32, told_before=16, drawn=9)
    assert targets(decision) == {"a": 10, "b": 22}
    assert why(decision) is ReasonCode.CAR_LEAVES_IT


def test_a_car_within_a_tenth_of_its_setpoint_uses_it() -> None:
    assert targets(steady(32, told_before=16, drawn=14.6)) == {"a": 16, "b": 16}


def test_a_car_that_draws_nothing_keeps_its_floor() -> None:
    assert targets(steady(32, told_before=16, drawn=0)) == {"a": 6, "b": 26}


def test_a_car_that_comes_up_to_what_it_was_left_may_have_all_again() -> None:
    site = house(fuse(32), box("a"))
    draws: list[tuple[float, ...]] = [(32,), (10,), (10,), (10,), (10,)]
    left = cycles(site, draws, every=10)
    assert targets(left[-1]) == {"a": 11}
    assert why(left[-1]) is ReasonCode.CAR_LEAVES_IT
    now = NOW + 100
    readings = [{"a": car(11, at=now + 10 * n)} for n in range(2)]
    snapshots = [seen(reading, now=now + 10 * n) for n, reading in enumerate(readings)]
    assert targets(run(site, *snapshots, memory=left[-1].memory)) == {"a": 32}


def test_a_car_on_its_way_is_not_taken_to_leave_anything() -> None:
    site = house(fuse(32), box("a"))
    *_, last = cycles(site, [(0.0,), (2.0,), (6.0,), (10.0,), (14.0,)], every=4)
    assert targets(last) == {"a": 32}


def test_levels_that_a_car_lies_between_do_not_make_it_swing() -> None:
    # It draws 13 A: with levels of 10 and 16 A it needs the higher one, and leaves nothing to hand on.
    levels = (6.0, 10.0, 16.0)
    assert targets(steady(32, told_before=16, drawn=13, levels=levels))["a"] == 16
    assert targets(steady(32, told_before=16, drawn=8, levels=levels))["a"] == 10


def test_a_car_sleeps_from_when_it_is_seen_to_want_nothing_until_it_draws_something() -> None:
    site = house(fuse(32), box("a"))
    draws: list[tuple[float, ...]] = [(32,), (0,), (0,), (0.4,), (0,), (6,)]
    found = [d.memory.chargers["a"].asleep for d in cycles(site, draws, every=10)]
    assert found == [False, False, True, True, True, False]


def test_one_that_does_not_measure_sleeps_while_its_charger_says_so() -> None:
    site, memory, found = house(fuse(32), box("a")), Memory(), []
    suspended, charging = ChargerStatus.SUSPENDED_EV, ChargerStatus.CHARGING
    for minute, status in enumerate([charging, suspended, ChargerStatus.PREPARING, charging]):
        snapshot = seen({"a": car(status=status)}, now=NOW + 60 * minute)
        memory = run(site, snapshot, memory=memory).memory
        found.append(memory.chargers["a"].asleep)
    assert found == [False, True, True, False]


def test_what_its_charger_said_while_it_was_paused_puts_no_car_to_sleep_that_may_charge_now() -> (
    None
):
    site = house(fuse(16), box("a", slow_to_obey=5.0))
    paused = {"a": car(0, status=ChargerStatus.SUSPENDED_EV)}
    memory = Memory(
        time=NOW - 1,
        chargers={"a": ChargerMemory(changed_at=NOW - 60, told=((NOW - 60, 0.0),))},
    )
    asleep = []
    for second in range(15):
        decision = run(site, seen(paused, now=NOW + second), memory=memory)
        memory = decision.memory
        asleep.append(memory.chargers["a"].asleep)
    assert told(decision)["a"] > 0
    assert asleep == [False] * 12 + [True] * 3  # 5 s to obey, and 7 s to settle


def test_while_it_may_not_charge_nobody_knows() -> None:
    site = house(fuse(32, others=30), box("a"))
    slept = ChargerMemory(asleep=True, session="session", changed_at=NOW - 60)
    before = Memory(time=NOW - 1, chargers={"a": slept})
    for status in (ChargerStatus.SUSPENDED_EVSE, ChargerStatus.CHARGING):
        decision = run(site, seen({"a": car(0, status=status)}), memory=before)
        assert decision.memory.chargers["a"].asleep
    assert not run(site, seen({"a": NO_CAR}), memory=before).memory.chargers["a"].asleep
    other = {"a": car(0, name="another")}
    assert not run(site, seen(other), memory=before).memory.chargers["a"].asleep


# --- what it may draw ------------------------------------------------------------------------------


def test_a_car_that_charges_when_it_is_first_heard_of_goes_on() -> None:
    site = house(fuse(25), box("a"), hold=30.0, rise_spacing=5.0, rise_rate=1.0, dead_band=1.0)
    assert told(run(site, seen({"a": car(24, status=CHARGING)}))) == {"a": 24}


@pytest.mark.parametrize(
    ("levels", "expected"), [((), 13.2), ((6.0, 10.0, 16.0), 10.0)], ids=["tenths", "levels"]
)
def test_what_it_is_told_then_is_something_that_it_knows(
    levels: tuple[float, ...], expected: float
) -> None:
    site = house(fuse(13.3), box("a", levels=levels), dead_band=1.0)
    assert told(run(site, seen({"a": car(13.27, status=CHARGING)}))) == {"a": expected}


def test_an_unproved_charger_out_of_reach_counts_with_its_maximum() -> None:
    site = house(fuse(40), box("a", maximum=16), box("b"))
    decision = run(site, seen({"a": UNHEARD, "b": car()}))
    assert targets(decision) == {"a": 0, "b": 24}
    assert why(decision) is ReasonCode.OFFLINE


def test_a_charger_that_is_not_in_the_snapshot_is_out_of_reach() -> None:
    site = house(fuse(40), box("a", maximum=16), box("b"))
    assert targets(decide(site, seen("b"), Memory())) == {"a": 0, "b": 24}


@pytest.mark.parametrize(
    ("reading", "counted"),
    [
        (replace(UNHEARD, limit=13.0, limit_until=NOW + 30), 13),
        (replace(UNHEARD, limit=13.0, limit_until=NOW), 8),
        (replace(UNHEARD, limit=6.0, limit_until=NOW + 30), 6),
        # nobody knows when it ends
        (replace(UNHEARD, limit=13.0), 13),
        (replace(UNHEARD, limit=6.0), 8),
        (UNHEARD, 8),
    ],
)
def test_a_proved_one_counts_with_its_live_setpoint_and_then_with_its_fallback(
    reading: ChargerReading, counted: float
) -> None:
    site = house(fuse(32), box("a", fallback=8, fallback_proved=True), box("b"))
    assert targets(run(site, seen({"a": reading, "b": car()}))) == {"a": 0, "b": 32 - counted}


def test_what_it_was_told_last_counts_where_it_has_not_confirmed_it() -> None:
    site = house(fuse(32), box("a", fallback=8, fallback_proved=True), box("b"))
    memory = ChargerMemory(setpoint=16, changed_at=NOW - 1)
    reading = replace(UNHEARD, limit=10.0, limit_until=NOW + 30)
    decision = run(
        site,
        seen({"a": reading, "b": car()}),
        memory=Memory(time=NOW - 1, chargers={"a": memory}),
    )
    assert targets(decision)["b"] == 16


def disobedient(**reading: Any) -> Decision:
    """A charger that was told 6 A a minute ago."""
    site = house(fuse(32), box("a"), box("b"))
    memory = ChargerMemory(setpoint=6, changed_at=NOW - 60, session="session")
    asked = {"a": replace(car(status=CHARGING), **reading), "b": car()}
    return run(site, seen(asked), memory=Memory(time=NOW - 1, chargers={"a": memory}))


def test_a_car_that_draws_more_than_it_was_told_counts_with_it_and_its_owner_is_told() -> None:
    decision = disobedient(current=(10.0,))
    assert targets(decision) == {"a": 14, "b": 14}
    assert decision.notices == (Notice(code=NoticeCode.CHARGER_DISOBEYS, subject="a", figure=10),)


def test_so_does_a_charger_that_holds_on_to_a_higher_limit() -> None:
    assert targets(disobedient(limit=16.0)) == {"a": 11, "b": 11}
    assert targets(disobedient(limit=16.0, limit_until=NOW)) == {"a": 16, "b": 16}


def test_but_not_before_it_could_obey() -> None:
    site = house(fuse(32, meter="m"), box("a", slow_to_obey=5.0))
    first = run(site, seen({"a": car(20)}, {"m": shows(20)}))
    lowered = run(
        site,
        seen({"a": car(20, at=NOW + 1)}, {"m": shows(36, NOW + 1)}, now=NOW + 1),
        memory=first.memory,
    )
    assert told(lowered) == {"a": 16}
    second = run(
        site,
        seen({"a": car(20, at=NOW + 2)}, {"m": shows(36, NOW + 2)}, now=NOW + 2),
        memory=lowered.memory,
    )
    assert NoticeCode.CHARGER_DISOBEYS not in {notice.code for notice in second.notices}
    assert told(second) == {"a": 16}


def test_it_is_not_taken_to_obey_because_it_is_told_something_else_meanwhile() -> None:
    """A charger that lets 10 A through whatever it is told, and a house that makes it fall again and again."""
    site = house(fuse(32, meter="m"), box("a", slow_to_obey=5.0))
    memory, disobeyed = Memory(), []
    for second in range(40):
        now = NOW + second
        readings = {"a": car(10, at=now, status=CHARGING)}
        shown = {"m": shows(32 + second / 10, now)}
        decision = run(site, seen(readings, shown, now=now), memory=memory)
        memory = decision.memory
        disobeyed.append(any(n.code is NoticeCode.CHARGER_DISOBEYS for n in decision.notices))
    assert disobeyed.index(True) < 25
    assert all(disobeyed[disobeyed.index(True) :])


def test_a_charger_of_which_nobody_has_ever_been_told_anything_does_not_disobey() -> None:
    site = house(fuse(32), box("a"))
    asked = {"a": replace(car(), limit=32.0)}
    assert targets(run(site, seen(asked))) == {"a": 32}


def test_what_left_with_its_car_is_forgotten() -> None:
    site = house(fuse(32), box("a"), box("b"))
    memory = ChargerMemory(setpoint=0, changed_at=NOW - 60, session="session")
    samples = Samples(current=(16.0,), at=NOW - 1)
    decision = run(
        site,
        seen({"a": NO_CAR, "b": car()}),
        memory=Memory(time=NOW - 1, chargers={"a": memory}, samples={"a": samples}),
    )
    assert targets(decision)["b"] == 32
    assert decision.memory.samples["a"].current is None
    assert decision.memory.samples["a"].earlier_at == NEVER
