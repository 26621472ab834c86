"""What those who are admitted get: their floors, above them exact sharing rank by rank, and the steps that chargers know.

Knows rows and claims only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .claims import Claim
from .sharing import EPSILON, Part, share_left
from .steps import round_down, step_up

__all__ = ["Allocation", "grow"]


@dataclass(slots=True)
class Allocation:
    """Each admitted charger's share (A), and what bound whom. Keys are charger numbers."""

    shares: dict[int, float] = field(default_factory=dict)
    bound: dict[int, int] = field(default_factory=dict)
    """The row that bound an admitted charger's share; absent: its own ceiling did."""
    refused: dict[int, int] = field(default_factory=dict)
    """The row that has no room for the floor of a charger that is not admitted."""
    left: list[float] = field(default_factory=list)
    sun: Sequence[float] = ()
    """W of sun that there is to share; its rows come after those of the limits."""
    order: dict[int, int] = field(default_factory=dict)
    """Place of each admitted charger in the order of admission."""
    turns: dict[int, float] = field(default_factory=dict)
    """s that a turn lasts, for those among whom turns are taken."""


type _Scarce = tuple[Claim, list[tuple[int, float]]]
"""One who shares, and those of its rows that may be full before the others are."""


def grow(claims: Sequence[Claim], result: Allocation, short: set[int]) -> None:
    """Share what is left above the floors, then what rounding to steps left of that."""
    _fill_steps(result, _serve(claims, result, short))


def _serve(claims: Sequence[Claim], result: Allocation, short: set[int]) -> list[_Scarce]:
    """Share what is left above the floors, one group of equal rank after the other; only the rows in `short` can bind."""
    groups: dict[tuple[float, ...], list[Claim]] = {}
    for claim in claims:
        groups.setdefault(claim.rank, []).append(claim)
    left = result.left
    scarce: list[_Scarce] = []
    for rank in sorted(groups):
        group = [(c, [loaded for loaded in c.rows if loaded[0] in short]) for c in groups[rank]]
        scarce += group
        parts = [Part(c.floor, c.ceiling, rows, c.weight, c.offset) for c, rows in group]
        shares, bound = share_left(left, parts)
        for (claim, _), amount, full in zip(group, shares, bound, strict=True):
            rounded = claim.ceiling  # a setpoint that the charger knows
            if full is not None:
                result.bound[claim.car.number] = full
                if amount == claim.floor:
                    continue
                rounded = round_down(claim.car.charger, amount)
            if rounded > claim.floor:
                more = rounded - claim.floor
                result.shares[claim.car.number] = rounded
                for row, coefficient in claim.rows:
                    left[row] -= coefficient * more
    return scarce


def _fill_steps(result: Allocation, scarce: Sequence[_Scarce]) -> None:
    """What rounding to steps left goes to those who can still use a whole step, in the order of their ranks."""
    left, shares, bound = result.left, result.shares, result.bound
    # Room only shrinks from here on: who has none for a step now needs no place in the order.
    climbing = [
        (claim, rows)
        for claim, rows in scarce
        if claim.car.number in bound and _higher(claim, rows, shares, left)
    ]
    climbing.sort(key=lambda member: _place(member[0], shares))
    while climbing:
        able: list[_Scarce] = []
        for claim, rows in climbing:
            number = claim.car.number
            higher = _higher(claim, rows, shares, left)
            if higher is not None:
                for row, coefficient in claim.rows:
                    left[row] -= coefficient * (higher - shares[number])
                shares[number] = higher
                able.append((claim, rows))
        climbing = able


def _place(claim: Claim, shares: Mapping[int, float]) -> tuple[tuple[float, ...], float, str]:
    car = claim.car
    return claim.rank, shares[car.number] / claim.weight + claim.offset, car.charger.id


def _higher(
    claim: Claim,
    rows: Sequence[tuple[int, float]],
    shares: Mapping[int, float],
    left: Sequence[float],
) -> float | None:
    """The share (A) at the next step of its charger, where there is room for it on these rows."""
    share = shares[claim.car.number]
    higher = step_up(claim.car.charger, share)
    if higher > claim.ceiling + EPSILON:
        return None
    for row, coefficient in rows:
        if coefficient * (higher - share) > left[row] + EPSILON:
            return None
    return higher
