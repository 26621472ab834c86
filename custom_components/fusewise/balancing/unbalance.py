"""How far one phase may be above another: a limit on each pair of phases, beside those on each phase.

A car that loads one phase of a pair and not the other counts against it; what others are sure to carry on
the other phase counts for it. What a car has not yet drawn is not sure: until a car is seen to use both phases
it counts as if it used only the one that is worse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .cars import USED, Car
from .codes import ReasonCode
from .limits import Limits
from .loads import Load
from .model import PHASES, Circuit, Phase
from .sharing import EPSILON
from .topology import Topology

__all__ = ["Pair", "cap_unbalance", "watch_unbalance"]


@dataclass(slots=True)
class Pair:
    """One phase of a circuit above another."""

    upper: Phase
    lower: Phase
    row: int
    figure: float
    """A: how far it may be above."""
    others: float
    """A by which it is above without cars, and with what cars draw that cannot be told."""
    smoothed: float
    members: list[int]
    """Chargers that count against it."""
    helpers: list[tuple[int, float]]
    """(charger, A that its car was last seen to draw on the other phase)."""


def watch_unbalance(
    topology: Topology, loads: Sequence[Load], cars: Sequence[Car], limits: Limits
) -> list[Pair]:
    """Add the rows to what cars load, bounded by what is sure as long as everybody keeps drawing."""
    found: list[Pair] = []
    for number in topology.unbalanced:
        pairs = _pairs(number, topology.circuits[number], loads[number], limits)
        kinds: dict[_Kind, _Counts] = {}
        for which in topology.below[number]:
            _count(cars[which], pairs, kinds)
        found += pairs
    for pair in found:
        _bound(pair, sum([drawn for _, drawn in pair.helpers]), limits)
    return found


def cap_unbalance(
    pairs: Sequence[Pair], shares: Mapping[int, float], limits: Limits, *, counted_on: bool
) -> bool:
    """Lower the rows where somebody would draw less than was counted on; True: so far that these shares break one.

    `counted_on`: whether what the cars are sure to draw still counts for the others.
    """
    broken = False
    for pair in pairs:
        sure = [min(drawn, shares.get(which, 0.0)) for which, drawn in pair.helpers if counted_on]
        _bound(pair, sum(sure), limits)
        load = sum([shares.get(which, 0.0) for which in pair.members])
        broken |= load > limits.capacity[pair.row] + EPSILON
    return broken


def _bound(pair: Pair, helped: float, limits: Limits) -> None:
    limits.bound(
        pair.row,
        pair.figure,
        pair.others - helped,
        pair.smoothed - helped,
        ReasonCode.UNBALANCE,
        "unbalance",
    )


def _pairs(number: int, circuit: Circuit, load: Load, limits: Limits) -> list[Pair]:
    """Each phase above each other one, without cars."""
    present = [phase for phase in Phase if circuit.rating[phase]]
    return [
        Pair(
            upper=upper,
            lower=lower,
            row=limits.add_row(number, upper),
            figure=circuit.unbalance or 0.0,
            others=load.others[upper] - load.others[lower],
            smoothed=load.expected[upper] - load.others[lower],
            members=[],
            helpers=[],
        )
        for upper in present
        for lower in present
        if upper != lower
    ]


def _count(car: Car, pairs: Sequence[Pair], kinds: dict[_Kind, _Counts]) -> None:
    """Count the car against the pairs whose upper phase it loads, and for those whose lower phase it is seen on."""
    drawn = [0.0] * PHASES
    for phase, amperes in zip(car.lines, car.samples.current or (), strict=False):
        drawn[phase] = amperes
    one, two, three = drawn
    seen = (one > USED, two > USED, three > USED)
    if all(seen):
        return  # it was seen to use all: what it draws more, it draws more on all
    kind = (car.phases, car.charger.line_to_line, seen)
    counts = kinds.get(kind)
    if counts is None:
        counts = kinds[kind] = _counts(pairs, *kind)
    for pair in counts.against:
        pair.members.append(car.number)
        if car.reserved:
            pair.others += car.reserved
            pair.smoothed += car.reserved
    if car.reading.online:
        for pair in counts.helped:
            if drawn[pair.lower] > 0:
                pair.helpers.append((car.number, drawn[pair.lower]))
    if counts.rows:
        car.rows = car.rows + counts.rows


type _Kind = tuple[tuple[Phase, ...], bool, tuple[bool, ...]]
"""The phases that a car uses, whether between two of them, and on which it was seen: few kinds for many cars."""


@dataclass(slots=True)
class _Counts:
    """How all cars of one kind count on a circuit."""

    rows: list[tuple[int, float]]
    against: list[Pair]
    helped: list[Pair]


def _counts(
    pairs: Sequence[Pair], used: tuple[Phase, ...], between: bool, seen: tuple[bool, ...]
) -> _Counts:
    apart = [
        pair
        for pair in pairs
        if not (seen[pair.upper] and seen[pair.lower])  # it was seen to use both
        if not (between and pair.upper in used and pair.lower in used)
    ]
    against = [pair for pair in apart if pair.upper in used]
    return _Counts(rows=[(pair.row, 1.0) for pair in against], against=against, helped=apart)
