"""What the cars behind each circuit are seen to draw, summed up once for the whole tree."""

from collections.abc import Sequence
from dataclasses import dataclass, field
import math

from .cars import Car, is_gone
from .model import NEVER, NOTHING, PHASES, PerPhase
from .per_phase import lower, plus
from .topology import Topology

__all__ = ["Seen", "see_cars"]

NONE_YET: PerPhase = (math.inf, math.inf, math.inf)


@dataclass(slots=True)
class Seen:
    """The cars behind one circuit."""

    amperes: PerPhase = NOTHING
    """A on each phase, by their samples; where they are gone, or were never sampled, nothing."""
    together: PerPhase = NOTHING
    """A of it by the samples of the instant that was asked for."""
    oldest: PerPhase = NONE_YET
    """When the oldest of their samples was taken."""
    counts: tuple[int, int, int] = (0, 0, 0)
    """How many cars these are."""
    apart: list[Car] = field(default_factory=list)
    """All cars that are not counted in `together`."""
    newcomers: bool = False
    """One has not measured twice yet: what it drew before it was known passes for the house's."""
    unheard: bool = False
    """One is out of reach."""
    told_at: float = NEVER
    """When one of them was last told something else."""


def see_cars(topology: Topology, cars: Sequence[Car], instant: float) -> list[Seen]:
    """By circuit; `instant` is when most meters were read: what cars drew just then is only added up."""
    found = [
        _see([cars[which] for which in own], lines, instant)
        for own, lines in zip(topology.own, topology.own_lines, strict=True)
    ]
    for number in reversed(range(len(found))):
        feeder = topology.feeders[number]
        if feeder is not None:
            _pass_on(found[number], found[feeder])
    return found


def _see(cars: Sequence[Car], lines: tuple[int, int, int], instant: float) -> Seen:
    """Those on the circuit itself, whose chargers have so many conductors on each phase."""
    if not cars:
        return Seen()
    together, counts = [0.0] * PHASES, list(lines)
    apart: list[Car] = []
    for car in cars:
        samples, current = car.samples, car.samples.current
        if (
            samples.at == instant
            and current is not None
            and samples.earlier is not None
            and car.plugged
            and car.reading.online
        ):
            for phase, drawn in zip(car.lines, current, strict=True):
                together[phase] += drawn
            continue
        apart.append(car)
        for phase in car.lines:
            counts[phase] -= 1
    one, two, three = [instant if count else math.inf for count in counts]
    amperes = together[0], together[1], together[2]
    seen = Seen(amperes, amperes, (one, two, three), (counts[0], counts[1], counts[2]), apart)
    seen.told_at = max([car.memory.changed_at for car in cars])
    there = [
        car for car in apart if car.plugged or not (car.reading.online and is_gone(car.reading))
    ]
    if there:
        _look_closer(seen, there)
    return seen


def _look_closer(seen: Seen, cars: Sequence[Car]) -> None:
    """Count in those that were not sampled at the instant, or have something about them."""
    amperes, oldest, counts = list(seen.amperes), list(seen.oldest), list(seen.counts)
    for car in cars:
        samples = car.samples
        if not car.reading.online:
            seen.unheard = True
        if car.plugged and samples.earlier is None:
            seen.newcomers = True
        if samples.current is None:
            # What has not been measured yet will look like a move when it is.
            for phase in car.lines:
                oldest[phase] = NEVER
            continue
        for phase, drawn in zip(car.lines, samples.current, strict=True):
            amperes[phase] += drawn
            counts[phase] += 1
            oldest[phase] = min(oldest[phase], samples.at)
    seen.amperes = amperes[0], amperes[1], amperes[2]
    seen.oldest = oldest[0], oldest[1], oldest[2]
    seen.counts = counts[0], counts[1], counts[2]


def _pass_on(seen: Seen, above: Seen) -> None:
    """What is behind a circuit is behind the one that feeds it."""
    above.amperes = plus(above.amperes, seen.amperes)
    above.together = plus(above.together, seen.together)
    above.oldest = lower(above.oldest, seen.oldest)
    (a, b, c), (d, e, f) = above.counts, seen.counts
    above.counts = a + d, b + e, c + f
    above.apart += seen.apart
    above.newcomers = above.newcomers or seen.newcomers
    above.unheard = above.unheard or seen.unheard
    above.told_at = max(above.told_at, seen.told_at)
