"""What has no safe answer is refused; what is decided can be decided again."""

from dataclasses import replace
import math

import pytest

from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.errors import (
    BalancingError,
    ClockError,
    SiteError,
    SnapshotError,
)
from custom_components.fusewise.balancing.memory import (
    ChargerMemory,
    CircuitMemory,
    Memory,
    Samples,
)
from custom_components.fusewise.balancing.model import Snapshot

from .builders import NOW, box, car, fuse, house, run, seen, shows, targets, told

SITE = house(fuse(25, meter="m"), box("b"), box("a"))


@pytest.mark.parametrize(
    ("snapshot", "says"),
    [
        (Snapshot(now=math.nan), "the time of the snapshot is nan"),
        (Snapshot(now=-math.inf), "the time of the snapshot is -inf"),
        (seen({"van": car()}), "the snapshot has charger 'van', which the site does not have"),
        (seen((), {"p": shows(0)}), "the snapshot has meter 'p', which no circuit of the site has"),
        (
            seen((), temperatures={"garage": 20.0}),
            "the snapshot has a temperature of circuit 'garage', which the site does not have",
        ),
    ],
)
def test_a_snapshot_is_refused_with_what_is_wrong_with_it(snapshot: Snapshot, says: str) -> None:
    with pytest.raises(SnapshotError) as error:
        decide(SITE, snapshot, Memory())
    assert str(error.value) == says


def test_a_clock_that_runs_back_is_named() -> None:
    memory = run(SITE, seen((), {"m": shows(0)})).memory
    with pytest.raises(ClockError) as error:
        decide(SITE, seen((), now=NOW - 5), memory)
    assert str(error.value) == "the snapshot is 5.0 s older than the last decision"


def test_a_memory_without_a_time_is_named() -> None:
    with pytest.raises(ClockError, match="the time of the last decision is not a number"):
        decide(SITE, seen(()), Memory(time=math.nan))


def test_a_clock_that_stands_still_is_none_that_runs_back() -> None:
    memory = run(SITE, seen((), {"m": shows(0)})).memory
    assert decide(SITE, seen((), {"m": shows(0)}), memory).time == NOW


def test_all_errors_are_ours() -> None:
    assert all(issubclass(kind, BalancingError) for kind in (SiteError, SnapshotError, ClockError))


def test_there_is_a_setpoint_for_every_charger_in_the_sites_order() -> None:
    decision = decide(SITE, Snapshot(now=NOW), Memory())
    assert [setpoint.charger for setpoint in decision.setpoints] == ["b", "a"]


def test_nothing_that_is_given_is_changed() -> None:
    snapshot, memory = seen("ab", {"m": shows(3)}), Memory()
    before = (replace(snapshot), replace(memory))
    decide(SITE, snapshot, memory)
    assert (snapshot, memory) == before


def test_a_charger_or_circuit_that_the_memory_does_not_know_is_new() -> None:
    before = run(SITE, seen("ab", {"m": shows(3)}))
    bigger = house(
        *SITE.circuits, fuse(16, "panel", "main"), *SITE.chargers, box("c", circuit="panel")
    )
    meters = {"m": shows(3, NOW + 1)}
    decision = run(bigger, seen("abc", meters, now=NOW + 1), memory=before.memory)
    assert {s.charger for s in decision.setpoints if s.current} == {"a", "b", "c"}
    smaller = house(*SITE.circuits, box("a"))
    decision = run(smaller, seen("a", meters, now=NOW + 2), memory=decision.memory)
    assert set(decision.memory.chargers) == {"a"}


def test_what_a_car_is_told_now_says_nothing_of_what_it_drew_before() -> None:
    # It was stopped a second before its sample, and is let in again: it may have drawn anything in between.
    site = house(fuse(15, meter="m", house_allowance=(3.0,) * 3), box("a", slow_to_obey=5.0))
    stopped = run(site, seen("a", now=NOW), seen((), now=NOW + 3))
    again = {"a": car(5.7, at=NOW + 3)}
    snapshot = seen(again, {"m": shows(0, NOW + 4)}, now=NOW + 4)
    once = run(site, snapshot, memory=stopped.memory)
    assert told(once)["a"] > 0
    twice = decide(site, snapshot, once.memory)
    assert twice.circuits == once.circuits
    assert (told(twice), targets(twice)) == (told(once), targets(once))


def test_who_disobeys_counts_the_same_after_it_was_told_something_else() -> None:
    site = house(fuse(25, others=3), box("a", slow_to_obey=5.0))
    before = run(site, seen("a", now=NOW - 300))
    low = Memory(
        time=NOW - 300,
        chargers={
            "a": replace(before.memory.chargers["a"], setpoint=6.0, told=((NOW - 300, 6.0),))
        },
    )
    snapshot = seen({"a": car(16, at=NOW - 1)})
    once = run(site, snapshot, memory=low)
    twice = decide(site, snapshot, once.memory)
    assert told(once)["a"] == told(twice)["a"] == targets(twice)["a"] == 12


def test_what_it_was_told_before_the_last_word_counts_until_it_can_have_followed() -> None:
    site = house(fuse(32, meter="m"), box("a", slow_to_obey=30.0, step=0.1))
    memory = ChargerMemory(
        setpoint=8.9,
        changed_at=NOW - 30,
        before=9.0,
        told=((NOW - 60, 9.0), (NOW - 30, 8.9)),
        session="session",
    )
    last = Memory(
        time=NOW - 1,
        chargers={"a": memory},
        samples={"a": Samples(current=(8.95,), at=NOW - 33)},
        circuits={"main": CircuitMemory(others=(22.0, 0.0, 0.0), since=NOW - 600)},
    )
    snapshot = seen({"a": car(8.85, at=NOW - 3)}, {"m": shows((32.5, 0.0, 0.0), NOW - 0.3)})
    once = run(site, snapshot, memory=last)
    assert (once.circuits[0].others[0], told(once)["a"]) == (23.5, 8.5)
    twice = decide(site, snapshot, once.memory)
    assert (twice.circuits, told(twice)) == (once.circuits, told(once))


def test_a_car_that_is_shown_to_draw_less_than_nothing_draws_nothing() -> None:
    site = house(fuse(32, meter="m"), box("a", slow_to_obey=5.0))
    paused = seen({"a": car(0.1)}, {"m": shows(20)})
    later = seen({"a": car(-0.05, at=NOW + 2.5)}, {"m": shows(20)}, now=NOW + 3)
    begun = run(site, paused, later)
    # The meter's sample comes late: both of the car's are younger.
    snapshot = seen({"a": car(-0.05, at=NOW + 3.5)}, {"m": shows(12, NOW + 2)}, now=NOW + 4)
    once = run(site, snapshot, memory=begun.memory)
    assert once.circuits[0].others[0] == 12
    twice = decide(site, snapshot, once.memory)
    assert (twice.circuits, told(twice)) == (once.circuits, told(once))
