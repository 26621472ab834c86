"""The controller is killed, hangs, or starts anew: the fuse holds all the same."""

from dataclasses import replace

import pytest

from custom_components.fusewise.balancing.arming import arm
from custom_components.fusewise.balancing.model import Site
from custom_components.fusewise.simulation import LIFE

from .homes import HEARD, REACTS, Home, box, car, fuse

ALLOWANCE = (12.0, 12.0, 12.0)


def armed() -> Home:
    """Three chargers, armed with what fits beside a house that may draw 12 A: two with 6 A, one with none."""
    main, boxes = fuse(house_allowance=ALLOWANCE), [*map(box, ("one", "two", "three"))]
    fallbacks = arm(Site(circuits=(main,), chargers=tuple(boxes)), {"main": ALLOWANCE}).fallbacks
    home = Home(main, *(replace(charger, fallback=fallbacks[charger.id]) for charger in boxes))
    for name in home.stations:
        home.plug(name, car())
    home.settle()
    assert home.step().fuses["main"][0] > 24.0
    return home


def test_what_is_armed_fits_beside_the_most_that_the_house_may_draw() -> None:
    home = armed()
    assert sum(station.fallback for station in home.stations.values()) <= 25.0 - 12.0


def test_a_killed_controller_leaves_the_fuse_to_fall_backs_that_fit() -> None:
    home = armed()
    home.kill()
    home.run(LIFE + REACTS + 2.0)
    home.watch_anew()
    home.house.amperes = ALLOWANCE
    home.run(600)
    assert home.fuses["main"].seconds_above == 0.0
    assert sorted(home.drawn(name) for name in home.stations) == [0.0, 6.0, 6.0]


def test_until_its_setpoints_end_nobody_sees_the_house_rise() -> None:
    home = armed()
    home.kill()
    home.house.amperes = ALLOWANCE
    home.run(120)
    main = home.fuses["main"]
    assert main.longest_above <= LIFE + REACTS + 2.0
    assert main.ampere_seconds <= 8.0 * (LIFE + REACTS + 2.0)


def test_a_hung_controller_is_the_same_to_the_chargers_as_a_dead_one() -> None:
    home = armed()
    home.controller_hangs = True
    home.house.amperes = ALLOWANCE
    home.run(120)
    assert home.fuses["main"].longest_above <= LIFE + REACTS + 2.0
    assert sorted(home.drawn(name) for name in home.stations) == [0.0, 6.0, 6.0]
    home.controller_hangs = False
    home.house.amperes = (4.0, 4.0, 4.0)
    home.run(150)
    assert home.step().fuses["main"][0] > 22.5


@pytest.mark.parametrize("remembers", [True, False])
def test_after_a_restart_nothing_starts_above_its_fall_back_until_the_meters_have_spoken(
    remembers: bool,
) -> None:
    home = armed()
    if not remembers:
        home.forget()
    home.kill()
    home.run(60)
    home.meters["main meter"].works = False
    home.start()
    home.watch_anew()
    home.run(60)
    assert max(home.told(name) for name in home.stations) <= 6.0
    assert sum(home.told(name) for name in home.stations) <= 25.0 - 12.0
    home.house.amperes = ALLOWANCE
    home.run(60)
    home.house.amperes = (4.0, 4.0, 4.0)
    home.meters["main meter"].works = True
    home.run(150)
    assert home.step().fuses["main"][0] > 22.5
    assert home.fuses["main"].seconds_above == 0.0


@pytest.mark.parametrize("remembers", [True, False])
def test_a_restart_in_a_moment_stops_nobody(remembers: bool) -> None:
    home = armed()
    if not remembers:
        home.forget()
    closings = {name: station.charger.closings for name, station in home.stations.items()}
    charging = [name for name in home.stations if home.drawn(name) > 0.0]
    home.start()
    home.run(20)
    assert all(home.drawn(name) >= 6.0 for name in charging)
    home.run(150)
    assert {name: home.stations[name].charger.closings for name in charging} == {
        name: closings[name] for name in charging
    }
    assert home.fuses["main"].seconds_above == 0.0


@pytest.mark.parametrize("ahead", [-86_400.0, -3600.0, -5.0, 3600.0, 86_400.0])
def test_a_clock_that_was_set_while_it_was_off_changes_nothing(ahead: float) -> None:
    home = armed()
    home.start(clock_ahead=ahead)
    home.run(120)
    home.watch_anew()
    home.house.amperes = (12.0, 12.0, 12.0)
    home.run(60)
    assert home.fuses["main"].longest_above <= HEARD + REACTS + 2.0
    home.house.amperes = (4.0, 4.0, 4.0)
    home.run(200)
    assert home.step().fuses["main"][0] > 22.0


def test_a_controller_that_is_killed_every_minute_never_overruns_the_fuse() -> None:
    home = armed()
    for minute in range(10):
        home.at(home.time + 60.0 * minute + 7.0, home.start)
    home.run(660)
    assert home.fuses["main"].seconds_above == 0.0


def test_everything_that_has_a_cable_loses_it_at_once() -> None:
    home = armed()
    for line in home.lines.values():
        line.works = False
    home.meters["main meter"].works = False
    home.house.amperes = ALLOWANCE
    home.run(120)
    assert home.fuses["main"].longest_above <= LIFE + REACTS + 2.0
    assert sorted(home.drawn(name) for name in home.stations) == [0.0, 6.0, 6.0]
    for line in home.lines.values():
        line.works = True
    home.meters["main meter"].works = True
    home.watch_anew()
    home.run(120)
    assert home.fuses["main"].seconds_above == 0.0
