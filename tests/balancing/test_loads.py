"""What else is on a circuit: by its own meter, by what its owner says, or by its feeder's meter."""

from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import FallbackCause, ReasonCode
from custom_components.fusewise.balancing.decision import CircuitState, Decision

from .builders import NOW, box, car, fuse, house, run, seen, shows, targets, told, why


def state(decision: Decision, circuit: str = "main") -> CircuitState:
    """What is said of a circuit."""
    return next(found for found in decision.circuits if found.circuit == circuit)


def test_a_meter_shows_the_house_and_the_cars() -> None:
    site = house(fuse(25, meter="m"), box())
    decision = run(site, seen({"a": car(10)}, {"m": shows(18)}))
    assert state(decision).others == (8, 18, 18)
    assert targets(decision) == {"a": 17}


def test_a_sub_panel_is_bounded_by_its_own_meter_and_by_the_main_one() -> None:
    site = house(fuse(25, meter="m"), fuse(16, "panel", "main", meter="p"), box(circuit="panel"))
    quiet = run(site, seen("a", {"m": shows(5), "p": shows(0)}))
    assert targets(quiet) == {"a": 16}
    panel = run(site, seen("a", {"m": shows(5), "p": shows(4)}))
    assert targets(panel) == {"a": 12}
    main = run(site, seen("a", {"m": shows(15), "p": shows(0)}))
    assert targets(main) == {"a": 10}


def test_without_a_meter_the_whole_load_of_the_nearest_one_above_counts() -> None:
    site = house(fuse(25, meter="m"), fuse(16, "panel", "main", others=None), box(circuit="panel"))
    decision = run(site, seen("a", {"m": shows(7)}))
    assert state(decision, "panel").others == (7, 7, 7)
    assert targets(decision) == {"a": 9}


def test_but_not_what_a_meter_shows_to_be_elsewhere() -> None:
    site = house(
        fuse(40, meter="m"),
        fuse(16, "panel", "main", others=None),
        fuse(16, "shed", "main", others=None),
        fuse(16, "pool", "shed", meter="p"),
        box(circuit="panel"),
    )
    decision = run(site, seen("a", {"m": shows(7), "p": shows(5)}))
    assert state(decision, "panel").others == (2, 2, 2)
    # The pool is behind the shed, so nothing says that its 5 A are not the shed's.
    assert state(decision, "shed").others == (7, 7, 7)


def test_the_next_circuit_below_one_without_a_meter_asks_the_same_meter() -> None:
    site = house(
        fuse(25, meter="m"),
        fuse(20, "panel", "main", others=None),
        fuse(16, "shed", "panel", others=None),
        box(circuit="shed"),
    )
    assert state(run(site, seen("a", {"m": shows(7)})), "shed").others == (7, 7, 7)


def test_sun_at_the_main_fuse_makes_no_room_on_a_panel_without_a_meter() -> None:
    site = house(fuse(25, meter="m"), fuse(10, "panel", "main", others=None), box(circuit="panel"))
    decision = run(site, seen("a", {"m": shows(-20)}))
    assert targets(decision) == {"a": 10}


def test_where_the_sun_is_measured_it_hides_nothing_of_the_panels_load() -> None:
    site = house(fuse(25, meter="m"), fuse(16, "panel", "main", others=None), box(circuit="panel"))
    # The house draws 9 A and the sun feeds 7 of them: all nine may flow through the panel.
    decision = run(site, seen("a", {"m": shows(2)}, sun=(7.0, 7.0, 7.0)))
    assert state(decision, "panel").others == (9, 9, 9)


def test_an_owner_says_what_is_on_a_circuit_at_most() -> None:
    decision = run(house(fuse(16, others=(4.0, 0.0, 0.0)), box(), box("b", "L2")), seen("ab"))
    assert targets(decision) == {"a": 12, "b": 16}
    assert state(decision).load is None
    assert state(decision).others == (4, 0, 0)


def test_what_owners_say_of_circuits_below_comes_on_top() -> None:
    site = house(
        fuse(30, others=5),
        fuse(16, "panel", "main", others=3),
        fuse(16, "shed", "panel", others=2),
        box(circuit="shed"),
        box("b"),
    )
    decision = run(site, seen("ab"))
    assert state(decision, "panel").others == (5, 5, 5)
    assert state(decision).others == (10, 10, 10)


def test_so_does_what_meters_below_show_however_deep() -> None:
    site = house(
        fuse(30, others=5),
        fuse(16, "panel", "main", others=None),
        fuse(16, "shed", "panel", meter="s"),
        box(),
    )
    decision = run(site, seen("a", {"s": shows((3, 0, -8))}))
    # Sun in the shed may vanish, and nobody would see it at the main fuse.
    assert state(decision).others == (8, 5, 5)


def test_a_circuit_without_a_figure_asks_an_owner_above_it() -> None:
    site = house(fuse(30, others=5), fuse(16, "panel", "main", others=None), box(circuit="panel"))
    decision = run(site, seen("a"))
    assert state(decision, "panel").others == (5, 5, 5)
    assert state(decision, "panel").fallback is None


def test_without_any_figure_the_house_may_fill_its_fuse() -> None:
    decision = run(house(fuse(25, others=None), box()), seen("a"))
    assert targets(decision) == {"a": 0}
    assert why(decision) is ReasonCode.NO_METER
    assert state(decision).fallback is FallbackCause.MISSING


def test_with_an_allowance_floors_are_let_through_without_a_meter() -> None:
    site = house(fuse(25, others=None, house_allowance=(10.0, 10.0, 10.0)), box(), box("b"))
    decision = run(site, seen("ab"))
    assert targets(decision) == {"a": 6, "b": 6}
    assert why(decision) is ReasonCode.NO_METER


@pytest.mark.parametrize(
    ("rest", "floors"),
    [
        ({"house_allowance": (10.0, 10.0, 10.0)}, 2),
        ({"house_allowance": (20.0, 20.0, 20.0)}, 0),
        ({}, 0),
    ],
)
def test_a_silent_meter_lets_floors_through_beside_the_allowance(
    rest: dict[str, Any], floors: int
) -> None:
    site = house(fuse(25, meter="m", usable_share=0.8, **rest), box(), box("b"), box("c"))
    before = run(site, seen("abc", {"m": shows(0)}))
    decision = run(site, seen("abc", now=NOW + 60), memory=before.memory)
    # The rating counts, not the usable share: the house counts with the most that it draws.
    assert sorted(targets(decision).values()) == [0] * (3 - floors) + [6] * floors
    assert why(decision, "a") is ReasonCode.METER_SILENT
    assert state(decision).fallback is FallbackCause.SILENT


def test_a_silent_meter_of_a_panel_does_not_stop_the_rest_of_the_house() -> None:
    site = house(
        fuse(40, meter="m"),
        fuse(16, "panel", "main", meter="p", house_allowance=(10.0, 10.0, 10.0)),
        box("a", circuit="panel"),
        box("b"),
    )
    decision = run(
        site,
        seen("ab", {"m": shows(0), "p": shows(0)}),
        seen("ab", {"m": shows(0, NOW + 60), "p": shows(0)}, now=NOW + 60),
    )
    assert targets(decision) == {"a": 6, "b": 32}


def test_without_an_allowance_a_silent_panel_asks_the_meter_above() -> None:
    site = house(
        fuse(40, meter="m"), fuse(16, "panel", "main", meter="p"), box("a", circuit="panel")
    )
    quiet = run(site, seen("a", {"m": shows(3, NOW), "p": shows(0, NOW - 60)}))
    assert targets(quiet) == {"a": 6}
    busy = run(site, seen("a", {"m": shows(13, NOW), "p": shows(0, NOW - 60)}))
    assert targets(busy) == {"a": 0}
    assert why(busy) is ReasonCode.METER_SILENT


def test_a_panel_without_a_meter_falls_back_with_the_one_above() -> None:
    site = house(
        fuse(40, meter="m", house_allowance=(10.0, 10.0, 10.0)),
        fuse(20, "panel", "main", others=None),
        box("a", circuit="panel"),
    )
    decision = run(site, seen("a"))
    assert targets(decision) == {"a": 6}
    assert state(decision, "panel").fallback is FallbackCause.STARTING
    assert why(decision) is ReasonCode.STARTING


def test_what_falls_is_averaged_and_what_rises_counts_at_once() -> None:
    site = house(fuse(25, meter="m"), smoothing=10)
    one = run(site, seen((), {"m": shows(10)}))
    two = run(site, seen((), {"m": shows(0, NOW + 10)}, now=NOW + 10), memory=one.memory)
    smoothed = two.memory.circuits["main"].smoothed
    assert smoothed is not None
    assert smoothed[0] == pytest.approx(10 / 2.718281828)
    three = run(site, seen((), {"m": shows(9, NOW + 11)}, now=NOW + 11), memory=two.memory)
    assert three.memory.circuits["main"].smoothed == (9, 9, 9)


def test_a_room_that_is_there_only_now_is_no_room_to_rise_into() -> None:
    site = house(fuse(25, meter="m"), box(), smoothing=60)
    busy = run(site, seen({"a": car(10)}, {"m": shows(25)}))
    lull = {"a": car(10, at=NOW + 1)}, {"m": shows(10, NOW + 1)}
    decision = run(site, seen(*lull, now=NOW + 1), memory=busy.memory)
    assert targets(decision) == {"a": 25}
    assert told(decision)["a"] < 11
