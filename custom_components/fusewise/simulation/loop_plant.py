"""A small plant to judge a control loop by: one phase of a fuse, a house that jumps, and one car.

The car follows what it is told after a dead time, with a slope of its own; the grid meter and the car's own
meter show what was true some seconds ago. Once a second a controller sees them and answers with a setpoint.
The figures are for a quarter of an hour.

    judge(LoopPlant(), lambda: remainder(hold=60.0, dead_band=1.0), seeds=range(20))

`naive` and `remainder` are the reference: what a balancer does that adds what is free to the setpoint, and one
that subtracts samples of equal age.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
import math
import random
from statistics import fmean

__all__ = ["Controller", "LoopFigures", "LoopPlant", "judge", "naive", "remainder"]

type Controller = Callable[[float, float, float, float], float]
"""(time in s, A that the grid meter shows, A that the car shows, its last setpoint) → its next setpoint."""

CYCLE = 1.0  # s between two looks of the controller
TURNED = 0.2  # A: a smaller step of the setpoint is no change of direction


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopFigures:
    """What came of a quarter of an hour."""

    over: float
    """A·s above the limit."""
    used: float
    """% of the room that the house leaves, up to the car's ceiling, that the car took."""
    total: float
    """% of the limit that house and car took together; what is above the limit counts as the limit."""
    reversals: float
    """Changes of direction of the setpoint per minute."""
    longest: float
    """s: the longest time above the limit without a break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopPlant:
    """Currents in A, times in s."""

    limit: float = 25.0
    floor: float = 6.0
    ceiling: float = 32.0
    dead_time: float = 4.0
    slope: float = 4.0
    """A/s."""
    lag: float = 3.0
    house: tuple[float, ...] = (1.5, 3.0, 5.0, 8.0, 10.0, 12.0)
    """Levels of the house; each as likely as the others."""
    dwell: float = 25.0
    """How long the house stays at one, on average."""
    first: float = 3.0
    seconds: float = 900.0
    step: float = 0.1

    def run(self, control: Controller, seed: int) -> LoopFigures:
        """One run; the same seed repeats."""
        house = self._house(random.Random(seed))
        behind = round(self.lag / self.step)
        each = round(CYCLE / self.step)
        sent: deque[tuple[float, float]] = deque([(-math.inf, self.floor)])
        setpoint = car = self.floor
        cars: list[float] = []
        tally = _Tally(self)
        for now, level in enumerate(house):
            time = now * self.step
            while len(sent) > 1 and sent[1][0] <= time - self.dead_time:
                sent.popleft()
            reach = self.slope * self.step
            car += max(-reach, min(reach, sent[0][1] - car))
            cars.append(car)
            if now % each == 0:
                then = max(0, now - behind)
                told = control(time, house[then] + cars[then], cars[then], setpoint)
                told = max(self.floor, min(self.ceiling, told))
                tally.turn(told - setpoint)
                setpoint = told
                sent.append((time, told))
            tally.carry(level, car)
        return tally.figures(len(house))

    def _house(self, rng: random.Random) -> list[float]:
        level = self.first
        levels: list[float] = []
        for _ in range(int(self.seconds / self.step)):
            if rng.random() < self.step / self.dwell:
                level = rng.choice(self.house)
            levels.append(level)
        return levels


class _Tally:
    """Adds up a run."""

    def __init__(self, plant: LoopPlant) -> None:
        self._plant = plant
        self._over = self._used = self._room = self._total = self._longest = self._above = 0.0
        self._reversals = self._direction = 0

    def turn(self, by: float) -> None:
        """The setpoint changes by this (A)."""
        if abs(by) > TURNED:
            direction = 1 if by > 0 else -1
            self._reversals += self._direction == -direction
            self._direction = direction

    def carry(self, house: float, car: float) -> None:
        """This flows for one step."""
        plant = self._plant
        grid, free = house + car, min(plant.ceiling, plant.limit - house)
        self._over += max(0.0, grid - plant.limit) * plant.step
        self._used += min(car, free)
        self._room += free
        self._total += min(grid, plant.limit) / plant.limit
        self._above = self._above + plant.step if grid > plant.limit + 1e-9 else 0.0
        self._longest = max(self._longest, self._above)

    def figures(self, steps: int) -> LoopFigures:
        return LoopFigures(
            over=self._over,
            used=100 * self._used / self._room,
            total=100 * self._total / steps,
            reversals=self._reversals / (self._plant.seconds / 60),
            longest=self._longest,
        )


def judge(plant: LoopPlant, make: Callable[[], Controller], seeds: Iterable[int]) -> LoopFigures:
    """The mean of each figure over the seeds; of the longest time above the limit, the worst."""
    runs = [plant.run(make(), seed) for seed in seeds]
    return LoopFigures(
        over=fmean(run.over for run in runs),
        used=fmean(run.used for run in runs),
        total=fmean(run.total for run in runs),
        reversals=fmean(run.reversals for run in runs),
        longest=max(run.longest for run in runs),
    )


def naive(limit: float = 25.0) -> Controller:
    """What is free now is added to the setpoint."""
    return lambda time, meter, car, setpoint: setpoint + limit - meter


def remainder(
    *,
    limit: float = 25.0,
    hold: float = 0.0,
    dead_band: float = 0.0,
    rise: float = math.inf,
    apart: float = 0.0,
) -> Controller:
    """The room that the house leaves, from samples of equal age.

    Falls at once. A rise waits for `hold` (s) after a fall and for `dead_band` (A), `apart` (s) after the one
    before, by at most `rise` (A/s).
    """
    fell = rose = -math.inf

    def control(time: float, meter: float, car: float, setpoint: float) -> float:
        nonlocal fell, rose
        new = limit - (meter - car)
        if new < setpoint - 1e-9:
            fell = time
            return new
        if time - fell < hold or new - setpoint < dead_band or time - rose < apart:
            return setpoint
        rose = time
        return min(new, setpoint + rise * max(CYCLE, apart))

    return control
