"""What the floors of all who claim take together, and where they do not all fit: only there somebody has to wait.

On most rows there is room for everybody's floor, so whoever looks for room looks at the others only: an order of
magnitude fewer.
"""

from collections.abc import Sequence

from .claims import Claim
from .sharing import EPSILON

__all__ = ["Floors", "full_row"]


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
        """The rows that have no room for all of them, now or for a rise; each claim is told its own."""
        for claim in claims if tight else ():
            claim.tight = [loaded for loaded in claim.rows if loaded[0] in tight]


def full_row(claim: Claim, left: Sequence[float]) -> int | None:
    """The first of its tight rows that has no room for its floor."""
    floor = claim.floor
    for row, coefficient in claim.tight:
        if coefficient * floor > left[row] + EPSILON:
            return row
    return None
