"""How a current follows what it is told: nothing for a dead time, then with a slope."""

from collections import deque

_MOMENT = 1e-9  # s; sums of 0.1 are not exact


class Response:
    """A current that follows its target after `dead_time` (s) by at most `slope` (A/s).

    Every target is honoured after its own dead time: a pure delay, then a rate limit. This is the car of
    the usual charging-control plant, and close to what cars do (IEC 61851-1 gives a car 5 s to follow a
    change of its pilot's duty cycle).
    """

    def __init__(self, *, dead_time: float, slope: float, current: float = 0.0) -> None:
        self.current = current
        self._dead_time = dead_time
        self._slope = slope
        self._time = 0.0
        self._target = current
        self._told: deque[tuple[float, float]] = deque()

    def step(self, target: float, dt: float) -> float:
        """Tell it `target` (A), let `dt` (s) pass, return what flows (A)."""
        if target != (self._told[-1][1] if self._told else self._target):
            self._told.append((self._time, target))
        self._time += dt
        while self._told and self._told[0][0] <= self._time - self._dead_time + _MOMENT:
            self._target = self._told.popleft()[1]
        reach = self._slope * dt
        self.current += max(-reach, min(reach, self._target - self.current))
        return self.current

    def stop(self) -> None:
        """Open the circuit: nothing flows, and what was told before is forgotten."""
        self.current = self._target = 0.0
        self._told.clear()
