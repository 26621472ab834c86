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

__all__ = ["Pair", "Watch", "cap_unbalance", "watch_unbalance"]

_PHASES = tuple(Phase)
_BIT = (1, 2, 4)  # of each phase
_ALL = sum(_BIT)

type Seen = tuple[int, Sequence[tuple[int, float]]]
"""The phases on which a car was seen, as bits, and (phase, A that it is sure to draw there)."""


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


@dataclass(slots=True)
class Kind:
    """Cars that count alike on a circuit: they use the same phases, and were seen on the same ones."""

    against: list[int]
    """The pairs against which they count: their upper phase is loaded."""
    rows: list[tuple[int, float]]
    """The rows of these pairs."""
    helped: tuple[list[int], ...]
    """By phase: the pairs for which counts what they are seen to draw on it, the lower one."""
    members: list[int]
    """Chargers that count against the pairs."""
    helpers: tuple[list[tuple[int, float]], ...]
    """By phase: (charger, A that its car was last seen to draw there)."""


@dataclass(slots=True)
class Watch:
    """A circuit whose phases must not be too far apart."""

    present: tuple[int, ...]
    pairs: list[Pair]
    kinds: list[Kind]

    def members(self, pair: int) -> list[int]:
        """The chargers that count against a pair."""
        return [which for kind in self.kinds if pair in kind.against for which in kind.members]


def watch_unbalance(
    topology: Topology, loads: Sequence[Load], cars: Sequence[Car], limits: Limits
) -> list[Watch]:
    """Add the rows to what cars load, bounded by what is sure as long as everybody keeps drawing."""
    found: list[Watch] = []
    if not topology.unbalanced:
        return found
    seen = [_seen(car) for car in cars]
    for number in topology.unbalanced:
        present = topology.present[number]
        pairs = _pairs(number, topology.circuits[number], present, loads[number], limits)
        if pairs:
            watch = Watch(present, pairs, [])
            _count(topology.below[number], cars, seen, watch)
            found.append(watch)
    for watch in found:
        helped = [0.0] * len(watch.pairs)
        for kind in watch.kinds:
            for phase, helpers in enumerate(kind.helpers):
                if helpers:
                    drawn = sum([amperes for _, amperes in helpers])
                    for number in kind.helped[phase]:
                        helped[number] += drawn
        for number, pair in enumerate(watch.pairs):
            _bound(pair, helped[number], limits)
    return found


def cap_unbalance(
    watches: Sequence[Watch], shares: Mapping[int, float], limits: Limits, *, counted_on: bool
) -> bool:
    """Lower the rows where somebody would draw less than was counted on; True: so far that these shares break one.

    `counted_on`: whether what the cars are sure to draw still counts for the others.
    """
    broken = False
    for watch in watches:
        helped, load = [0.0] * len(watch.pairs), [0.0] * len(watch.pairs)
        for kind in watch.kinds:
            together = 0.0
            for which in kind.members:
                together += shares.get(which, 0.0)
            if together:
                for number in kind.against:
                    load[number] += together
            for phase, helpers in enumerate(kind.helpers) if counted_on else ():
                if helpers:
                    sure = sum([min(drawn, shares.get(which, 0.0)) for which, drawn in helpers])
                    for number in kind.helped[phase]:
                        helped[number] += sure
        for number, pair in enumerate(watch.pairs):
            _bound(pair, helped[number], limits)
            broken |= load[number] > limits.capacity[pair.row] + EPSILON
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
            _PHASES[upper],
            _PHASES[lower],
            limits.add_row(number, _PHASES[upper]),
            circuit.unbalance or 0.0,  # figure
            load.others[upper] - load.others[lower],  # others
            load.expected[upper] - load.others[lower],  # smoothed
        )
        for upper, lower in permutations(present, 2)
    ]


def _seen(car: Car) -> Seen:
    """Where a car was seen to draw."""
    sample = car.samples.current
    if sample is None or not any(sample):
        return 0, ()
    if len(sample) == PHASES and min(sample) > USED:
        return _ALL, ()  # then nobody asks how much
    seen = 0
    drawn: list[tuple[int, float]] = []
    for conductor, phase in enumerate(car.lines):
        amperes = sample[conductor]
        if amperes > 0:
            drawn.append((phase, amperes))
            if amperes > USED:
                seen |= _BIT[phase]
    return seen, drawn if car.reading.online else ()


def _count(numbers: Sequence[int], cars: Sequence[Car], seen: Sequence[Seen], watch: Watch) -> None:
    """Count the cars against the pairs whose upper phase they load, and for those whose lower phase they are seen on."""
    pairs = watch.pairs
    kinds: dict[tuple[tuple[Phase, ...], bool, int], Kind] = {}
    for number in numbers:
        phases, drawn = seen[number]
        if phases == _ALL:
            continue  # it was seen to use all: what it draws more, it draws more on all
        car = cars[number]
        key = (car.phases, car.charger.line_to_line, phases)
        kind = kinds.get(key)
        if kind is None:
            against, rows, helped = _counts(watch.present, pairs[0].row, *key)
            kind = kinds[key] = Kind(against, rows, helped, [], ([], [], []))
        if kind.rows:
            car.rows = car.rows + kind.rows
            kind.members.append(number)
            if car.reserved:
                for which in kind.against:
                    pairs[which].others += car.reserved
                    pairs[which].smoothed += car.reserved
        for phase, amperes in drawn:
            kind.helpers[phase].append((number, amperes))
    watch.kinds.extend(kinds.values())


@lru_cache(maxsize=4096)
def _counts(
    present: tuple[int, ...], first_row: int, used: tuple[Phase, ...], between: bool, seen: int
) -> tuple[list[int], list[tuple[int, float]], tuple[list[int], ...]]:
    """How cars of one kind count: `against`, the rows of these pairs, and `helped`.

    There are few kinds: which phases they use, whether between two of them, and on which they were seen.
    """
    against: list[int] = []
    helped: tuple[list[int], ...] = tuple([] for _ in range(PHASES))
    for number, (upper, lower) in enumerate(permutations(present, 2)):
        both = upper in used and lower in used
        if (seen & _BIT[upper] and seen & _BIT[lower]) or (between and both):
            continue  # what it draws, it draws on both
        helped[lower].append(number)
        if upper in used:
            against.append(number)
    return against, [(first_row + number, 1.0) for number in against], helped
