"""The computer in a charger: it takes setpoints that end by themselves, falls back, and measures its car.

Without a live setpoint the fall-back is in force; a setpoint lives within a transaction only, which begins
some seconds after a car was plugged in (OCPP 1.6, section 3.13). Faults are attributes that a scenario sets:
such a station refuses, ignores, does not measure, has the wrong time, or never falls back.
"""

from dataclasses import dataclass
import math
import random

from ..balancing.model import Charger as Wired, ChargerStatus
from .car import PILOT_MINIMUM, Car
from .charger import Charger

__all__ = ["Measurement", "Station", "StationModel"]

TENTH = 10.0  # per A: what chargers report is rounded so


@dataclass(frozen=True, slots=True, kw_only=True)
class StationModel:
    """How a kind of charger listens and speaks. Times are seconds."""

    latency: float = 0.3
    """One way, of every message."""
    reports_every: float = 5.0
    """Between its samples."""
    noise: float = 0.0
    """A (standard deviation) of its measurement."""
    loses: float = 0.0
    """Share of its samples that never arrive, 0-1."""
    doubles: float = 0.0
    """Share of its samples that arrive twice, 0-1."""
    begins_after: float = 2.0
    """From the plug to the transaction."""
    switches_after: float = 3.0
    """From the message until its contactors have changed over between one phase and all."""
    tells_phases: bool = False
    """It says on how many phases it is."""
    connects_after: float = 10.0
    """Until a line that was lost is there again, once it can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One sample as it leaves the charger."""

    taken_at: float
    """On the charger's own clock, in whole seconds, as most chargers write it."""
    current: tuple[float, ...]
    """A on each of its own conductors."""


class Station:
    """A charger with its computer. `step` lets time pass; a `Line` carries what is said."""

    def __init__(self, wired: Wired, model: StationModel, rng: random.Random) -> None:
        self.charger = Charger(wired.id, wiring=wired.wiring, maximum=wired.maximum)
        self.fallback = wired.fallback
        """A that it lets through without a live setpoint; inf: it has none, and lets everything through."""
        self.session = 0
        """Counts the cars; a new one is a new session."""
        self.measures = True
        """False: it stays on the line and sends no samples."""
        self.answers = True
        """False: it hangs. What it is told has no effect and gets no answer."""
        self.refuses = False
        """It answers setpoints with a no."""
        self.ignores: float | None = None
        """A that it lets through whatever it accepts; None: it obeys."""
        self.keeps_phases = False
        """It accepts to change its phases, and does not."""
        self.clock_ahead = 0.0
        """s by which its clock is ahead."""
        self._model = model
        self._rng = rng
        self._one_phase = tuple(
            phase is (wired.wiring[0] if wired.one_phase is None else wired.one_phase)
            for phase in wired.wiring
        )
        self._switching: tuple[int, float] | None = None
        """(phases, s until its contactors move)."""
        self._live = 0.0
        self._starts = self._ends = -math.inf  # of the live setpoint, on its own clock
        self._plugged_for = 0.0
        self._next_sample = rng.uniform(0.0, model.reports_every)
        self._said: Measurement | None = None

    @property
    def in_transaction(self) -> bool:
        """A car is plugged in, and the charger has begun to serve it."""
        return self.charger.car is not None and self._plugged_for >= self._model.begins_after

    @property
    def status(self) -> ChargerStatus:
        """What it says of itself."""
        if self.charger.car is None:
            return ChargerStatus.AVAILABLE
        if not self.in_transaction:
            return ChargerStatus.PREPARING
        if self.charger.limit < PILOT_MINIMUM:
            return ChargerStatus.SUSPENDED_EVSE
        if self.charger.car.current > 0.0:
            return ChargerStatus.CHARGING
        return ChargerStatus.SUSPENDED_EV

    def plug(self, car: Car) -> None:
        """A car comes."""
        self.unplug()
        self.charger.plug(car)
        self.session += 1

    def unplug(self) -> None:
        """The car leaves, and with it the setpoint that was meant for it."""
        self.charger.unplug()
        self._plugged_for = 0.0
        self._ends = -math.inf

    def reboot(self) -> None:
        """It starts anew: its live setpoint is gone, its fall-back is not."""
        if self.charger.car is not None:
            self.charger.car.cut()
        self._plugged_for = 0.0
        self._ends = -math.inf

    def take(self, current: float, starts: float, ends: float, phases: int | None = None) -> bool:
        """Take a setpoint (A on so many phases) for a time on its own clock; False: it refuses."""
        if self.refuses or not self.in_transaction:
            return False
        asked = self.charger.phases if self._switching is None else self._switching[0]
        if phases is not None and phases != asked and not self.keeps_phases:
            self._switching = phases, self._model.switches_after
        self._live, self._starts, self._ends = current, starts, ends
        return True

    def step(self, now: float, dt: float, voltage: float) -> None:
        """Let `dt` (s) pass, up to `now` by the right clock."""
        charger = self.charger
        self._switch(dt)
        if charger.car is not None:
            self._plugged_for += dt
            charger.limit = self._in_force(now)
            charger.enabled = self.in_transaction
            charger.step(dt, voltage)
        if now >= self._next_sample:
            self._measure(now)

    def say(self) -> Measurement | None:
        """Its newest sample, once."""
        said, self._said = self._said, None
        return said

    def _switch(self, dt: float) -> None:
        if self._switching is None:
            return
        phases, left = self._switching
        self._switching = (phases, left - dt) if left > dt else None
        if self._switching is None:
            live = self._one_phase if phases == 1 else (True,) * len(self._one_phase)
            self.charger.switch(live)

    def _measure(self, now: float) -> None:
        every = self._model.reports_every
        self._next_sample += every * (1 + (now - self._next_sample) // every)
        if not self.measures or not self.answers:
            return
        noise = self._model.noise
        self._said = Measurement(
            taken_at=math.floor(now + self.clock_ahead),
            current=tuple(
                round((a + self._rng.gauss(0.0, noise) if noise else a) * TENTH) / TENTH
                for a in self.charger.currents
            ),
        )

    def _in_force(self, now: float) -> float:
        if self.ignores is not None:
            return self.ignores
        if self._starts <= now + self.clock_ahead < self._ends:
            return self._live
        return self.fallback
