"""What a fuse went through in a run, and how well its room was used."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..balancing.model import PHASES, PerPhase, Phase
from .plant import Sample
from .room import room_left

_NEGLIGIBLE = 1e-6  # A; sums of floats are not exact


@dataclass(slots=True, kw_only=True)
class PhaseAccount:
    """One conductor's figures."""

    longest_above: float = 0.0
    """s: the longest time without a break above the rating."""
    ampere_seconds_above: float = 0.0
    peak: float = 0.0
    """A."""
    used: float = 0.0
    """A·s that cars took of the room."""
    room: float = 0.0
    """A·s that cars took or could have taken besides (see `room`)."""
    above: float = 0.0
    """s: how long it has been above the rating without a break."""

    @property
    def share_used(self) -> float | None:
        """Mean share of the room that was used, 0–1; None: there never was any."""
        return self.used / self.room if self.room > 0.0 else None

    def carry(self, current: float, rating: float, dt: float) -> None:
        """Let `current` (A) flow for `dt` (s); in either direction, for a fuse does not know which."""
        excess = abs(current) - rating
        self.peak = max(self.peak, abs(current))
        self.above = self.above + dt if excess > _NEGLIGIBLE else 0.0
        self.longest_above = max(self.longest_above, self.above)
        self.ampere_seconds_above += max(0.0, excess) * dt


@dataclass(slots=True, kw_only=True)
class Account:
    """The figures of all conductors."""

    phases: tuple[PhaseAccount, ...]
    used: float = 0.0
    room: float = 0.0

    @property
    def share_used(self) -> float | None:
        """Mean share of the room that was used on all conductors together, 0–1."""
        return self.used / self.room if self.room > 0.0 else None


def account(samples: Iterable[Sample], rating: PerPhase, dt: float) -> Account:
    """Judge `samples` taken every `dt` (s) of a fuse of `rating` (A per phase).

    Room is what the rating leaves beside house and sun, as far as cars could take it; what cars draw beyond
    it is not 'used'. The share is a ratio of ampere-seconds, so moments with much room weigh more.
    """
    result = Account(phases=tuple(PhaseAccount() for _ in range(PHASES)))
    for sample in samples:
        for phase, limit, current in zip(result.phases, rating, sample.fuse, strict=True):
            phase.carry(current, limit, dt)
        _use(result, sample, rating, dt)
    return result


def _use(result: Account, sample: Sample, rating: PerPhase, dt: float) -> None:
    cars = [charger.appetite for charger in sample.chargers]
    drawn = [sum(charger.current[p] for charger in sample.chargers) for p in range(PHASES)]
    free = [max(0.0, rating[p] - sample.house[p] + sample.sun[p]) for p in range(PHASES)]
    left = (free[0] - drawn[0], free[1] - drawn[1], free[2] - drawn[2])
    for p, phase in enumerate(result.phases):
        used = min(drawn[p], free[p])
        phase.used += used * dt
        phase.room += (used + room_left(left, cars, Phase(p))) * dt
        result.used += used * dt
        result.room += used * dt
    result.room += room_left(left, cars) * dt
