"""What the floors of all who claim take together, and where they do not all fit: only there somebody has to wait.

On most rows there is room for everybody's floor, so whoever looks for room looks at the others only: an order of
magnitude fewer.
"""

from collections.abc import Sequence

from .claims import Claim
from .sharing import EPSILON

__all__ = ["Floors", "Hand", "full_row"]

type Hand = list[tuple[int, float]]
"""(row, what a floor takes of it): the rows of one claim that are too small for everybody's floor."""


class Floors:
    """The floors of some claims, and rows that begin with this much left, and this much for a rise."""

    def __init__(
        self, claims: Sequence[Claim], left: Sequence[float], rising: Sequence[float]
    ) -> None:
        taken = [0.0] * len(left)
        for claim in claims:
            floor = claim.floor
            for row, coefficient in claim.rows:
                taken[row] += coefficient * floor
        self.taken = taken
        """What all of them take together, by row."""
        tight = {
            row
            for row, sum_ in enumerate(taken)
            if sum_ and (sum_ > left[row] + EPSILON or sum_ > rising[row] + EPSILON)
        }
        self.tight = tight
        """The rows that have no room for all of them, now or for a rise."""
        self.hands: dict[int, Hand] = {}
        """By charger number: what its floor takes of these rows, in the order of its own; empty where none is tight."""
        for claim in claims if tight else ():
            floor = claim.floor
            self.hands[claim.car.number] = [
                (row, coefficient * floor) for row, coefficient in claim.rows if row in tight
            ]


def full_row(hand: Hand, left: Sequence[float]) -> int | None:
    """The first row that has no room for what a floor takes."""
    for row, needed in hand:
        if needed > left[row] + EPSILON:
            return row
    return None
