"""How long a turn lasts where not everybody fits, so that nobody waits longer than the site's turn time.

Everybody is dealt into rounds: as many as fit charge in the first, as many of the rest in the second, and so
on. Where k rounds follow the first one, a turn is the k-th part of the turn time: the last who waits then
gets in after k turns. Looks at floors and rows only, never at who charges now, so that turns do not change
their length while places change hands.
"""

from collections.abc import Mapping, Sequence

from .claims import Claim
from .floors import Floors, Hand, full_row
from .settings import Settings
from .sharing import EPSILON
from .waiting import CHANGING

__all__ = ["turns"]


def turns(
    claims: Sequence[Claim], floors: Floors, capacity: Sequence[float], settings: Settings
) -> dict[int, float]:
    """s that a turn lasts, by charger number, for those who share a row on which not everybody fits.

    The claims are dealt in the order in which they come, that of their chargers' ids; among these who needs room
    on most rows comes last.
    """
    rounds = _rounds(claims, floors, capacity)
    if not rounds:
        return {}
    found: dict[int, float] = {}
    for number, hand in floors.hands.items():
        most = 0
        for row, _ in hand:
            if row in rounds and rounds[row] > most:
                most = rounds[row]
        if most:
            turn = settings.turn_time / most
            found[number] = max(turn - CHANGING, turn / 2)
    return found


def _rounds(claims: Sequence[Claim], floors: Floors, capacity: Sequence[float]) -> dict[int, int]:
    """How many rounds follow the first one, by the rows that are too small for one."""
    found: dict[int, int] = {}
    if not floors.tight:
        return found
    pinned: dict[tuple[int, int], list[Hand]] = {}
    others: dict[tuple[int, int], list[Hand]] = {}
    for claim in claims:
        if hand := floors.hands[claim.car.number]:
            (pinned if claim.pinned else others).setdefault(claim.tier, []).append(hand)
    left = list(capacity)
    for tier in (*_in_order(pinned), *_in_order(others)):
        start = list(left)
        # Whoever did not fit even alone waits for no round.
        waiting = [(h, full) for h, full in _deal(tier, left) if full_row(h, start) is None]
        number = 0
        while waiting:
            number += 1
            for _, full in waiting:
                found[full] = number
            waiting = _deal([hand for hand, _ in waiting], list(start))
    return found


def _in_order(tiers: Mapping[tuple[int, int], list[Hand]]) -> list[list[Hand]]:
    """By tier, and who needs most rows last: whoever is hardest to fit in comes to wait together with its like."""
    return [sorted(tiers[tier], key=len) for tier in sorted(tiers)]


def _deal(hands: Sequence[Hand], free: list[float]) -> list[tuple[Hand, int]]:
    """Deal one round out of what is free; who does not fit into it, and the row that is full."""
    rest: list[tuple[Hand, int]] = []
    for hand in hands:
        for row, needed in hand:
            if needed > free[row] + EPSILON:
                rest.append((hand, row))
                break
        else:
            for row, needed in hand:
                free[row] -= needed
    return rest
