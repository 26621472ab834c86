"""The clock on the wall, by which people say when; the loop has one of its own, which never jumps."""

from homeassistant.util import dt as dt_util

from .controller import steady_clock

WAS_SET = 5.0  # s by which the wall clock moves against ours, before a moment is another one


class WallClock:
    """The wall clock, and what its moments are on the loop's clock."""

    def __init__(self) -> None:
        """Both agree until somebody has looked."""
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since the epoch."""
        return dt_util.utcnow().timestamp()

    def on_the_loops(self, moment: float) -> float:
        """A moment of the wall clock on the loop's; the same one until the wall clock is set."""
        ahead = steady_clock() - self.now()
        if abs(ahead - self._ahead) > WAS_SET:
            self._ahead = ahead
        return moment + self._ahead
