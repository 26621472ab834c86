"""Why each charger gets what it gets, as data: the limit that bound, where, and who shares it."""

from collections.abc import Sequence
from functools import lru_cache

from .claims import FALLBACK_REASON, Claim
from .codes import ReasonCode
from .decision import Reason
from .limits import Limits
from .model import Phase
from .shares import Allocation
from .steady import Steadied
from .topology import Topology
from .waiting import turns_come

__all__ = ["Reasons"]


class Reasons:
    """The reasons of one cycle."""

    def __init__(
        self,
        topology: Topology,
        limits: Limits,
        asked: Sequence[Claim | Reason],
        shares: Allocation,
        now: float,
    ) -> None:
        self._topology = topology
        self._settings = topology.site.settings
        self._limits = limits
        self._asked = asked
        self._shares = shares
        self._now = now
        self._sharers = self._who_shares()
        self._told: dict[tuple[int, ReasonCode | None, float | None], Reason] = {}
        self._turns: dict[tuple[int, tuple[int, int]], dict[int, float]] = {}

    def why(self, number: int, told: Steadied) -> Reason:
        """The reason of one charger's setpoint."""
        claim = self._asked[number]
        if isinstance(claim, Reason):
            return claim
        shares = self._shares
        refused = shares.refused.get(number)
        if refused is not None and told.waits is not ReasonCode.SWITCHING_PHASES:
            return self._why_refused(claim, refused)
        row = shares.bound.get(number, refused)
        code, phasing = told.waits, claim.car.memory.phasing
        if code is None and phasing is not None and phasing.asked == 1:
            # It could have more phases; behind that stands what bounds it on the one.
            code = phasing.why
        if row is None:
            return _of_ceiling(claim, code, told.until)
        return self._of_row(row, code, told.until)

    def _why_refused(self, claim: Claim, row: int) -> Reason:
        if row >= len(self._limits.capacity):
            return self._of_row(row, ReasonCode.WAITING_SUN, None)
        needed = claim.floor * sum([each for loads, each in claim.rows if loads == row])
        if needed > self._limits.capacity[row]:
            cause = self._limits.states[self._limits.places[row][0]].fallback
            code = ReasonCode.NO_ROOM if cause is None else FALLBACK_REASON[cause]
            return self._of_row(row, code, None)
        if needed > self._limits.rising[row]:
            # There is room only now: on average there was none.
            return self._of_row(row, ReasonCode.RISING, None)
        until = self._due(row, claim.tier).get(claim.car.number, claim.can_wait_until)
        return self._of_row(row, ReasonCode.WAITING_TURN, until)

    def _due(self, row: int, tier: tuple[int, int]) -> dict[int, float]:
        """When the turns of those come who wait for this row, by charger number."""
        found = self._turns.get((row, tier))
        if found is None:
            shares, asked = self._shares, self._asked
            waiting = [
                claim
                for number, refused_by in shares.refused.items()
                if refused_by == row and number in shares.turns
                if isinstance(claim := asked[number], Claim) and claim.tier == tier
            ]
            charging = [c for c in self._sharers[row] if c.tier == tier and not c.pinned]
            found = turns_come(waiting, charging, shares.turns, self._settings, self._now)
            self._turns[row, tier] = found
        return found

    def _shared_by(self, row: int) -> tuple[str, ...]:
        return tuple([claim.car.charger.id for claim in self._sharers[row]])

    def _of_row(self, row: int, code: ReasonCode | None, until: float | None) -> Reason:
        """What binds there; `code` where it is not the limit's own. The same object for all whom it binds alike."""
        found = self._told.get((row, code, until))
        if found is None:
            found = self._told[row, code, until] = (
                self._of_sun(row, code, until)
                if row >= len(self._limits.capacity)
                else self._of_limit(row, code, until)
            )
        return found

    def _of_sun(self, row: int, code: ReasonCode | None, until: float | None) -> Reason:
        sun = row - len(self._limits.capacity)
        return Reason(
            code=code or ReasonCode.SURPLUS,
            limited_by=None if code is None else ReasonCode.SURPLUS,
            phase=Phase(sun) if len(self._shares.sun) > 1 else None,
            limit=self._shares.sun[sun],
            source="sun",
            shared_by=self._shared_by(row),
            until=until,
        )

    def _of_limit(self, row: int, code: ReasonCode | None, until: float | None) -> Reason:
        limits = self._limits
        circuit, phase = limits.places[row]
        return Reason(
            code=code or limits.code[row],
            limited_by=None if code is None else limits.code[row],
            circuit=self._topology.circuits[circuit].id,
            phase=phase,
            limit=limits.figure[row],
            source=limits.source[row],
            shared_by=self._shared_by(row),
            until=limits.until[row] if until is None else until,
        )

    def _who_shares(self) -> dict[int, list[Claim]]:
        """Those who share each row that binds somebody."""
        shares = self._shares
        members: dict[int, list[Claim]] = {
            row: [] for row in (*shares.bound.values(), *shares.refused.values())
        }
        for claim in self._asked:
            if isinstance(claim, Claim) and claim.car.number in shares.shares:
                for row, _ in claim.rows:
                    if row in members:
                        members[row].append(claim)
        return members


def _of_ceiling(claim: Claim, code: ReasonCode | None, until: float | None) -> Reason:
    """Why it asks for no more; `code` where it does not even get that."""
    why, limit, circuit = claim.ceiling_code, claim.ceiling_limit, claim.ceiling_circuit
    if code is None:
        return _ceiling(why, limit, circuit)
    return Reason(code=code, limited_by=why, circuit=circuit, limit=limit, until=until)


@lru_cache(maxsize=1024)
def _ceiling(code: ReasonCode, limit: float, circuit: str | None) -> Reason:
    """What holds an ordinary car is the same from cycle to cycle, and so is the object that says so."""
    return Reason(code=code, circuit=circuit, limit=limit)
