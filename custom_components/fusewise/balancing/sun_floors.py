"""Who wants only sun: its floor comes before what others have above theirs, but only out of what would be exported."""

from collections.abc import Sequence
from dataclasses import dataclass

from .admission import admit, in_order
from .claims import Claim
from .floors import Floors
from .settings import Settings
from .shares import Allocation, grow
from .sharing import EPSILON
from .turns import turns

__all__ = ["SunQueue", "admit_to_sun", "leave_sun", "sun_rows"]


@dataclass(slots=True)
class SunQueue:
    """Who waits for what would be exported, and whom that concerns."""

    waiting: Sequence[Claim]
    firm: Sequence[Claim]
    """Those who have their places whatever the sun does, …"""
    growing: Sequence[Claim]
    """… and those of them who are served above their floors before the sun is shared."""
    room: list[float]
    """What the floors leave of the limits, …"""
    rising: list[float]
    """… and for a rise."""


def admit_to_sun(
    queue: SunQueue, result: Allocation, short: set[int], settings: Settings, now: float
) -> list[Claim]:
    """Those who want only sun, and whose floors fit into what would be exported; they have their floors then."""
    first, left = len(queue.room), result.left
    admitted: list[Claim] = []
    while queue.waiting:
        beside = [*queue.room, *left[first:]]
        averaged = zip(queue.rising, queue.room, strict=True)
        rising = [*(min(one, other) for one, other in averaged), *left[first:]]
        floors = Floors(queue.waiting, beside, rising)
        if not admitted:
            result.turns.update(turns(queue.waiting, floors, beside, settings))
        ordered = in_order(queue.waiting, result.turns, settings, now)
        found, refused = admit(ordered, floors, beside, rising)
        result.refused.update(refused)
        queue.room, queue.rising = beside[:first], rising[:first]
        for claim in found:
            result.refused.pop(claim.car.number, None)
            result.shares[claim.car.number] = claim.floor
            for row, coefficient in claim.rows:
                left[row] -= coefficient * claim.floor
        admitted += found
        if not any(left[row] < -EPSILON for c in found for row, _ in c.rows if row < first):
            break
        _make_room(queue, admitted, result, short)
        # What others leave of the sun now may be enough for one more.
        queue.waiting = [claim for claim in queue.waiting if claim.car.number in refused]
    return admitted


def _make_room(queue: SunQueue, admitted: list[Claim], result: Allocation, short: set[int]) -> None:
    """A floor comes before what others have above theirs, though they are served first."""
    first = len(queue.room)
    while True:
        for claim in queue.growing:
            result.shares[claim.car.number] = claim.floor
            result.bound.pop(claim.car.number, None)
        result.left[:first] = queue.room
        grow(queue.growing, result, short)
        leave_sun(queue.firm, admitted, result, first)
        over = [row for row in range(first, len(result.left)) if result.left[row] < -EPSILON]
        if not over:
            return
        # What some leave on one phase may let others draw more on all, and that takes the sun away.
        last = [claim for claim in admitted if any(row == over[0] for row, _ in claim.rows)][-1]
        admitted.remove(last)
        result.refused[last.car.number] = over[0]
        floor = result.shares.pop(last.car.number)
        for row, coefficient in last.rows:
            if row < first:
                queue.room[row] += coefficient * floor


def leave_sun(
    firm: Sequence[Claim], sunny: Sequence[Claim], result: Allocation, first: int
) -> None:
    """What those who have their shares leave of the sun, and these with their floors."""
    left = result.left
    left[first:] = result.sun
    for claim in firm:
        # Who does not ask for sun uses it all the same: what it draws is not exported.
        for row, watts in sun_rows(claim, first, left):
            left[row] -= watts * result.shares[claim.car.number]
    left[first:] = [max(0.0, watts) for watts in left[first:]]
    for claim in sunny:
        for row, watts in sun_rows(claim, first, left):
            left[row] -= watts * claim.floor


def sun_rows(claim: Claim, first: int, left: Sequence[float]) -> list[tuple[int, float]]:
    """The rows of the sun that a claim draws from: one for all phases, or one for each phase it uses."""
    asked = claim.car.asked
    if len(left) - first == 1:
        return [(first, asked.watts_per_ampere)]
    each = asked.watts_per_ampere / len(asked.phases)
    return [(first + phase, each) for phase in asked.phases]
