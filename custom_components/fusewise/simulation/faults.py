"""Lets something fail at a home, and tells what its fuses then go through.

The home is a hard one: a 3 × 25 A fuse of which all is used, three cars that fill it, and, while the fault
lasts, a house that steps up by 8 A on every phase. Before the fault everything is at rest; fault and step end
together, so that the way back is seen too.

    outcome = run(MATRIX["meter.silent"], decide, outlive, seed=1)
    outcome.ampere_seconds  # above the rating, of the worst conductor
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
import math
import random

from ..balancing.model import NOTHING, Charger, Circuit, Phase, Site
from .car import Car, CarModel
from .house import House
from .meter import MeterModel
from .site import Decide, Dial, Moment, Outlive, SimulatedSite
from .station import StationModel

__all__ = ["EV", "Fault", "Outcome", "Scenario", "home", "run", "worst"]

RESTS = (100.0, 110.0)  # s before the fault begins
LASTS = 100.0  # s
STEP_WITHIN = 30.0  # s after the fault began
AFTER = 180.0  # s that the way back is watched
DT = 0.25  # s
RATING = 25.0
STEP = 8.0  # A by which the house steps up, on each phase
BASE = (750.0, 650.0, 800.0)  # W
ALLOWANCE = 13.0  # A that the owner says the house may draw: the base, the step, and a little
SUN = 12.0  # A on each phase, where there is sun
BACK = 0.9  # of what the cars drew before: the site is itself again
METER, STATION = MeterModel(), StationModel()
EV = CarModel(name="saloon", phases=3, maximum=16.0, battery_kwh=60.0)

type Scenario = Callable[[SimulatedSite], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the worst fuse went through, from the beginning of the fault on."""

    seconds_above: float
    """s above the rating."""
    seconds_beyond: float
    """s above 1.13 × the rating."""
    ampere_seconds: float
    """A·s above the rating."""
    peak: float
    """A above the rating."""
    held_after: float
    """s after the fault began until it was above the rating for the last time; 0: it never was."""
    back_after: float
    """s after the fault ended until the cars draw again what they drew before; inf: not while it was watched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that fails."""

    begins: Scenario
    ends: Scenario
    site: Callable[[Site], Site] = lambda site: site
    step: float = STEP
    sun: float = 0.0
    meter: MeterModel = METER
    station: StationModel = STATION
    car: CarModel = EV
    remembers: bool = True
    """The controller keeps its memory over a restart."""


def home(usable_share: float = 1.0) -> Site:
    """Three chargers on one fuse. The fall-backs of two fit beside the house, so the third has none."""
    return Site(
        circuits=(
            Circuit(
                id="main",
                rating=(RATING, RATING, RATING),
                meter="grid",
                usable_share=usable_share,
                house_allowance=(ALLOWANCE, ALLOWANCE, ALLOWANCE),
            ),
        ),
        chargers=(
            _charger("garage", (Phase.L1, Phase.L2, Phase.L3), fallback=6.0),
            _charger("yard", (Phase.L2, Phase.L3, Phase.L1), fallback=6.0),
            _charger("carport", (Phase.L2,), fallback=0.0),
        ),
    )


def run(
    fault: Fault, decide: Decide, outlive: Outlive, seed: int, usable_share: float = 1.0
) -> Outcome:
    """Let `fault` happen at a moment that the seed chooses."""
    rng = random.Random(f"{seed}/fault")
    begins = rng.uniform(*RESTS)
    ends = begins + LASTS
    house = House(seed=seed, base_watts=BASE, appliances=(), heat_pump=None)
    sun = Dial((fault.sun, fault.sun, fault.sun))
    sim = SimulatedSite(
        fault.site(home(usable_share)),
        decide,
        seed=seed,
        dt=DT,
        houses={"main": house},
        suns={"main": sun},
        meter=fault.meter,
        station=fault.station,
        sees_sun=fault.sun > 0.0,
        outlive=outlive if fault.remembers else None,
    )
    for number, charger in enumerate(sim.site.chargers):
        model = replace(fault.car, phases=len(charger.wiring), maximum=charger.maximum)
        sim.plug(charger.id, Car(model, soc=0.2 + 0.1 * number))
    step = (fault.step, fault.step, fault.step)
    sim.at(begins, sim.watch_anew)
    sim.at(begins, lambda: fault.begins(sim))
    sim.change(begins + rng.uniform(0.0, STEP_WITHIN), house, ordered=step)
    sim.at(ends, lambda: fault.ends(sim))
    sim.change(ends, house, ordered=NOTHING)
    drawn = _Drawn(begins, ends)
    sim.run(ends + AFTER, drawn.watch)
    fuses = sim.fuses.values()
    return Outcome(
        seconds_above=max(fuse.seconds_above for fuse in fuses),
        seconds_beyond=max(fuse.seconds_beyond for fuse in fuses),
        ampere_seconds=max(fuse.ampere_seconds for fuse in fuses),
        peak=max(fuse.furthest_above for fuse in fuses),
        held_after=max(0.0, *(fuse.last_above - begins for fuse in fuses)),
        back_after=drawn.back_after,
    )


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of each figure."""
    runs = list(outcomes)
    return Outcome(**{name: max(getattr(o, name) for o in runs) for name in Outcome.__slots__})


class _Drawn:
    """What cars draw before the fault, and when they draw it again."""

    def __init__(self, begins: float, ends: float) -> None:
        self.back_after = math.inf
        self._begins, self._ends = begins, ends
        self._before = 0.0

    def watch(self, moment: Moment) -> None:
        drawn = sum(moment.cars.values())
        if moment.time < self._begins:
            self._before += (drawn - self._before) * DT / 10.0
        elif moment.time > self._ends and drawn >= BACK * self._before:
            self.back_after = min(self.back_after, moment.time - self._ends)


def _charger(name: str, wiring: tuple[Phase, ...], fallback: float) -> Charger:
    return Charger(
        id=name,
        circuit="main",
        wiring=wiring,
        maximum=16.0,
        fallback=fallback,
        fallback_proved=True,
    )
