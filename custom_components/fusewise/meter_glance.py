"""What seems wrong about a meter at a glance: phases that are swapped, a sign that is turned round, too little for the cars.

For the dialogs, in which a person looks now and cannot wait until it is sure: a hint, not a finding.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .balancing.model import NOTHING, PerPhase, Phase
from .meter_watch import LESS_BY, LESS_SHARE

__all__ = ["Glance", "Hint", "hints_of"]

MOVES = 0.5  # A: cars that draw the same differ by less
STEP = 4.0  # A by which cars have to have moved
SHARE = 0.5  # of a step, that must be seen, or seen elsewhere
FLOWS_OUT = -0.5  # A: less is the meter's error at nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What is shown at one moment."""

    meter: PerPhase
    cars: PerPhase | None = None
    """A that the cars behind it draw; None: not all of them are measured."""
    fed: PerPhase = NOTHING
    """A that sun and battery may feed in behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What seems wrong, on which phase."""

    key: str
    phase: Phase
    load: float
    """A that the meter shows there."""
    cars: float = 0.0
    """A that the cars on it draw, or have just drawn."""
    seen_on: Phase | None = None


def hints_of(now: Glance, phases: Iterable[Phase], before: Glance | None = None) -> list[Hint]:
    """One hint for each phase at most; what has moved since `before` says more than what stands still."""
    phases = list(phases)
    found = {hint.phase: hint for hint in _standing(now, phases)}
    if before is not None:
        found |= {hint.phase: hint for hint in _moved(before, now, phases)}
    return [found[phase] for phase in phases if phase in found]


def _standing(now: Glance, phases: list[Phase]) -> Iterator[Hint]:
    for phase in phases:
        load, cars = now.meter[phase], 0.0 if now.cars is None else now.cars[phase]
        if cars >= STEP:
            if cars - load - now.fed[phase] > _tolerance(cars):
                yield _explained(now, phases, phase, cars)
        elif load < FLOWS_OUT and not now.fed[phase]:
            yield Hint(key="out", phase=phase, load=load)


def _explained(now: Glance, phases: list[Phase], phase: Phase, cars: float) -> Hint:
    """Why a phase shows less than its cars draw."""
    assert now.cars is not None
    load = now.meter[phase]
    if load <= -SHARE * cars and not now.fed[phase]:
        return Hint(key="reversed", phase=phase, load=load, cars=cars)
    elsewhere = [
        other
        for other in phases
        if now.cars[other] < MOVES and now.meter[other] >= cars - _tolerance(cars)
    ]
    if len(elsewhere) == 1:
        return Hint(key="swapped", phase=phase, load=load, cars=cars, seen_on=elsewhere[0])
    return Hint(key="below", phase=phase, load=load, cars=cars)


def _moved(before: Glance, now: Glance, phases: list[Phase]) -> Iterator[Hint]:
    if before.cars is None or now.cars is None:
        return
    for phase in phases:
        step = now.cars[phase] - before.cars[phase]
        if abs(step) < STEP:
            continue
        seen = {other: (now.meter[other] - before.meter[other]) / step for other in phases}
        load, cars = now.meter[phase], max(before.cars[phase], now.cars[phase])
        elsewhere = [
            other
            for other in phases
            if other is not phase
            and abs(now.cars[other] - before.cars[other]) < MOVES
            and seen[other] >= SHARE
        ]
        if seen[phase] <= -SHARE:
            yield Hint(key="reversed", phase=phase, load=load, cars=cars)
        elif seen[phase] < SHARE and len(elsewhere) == 1:
            yield Hint(key="swapped", phase=phase, load=load, cars=cars, seen_on=elsewhere[0])


def _tolerance(cars: float) -> float:
    return max(LESS_BY, LESS_SHARE * cars)
