"""A meter as the controller sees it: samples that come late, are noisy, get lost, come twice, or lie."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
import random

from ..balancing.model import MeterReading, PerPhase

__all__ = ["Meter", "MeterModel"]

_MOMENT = 1e-6  # s; sums of 0.1 are not exact


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterModel:
    """How a kind of meter measures. Times are seconds."""

    interval: float = 1.0
    lag: float = 0.0
    """It shows what was true so long ago, and does not say so."""
    noise: float = 0.0
    """A (standard deviation)."""
    jitter: float = 0.0
    """By up to so much a sample comes later than the others."""
    loses: float = 0.0
    """Share of samples that never arrive, 0-1."""
    doubles: float = 0.0
    """Share of samples that repeat the one before as if they were new, 0-1."""


class Meter:
    """A meter and the line to it. Faults are attributes that a scenario sets."""

    def __init__(self, model: MeterModel, rng: random.Random) -> None:
        self.works = True
        """False: it is dead, or its line is cut."""
        self.frozen = False
        """It goes on sending its last sample as if it were new."""
        self.lies: Callable[[PerPhase], PerPhase] | None = None
        """What it makes of what is true."""
        self.reading: MeterReading | None = None
        self._model = model
        self._rng = rng
        self._next = rng.uniform(0.0, model.interval)
        self._past: deque[tuple[float, PerPhase]] = deque()
        self._shown: PerPhase | None = None
        self._fresh: PerPhase | None = None
        self._on_the_way: deque[tuple[float, PerPhase]] = deque()

    def restart(self) -> None:
        """Another controller takes over, which has not heard it yet."""
        self.reading = None
        self._on_the_way.clear()

    def measure(self, now: float, current: PerPhase) -> None:
        """Let it see what flows `now` by the right clock (A per phase)."""
        model, rng = self._model, self._rng
        if model.lag:
            self._past.append((now, current))
            while len(self._past) > 1 and self._past[1][0] <= now - model.lag + _MOMENT:
                self._past.popleft()
            current = self._past[0][1]
        if now < self._next:
            return
        self._next += model.interval * (1 + (now - self._next) // model.interval)
        repeats = self.frozen or (model.doubles > 0.0 and rng.random() < model.doubles)
        if self._shown is None or not repeats:
            self._shown = self._show(current)
        if self.works and not (model.loses and rng.random() < model.loses):
            self._fresh = self._shown

    def step(self, now: float) -> bool:
        """Carry what is on the way at `now`, on the controller's clock; True: a new sample came."""
        if self._fresh is not None:
            jitter = self._model.jitter
            late = self._rng.uniform(0.0, jitter) if jitter else 0.0
            self._on_the_way.append((now + late, self._fresh))
            self._fresh = None
        came = False
        while self._on_the_way and self._on_the_way[0][0] <= now:
            _, current = self._on_the_way.popleft()
            interval = self._model.interval
            self.reading = MeterReading(current=current, measured_at=now, interval=interval)
            came = True
        return came

    def _show(self, current: PerPhase) -> PerPhase:
        if self._model.noise:
            one, two, three = (a + self._rng.gauss(0.0, self._model.noise) for a in current)
            current = one, two, three
        return self.lies(current) if self.lies is not None else current
