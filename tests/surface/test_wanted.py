"""When a departure comes next, and when a boost is over."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from custom_components.fusewise.balancing.memory import RESUMED
from custom_components.fusewise.balancing.model import ChargerReading, ChargerStatus, Session
from custom_components.fusewise.wanted import Boost, Wanted, boosted, next_departure

VIENNA = ZoneInfo("Europe/Vienna")
SEVEN = 7 * 60


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=VIENNA).timestamp()


def reading(session: str | None = None, status: str = "charging") -> ChargerReading:
    return ChargerReading(
        status=ChargerStatus(status),
        session=None if session is None else Session(id=session, started=0.0),
    )


EVERY_DAY = Wanted(weekly=(SEVEN,) * 7)
ON_MONDAYS = Wanted(weekly=(SEVEN, *(None,) * 6))


@pytest.mark.parametrize(
    ("wanted", "now", "departure"),
    [
        (Wanted(), "2026-11-20T12:00", None),
        (EVERY_DAY, "2026-11-20T06:59", "2026-11-20T07:00"),
        (EVERY_DAY, "2026-11-20T07:00", "2026-11-21T07:00"),
        # Friday to Monday, and on a Monday after seven to the next one.
        (ON_MONDAYS, "2026-11-20T12:00", "2026-11-23T07:00"),
        (ON_MONDAYS, "2026-11-23T07:30", "2026-11-30T07:00"),
        # The clocks change in the night; it is seven all the same.
        (EVERY_DAY, "2026-10-24T22:00", "2026-10-25T07:00"),
        (EVERY_DAY, "2026-03-28T22:00", "2026-03-29T07:00"),
    ],
)
def test_the_next_departure(wanted: Wanted, now: str, departure: str | None) -> None:
    expected = None if departure is None else at(departure)
    assert next_departure(wanted, at(now), VIENNA) == expected


def test_a_departure_for_once_counts_until_it_is_over() -> None:
    wanted = Wanted(weekly=EVERY_DAY.weekly, once=at("2026-11-20T15:00"))
    assert next_departure(wanted, at("2026-11-20T06:00"), VIENNA) == at("2026-11-20T15:00")
    assert next_departure(wanted, at("2026-11-20T15:00"), VIENNA) == at("2026-11-21T07:00")


def test_days_that_differ_have_no_daily_departure() -> None:
    assert EVERY_DAY.daily == SEVEN
    assert ON_MONDAYS.daily is None
    assert Wanted().daily is None


def test_a_boost_is_for_one_session() -> None:
    boost = boosted(Boost(), reading("a"), 0.0, 0.0)
    assert boost == Boost(session="a")
    assert boosted(boost, reading("a"), 0.0, 0.0) == boost
    assert boosted(boost, reading("b"), 0.0, 0.0) is None
    assert boosted(boost, reading(None, "available"), 0.0, 0.0) is None
    # A session that was found again after a restart has another id.
    assert boosted(Boost(session=RESUMED), reading("c"), 0.0, 0.0) == Boost(session="c")


def test_a_boost_waits_for_its_car_and_does_not_end_with_a_lost_line() -> None:
    assert boosted(Boost(), reading(None, "available"), 0.0, 0.0) == Boost()
    lost = ChargerReading(status=ChargerStatus.AVAILABLE, online=False)
    assert boosted(Boost(session="a"), lost, 0.0, 0.0) == Boost(session="a")


def test_a_boost_ends_at_its_time() -> None:
    boost = Boost(session="a", until=100.0)
    assert boosted(boost, reading("a"), 99.0, 0.0) == boost
    assert boosted(boost, reading("a"), 100.0, 0.0) is None
    assert boosted(Boost(until=100.0), reading(None, "available"), 100.0, 0.0) is None


def test_a_boost_ends_with_its_amount() -> None:
    boost = Boost(session="a", energy_kwh=10.0)
    assert boosted(boost, reading("a"), 0.0, 9.9) == boost
    assert boosted(boost, reading("a"), 0.0, 10.0) is None
