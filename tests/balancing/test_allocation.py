"""What rounding to steps and levels leaves goes to somebody who can use it; groups go one after the other."""

from hypothesis import given, strategies as st
import pytest

from custom_components.fusewise.balancing.model import Charger, ChargerReading, Site
from custom_components.fusewise.balancing.settings import Policy

from .builders import box, car, fuse, house, run, seen, targets
from .sites import Account, sites

NEARLY = 1e-3  # A: a hundred of the finest steps
LEVELS = (6.0, 8.0, 10.0, 13.0, 16.0)


def shares(rating: float, *boxes: Charger) -> list[float]:
    """What cars get on one fuse."""
    site = house(fuse(rating), *boxes)
    return list(targets(run(site, seen([charger.id for charger in boxes]))).values())


def test_the_ampere_that_rounding_leaves_goes_to_one_of_them() -> None:
    assert sorted(shares(20, *(box(name, step=1.0) for name in "abc"))) == [6, 7, 7]


def test_it_goes_to_whose_steps_are_fine_enough() -> None:
    assert shares(17.5, box("a", step=1.0), box("b")) == [8, 9.5]


def test_it_goes_to_a_higher_level_where_that_fits() -> None:
    assert sorted(shares(23, box("a", levels=LEVELS), box("b", levels=LEVELS))) == [10, 13]


def test_what_is_too_little_for_a_level_goes_to_somebody_else() -> None:
    assert shares(19, box("a", levels=LEVELS), box("b")) == [8, 11]


def test_a_floor_between_levels_is_the_next_level() -> None:
    assert shares(20, box("a", floor=9, levels=LEVELS), box("b")) == [10, 10]


def test_what_nobody_can_use_is_left() -> None:
    assert sorted(shares(13.9, box("a", levels=LEVELS), box("b", levels=LEVELS))) == [6, 6]


def test_a_car_bounded_elsewhere_leaves_its_part_to_the_others() -> None:
    # evcc, openWB and EVerest differ here: exactly, B and C share what A cannot use.
    site = house(fuse(30), fuse(7, "panel", "main"), box("a", circuit="panel"), box("b"), box("c"))
    assert targets(run(site, seen("abc"))) == {"a": 7, "b": 11.5, "c": 11.5}


def test_three_cars_on_13_amperes_leave_none_of_them_starving_beside_a_feast() -> None:
    assert sorted(shares(13, box("a"), box("b"), box("c"))) == [0, 6.5, 6.5]


def test_a_one_phase_car_is_not_limited_by_another_phase() -> None:
    site = house(fuse((10.0, 32.0, 32.0)), box("a", "L1 L2 L3"), box("b", "L2"))
    assert targets(run(site, seen("ab"))) == {"a": 10, "b": 22}


def test_rotated_chargers_share_the_phase_that_they_meet_on() -> None:
    # Each car uses its charger's first conductor: behind the rotation these are three phases.
    wirings = ("L1 L2 L3", "L2 L3 L1", "L3 L1 L2")
    boxes = [box(name, wiring) for name, wiring in zip("abc", wirings, strict=True)]
    one_phase = {name: car(phases=1) for name in "abc"}
    site = house(fuse(16), *boxes)
    assert targets(run(site, seen(one_phase))) == {"a": 16, "b": 16, "c": 16}
    two_phases = {name: car(phases=2) for name in "abc"}
    assert targets(run(site, seen(two_phases))) == {"a": 8, "b": 8, "c": 8}


@pytest.mark.parametrize("step", [0.1, 1.0])
def test_identical_cars_are_never_further_apart_than_a_step(step: float) -> None:
    for rating in range(18, 97, 7):
        found = shares(rating + 0.35, *(box(name, step=step) for name in "abc"))
        assert max(found) - min(found) <= step + 1e-9


@st.composite
def fine_cases(draw: st.DrawFn, /) -> tuple[Site, dict[str, ChargerReading]]:
    """Chargers that know no steps, and cars that take anything, shared by weight alone."""
    site = draw(sites(fine=True, policy=Policy.EQUAL))
    return site, {charger.id: car() for charger in site.chargers}


@given(fine_cases())
def test_nobody_can_have_more_unless_somebody_loses_who_has_no_more(
    case: tuple[Site, dict[str, ChargerReading]],
) -> None:
    site, readings = case
    given_out = targets(run(site, seen(readings)))
    for charger in site.chargers:
        mine = given_out[charger.id]
        if not mine or mine > charger.maximum - NEARLY:
            continue
        # Even if all who have more (by weight) fell to where it stands, or to their floors, …
        rivals = {
            other.id: min(
                given_out[other.id], max(other.floor, mine * other.weight / charger.weight)
            )
            for other in site.chargers
        }
        # … it could have more only by that.
        for name, amperes in rivals.items():
            if amperes > given_out[name] - NEARLY:
                rivals[name] = given_out[name]
        rivals[charger.id] = mine + NEARLY
        assert Account(site, rivals).broken(), charger.id
