"""What a circuit has been through: how much of a billing window is used, how warm it is, what the house draws."""

import math

from .allowance import forget_house, watch_house
from .heard import LIES
from .loads import Load
from .memory import CircuitMemory
from .meters import SLOW
from .model import Circuit, DemandWindow, PerPhase, Snapshot
from .peaks import span_of
from .per_phase import higher, minus, plus
from .seen import Seen
from .thermal import warm

__all__ = ["advance", "carried"]

DAY = 86_400.0  # s
SUN_KEPT = 15.0  # s: longer than a meter takes to show that the sun is gone


def carried(circuit: Circuit, load: Load, seen: Seen) -> PerPhase:
    """A that the circuit carries: by its meter, or what it is taken to carry without one."""
    if load.shown is not None:
        return load.shown
    if circuit.demand is None and circuit.breaker is None and circuit.transformer is None:
        return load.others  # nothing remembers what it carried
    flowing = list(plus(load.others, seen.together))
    for car in seen.apart:
        drawn = car.samples.current or (car.may_draw,) * len(car.lines)
        for phase, amperes in zip(car.lines, drawn, strict=True):
            flowing[phase] += amperes
    return flowing[0], flowing[1], flowing[2]


def advance(
    circuit: Circuit,
    remembered: CircuitMemory,
    load: Load,
    flowing: PerPhase,
    snapshot: Snapshot,
    elapsed: float,
    voltage: float,
) -> CircuitMemory:
    """The circuit's memory after this cycle; `elapsed` s since the last one, inf after none."""
    window, used = remembered.window, remembered.window_kwh
    if circuit.demand is not None:
        watts = max(0.0, (sum(flowing) - load.doubled) * voltage)
        window, used = _window(circuit.demand, remembered, watts, snapshot.now, elapsed)
    heat, oil = remembered.heat, remembered.oil
    if (circuit.breaker is not None or circuit.transformer is not None) and elapsed < math.inf:
        heat, oil = warm(circuit, remembered, flowing, elapsed)
    others, jump = remembered.others, remembered.jump
    if load.shown is not None:
        reading = snapshot.meters[circuit.meter or ""]
        if reading.interval > SLOW and others is not None:
            jump = _jump(jump, others, load.others, elapsed)
        others = load.others
        remembered = watch_house(remembered, others, snapshot.now)
    elif load.fallback in LIES:
        remembered = forget_house(remembered)  # it was that meter which has shown it
    sun, sun_before, sun_at = _sun(remembered, snapshot)
    return CircuitMemory(
        others,
        load.smoothed,
        load.rest,
        load.peaks,
        span_of(snapshot.now),
        load.rises,
        load.lowest,
        remembered.since,
        remembered.worst,
        remembered.week_began,
        remembered.earlier,
        jump,
        snapshot.temperatures.get(circuit.id, remembered.temperature),
        sun,
        sun_before,
        sun_at,
        window,
        used,
        heat,
        oil,
    )


def _window(
    demand: DemandWindow,
    remembered: CircuitMemory,
    watts: float,
    now: float,
    elapsed: float,
) -> tuple[int, float]:
    """The number of the demand window, and kWh that it has used.

    What flows now is taken to have flown since the last cycle; before the first one, since the window began.
    """
    length = 60 * demand.minutes
    window = int(now // length)
    fresh = min(elapsed, now - window * length)
    used = remembered.window_kwh if window == remembered.window else 0.0
    return window, used + watts * fresh / 3.6e6


def _sun(remembered: CircuitMemory, snapshot: Snapshot) -> tuple[PerPhase, PerPhase, float]:
    """The most of the last seconds, of those before, and since when.

    A meter that is read after the sun still shows what that has left.
    """
    now = snapshot.sun
    if now is None:
        return remembered.sun, remembered.sun_before, remembered.sun_at
    if snapshot.now - remembered.sun_at > SUN_KEPT:
        return now, remembered.sun, snapshot.now
    return higher(now, remembered.sun), remembered.sun_before, remembered.sun_at


def _jump(jump: PerPhase, before: PerPhase, now: PerPhase, elapsed: float) -> PerPhase:
    fades = 0.5 ** (elapsed / DAY)
    return higher((jump[0] * fades, jump[1] * fades, jump[2] * fades), minus(now, before))
