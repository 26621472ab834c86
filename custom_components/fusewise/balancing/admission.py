"""Who, when not all floors fit: never all-stop, never first come by accident.

The order is: cars that must not be stopped, as far as the fuse holds; then by tier (boost, priority). Within a
tier those who have just got their place and those whose turn has come go first, in the order in which they
came to wait; the rest goes by urgency, with a bonus for those who have a place, and last those who want nothing
now. Among those of equal urgency the one that has had its place for longest gives way, and who has waited longest, or
came first, gets it. Everybody in that order whose floor still fits is admitted, so nobody is left out whose floor would
fit.
"""

from collections.abc import Mapping, Sequence
import math

from .claims import Claim
from .floors import Floors, full_row
from .settings import Settings
from .waiting import SHORTEST_STAY, is_overdue, stays, was_given_its_place

__all__ = ["admit", "in_order"]

_QUEUE, _REST = range(2)


def in_order(
    claims: Sequence[Claim], turns: Mapping[int, float], settings: Settings, now: float
) -> list[Claim]:
    """The claims, who is admitted first in front. Does not depend on the order they come in."""
    bonus = settings.running_bonus
    # Whoever waits too long hurries its own tier; a higher one would not leave for it.
    overdue = {
        c.tier for c in claims if c.car.number in turns and is_overdue(c.car.memory, settings, now)
    }

    def place(claim: Claim) -> tuple[bool, tuple[int, int], int, float, bool, float, float, str]:
        car, placed = claim.car, claim.placed
        memory = car.memory
        turn = turns.get(car.number, settings.turn_time)
        since, on_since, queues = memory.waiting_since, memory.on_since, False
        if on_since is not None:
            keeps = (
                min(turn, SHORTEST_STAY) if claim.tier in overdue else stays(memory, turn, settings)
            )
            queues = now - on_since < keeps
        if not queues and since is not None and now - since >= turn:
            queues = not was_given_its_place(memory)
        if queues and since is not None:
            # Who filled a gap before its turn came makes room for those who wait longer.
            group, value = _QUEUE, since
        elif memory.asleep:
            # Who wants nothing keeps nobody waiting who does; when its turn comes it may wake up.
            group, value = _REST, math.inf
        else:
            group = _REST
            value = claim.laxity - bonus if placed else claim.laxity
        # Among equals who came last to its place keeps it, and who has waited longest, or came first, gets the next one.
        began = on_since if placed else since
        if began is None:
            began = now
        if placed:
            began = -began
        came = car.session.started if car.session is not None else math.inf
        return not claim.pinned, claim.tier, group, value, not placed, began, came, car.charger.id

    return sorted(claims, key=place)


def admit(
    ordered: Sequence[Claim], floors: Floors, left: list[float], rising: list[float]
) -> tuple[list[Claim], dict[int, int]]:
    """Those whose floors fit, and for each of the others the row that has no room for it.

    `left` and `rising` begin as the capacities and end as what the floors leave of them. A car that has no
    place yet must also fit into `rising`, what a rise may count on: a moment's lull starts nobody.
    """
    admitted: list[Claim] = []
    refused: dict[int, int] = {}
    taken, tight = floors.taken, floors.tight
    for claim in ordered if tight else ():
        floor = claim.floor
        full = full_row(claim, left)
        if full is None and not claim.placed:
            full = full_row(claim, rising)
        if full is None:
            admitted.append(claim)
            for row, coefficient in claim.tight:
                needed = coefficient * floor
                left[row] -= needed
                rising[row] -= needed
        else:
            refused[claim.car.number] = full
            for row, coefficient in claim.rows:
                taken[row] -= coefficient * floor
    for row, amperes in enumerate(taken):
        if amperes and row not in tight:
            left[row] -= amperes
            rising[row] -= amperes
    return admitted if tight else list(ordered), refused
