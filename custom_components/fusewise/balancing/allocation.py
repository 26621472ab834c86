"""Floors for those who are admitted, then the rest by exact sharing, then the steps that chargers know.

Groups are served one after the other: boosts, fast ones, the others by policy, and last the sun, of which
only what would be exported is shared. Knows rows and claims only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .admission import admit, in_order
from .claims import Claim
from .floors import Floors
from .limits import Limits
from .scarce import scarce_rows
from .settings import Settings
from .sharing import EPSILON, Part, share_left
from .steps import round_down, step_up
from .topology import Topology
from .turns import turns

__all__ = ["Allocation", "allocate"]


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


def allocate(
    topology: Topology, limits: Limits, claims: Sequence[Claim], sun: Sequence[float], now: float
) -> Allocation:
    """Share what the limits leave among the claims; `sun` are rows (W) that come after those of the limits."""
    settings = topology.site.settings
    first_sun_row = len(limits.capacity)
    result = Allocation(left=[*limits.capacity, *sun], sun=sun)
    rising = [*limits.rising, *sun]
    if not topology.sorted:
        # So nothing depends on the order in which chargers were configured.
        claims = sorted(claims, key=lambda claim: claim.car.charger.id)
    for claim in claims:
        claim.rows = claim.car.rows
    firm = [claim for claim in claims if not claim.sun_only]
    admitted = _admit(firm, result, rising, settings, now)
    for claim in admitted:
        result.shares[claim.car.number] = claim.floor
    short = scarce_rows(topology, limits.places, result.left)
    growing = [claim for claim in admitted if not claim.sun_above_floor]
    room = result.left[:first_sun_row]
    _grow(growing, result, short)
    above = [claim for claim in admitted if claim.sun_above_floor]
    only = [claim for claim in claims if claim.sun_only]
    if above or only:
        for claim in (*only, *above):
            claim.rows = [*claim.rows, *_sun_rows(claim, first_sun_row, result.left)]
        _leave_sun(admitted, (), result, first_sun_row)
        waiting = _SunQueue(only, admitted, growing, room, rising)
        _grow(above + _admit_to_sun(waiting, result, short, settings, now), result, short)
    result.order = {claim.car.number: place for place, claim in enumerate(admitted)}
    return result


def _admit(
    claims: Sequence[Claim],
    result: Allocation,
    rising: list[float],
    settings: Settings,
    now: float,
) -> list[Claim]:
    """Those whose floors fit; who has time only beside what the others of its tier and above need."""
    eager, patient = _by_patience(claims)
    floors = Floors(eager, result.left, rising)
    result.turns = turns(eager, floors, result.left, settings)
    ordered = in_order(eager, result.turns, settings, now)
    admitted, result.refused = admit(ordered, floors, result.left, rising)
    if not patient:
        return admitted
    beyond = _needed_beyond_floors(admitted, result.left)
    for left in (result.left, rising):
        for row, amperes in beyond.items():
            left[row] -= amperes
    floors = Floors(patient, result.left, rising)
    ordered = in_order(patient, {}, settings, now)
    fitting, refused = admit(ordered, floors, result.left, rising)
    for left in (result.left, rising):
        for row, amperes in beyond.items():
            left[row] += amperes
    result.refused.update(refused)
    return admitted + fitting


def _by_patience(claims: Sequence[Claim]) -> tuple[Sequence[Claim], Sequence[Claim]]:
    """Those who cannot wait, and those who can and give way to them. Nobody gives way to a lower tier."""
    if not [claim for claim in claims if claim.can_wait_until is not None]:
        return claims, ()
    lowest = max((claim.tier for claim in claims if claim.can_wait_until is None), default=None)
    eager: list[Claim] = []
    patient: list[Claim] = []
    for claim in claims:
        gives_way = claim.can_wait_until is not None and lowest is not None and claim.tier >= lowest
        (patient if gives_way else eager).append(claim)
    return eager, patient


def _needed_beyond_floors(claims: Sequence[Claim], left: Sequence[float]) -> dict[int, float]:
    """By row: what of that which the floors leave is needed by those who are to be ready in time."""
    parts = [
        Part(0.0, min(claim.needs, claim.ceiling) - claim.floor, claim.rows, claim.needs)
        for claim in claims
        if min(claim.needs, claim.ceiling) > claim.floor
    ]
    shares, _ = share_left(left, parts)
    needed: dict[int, float] = {}
    for part, amperes in zip(parts, shares, strict=True):
        for row, coefficient in part.rows:
            needed[row] = needed.get(row, 0.0) + coefficient * amperes
    return needed


type _Scarce = tuple[Claim, list[tuple[int, float]]]
"""One who shares, and those of its rows that may be full before the others are."""


def _grow(claims: Sequence[Claim], result: Allocation, short: set[int]) -> None:
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


@dataclass(slots=True)
class _SunQueue:
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


def _admit_to_sun(
    queue: _SunQueue, result: Allocation, short: set[int], settings: Settings, now: float
) -> list[Claim]:
    """Those who want only sun, and whose floors fit into what would be exported; they have their floors then."""
    first, left = len(queue.room), result.left
    admitted: list[Claim] = []
    while queue.waiting:
        beside = [*queue.room, *left[first:]]
        averaged = zip(queue.rising, queue.room, strict=False)
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


def _make_room(
    queue: _SunQueue, admitted: list[Claim], result: Allocation, short: set[int]
) -> None:
    """A floor comes before what others have above theirs, though they are served first."""
    first = len(queue.room)
    while True:
        for claim in queue.growing:
            result.shares[claim.car.number] = claim.floor
            result.bound.pop(claim.car.number, None)
        result.left[:first] = queue.room
        _grow(queue.growing, result, short)
        _leave_sun(queue.firm, admitted, result, first)
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


def _leave_sun(
    firm: Sequence[Claim], sunny: Sequence[Claim], result: Allocation, first: int
) -> None:
    """What those who have their shares leave of the sun, and these with their floors."""
    left = result.left
    left[first:] = result.sun
    for claim in firm:
        # Who does not ask for sun uses it all the same: what it draws is not exported.
        for row, watts in _sun_rows(claim, first, left):
            left[row] -= watts * result.shares[claim.car.number]
    left[first:] = [max(0.0, watts) for watts in left[first:]]
    for claim in sunny:
        for row, watts in _sun_rows(claim, first, left):
            left[row] -= watts * claim.floor


def _sun_rows(claim: Claim, first: int, left: Sequence[float]) -> list[tuple[int, float]]:
    """The rows of the sun that a claim draws from: one for all phases, or one for each phase it uses."""
    asked = claim.car.asked
    if len(left) - first == 1:
        return [(first, asked.watts_per_ampere)]
    each = asked.watts_per_ampere / len(asked.phases)
    return [(first + phase, each) for phase in asked.phases]


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
