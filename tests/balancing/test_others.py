"""The house is the meter minus the cars, as far as samples of different age let us know."""

from collections.abc import Sequence
import random
from typing import Any

import pytest

from custom_components.fusewise.balancing.memory import (
    ChargerMemory,
    CircuitMemory,
    Memory,
    MeterMemory,
    Samples,
)
from custom_components.fusewise.balancing.model import NEVER, ChargerStatus, PerPhase

from .builders import NOW, UNHEARD, box, car, fuse, house, run, seen, shows, told

SITE = house(fuse(25, meter="m"), box("a", slow_to_obey=5.0))


def counted(
    meter: float,
    sample: tuple[float, ...] | None = None,
    age: float = 0.0,
    last: float | None = 5.0,
    falls: Sequence[tuple[float, float]] = (),
    reachable: bool = True,
    **memory: float,
) -> float:
    """A of the house on L1: the meter shows this now, and the car was sampled so long ago."""
    figures: dict[str, Any] = {"changed_at": NOW - 60, "on_since": NOW - 60, **memory}
    charger = ChargerMemory(session="session", **figures)
    others: PerPhase | None = None if last is None else (last, 0.0, 0.0)
    known = Memory(
        time=NOW - 0.5,
        chargers={"a": charger},
        samples={"a": Samples(current=sample, at=NOW - age)},
        circuits={"main": CircuitMemory(others=others)},
        meters={
            "m": MeterMemory(
                current=(meter, 0.0, 0.0),
                measured_at=NOW - 0.5,
                falls=tuple((NOW - ago, (by, 0.0, 0.0)) for ago, by in falls),
            )
        },
    )
    reading = car(status=ChargerStatus.CHARGING) if reachable else UNHEARD
    decision = run(SITE, seen({"a": reading}, {"m": shows((meter, 0, 0))}), memory=known)
    return decision.circuits[0].others[0]


def test_with_samples_of_equal_age_it_is_plain_subtraction() -> None:
    assert counted(17, sample=(10,), age=0, setpoint=10) == 7


def test_a_car_that_does_not_measure_counts_with_nothing_at_first() -> None:
    assert counted(15, sample=None, setpoint=10, last=None) == 15


def test_unless_it_was_charging_when_we_came_for_then_it_draws_its_floor() -> None:
    assert counted(15, sample=None, setpoint=6, changed_at=NEVER, last=None) == 9


def test_then_the_house_is_taken_to_have_changed_as_little_as_the_car_allows() -> None:
    assert counted(15, sample=None, setpoint=10, last=5) == 5
    # 18 A less at most 10 A: the house has risen to 8 A at least
    assert counted(18, sample=None, setpoint=10, last=5) == 8
    # 3 A in all: the house has fallen to 3 A at most
    assert counted(3, sample=None, setpoint=10, last=5) == 3


def test_a_car_that_was_told_to_draw_less_is_not_taken_to_draw_the_more_of_before() -> None:
    told_long_ago: dict[str, Any] = {"setpoint": 6.0, "before": 16.0, "changed_at": NOW - 60}
    assert counted(20, sample=None, last=5, **told_long_ago) == 14
    told_just_now: dict[str, Any] = {**told_long_ago, "changed_at": NOW - 2}
    assert counted(20, sample=None, last=5, **told_just_now) == 5


def test_a_car_that_does_not_measure_hides_no_load_on_a_phase_that_it_does_not_use() -> None:
    site = house(fuse(25, meter="m"), box("a", "L1 L2 L3", slow_to_obey=5.0), box("b", "L2"))
    memory, drawn = Memory(), (0.0, 0.0)
    for second, kettle in ((0, 0.0), (10, 0.0), (20, 12.0), (30, 12.0)):
        now = NOW + second
        cars = {
            "a": car(status=ChargerStatus.CHARGING, phases=1),
            "b": car(drawn[1], at=now, status=ChargerStatus.CHARGING),
        }
        flows = (drawn[0], kettle + drawn[1], 0.0)
        decision = run(site, seen(cars, {"m": shows(flows, now)}, now=now), memory=memory)
        memory = decision.memory
        drawn = told(decision)["a"], told(decision)["b"]
        assert kettle + drawn[1] <= 25, second
    assert drawn == (25, 13)


def test_a_car_that_follows_at_once_still_draws_what_it_did_when_it_is_told() -> None:
    site = house(fuse(25, meter="m"), box("a", slow_to_obey=0.0))
    for before, now in ((10.0, 6.0), (6.0, 10.0)):
        known = ChargerMemory(session="session", setpoint=before, changed_at=NOW - 60)
        house_before = CircuitMemory(others=(5.0, 0.0, 0.0))
        memory = Memory(time=NOW - 1, chargers={"a": known}, circuits={"main": house_before})
        meter = shows((25.0 - now + before, 0.0, 0.0))
        snapshot = seen({"a": car(status=ChargerStatus.CHARGING)}, {"m": meter})
        first = run(site, snapshot, memory=memory)
        assert told(first) == {"a": now}
        assert told(run(site, snapshot, memory=first.memory)) == {"a": now}


def test_a_rise_of_the_house_shows_at_once_although_the_cars_sample_is_old() -> None:
    assert counted(19, sample=(10,), age=20, setpoint=10, last=5) == 9


def test_a_fall_of_the_meter_may_be_the_cars_until_its_own_sample_says() -> None:
    # 4 A fell away after the car was sampled at 10 A.
    assert counted(11, sample=(10,), age=20, setpoint=10, last=5, falls=[(1, 4)]) == 5
    # The fall is older than the sample: then it was the house's.
    assert counted(11, sample=(10,), age=20, setpoint=10, last=5, falls=[(21, 4)]) == 1


def test_it_may_be_the_cars_although_only_tenths_of_a_second_lie_between_the_samples() -> None:
    assert counted(11, sample=(10,), age=0.3, setpoint=10, last=5, falls=[(0.1, 4)]) == 5


def test_the_house_never_draws_more_than_its_meter_shows_however_much_that_fell() -> None:
    assert counted(11, sample=(10,), age=20, setpoint=10, last=15, falls=[(1, 20)]) == 11


def test_a_car_that_was_just_told_to_draw_less_may_do_so_already() -> None:
    assert counted(11, sample=(10,), age=3, setpoint=6, changed_at=NOW - 2, last=5) == 5


def test_a_car_that_should_have_obeyed_may_still_be_on_its_way_down() -> None:
    falling: dict[str, Any] = {"sample": (16,), "setpoint": 8, "last": 10}
    assert counted(25, age=7, changed_at=NOW - 5.5, **falling) == 10
    assert counted(25, age=11, changed_at=NOW - 10, **falling) == 17


def test_a_car_that_was_just_told_to_draw_more_may_do_so_already() -> None:
    assert counted(21, sample=(10,), age=3, setpoint=16, changed_at=NOW - 2, last=5) == 5


def test_a_car_may_be_on_its_way_to_what_it_was_told_before() -> None:
    rising: dict[str, Any] = {"sample": (10,), "setpoint": 9, "before": 12.0, "last": 14}
    assert counted(26, age=1, changed_at=NOW - 2, **rising) == 14
    assert counted(26, age=1, changed_at=NOW - 30, **rising) == 16


def test_a_moment_between_two_samples_counts_where_a_car_has_just_begun() -> None:
    # 20 ms lie between its 0 A and the meter, which shows its 6 A already.
    begun: dict[str, Any] = {"sample": (0.0,), "setpoint": 6, "last": 5}
    assert counted(11, age=0.02, changed_at=NOW - 3, **begun) == 5
    assert counted(11, age=0.02, changed_at=NOW - 11, **begun) == 5  # slow to obey, and to settle
    assert counted(11, age=0.02, changed_at=NOW - 60, **begun) == 11
    assert counted(11, age=0.0, changed_at=NOW - 3, **begun) == 11


def test_who_is_out_of_reach_may_draw_nothing_or_all() -> None:
    assert counted(17, sample=(10,), age=20, setpoint=10, last=5, reachable=False) == 5
    assert counted(48, sample=(10,), age=20, setpoint=10, last=5, reachable=False) == 16


def test_samples_that_come_after_the_meters_say_nothing_of_what_it_showed() -> None:
    """A meter of 30 s, and a car that rises and reports every five."""
    cycles = [
        seen(
            {"a": car(10 + 2.0 * number, at=NOW + 5 * number, status=ChargerStatus.CHARGING)},
            {"m": shows((13, 0, 0), NOW + 1, interval=30.0)},
            now=NOW + 5 * number + 1,
        )
        for number in range(6)
    ]
    assert run(SITE, *cycles[:1]).circuits[0].others[0] == 3
    assert run(SITE, *cycles).circuits[0].others[0] == 3


@pytest.mark.parametrize("car_every", [1, 10, 30, None])
def test_no_overload_lasts_longer_than_a_car_needs_to_obey(car_every: int | None) -> None:
    """A house in steps, a car that follows after four seconds, and its samples that come now and then."""
    rng = random.Random(1)
    memory, level, over = Memory(), 4.0, 0
    sent: list[float] = [0.0] * 4
    sample: tuple[float, ...] = ()
    sampled_at = NOW
    for second in range(900):
        now = NOW + second
        if rng.random() < 0.04:
            level = rng.choice([1.5, 3.0, 5.0, 8.0, 12.0])
        drawn = sent[-4]
        if car_every and second % car_every == 0:
            sample, sampled_at = (drawn,), now
        reading = car(*sample, at=sampled_at, status=ChargerStatus.CHARGING)
        decision = run(
            SITE,
            seen({"a": reading}, {"m": shows((level + drawn, 0, 0), now)}, now=now),
            memory=memory,
        )
        memory = decision.memory
        sent.append(told(decision)["a"])
        over = over + 1 if level + drawn > 25 + 1e-6 else 0
        # While a rise is under way, a second passes until the house's own is told from it.
        assert over <= (4 if car_every == 1 else 5), second
