"""Whether a car that had to give way may rise again, although the house may come back.

Loads come and go at times that nobody knows, so waiting teaches nothing: what decides is what a rise wins, and
what the next fall costs, an overshoot and one more swing of the setpoint. So a car rises by what is worth a swing,
from where it may stay when the other loads come back to their peak of the last minutes. From higher up it waits
until it has left enough unused, as one who rents skis buys them when the rent has reached their price; and where
the house has seldom risen in these minutes, the next fall is far, so little is enough.
"""

from collections.abc import Iterator, Mapping, Sequence
import math

from .claims import Claim
from .limits import Limits
from .loads import Load
from .model import PHASES
from .peaks import RISE
from .settings import Settings

__all__ = ["is_worth_it", "left_unused"]

ROOM = 2.5  # dead bands of room that are worth a swing
PRICE = 240.0  # A·s left unused that are worth it in any case, for each time that the house has risen, …
PRICES = 2  # … so often at most
QUICK = 4  # rises within three minutes: a load that comes and goes more quickly than peaks can tell
LONGEST_WAIT = 140.0  # s after which any room is taken that is worth a message
ROUNDING = 0.25  # A by which samples and steps may differ from the peak
LONGEST_LOOK = 10.0  # s: what was there in a longer gap between two cycles is not known


def left_unused(more: float, since_last: float) -> float:
    """A·s that a car leaves of its share; a little counts as enough not to wait too long for it."""
    return max(more, PRICE * PRICES / LONGEST_WAIT) * min(since_last, LONGEST_LOOK)


def is_worth_it(
    claim: Claim,
    current: float,
    more: float,
    unused: float,
    together: Mapping[int, float],
    left: Sequence[float],
    limits: Limits,
    settings: Settings,
) -> bool:
    """Whether a car at `current` (A) may take `more`, after it has left `unused` A·s since it fell.

    By row, `together` is what all shares take, and `left` what there is room for now; each car's part of that is as
    its share.
    """
    if unused >= PRICE * PRICES:
        return True
    for row, coefficient in claim.car.rows:
        least = coefficient * ROOM * settings.dead_band
        if not least:
            continue
        part = coefficient * (current + more) / together[row]
        room = max(left[row], coefficient * more / part)
        needed = least
        for load, phases, unit in _others(limits, row):
            needed = max(least, unit * sum(_swing(load, phase) for phase in phases))
        if room < needed - ROUNDING and unused < _price(limits, row):
            return False
    return True


def _price(limits: Limits, row: int) -> float:
    """A·s that a car leaves unused on a row rather than swing once more."""
    prices = 0
    for load, phases, _ in _others(limits, row):
        prices = max(_prices(load, phase) for phase in phases)
    return PRICE * prices


def _others(limits: Limits, row: int) -> Iterator[tuple[Load, Sequence[int], float]]:
    """The other loads on the row, its phases, and what an ampere is in its unit; nothing for a row without loads."""
    amperes = PHASES * len(limits.loads)
    if row < amperes:
        yield limits.loads[row // PHASES], (row % PHASES,), 1.0
    elif row < amperes + len(limits.loads):
        yield limits.loads[row - amperes], range(PHASES), limits.voltage


def _swing(load: Load, phase: int) -> float:
    """A by which the load was higher in the last minutes than it is now."""
    now = load.others[phase]
    return max((peak[phase] - now for peak in load.peaks), default=0.0)


def _prices(load: Load, phase: int) -> int:
    """How often the load's peaks have risen, from the least that they had come back to; `PRICES` at most."""
    if sum(rises[phase] for rises in load.rises) >= QUICK:
        return PRICES
    prices, lowest = 0, math.inf
    for peak in reversed(load.peaks):
        if peak[phase] > lowest + RISE:
            prices += 1
            lowest = peak[phase]
        lowest = min(lowest, peak[phase])
    return min(prices, PRICES)
