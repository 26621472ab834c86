"""What else is on a circuit: its meter minus the cars, as far as the samples let us know.

A car's sample is seldom as old as the meter's. So each car counts with an interval, from the least to the
most that it can have drawn when the meter was read, and the rest of the load is taken to have changed as
little as that allows:

    others = the last known others, moved into [meter - most, meter - least]

With samples of equal age the interval is a point and this is plain subtraction. A rise of the house shows
at once, as cars are not taken to draw more than they last did (unless they were just told that they may). A
fall of the house is believed only once the cars' own samples have said that it was not theirs.
"""

from collections.abc import Sequence
import math

from .cars import USED, Car, may_have_drawn, still_drawn
from .late import widen
from .memory import MeterMemory
from .model import NEVER, PHASES, ChargerStatus, PerPhase
from .obedience import RAMP, SETTLING, told_before
from .per_phase import higher, lower, minus
from .record import record

__all__ = ["estimate_others"]

SAME_INSTANT = 0.05  # s


@record(frozen=True, slots=True)
class Estimate:
    """What flows behind a meter, A on each phase."""

    others: PerPhase
    """Everything that is not one of the cars; may be negative (sun)."""
    exact: bool
    """All cars were sampled with the meter."""
    least: PerPhase
    """What the cars drew at least …"""
    most: PerPhase
    """… and at most when it was sampled, if the meter is not late."""


def estimate_others(
    meter: MeterMemory,
    last: PerPhase | None,
    together: Sequence[float],
    cars: Sequence[Car],
    *,
    is_new: bool = True,
) -> Estimate:
    """What everything behind the meter draws that is neither `together` nor one of `cars`.

    `together` is what those draw that were sampled with the meter (A on each phase). `last` is what was found
    in the cycle before; by this very sample of the meter, where that is not new.
    """
    at, exact = meter.measured_at, not meter.late
    if exact and not cars:
        drawn = _per_phase(together)
        return Estimate(minus(meter.current, drawn), exact, drawn, drawn)
    least, most = list(together), list(together)
    doubtful = [0.0] * PHASES  # A that may have gone since the cars were sampled
    oldest = [at] * PHASES
    for car in cars:
        samples = car.samples
        apart = samples.at - at
        sampled_with = -SAME_INSTANT <= apart <= SAME_INSTANT and (
            apart == 0.0 or not _may_be_moving(car, at)
        )
        if sampled_with and samples.current is not None:
            for phase, amperes in zip(car.lines, samples.current, strict=True):
                least[phase] += amperes
                most[phase] += amperes
            continue
        exact = exact and sampled_with
        if samples.current is None and not may_have_drawn(car, at):
            continue  # nobody charges there
        lowest, highest, sampled_at = _drawn(car, at, is_new)
        for phase, low, high in zip(car.lines, lowest, highest, strict=True):
            least[phase] += low
            most[phase] += high
            if low and sampled_at < at - SAME_INSTANT:
                doubtful[phase] += low
                oldest[phase] = min(oldest[phase], sampled_at)
    for phase in range(PHASES):
        if doubtful[phase]:
            fell = sum(by[phase] for fell_at, by in meter.falls if fell_at > oldest[phase])
            least[phase] -= min(doubtful[phase], fell)
    now_least, now_most = _per_phase(least), _per_phase(most)
    if meter.late:
        widen(meter, least, most, max(map(_every, cars), default=0.0))
    others = minus(meter.current, _per_phase(least))
    if last is not None:
        others = lower(others, higher(minus(meter.current, _per_phase(most)), last))
    return Estimate(others, exact, now_least, now_most)


def _every(car: Car) -> float:
    """s between the last two samples of its charger."""
    samples = car.samples
    return 0.0 if samples.earlier is None else samples.at - samples.earlier_at


def _per_phase(amperes: Sequence[float]) -> PerPhase:
    return amperes[0], amperes[1], amperes[2]


def _may_be_moving(car: Car, at: float) -> bool:
    """It was told something else a moment ago: which of two samples was taken first makes a difference."""
    return car.memory.changed_at > at - car.charger.slow_to_obey - SETTLING


def _drawn(car: Car, at: float, is_new: bool) -> tuple[Sequence[float], Sequence[float], float]:
    """The least and the most on each of the car's conductors at that time, at which it was not sampled; and when it was.

    The least is never below zero, as what a meter at zero shows may be.
    """
    memory, samples = car.memory, car.samples
    sample = samples.current
    if sample is None:
        most = may_have_drawn(car, at)
        lowest = min(car.charger.floor, most) if _charged_before(car) else 0.0
        # Where no limit counts it, it hides no rise of the house either.
        counts = [not car.reading.online or phase in car.phases for phase in car.charger.wiring]
        return [lowest * each for each in counts], [most * each for each in counts], at
    sampled_at = samples.at
    if sampled_at > at + SAME_INSTANT:
        earlier = samples.earlier
        if earlier is None:
            return [0.0] * len(sample), sample, at
        if samples.earlier_at > at + SAME_INSTANT and not is_new:
            # Both samples are of later. What the car drew then was counted when the meter's sample came.
            return [0.0] * len(sample), [math.inf] * len(sample), at
        return (
            [max(0.0, min(a, b)) for a, b in zip(sample, earlier, strict=True)],
            [max(a, b) for a, b in zip(sample, earlier, strict=True)],
            samples.earlier_at,
        )
    if not car.reading.online:
        # Never more than is reserved for it: what it drew when it was last heard may have ended since.
        return [0.0] * len(sample), [car.may_draw] * len(sample), at
    known = told_before(memory, at)
    if known is None and not is_new:
        # All that it is known to have been told is later: it was counted when the meter's sample came.
        return [0.0] * len(sample), [math.inf] * len(sample), at
    since, setpoint = known or (NEVER, memory.before)
    slow = car.charger.slow_to_obey
    told_since = since > sampled_at - slow
    if not told_since and min(sample) >= USED:
        return sample, sample, sampled_at  # it does what it was told long ago
    least: list[float] = []
    most_drawn: list[float] = []
    ramped = RAMP * max(0.0, at - since - slow) if slow else math.inf
    # It may also be on its way to what it was told before.
    told = max(setpoint, still_drawn(car, at))
    for conductor, drawn in enumerate(sample):
        low = high = drawn
        if setpoint < drawn and told_since:
            low = setpoint
            high = max(setpoint, drawn - ramped)
        uses = car.charger.wiring[conductor] in car.phases
        if told > high and uses and (told_since or drawn < USED):
            high = told
        least.append(max(0.0, low))
        most_drawn.append(high)
    return least, most_drawn, sampled_at


def _charged_before(car: Car) -> bool:
    """It was charging when we first heard of it: then it draws its floor, and goes on with that."""
    unspoken_to = car.memory.changed_at == NEVER and car.memory.setpoint > 0
    return unspoken_to and car.reading.online and car.reading.status is ChargerStatus.CHARGING
