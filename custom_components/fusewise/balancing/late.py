"""How late a meter shows what cars do: learnt from their moves, so that these do not pass for the house's.

Many meters show what was true some seconds ago, and do not say so. When a car moves, the meter shows the same move
later: of all delays, the one with which the house would have changed the least is taken for the meter's. Chargers
that report seldom tell of a move late themselves, so the longest delay that was found counts, and fades slowly.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter

from .memory import MeterMemory, Trace
from .model import PHASES, PerPhase

__all__ = ["follow", "widen"]

LATEST = 8.0  # s that a meter may be late; one that is later is of no use for this
KEPT = 2 * LATEST + 2.0  # s: moves up to twice as long ago are compared
MOVED = 2.5  # A: smaller moves of cars drown in what a house does
FADES = 0.05  # of the difference, with each move that was shown sooner
MARGIN = 1.0  # s by which samples and stamps may be off besides
TIME = attrgetter("at")


def follow(meter: MeterMemory, drawn: PerPhase, least: PerPhase, most: PerPhase) -> MeterMemory:
    """The meter's memory after a new sample, with what was known of the cars when it came, A on each phase.

    `drawn` is what the newest samples of the cars show together, `least` and `most` what they can have drawn.
    """
    now = meter.measured_at
    begins = now - KEPT
    stale = 0
    for old in meter.trail:
        if old.at >= begins:
            break
        stale += 1
    trace = Trace(now, meter.current, drawn, least, most)
    trail = (*meter.trail[stale:], trace)
    late, seemed = _learn_delay(trail, meter.late, meter.seemed)
    return MeterMemory(
        meter.current,
        now,
        meter.falls,
        meter.still,
        meter.still_since,
        meter.moved_at,
        meter.cars,
        meter.counted,
        meter.unanswered,
        trail,
        late,
        seemed,
        meter.heard,
    )


def widen(meter: MeterMemory, least: list[float], most: list[float], every: float) -> None:
    """Let what cars may have drawn hold for all moments at which a late meter may have measured.

    `every` is how often (s) the slowest of the cars is sampled: by so much its moves are known too late themselves.
    """
    if not meter.late:
        return  # what counts is now
    begins = meter.measured_at - min(LATEST, meter.late + every) - MARGIN
    for trace in reversed(meter.trail):
        for phase in range(PHASES):
            least[phase] = min(least[phase], trace.least[phase])
            most[phase] = max(most[phase], trace.most[phase])
        if trace.at <= begins:
            break


def _learn_delay(trail: Sequence[Trace], late: float, seemed: float) -> tuple[float, float]:
    """s by which the meter is taken to be late, and seems so by the last move, after the newest of its samples."""
    moved = _when_looked_at(trail)
    if moved is None:
        return late, seemed
    did, before = trail[moved].drawn, trail[moved - 1].drawn
    found: float | None = None
    for phase in range(PHASES):
        if abs(did[phase] - before[phase]) < MOVED:
            continue
        delay = _shown_after(trail, moved, phase)
        if delay is not None:
            found = delay if found is None else max(found, delay)
    if found is None:
        return late, seemed
    if found >= late:
        # What only one move shows may have been the house's.
        return max(late, min(found, seemed)), found
    late -= FADES * (late - found)
    return (late if late >= MARGIN / 2 else 0.0), max(found, seemed)


def _when_looked_at(trail: Sequence[Trace]) -> int | None:
    """The number of the sample of `LATEST` ago: what cars did then must have been shown by now."""
    begins = trail[-1].at - LATEST
    moved = bisect_right(trail, begins, key=TIME) - 1
    if moved < 1 or trail[moved + 1].at - trail[moved].at > LATEST / 2:
        return None
    return moved


def _shown_after(trail: Sequence[Trace], moved: int, phase: int) -> float | None:
    """s after which the meter showed what the cars did at sample `moved`; None: nobody can tell."""
    first = moved - 1  # of the moves, each from one sample to the next
    shown = [now.shown[phase] - old.shown[phase] for old, now in pairwise(trail[first:])]
    drawn = [now.drawn[phase] - old.drawn[phase] for old, now in pairwise(trail)]
    move = abs(drawn[first])
    if sum(map(abs, shown)) - sum(map(abs, drawn)) > move / 2:
        return None  # the house was too restless to tell, however late the meter is
    at_once = best = _unexplained(shown, drawn[first:])
    shift = 0
    for later in range(1, min(len(shown) - 1, first) + 1):
        error = _unexplained(shown, drawn[first - later :])
        if error < best - MOVED / 5:
            best, shift = error, later
    if best > move / 2 or (shift and best > at_once - move):
        return None
    return trail[moved + shift].at - trail[moved].at


def _unexplained(shown: Sequence[float], drawn: Sequence[float]) -> float:
    """A by which the house would have gone up and down, had the meter shown these moves of the cars in its own."""
    return sum([abs(meter - cars) for meter, cars in zip(shown, drawn, strict=False)])
