"""A car is ready when what it needs is charged with what it draws; late is who is not ready in time."""

from dataclasses import replace

import pytest

from custom_components.fusewise.balancing.model import (
    Charger,
    ChargerReading,
    ChargerStatus,
    Phase,
    Session,
    Site,
)
from custom_components.fusewise.readiness import LATE_AFTER, Outlook, Readiness, most_of, power_of

HOUR = 3600.0
MOST = 11_000.0


def reading(session: str | None = "a", status: str = "charging") -> ChargerReading:
    return ChargerReading(
        status=ChargerStatus(status),
        session=None if session is None else Session(id=session, started=0.0),
    )


def test_nobody_knows_when_a_car_is_ready_whose_need_is_not_known() -> None:
    assert Readiness().look(0.0, reading(), None, HOUR, MOST, MOST) == Outlook(late=None)


def test_who_leaves_at_no_time_is_late_for_nothing() -> None:
    assert Readiness().look(0.0, reading(), None, None, MOST, MOST) == Outlook(late=False)


def test_without_a_car_nothing_is_late() -> None:
    wish, nobody = (11.0, HOUR), reading(None, "available")
    assert Readiness().look(0.0, nobody, *wish, None, MOST) == Outlook(late=False)
    unheard = replace(nobody, online=False)
    assert Readiness().look(0.0, unheard, *wish, None, MOST) == Outlook(late=None)


def test_a_car_is_ready_when_it_has_charged_what_it_needs() -> None:
    outlook = Readiness().look(100.0, reading(), 11.0, None, MOST, MOST)
    assert outlook.ready_at == pytest.approx(100.0 + HOUR)
    assert outlook.late is False


def test_a_short_fall_hardly_moves_the_time() -> None:
    readiness, wish = Readiness(), (11.0, None)
    readiness.look(0.0, reading(), *wish, MOST, MOST)
    outlook = readiness.look(1.0, reading(), *wish, 4000.0, MOST)
    assert outlook.ready_at == pytest.approx(HOUR, rel=0.01)


def test_a_car_is_late_only_once_that_lasts() -> None:
    readiness, wish = Readiness(), (22.0, HOUR)
    assert readiness.look(0.0, reading(), *wish, MOST, MOST).late is False
    assert readiness.look(LATE_AFTER - 1, reading(), *wish, MOST, MOST).late is False
    assert readiness.look(LATE_AFTER, reading(), *wish, MOST, MOST).late is True
    # It goes on to be late until it is expected at the departure itself.
    less = (10.9, HOUR)
    assert readiness.look(LATE_AFTER + 1, reading(), *less, MOST, MOST).late is True
    enough = (10.0, HOUR)
    assert readiness.look(LATE_AFTER + 2, reading(), *enough, MOST, MOST).late is False


def test_a_car_that_waits_is_late_only_if_all_the_charger_can_give_were_too_little() -> None:
    readiness, wish = Readiness(), (10.0, HOUR)
    assert readiness.look(0.0, reading(), *wish, 0.0, MOST) == Outlook(late=False)
    for now in (200.0, 200.0 + LATE_AFTER):
        outlook = readiness.look(now, reading(), *wish, None, 5000.0)
    assert outlook == Outlook(late=True)


def test_a_car_that_has_what_was_wanted_is_in_time() -> None:
    readiness = Readiness()
    assert readiness.look(0.0, reading(), 0.0, None, 0.0, MOST) == Outlook(late=False)
    done = (0.0, HOUR)
    assert readiness.look(0.0, reading(), *done, 0.0, MOST) == Outlook(late=False)


def test_the_next_car_begins_anew() -> None:
    readiness, wish = Readiness(), (11.0, None)
    readiness.look(0.0, reading("a"), *wish, MOST, MOST)
    outlook = readiness.look(1.0, reading("b"), *wish, MOST / 2, MOST)
    assert outlook.ready_at == pytest.approx(1.0 + 2 * HOUR)


def test_the_power_of_a_car_is_that_of_its_phases() -> None:
    site = Site(circuits=())
    three = Charger(id="a", circuit="main", wiring=(Phase.L1, Phase.L2, Phase.L3))
    across = Charger(id="b", circuit="main", wiring=(Phase.L1, Phase.L2), line_to_line=True)
    drawing = ChargerReading(status=ChargerStatus.CHARGING, current=(10.0, 10.0, 10.0))
    assert power_of(site, three, drawing) == pytest.approx(6900.0)
    assert power_of(site, three, reading()) is None
    both = ChargerReading(status=ChargerStatus.CHARGING, current=(10.0, 10.0))
    assert power_of(site, across, both) == pytest.approx(4000.0)
    assert most_of(site, three, None) == pytest.approx(11_040.0)
    assert most_of(site, three, 10.0) == pytest.approx(6900.0)
    assert most_of(site, across, 40.0) == pytest.approx(6400.0)
