"""When a charger goes to one phase, and back to all: rarely enough that its contactors last.

To one phase where the floor on all of them (3 × 6 A: 4.1 kW) does not fit, and on one (1.4 kW) it does: the sun is
too little, or a limit leaves the other phases no room, so that the car would be paused. Back once all fit again for
long enough, and it is worth it: a car that is ready in time on one phase stays there.

Both must last for a while, two switches of a charger are well apart, and there are so many in a day; the last of these
is kept for the way back. Others do similarly: go-e waits 2 min with a wish and 10 min between two switches (mpwst,
mptwt), EVerest 10 min before it switches up, evcc 1 and 3 min.
"""

from collections.abc import Sequence
from dataclasses import replace
import math

from .cars import Car
from .claims import Claim
from .codes import ReasonCode
from .limits import Limits, watt_row
from .memory import Phasing
from .model import Mode
from .phases import DAY, one_conductor
from .settings import Settings
from .shares import Allocation
from .sharing import EPSILON
from .topology import Topology, Wired
from .unbalance import Watch

__all__ = ["switch_phases"]

SPARE_SUN = 1.05  # times the floor on all phases before a charger goes back to them for the sun
WORTH = 1.1  # times the power on one phase that all phases have to promise


def switch_phases(
    topology: Topology,
    cars: Sequence[Car],
    claims: Sequence[Claim],
    shares: Allocation,
    limits: Limits,
    watches: Sequence[Watch],
    now: float,
) -> None:
    """Begin to switch the chargers for which it is time; their cars' memories are changed, and nothing else.

    One in each cycle, because what the next one would find may be what this one needs.
    """
    settings = topology.site.settings
    claiming = {claim.car.number: claim for claim in claims}
    rooms: _Rooms | None = None
    phasings = [cars[number].memory.phasing for number in topology.switching]
    free = not any(p is not None and p.since == now and p.to is not None for p in phasings)
    for number, phasing in zip(topology.switching, phasings, strict=True):
        if phasing is None or phasing.to is not None:
            continue
        car, claim, better = cars[number], claiming.get(number), None
        if claim is not None and car.reading.online:
            rooms = rooms or _Rooms(topology, claims, shares, limits, watches)
            better = rooms.better(claim, phasing)
        changed = _with_wish(phasing, better, now)
        if better is not None and claim is not None and free:
            to, why = better
            if _may(claim, changed, to, settings, now):
                changed = replace(changed, to=to, since=now, wished_since=None, why=why)
                free = False
        if changed != phasing:
            car.memory = replace(car.memory, phasing=changed)


type Better = tuple[int, ReasonCode | None]
"""On how many phases a car would charge better, and why where that is one."""


def _with_wish(phasing: Phasing, better: Better | None, now: float) -> Phasing:
    if better is None:
        return phasing if phasing.wished_since is None else replace(phasing, wished_since=None)
    return phasing if phasing.wished_since is not None else replace(phasing, wished_since=now)


def _may(
    claim: Claim,
    phasing: Phasing,
    to: int,
    settings: Settings,
    now: float,
) -> bool:
    """Whether it is time: the wish has lasted, and the contactors had their rest."""
    if claim.car.memory.setpoint > 0 and not claim.car.charger.pausable:
        return False
    since = now if phasing.wished_since is None else phasing.wished_since
    if now - since < _lasts(claim, phasing, to, settings):
        return False
    last = max(phasing.since, phasing.switches[-1]) if phasing.switches else phasing.since
    if now - last < (DAY if phasing.obeys is False else settings.phase_spacing):
        return False
    today = sum(now - at < DAY for at in phasing.switches)
    return today + (1 if to == 1 else 0) < settings.phase_switches_per_day


def _lasts(claim: Claim, phasing: Phasing, to: int, settings: Settings) -> float:
    """s for which the wish has to last."""
    if to == 1:
        return settings.phases_down_after
    for_sun = claim.sun_only or claim.sun_above_floor
    if not for_sun and (claim.car.memory.setpoint == 0 or phasing.why is ReasonCode.ONE_PHASE_SUN):
        return 0.0  # nobody is interrupted, or nobody cares for the sun any more
    return settings.phases_up_after


class _Rooms:
    """What each row has left for one car, once the others have their floors."""

    def __init__(
        self,
        topology: Topology,
        claims: Sequence[Claim],
        shares: Allocation,
        limits: Limits,
        watches: Sequence[Watch],
    ) -> None:
        self._topology = topology
        self._shares = shares
        self._watches = watches
        self._limits = limits
        self._firm = list(map(min, limits.capacity, limits.rising, strict=True))
        self._floors = [0.0] * len(limits.capacity)
        self._sun_left = list(shares.sun)
        for claim in claims:
            share = shares.shares.get(claim.car.number, 0.0)
            if share:
                for row, coefficient in claim.car.rows:
                    self._floors[row] += coefficient * claim.floor
                for number, watts in self._sun_rows(claim.car.asked):
                    self._sun_left[number] -= watts * share

    def better(self, claim: Claim, phasing: Phasing) -> Better | None:
        """The number of phases that is better than the one that was asked for, if one is."""
        car, session = claim.car, claim.car.session
        whole = len(car.charger.wiring)
        if session is not None and session.phases == 1:
            return None
        one = self._topology.wired(car.number, one_conductor(car.charger))
        for_sun = claim.sun_only or claim.sun_above_floor
        if phasing.asked == whole:
            is_one_phase_car = car.memory.uses is not None and sum(car.memory.uses) == 1
            why = None if is_one_phase_car else self._too_much(claim, one, for_sun)
            return None if why is None else (1, why)
        # How many of all the phases a car uses that charges on one now, nobody knows.
        known = self._topology.wired(car.number, None)
        if car.memory.asleep or not self._fits(claim, known):
            return None
        if for_sun:
            enough = self._sun_fits(claim, known, SPARE_SUN)
        else:
            enough = self._is_worth_it(claim, one, known)
        return (whole, None) if enough else None

    def _too_much(self, claim: Claim, one: Wired, for_sun: bool) -> ReasonCode | None:
        """What makes all phases too much for a car that could do with one."""
        if not self._fits(claim, one):
            return None
        refused = self._shares.refused.get(claim.car.number)
        if refused is not None and refused < len(self._firm):
            fits_all = self._fits(claim, claim.car.asked)
            return None if fits_all else ReasonCode.ONE_PHASE_LIMIT
        if not for_sun or self._sun_fits(claim, claim.car.asked, 1.0):
            return None
        session = claim.car.session
        # Who keeps its floor whatever the sun does needs less of the grid on one phase.
        keeps_floor = session is not None and session.mode is Mode.SUN_MINIMUM
        return ReasonCode.ONE_PHASE_SUN if keeps_floor or self._sun_fits(claim, one, 1.0) else None

    # --- what is left for one car, and whether its floor fits into it -----------------------------

    def _room(self, claim: Claim, row: int) -> float:
        room = self._firm[row] - self._floors[row]
        if claim.car.number in self._shares.shares:
            room += claim.floor * next((c for r, c in claim.car.rows if r == row), 0.0)
        return room

    def _rows(self, claim: Claim, wired: Wired) -> list[tuple[int, float]]:
        """The rows in A that a car would load, and those in W that bind somebody."""
        topology = self._topology
        watts = [
            (watt_row(topology, circuit), wired.watts_per_ampere)
            for circuit in topology.chains[topology.feeds[claim.car.number]]
        ]
        return [*wired.rows, *(pair for pair in watts if self._firm[pair[0]] < math.inf)]

    def _fits(self, claim: Claim, wired: Wired) -> bool:
        return all(
            coefficient * claim.floor <= self._room(claim, row) + EPSILON
            for row, coefficient in self._rows(claim, wired)
        ) and self._is_balanced(claim, wired)

    def _is_balanced(self, claim: Claim, wired: Wired) -> bool:
        """What others draw on the other phases is not counted on: it may end."""
        number, shares = claim.car.number, self._shares.shares
        for watch in self._watches:
            circuit, _ = self._limits.places[watch.pairs[0].row]
            if number not in self._topology.below[circuit]:
                continue
            for which, pair in enumerate(watch.pairs):
                if pair.upper not in wired.phases or pair.lower in wired.phases:
                    continue
                members = watch.members(which)
                others = sum([shares.get(member, 0.0) for member in members if member != number])
                load = max(pair.others, pair.smoothed) + others + claim.floor
                if load > pair.figure + EPSILON:
                    return False
        return True

    def _sun_rows(self, wired: Wired) -> list[tuple[int, float]]:
        """W of each A, on all phases together, or on each that it uses."""
        if len(self._sun_left) == 1:
            return [(0, wired.watts_per_ampere)]
        each = wired.watts_per_ampere / len(wired.phases)
        return [(int(phase), each) for phase in wired.phases]

    def _sun_fits(self, claim: Claim, wired: Wired, times: float) -> bool:
        """The sun that nobody else uses is enough for its floor on these conductors."""
        share = self._shares.shares.get(claim.car.number, 0.0)
        own = {number: watts * share for number, watts in self._sun_rows(claim.car.asked)}
        return all(
            self._sun_left[number] + own.get(number, 0.0) >= times * watts * claim.floor - EPSILON
            for number, watts in self._sun_rows(wired)
        )

    def _is_worth_it(self, claim: Claim, one: Wired, known: Wired) -> bool:
        """All phases promise more power, and the car needs more than one phase gives it."""
        session, share = claim.car.session, self._shares.shares.get(claim.car.number, 0.0)
        has_time = (
            session is not None
            and session.departure is not None
            and session.energy_needed_kwh is not None
            and session.mode is not Mode.FAST
            and not claim.car.memory.boosting
        )
        if has_time and claim.needs < share:  # it is never said to need more than its charger gives
            return False
        return self._most(claim, known) > WORTH * self._most(claim, one)

    def _most(self, claim: Claim, wired: Wired) -> float:
        """W that a car could have on these conductors."""
        rooms = (self._room(claim, row) / each for row, each in self._rows(claim, wired))
        return min(claim.ceiling, *rooms) * wired.watts_per_ampere
