"""Keeps the loop calm: what a limit demands is sent at once, everything else waits for its time.

A fall that a full row demands goes out exactly and immediately. A fall for the sake of sharing is sent when
it is worth sending, or when somebody waits for what it leaves. A rise waits for its hold, its spacing, its ramp
and its dead band, and for the others to have really left what it takes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import math

from .cars import Car
from .claims import Claim
from .codes import ReasonCode
from .limits import Limits
from .model import NEVER
from .phases import is_switching
from .settings import Settings
from .shares import Allocation
from .sharing import EPSILON
from .steps import ROUNDING, round_down, step_up
from .worth import is_worth_it, left_unused

__all__ = ["Steadied", "steady"]

DEAD_BAND_SHARE = 0.05  # rises under 5 % are not worth a message

UNEVEN_HOLD = 20.0  # s at least where the samples of car and meter are not of equal age


@dataclass(slots=True)
class Steadied:
    """What a charger is told now."""

    current: float
    demanded: bool = False
    """A limit made it fall."""
    waits: ReasonCode | None = None
    """Why it is not at its share yet."""
    until: float | None = None
    unused: float = 0.0
    """A·s of its share that it has left since the last cycle, after a fall that was demanded."""


def steady(
    cars: Sequence[Car],
    claims: Sequence[Claim],
    shares: Allocation,
    limits: Limits,
    settings: Settings,
    now: float,
    since_last: float,
) -> list[Steadied]:
    """The setpoints by charger number."""
    loaded = _loaded(cars, limits)
    left = [amperes - load for amperes, load in zip(limits.capacity, loaded, strict=True)]
    over = {row for row, amperes in enumerate(left) if amperes < -ROUNDING}
    result: list[Steadied] = []
    small: list[Car] = []  # whose fall is not worth a message for its own sake
    for car in cars:
        told, target = car.memory.setpoint, shares.shares.get(car.number, 0.0)
        if not car.reading.online:
            # It cannot be told; once it can, it begins where it was counted.
            result.append(Steadied(min(told, car.reserved)))
        elif is_switching(car.memory):
            result.append(Steadied(0.0, waits=ReasonCode.SWITCHING_PHASES))
        elif target >= told - ROUNDING:
            result.append(Steadied(told))
        elif over and _loads_any(car, over):
            result.append(Steadied(target, demanded=True))
        elif target > 0 and told - target < _dead_band(told, settings):
            result.append(Steadied(told))
            small.append(car)
        else:
            result.append(Steadied(target))
    wanted = _wanted(claims, shares, settings) if small else set()
    for car in small:
        if _loads_any(car, wanted):
            result[car.number].current = shares.shares[car.number]
    _rise(cars, claims, shares, result, limits, loaded, left, settings, now, since_last)
    return result


def _loaded(cars: Sequence[Car], limits: Limits) -> list[float]:
    """A (or W) on each row by what everybody was told; who is out of reach is reserved for."""
    loaded = [0.0] * len(limits.capacity)
    for car in cars:
        told = car.memory.setpoint
        if told and car.reading.online:
            for row, coefficient in car.rows:
                loaded[row] += coefficient * told
    return loaded


def _wanted(claims: Sequence[Claim], shares: Allocation, settings: Settings) -> set[int]:
    """The rows on which somebody is to rise by what is worth a message."""
    wanted: set[int] = set()
    for claim in claims:
        told = claim.car.memory.setpoint
        more = shares.shares.get(claim.car.number, 0.0) - told
        if more > 0 and more >= _dead_band(told, settings):
            wanted.update([row for row, _ in claim.car.rows])
    return wanted


def _loads_any(car: Car, rows: set[int]) -> bool:
    return any(row in rows for row, _ in car.rows)


def _dead_band(told: float, settings: Settings) -> float:
    """A that a change is worth sending for."""
    if settings.dead_band == 0:
        return ROUNDING
    return max(ROUNDING, max(settings.dead_band, DEAD_BAND_SHARE * told) - ROUNDING)


def _rise(
    cars: Sequence[Car],
    claims: Sequence[Claim],
    shares: Allocation,
    result: list[Steadied],
    limits: Limits,
    loaded: Sequence[float],
    left: Sequence[float],
    settings: Settings,
    now: float,
    since_last: float,
) -> None:
    ready: list[Claim] = []
    together: Mapping[int, float] = {}
    for claim in claims:
        steadied = result[claim.car.number]
        told = steadied.current
        more = shares.shares.get(claim.car.number, 0.0) - told
        if more < ROUNDING:
            continue
        # What is not worth sending is not waited for either.
        if more >= _dead_band(told, settings) or (more > ROUNDING and told == 0):
            waits, until = _must_wait(claim, told, limits, settings, now)
            if waits is None and told and _had_to_fall(claim):
                steadied.unused = left_unused(more, since_last)
                unused = claim.car.memory.unused + steadied.unused
                together = together or _together(claims, shares)  # seldom needed
                if not is_worth_it(claim, told, more, unused, together, left, limits, settings):
                    waits = ReasonCode.HOLD
            if waits is None:
                ready.append(claim)
            else:
                steadied.waits, steadied.until = waits, until
    if not ready:
        return
    room = _room(cars, result, limits.rising, loaded)
    ready.sort(key=lambda claim: shares.order.get(claim.car.number, len(cars)))
    for claim in ready:
        steadied, target = result[claim.car.number], shares.shares[claim.car.number]
        _raise(claim, target, steadied, room, settings, now, since_last)
        if steadied.current < target - _dead_band(steadied.current, settings):
            steadied.waits = ReasonCode.RISING


def _must_wait(
    claim: Claim, told: float, limits: Limits, settings: Settings, now: float
) -> tuple[ReasonCode | None, float | None]:
    memory = claim.car.memory
    if is_switching(memory):
        return ReasonCode.SWITCHING_PHASES, None
    hold = settings.hold
    if hold and not all(limits.exact[row] for row, _ in claim.car.rows):
        hold = max(hold, UNEVEN_HOLD)
    if now < memory.fell_at + hold:
        return ReasonCode.HOLD, memory.fell_at + hold
    if told == 0:
        if memory.off_since is not None and now < memory.off_since + settings.minimum_off:
            return ReasonCode.MINIMUM_OFF, memory.off_since + settings.minimum_off
        return None, None
    if now < memory.changed_at + settings.rise_spacing:
        return ReasonCode.RISING, memory.changed_at + settings.rise_spacing
    return None, None


def _had_to_fall(claim: Claim) -> bool:
    """Its last change was a fall that a limit demanded."""
    memory = claim.car.memory
    return NEVER < memory.changed_at <= memory.fell_at


def _together(claims: Sequence[Claim], shares: Allocation) -> dict[int, float]:
    """A (or W) of all shares together on each row."""
    together: dict[int, float] = {}
    for claim in claims:
        share = shares.shares.get(claim.car.number, 0.0)
        for row, coefficient in claim.car.rows:
            together[row] = together.get(row, 0.0) + coefficient * share
    return together


def _room(
    cars: Sequence[Car],
    result: Sequence[Steadied],
    rising: Sequence[float],
    loaded: Sequence[float],
) -> list[float]:
    """What is free for rises: everybody counts with what it may still draw, not with what it was told."""
    room = [amperes - load for amperes, load in zip(rising, loaded, strict=True)]
    for car in cars:
        if car.reading.online:
            counted = max(result[car.number].current, _still_drawn(car))
            more = counted - car.memory.setpoint
            if more:  # seldom: most were told long ago what they are told now
                for row, coefficient in car.rows:
                    room[row] -= coefficient * more
    return room


def _still_drawn(car: Car) -> float:
    """A that a car that is online may still draw for a moment, as was found when it was put together."""
    return car.may_draw - car.reserved if car.charger.slow_to_obey else 0.0


def _raise(
    claim: Claim,
    target: float,
    steadied: Steadied,
    room: list[float],
    settings: Settings,
    now: float,
    since_last: float,
) -> None:
    """Raise one charger as far as its ramp and the room allow, and take that from the room."""
    told = steadied.current
    # What it may still draw from before is taken from the room already.
    counted = max(told, _still_drawn(claim.car))
    free = counted - told + min(room[row] / coefficient for row, coefficient in claim.car.rows)
    if told == 0:
        # 0 → floor in one step: a car cannot draw less.
        if free < claim.floor - EPSILON:
            return
        longest = claim.floor if settings.rise_rate < math.inf else math.inf
    else:
        longest = _longest(claim, told, settings, now, since_last)
    higher = round_down(claim.car.charger, told + min(target - told, longest, max(0.0, free)))
    if higher - told >= _dead_band(told, settings) or told == 0:
        steadied.current = higher
        for row, coefficient in claim.car.rows:
            room[row] -= coefficient * max(0.0, higher - counted)


def _longest(claim: Claim, told: float, settings: Settings, now: float, since_last: float) -> float:
    """A by which a charging car may rise now."""
    if settings.rise_rate == math.inf:
        return math.inf
    apart = settings.rise_spacing
    if since_last == math.inf or claim.car.memory.changed_at == NEVER:
        since_last = 0.0  # what was before a start is no time in which it might have risen
    longest = settings.rise_rate * max(apart, since_last)
    # A charger of few levels waits until its next one is due.
    step = step_up(claim.car.charger, told) - told
    return (
        step
        if longest < step <= settings.rise_rate * (now - claim.car.memory.changed_at)
        else longest
    )
