"""Floors for those who are admitted, then the rest by exact sharing, then the steps that chargers know.

Groups are served one after the other: boosts, fast ones, the others by policy, and last the sun, of which
only what would be exported is shared. Knows rows and claims only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from .admission import admit, in_order
from .claims import Claim
from .floors import Floors
from .settings import Settings
from .sharing import EPSILON, Part, share_left
from .steps import round_down, step_up
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
    claims: Sequence[Claim],
    capacity: Sequence[float],
    rising: Sequence[float],
    sun: Sequence[float],
    settings: Settings,
    now: float,
) -> Allocation:
    """Share `capacity` (rows) among the claims; `sun` are the rows (W) that come after those."""
    result = Allocation(left=[*capacity, *sun], sun=sun)
    rising_left = [*rising, *sun]
    first_sun_row = len(capacity)
    for claim in claims:
        claim.rows = claim.car.rows
    firm = [claim for claim in claims if not claim.sun_only]
    admitted = _admit(firm, result, rising_left, settings, now)
    for claim in admitted:
        result.shares[claim.car.number] = claim.floor
    growing = sorted((c for c in admitted if not c.sun_above_floor), key=lambda c: c.rank)
    for _, group in groupby(growing, key=lambda c: c.rank):
        _serve(list(group), result)
    _serve_sun(claims, admitted, rising_left, first_sun_row, result, settings, now)
    _fill_steps(claims, result)
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


def _serve(group: list[Claim], result: Allocation) -> None:
    """Share what is left above the floors."""
    left = result.left
    parts = [Part(c.floor, c.ceiling, c.rows, c.weight, c.offset) for c in group]
    shares, bound = share_left(left, parts)
    for claim, amount, full in zip(group, shares, bound, strict=True):
        rounded = claim.ceiling  # a setpoint that the charger knows
        if full is not None:
            result.bound[claim.car.number] = full
            rounded = round_down(claim.car.charger, amount)
        if rounded > claim.floor:
            result.shares[claim.car.number] = rounded
            for row, coefficient in claim.rows:
                left[row] -= coefficient * (rounded - claim.floor)


def _serve_sun(
    claims: Sequence[Claim],
    firm: Sequence[Claim],
    rising: list[float],
    first_sun_row: int,
    result: Allocation,
    settings: Settings,
    now: float,
) -> None:
    """What would be exported goes to those who want only sun, and on top of floors to those who want both."""
    above = [claim for claim in firm if claim.sun_above_floor]
    only = [claim for claim in claims if claim.sun_only]
    if not above and not only:
        return
    left = result.left
    for claim in firm:
        # Who does not ask for sun uses it all the same: what it draws is not exported.
        for row, coefficient in _sun_rows(claim, first_sun_row, left):
            left[row] -= coefficient * result.shares[claim.car.number]
    for row in range(first_sun_row, len(left)):
        left[row] = max(0.0, left[row])
        rising[row] = left[row]
    for claim in only:
        claim.rows = [*claim.rows, *_sun_rows(claim, first_sun_row, left)]
    for row in range(first_sun_row):
        rising[row] = min(rising[row], left[row])
    floors = Floors(only, left, rising)
    result.turns.update(turns(only, floors, left, settings))
    admitted, refused = admit(in_order(only, result.turns, settings, now), floors, left, rising)
    result.refused.update(refused)
    for claim in admitted:
        result.shares[claim.car.number] = claim.floor
    both = [*above, *admitted]
    # Those who want only sun carry their sun rows already; the others get them here.
    for claim in above:
        claim.rows = [*claim.rows, *_sun_rows(claim, first_sun_row, left)]
    for _, group in groupby(sorted(both, key=lambda c: c.rank), key=lambda c: c.rank):
        _serve(list(group), result)


def _sun_rows(claim: Claim, first: int, left: Sequence[float]) -> list[tuple[int, float]]:
    """The rows of the sun that a claim draws from: one for all phases, or one for each phase it uses."""
    asked = claim.car.asked
    if len(left) - first == 1:
        return [(first, asked.watts_per_ampere)]
    each = asked.watts_per_ampere / len(asked.phases)
    return [(first + phase, each) for phase in asked.phases]


def _fill_steps(claims: Sequence[Claim], result: Allocation) -> None:
    """What rounding to steps left goes to those who can still use a whole step, in the order of their ranks."""
    left = result.left
    climbing = sorted(
        (c for c in claims if c.car.number in result.bound),
        key=lambda c: (c.rank, result.shares[c.car.number] / c.weight + c.offset, c.car.charger.id),
    )
    while climbing:
        able: list[Claim] = []
        for claim in climbing:
            number = claim.car.number
            higher = step_up(claim.car.charger, result.shares[number])
            more = higher - result.shares[number]
            if higher > claim.ceiling + EPSILON or _bounding(claim, more, left) is not None:
                continue
            result.shares[number] = higher
            for row, coefficient in claim.rows:
                left[row] -= coefficient * more
            able.append(claim)
        climbing = able


def _bounding(claim: Claim, amperes: float, left: Sequence[float]) -> int | None:
    """The first row that has no room for so much more."""
    for row, coefficient in claim.rows:
        if coefficient * amperes > left[row] + EPSILON:
            return row
    return None
