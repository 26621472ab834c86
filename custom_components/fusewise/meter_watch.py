"""Watches a meter for what no single sample shows: too little for the cars, no export, a phase that is dead."""

from dataclasses import dataclass, field

from .balancing.model import NOTHING, PerPhase, Phase

__all__ = ["MeterWatch", "Seen"]

LESS_FOR = 300.0  # s: a slow charger's sample may be a minute old
LESS_BY, LESS_SHARE = 2.0, 0.2  # A, or of what the cars draw: two meters never agree
SUN_UP = 6.0  # A on one phase: more than most houses draw at noon
EXPORTS = -0.3  # A
SUN_FOR = 4 * 3600.0  # s of such sun, on as many days as that takes
STILL, MOVES = 0.1, 2.0  # A
STILL_FOR = 12 * 3600.0  # s
LONGEST_STEP = 60.0  # s that count between two looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What cannot be right, on which phase."""

    key: str
    phase: Phase
    cars: float = 0.0
    load: float = 0.0


@dataclass(slots=True)
class _PhaseSeen:
    """What was seen of one phase."""

    less_since: float | None = None
    sun_for: float = 0.0
    exported: bool = False
    least: float = field(default=0.0)
    most: float = field(default=0.0)
    still_since: float | None = None
    driven: bool = False
    """A car has drawn on it."""

    @property
    def moved(self) -> float:
        return self.most - self.least


class MeterWatch:
    """The watch over one meter; after a restart it begins anew."""

    def __init__(self, *, is_main: bool = True) -> None:
        """Nothing was seen. `is_main`: all of a house is behind it, with its sun."""
        self._is_main = is_main
        self._phases = [_PhaseSeen() for _ in Phase]
        self._looked_at: float | None = None

    def note(
        self,
        now: float,
        load: PerPhase,
        cars: PerPhase | None,
        rating: PerPhase,
        sun: PerPhase | None,
        battery: float,
    ) -> list[Seen]:
        """What cannot be right by now. `cars` None: not all are measured; `battery`: A that it may feed in."""
        elapsed = 0.0 if self._looked_at is None else min(now - self._looked_at, LONGEST_STEP)
        self._looked_at = now
        found: list[Seen] = []
        existing = [phase for phase in Phase if rating[phase] > 0]
        for phase in existing:
            seen, shown = self._phases[phase], load[phase]
            fed = (sun or NOTHING)[phase] + battery
            drawn = 0.0 if cars is None else cars[phase]
            seen.driven = seen.driven or drawn >= MOVES
            if self._is_less(seen, now, shown + fed, drawn):
                found.append(Seen(key="meter_below_cars", phase=phase, cars=drawn, load=shown))
            # Nobody knows whether the sun feeds into a sub-panel.
            if self._is_main and self._never_exports(seen, elapsed, shown, fed, drawn):
                found.append(Seen(key="meter_never_exports", phase=phase))
            self._follow(seen, now, shown)
        moving = any(self._phases[phase].moved >= MOVES for phase in existing)
        found += [
            Seen(key="meter_phase_still", phase=phase)
            for phase in existing
            if moving and self._is_still(self._phases[phase], now)
        ]
        return found

    def _is_less(self, seen: _PhaseSeen, now: float, flows: float, cars: float) -> bool:
        if cars - flows <= max(LESS_BY, LESS_SHARE * cars):
            seen.less_since = None
            return False
        if seen.less_since is None:
            seen.less_since = now
        return now - seen.less_since >= LESS_FOR

    def _never_exports(
        self, seen: _PhaseSeen, elapsed: float, shown: float, fed: float, cars: float
    ) -> bool:
        seen.exported = seen.exported or shown < EXPORTS
        if fed - cars >= SUN_UP:
            seen.sun_for += elapsed
        return seen.sun_for >= SUN_FOR and not seen.exported

    def _follow(self, seen: _PhaseSeen, now: float, shown: float) -> None:
        if seen.still_since is None:
            seen.least = seen.most = shown
            seen.still_since = now
        seen.least, seen.most = min(seen.least, shown), max(seen.most, shown)

    def _is_still(self, seen: _PhaseSeen, now: float) -> bool:
        since = seen.still_since
        if not (self._is_main or seen.driven):
            return False  # a sub-panel may have nothing on a phase
        return seen.moved <= STILL and since is not None and now - since >= STILL_FOR
