"""The list of sessions loses nothing: neither what the oldest have charged, nor what a late start has told."""

import pytest

from custom_components.fusewise import sessions as module
from custom_components.fusewise.devices.events import SessionBegan, SessionEnded, SessionMeasured
from custom_components.fusewise.sessions import GONE, Sessions

NOW = 1_000_000.0


def found(session: str, at: float = NOW) -> SessionBegan:
    """It was found by its status."""
    return SessionBegan(session=session, at=at)


def started(session: str, at: float = NOW, number: int = 77, register: float = 0.0) -> SessionBegan:
    """The charger has told its start."""
    attempt = ("CARD", int(register), str(at))
    return SessionBegan(
        session=session, at=at, transaction=number, attempt=attempt, register=register
    )


def measured(
    session: str, register: float, at: float = NOW + 600, number: int | None = None
) -> SessionMeasured:
    return SessionMeasured(
        session=session, at=at, transaction=number, register=register, power=None
    )


def ended(session: str, at: float, register: float | None = None, number: int = 77) -> SessionEnded:
    why = None if register is None else "Local"
    return SessionEnded(session=session, at=at, transaction=number, register=register, why=why)


def test_what_the_oldest_sessions_have_charged_counts_although_they_are_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    sessions, total = Sessions(), []
    for number in range(4):
        at = NOW + 3600 * number
        for charger in ("a", "b"):
            begins = 1000.0 * number
            sessions.take(charger, started(f"{charger}-{number}", at, number, begins))
            sessions.take(charger, ended(f"{charger}-{number}", at + 60, begins + 500, number))
        total.append(sessions.total("a"))
    assert len(sessions.records) == 2
    assert total == [500.0, 1000.0, 1500.0, 2000.0]
    # … and after a restart.
    stored = [record.stored() for record in sessions.records]
    again = Sessions(stored, sessions.forgotten)
    assert (again.total("a"), again.total("b")) == (2000.0, 2000.0)
    again.take("a", started("a-4", NOW + 90_000, 4, 9000.0))
    again.take("a", measured("a-4", 9100.0, NOW + 90_600))
    assert again.total("a") == 2100.0


def test_a_start_that_comes_late_brings_its_begin_its_card_and_what_was_charged_before() -> None:
    sessions = Sessions()
    sessions.take("a", found("a-status"))
    sessions.take("a", measured("a-status", 1300.0))
    assert sessions.take("a", started("a-77", NOW - 60, register=1000.0))
    # From now on it goes by the other name.
    sessions.take("a", measured("a-77", 1500.0, NOW + 900))
    [record] = sessions.records
    assert (record.energy_wh, record.began, record.card) == (500.0, NOW - 60, "CARD")
    assert (record.transaction, record.attempt) == (77, ("CARD", 1000, str(NOW - 60)))


def test_a_start_by_a_clock_that_is_fast_does_not_begin_after_its_status() -> None:
    sessions = Sessions()
    sessions.take("a", found("a-status"))
    sessions.take("a", started("a-77", NOW + 30))
    assert sessions.records[0].began == NOW


def test_the_number_of_a_session_may_come_with_its_measurements() -> None:
    sessions = Sessions()
    sessions.take("a", found("a-status"))
    sessions.take("a", measured("a-status", 1300.0, number=4711))
    assert sessions.records[0].transaction == 4711


def test_an_assumed_end_stays_until_the_charger_tells_the_real_one() -> None:
    sessions = Sessions()
    sessions.take("a", started("a-77"))
    sessions.take("a", ended("a-77", NOW + 600))
    sessions.take("a", ended("a-77", NOW + 900))
    [record] = sessions.records
    assert (record.ended, record.why_ended) == (NOW + 600, GONE)
    sessions.take("a", ended("a-77", NOW + 300, register=800.0))
    assert (record.ended, record.why_ended, record.energy_wh) == (NOW + 300, "Local", 800.0)
