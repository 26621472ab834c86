"""What each circuit carries besides cars: by its meter, by its feeder's meter, or by what its owner says.

A circuit whose meter is silent, stuck or lying falls back by itself; the other circuits go on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import math

from .cars import Car
from .meters import CarMove, judge
from .model import PHASES, CircuitMemory, FallbackCause, Memory, MeterMemory, PerPhase, Snapshot
from .others import estimate_others
from .topology import Topology

__all__ = ["EMPTY", "Load", "measure_loads"]

LONGEST_STEP = 60.0  # s: what happened in a longer gap between two cycles is not known

EMPTY = CircuitMemory()


@dataclass(slots=True)
class Load:
    """One circuit now, A on each phase."""

    shown: PerPhase | None
    """What its own meter shows; None: it has none, or it is not believed."""
    others: PerPhase
    """What counts for everything that is not a charger; negative where the sun feeds in."""
    smoothed: PerPhase
    """The moving average of that, which rises at once and falls slowly."""
    fallback: FallbackCause | None


def measure_loads(
    topology: Topology, snapshot: Snapshot, memory: Memory, cars: list[Car]
) -> tuple[list[Load], dict[str, MeterMemory]]:
    """The load of every circuit, in the topology's order, and what to remember of the meters."""
    meters: dict[str, MeterMemory] = {}
    found: list[Load | None] = [None] * len(topology.circuits)
    causes: list[FallbackCause | None] = [None] * len(topology.circuits)
    for number, circuit in enumerate(topology.circuits):
        if circuit.meter is None:
            continue
        behind = [cars[n] for n in topology.below[number]]
        reading = snapshot.meters.get(circuit.meter)
        shown, cause, known = judge(
            reading, memory.meters.get(circuit.meter), circuit.rating, snapshot.now, _moves(behind)
        )
        if known is not None:
            meters[circuit.meter] = known
        causes[number] = cause
        if shown is not None and known is not None:
            remembered = memory.circuits.get(circuit.id, EMPTY)
            others = estimate_others(known, remembered.others, behind)
            found[number] = _load(
                topology, remembered, snapshot.now - memory.time, shown, others, None
            )
    metered = {number for number, load in enumerate(found) if load is not None}
    for number in range(len(found)):
        if found[number] is None:
            others, cause = _without_meter(topology, number, causes[number], found, metered)
            remembered = memory.circuits.get(topology.circuits[number].id, EMPTY)
            found[number] = _load(
                topology, remembered, snapshot.now - memory.time, None, others, cause
            )
    return [load for load in found if load is not None], meters


def _load(
    topology: Topology,
    remembered: CircuitMemory,
    elapsed: float,
    shown: PerPhase | None,
    others: PerPhase,
    cause: FallbackCause | None,
) -> Load:
    return Load(
        shown=shown,
        others=others,
        smoothed=_smooth(remembered.smoothed, others, elapsed, topology.site.settings.smoothing),
        fallback=cause,
    )


def _smooth(last: PerPhase | None, now: PerPhase, elapsed: float, constant: float) -> PerPhase:
    if last is None or last == now:
        return now
    weight = 1 - math.exp(-min(LONGEST_STEP, max(0.0, elapsed)) / constant)
    one, two, three = (
        new if new >= old else old + (new - old) * weight
        for old, new in zip(last, now, strict=True)
    )
    return one, two, three


def _moves(cars: Iterable[Car]) -> Iterator[CarMove]:
    for car in cars:
        memory = car.memory
        if memory.sample is None or memory.earlier is None or memory.sample == memory.earlier:
            continue
        for phase, new, old in zip(car.charger.wiring, memory.sample, memory.earlier, strict=True):
            yield phase, memory.earlier_at, memory.sample_at, new - old


def _without_meter(
    topology: Topology,
    number: int,
    cause: FallbackCause | None,
    found: list[Load | None],
    metered: set[int],
) -> tuple[PerPhase, FallbackCause | None]:
    """What the other loads count with, where no meter tells or the meter is not believed."""
    circuit = topology.circuits[number]
    if cause is not None:
        # Without any figure the house may fill its fuse: no car is let through.
        return circuit.house_allowance or circuit.other_loads or circuit.rating, cause
    if circuit.other_loads is not None:
        return _with_metered_children(topology, number, circuit.other_loads, found), None
    above = next(
        (c for c in topology.chains[number][1:] if topology.circuits[c].meter is not None), None
    )
    if above is None:
        return circuit.house_allowance or circuit.rating, FallbackCause.MISSING
    feeder = found[above]
    if feeder is None:  # unreachable: feeders come first; keeps the types honest
        return circuit.rating, FallbackCause.MISSING
    return _remaining(topology, above, number, feeder.others, found, metered), feeder.fallback


def _with_metered_children(
    topology: Topology, number: int, figure: PerPhase, found: list[Load | None]
) -> PerPhase:
    """The owner's figure, or what the meters below it already show, if that is more."""
    below = [0.0] * PHASES
    for child in topology.children[number]:
        load = found[child]
        if load is not None:
            for phase in range(PHASES):
                below[phase] += max(0.0, load.others[phase])
    one, two, three = (max(a, b) for a, b in zip(figure, below, strict=True))
    return one, two, three


def _remaining(
    topology: Topology,
    above: int,
    number: int,
    others: PerPhase,
    found: list[Load | None],
    metered: set[int],
) -> PerPhase:
    """All of the feeder's other load that no meter shows to be elsewhere may be on this circuit."""
    elsewhere = [0.0] * PHASES
    mine = set(topology.chains[number])
    stack = list(topology.children[above])
    while stack:
        circuit = stack.pop()
        if circuit in metered and circuit not in mine and number not in topology.chains[circuit]:
            load = found[circuit]
            for phase in range(PHASES):
                elsewhere[phase] += load.others[phase] if load is not None else 0.0
        elif number not in topology.chains[circuit][1:]:
            stack.extend(topology.children[circuit])
    one, two, three = (a - b for a, b in zip(others, elsewhere, strict=True))
    return one, two, three
