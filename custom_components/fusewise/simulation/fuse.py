"""What a fuse goes through, conductor by conductor, while it happens."""

from dataclasses import dataclass, field
import math

from ..balancing.model import PHASES, PerPhase

__all__ = ["BEARS", "Fuse"]

BEARS = 1.13  # × the rating: no breaker trips at it within an hour (IEC 60898-1); a gG fuse bears 1.25 × it
TELLS = 0.02  # of the rating: less than that above it, no meter of class 2 can tell


@dataclass(slots=True, kw_only=True)
class Fuse:
    """One circuit's fuse and what it has carried. The worst conductor counts."""

    rating: PerPhase
    peak: float = 0.0
    """A, in either direction: a fuse does not know which."""
    furthest_above: float = 0.0
    """A above the rating."""
    seconds_above: float = 0.0
    """s above the rating (by 2 % or more), in all."""
    longest_above: float = 0.0
    """s above the rating, without a break."""
    seconds_beyond: float = 0.0
    """s above what every breaker bears for an hour (1.13 × the rating)."""
    ampere_seconds: float = 0.0
    """A·s above the rating, in all that time."""
    last_above: float = -math.inf
    """When it was above the rating last."""
    _above: list[float] = field(default_factory=lambda: [0.0] * PHASES)
    _beyond: list[float] = field(default_factory=lambda: [0.0] * PHASES)
    _excess: list[float] = field(default_factory=lambda: [0.0] * PHASES)
    _streak: list[float] = field(default_factory=lambda: [0.0] * PHASES)

    def carry(self, now: float, current: PerPhase, dt: float) -> None:
        """Let `current` (A per phase) flow for `dt` (s), up to `now`."""
        for phase, rating in enumerate(self.rating):
            amperes = abs(current[phase])
            self.peak = max(self.peak, amperes)
            self.furthest_above = max(self.furthest_above, amperes - rating)
            if amperes <= rating * (1 + TELLS):
                self._streak[phase] = 0.0
                continue
            self.last_above = now
            self._above[phase] += dt
            self._streak[phase] += dt
            self._excess[phase] += (amperes - rating) * dt
            self.seconds_above = max(self.seconds_above, self._above[phase])
            self.longest_above = max(self.longest_above, self._streak[phase])
            self.ampere_seconds = max(self.ampere_seconds, self._excess[phase])
            if amperes > rating * BEARS:
                self._beyond[phase] += dt
                self.seconds_beyond = max(self.seconds_beyond, self._beyond[phase])
