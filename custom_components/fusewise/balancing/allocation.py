"""Who is admitted, and what each gets: floors first, then the rest by rank, and last the sun.

Groups are served one after the other: boosts, fast ones, the others by policy, and last the sun, of which
only what would be exported is shared. Knows rows and claims only.
"""

from collections.abc import Sequence

from .admission import admit, in_order
from .claims import Claim
from .floors import Floors
from .limits import Limits
from .scarce import scarce_rows
from .settings import Settings
from .shares import Allocation, grow
from .sharing import Part, share_left
from .sun_floors import SunQueue, admit_to_sun, leave_sun, sun_rows
from .topology import Topology
from .turns import turns

__all__ = ["allocate"]


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
    grow(growing, result, short)
    above = [claim for claim in admitted if claim.sun_above_floor]
    only = [claim for claim in claims if claim.sun_only]
    if above or only:
        for claim in (*only, *above):
            claim.rows = [*claim.rows, *sun_rows(claim, first_sun_row, result.left)]
        leave_sun(admitted, (), result, first_sun_row)
        waiting = SunQueue(only, admitted, growing, room, rising[:first_sun_row])
        grow(above + admit_to_sun(waiting, result, short, settings, now), result, short)
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
