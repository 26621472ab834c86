"""The currents that a charger can be told: multiples of its step, or its levels."""

import math

from .model import Charger

__all__ = ["ROUNDING", "round_down", "round_up", "step_up"]

ROUNDING = 1e-6  # A: 5.999999 is 6
_EXACT = 1e6  # 3 × 0.1 is 0.3; `round(…, 6)` says the same in five times as long


def round_down(charger: Charger, current: float) -> float:
    """The highest setpoint of the charger that is not above `current`; 0 if there is none."""
    if charger.levels:
        highest = 0.0
        for level in charger.levels:
            if highest < level <= current + ROUNDING:
                highest = level
        return highest
    steps = math.floor((current + ROUNDING) / charger.step)
    return round(steps * charger.step * _EXACT) / _EXACT


def round_up(charger: Charger, current: float) -> float:
    """The lowest setpoint of the charger that is not below `current`; inf if there is none."""
    below = round_down(charger, current)
    return below if below >= current - ROUNDING else step_up(charger, below)


def step_up(charger: Charger, current: float) -> float:
    """The next setpoint above `current`; inf if there is none."""
    if charger.levels:
        lowest = math.inf
        for level in charger.levels:
            if current + ROUNDING < level < lowest:
                lowest = level
        return lowest
    steps = math.floor((current + ROUNDING) / charger.step) + 1
    return round(steps * charger.step * _EXACT) / _EXACT
