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
    found = [_see([cars[which] for which in own], instant) for own in topology.own]
    for number in reversed(range(len(found))):
        feeder = topology.feeders[number]
        if feeder is not None:
            _pass_on(found[number], found[feeder])
    return found


def _see(cars: Sequence[Car], instant: float) -> Seen:
    """Those on the circuit itself."""
    seen = Seen()
    if not cars:
        return seen
    together, beside = [0.0] * PHASES, [0.0] * PHASES
    oldest, counts = [math.inf] * PHASES, [0] * PHASES
    for car in cars:
        reading, samples = car.reading, car.samples
        seen.told_at = max(seen.told_at, car.memory.changed_at)
        if not reading.online:
            seen.unheard = True
        elif not car.plugged and is_gone(reading):
            seen.apart.append(car)
            continue
        if car.plugged and samples.earlier is None:
            seen.newcomers = True
        if samples.current is None:
            # What has not been measured yet will look like a move when it is.
            for phase in car.lines:
                oldest[phase] = NEVER
            seen.apart.append(car)
            continue
        at, amperes = samples.at, together
        if at != instant:
            amperes = beside
            seen.apart.append(car)
        for phase, drawn in zip(car.lines, samples.current, strict=True):
            amperes[phase] += drawn
            counts[phase] += 1
            oldest[phase] = min(oldest[phase], at)
    seen.amperes = together[0] + beside[0], together[1] + beside[1], together[2] + beside[2]
    seen.together = together[0], together[1], together[2]
    seen.oldest = oldest[0], oldest[1], oldest[2]
    seen.counts = counts[0], counts[1], counts[2]
    return seen


def _pass_on(seen: Seen, above: Seen) -> None:
    """What is behind a circuit is behind the one that feeds it."""
    above.amperes = plus(above.amperes, seen.amperes)
    above.together = plus(above.together, seen.together)
    above.oldest = lower(above.oldest, seen.oldest)
    (a, b, c), (d, e, f) = above.counts, seen.counts
    above.counts = a + d, b + e, c + f
    above.apart += seen.apart
    above.newcomers |= seen.newcomers
    above.unheard |= seen.unheard
    above.told_at = max(above.told_at, seen.told_at)
