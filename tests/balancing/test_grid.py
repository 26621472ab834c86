"""Limits from outside: in amperes or watts, for everything or only for what can be controlled, with an end."""

import math
from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import NoticeCode, ReasonCode
from custom_components.fusewise.balancing.model import GridLimit, LimitScope, Site

from .builders import NOW, box, fuse, house, run, seen, shows, targets


def limited(site: Site, now: float = NOW, **limit: Any) -> dict[str, float]:
    """The shares under one limit; the house draws 4 A on each phase."""
    meters = {circuit.meter: shows(4, now) for circuit in site.circuits if circuit.meter}
    limits = (GridLimit(source="dso", **limit),)
    return targets(run(site, seen([c.id for c in site.chargers], meters, now, grid_limits=limits)))


ONE = house(fuse(32, meter="m"), box())
THREE = house(fuse(32, meter="m"), box("a", "L1 L2 L3"))


def test_amperes_count_everything_on_each_phase() -> None:
    assert limited(ONE, amperes=20) == {"a": 16}


def test_watts_count_everything_over_all_phases() -> None:
    assert limited(ONE, watts=20 * 230) == {"a": 8}


def test_14a_leaves_4200_watts_for_what_can_be_controlled_and_the_house_goes_on() -> None:
    assert limited(THREE, watts=4200, scope=LimitScope.CONTROLLABLE) == {"a": 6}


def test_14a_is_shared_with_a_heat_pump_that_counts_too() -> None:
    limit: dict[str, Any] = {"watts": 4200, "scope": LimitScope.CONTROLLABLE, "counted_watts": 1500}
    assert limited(THREE, **limit) == {"a": 0}
    assert limited(ONE, **limit) == {"a": 11.7}


def test_amperes_for_what_can_be_controlled_do_not_count_the_house() -> None:
    limit: dict[str, Any] = {"amperes": 10, "scope": LimitScope.CONTROLLABLE}
    assert limited(ONE, **limit) == {"a": 10}
    assert limited(ONE, counted_watts=3 * 2 * 230, **limit) == {"a": 8}


def test_on_one_phase_what_else_counts_is_on_that_one() -> None:
    site = house(fuse((32.0, 0.0, 0.0), meter="m"), box())
    limit: dict[str, Any] = {
        "amperes": 10,
        "scope": LimitScope.CONTROLLABLE,
        "counted_watts": 2 * 230,
    }
    assert limited(site, **limit) == {"a": 8}


def test_a_limit_may_be_for_one_circuit() -> None:
    site = house(fuse(32), fuse(32, "panel", "main"), box("a"), box("b", "L2", circuit="panel"))
    assert limited(site, circuit="panel", amperes=10) == {"a": 32, "b": 10}


def test_without_one_it_is_for_every_main_fuse() -> None:
    site = house(fuse(32), fuse(32, "shop"), box("a"), box("b", circuit="shop"))
    assert limited(site, amperes=10) == {"a": 10, "b": 10}


def test_the_strictest_of_several_limits_counts() -> None:
    limits = (
        GridLimit(source="evening", amperes=16),
        GridLimit(source="dso", watts=13 * 230),
        GridLimit(source="owner", amperes=20),
    )
    decision = run(house(fuse(32), box()), seen("a", grid_limits=limits))
    assert targets(decision) == {"a": 13}
    assert decision.setpoints[0].reason.source == "dso"


def test_a_limit_for_what_can_be_controlled_does_not_spoil_the_next_one() -> None:
    limits = (
        GridLimit(source="dso", amperes=20, scope=LimitScope.CONTROLLABLE),
        GridLimit(source="owner", amperes=20),
    )
    decision = run(
        house(fuse(32, meter="m"), box()), seen("a", {"m": shows(4)}, grid_limits=limits)
    )
    assert targets(decision) == {"a": 16}


def test_the_reason_says_whose_limit_it_is_and_until_when() -> None:
    limit = GridLimit(source="dso", amperes=10, until=NOW + 900)
    reason = run(ONE, seen("a", {"m": shows(0)}, grid_limits=(limit,))).setpoints[0].reason
    assert (reason.code, reason.source, reason.limit, reason.until) == (
        ReasonCode.GRID_LIMIT,
        "dso",
        10,
        NOW + 900,
    )


@pytest.mark.parametrize(("now", "amperes"), [(-1, 28), (0, 6), (59, 6), (60, 28)])
def test_a_limit_counts_from_its_beginning_to_its_end(now: float, amperes: float) -> None:
    limit: dict[str, Any] = {"amperes": 10, "begins": NOW, "until": NOW + 60}
    assert limited(ONE, NOW + now, **limit) == {"a": amperes}


def test_a_sender_that_is_silent_keeps_its_limit_until_its_end() -> None:
    assert limited(ONE, amperes=10, until=NOW + 60, sender_silent=True) == {"a": 6}
    assert limited(ONE, amperes=10, sender_silent=True) == {"a": 6}


def test_then_the_sites_safe_limit_counts_for_what_the_old_one_counted() -> None:
    safe = house(fuse(32, meter="m"), box("a", "L1 L2 L3"), safe_grid_watts=4200)
    ended: dict[str, Any] = {"until": NOW - 1, "sender_silent": True}
    assert limited(safe, watts=9000, **ended) == {"a": 0}  # the house alone draws 2760 W
    only_cars: dict[str, Any] = {"scope": LimitScope.CONTROLLABLE, **ended}
    assert limited(safe, watts=9000, **only_cars) == {"a": 6}
    assert limited(THREE, watts=100, **ended) == {"a": 28}


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        ({"amperes": math.nan}, "nan A"),
        ({"amperes": -1}, "-1 A"),
        ({"amperes": 10_000}, "10000 A"),
        ({"watts": math.inf}, "inf W"),
        ({"watts": 1e9}, "1000000000.0 W"),
        ({}, "neither amperes nor watts"),
        ({"amperes": 1, "circuit": "garage"}, "no circuit 'garage'"),
        ({"amperes": 1, "until": math.nan}, "time is not a number"),
        ({"amperes": 1, "begins": NOW, "until": NOW - 1}, "ends before it begins"),
        ({"watts": 1, "counted_watts": -1}, "-1 W counted"),
    ],
)
def test_an_impossible_limit_is_refused_with_a_notice(limit: dict[str, Any], says: str) -> None:
    decision = run(
        house(fuse(32), box()), seen("a", grid_limits=(GridLimit(source="dso", **limit),))
    )
    (notice,) = decision.notices
    assert (notice.code, notice.subject) == (NoticeCode.BAD_VALUE, "dso")
    assert says in notice.detail
    assert targets(decision) == {"a": 32}
