"""A boost puts a car ahead, and a site may limit how often."""

from custom_components.fusewise.balancing.boosts import boosts_left
from custom_components.fusewise.balancing.codes import NoticeCode
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.balancing.settings import Settings

from .builders import NOW, box, car, fuse, house, run, seen, targets

DAY = 86_400.0
SITE = house(fuse(20), box("a"), box("b"), boosts_per_week=2)


def asked(
    boost: bool, days: float, memory: Memory
) -> tuple[dict[str, float], Memory, list[NoticeCode]]:
    """One cycle in which somebody asks for a boost of `a`, or not."""
    readings = {"a": car(boost=boost), "b": car()}
    decision = run(SITE, seen(readings, now=NOW + days * DAY), memory=memory)
    return targets(decision), decision.memory, [notice.code for notice in decision.notices]


def test_a_boost_puts_a_car_ahead_as_long_as_it_lasts() -> None:
    shares, memory, _ = asked(True, 0, Memory())
    assert shares == {"a": 14, "b": 6}
    shares, memory, _ = asked(True, 0.5, memory)
    assert shares == {"a": 14, "b": 6}
    assert memory.chargers["a"].boosts == (NOW,)
    shares, memory, _ = asked(False, 0.6, memory)
    assert shares == {"a": 10, "b": 10}


def test_a_weeks_boosts_may_be_spent() -> None:
    memory = Memory()
    for day in (0, 1):
        _, memory, _ = asked(True, day, memory)
        _, memory, notices = asked(False, day + 0.1, memory)
        assert notices == []
    shares, memory, notices = asked(True, 2, memory)
    assert shares == {"a": 10, "b": 10}
    assert notices == [NoticeCode.BOOST_SPENT]
    assert memory.chargers["a"].boosts == (NOW, NOW + DAY)


def test_seven_days_after_the_first_one_there_is_one_more() -> None:
    memory = Memory()
    for day in (0, 1):
        _, memory, _ = asked(True, day, memory)
        _, memory, _ = asked(False, day + 0.1, memory)
    assert asked(True, 6.99, memory)[0] == {"a": 10, "b": 10}
    assert asked(True, 7, memory)[0] == {"a": 14, "b": 6}


def test_a_boost_that_goes_on_counts_once() -> None:
    memory = Memory()
    for hour in range(48):
        _, memory, _ = asked(True, hour / 24, memory)
    assert memory.chargers["a"].boosts == (NOW,)


def test_how_many_are_left_can_be_shown() -> None:
    _, memory, _ = asked(True, 0, Memory())
    charger = memory.chargers["a"]
    assert boosts_left(charger, SITE.settings, NOW) == 1
    assert boosts_left(charger, SITE.settings, NOW + 7 * DAY) == 2
    fewer = Settings(boosts_per_week=0)
    assert boosts_left(charger, fewer, NOW) == 0
    assert boosts_left(charger, Settings(), NOW) is None


def test_one_cars_boosts_are_not_anothers() -> None:
    _, memory, _ = asked(True, 0, Memory())
    assert memory.chargers["b"].boosts == ()
