"""Runs control loops: the whole `decide` with its default settings, beside the plain controllers.

Two sites. The small plant: one phase, a house that jumps every 25 s, one car, a meter that is 3 s late. And three
cars on three phases, each phase with a house of its own that jumps, and chargers that report every 10 s.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
import random
from statistics import fmean

from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.balancing.model import (
    NOTHING,
    Charger,
    ChargerReading,
    ChargerStatus,
    Circuit,
    MeterReading,
    PerPhase,
    Phase,
    Session,
    Site,
    Snapshot,
)
from custom_components.fusewise.balancing.settings import Settings
from custom_components.fusewise.simulation import (
    Car,
    CarModel,
    MeterModel,
    Sample,
    SimulatedSite,
    StationModel,
    account,
)
from custom_components.fusewise.simulation.loop_plant import (
    Controller,
    LoopFigures,
    LoopPlant,
    judge,
    naive,
    remainder,
)

__all__ = ["SEEDS", "Three", "loops", "three_phases", "whole_decide"]

SEEDS = range(20)
OTHER_SEEDS = range(100, 120)
QUARTER = 900.0  # s

CONTROLLERS: dict[str, Callable[[], Controller]] = {
    "naive": naive,
    "remainder": remainder,
    "remainder_hold_30": partial(remainder, hold=30.0),
    "remainder_hold_60_band_1": partial(remainder, hold=60.0, dead_band=1.0),
    "remainder_hold_60_band_1_rate_1": partial(remainder, hold=60.0, dead_band=1.0, rise=1.0),
    "remainder_hold_30_band_1_by_5_s": partial(
        remainder, hold=30.0, dead_band=1.0, rise=1.0, apart=5.0
    ),
}


def loops(wanted: Callable[[str], bool]) -> Iterator[tuple[str, float]]:
    """The figures by name; those of `decide` on the small plant have no name before them."""
    plant = LoopPlant()
    if wanted("over_limit_ampere_seconds_per_15min") or wanted("room_used_percent"):
        yield from _named("", judge(plant, lambda: whole_decide(plant), SEEDS))
    if wanted("other_seeds"):
        yield from _named("other_seeds.", judge(plant, lambda: whole_decide(plant), OTHER_SEEDS))
    for lag, dead_time in ((1.0, 2.0), (6.0, 4.0), (3.0, 8.0)):
        name = f"lag_{lag:.0f}_dead_{dead_time:.0f}"
        if wanted(name):
            late = LoopPlant(lag=lag, dead_time=dead_time)
            yield from _named(f"{name}.", judge(late, partial(whole_decide, late), SEEDS))
            plain = partial(remainder, hold=60.0, dead_band=1.0)
            yield from _named(f"{name}.plain.", judge(late, plain, SEEDS))
    for name, make in CONTROLLERS.items():
        if wanted(f"plain.{name}"):
            yield from _named(f"plain.{name}.", judge(plant, make, SEEDS))
    if wanted("three_phases"):
        for name, figure in three_phases(SEEDS).items():
            yield f"three_phases.{name}", figure


def _named(prefix: str, figures: LoopFigures) -> Iterator[tuple[str, float]]:
    yield f"{prefix}over_limit_ampere_seconds_per_15min", figures.over
    yield f"{prefix}room_used_percent", figures.used
    yield f"{prefix}reversals_per_min", figures.reversals
    yield f"{prefix}longest_over_s", figures.longest


def whole_decide(plant: LoopPlant) -> Controller:
    """The engine with its defaults, on one phase of a fuse that may be used to its rating."""
    site = Site(
        circuits=(
            Circuit(id="main", rating=(plant.limit, 0.0, 0.0), meter="grid", usable_share=1.0),
        ),
        chargers=(
            Charger(
                id="car",
                circuit="main",
                wiring=(Phase.L1,),
                floor=plant.floor,
                maximum=plant.ceiling,
            ),
        ),
        settings=Settings(),
    )
    session = Session(id="session", started=0.0)
    memory = Memory()

    def control(time: float, meter: float, car: float, setpoint: float) -> float:
        nonlocal memory
        snapshot = Snapshot(
            now=time,
            meters={"grid": MeterReading(current=(meter, 0.0, 0.0), measured_at=time)},
            chargers={
                "car": ChargerReading(
                    status=ChargerStatus.CHARGING,
                    current=(car,),
                    measured_at=time,
                    limit=setpoint,
                    session=session,
                )
            },
        )
        decision = decide(site, snapshot, memory)
        memory = decision.memory
        return decision.setpoints[0].current

    return control


# --- three cars on three phases ---------------------------------------------------------------------


class JumpingHouse:
    """The house of the small plant on each phase, each jumping for itself."""

    def __init__(self, plant: LoopPlant, seed: int) -> None:
        self.amperes: PerPhase = (plant.first, plant.first, plant.first)
        self._plant = plant
        self._rng = random.Random(seed)

    def step(self, dt: float, voltage: float) -> PerPhase:
        """Let `dt` (s) pass; A per phase."""
        one, two, three = (self._next(level, dt) for level in self.amperes)
        self.amperes = one, two, three
        return self.amperes

    def _next(self, level: float, dt: float) -> float:
        jumps = self._rng.random() < dt / self._plant.dwell
        return self._rng.choice(self._plant.house) if jumps else level


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """A charger and the car at it."""

    wiring: tuple[Phase, ...]
    car: CarModel


THREE: Mapping[str, Wired] = {
    "garage": Wired(
        wiring=(Phase.L1, Phase.L2, Phase.L3),
        car=CarModel(name="three phases", phases=3, maximum=16.0, battery_kwh=500.0),
    ),
    "carport": Wired(
        wiring=(Phase.L2, Phase.L3, Phase.L1),
        car=CarModel(name="one phase", phases=1, maximum=32.0, battery_kwh=500.0),
    ),
    "street": Wired(
        wiring=(Phase.L3,),
        car=CarModel(name="one phase", phases=1, maximum=16.0, battery_kwh=500.0),
    ),
}
WARM_UP = 120.0  # s until all cars charge
STEP = 0.1  # s
LOOK = 10  # steps between two looks at the room


class Three(SimulatedSite):
    """The three cars, and what became of the fuse's room."""

    def __init__(self, seed: int) -> None:
        plant = LoopPlant()
        self.house = JumpingHouse(plant, seed)
        self.turns = 0
        self._ways: dict[str, int] = {}
        self._told: dict[str, float] = {}
        super().__init__(
            Site(
                circuits=(
                    Circuit(id="main", rating=(plant.limit,) * 3, meter="grid", usable_share=1.0),
                ),
                chargers=tuple(
                    Charger(
                        id=name,
                        circuit="main",
                        wiring=wired.wiring,
                        maximum=wired.car.maximum,
                        fallback_proved=True,
                    )
                    for name, wired in THREE.items()
                ),
            ),
            self._decided,
            seed=seed,
            dt=STEP,
            houses={"main": self.house},
            meter=MeterModel(interval=1.0, lag=plant.lag),
            station=StationModel(reports_every=10.0),
        )
        for name, wired in THREE.items():
            self.plug(name, Car(wired.car, soc=0.1))

    def _decided(self, site: Site, snapshot: Snapshot, memory: Memory) -> Decision:
        decision = decide(site, snapshot, memory)
        for point in decision.setpoints:
            change = point.current - self._told.get(point.charger, point.current)
            self._told[point.charger] = point.current
            if abs(change) > 0.2:
                way = 1 if change > 0 else -1
                self.turns += self._ways.get(point.charger, way) != way
                self._ways[point.charger] = way
        return decision

    def sample(self, fuse: PerPhase) -> Sample:
        """What flows now."""
        return Sample(
            time=self.time,
            fuse=fuse,
            house=self.house.amperes,
            sun=NOTHING,
            chargers=tuple(station.charger.sample() for station in self.stations.values()),
        )


def three_phases(seeds: range) -> dict[str, float]:
    """The mean of each figure over the seeds: of all three phases together, and of all cars."""
    over: list[float] = []
    used: list[float] = []
    turns: list[float] = []
    for seed in seeds:
        site = Three(seed)
        site.run(WARM_UP)
        site.turns = 0
        samples = [site.sample(site.step().fuses["main"]) for _ in range(round(QUARTER / STEP))]
        rating = site.site.circuits[0].rating
        over.append(
            sum(
                max(0.0, amperes - most) * STEP
                for sample in samples
                for amperes, most in zip(sample.fuse, rating, strict=True)
            )
        )
        used.append(account(samples[::LOOK], rating, STEP * LOOK).share_used or 0.0)
        turns.append(site.turns / (QUARTER / 60) / len(THREE))
    return {
        "over_limit_ampere_seconds_per_15min": fmean(over),
        "room_used_percent": 100 * fmean(used),
        "reversals_per_min_and_car": fmean(turns),
    }
