"""What each circuit carries besides cars: by its meter, by its feeder's meter, or by what its owner says.

A circuit whose meter is silent, stuck or lying falls back by itself; the other circuits go on.
"""

from dataclasses import dataclass
from functools import reduce
import math

from .allowance import house_allowance
from .cars import Car
from .codes import FallbackCause
from .late import follow
from .memory import CircuitMemory, Memory, MeterMemory
from .meters import judge
from .model import NEVER, NOTHING, PHASES, PerPhase, Snapshot
from .others import estimate_others
from .peaks import peaks_of, rises_of, span_of
from .per_phase import higher, lower, minus, plus
from .seen import Seen, see_cars
from .topology import Topology

__all__ = ["EMPTY", "Load", "measure_loads"]

UNEVEN_SMOOTHING = 5.0  # s at least where the samples of cars and meter are not of equal age

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
    expected: PerPhase
    """What a rise counts with: that average, and what the load has come back to in each of the last half-minutes."""
    peaks: tuple[PerPhase, ...]
    """The most of it in each of them, the newest first."""
    rises: tuple[PerPhase, ...]
    """How often it has risen by `RISE` in each of the newest of them."""
    lowest: PerPhase | None
    """The least of it since it last did."""
    rest: float | None
    """The moving average of the other loads on all phases together, netted, where only their sum is measured."""
    doubled: float
    """A that are counted more than once because of that: nobody knows on which phase they are."""
    exact: bool
    """The cars were sampled at the meter's instant."""
    fallback: FallbackCause | None


def measure_loads(
    topology: Topology, snapshot: Snapshot, memory: Memory, cars: list[Car]
) -> tuple[list[Load], dict[str, MeterMemory], list[Seen]]:
    """The load of every circuit, in the topology's order; what to remember of the meters; what cars draw where."""
    survey = _Survey(topology, snapshot, memory, cars)
    survey.read_meters()
    survey.ask_owners()
    survey.ask_feeders()
    return [load for load in survey.found if load is not None], survey.meters, survey.seen


class _Survey:
    """Finds the load of every circuit, the best known first."""

    def __init__(
        self, topology: Topology, snapshot: Snapshot, memory: Memory, cars: list[Car]
    ) -> None:
        self.topology = topology
        self.snapshot = snapshot
        self.memory = memory
        self.cars = cars
        self.remembered = [memory.circuits.get(each.id, EMPTY) for each in topology.circuits]
        self.span = span_of(snapshot.now)
        elapsed, smoothing = snapshot.now - memory.time, topology.site.settings.smoothing
        self.smoothing = smoothing
        self.weight = _weight(elapsed, smoothing)
        """What now counts for in a moving average where the samples are of equal age, …"""
        self.uneven_weight = _weight(elapsed, max(smoothing, UNEVEN_SMOOTHING))
        """… and where they are not."""
        # Of most meters, and of cars that are sampled with them:
        self.instant = max((each.measured_at for each in snapshot.meters.values()), default=NEVER)
        self.seen = see_cars(topology, cars, self.instant)
        self.found: list[Load | None] = [None] * len(topology.circuits)
        self.causes: list[FallbackCause | None] = [None] * len(topology.circuits)
        self.meters: dict[str, MeterMemory] = {}

    def read_meters(self) -> None:
        """Circuits whose meter is believed."""
        snapshot = self.snapshot
        may_be_held = snapshot.battery is not None or snapshot.sun is not None
        for number, name in self.topology.metered:
            reading, before = snapshot.meters.get(name), self.memory.meters.get(name)
            shown, cause, known = judge(
                reading,
                before,
                self.topology.circuits[number],
                snapshot.now,
                self.seen[number],
                may_be_held=may_be_held,
            )
            self.causes[number] = cause
            if known is None:
                continue
            self.meters[name] = known
            # One that only seems to be stuck may be late.
            if reading is not None and cause in (None, FallbackCause.STUCK):
                is_new = before is None or known.measured_at > before.measured_at
                self._subtract_cars(number, name, shown, reading.rest, is_new=is_new)

    def _subtract_cars(
        self, number: int, name: str, shown: PerPhase | None, rest: float | None, *, is_new: bool
    ) -> None:
        """What the meter shows besides cars, and how late it shows these."""
        seen, known, behind = self.seen[number], self.meters[name], self.topology.below[number]
        together, apart = seen.together, seen.apart
        if known.measured_at != self.instant or known.late:
            together, apart = NOTHING, [self.cars[which] for which in behind]
        last = self.remembered[number].others
        found = estimate_others(known, last, together, apart, is_new=is_new)
        if is_new and behind and not seen.unheard:
            self.meters[name] = follow(known, seen.amperes, found.least, found.most)
        if shown is not None:
            self._settle(number, shown, found.others, None, exact=found.exact, rest=rest)

    def ask_owners(self) -> None:
        """Circuits of which their owner said something, or which showed it in a week; the ends of the tree first."""
        for number in reversed(range(len(self.found))):
            if self.found[number] is not None:
                continue
            circuit, cause = self.topology.circuits[number], self.causes[number]
            figure = None
            if cause is not None:
                figure = house_allowance(circuit, self.remembered[number], self.snapshot.now)
            if figure is None and circuit.other_loads is not None:
                figure = self._with_those_below(number, circuit.other_loads)
            if figure is not None:
                self._settle(number, None, figure, cause)

    def ask_feeders(self) -> None:
        """The rest, from the main fuse: what their feeder carries may all be on them."""
        metered = {number for number, load in enumerate(self.found) if _is_shown(load)}
        for number, load in enumerate(self.found):
            if load is None:
                self._settle(number, None, *self._by_feeder(number, metered))

    def _settle(
        self,
        number: int,
        shown: PerPhase | None,
        others: PerPhase,
        cause: FallbackCause | None,
        *,
        exact: bool = False,
        rest: float | None = None,
    ) -> None:
        circuit = self.topology.circuits[number]
        remembered = self.remembered[number]
        peaks: tuple[PerPhase, ...] = ()
        rises: tuple[PerPhase, ...] = ()
        lowest: PerPhase | None = None
        if not self.seen[number].newcomers:
            # What counts while nobody looks is no peak: the house did not draw that.
            looked_at = others if cause is None else None
            peaks = peaks_of(remembered, looked_at, self.span)
            rises, lowest = rises_of(remembered, looked_at, self.span)
        weight = self.weight if exact or not self.smoothing else self.uneven_weight
        smoothed = expected = _smooth(remembered.smoothed, others, weight)
        if self.smoothing and len(peaks) > 1:
            expected = higher(smoothed, reduce(lower, peaks))
        doubled = 0.0
        if rest is not None:
            phases = sum(amperes > 0 for amperes in circuit.rating)
            doubled = phases * max(0.0, rest) - rest
            last = None if remembered.rest is None else (remembered.rest, 0.0, 0.0)
            rest, _, _ = _smooth(last, (rest, 0.0, 0.0), weight)
        self.found[number] = Load(
            shown,
            others,
            smoothed,
            expected,
            peaks,
            rises,
            lowest,
            rest,
            doubled,
            exact,
            cause,
        )

    def _with_those_below(self, number: int, figure: PerPhase) -> PerPhase:
        """The owner's figure for what hangs on the circuit itself, and what is known of those that it feeds."""
        total = list(figure)
        stack = list(self.topology.children[number])
        while stack:
            below = stack.pop()
            load = self.found[below]
            if load is None:
                stack.extend(self.topology.children[below])
                continue
            for phase in range(PHASES):
                # Sun below may vanish, and nobody would see it here.
                total[phase] += max(0.0, load.others[phase])
        return total[0], total[1], total[2]

    def _by_feeder(self, number: int, metered: set[int]) -> tuple[PerPhase, FallbackCause | None]:
        """All of the feeder's other load that no meter shows to be elsewhere may be on this circuit."""
        topology, cause = self.topology, self.causes[number]
        above = next((c for c in topology.chains[number][1:] if self.found[c] is not None), None)
        feeder = None if above is None else self.found[above]
        if above is None or feeder is None:
            circuit = topology.circuits[number]
            # Without any figure the house may fill its fuse: no car is let through.
            return circuit.house_allowance or circuit.rating, cause or FallbackCause.MISSING
        remaining = feeder.others
        if above in topology.roots and self.snapshot.sun is not None:
            # The sun at the main fuse hides load that flows through this circuit all the same.
            remaining = plus(remaining, self.snapshot.sun)
        stack = list(topology.children[above])
        while stack:
            elsewhere = stack.pop()
            load = self.found[elsewhere]
            if elsewhere == number:
                continue
            if elsewhere in metered and load is not None:
                remaining = minus(remaining, load.others)
            else:
                stack.extend(topology.children[elsewhere])
        return higher(remaining, NOTHING), cause or feeder.fallback


def _is_shown(load: Load | None) -> bool:
    return load is not None and load.shown is not None


def _weight(elapsed: float, constant: float) -> float:
    """What the newest value counts for in a moving average with that time constant (s)."""
    return 1 - math.exp(-elapsed / constant) if constant else 1.0


def _smooth(last: PerPhase | None, now: PerPhase, weight: float) -> PerPhase:
    """The moving average, which goes up at once and comes down slowly."""
    if last is None or weight == 1:
        return now
    a, b, c = last
    d, e, f = now
    return (
        d if d >= a else a + (d - a) * weight,
        e if e >= b else b + (e - b) * weight,
        f if f >= c else c + (f - c) * weight,
    )
