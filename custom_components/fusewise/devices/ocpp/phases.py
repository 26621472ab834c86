"""On how many phases the car at a charger charges, for chargers that can be limited in watts only.

Watts are the sum of all phases, and a one-phase car may draw them all on one. So as long as nobody knows the
car, a limit in watts is what one phase may carry: no car draws more than that on any. What the car then shows
decides. A car on three phases cannot begin with a third of its least; where nothing is drawn, the charger
asks for its maximum for a moment (`floor`), which it cannot exceed on any phase whatever its car does.
"""

from collections.abc import Sequence

USED = 1.0  # A: a conductor with less carries standby, not a car
SURELY_CHARGING = 4.0  # A
ABOVE = 1.1  # times its maximum that one conductor cannot carry; the meters' tolerance
ONE_PHASE_TIME = (
    20.0  # s with a one-phase limit until a car that draws nothing may have more phases
)
ALL_PHASES_TIME = 90.0  # s in which all phases are asked for, until the car just wants nothing
AGAIN_AFTER = 1800.0  # s until they are asked for once more; a car with a timer wakes up sometime


class CarPhases:
    """What is known of one car."""

    def __init__(self) -> None:
        self.known: int | None = None
        """How many conductors it uses; None: not known yet."""
        self._before: int | None = None
        self._told_since: float | None = None

    def forget(self) -> None:
        """Another car."""
        self.known = self._before = self._told_since = None

    def learn(self, current: Sequence[float], *, is_sum: bool, maximum: float) -> bool:
        """Take a sample, or a sum that was spread evenly; return whether something else is known now.

        More phases are believed by two samples in a row, fewer at once.
        """
        used = _used_by_sum(current, maximum) if is_sum else _used(current)
        if used is None:
            return False
        believed = used == self._before or (self.known is not None and used < self.known)
        self._before = used
        if not believed or used == self.known or (is_sum and used < (self.known or 0)):
            return False
        self.known = used
        return True

    def told(self, current: float, drawn: float, now: float) -> None:
        """Note a limit that was told in watts, and what the car has drawn last."""
        if self.known is not None or drawn > USED or current <= 0.0:
            self._told_since = None
        elif self._told_since is None or now > self._told_since + AGAIN_AFTER:
            self._told_since = now

    def wants_all(self, now: float) -> bool:
        """Tell whether the car may have more phases than one, and can only show it with all it may have."""
        if self.known is not None or self._told_since is None:
            return False
        return ONE_PHASE_TIME <= now - self._told_since <= ONE_PHASE_TIME + ALL_PHASES_TIME


def _used(current: Sequence[float]) -> int | None:
    if max(current) < SURELY_CHARGING:
        return None
    return sum(amperes > USED for amperes in current)


def _used_by_sum(current: Sequence[float], maximum: float) -> int | None:
    """Return as many as it takes at least to carry the sum; None where one would do."""
    total = sum(current)
    least = next((n for n in range(len(current)) if total <= n * maximum * ABOVE), len(current))
    return least if least > 1 else None
