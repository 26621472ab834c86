"""Who charges when not all floors fit: nobody by accident, nobody for ever, nobody left out who fits."""

from hypothesis import given, strategies as st
import pytest

from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.memory import ChargerMemory, Memory
from custom_components.fusewise.balancing.model import ChargerReading, ChargerStatus, Site

from .builders import NOW, box, car, fuse, house, run, seen, shows, targets, told, why

MINUTE = 60.0


def waits(
    site: Site, cars: dict[str, ChargerReading], hours: float, every: float = 30.0
) -> dict[str, float]:
    """The longest that each car waited, s, while somebody charged."""
    memory = Memory()
    since = dict.fromkeys(cars, NOW)
    longest = dict.fromkeys(cars, 0.0)
    for step in range(int(hours * 3600 / every)):
        now = NOW + step * every
        decision = run(site, seen(cars, now=now), memory=memory)
        memory = decision.memory
        charging = {name for name, current in told(decision).items() if current}
        for name in cars:
            if name in charging or not charging:
                since[name] = now
            longest[name] = max(longest[name], now - since[name])
    return longest


def test_some_charge_when_not_all_fit() -> None:
    site = house(fuse(16), box("a"), box("b"), box("c"))
    assert sorted(targets(run(site, seen("abc"))).values()) == [0, 8, 8]


def test_who_is_left_out_is_told_so_and_until_when() -> None:
    site = house(fuse(10), box("a"), box("b"), turn_time=900)
    decision = run(site, seen("ab"))
    assert targets(decision) == {"a": 10, "b": 0}
    reason = decision.setpoints[1].reason
    assert (reason.code, reason.circuit, reason.until) == (
        ReasonCode.WAITING_TURN,
        "main",
        NOW + 890,
    )


def test_where_not_even_one_floor_fits_the_house_is_the_reason() -> None:
    decision = run(house(fuse(10, others=5), box()), seen("a"))
    assert targets(decision) == {"a": 0}
    assert why(decision) is ReasonCode.NO_ROOM


def test_nobody_is_left_out_whose_floor_still_fits() -> None:
    # The first two need 10 A each, and only one of them fits; the third needs 6.
    site = house(fuse(16), box("a", floor=10), box("b", floor=10), box("c"))
    assert targets(run(site, seen("abc"))) == {"a": 10, "b": 0, "c": 6}


def test_a_refused_floor_takes_nothing_from_those_who_are_admitted() -> None:
    site = house(fuse(17), box("a"), box("b"), box("c"))
    assert sorted(targets(run(site, seen("abc"))).values()) == [0, 8.5, 8.5]


def test_a_boost_goes_before_a_priority() -> None:
    site = house(fuse(10), box("a", priority=5), box("b"))
    assert targets(run(site, seen({"a": car(), "b": car(boost=True)}))) == {"a": 0, "b": 10}


def test_a_priority_goes_before_urgency() -> None:
    site = house(fuse(10), box("a"), box("b", priority=1))
    urgent = car(departure=NOW + 600, energy_needed_kwh=30)
    assert targets(run(site, seen({"a": urgent, "b": car()}))) == {"a": 0, "b": 10}


def test_among_equals_the_more_urgent_one_goes_first() -> None:
    site = house(fuse(10), box("a"), box("b"))
    late, soon = (
        car(departure=NOW + hours * 3600, energy_needed_kwh=10, name=str(hours)) for hours in (9, 3)
    )
    assert targets(run(site, seen({"a": late, "b": soon}))) == {"a": 0, "b": 10}


def test_a_charging_car_is_not_stopped_for_a_little_more_urgency() -> None:
    site = house(fuse(10), box("a"), box("b"), running_bonus=900)
    one = run(site, seen({"a": car(departure=NOW + 7200)}))
    little = car(departure=NOW + 7200 - 800, at=NOW + 400)
    decision = run(
        site,
        seen({"a": car(departure=NOW + 7200), "b": little}, now=NOW + 400),
        memory=one.memory,
    )
    assert targets(decision) == {"a": 10, "b": 0}
    much = car(departure=NOW + 7200 - 1000)
    decision = run(
        site, seen({"a": car(departure=NOW + 7200), "b": much}, now=NOW + 400), memory=one.memory
    )
    assert targets(decision) == {"a": 0, "b": 10}


def test_nor_within_its_first_minutes_for_any_urgency() -> None:
    site = house(fuse(10), box("a"), box("b"), minimum_on=300)
    one = run(site, seen({"a": car(departure=NOW + 9e4)}))
    urgent = {"a": car(departure=NOW + 9e4), "b": car(departure=NOW + 600)}
    assert targets(run(site, seen(urgent, now=NOW + 299), memory=one.memory))["a"] == 10
    assert targets(run(site, seen(urgent, now=NOW + 300), memory=one.memory))["a"] == 0


def test_a_car_that_must_not_be_stopped_keeps_its_floor_before_everybody() -> None:
    site = house(fuse(10), box("a", pausable=False), box("b", priority=9))
    one = run(site, seen("a"))
    boosted = {"a": car(), "b": car(boost=True)}
    decision = run(site, seen(boosted, now=NOW + 5000), memory=one.memory)
    assert targets(decision) == {"a": 10, "b": 0}


def test_but_not_before_the_fuse() -> None:
    site = house(fuse(16, meter="m"), box("a", pausable=False))
    one = run(site, seen("a", {"m": shows(0)}))
    two = run(site, seen("a", {"m": shows(29, NOW + 1)}, now=NOW + 1), memory=one.memory)
    assert told(one) == {"a": 16}
    assert told(two) == {"a": 0}


def test_a_car_that_has_not_begun_has_nothing_to_be_kept() -> None:
    site = house(fuse(10), box("a", pausable=False), box("b", priority=1))
    assert targets(run(site, seen("ab"))) == {"a": 0, "b": 10}


def test_a_moments_lull_starts_nobody() -> None:
    site = house(fuse(16, meter="m"), box(), smoothing=60)
    busy = run(site, seen("a", {"m": shows(12)}))
    lull = run(site, seen("a", {"m": shows(9, NOW + 1)}, now=NOW + 1), memory=busy.memory)
    assert targets(lull) == {"a": 0}
    lasting = run(site, seen("a", {"m": shows(9, NOW + 600)}, now=NOW + 600), memory=lull.memory)
    assert targets(lasting) == {"a": 7}


@pytest.mark.parametrize("minimum_on", [0, 300])
@pytest.mark.parametrize(("places", "cars"), [(1, 2), (1, 3), (2, 5), (1, 9)], ids=str)
def test_nobody_waits_longer_than_the_turn_time(places: int, cars: int, minimum_on: float) -> None:
    names = [f"c{number}" for number in range(cars)]
    site = house(
        fuse(6.0 * places),
        *(box(name) for name in names),
        turn_time=900,
        minimum_on=minimum_on,
        minimum_off=60,
    )
    longest = waits(site, {name: car(name=name) for name in names}, hours=2, every=10)
    assert 0 < max(longest.values()) <= 900


def test_a_turn_lasts_as_long_as_it_may() -> None:
    site = house(fuse(6), box("a"), box("b"), turn_time=900)
    longest = waits(site, {name: car(name=name) for name in "ab"}, hours=2, every=10)
    assert min(longest.values()) >= 880


def test_among_equals_everybody_gives_way_in_turn_and_nobody_keeps_its_place_for_ever() -> None:
    site = house(fuse(12), box("a"), box("b"), box("c"), turn_time=900)
    memory = Memory()
    left_out = []
    for turn in range(6):
        decision = run(site, seen("abc", now=NOW + turn * 890), memory=memory)
        memory = decision.memory
        left_out += [name for name, current in targets(decision).items() if not current]
    assert left_out == ["c", "b", "a", "c", "b", "a"]


def test_a_place_that_falls_free_goes_to_the_equal_that_has_waited_longest() -> None:
    site = house(fuse(6), box("a"), box("b"), box("c"))
    first = run(site, seen("c"))
    second = run(site, seen("bc", now=NOW + 10), memory=first.memory)
    third = run(site, seen("abc", now=NOW + 20), memory=second.memory)
    assert targets(third) == {"a": 0, "b": 0, "c": 6}
    freed = run(site, seen("ab", now=NOW + 30), memory=third.memory)
    assert targets(freed) == {"a": 0, "b": 6, "c": 0}


def test_of_equals_of_whom_nobody_has_waited_yet_the_one_that_came_first_gets_the_place() -> None:
    site = house(fuse(6), box("a"), box("b"), box("c"))
    cars = {"a": car(started=NOW - 60), "b": car(started=NOW - 120), "c": car(plain=True)}
    assert targets(run(site, seen(cars))) == {"a": 0, "b": 6, "c": 0}


def test_cars_on_a_crowded_panel_change_faster_than_those_with_room() -> None:
    panel = [box(f"p{number}", circuit="panel") for number in range(6)]
    site = house(fuse(63), fuse(6, "panel", "main"), *panel, box("a"), turn_time=600, minimum_on=60)
    cars = {charger.id: car(name=charger.id) for charger in site.chargers}
    longest = waits(site, cars, hours=2, every=10)
    assert longest.pop("a") == 0
    assert max(longest.values()) <= 600


def test_a_three_phase_car_is_not_kept_out_by_one_phase_cars_that_take_turns() -> None:
    ones = [box(f"{phase}{number}", phase) for phase in ("L1", "L2", "L3") for number in (1, 2)]
    site = house(fuse(6), box("three", "L1 L2 L3"), *ones, turn_time=900)
    cars = {charger.id: car(name=charger.id) for charger in site.chargers}
    assert max(waits(site, cars, hours=2, every=10).values()) <= 900


def test_two_phase_cars_that_exclude_each_other_take_turns_too() -> None:
    wirings = {"a": "L1 L2", "b": "L2 L3", "c": "L3 L1"}
    site = house(fuse(6), *(box(*item) for item in wirings.items()), turn_time=900)
    cars = {name: car(name=name) for name in wirings}
    assert max(waits(site, cars, hours=2, every=10).values()) <= 900


def test_who_needs_several_crowded_phases_gets_in_before_the_turn_time_is_over() -> None:
    # The two with several phases exclude each other on L1, so not both can follow those on L2.
    wirings = {"a": "L1 L2 L3", "b": "L2", "c": "L2", "d": "L1 L2"}
    site = house(
        fuse((6, 12, 20)),
        *(box(*item) for item in wirings.items()),
        turn_time=900,
        minimum_on=120,
    )
    hours = {"a": 9, "b": 6, "c": 1, "d": 17}
    cars = {name: car(name=name, departure=NOW + hours[name] * 3600) for name in wirings}
    assert max(waits(site, cars, hours=1, every=10).values()) <= 900


def test_a_car_that_charges_before_anybody_let_it_has_not_lost_its_turn_by_that() -> None:
    site = house(fuse(6), box("a"), box("b"), turn_time=600)
    waited = ChargerMemory(waiting_since=NOW - 600, session="session")
    memory = Memory(time=NOW - 1, chargers={"a": waited})
    both = {"a": car(6, status=ChargerStatus.CHARGING), "b": car(departure=NOW + 600)}
    assert targets(run(site, seen(both), memory=memory)) == {"a": 6, "b": 0}


def test_a_car_that_wants_nothing_keeps_nobody_waiting_who_does() -> None:
    site = house(fuse(6), box("a"), box("b"), turn_time=900, minimum_on=300)
    memory, charged = Memory(), {"a": 0.0, "b": 0.0}
    for second in range(0, 7200, 10):
        now = NOW + second
        # A charger says so only while the car may charge.
        may = memory.chargers and memory.chargers["a"].setpoint
        full = ChargerStatus.SUSPENDED_EV if may else ChargerStatus.SUSPENDED_EVSE
        cars = {
            "a": car(at=now, name="a", status=full),
            "b": car(at=now, name="b", departure=now + 9e4),
        }
        decision = run(site, seen(cars, now=now), memory=memory)
        memory = decision.memory
        for name, current in told(decision).items():
            charged[name] += 10 if current else 0
    # Once in a turn time it is asked whether it has woken up, for a minute.
    assert charged["b"] > 0.85 * 7200
    assert charged["a"] > 300


def test_a_car_that_is_found_asleep_gets_no_place_before_one_that_wants_it() -> None:
    site = house(fuse(6), box("a"), box("b"), turn_time=900)
    cars = {"a": car(status=ChargerStatus.SUSPENDED_EV), "b": car()}
    first = run(site, seen(cars))
    assert targets(first) == {"a": 0, "b": 6}
    turn = run(site, seen(cars, now=NOW + 890), memory=first.memory)
    assert targets(turn) == {"a": 6, "b": 0}


def test_a_car_that_has_woken_up_is_one_like_the_others_again() -> None:
    site = house(fuse(6), box("a"), box("b"), turn_time=900)
    asleep = ChargerMemory(asleep=True, waiting_since=NOW - 890, session="session")
    running = ChargerMemory(setpoint=6, on_since=NOW - 890, changed_at=NOW - 890, session="session")
    memory = Memory(time=NOW - 1, chargers={"a": asleep, "b": running})
    asked = run(site, seen("ab"), memory=memory)
    assert told(asked) == {"a": 6, "b": 0}
    awake = {"a": car(6, at=NOW + 20, status=ChargerStatus.CHARGING), "b": car()}
    assert told(run(site, seen(awake, now=NOW + 200), memory=asked.memory)) == {"a": 6, "b": 0}


def test_a_higher_priority_waits_for_nobody() -> None:
    site = house(fuse(6), box("a", priority=1), box("b"), turn_time=300)
    cars = {name: car(name=name) for name in "ab"}
    assert waits(site, cars, hours=1)["a"] == 0


@given(
    wirings=st.lists(
        st.sampled_from(["L1", "L2", "L3", "L1 L2", "L1 L2 L3"]), min_size=2, max_size=8
    ),
    ratings=st.tuples(*[st.sampled_from([6.0, 12.0, 20.0])] * 3),
    departures=st.lists(st.integers(1, 20), min_size=8, max_size=8),
)
def test_nobody_waits_longer_whatever_the_wiring_and_the_urgency(
    wirings: list[str], ratings: tuple[float, float, float], departures: list[int]
) -> None:
    names = [f"c{number}" for number in range(len(wirings))]
    site = house(
        fuse(ratings),
        *(box(name, wiring) for name, wiring in zip(names, wirings, strict=True)),
        turn_time=900,
        minimum_on=120,
    )
    cars = {
        name: car(name=name, departure=NOW + hours * 3600)
        for name, hours in zip(names, departures, strict=False)
    }
    assert max(waits(site, cars, hours=1, every=10).values()) <= 900
