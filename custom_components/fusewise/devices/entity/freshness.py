"""How old an entity's state is, and how often it comes.

Home Assistant marks every report, also of an unchanged value, with `last_reported`. So an entity that still
says the same is alive, and one that says nothing is not.
"""

from collections import deque
from datetime import datetime
import math

from homeassistant.core import State
from homeassistant.util import dt as dt_util

from ...balancing.model import NEVER
from .. import Clock

__all__ = ["TOGETHER", "UNKNOWN_INTERVAL", "Freshness", "on_clock"]

UNKNOWN_INTERVAL = 10.0  # s that a reading's interval is taken to be until some have come
SLOWEST = 300.0  # s: who reports less often than this is not reckoned to be alive in between
GAPS = 16
ENOUGH = 4
TOGETHER = 0.05  # s: an integration writes one telegram's values one after the other
LATE = 1.5  # intervals
LATE_AFTER = 3.0  # s, at least


def on_clock(clock: Clock, moment: datetime) -> float:
    """When that was, on `clock`; not later than now."""
    return clock() - max(0.0, (dt_util.utcnow() - moment).total_seconds())


class Freshness:
    """When an entity spoke last, and how often it does."""

    def __init__(self, state: State | None, clock: Clock) -> None:
        """Begin with what Home Assistant knows of it already."""
        self._clock = clock
        self._gaps: deque[float] = deque(maxlen=GAPS)
        self.at = NEVER
        """When it was last reported, on `clock`."""
        if state is not None:
            self.at = on_clock(clock, state.last_reported)

    def reported(self) -> None:
        """Note a report."""
        now = self._clock()
        if TOGETHER < now - self.at < math.inf:
            self._gaps.append(now - self.at)
        self.at = now

    @property
    def interval(self) -> float:
        """s between its reports: the longest gap but one of the last few, so that one outage does not count."""
        if len(self._gaps) < ENOUGH:
            return UNKNOWN_INTERVAL
        return min(SLOWEST, sorted(self._gaps)[-2])

    def is_late(self, now: float) -> bool:
        """It should have spoken again by now."""
        return now - self.at > max(LATE_AFTER, LATE * self.interval)
