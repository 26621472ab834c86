"""How far one phase may be above another: a limit on each pair of phases, beside those on each phase.

A car that loads one phase of a pair and not the other counts against it; what others are sure to carry on
the other phase counts for it. What a car has not yet drawn is not sure: until a car is seen to use both phases
it counts as if it used only the one that is worse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from .cars import USED, Car
from .codes import ReasonCode
from .limits import Limits
from .loads import Load
from .model import PHASES, Circuit, Phase
from .sharing import EPSILON
from .topology import Topology

__all__ = ["Pair", "cap_unbalance", "watch_unbalance"]

_ALL = (True, True, True)


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
        present = topology.present[number]
        pairs = _pairs(number, topology.circuits[number], present, loads[number], limits)
        for which in topology.below[number] if pairs else ():
            _count(cars[which], pairs, present)
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


def _pairs(
    number: int, circuit: Circuit, present: Sequence[int], load: Load, limits: Limits
) -> list[Pair]:
    """Each phase above each other one, without cars."""
    return [
        Pair(
            upper=Phase(upper),
            lower=Phase(lower),
            row=limits.add_row(number, Phase(upper)),
            figure=circuit.unbalance or 0.0,
            others=load.others[upper] - load.others[lower],
            smoothed=load.expected[upper] - load.others[lower],
            members=[],
            helpers=[],
        )
        for upper, lower in permutations(present, 2)
    ]


def _count(car: Car, pairs: Sequence[Pair], present: tuple[int, ...]) -> None:
    """Count the car against the pairs whose upper phase it loads, and for those whose lower phase it is seen on."""
    drawn = [0.0] * PHASES
    sample = car.samples.current
    if sample is not None:
        for phase, amperes in zip(car.lines, sample, strict=True):
            drawn[phase] = amperes
    one, two, three = drawn
    seen = (one > USED, two > USED, three > USED)
    if seen == _ALL:
        return  # it was seen to use all: what it draws more, it draws more on all
    against, rows, helped = _counts(
        present, pairs[0].row, car.phases, car.charger.line_to_line, seen
    )
    if rows:
        car.rows = car.rows + rows
        for number in against:
            pairs[number].members.append(car.number)
        if car.reserved:
            for number in against:
                pairs[number].others += car.reserved
                pairs[number].smoothed += car.reserved
    if sample is not None and car.reading.online:
        for number, lower in helped:
            if drawn[lower] > 0:
                pairs[number].helpers.append((car.number, drawn[lower]))


@lru_cache(maxsize=4096)
def _counts(
    present: tuple[int, ...],
    first_row: int,
    used: tuple[Phase, ...],
    between: bool,
    seen: tuple[bool, bool, bool],
) -> tuple[list[int], list[tuple[int, float]], list[tuple[int, int]]]:
    """The pairs against which a car of this kind counts, their rows, and (pair, its lower phase) for which it counts.

    There are few kinds: which phases it uses, whether between two of them, and on which it was seen.
    """
    against: list[int] = []
    helped: list[tuple[int, int]] = []
    for number, (upper, lower) in enumerate(permutations(present, 2)):
        both = upper in used and lower in used
        if (seen[upper] and seen[lower]) or (between and both):
            continue  # what it draws, it draws on both
        helped.append((number, lower))
        if upper in used:
            against.append(number)
    return against, [(first_row + number, 1.0) for number in against], helped
