"""News is what has changed since somebody looked, and lasts; a kettle or a lost line is none."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from custom_components.fusewise.balancing.codes import FallbackCause, ReasonCode
from custom_components.fusewise.balancing.decision import Reason, Setpoint
from custom_components.fusewise.balancing.model import (
    ChargerReading,
    ChargerStatus,
    GridLimit,
    Session,
)
from custom_components.fusewise.happenings import (
    DONE_AFTER,
    FREE_AFTER,
    LIMITED_AFTER,
    Happenings,
    Kind,
)
from custom_components.fusewise.readiness import Outlook
from custom_components.fusewise.views import SiteView


def view(
    now: float,
    status: str = "charging",
    code: str = "full",
    *,
    online: bool = True,
    current: float = 6.0,
    late: bool = False,
    fallback: FallbackCause | None = None,
    limits: tuple[GridLimit, ...] = (),
    limited_by: ReasonCode | None = None,
) -> SiteView:
    """A site with one charger, as far as news are made of it."""
    setpoint = Setpoint(
        charger="a",
        current=current,
        target=current,
        reason=Reason(code=ReasonCode(code), limited_by=limited_by),
    )
    session = None if status == "available" else Session(id="1", started=0.0)
    reading = ChargerReading(status=ChargerStatus(status), online=online, session=session)
    charger = SimpleNamespace(
        reading=reading, setpoint=setpoint, outlook=Outlook(late=late), session=None
    )
    decision = SimpleNamespace(time=now, circuits=(SimpleNamespace(fallback=fallback),))
    site: Any = SimpleNamespace(
        decision=decision, chargers={"a": charger}, grid_limits=limits, starting=False
    )
    return cast(SiteView, site)


def kinds(happenings: Happenings, seen: SiteView) -> list[Kind]:
    return [happening.kind for happening in happenings.look(seen)]


def test_what_was_so_already_is_no_news() -> None:
    limit = GridLimit(source="owner", amperes=10.0)
    seen = view(0.0, late=True, fallback=FallbackCause.SILENT, limits=(limit,))
    assert kinds(Happenings(), seen) == []


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [
        ({"status": "available"}, {"status": "preparing"}, [Kind.PLUGGED_IN]),
        ({}, {"status": "faulted"}, [Kind.CHARGER_FAULT]),
        ({}, {"late": True}, [Kind.WILL_BE_LATE]),
        ({}, {"fallback": FallbackCause.STUCK}, [Kind.FALLBACK_ENTERED]),
        ({"fallback": FallbackCause.STUCK}, {}, [Kind.FALLBACK_LEFT]),
        ({}, {"limits": (GridLimit(source="a", watts=1.0),)}, [Kind.GRID_LIMIT_BEGUN]),
        ({"limits": (GridLimit(source="a", watts=1.0),)}, {}, [Kind.GRID_LIMIT_ENDED]),
        ({}, {"status": "finishing"}, [Kind.CHARGING_FINISHED]),
        ({}, {"code": "session_over"}, [Kind.CHARGING_FINISHED]),
        ({}, {"status": "available"}, [Kind.CHARGING_FINISHED]),
        ({}, {"status": "suspended_evse"}, []),
        ({}, {"status": "available", "online": False}, []),
        ({"status": "faulted"}, {"status": "charging"}, []),
    ],
)
def test_what_is_otherwise_now_is_told_once(
    before: dict[str, Any], after: dict[str, Any], news: list[Kind]
) -> None:
    happenings = Happenings()
    happenings.look(view(0.0, **before))
    assert kinds(happenings, view(1.0, **after)) == news
    assert kinds(happenings, view(2.0, **after)) == []


def test_charging_starts_once_for_each_car() -> None:
    happenings = Happenings()
    happenings.look(view(0.0, "available"))
    assert kinds(happenings, view(1.0)) == [Kind.PLUGGED_IN, Kind.CHARGING_STARTED]
    happenings.look(view(2.0, "suspended_evse"))
    assert kinds(happenings, view(3.0)) == []


def test_a_car_that_takes_nothing_for_a_minute_is_done() -> None:
    happenings = Happenings()
    happenings.look(view(0.0))
    assert kinds(happenings, view(1.0, "suspended_ev")) == []
    happenings.look(view(2.0))
    assert kinds(happenings, view(3.0, "suspended_ev")) == []
    assert kinds(happenings, view(2.0 + DONE_AFTER, "suspended_ev")) == []
    assert kinds(happenings, view(3.0 + DONE_AFTER, "suspended_ev")) == [Kind.CHARGING_FINISHED]


def test_a_car_that_may_take_nothing_is_not_done() -> None:
    happenings = Happenings()
    happenings.look(view(0.0))
    for now in (1.0, 2.0 + DONE_AFTER):
        assert kinds(happenings, view(now, "suspended_ev", "no_room", current=0.0)) in (
            [],
            [Kind.LIMITED],
        )


def test_limited_is_who_gets_less_for_a_minute_and_again_only_after_a_while() -> None:
    happenings = Happenings()
    happenings.look(view(0.0))
    bound: Any = {"code": "circuit_limit"}
    assert kinds(happenings, view(1.0, **bound)) == []
    assert kinds(happenings, view(1.0 + LIMITED_AFTER, **bound)) == [Kind.LIMITED]
    happenings.look(view(70.0))
    for now in (80.0, 80.0 + LIMITED_AFTER):
        assert kinds(happenings, view(now, **bound)) == []
    happenings.look(view(200.0))
    happenings.look(view(200.0 + FREE_AFTER))
    happenings.look(view(600.0, "charging", "rising", limited_by=ReasonCode.CIRCUIT_LIMIT))
    seen = view(600.0 + LIMITED_AFTER, "charging", "rising", limited_by=ReasonCode.CIRCUIT_LIMIT)
    assert kinds(happenings, seen) == [Kind.LIMITED]


def test_a_charger_that_is_gone_is_forgotten() -> None:
    happenings = Happenings()
    seen: Any = view(0.0)
    happenings.look(seen)
    happenings.look(cast(SiteView, SimpleNamespace(**{**vars(seen), "chargers": {}})))
    assert kinds(happenings, view(1.0, "faulted")) == []
