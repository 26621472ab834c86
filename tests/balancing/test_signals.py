"""What is out of the possible counts as missing, is noticed, and harms nobody."""

from dataclasses import replace
import math
from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import NoticeCode, ReasonCode
from custom_components.fusewise.balancing.model import Battery, ChargerReading, Mode, Session

from .builders import NOW, box, car, fuse, house, run, seen, shows, targets, why

NAN, INF = math.nan, math.inf
SITE = house(fuse(25, meter="m"), box("a"), box("b"))


def noticed(**snapshot: Any) -> tuple[dict[str, float], list[str]]:
    """The shares, and what the notices are about."""
    readings = snapshot.pop("chargers", {"a": car(), "b": car()})
    meters = snapshot.pop("meters", {"m": shows(5)})
    decision = run(SITE, seen(readings, meters, **snapshot))
    assert {notice.code for notice in decision.notices} <= {NoticeCode.BAD_VALUE}
    assert all("out of the possible" in notice.detail for notice in decision.notices)
    return targets(decision), [notice.subject for notice in decision.notices]


@pytest.mark.parametrize(
    "session",
    [
        {"departure": NAN},
        {"departure": INF},
        {"energy_needed_kwh": NAN},
        {"energy_needed_kwh": -3.0},
        {"energy_needed_kwh": 1e9},
        {"maximum": NAN},
        {"maximum": -1.0},
        {"maximum_price": NAN},
        {"longest": NAN},
        {"longest": -60.0},
        {"phases": 0},
        {"phases": 4},
        {"started": NAN},
        {"started": INF},
    ],
    ids=str,
)
def test_an_impossible_wish_is_no_wish(session: dict[str, Any]) -> None:
    # The other figures of the session still count.
    wish = Session(**{"id": "s", "started": NOW, "mode": Mode.FAST, **session})
    reading = replace(car(), session=wish)
    assert noticed(chargers={"a": reading, "b": car()}) == ({"a": 14, "b": 6}, ["a"])


@pytest.mark.parametrize("sample", [(NAN,), (INF,), (-5.0,), (1000.0,), (6.0, 6.0)], ids=str)
def test_an_impossible_sample_is_no_sample(sample: tuple[float, ...]) -> None:
    assert noticed(chargers={"a": car(*sample), "b": car()}) == ({"a": 10, "b": 10}, ["a"])


@pytest.mark.parametrize("at", [NAN, INF, -INF, NOW + 60])
def test_nor_is_one_from_tomorrow(at: float) -> None:
    assert noticed(chargers={"a": car(10, at=at), "b": car()}) == ({"a": 10, "b": 10}, ["a"])


def test_a_clock_that_is_a_little_ahead_is_nothing_to_notice() -> None:
    assert noticed(chargers={"a": car(0, at=NOW + 0.9), "b": car()})[1] == []


@pytest.mark.parametrize("limit", [NAN, -1.0, 10_000.0])
def test_an_impossible_limit_of_a_charger_is_not_known(limit: float) -> None:
    reading = replace(car(), limit=limit)
    assert noticed(chargers={"a": reading, "b": car()}) == ({"a": 10, "b": 10}, ["a"])


@pytest.mark.parametrize("floor", [NAN, -1.0, float("inf")])
def test_an_impossible_floor_of_a_car_is_not_known(floor: float) -> None:
    reading = replace(car(), floor=floor)
    assert noticed(chargers={"a": reading, "b": car()}) == ({"a": 10, "b": 10}, ["a"])


def test_the_end_of_a_limit_that_is_no_time_is_not_known() -> None:
    reading = replace(car(), limit=6.0, limit_until=NAN)
    assert noticed(chargers={"a": reading, "b": car()}) == ({"a": 10, "b": 10}, ["a"])


@pytest.mark.parametrize("sun", [(NAN, 0.0, 0.0), (0.0, INF, 0.0), (0.0, 0.0, -1e6)])
def test_impossible_sun_is_no_sun(sun: tuple[float, float, float]) -> None:
    assert noticed(sun=sun) == ({"a": 10, "b": 10}, ["sun"])


def test_what_an_inverter_draws_at_night_is_nothing_to_notice() -> None:
    assert noticed(sun=(-0.05, 0.0, 0.0)) == ({"a": 10, "b": 10}, [])


@pytest.mark.parametrize(
    "battery",
    [Battery(power=NAN), Battery(power=0, soc=140.0), Battery(power=0, maximum_discharge=NAN)],
    ids=str,
)
def test_an_impossible_battery_does_not_spoil_the_sun(battery: Battery) -> None:
    sunny = {"a": car(mode=Mode.SUN), "b": car(mode=Mode.OFF)}
    shares, notices = noticed(chargers=sunny, battery=battery, meters={"m": shows((-10, 0, 0))})
    assert (shares, notices) == ({"a": 10, "b": 0}, ["battery"])


@pytest.mark.parametrize("price", [NAN, INF, 1e9])
def test_an_impossible_price_keeps_nobody_waiting(price: float) -> None:
    dear = {"a": car(maximum_price=0.1), "b": car(maximum_price=0.1)}
    assert noticed(chargers=dear, price=price) == ({"a": 10, "b": 10}, ["price"])


@pytest.mark.parametrize(
    "reading",
    [
        shows((NAN, 0, 0)),
        shows((0, INF, 0)),
        shows((0, 0, 251)),
        shows((0, 0, -251)),
        shows(5, NOW + 60),
        shows(5, NAN),
        shows(5, interval=NAN),
        shows(5, interval=0),
        shows(5, interval=-3),
        shows(5, interval=1e9),
    ],
    ids=str,
)
def test_an_impossible_meter_is_not_believed(reading: Any) -> None:
    site = house(fuse(25, meter="m", house_allowance=(10.0, 10.0, 10.0)), box("a"), box("b"))
    decision = run(site, seen("ab", {"m": reading}))
    assert targets(decision) == {"a": 6, "b": 6}
    assert why(decision) is ReasonCode.METER_IMPOSSIBLE


def test_a_sample_from_tomorrow_does_not_hide_those_of_today() -> None:
    one = run(SITE, seen("ab", {"m": shows(1, NOW + 3600)}))
    two = run(SITE, seen("ab", {"m": shows(15, NOW + 1)}, now=NOW + 1), memory=one.memory)
    assert targets(two) == {"a": 10, "b": 0}


def test_an_impossible_reading_changes_nothing_that_was_learnt() -> None:
    one = run(SITE, seen({"a": car(6)}, {"m": shows(10)}))
    broken: dict[str, ChargerReading] = {"a": car(NAN, at=NOW + 1)}
    two = run(SITE, seen(broken, {"m": shows(10, NOW + 1)}, now=NOW + 1), memory=one.memory)
    assert two.memory.samples["a"].current == (6,)
