"""Whether a meter can be believed: silent, stuck and lying ones make their own circuit fall back."""

from collections.abc import Sequence
from dataclasses import replace
import math

from .codes import FallbackCause
from .heard import accusation, listen
from .memory import UNHEARD, MeterMemory
from .model import NEVER, NOTHING, PHASES, Circuit, MeterReading, PerPhase
from .per_phase import higher, minus
from .seen import Seen
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


def silent_after(reading: MeterReading) -> float:
    """s without a sample after which the meter counts as silent."""
    return max(SILENT_AFTER, SILENT_INTERVALS * reading.interval)


def judge(
    reading: MeterReading | None,
    memory: MeterMemory | None,
    circuit: Circuit,
    now: float,
    cars: Seen,
    *,
    may_be_held: bool,
) -> tuple[PerPhase | None, FallbackCause | None, MeterMemory | None]:
    """What the meter shows now; or None and why it is not believed. And what to remember of it.

    `may_be_held`: there is a battery or sun behind it, which may keep it at nothing on every phase.
    """
    if reading is None:
        unspoken = memory is None or memory.measured_at == NEVER
        return None, FallbackCause.STARTING if unspoken else FallbackCause.SILENT, memory
    if not _possible(reading, max(circuit.rating), now):
        return None, FallbackCause.IMPOSSIBLE, memory
    if now - reading.measured_at > silent_after(reading):
        return None, FallbackCause.SILENT, memory
    if memory is None or reading.measured_at > memory.measured_at:
        memory = _remember(reading, memory, circuit, cars, may_be_held=may_be_held)
    accused = accusation(memory.heard)
    if accused is not None:
        return None, accused, memory
    if max(memory.unanswered) >= _enough(reading, memory):
        return None, FallbackCause.STUCK, memory
    return memory.current, None, memory


def _possible(reading: MeterReading, rating: float, now: float) -> bool:
    """No NaN, nothing beyond what the fuse could carry for a moment, nothing from tomorrow."""
    most = TIMES_RATING * rating
    for amperes in reading.current:
        if not -most <= amperes <= most:
            return False
    return (
        len(reading.current) == PHASES
        and (reading.rest is None or abs(reading.rest) <= PHASES * most)
        and NEVER < reading.measured_at <= now + POSSIBLE_AHEAD
        and 0 < reading.interval <= LONGEST_INTERVAL
    )


def _enough(reading: MeterReading, memory: MeterMemory) -> int:
    """How many samples that do not follow the cars are enough: one that is late has not had the time before."""
    return SAMPLES + math.ceil(memory.late / reading.interval)


def _remember(
    reading: MeterReading,
    memory: MeterMemory | None,
    circuit: Circuit,
    cars: Seen,
    *,
    may_be_held: bool,
) -> MeterMemory:
    current, at = reading.current, reading.measured_at
    heard = UNHEARD if memory is None else memory.heard
    away = memory is None or at - memory.measured_at > silent_after(reading)
    if away:
        heard = replace(heard, rest=None, samples=0)
    if reading.rest is None:
        heard = listen(heard, current, at, cars, circuit)
    if memory is None or away:
        # What cars did while the meter was away says nothing about it.
        return MeterMemory(
            current=current,
            measured_at=at,
            still=current,
            still_since=(at, at, at),
            late=memory.late if memory is not None else 0.0,
            heard=heard,
        )
    falls = memory.falls
    while falls and falls[0][0] <= at - FALLS_KEPT:
        falls = falls[1:]
    fell = minus(memory.current, current)
    if max(fell) > FALL:
        falls = (*falls, (at, higher(fell, NOTHING)))
    still, since, moved_at, then, unanswered = _stillness(
        reading, memory, cars, may_be_held=may_be_held
    )
    return MeterMemory(
        current,
        at,
        falls,
        (still[0], still[1], still[2]),
        (since[0], since[1], since[2]),
        (moved_at[0], moved_at[1], moved_at[2]),
        (then[0], then[1], then[2]),
        cars.counts,
        (unanswered[0], unanswered[1], unanswered[2]),
        memory.trail,
        memory.late,
        memory.seemed,
        heard,
    )


def _stillness(
    reading: MeterReading, memory: MeterMemory, cars: Seen, *, may_be_held: bool
) -> tuple[
    Sequence[float], Sequence[float], Sequence[float], Sequence[float | None], Sequence[int]
]:
    """Of each phase: around what it stands still, since when, when it moved before; what cars did meanwhile."""
    current, at = reading.current, reading.measured_at
    a, b, c = minus(current, memory.still)
    if abs(a) > STILL and abs(b) > STILL and abs(c) > STILL:
        return current, (at, at, at), (at, at, at), (None, None, None), (0, 0, 0)
    still, since, moved_at = list(memory.still), list(memory.still_since), list(memory.moved_at)
    then, unanswered = list(memory.cars), list(memory.unanswered)
    # Nothing on any phase, where nobody is known to hold it there, is what a dead meter shows.
    held = abs(sum(current)) <= HELD_AT and (may_be_held or max(map(abs, current)) > HELD_AT)
    for phase, drawn in enumerate(cars.amperes):
        if abs(current[phase] - still[phase]) > STILL:
            still[phase], since[phase], then[phase], unanswered[phase] = current[phase], at, None, 0
            moved_at[phase] = at
            continue
        before, sampled_at = then[phase], cars.oldest[phase]
        if sampled_at == NEVER or cars.counts[phase] > memory.counted[phase]:
            # Who has only now been heard of may have drawn that all the time.
            then[phase] = None
        elif before is None:
            # Only what cars do while the meter stands still can show that it is stuck. A charger may show
            # only now what the meter's last move was.
            after = max(since[phase], moved_at[phase] + APART)
            then[phase] = drawn if sampled_at > after else None
        elif abs(drawn - before) >= CARS_MOVED:
            if not held or at - since[phase] >= HELD_FOR:
                unanswered[phase] += 1
        elif unanswered[phase] < _enough(reading, memory):
            unanswered[phase] = 0
        else:
            unanswered[phase] += 1  # it stays stuck until it moves
    return still, since, moved_at, then, unanswered
