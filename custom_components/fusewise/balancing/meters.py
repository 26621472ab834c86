"""Whether a meter can be believed: silent, stuck and lying ones make their own circuit fall back."""

from collections.abc import Iterable
import math

from .model import PHASES, FallbackCause, MeterMemory, MeterReading, PerPhase

__all__ = ["SILENT_AFTER", "judge", "possible", "silent_after"]

SILENT_AFTER = 10.0  # s
SILENT_INTERVALS = 3.0
TIMES_RATING = 10.0  # a current beyond it is not a current: a fuse would be gone
FALLS_KEPT = 90.0  # s: longer than the slowest charger takes to report (60 s) and to obey
FALL = 0.3  # A: what a house flickers by is not a fall
MOVED = 1.0  # A: a quarter of what a car must move by (`CAR_MOVED`)
CAR_MOVED = 4.0  # A
SAMPLES = 3

type CarMove = tuple[int, float, float, float]
"""(phase, from when, to when, A) that one car behind the meter was seen to move by."""


def silent_after(reading: MeterReading) -> float:
    """s without a sample after which the meter counts as silent."""
    return max(SILENT_AFTER, SILENT_INTERVALS * reading.interval)


def possible(current: PerPhase, rating: PerPhase) -> bool:
    """No NaN, nothing beyond what the fuse could carry for a moment."""
    return len(current) == PHASES and all(
        math.isfinite(a) and abs(a) <= TIMES_RATING * max(rating) for a in current
    )


def judge(
    reading: MeterReading | None,
    memory: MeterMemory | None,
    rating: PerPhase,
    now: float,
    moves: Iterable[CarMove],
) -> tuple[PerPhase | None, FallbackCause | None, MeterMemory | None]:
    """What the meter shows now; or None and why it is not believed. And what to remember of it."""
    if reading is None:
        cause = FallbackCause.STARTING if memory is None else FallbackCause.SILENT
        return None, cause, memory
    if not possible(reading.current, rating) or not math.isfinite(reading.measured_at):
        return None, FallbackCause.IMPOSSIBLE, memory
    if now - reading.measured_at > silent_after(reading):
        return None, FallbackCause.SILENT, memory
    if memory is None or reading.measured_at > memory.measured_at:
        memory = _remember(reading, memory)
    if _stuck(memory, moves):
        return None, FallbackCause.STUCK, memory
    return reading.current, None, memory


def _remember(reading: MeterReading, memory: MeterMemory | None) -> MeterMemory:
    current, at = reading.current, reading.measured_at
    if memory is None:
        return MeterMemory(current=current, measured_at=at, still=current, still_since=(at, at, at))
    fell: list[float] = [
        max(0.0, old - new) for old, new in zip(memory.current, current, strict=True)
    ]
    falls = tuple(fall for fall in memory.falls if fall[0] > at - FALLS_KEPT)
    if max(fell) > FALL:
        falls = (*falls, (at, (fell[0], fell[1], fell[2])))
    still, since, samples = list(memory.still), list(memory.still_since), list(memory.still_samples)
    for phase in range(PHASES):
        if abs(current[phase] - still[phase]) > MOVED:
            still[phase], since[phase], samples[phase] = current[phase], at, 0
        else:
            samples[phase] += 1
    return MeterMemory(
        current=current,
        measured_at=at,
        falls=falls,
        still=(still[0], still[1], still[2]),
        still_since=(since[0], since[1], since[2]),
        still_samples=(samples[0], samples[1], samples[2]),
    )


def _stuck(memory: MeterMemory, moves: Iterable[CarMove]) -> bool:
    """A car has moved, and the phase has stood still since before it did."""
    return any(
        abs(amperes) >= CAR_MOVED
        and memory.still_since[phase] < begun
        and memory.still_samples[phase] >= SAMPLES
        and memory.measured_at > ended
        for phase, begun, ended, amperes in moves
    )
