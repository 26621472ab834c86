"""The rest of the house: what is always on, kettles, an oven, a heat pump, and what is ordered.

Sources: cycles per year, their length and power of kettle, oven and hob are those of the CREST demand model
(Richardson, Thomson, Infield, Clifford, 'Domestic electricity use: A high-resolution energy demand model',
Energy and Buildings 42, 2010). When they run follows `ACTIVITY`, a day's shape with its three meals. The
heat pump is an on/off machine that keeps to a few cycles an hour, as its compressor's protection demands.
"""

from dataclasses import dataclass
import math
import random

from ..balancing.model import NOTHING, PHASES, PerPhase, Phase

DAY = 86_400.0  # s
ACTIVITY = (
    *(0.1, 0.1, 0.1, 0.1, 0.1, 0.4, 0.8, 1.5, 1.4, 1.0, 0.9, 1.2),
    *(1.6, 1.2, 0.9, 1.0, 1.3, 2.0, 2.3, 2.0, 1.5, 1.2, 0.8, 0.5),
)
"""By hour of the day; its mean is 1."""

_DRIFT = 120.0  # s: how quickly what is always on wanders back to its mean
_SPREAD = 0.15  # of its mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Appliance:
    """Something that people switch on."""

    name: str
    phase: Phase
    watts: float
    seconds: float
    """How long it runs, on average; each run is between half and one and a half of it."""
    per_year: float


KETTLE = Appliance(name="kettle", phase=Phase.L1, watts=2000, seconds=180, per_year=1520)
OVEN = Appliance(name="oven", phase=Phase.L2, watts=2125, seconds=1620, per_year=220)
HOB = Appliance(name="hob", phase=Phase.L3, watts=2400, seconds=960, per_year=418)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPump:
    """A three-phase heat pump that is on or off."""

    watts: float = 2400.0
    on_seconds: float = 900.0
    off_seconds: float = 1500.0


class House:
    """The house's load per phase. Quiet and constant with `House(appliances=(), heat_pump=None, restless=False)`.

    `base_watts` is what is always on, per phase; `begins` is the time of day (s) of the first step.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        base_watts: PerPhase = (150.0, 220.0, 120.0),
        appliances: tuple[Appliance, ...] = (KETTLE, OVEN, HOB),
        heat_pump: HeatPump | None = HeatPump(),
        restless: bool = True,
        begins: float = 0.0,
    ) -> None:
        self.ordered: PerPhase = NOTHING
        """A per phase on top, as somebody orders it from outside."""
        self._base = _Base(random.Random(f"{seed}/base"), base_watts, restless=restless)
        self._loads: list[_Runs | _Cycle] = [
            _Runs(random.Random(f"{seed}/{what.name}"), what, begins) for what in appliances
        ]
        if heat_pump:
            self._loads.append(_Cycle(random.Random(f"{seed}/heat pump"), heat_pump))
        self._time = 0.0

    def step(self, dt: float, voltage: float) -> PerPhase:
        """Let `dt` (s) pass; return A per phase."""
        self._time += dt
        watts = self._base.at(self._time)
        for load in self._loads:
            load.add(self._time, watts)
        amperes = [watts[p] / voltage + self.ordered[p] for p in range(PHASES)]
        return (amperes[0], amperes[1], amperes[2])


class _Base:
    """What is always on: an Ornstein-Uhlenbeck process in steps of 1 s, whatever `dt` is."""

    def __init__(self, rng: random.Random, mean: PerPhase, *, restless: bool) -> None:
        self._rng, self._mean, self._restless = rng, mean, restless
        self._watts = list(mean)
        self._until = 1.0

    def at(self, time: float) -> list[float]:
        while self._restless and time >= self._until:
            self._until += 1.0
            for p, mean in enumerate(self._mean):
                noise = self._rng.gauss(0.0, _SPREAD * mean * math.sqrt(2 / _DRIFT))
                moved = self._watts[p] + (mean - self._watts[p]) / _DRIFT + noise
                self._watts[p] = max(0.2 * mean, moved)
        return list(self._watts)


class _Runs:
    """An appliance: a Poisson process, thinned by the hour of the day."""

    def __init__(self, rng: random.Random, what: Appliance, begins: float) -> None:
        self._rng, self._what, self._begins = rng, what, begins
        self._starts = self._ends = 0.0
        self._next()

    def add(self, time: float, watts: list[float]) -> None:
        while time >= self._ends:
            self._next()
        if time >= self._starts:
            watts[self._what.phase] += self._what.watts

    def _next(self) -> None:
        most = max(ACTIVITY)
        self._starts = self._ends
        while True:
            self._starts += self._rng.expovariate(self._what.per_year * most / (365 * DAY))
            hour = int((self._begins + self._starts) % DAY // 3600)
            if self._rng.random() < ACTIVITY[hour] / most:
                break
        self._ends = self._starts + self._what.seconds * self._rng.uniform(0.5, 1.5)


class _Cycle:
    """A heat pump: on, off, on; each within a fifth of its usual length."""

    def __init__(self, rng: random.Random, what: HeatPump) -> None:
        self._rng, self._what = rng, what
        self._on = rng.random() < what.on_seconds / (what.on_seconds + what.off_seconds)
        self._until = rng.random() * self._length()

    def add(self, time: float, watts: list[float]) -> None:
        while time >= self._until:
            self._on = not self._on
            self._until += self._length()
        if self._on:
            for p in range(PHASES):
                watts[p] += self._what.watts / PHASES

    def _length(self) -> float:
        mean = self._what.on_seconds if self._on else self._what.off_seconds
        return mean * self._rng.uniform(0.8, 1.2)
