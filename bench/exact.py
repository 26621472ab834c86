"""Exact answers by linear programs, to compare with: the fairest shares, and the most energy that a plan could bring."""

from collections.abc import Sequence
import math
from typing import Any

import highspy
import numpy as np

from custom_components.fusewise.balancing.sharing import Part

from .garage import CAR_MOST, CYCLE, PANEL, VOLTAGE, Garage
from .sessions import ParkedCar

__all__ = ["Program", "energy_bound", "max_min"]

SAME = 1e-7


class Program:
    """A linear program, row by row; `solve` maximises."""

    def __init__(self) -> None:
        self._cost: list[float] = []
        self._lower: list[float] = []
        self._upper: list[float] = []
        self._starts = [0]
        self._columns: list[int] = []
        self._values: list[float] = []
        self._least: list[float] = []
        self._most: list[float] = []

    def variable(self, lower: float, upper: float, gain: float = 0.0) -> int:
        """Its number."""
        self._cost.append(-gain)
        self._lower.append(lower)
        self._upper.append(upper)
        return len(self._cost) - 1

    def row(self, members: Sequence[tuple[int, float]], least: float, most: float) -> int:
        """`least` <= sum of coefficient × variable <= `most`; its number."""
        self._columns.extend(column for column, _ in members)
        self._values.extend(value for _, value in members)
        self._starts.append(len(self._columns))
        self._least.append(least)
        self._most.append(most)
        return len(self._least) - 1

    def solve(self) -> tuple[list[float], list[float]]:
        """The variables, and how much a row is worth (its dual)."""
        model: Any = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self._cost), len(self._least)
        model.col_cost_ = np.array(self._cost)
        model.col_lower_, model.col_upper_ = np.array(self._lower), np.array(self._upper)
        model.row_lower_, model.row_upper_ = np.array(self._least), np.array(self._most)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(self._starts, dtype=np.int32)
        model.a_matrix_.index_ = np.array(self._columns, dtype=np.int32)
        model.a_matrix_.value_ = np.array(self._values)
        solver: Any = highspy.Highs  # its constructor has no types
        highs = solver()
        highs.silent()
        highs.passModel(model)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ValueError(f"the linear program has no solution: {highs.getModelStatus()}")
        solution = highs.getSolution()
        return list(solution.col_value), list(solution.row_dual)


def max_min(capacity: Sequence[float], parts: Sequence[Part]) -> list[float]:
    """Each part's share of the rows so that nobody can have more unless somebody who has no more loses.

    By rounds of linear programs: raise the common level as far as it goes, then fix those who hold it.
    Weights count; offsets must be 0.
    """
    members: dict[int, list[tuple[int, float]]] = {}
    for which, part in enumerate(parts):
        for row, coefficient in part.rows:
            members.setdefault(row, []).append((which, coefficient))
    fixed: dict[int, float] = {}
    while len(fixed) < len(parts):
        program = Program()
        for which, part in enumerate(parts):
            amount = fixed.get(which)
            program.variable(*(part.lower, part.upper) if amount is None else (amount, amount))
        level = program.variable(0.0, math.inf, gain=1.0)
        for row, who in members.items():
            program.row(who, -math.inf, capacity[row])
        growing = [which for which in range(len(parts)) if which not in fixed]
        followers = {
            which: program.row([(which, 1.0), (level, -parts[which].weight)], 0.0, math.inf)
            for which in growing
        }
        shares, worth = program.solve()
        holding = [which for which, row in followers.items() if abs(worth[row]) > SAME]
        for which in holding:
            part = parts[which]
            fixed[which] = min(part.upper, max(part.lower, part.weight * shares[level]))
    return [fixed[which] for which in range(len(parts))]


def energy_bound(garage: Garage, cars: Sequence[ParkedCar]) -> float:
    """% of the energy that all sessions together could get at most, if everything were known from the start.

    No car has a floor here and every car may change by the minute within a slot, so no way to share can do better.
    """
    start = min(car.arrival for car in cars)
    program = Program()
    sessions: list[list[tuple[int, float]]] = []
    fuses: dict[tuple[str, int, int], list[tuple[int, float]]] = {}
    for car in cars:
        mine: list[tuple[int, float]] = []
        phase = garage.phase(car.station)
        for slot in range(
            int((car.arrival - start) // CYCLE), int((car.departure - start) // CYCLE) + 1
        ):
            begin = start + slot * CYCLE
            seconds = min(car.departure, begin + CYCLE) - max(car.arrival, begin)
            if seconds <= 0:
                continue
            kwh = program.variable(0.0, CAR_MOST * VOLTAGE * seconds / 3.6e6, gain=1.0)
            mine.append((kwh, 1.0))
            fuses.setdefault(("main", phase, slot), []).append((kwh, 1.0))
            panel = f"panel {garage.panel(car.station)}"
            fuses.setdefault((panel, phase, slot), []).append((kwh, 1.0))
        sessions.append(mine)
    for car, mine in zip(cars, sessions, strict=True):
        program.row(mine, -math.inf, car.energy_kwh)
    for (fuse, _, _), drawn in fuses.items():
        amperes = garage.main if fuse == "main" else PANEL
        program.row(drawn, -math.inf, amperes * VOLTAGE * CYCLE / 3.6e6)
    taken, _ = program.solve()
    return 100 * sum(taken) / sum(car.energy_kwh for car in cars)
