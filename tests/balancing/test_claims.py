"""What each session asks for, by its mode and its limits; and how each policy shares what there is."""

from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.model import ChargerReading, ChargerStatus, Mode
from custom_components.fusewise.balancing.settings import Policy

from .builders import NO_CAR, NOW, UNHEARD, box, car, fuse, house, run, seen, targets, told, why

HOUR = 3600.0


def share_of(reading: ChargerReading, now: float = NOW, **charger: Any) -> tuple[float, ReasonCode]:
    """What one car on a fuse of 25 A gets, and why."""
    decision = run(house(fuse(25), box(**charger)), seen({"a": reading}, now=now))
    return targets(decision)["a"], why(decision)


@pytest.mark.parametrize(
    ("reading", "code"),
    [
        (NO_CAR, ReasonCode.NO_CAR),
        (car(status=ChargerStatus.FINISHING), ReasonCode.NO_CAR),
        (car(status=ChargerStatus.FAULTED), ReasonCode.FAULTED),
        (car(status=ChargerStatus.UNAVAILABLE), ReasonCode.FAULTED),
        (car(mode=Mode.OFF), ReasonCode.OFF),
        (car(mode=Mode.OFF, boost=True), ReasonCode.OFF),
        (UNHEARD, ReasonCode.OFFLINE),
        (car(maximum=5), ReasonCode.VEHICLE_LIMIT),
    ],
)
def test_who_asks_for_nothing_gets_nothing_and_is_told_why(
    reading: ChargerReading, code: ReasonCode
) -> None:
    assert share_of(reading) == (0, code)


def test_a_car_of_which_nothing_is_known_may_charge() -> None:
    assert share_of(car(plain=True)) == (25, ReasonCode.CIRCUIT_LIMIT)


def test_the_charger_bounds_it() -> None:
    assert share_of(car(), maximum=16) == (16, ReasonCode.FULL)


def test_the_vehicle_or_its_owner_bounds_it() -> None:
    assert share_of(car(maximum=13)) == (13, ReasonCode.VEHICLE_LIMIT)


def test_a_vehicles_limit_is_rounded_down_to_what_the_charger_knows() -> None:
    assert share_of(car(maximum=13.7), step=1.0)[0] == 13


def test_a_floor_between_two_steps_is_the_higher_one() -> None:
    site = house(fuse(13), box("a", floor=6.5, step=1.0), box("b", floor=6.5, step=1.0))
    assert targets(run(site, seen("ab"))) == {"a": 13, "b": 0}


def test_a_session_ends_after_its_longest_time() -> None:
    asked = car(started=NOW - 100, longest=160)
    assert share_of(asked, NOW + 59)[1] is ReasonCode.CIRCUIT_LIMIT
    assert share_of(asked, NOW + 61) == (0, ReasonCode.SESSION_OVER)


@pytest.mark.parametrize(("price", "amperes"), [(0.31, 0), (0.30, 25), (-0.05, 25), (None, 25)])
def test_above_its_maximum_price_a_car_waits(price: float | None, amperes: float) -> None:
    decision = run(house(fuse(25), box()), seen({"a": car(maximum_price=0.30)}, price=price))
    assert targets(decision) == {"a": amperes}
    if not amperes:
        assert why(decision) is ReasonCode.WAITING_PRICE


def test_who_has_just_begun_goes_on_at_its_floor_when_the_price_rises() -> None:
    site = house(fuse(25), box(), minimum_on=300)
    asked = {"a": car(maximum_price=0.30)}
    cheap = run(site, seen(asked, price=0.2))
    dear = run(site, seen(asked, price=0.4, now=NOW + 299), memory=cheap.memory)
    assert told(dear) == {"a": 6}
    assert why(dear) is ReasonCode.WAITING_PRICE
    assert told(run(site, seen(asked, price=0.4, now=NOW + 300), memory=dear.memory)) == {"a": 0}


def test_a_car_that_must_not_be_stopped_is_not_stopped_by_a_price() -> None:
    site = house(fuse(25), box(pausable=False))
    asked = {"a": car(maximum_price=0.30)}
    cheap = run(site, seen(asked, price=0.2))
    dear = run(site, seen(asked, price=0.4, now=NOW + 9000), memory=cheap.memory)
    assert told(dear) == {"a": 6}
    assert told(run(site, seen(asked, price=0.4))) == {"a": 0}  # it may wait before it begins


def test_a_fast_car_has_all_that_it_can_use_before_fair_ones_rise() -> None:
    site = house(fuse(32), box("a"), box("b"))
    asked = {"a": car(mode=Mode.FAST, maximum=20), "b": car()}
    assert targets(run(site, seen(asked))) == {"a": 20, "b": 12}


def test_a_boost_goes_before_a_fast_one() -> None:
    site = house(fuse(32), box("a"), box("b"))
    asked = {"a": car(mode=Mode.FAST), "b": car(boost=True)}
    assert targets(run(site, seen(asked))) == {"a": 6, "b": 26}


def test_a_boost_makes_a_sun_car_charge_at_night() -> None:
    assert share_of(car(mode=Mode.SUN))[0] == 0
    assert share_of(car(mode=Mode.SUN, boost=True))[0] == 25


def test_a_car_that_sleeps_keeps_only_its_floor() -> None:
    site = house(fuse(25), box("a"), box("b"))
    asked = {"a": car(status=ChargerStatus.SUSPENDED_EV), "b": car()}
    decision = run(site, seen(asked))
    assert targets(decision) == {"a": 6, "b": 19}
    assert why(decision) is ReasonCode.CAR_LEAVES_IT


# --- policies --------------------------------------------------------------------------------------


def shared(policy: Policy, *readings: ChargerReading, **chargers: Any) -> list[float]:
    """30 A among three cars of up to 32 A."""
    boxes = [box(name, **{k: v[n] for k, v in chargers.items()}) for n, name in enumerate("abc")]
    site = house(fuse(30), *boxes, policy=policy)
    asked = dict(zip("abc", readings or (car(), car(), car()), strict=True))
    return list(targets(run(site, seen(asked))).values())


@pytest.mark.parametrize("policy", list(Policy))
def test_equals_are_treated_equally(policy: Policy) -> None:
    assert shared(policy) == [10, 10, 10]


def test_equal_shares_equally_whatever_cars_need() -> None:
    asked = (car(energy_needed_kwh=1), car(energy_needed_kwh=60), car(departure=NOW + HOUR))
    assert shared(Policy.EQUAL, *asked) == [10, 10, 10]


@pytest.mark.parametrize("policy", [Policy.EQUAL, Policy.FAIR])
def test_a_weight_counts_twice_as_much(policy: Policy) -> None:
    assert shared(policy, weight=(2.0, 1.0, 1.0)) == [15, 7.5, 7.5]


def test_proportional_shares_by_what_is_still_needed() -> None:
    asked = tuple(car(energy_needed_kwh=kwh) for kwh in (40.0, 30.0, 5.0))
    # 5 kWh of 75 would be 2 A: its floor is 6, and the others share the rest by 4 to 3.
    assert shared(Policy.PROPORTIONAL, *asked) == [13.7, 10.3, 6]


def test_earliest_departure_serves_one_after_the_other() -> None:
    asked = tuple(car(departure=NOW + hours * HOUR) for hours in (8, 2, 4))
    assert shared(Policy.EARLIEST_DEPARTURE, *asked) == [6, 18, 6]


def test_first_come_serves_one_after_the_other() -> None:
    asked = tuple(car(started=NOW - hours * HOUR, maximum=14) for hours in (1, 2, 3))
    assert shared(Policy.FIRST_COME, *asked) == [6, 10, 14]


def test_priority_serves_one_after_the_other_and_equals_equally() -> None:
    assert shared(Policy.PRIORITY, priority=(0, 1, 1)) == [6, 12, 12]


def test_fair_gives_more_to_who_has_less_time() -> None:
    asked = tuple(
        car(departure=NOW + hours * HOUR, energy_needed_kwh=10) for hours in (3.0, 3.2, 9.0)
    )
    one, two, three = shared(Policy.FAIR, *asked)
    assert one > two > three == 6


def test_fair_gives_the_same_where_nobody_said_anything_whatever_the_phases() -> None:
    site = house(
        fuse(32), box("a", "L1 L2 L3", maximum=16), box("b", maximum=16), policy=Policy.FAIR
    )
    site2 = house(fuse(20), *site.chargers, policy=Policy.FAIR)
    assert targets(run(site2, seen("ab"))) == {"a": 10, "b": 10}
