"""A charger's own clock, as far as its timestamps show it: many are off, some by years."""

from collections import deque
from datetime import UTC, datetime

# Samples that are remembered. At one in 5 s a clock that was set is followed within 40 s.
REMEMBERED = 8

# Seconds: stamps in whole seconds and a slow line make one of jitter.
MOVED = 2.0

# Seconds since the epoch in 32 bits: what no charger's clock shows, however wrong it is.
LATEST = 2.0**32

# Seconds that a message may have waited for its line. What seems older has a stamp that means nothing, such as
# the first one of a clock that stands in 1970.
OLDEST = 366 * 86400.0


class ChargerClock:
    """Estimates how far a charger's clock is ahead of ours.

    A stamp reaches us late, never early (a message may have waited for the line for hours), so the largest
    `stamp - arrival` is the nearest to the truth; of three and more the second largest, so that one stamp
    out of order changes nothing. What the charger was told when it booted counts as one of them.
    """

    def __init__(self) -> None:
        self._samples: deque[float] = deque([0.0], maxlen=REMEMBERED)

    @property
    def ahead(self) -> float:
        """Seconds; negative where the charger's clock is behind."""
        return sorted(self._samples)[-2 if len(self._samples) > 2 else -1]

    def told(self, time: float, now: float) -> None:
        """Note that the charger was told the time; nearly all set their clock by it."""
        self._samples.clear()
        self._samples.append(time - now)

    def observe(self, stamp: float, now: float) -> bool:
        """Learn from a stamp that arrived now; return True where that shows another time than was thought."""
        before = self.ahead
        self._samples.append(stamp - now)
        return abs(self.ahead - before) > MOVED

    def ours(self, stamp: float, now: float) -> float:
        """Return when on our clock that was: not in the future, whole seconds taken as late as they may be."""
        resolution = 1.0 if stamp == int(stamp) else 0.0
        ours = min(now, stamp - self.ahead + resolution)
        return ours if ours > now - OLDEST else now


def parse(text: object) -> float | None:
    """Return a timestamp in seconds since the epoch; None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        # A charger that leaves the zone out means UTC, as the standard does.
        time = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except ValueError, OverflowError:
        return None
    return time if 0.0 <= time < LATEST else None


def written(time: float) -> str:
    """Return a time as every charger reads it: UTC in whole seconds (rounded down)."""
    return datetime.fromtimestamp(int(time), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
