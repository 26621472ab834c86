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
    on most rows comes last. No turn comes for whoever has no room even alone, beside those who go before its tier.
    """
    rounds, left_out = _rounds(claims, floors, capacity)
    if not rounds:
        return {}
    found: dict[int, float] = {}
    for number, hand in floors.hands.items():
        if number in left_out:
            continue
        most = 0
        for row, _ in hand:
            if row in rounds and rounds[row] > most:
                most = rounds[row]
        if most:
            turn = settings.turn_time / most
            found[number] = max(turn - CHANGING, turn / 2)
    return found


type _Dealt = tuple[int, Hand]
"""A charger's number, and its hand."""


def _rounds(
    claims: Sequence[Claim], floors: Floors, capacity: Sequence[float]
) -> tuple[dict[int, int], set[int]]:
    """How many rounds follow the first one, by the rows that are too small for one; and who waits for no round."""
    found: dict[int, int] = {}
    left_out: set[int] = set()
    if not floors.tight:
        return found, left_out
    pinned: dict[tuple[int, int], list[_Dealt]] = {}
    others: dict[tuple[int, int], list[_Dealt]] = {}
    for claim in claims:
        if hand := floors.hands[claim.car.number]:
            dealt = claim.car.number, hand
            (pinned if claim.pinned else others).setdefault(claim.tier, []).append(dealt)
    left = list(capacity)
    for tier in (*_in_order(pinned), *_in_order(others)):
        start = list(left)
        rest = _deal(tier, left)
        # Whoever did not fit even alone waits for no round.
        left_out.update([each for (each, hand), _ in rest if full_row(hand, start) is not None])
        waiting = [one for one in rest if one[0][0] not in left_out]
        number = 0
        while waiting:
            number += 1
            for _, full in waiting:
                found[full] = number
            waiting = _deal([dealt for dealt, _ in waiting], list(start))
    return found, left_out


def _in_order(tiers: Mapping[tuple[int, int], list[_Dealt]]) -> list[list[_Dealt]]:
    """By tier, and who needs most rows last: whoever is hardest to fit in comes to wait together with its like."""
    return [sorted(tiers[tier], key=_rows_needed) for tier in sorted(tiers)]


def _rows_needed(dealt: _Dealt) -> int:
    return len(dealt[1])


def _deal(hands: Sequence[_Dealt], free: list[float]) -> list[tuple[_Dealt, int]]:
    """Deal one round out of what is free; who does not fit into it, and the row that is full."""
    rest: list[tuple[_Dealt, int]] = []
    for dealt in hands:
        hand = dealt[1]
        for row, needed in hand:
            if needed > free[row] + EPSILON:
                rest.append((dealt, row))
                break
        else:
            for row, needed in hand:
                free[row] -= needed
    return rest
