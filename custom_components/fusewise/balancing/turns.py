"""How long a turn lasts where not everybody fits, so that nobody waits longer than the site's turn time.

Everybody is dealt into rounds: as many as fit charge in the first, as many of the rest in the second, and so
on. Where k rounds follow the first one, a turn is the k-th part of the turn time: the last who waits then
gets in after k turns. Looks at floors and rows only, never at who charges now, so that turns do not change
their length while places change hands.
"""

from collections.abc import Mapping, Sequence

from .claims import Claim
from .floors import Floors, full_row
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
    for claim in claims:
        number = claim.car.number
        if number in left_out:
            continue
        most = 0
        for row, _ in claim.tight:
            if row in rounds and rounds[row] > most:
                most = rounds[row]
        if most:
            turn = settings.turn_time / most
            found[number] = max(turn - CHANGING, turn / 2)
    return found


def _rounds(
    claims: Sequence[Claim], floors: Floors, capacity: Sequence[float]
) -> tuple[dict[int, int], set[int]]:
    """How many rounds follow the first one, by the rows that are too small for one; and who waits for no round."""
    found: dict[int, int] = {}
    left_out: set[int] = set()
    if not floors.tight:
        return found, left_out
    pinned: dict[tuple[int, int], list[Claim]] = {}
    others: dict[tuple[int, int], list[Claim]] = {}
    for claim in claims:
        if claim.tight:
            (pinned if claim.pinned else others).setdefault(claim.tier, []).append(claim)
    left = list(capacity)
    for tier in (*_in_order(pinned), *_in_order(others)):
        start = list(left)
        rest = _deal(tier, left)
        # Whoever did not fit even alone waits for no round.
        left_out.update([c.car.number for c, _ in rest if full_row(c, start) is not None])
        waiting = [(c, full) for c, full in rest if c.car.number not in left_out]
        number = 0
        while waiting:
            number += 1
            for _, full in waiting:
                found[full] = number
            waiting = _deal([claim for claim, _ in waiting], list(start))
    return found, left_out


def _in_order(tiers: Mapping[tuple[int, int], list[Claim]]) -> list[list[Claim]]:
    """By tier, and who needs most rows last: whoever is hardest to fit in comes to wait together with its like."""
    return [sorted(tiers[tier], key=lambda claim: len(claim.tight)) for tier in sorted(tiers)]


def _deal(claims: Sequence[Claim], free: list[float]) -> list[tuple[Claim, int]]:
    """Deal one round out of what is free; who does not fit into it, and the row that is full."""
    rest: list[tuple[Claim, int]] = []
    for claim in claims:
        floor = claim.floor
        for row, coefficient in claim.tight:
            if coefficient * floor > free[row] + EPSILON:
                rest.append((claim, row))
                break
        else:
            for row, coefficient in claim.tight:
                free[row] -= coefficient * floor
    return rest
