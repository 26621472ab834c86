"""How much: exact weighted max-min sharing over any set of capacity rows.

Everybody's share grows with one common level t,

    x(t) = clip(weight × (t - offset), lower, upper),

until a row that a share loads is full; then the shares on that row stay where they are and the others grow
on. This is the exact weighted max-min (water-filling) allocation for rows with non-negative coefficients
(Radunović & Le Boudec, 'A unified framework for max-min and min-max fairness', 2007). An event heap makes
it O(K log K) in the number K of row memberships.

Knows rows and parts only: no phases, no cars, no clock.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
import math

from .errors import BalancingError

__all__ = ["EPSILON", "Part", "share", "share_left"]

EPSILON = 1e-9  # A: what floating point may add up to


@dataclass(slots=True)
class Part:
    """One that takes part: from `lower` up to `upper` A, by `weight`, above `offset`."""

    lower: float
    upper: float
    rows: Sequence[tuple[int, float]]
    """(row, coefficient) of each row that it loads; coefficients are positive."""
    weight: float = 1.0
    offset: float = 0.0


def share(capacity: Sequence[float], parts: Sequence[Part]) -> tuple[list[float], list[int | None]]:
    """Share the capacities of the rows: each part's share (A), and the row that bound it.

    `capacity[row]` is what the parts may load that row with in total. The lower bounds are given in any case:
    whoever calls has made sure that they fit. Where no row bound a part (its own upper bound did), None.

    Raises BalancingError naming the part or row whose figures cannot be shared by.
    """
    _check(capacity, parts)
    left = list(capacity)
    for part in parts:
        lower = part.lower
        for row, coefficient in part.rows:
            left[row] -= coefficient * lower
    return share_left(left, parts)


def share_left(
    left: Sequence[float], parts: Sequence[Part]
) -> tuple[list[float], list[int | None]]:
    """The same, given what the lower bounds leave of the capacities."""
    filling = _Filling(left, parts)
    if not filling.rows:
        return [part.upper for part in parts], filling.bound  # there is room for everybody
    filling.run()
    return filling.shares, filling.bound


def _check(capacity: Sequence[float], parts: Sequence[Part]) -> None:
    for row, amperes in enumerate(capacity):
        if math.isnan(amperes):
            raise BalancingError(f"the capacity of row {row} is not a number")
    for number, part in enumerate(parts):
        if not 0 <= part.lower <= part.upper < math.inf:
            raise BalancingError(f"part {number}: {part.lower!r} to {part.upper!r} A is no range")
        if not (0 < part.weight < math.inf and -math.inf < part.offset < math.inf):
            raise BalancingError(
                f"part {number}: weight {part.weight!r} must be above 0 and offset {part.offset!r} a number"
            )
        for row, coefficient in part.rows:
            if not (0 <= row < len(capacity) and 0 < coefficient < math.inf):
                raise BalancingError(
                    f"part {number}: there is no row {row}, or {coefficient!r} is not above 0"
                )


class _Row:
    """A row that may fill up: what is free on it, and how fast that shrinks; full at (free + shift) / slope."""

    __slots__ = ("free", "full", "members", "queued", "shift", "slope")

    def __init__(self, free: float) -> None:
        self.free = free  # capacity - what stands still; what grows takes slope × t - shift of it
        self.slope = 0.0
        self.shift = 0.0
        self.full = False
        self.queued = math.inf  # level of its event in the heap that counts
        self.members: list[int] = []


_BEGIN, _FULL, _END = range(3)
# At one level a part begins before a row is judged, and a full row is named before an upper bound.


class _Filling:
    """The level rises from event to event: a part begins to grow, a row is full, a part has all it can use."""

    def __init__(self, left: Sequence[float], parts: Sequence[Part]) -> None:
        self.parts = parts
        self.shares = [part.lower for part in parts]
        self.bound: list[int | None] = [None] * len(parts)
        self.waiting = [part.upper - part.lower > EPSILON for part in parts]
        self.growing = [False] * len(parts)
        self.unsettled = self.waiting.count(True)  # how many wait or grow
        self.rows = self._rows_that_can_fill(left)
        rows = self.rows
        self.memberships: list[list[tuple[int, _Row, float]]] = []
        for which, part in enumerate(parts):
            mine: list[tuple[int, _Row, float]] = []
            for number, coefficient in part.rows if rows else ():
                row = rows.get(number)
                if row is not None:
                    mine.append((number, row, coefficient))
                    row.members.append(which)
            self.memberships.append(mine)
        self.events: list[tuple[float, int, int]] = [
            (part.lower / part.weight + part.offset, _BEGIN, which)
            for which, part in enumerate(parts)
            if self.waiting[which]
        ]
        heapify(self.events)

    def _rows_that_can_fill(self, left: Sequence[float]) -> dict[int, _Row]:
        """Without those that all upper bounds together cannot fill."""
        most: dict[int, float] = defaultdict(float)
        for part in self.parts:
            more = part.upper - part.lower
            for row, coefficient in part.rows:
                most[row] += coefficient * more
        return {
            row: _Row(left[row])
            for row, load in most.items()
            if load and load > left[row] + EPSILON
        }

    def run(self) -> None:
        events = self.events
        # Most events are left when a row that feeds everybody is full, and change nothing any more.
        while self.unsettled:
            level, kind, which = heappop(events)
            if kind == _BEGIN:
                if self.waiting[which]:
                    self._begin(which, level)
            elif kind == _END:
                if self.growing[which]:
                    self._stop(which, self.parts[which].upper)
            else:
                self._judge(which, level)

    def _begin(self, which: int, level: float) -> None:
        part = self.parts[which]
        mine = self.memberships[which]
        self.waiting[which] = False
        for number, row, _ in mine:
            if row.full or (row.slope == 0 and row.free <= EPSILON):
                row.full = True
                self.bound[which] = number
                self.unsettled -= 1
                return
        self.growing[which] = True
        weight = part.weight
        end = part.upper / weight + part.offset
        heappush(self.events, (end, _END, which))
        for number, row, coefficient in mine:
            rate = coefficient * weight
            row.slope += rate
            row.shift += rate * part.offset
            row.free += coefficient * part.lower  # from here on it counts with rate × (t - offset)
            at = (row.free + row.shift) / row.slope
            if at < row.queued:
                row.queued = at
                heappush(self.events, (at, _FULL, number))

    def _judge(self, number: int, level: float) -> None:
        row = self.rows[number]
        if level != row.queued or row.full:
            return
        if row.slope == 0:
            row.queued = math.inf
            return
        at = (row.free + row.shift) / row.slope
        if at > level + EPSILON * max(1.0, abs(level)):
            row.queued = at
            heappush(self.events, (at, _FULL, number))
            return
        row.full = True
        for which in row.members:
            if self.growing[which]:
                part = self.parts[which]
                grown = part.weight * (level - part.offset)
                self.bound[which] = number
                self._stop(which, min(part.upper, max(part.lower, grown)))
            elif self.waiting[which]:
                self.waiting[which] = False
                self.bound[which] = number
                self.unsettled -= 1

    def _stop(self, which: int, share: float) -> None:
        part = self.parts[which]
        self.growing[which] = False
        self.unsettled -= 1
        self.shares[which] = share
        for _, row, coefficient in self.memberships[which]:
            if row.full:
                continue
            rate = coefficient * part.weight
            row.free -= coefficient * share
            row.slope -= rate
            row.shift -= rate * part.offset
            if row.slope <= EPSILON * rate:
                row.slope = row.shift = 0.0
