"""How long a turn lasts where not everybody fits, so that nobody waits longer than the site's turn time.

Everybody is dealt into rounds: as many as fit charge in the first, as many of the rest in the second, and so
on. Where k rounds follow the first one, a turn is the k-th part of the turn time: the last who waits then
gets in after k turns. Looks at floors and rows only, never at who charges now, so that turns do not change
their length while places change hands.
"""

from collections.abc import Sequence

from .claims import Claim
from .settings import Settings
from .sharing import EPSILON

__all__ = ["full_row", "turns"]

type Hand = list[tuple[int, float]]
"""(row, what a floor takes of it): the rows of one claim that are too small for everybody's floor."""

CHANGING = (
    10.0  # s that a place stands empty while it changes hands: one car stops, the other wakes up
)


def turns(
    claims: Sequence[Claim], capacity: Sequence[float], settings: Settings
) -> dict[int, float]:
    """s that a turn lasts, by charger number, for those who share a row on which not everybody fits."""
    rounds = _rounds(claims, capacity)
    if not rounds:
        return {}
    found: dict[int, float] = {}
    for claim in claims:
        most = 0
        for row, _ in claim.rows:
            if row in rounds and rounds[row] > most:
                most = rounds[row]
        if most:
            turn = settings.turn_time / most
            found[claim.car.number] = max(turn - CHANGING, turn / 2)
    return found


def full_row(claim: Claim, left: Sequence[float]) -> int | None:
    """The first row that has no room for the claim's floor."""
    floor = claim.floor
    for row, coefficient in claim.rows:
        if coefficient * floor > left[row] + EPSILON:
            return row
    return None


def _rounds(claims: Sequence[Claim], capacity: Sequence[float]) -> dict[int, int]:
    """How many rounds follow the first one, by the rows that are too small for one."""
    found: dict[int, int] = {}
    tight = _tight(claims, capacity)
    by_tier: dict[tuple[bool, tuple[int, int]], list[Hand]] = {}
    for claim in sorted(claims, key=lambda claim: claim.car.charger.id) if tight else ():
        hand = [(row, coefficient * claim.floor) for row, coefficient in claim.rows if row in tight]
        if hand:
            by_tier.setdefault((not claim.pinned, claim.tier), []).append(hand)
    left = list(capacity)
    for tier in sorted(by_tier):
        start = left
        waiting = [hand for hand in by_tier[tier] if _no_room(hand, start) is None]
        number = 0
        while waiting:
            number += 1
            free = list(start)
            waiting = _deal(waiting, free, found, number)
            if number == 1:
                left = free
    return found


def _tight(claims: Sequence[Claim], capacity: Sequence[float]) -> set[int]:
    """The rows that have no room for everybody's floor: the others make nobody wait."""
    left = list(capacity)
    for claim in claims:
        floor = claim.floor
        for row, coefficient in claim.rows:
            left[row] -= coefficient * floor
    return {row for row, rest in enumerate(left) if rest < -EPSILON}


def _deal(
    hands: Sequence[Hand], free: list[float], found: dict[int, int], number: int
) -> list[Hand]:
    """Deal one round out of what is free; who does not fit into it."""
    rest: list[Hand] = []
    for hand in hands:
        full = _no_room(hand, free)
        if full is None:
            for row, needed in hand:
                free[row] -= needed
        else:
            rest.append(hand)
            found[full] = number
    return rest


def _no_room(hand: Hand, left: Sequence[float]) -> int | None:
    for row, needed in hand:
        if needed > left[row] + EPSILON:
            return row
    return None
