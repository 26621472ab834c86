"""What the cars behind each circuit are seen to draw, summed up once for the whole tree."""

from collections.abc import Sequence
from dataclasses import dataclass
import math

from .cars import Car, is_gone
from .meters import Drawn
from .model import NEVER, PHASES
from .topology import Topology

__all__ = ["Seen", "see_cars"]


@dataclass(slots=True)
class Seen:
    """The cars behind one circuit."""

    amperes: list[float]
    """A on each phase, by their samples."""
    oldest: list[float]
    """When the oldest of these samples was taken."""
    counts: list[int]
    """How many cars these are."""
    newcomers: bool = False
    """One has not measured twice yet: what it drew before it was known passes for the house's."""
    told_at: float = NEVER
    """When one of them was last told something else."""

    @property
    def drawn(self) -> list[Drawn]:
        """Of each phase, how much, how old, and of how many."""
        return list(zip(self.amperes, self.oldest, self.counts, strict=True))


def see_cars(topology: Topology, cars: Sequence[Car]) -> list[Seen]:
    """By circuit."""
    found = [Seen([0.0] * PHASES, [math.inf] * PHASES, [0] * PHASES) for _ in topology.circuits]
    for car, circuit in zip(cars, topology.feeds, strict=True):
        seen, samples = found[circuit], car.samples
        seen.told_at = max(seen.told_at, car.memory.changed_at)
        if car.plugged and samples.earlier is None:
            seen.newcomers = True
        if car.reading.online and is_gone(car.reading):
            continue
        oldest = seen.oldest
        if samples.current is None:
            # What has not been measured yet will look like a move when it is.
            for phase in car.lines:
                oldest[phase] = NEVER
            continue
        at, amperes, counts = samples.at, seen.amperes, seen.counts
        for phase, drawn in zip(car.lines, samples.current, strict=True):
            amperes[phase] += drawn
            counts[phase] += 1
            oldest[phase] = min(oldest[phase], at)
    for seen, feeder in zip(reversed(found), reversed(topology.feeders), strict=True):
        if feeder is None:
            continue
        above = found[feeder]
        above.newcomers |= seen.newcomers
        above.told_at = max(above.told_at, seen.told_at)
        for phase in range(PHASES):
            above.amperes[phase] += seen.amperes[phase]
            above.counts[phase] += seen.counts[phase]
            above.oldest[phase] = min(above.oldest[phase], seen.oldest[phase])
    return found
