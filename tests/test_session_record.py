"""What a session has charged, by a meter that may begin anew, jump or tell late: nothing is lost or counted twice."""

import pytest

from custom_components.fusewise.session_record import SessionRecord


def record(begin: float | None = None, began: float = 0.0) -> SessionRecord:
    return SessionRecord(id="a-1", charger="a", began=began, seen=began, register=begin)


def charged(begin: float, *readings: tuple[float, float]) -> float:
    """Wh after these: s since the reading before, and Wh that the meter showed."""
    session, at = record(begin), 0.0
    for passed, register in readings:
        at += passed
        session.measured(at, register)
    return session.energy_wh


@pytest.mark.parametrize(
    ("begin", "readings", "expected"),
    [
        pytest.param(1900, [(300, 2000), (300, 1999), (300, 2100)], 201, id="shakes"),
        pytest.param(1000, [(300, 1500), (300, 300)], 800, id="is at a fifth of what it showed"),
        pytest.param(70_000, [(300, 71_000), (300, 20_000)], 1000, id="shows another meter"),
        pytest.param(500, [(3600, 0), (3600, 22_000)], 22_000, id="counts 22 kW from zero on"),
        pytest.param(
            500, [(60, 0), (600, 300), (600, 600), (600, 900)], 900, id="comes by where it was"
        ),
        pytest.param(500, [(60, 0), (30, 1400)], 1400, id="counts from zero on by a fast clock"),
        pytest.param(30_000, [(60, 0), (300, 30_200)], 200, id="was never at zero"),
        pytest.param(
            70_000, [(300, 0), (300, 400), (300, 70_300), (300, 70_800)], 900, id="alternates"
        ),
        pytest.param(70_000, [(60, 130_000)], 60_000, id="was heard of by a clock that was set"),
        pytest.param(70_000, [(60, 900_000), (60, 900_100)], 100, id="jumps"),
    ],
)
def test_what_a_meter_counts_is_told_from_what_it_only_shows(
    begin: float, readings: list[tuple[float, float]], expected: float
) -> None:
    assert charged(begin, *readings) == pytest.approx(expected)


def test_what_is_counted_never_falls() -> None:
    assert charged(70_000, (300, 0), (300, 2000), (300, 70_300)) == 2000


def test_a_reading_that_comes_late_changes_nothing_but_the_peak() -> None:
    session = record(1000.0)
    session.measured(600.0, 2000.0)
    session.measured(300.0, 1500.0, power=11_000.0)
    assert (session.energy_wh, session.register, session.peak_w) == (1000.0, 2000.0, 11_000.0)
    session.measured(600.0, 2100.0)  # in the same second
    assert session.energy_wh == 1100.0


@pytest.mark.parametrize(
    ("begin", "expected"), [(1000.0, 1000.0), (1800.0, 500.0), (None, 500.0), (-500_000.0, 500.0)]
)
def test_a_begin_that_is_told_late_takes_nothing_away_and_adds_nothing_that_cannot_be(
    begin: float | None, expected: float
) -> None:
    session = record(1500.0)
    session.measured(300.0, 2000.0)
    session.precede(begin)
    assert session.energy_wh == expected


def test_a_begin_that_is_told_before_any_reading_is_where_it_counts_from() -> None:
    session = record()
    session.precede(1000.0)
    session.measured(60.0, 1200.0)
    assert session.energy_wh == 200.0


def test_a_session_does_not_end_before_it_began() -> None:
    session = record(began=1000.0)
    session.end(900.0, "Local")
    assert (session.ended, session.why_ended) == (1000.0, "Local")


def test_what_was_stored_of_a_meter_that_fell_is_read_again() -> None:
    session = record(70_000.0)
    for at, register in ((300.0, 0.0), (600.0, 400.0)):
        session.measured(at, register)
    stored = session.stored()
    assert stored["fallen"] == (70_000.0, 0.0)
    again = SessionRecord.from_stored({**stored, "fallen": [70_000.0, 0.0]})
    assert again == session
    again.measured(900.0, 70_900.0)
    assert again.energy_wh == 900.0
