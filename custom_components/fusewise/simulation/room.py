"""How much more the cars could take: the room that a fuse leaves and nobody uses.

'Room' must be fair to the controller that is judged by it. A three-phase car is held by its tightest
phase: what is free on the other two is no room for it. And whoever shares L2 fairly between a one-phase
and a three-phase car leaves L1 and L3 emptier than if the three-phase car had everything: that is a
choice, not a waste. So current counts as unused only where some car could take it **without another car
having less**:

    room = what the cars take + the most that they could take on top of it

Finding 'the most' is a linear program over the cars i with phases P(i):

    maximise  sum k(i)·y(i)   where  sum over i on phase p of y(i) <= left(p),   0 <= y(i) <= upper(i)

k(i) is the number of conductors counted: all that the car uses, or 1 or 0 for one phase alone. Its dual has
one price per phase,

    minimise  sum price(p)·left(p) + sum upper(i)·max(0, k(i) - sum of prices on P(i)),   price >= 0,

which is convex and piecewise linear, so its least value lies on a corner of the planes price(p) = 0 and
sum of prices on P = k. There are 7 possible sets P, so few corners, always the same: the exact answer is
the least of a handful of sums, for any number of cars.

A car that pauses can take nothing or its floor and more (IEC 61851-1): all choices of who starts are tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from ..balancing.model import PHASES, PerPhase, Phase

_MOST_CHOICES = (
    8  # paused cars of which every choice is tried; beyond, floors are left out of account
)
_SETS = [s for n in (1, 2, 3) for s in combinations(Phase, n)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appetite:
    """What a car draws and could draw, in A on each of the house conductors that it uses."""

    phases: tuple[Phase, ...]
    current: float
    floor: float
    """The least that it draws if it draws at all."""
    ceiling: float
    """0: it is full, waits, or is not there."""


def room_left(left: PerPhase, cars: Sequence[Appetite], phase: Phase | None = None) -> float:
    """The most (A) that `cars` could take on top of what they draw, of `left` (A per phase).

    Summed over all conductors, or on `phase` alone.
    """
    free = np.maximum(np.asarray(left, dtype=float), 0.0)
    running = [car for car in cars if car.current > 0.0]
    paused = [car for car in cars if car.current <= 0.0 < car.ceiling]
    if len(paused) > _MOST_CHOICES:
        running, paused = running + paused, []
    best = 0.0
    for starters in _subsets(paused):
        rest = free.copy()
        for car in starters:
            rest[list(car.phases)] -= car.floor
        if rest.min() < -1e-9:
            continue
        floors = sum(car.floor * _counted(car, phase) for car in starters)
        rises = [(car, max(0.0, car.ceiling - car.current)) for car in running]
        rises += [(car, car.ceiling - car.floor) for car in starters]
        best = max(best, floors + _most(rest, rises, phase))
    return best


def _most(left: np.ndarray, rises: list[tuple[Appetite, float]], phase: Phase | None) -> float:
    prices = _corners(phase)
    value = prices @ left
    for car, upper in rises:
        value += upper * np.maximum(0.0, _counted(car, phase) - prices[:, list(car.phases)].sum(1))
    return float(value.min())


@cache
def _corners(phase: Phase | None) -> np.ndarray:
    """Every price per phase at which the dual can have its least value; one row each."""
    planes = [(np.eye(PHASES)[p], 0.0) for p in range(PHASES)]
    for phases in _SETS:
        row = np.zeros(PHASES)
        row[list(phases)] = 1.0
        planes.append((row, float(len(phases) if phase is None else phase in phases)))
    corners = set()
    for three in combinations(planes, PHASES):
        matrix = np.array([row for row, _ in three])
        if (
            abs(np.linalg.det(matrix)) < 0.5
        ):  # all entries are 0 or 1: a determinant is a whole number
            continue
        price = np.linalg.solve(matrix, np.array([value for _, value in three]))
        if price.min() > -1e-9:
            corners.add(tuple(np.round(np.maximum(price, 0.0), 9).tolist()))
    return np.array(sorted(corners))


def _counted(car: Appetite, phase: Phase | None) -> int:
    return len(car.phases) if phase is None else int(phase in car.phases)


def _subsets(cars: list[Appetite]) -> list[tuple[Appetite, ...]]:
    return [chosen for n in range(len(cars) + 1) for chosen in combinations(cars, n)]
