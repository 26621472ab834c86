"""Whether a meter can be believed: silent, stuck and lying ones make their own circuit fall back."""

from collections.abc import Sequence
from dataclasses import replace
import math

from .codes import FallbackCause
from .memory import UNHEARD, MeterMemory
from .model import NEVER, NOTHING, PHASES, MeterReading, PerPhase
from .per_phase import higher, minus
from .signals import POSSIBLE_AHEAD

__all__ = ["SILENT_AFTER", "SLOW", "judge", "silent_after"]

SILENT_AFTER = 10.0  # s
SILENT_INTERVALS = 3.0
TIMES_RATING = 10.0  # a current beyond it is not a current: a fuse would be gone
FALLS_KEPT = 90.0  # s: longer than the slowest charger takes to report (60 s) and to obey
FALL = 0.3  # A: what a house flickers by is not a fall
STILL = 0.1  # A: a meter that lives flickers by more while cars follow the house
CARS_MOVED = 4.0  # A
SAMPLES = 3
APART = 3.0  # s by which the times of a meter's and a charger's sample of one moment may differ
HELD_AT = 1.5  # A on all phases together: about nothing, as a home battery holds it
HELD_FOR = 600.0  # s: no battery holds it for as long without a flicker
LONGEST_INTERVAL = 3600.0  # s
SLOW = 10.0  # s between samples: what happens in less is cured before a breaker warms

type Drawn = tuple[float, float, int]
"""A that cars behind a meter draw on one phase, by samples none of which is older than the second; of how many."""


def silent_after(reading: MeterReading) -> float:
    """s without a sample after which the meter counts as silent."""
    return max(SILENT_AFTER, SILENT_INTERVALS * reading.interval)


def judge(
    reading: MeterReading | None,
    memory: MeterMemory | None,
    rating: PerPhase,
    now: float,
    drawn: Sequence[Drawn],
    *,
    may_be_held: bool,
) -> tuple[PerPhase | None, FallbackCause | None, MeterMemory | None]:
    """What the meter shows now; or None and why it is not believed. And what to remember of it.

    `may_be_held`: there is a battery or sun behind it, which may keep it at nothing on every phase.
    """
    if reading is None:
        unspoken = memory is None or memory.measured_at == NEVER
        return None, FallbackCause.STARTING if unspoken else FallbackCause.SILENT, memory
    if not _possible(reading, rating, now):
        return None, FallbackCause.IMPOSSIBLE, memory
    if now - reading.measured_at > silent_after(reading):
        return None, FallbackCause.SILENT, memory
    if memory is None or reading.measured_at > memory.measured_at:
        memory = _remember(reading, memory, drawn, may_be_held=may_be_held)
    if _is_stuck(reading, memory):
        return None, FallbackCause.STUCK, memory
    return memory.current, None, memory


def _possible(reading: MeterReading, rating: PerPhase, now: float) -> bool:
    """No NaN, nothing beyond what the fuse could carry for a moment, nothing from tomorrow."""
    return (
        len(reading.current) == PHASES
        and all(abs(a) <= TIMES_RATING * max(rating) for a in reading.current)
        and (reading.rest is None or abs(reading.rest) <= PHASES * TIMES_RATING * max(rating))
        and NEVER < reading.measured_at <= now + POSSIBLE_AHEAD
        and 0 < reading.interval <= LONGEST_INTERVAL
    )


def _is_stuck(reading: MeterReading, memory: MeterMemory) -> bool:
    enough = _enough(reading, memory)
    return any(unanswered >= enough for unanswered in memory.unanswered)


def _enough(reading: MeterReading, memory: MeterMemory) -> int:
    """How many samples that do not follow the cars are enough: one that is late has not had the time before."""
    return SAMPLES + math.ceil(memory.late / reading.interval)


def _remember(
    reading: MeterReading,
    memory: MeterMemory | None,
    drawn: Sequence[Drawn],
    *,
    may_be_held: bool,
) -> MeterMemory:
    current, at = reading.current, reading.measured_at
    if memory is None or at - memory.measured_at > silent_after(reading):
        # What cars did while the meter was away says nothing about it.
        return MeterMemory(
            current=current,
            measured_at=at,
            still=current,
            still_since=(at, at, at),
            late=memory.late if memory is not None else 0.0,
            heard=UNHEARD if memory is None else replace(memory.heard, rest=None, samples=0),
        )
    fell, falls = higher(minus(memory.current, current), NOTHING), memory.falls
    while falls and falls[0][0] <= at - FALLS_KEPT:
        falls = falls[1:]
    if max(fell) > FALL:
        falls = (*falls, (at, fell))
    still, since, moved_at = list(memory.still), list(memory.still_since), list(memory.moved_at)
    cars, unanswered = list(memory.cars), list(memory.unanswered)
    # Nothing on any phase, where nobody is known to hold it there, is what a dead meter shows.
    held = abs(sum(current)) <= HELD_AT and (may_be_held or max(map(abs, current)) > HELD_AT)
    for phase, (amperes, sampled_at, count) in enumerate(drawn):
        if abs(current[phase] - still[phase]) > STILL:
            still[phase], since[phase], cars[phase], unanswered[phase] = current[phase], at, None, 0
            moved_at[phase] = at
            continue
        then = cars[phase]
        if sampled_at == NEVER or count > memory.counted[phase]:
            # Who has only now been heard of may have drawn that all the time.
            cars[phase] = None
        elif then is None:
            # Only what cars do while the meter stands still can show that it is stuck. A charger may show
            # only now what the meter's last move was.
            after = max(since[phase], moved_at[phase] + APART)
            cars[phase] = amperes if sampled_at > after else None
        elif abs(amperes - then) >= CARS_MOVED:
            if not held or at - since[phase] >= HELD_FOR:
                unanswered[phase] += 1
        elif unanswered[phase] < _enough(reading, memory):
            unanswered[phase] = 0
        else:
            unanswered[phase] += 1  # it stays stuck until it moves
    return MeterMemory(
        current,
        at,
        falls,
        (still[0], still[1], still[2]),
        (since[0], since[1], since[2]),
        (moved_at[0], moved_at[1], moved_at[2]),
        (cars[0], cars[1], cars[2]),
        (drawn[0][2], drawn[1][2], drawn[2][2]),
        (unanswered[0], unanswered[1], unanswered[2]),
        memory.trail,
        memory.late,
        memory.seemed,
        memory.heard,
    )
