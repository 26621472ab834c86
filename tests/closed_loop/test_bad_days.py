"""Hours in which everything goes wrong that can be survived, one thing after the other and several at once."""

from collections.abc import Callable
from dataclasses import replace
import math
import random

import pytest

from custom_components.fusewise.balancing.arming import arm
from custom_components.fusewise.balancing.model import Circuit, PerPhase, Site
from custom_components.fusewise.simulation import LIFE, MeterModel, StationModel

from .homes import HEARD, REACTS, Home, box, car, fuse

LASTS = 1800.0  # s
ALLOWANCE = 12.0  # A: the house never draws more
WIRINGS = ("L1 L2 L3", "L2 L3 L1", "L3 L1 L2", "L1", "L2", "L3")


def bad_day(seed: int) -> Home:
    """A home of one to four chargers, some of them on a sub-panel, and a plan of what fails when."""
    rng = random.Random(seed)
    home = _home(rng, seed)
    for name in home.stations:
        home.at(rng.uniform(0.0, 60.0), _comes(home, name, rng))
    at = 120.0
    while at < LASTS - 120.0:
        _plan(home, rng, at)
        at += rng.expovariate(1 / 40.0)
    return home


def _home(rng: random.Random, seed: int) -> Home:
    circuits: list[Circuit] = [
        fuse(rng.choice((25.0, 35.0, 63.0)), house_allowance=(ALLOWANCE,) * 3)
    ]
    if rng.random() < 0.5:
        panel = fuse(
            rng.choice((16.0, 20.0, 32.0)), "shed", parent="main", house_allowance=(0.0,) * 3
        )
        circuits.append(panel)
    chargers = tuple(
        box(
            f"box {number}",
            rng.choice(WIRINGS),
            circuit=rng.choice(circuits).id,
            maximum=rng.choice((16.0, 32.0)),
        )
        for number in range(rng.randint(1, 4))
    )
    allowances = {c.id: c.house_allowance for c in circuits if c.house_allowance is not None}
    fallbacks = arm(Site(circuits=tuple(circuits), chargers=chargers), allowances).fallbacks
    armed = (replace(charger, fallback=fallbacks[charger.id]) for charger in chargers)
    return Home(
        *circuits,
        *armed,
        seed=seed,
        dt=0.25,
        meter=MeterModel(
            lag=rng.choice((0.0, 1.0)), loses=rng.choice((0.0, 0.2)), noise=rng.choice((0.0, 0.1))
        ),
        station=StationModel(
            reports_every=rng.choice((2.0, 5.0, 10.0, 30.0)),
            latency=rng.choice((0.1, 0.3, 1.0)),
            loses=rng.choice((0.0, 0.2)),
            noise=rng.choice((0.0, 0.1)),
        ),
    )


def _plan(home: Home, rng: random.Random, at: float) -> None:
    """Something happens at this time, and most of it ends some time later."""
    name = rng.choice(sorted(home.stations))
    station, line = home.stations[name], home.lines[name]
    meter = home.meters[rng.choice(sorted(home.meters))]
    ends = at + rng.uniform(5.0, 180.0)
    step: PerPhase = (
        rng.uniform(1.0, ALLOWANCE),
        rng.uniform(1.0, ALLOWANCE),
        rng.uniform(1.0, ALLOWANCE),
    )
    kind = rng.randrange(12)
    if kind <= 3:
        home.change(at, home.house, amperes=step)
    elif kind == 4:
        home.change(at, meter, works=False)
        home.change(ends, meter, works=True)
    elif kind == 5:
        home.change(at, meter, lies=_nothing_of_it)
        home.change(ends, meter, lies=None)
    elif kind == 6:
        home.change(at, line, works=False)
        home.change(ends, line, works=True)
    elif kind == 7:
        home.change(at, station, measures=False)
        home.change(ends, station, measures=True)
    elif kind == 8:
        home.at(at, home.start)
    elif kind == 9:
        home.at(at, home.kill)
        home.at(ends, home.start)
    elif kind == 10:
        home.at(at, station.reboot)
        home.at(at, _comes(home, name, rng))
    else:
        home.change(at, station, clock_ahead=rng.choice((-100.0, 100.0)))


def _comes(home: Home, name: str, rng: random.Random) -> Callable[[], None]:
    model = {
        "phases": rng.choice((1, 3)),
        "maximum": rng.choice((10.0, 16.0, 32.0)),
        "dead_time": rng.uniform(1.0, 4.5),
        "slope": rng.uniform(2.0, 10.0),
        "wake": rng.choice((0.0, 0.0, 20.0)),
    }
    soc = rng.choice((0.3, 0.95))
    return lambda: home.plug(name, car(soc=soc, **model))


def _nothing_of_it(_: PerPhase) -> PerPhase:
    return math.nan, math.nan, math.nan


@pytest.mark.parametrize("seed", range(12))
def test_on_a_bad_day_the_fuse_is_never_above_its_rating_for_longer_than_a_setpoint_lives(
    seed: int,
) -> None:
    home = bad_day(seed)
    home.run(LASTS)
    for fuse_ in home.fuses.values():
        assert fuse_.longest_above <= LIFE + HEARD + REACTS + 4.0
        assert fuse_.furthest_above <= ALLOWANCE + 6.0
