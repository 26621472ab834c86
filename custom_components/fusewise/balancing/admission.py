"""Who, when not all floors fit: never all-stop, never first come by accident.

The order is: cars that must not be stopped; then by tier (boost, priority); within a tier those who have
just begun stay, those whose turn has come go next, and the rest goes by urgency, with a bonus for those who
charge already. Everybody in that order whose floor still fits is admitted, so nobody is left out whose
floor would fit.
"""

from collections.abc import Sequence

from .claims import Claim
from .model import Settings
from .sharing import EPSILON

__all__ = ["admit", "in_order", "turn_length"]

_STAYS, _OVERDUE, _REST = range(3)


def turn_length(claims: Sequence[Claim], settings: Settings) -> float:
    """s that one turn lasts, so that who waits longest waits no longer than `turn_time`.

    With w waiting for the places of r running cars, the last of them gets in after ⌈w / r⌉ turns.
    """
    running = sum(claim.running for claim in claims)
    waiting = len(claims) - running
    return settings.turn_time / max(1, -(-waiting // max(1, running)))


def in_order(claims: Sequence[Claim], settings: Settings, now: float) -> list[Claim]:
    """The claims, who is admitted first in front. Does not depend on the order they come in."""
    turn = turn_length(claims, settings)
    stays = min(turn, settings.minimum_on)

    def place(claim: Claim) -> tuple[bool, tuple[int, int], int, float, str]:
        memory = claim.car.memory
        group, value = _REST, claim.laxity
        if claim.running:
            value -= settings.running_bonus
            if memory.on_since is not None and now - memory.on_since < stays:
                group = _STAYS
        elif memory.waiting_since is not None and now - memory.waiting_since >= turn:
            group, value = _OVERDUE, memory.waiting_since
        return not claim.pinned, claim.tier, group, value, claim.car.charger.id

    return sorted(claims, key=place)


def admit(
    ordered: Sequence[Claim], left: list[float], rising: list[float]
) -> tuple[list[Claim], dict[int, int]]:
    """Those whose floors fit, and for each of the others the row that has no room for it.

    `left` and `rising` begin as the capacities and end as what the floors leave of them. A car that does not
    charge yet must also fit into `rising`, what a rise may count on: a moment's lull starts nobody.
    """
    admitted: list[Claim] = []
    refused: dict[int, int] = {}
    for claim in ordered:
        full = _full_row(claim, left) or (None if claim.running else _full_row(claim, rising))
        if full is None or claim.pinned:
            admitted.append(claim)
            for row, coefficient in claim.rows:
                left[row] -= coefficient * claim.floor
                rising[row] -= coefficient * claim.floor
        else:
            refused[claim.car.number] = full[0]
    return admitted, refused


def _full_row(claim: Claim, left: list[float]) -> tuple[int] | None:
    for row, coefficient in claim.rows:
        if coefficient * claim.floor > left[row] + EPSILON:
            return (row,)
    return None
