"""A car: what it draws from the pilot that its charger shows it, and how its battery fills.

Sources:
- Pilot: IEC 61851-1, Annex A. A duty cycle below that of 6 A offers nothing; a car follows a change within
  5 s and stops drawing within 3 s after the pilot's oscillator is switched off.
- Battery: two stages as in ACN-Sim (Lee et al., arXiv:2012.02636): up to a transition the car takes what it
  is offered; above it the power that it accepts falls linearly and would reach nothing at 100 %.
"""

from dataclasses import dataclass
from enum import StrEnum

from .response import Response

PILOT_MINIMUM = 6.0  # A
_END_OF_CHARGE = (
    0.05  # of the full acceptance: a car ends its session rather than trickle for hours
)
_MOMENT = 1e-9  # s; sums of 0.1 are not exact


class CarState(StrEnum):
    """What a plugged-in car wants."""

    WAITING = "waiting"
    """Plugged in, and not yet willing: its own timer, or still asleep (IEC state B)."""
    READY = "ready"
    """Takes what it is offered (IEC state C once it is offered something)."""
    FULL = "full"
    UPSET = "upset"
    """Its phases changed when it did not expect that: it takes nothing until it is plugged in again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarModel:
    """What a kind of car can do."""

    name: str
    phases: int
    """Phases of its on-board charger."""
    maximum: float
    """A per phase."""
    battery_kwh: float
    efficiency: float = 0.9
    """From the plug into the battery."""
    dead_time: float = 4.0
    """s between a change of the pilot and the first change of the current."""
    slope: float = 4.0
    """A/s."""
    stop_time: float = 3.0
    """s between the end of the pilot and no current at all."""
    wake: float = 0.0
    """s that it needs, beyond the dead time, to begin again after a pause."""
    switch_rest: float = 0.0
    """s without a pilot that it needs before its phases change; some refuse to charge on after less."""
    taper_from: float = 0.95
    """State of charge (0–1) from which it accepts less: late, for AC charging is slow for a battery."""


class Car:
    """One car that is plugged in."""

    def __init__(self, model: CarModel, *, soc: float = 0.5, starts_after: float = 0.0) -> None:
        """`soc` is 0–1; `starts_after` (s) is its own timer: it takes nothing before."""
        self.model = model
        self.soc = soc
        self._starts_in = starts_after
        self._asleep_for = model.wake
        self._without_pilot = max(model.stop_time, model.switch_rest)
        self._is_upset = False
        self._response = Response(dead_time=model.dead_time, slope=model.slope)
        self._current = 0.0

    @property
    def current(self) -> float:
        """A on each of its phases."""
        return self._current

    @property
    def acceptance(self) -> float:
        """A per phase that its battery would take now."""
        taper = (1.0 - self.soc) / (1.0 - self.model.taper_from)
        return 0.0 if taper <= _END_OF_CHARGE else self.model.maximum * min(1.0, taper)

    @property
    def state(self) -> CarState:
        if self._is_upset:
            return CarState.UPSET
        if self.acceptance == 0.0:
            return CarState.FULL
        return CarState.WAITING if self._starts_in > _MOMENT else CarState.READY

    @property
    def could_take(self) -> float:
        """A per phase that it would draw from an unlimited charger."""
        return self.acceptance if self.state is CarState.READY else 0.0

    def step(self, pilot: float, dt: float, voltage: float, phases: int | None = None) -> float:
        """Show it `pilot` (A) for `dt` (s) at `voltage` (V); return what it draws (A per phase).

        `phases` are those that it is given, where these are fewer than it could use.
        """
        self._starts_in -= dt
        willing = self.state is CarState.READY
        if pilot < PILOT_MINIMUM or not willing:
            self._pause(dt)
        elif self._asleep_for > _MOMENT and self._response.current == 0.0:
            self._asleep_for -= dt
        else:
            self._without_pilot = 0.0
            self._response.step(min(pilot, self.model.maximum), dt)
        self._current = min(self._response.current, self.acceptance)
        used = self.model.phases if phases is None else min(phases, self.model.phases)
        watts = self._current * used * voltage
        charged_kwh = watts * dt / 3.6e6 * self.model.efficiency
        self.soc = min(1.0, self.soc + charged_kwh / self.model.battery_kwh)
        return self._current

    def cut(self) -> None:
        """Its supply is gone: nothing flows at once."""
        self._response.stop()
        self._current = 0.0
        self._asleep_for = self.model.wake

    def rewire(self) -> None:
        """Its charger has changed the number of phases that it is given."""
        self._is_upset |= self._without_pilot < self.model.switch_rest - _MOMENT
        self.cut()

    def _pause(self, dt: float) -> None:
        self._without_pilot += dt
        if self._without_pilot >= self.model.stop_time - _MOMENT or self.state is CarState.FULL:
            self.cut()
