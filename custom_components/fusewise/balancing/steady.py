"""Keeps the loop calm: what a limit demands is sent at once, everything else waits for its time.

A fall that a full row demands goes out exactly and immediately. A fall for the sake of sharing is sent when
it is worth sending. A rise waits for its hold, its spacing, its ramp and its dead band, and for the others to
have really left what it takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
import math

from .allocation import Allocation
from .cars import Car
from .claims import Claim
from .model import ReasonCode, Settings
from .sharing import EPSILON, Part, share
from .steps import ROUNDING, round_down

__all__ = ["Steadied", "steady"]

DEAD_BAND_SHARE = 0.05  # rises under 5 % are not worth a message


@dataclass(slots=True)
class Steadied:
    """What a charger is told now."""

    current: float
    demanded: bool = False
    """A limit made it fall."""
    waits: ReasonCode | None = None
    """Why it is not at its share yet."""
    until: float | None = None


def steady(
    cars: Sequence[Car],
    claims: Sequence[Claim],
    shares: Allocation,
    capacity: Sequence[float],
    rising: Sequence[float],
    settings: Settings,
    now: float,
    since_last: float,
) -> list[Steadied]:
    """The setpoints by charger number. `capacity` and `rising` are for all cars together."""
    load: dict[int, float] = {}
    for car in cars:
        told = car.memory.setpoint
        if told and car.reading.online:  # who is out of reach is reserved for
            for row, coefficient in car.rows:
                load[row] = load.get(row, 0.0) + coefficient * told
    over = {row for row, amperes in load.items() if amperes > capacity[row] + ROUNDING}
    result = [_fall(car, shares.shares.get(car.number, 0.0), over, settings) for car in cars]
    _rise(cars, claims, shares, result, rising, settings, now, since_last)
    return result


def _fall(car: Car, target: float, over: set[int], settings: Settings) -> Steadied:
    told = car.memory.setpoint
    if target >= told - ROUNDING or not car.reading.online:
        return Steadied(told)
    if any(row in over for row, _ in car.rows):
        return Steadied(target, demanded=True)
    if target > 0 and told - target < _dead_band(told, settings):
        return Steadied(told)
    return Steadied(target)


def _dead_band(told: float, settings: Settings) -> float:
    return max(settings.dead_band, DEAD_BAND_SHARE * told) - ROUNDING


def _rise(
    cars: Sequence[Car],
    claims: Sequence[Claim],
    shares: Allocation,
    result: list[Steadied],
    rising: Sequence[float],
    settings: Settings,
    now: float,
    since_last: float,
) -> None:
    wishes = {
        claim.car.number: claim
        for claim in claims
        if shares.shares.get(claim.car.number, 0.0) > result[claim.car.number].current + ROUNDING
    }
    ready: list[Claim] = []
    for number, claim in wishes.items():
        told = result[number].current
        waits, until = _must_wait(claim, told, shares.shares[number], settings, now)
        if waits is None:
            ready.append(claim)
        else:
            result[number].waits, result[number].until = waits, until
    if not ready:
        return
    room = _room(cars, ready, result, rising, now)
    ready.sort(key=lambda claim: shares.order.get(claim.car.number, len(cars)))
    parts: list[Part] = []
    growing: list[Claim] = []
    for claim in ready:
        number = claim.car.number
        told = result[number].current
        if told == 0:
            _start(claim, result[number], room)
            continue
        longest = settings.rise_rate * max(settings.rise_spacing, since_last)
        parts.append(Part(0.0, min(shares.shares[number] - told, longest), claim.car.rows))
        growing.append(claim)
    amounts, _ = share([max(0.0, amperes) for amperes in room], parts)
    for claim, amount in zip(growing, amounts, strict=True):
        number = claim.car.number
        told = result[number].current
        higher = round_down(claim.car.charger, told + amount)
        if higher - told >= _dead_band(told, settings) and higher > told:
            result[number].current = higher
        if higher < shares.shares[number] - ROUNDING:
            result[number].waits = ReasonCode.RISING


def _must_wait(
    claim: Claim, told: float, target: float, settings: Settings, now: float
) -> tuple[ReasonCode | None, float | None]:
    memory = claim.car.memory
    if now < memory.fell_at + settings.hold:
        return ReasonCode.HOLD, memory.fell_at + settings.hold
    if told == 0:
        if memory.off_since is not None and now < memory.off_since + settings.minimum_off:
            return ReasonCode.MINIMUM_OFF, memory.off_since + settings.minimum_off
        return None, None
    if now < memory.changed_at + settings.rise_spacing:
        return ReasonCode.RISING, memory.changed_at + settings.rise_spacing
    return None, None


def _room(
    cars: Sequence[Car],
    ready: Sequence[Claim],
    result: list[Steadied],
    rising: Sequence[float],
    now: float,
) -> list[float]:
    """What is free for rises: everybody counts with what it may still draw, not with what it was told."""
    touched = {row for claim in ready for row, _ in claim.car.rows}
    room = [math.inf] * len(rising)
    for row in touched:
        room[row] = rising[row]
    for car in cars:
        if not car.reading.online:
            continue
        counted = max(result[car.number].current, still_drawn(car, now))
        if counted:
            for row, coefficient in car.rows:
                if row in touched:
                    room[row] -= coefficient * counted
    return room


def still_drawn(car: Car, now: float) -> float:
    """A that a car may still draw from earlier setpoints: it needs some seconds to obey."""
    memory = car.memory
    if now < memory.changed_at + car.charger.slow_to_obey:
        return max(memory.setpoint, memory.before)
    return memory.setpoint


def _start(claim: Claim, steadied: Steadied, room: list[float]) -> None:
    """0 → floor in one step: a car cannot draw less."""
    if any(c * claim.floor > room[row] + EPSILON for row, c in claim.car.rows):
        steadied.waits = ReasonCode.RISING
        return
    steadied.current = claim.floor
    for row, coefficient in claim.car.rows:
        room[row] -= coefficient * claim.floor
    steadied.waits = ReasonCode.RISING
