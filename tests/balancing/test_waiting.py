"""Who waits for a place is told when its turn comes, and does not begin anew for a place that it never had."""

from dataclasses import replace

from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.memory import ChargerMemory, Memory
from custom_components.fusewise.balancing.model import GridLimit, Site
from custom_components.fusewise.balancing.waiting import waits_since

from .builders import NOW, box, car, fuse, house, run, seen, targets, told


def comes(decision: Decision) -> dict[str, float | None]:
    """In how many seconds the turn of each that waits comes."""
    return {
        point.charger: None if point.reason.until is None else point.reason.until - NOW
        for point in decision.setpoints
        if point.reason.code is ReasonCode.WAITING_TURN
    }


def test_each_in_the_queue_is_told_when_its_own_turn_comes() -> None:
    site = house(fuse(8), *(box(name) for name in "abcd"), turn_time=900, minimum_on=300)
    first = run(site, seen("abcd"))
    assert comes(first) == {"b": 290, "c": 580, "d": 870}
    second = run(site, seen("abcd", now=NOW + 290), memory=first.memory)
    assert comes(second) == {"c": 580, "d": 870, "a": 1160}
    later = run(site, seen("abcd", now=NOW + 400), memory=second.memory)
    assert comes(later) == {"c": 580, "d": 870, "a": 1160}
    third = run(site, seen("abcd", now=NOW + 580), memory=later.memory)
    assert targets(third)["c"] == 8


def test_two_places_are_free_for_two_at_once() -> None:
    site = house(fuse(12), *(box(name) for name in "abcd"), turn_time=900)
    assert comes(run(site, seen("abcd"))) == {"c": 890, "d": 890}


def test_nobody_is_told_a_time_who_waits_for_those_of_a_higher_priority() -> None:
    site = house(fuse(6), box("a", priority=1), box("b", priority=1), box("c"), turn_time=900)
    assert comes(run(site, seen("abc"))) == {"b": 890, "c": None}


def test_nobody_is_told_a_time_who_waits_for_a_car_that_must_not_be_paused() -> None:
    site = house(fuse(6), box("a", pausable=False), box("b"), turn_time=900)
    running = Memory(time=NOW - 1, chargers={"a": ChargerMemory(setpoint=6, on_since=NOW - 1)})
    assert comes(run(site, seen("ab"), memory=running)) == {"b": None}


def test_a_place_that_was_lost_before_the_charger_was_told_ends_no_wait() -> None:
    waited = ChargerMemory(waiting_since=NOW - 800, changed_at=NOW - 800, on_since=NOW - 10)
    assert waits_since(waited, NOW) == NOW - 800
    assert waits_since(replace(waited, setpoint=6, changed_at=NOW - 5), NOW) == NOW
    # It was paused in its place, to switch its phases.
    assert waits_since(replace(waited, changed_at=NOW - 5), NOW) == NOW


def test_a_car_whose_place_is_taken_before_it_could_rise_waits_no_longer_for_that() -> None:
    site = house(fuse(8), box("a"), box("b"), turn_time=900, minimum_on=300)
    waited = ChargerMemory(session="session", waiting_since=NOW - 890)
    named = replace(waited, waiting_since=NOW - 310, changed_at=NOW - 310, on_since=NOW - 10)
    memory = Memory(time=NOW - 10, chargers={"a": named, "b": waited})
    decision = run(site, seen("ab"), memory=memory)
    assert told(decision) == {"a": 0, "b": 8}
    assert decision.memory.chargers["a"].waiting_since == NOW - 310


def test_who_was_named_and_not_told_is_not_displaced_by_one_that_has_waited_less() -> None:
    site = house(fuse(8), box("a"), box("b"), turn_time=240, minimum_on=60)
    waited = ChargerMemory(session="session", waiting_since=NOW - 300)
    named = replace(waited, waiting_since=NOW - 301, on_since=NOW - 300)
    memory = Memory(time=NOW - 1, chargers={"a": named, "b": waited})
    once = run(site, seen("ab"), memory=memory)
    assert told(once) == {"a": 8, "b": 0}
    assert told(run(site, seen("ab"), memory=once.memory)) == told(once)


def test_nobody_waits_longer_when_turns_become_longer_meanwhile() -> None:
    boxes = [box(name, floor=6 if name in "ab" else 8) for name in "abcde"]
    site = house(fuse(32), *boxes, turn_time=900, minimum_on=300)
    memory, since = Memory(), dict.fromkeys("abcde", NOW)
    longest = 0.0
    for second in range(0, 3600, 10):
        now = NOW + second
        limit = GridLimit(source="operator", amperes=8.0 if second < 500 else 12.0)
        cars = {name: car(name=name) for name in "abcde"}
        decision = run(site, seen(cars, now=now, grid_limits=(limit,)), memory=memory)
        memory = decision.memory
        for name, current in told(decision).items():
            longest = max(longest, now - since[name])
            if current:
                since[name] = now
    assert longest <= 900


def shortest_stay(site: Site) -> float:
    """s for which one of the cars a to d charges before it is paused, in three hours."""
    memory, shortest = Memory(), 3 * 3600.0
    since: dict[str, float] = {}
    for second in range(0, 3 * 3600, 10):
        now = NOW + second
        # The sooner it leaves, the sooner it would be back.
        cars = {c.id: car(name=c.id, departure=NOW + 9e4 * n) for n, c in enumerate(site.chargers)}
        decision = run(site, seen(cars, now=now), memory=memory)
        memory = decision.memory
        for name in "abcd":
            if told(decision)[name]:
                since.setdefault(name, now)
            elif name in since:
                shortest = min(shortest, now - since.pop(name))
    return shortest


def test_a_car_that_no_turn_comes_for_makes_nobody_change_places_sooner() -> None:
    settings = {"turn_time": 900, "minimum_on": 300}
    four = [box(name, priority=1) for name in "abcd"]
    assert shortest_stay(house(fuse(12), *four, **settings)) == 300
    below = house(fuse(12), *four, box("e"), **settings)
    assert shortest_stay(below) == 300
    panel = house(fuse(12), fuse(5, "panel", "main"), *four, box("e", circuit="panel"), **settings)
    assert shortest_stay(panel) == 300
    above = house(
        fuse(12), fuse(5, "panel", "main"), *four, box("e", circuit="panel", priority=1), **settings
    )
    assert shortest_stay(above) == 300


def test_who_waits_too_long_hurries_nobody_of_a_higher_priority() -> None:
    # The one below would fit beside the car that is full, but not beside those that take turns.
    site = house(
        fuse(6),
        box("below", "L2"),
        *(box(name, wiring, priority=1) for name, wiring in [("c", "L2 L1"), ("d", "L2 L1")]),
        box("full", "L1", priority=1),
        turn_time=900,
        minimum_on=300,
    )
    running = ChargerMemory(session="session", setpoint=6, changed_at=NOW - 100, on_since=NOW - 100)
    memory = Memory(
        time=NOW - 1,
        chargers={
            "below": ChargerMemory(session="session", waiting_since=NOW - 2000),
            "c": replace(running, waiting_since=NOW - 100),
            "d": ChargerMemory(session="session", waiting_since=NOW - 50),
            "full": ChargerMemory(session="session", waiting_since=NOW - 50, asleep=True),
        },
    )
    cars = {name: car(departure=NOW + 9e4) for name in memory.chargers} | {"d": car(departure=NOW)}
    assert told(run(site, seen(cars), memory=memory))["c"] == 6
