"""Watches whether the meter moves as the cars do: phases that are swapped, and signs that are turned round.

A car that goes up by some amperes must show on the meter, on its own phase and upwards. Whatever the house
does at the same time may hide that once, but not three times one after the other.
"""

from collections import deque
from dataclasses import dataclass

from .balancing.model import PHASES, PerPhase, Phase

CALM = 10.0  # s in which cars do not move, so that their samples and the meter's mean the same
MOVES = 0.5  # A
STEP = 4.0  # A by which cars have to have moved between two such times
TOGETHER = 180.0  # s at most between these: the house does not stand still for longer
SHARE = 0.5  # of a step, that must be seen, or seen elsewhere
SURE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with the meter on one phase."""

    phase: Phase
    seen_on: Phase | None
    """Where the cars on this phase are seen instead; None: on it, but the wrong way round."""


@dataclass(frozen=True, slots=True)
class _Moment:
    at: float
    meter: PerPhase
    cars: PerPhase


class PhaseWatch:
    """The watch over one meter."""

    def __init__(self) -> None:
        """Nothing was seen."""
        self._recent: deque[_Moment] = deque()
        self._base: _Moment | None = None
        self._votes: list[list[Phase | None]] = [[] for _ in range(PHASES)]

    def note(self, at: float, meter: PerPhase, cars: PerPhase) -> None:
        """Take what the meter and the cars behind it show now."""
        recent = self._recent
        recent.append(_Moment(at, meter, cars))
        if any(abs(now - then) >= MOVES for now, then in zip(cars, recent[0].cars, strict=True)):
            recent.clear()
            recent.append(_Moment(at, meter, cars))
            return
        if at - recent[0].at < CALM:
            return
        calm = _Moment(at, _mean([moment.meter for moment in recent]), cars)
        recent.popleft()
        if self._base is not None and at - self._base.at <= TOGETHER:
            self._compare(self._base, calm)
        self._base = calm

    def _compare(self, was: _Moment, now: _Moment) -> None:
        cars = [b - a for a, b in zip(was.cars, now.cars, strict=True)]
        meter = [b - a for a, b in zip(was.meter, now.meter, strict=True)]
        for phase in Phase:
            step = cars[phase]
            if abs(step) < STEP:
                continue
            seen = [moved / step for moved in meter]
            votes = self._votes[phase]
            if seen[phase] >= SHARE:
                votes.clear()
            elif seen[phase] <= -SHARE:
                votes.append(phase)
            else:
                elsewhere = [
                    other
                    for other in Phase
                    if other is not phase and abs(cars[other]) < MOVES and seen[other] >= SHARE
                ]
                votes.append(elsewhere[0] if len(elsewhere) == 1 else None)
            del votes[:-SURE]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was seen often enough to be sure of it."""
        found: list[Finding] = []
        for phase, votes in zip(Phase, self._votes, strict=True):
            if len(votes) == SURE and len(set(votes)) == 1 and votes[0] is not None:
                seen_on = None if votes[0] is phase else votes[0]
                found.append(Finding(phase=phase, seen_on=seen_on))
        return tuple(found)


def _mean(values: list[PerPhase]) -> PerPhase:
    n1, n2, n3 = (sum(value[phase] for value in values) / len(values) for phase in range(PHASES))
    return n1, n2, n3
