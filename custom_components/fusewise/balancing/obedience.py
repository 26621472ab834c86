"""Whether a charger does what it is told, and what it counts with where it does not, or cannot be told."""

from dataclasses import replace
import math

from .memory import ChargerMemory, Samples
from .model import NEVER, PLUGGED, Charger, ChargerReading

__all__ = [
    "RAMP",
    "SETTLING",
    "disobeys_with",
    "in_reach",
    "left_to_itself",
    "let_draw",
    "since_told",
    "told_before",
    "told_lately",
    "unheard",
]

DISOBEYS = 1.0  # A beyond the setpoint, or …
DISOBEYS_SHARE = 0.1  # … this share of it: less is the tolerance of pilot and meter
SETTLING = (
    7.0  # s beyond `slow_to_obey` (ramp, meter lag), before a sample tells what a car makes of it
)
RAMP = 2.0  # A/s at which a car falls at least, once it has begun to


def in_reach(
    charger: Charger,
    reading: ChargerReading,
    memory: ChargerMemory,
    samples: Samples,
    now: float,
) -> tuple[float, float]:
    """A beyond its setpoint that a charger counts with although it can be told, and the most that it may draw."""
    words, sample, limit = memory.told, samples.current, reading.limit
    since, told = words[-1] if words else (memory.changed_at, memory.setpoint)
    if since <= now - charger.slow_to_obey < now:
        most = told + DISOBEYS
        if (limit is None or limit <= most) and (sample is None or max(sample) <= most):
            return 0.0, told  # as nearly always: it was told long ago, and obeys
    reserved = _disobeyed(charger, reading, memory, samples, now)
    return reserved, since_told(charger, memory, now) + reserved


def _disobeyed(
    charger: Charger,
    reading: ChargerReading,
    memory: ChargerMemory,
    samples: Samples,
    now: float,
) -> float:
    """A beyond its setpoint: that it draws, or says it lets through, though it was told long enough ago."""
    let_through = 0.0
    if samples.current is not None:
        drawn = max(samples.current)
        # Who has disobeyed counts with what it draws, whatever it is told meanwhile, until it was seen to obey.
        if memory.disobeys or drawn > _tolerated(_told_at_most(charger, memory, samples.at)):
            let_through = drawn
    if (
        reading.limit is not None
        and reading.status in PLUGGED
        and memory.changed_at != NEVER
        and (reading.limit_until is None or now < reading.limit_until)
        and reading.limit > _tolerated(_told_at_most(charger, memory, now))
    ):
        let_through = max(let_through, min(reading.limit, charger.maximum))
    if not let_through:
        return 0.0
    told = (told_before(memory, now) or (NEVER, memory.before))[1]
    return let_through - told if let_through > _tolerated(told) else 0.0


def disobeys_with(
    charger: Charger, drawn: float, memory: ChargerMemory, measured_at: float
) -> float | None:
    """A that the car draws, or drew, although it was told less; None once it has followed something lower."""
    since, last = memory.told[-1] if memory.told else (memory.changed_at, memory.setpoint)
    if memory.disobeys is None and since < measured_at and drawn <= last + DISOBEYS:
        return None  # as nearly always
    told = _tolerated(_told_at_most(charger, memory, measured_at))
    if drawn > told:
        return drawn
    if memory.disobeys is not None and told < memory.disobeys:
        return None
    return memory.disobeys


def _tolerated(told: float) -> float:
    return told + max(DISOBEYS, DISOBEYS_SHARE * told)


def since_told(charger: Charger, memory: ChargerMemory, at: float) -> float:
    """A that its car may draw at that time by what its charger was told: it needs some seconds to follow."""
    since, last = memory.told[-1] if memory.told else (memory.changed_at, memory.setpoint)
    if since <= at - charger.slow_to_obey < at:
        return last  # as nearly always: it was told long ago
    told = _told_within(memory, at - charger.slow_to_obey, at)
    # Longer ago than is remembered, it was before we first told it something.
    return max(memory.setpoint, memory.before) if told is None else told


def _told_at_most(charger: Charger, memory: ChargerMemory, at: float) -> float:
    """The most (A) that it was told in the time before `at` in which it may not have followed; inf: not known."""
    told = _told_within(memory, at - charger.slow_to_obey - SETTLING, at)
    return math.inf if told is None else told


def _told_within(memory: ChargerMemory, begins: float, at: float) -> float | None:
    """The most (A) that it was told before `at`, and not replaced before `begins`; None: that is not known any more.

    What it was told at that very moment, or later, says nothing about what its car drew then.
    """
    most = 0.0
    for since, amperes in reversed(memory.told or ((memory.changed_at, memory.setpoint),)):
        if since >= at:
            continue
        most = max(most, amperes)
        if since <= begins:
            return most
    return None


def told_lately(
    charger: Charger, memory: ChargerMemory, current: float, now: float
) -> tuple[tuple[float, float], ...]:
    """What it was told in the time that it has to follow, and is told now."""
    told = memory.told
    if not told and memory.changed_at != NEVER:
        told = ((memory.changed_at, memory.setpoint),)
    begins = now - charger.slow_to_obey - SETTLING
    while len(told) > 1 and told[1][0] <= begins:
        told = told[1:]
    return (*told, (now, current))


def left_to_itself(memory: ChargerMemory, may_draw: float, now: float) -> ChargerMemory:
    """Its memory while it is out of reach: what it may draw meanwhile is in the place of what it was told."""
    if memory.changed_at == NEVER or may_draw == let_draw(memory):
        return memory
    return replace(memory, told=((now, may_draw),))


def let_draw(memory: ChargerMemory) -> float:
    """A that it was told last; that it might draw by itself, if it was out of reach until now."""
    return memory.told[-1][1] if memory.told else memory.setpoint


def told_before(memory: ChargerMemory, at: float) -> tuple[float, float] | None:
    """Since when, and what (A), it was told when that moment came; None: not known any more.

    What it was told at that very moment, or later, says nothing about what its car drew then.
    """
    for since, amperes in reversed(memory.told or ((memory.changed_at, memory.setpoint),)):
        if since < at:
            return since, amperes
    return None


def unheard(
    charger: Charger, reading: ChargerReading, memory: ChargerMemory, now: float
) -> tuple[float, float]:
    """A that a charger counts with while it cannot be told anything, and the most that it may draw.

    What it was told last until that ends by itself, then its fall-back; its maximum where the fall-back was
    never seen to work. Where nobody knows when it ends, the most of these. A setpoint that has just ended
    takes its time, like one that was told.
    """
    after = charger.fallback if charger.fallback_proved else charger.maximum
    live = min(charger.maximum, max(memory.setpoint, reading.limit or 0.0))
    if reading.limit_until is None:
        most = max(after, live)
        return most, most
    if now < reading.limit_until:
        return live, live
    falls_for = now - reading.limit_until - charger.slow_to_obey
    if charger.slow_to_obey == 0.0 or falls_for > (live - after) / RAMP:
        return after, after
    return after, max(after, live)
