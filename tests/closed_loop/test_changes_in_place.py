"""Settings that change while cars charge: the fuse is held by the new ones at once, and nobody is paused for it."""

from dataclasses import replace
import random

import pytest

from .homes import HEARD, REACTS, Home, box, car, fuse

SEEDS = range(5)


def home_in_step(seed: int) -> Home:
    """Two cars of one make, which begin in the same moment and fill the fuse together."""
    home = Home(box("left", maximum=32.0), box("right", maximum=32.0), house=5.0, seed=seed)
    for name in home.stations:
        home.plug(name, car())
    home.settle(60.0 + 120.0 * random.Random(seed).random())
    return home


@pytest.mark.parametrize("seed", SEEDS)
def test_a_lower_rating_is_held_as_soon_as_cars_can_follow(seed: int) -> None:
    home = home_in_step(seed)
    home.site = replace(home.site, circuits=(fuse(20.0),))
    home.watch_anew()
    home.run(120)
    assert home.fuses["main"].seconds_above <= HEARD + REACTS + 2.0
    assert min(home.drawn(name) for name in home.stations) >= 6.0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sub_panel_that_is_added_is_held_too(seed: int) -> None:
    home = home_in_step(seed)
    panel = fuse(16.0, "barn", parent="main", meter=None, other_loads=(0.0, 0.0, 0.0))
    chargers = tuple(replace(each, circuit="barn") for each in home.site.chargers)
    home.site = replace(home.site, circuits=(*home.site.circuits, panel), chargers=chargers)
    drawn: list[float] = []
    home.run(120, lambda moment: drawn.append(sum(moment.cars.values())))
    above = sum(amperes > 16.0 + 0.01 for amperes in drawn) * home.dt
    assert above <= HEARD + REACTS + 2.0
    assert drawn[-1] > 14.0
    assert home.fuses["main"].seconds_above == 0.0


@pytest.mark.parametrize("seed", SEEDS)
def test_two_cars_in_step_fall_together_and_overload_no_fuse(seed: int) -> None:
    home = home_in_step(seed)
    for _ in range(3):
        home.house.amperes = (11.0, 11.0, 11.0)
        home.run(60)
        home.house.amperes = (5.0, 5.0, 5.0)
        home.run(60)
    main = home.fuses["main"]
    assert main.longest_above <= HEARD + REACTS + 2.0
    assert main.seconds_above <= 3 * (HEARD + REACTS + 2.0)
    assert min(home.drawn(name) for name in home.stations) >= 6.0
