"""A charger: a contactor, a meter and a pilot between the house and one car."""

from dataclasses import dataclass

from ..balancing.model import NOTHING, PerPhase, Phase
from .car import PILOT_MINIMUM, Car
from .room import Appetite


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerSample:
    """What one charger did at one moment."""

    id: str
    limit: float
    """A per phase: the limit in force."""
    current: PerPhase
    """A on the house's conductors."""
    appetite: Appetite
    """What its car draws and could draw."""


class Charger:
    """One charging point. Set `limit`, `enabled` and `powered`; `step` lets time pass.

    `wiring` names the house conductor behind each of its own, in its own order: (L2, L3, L1) is a
    three-phase charger that was connected rotated, (L2,) a one-phase charger on L2. `maximum` is what its
    hardware lets through (A per phase).
    """

    def __init__(self, id: str, *, wiring: tuple[Phase, ...], maximum: float) -> None:  # noqa: A002 - the field's word
        self.id = id
        self.wiring = wiring
        self.maximum = maximum
        self.limit = maximum
        self.enabled = True
        """A transaction runs: without one the contactor stays open."""
        self.powered = True
        self.car: Car | None = None
        self.energy_wh = 0.0
        """Its meter's register: of all sessions."""
        self.closings = 0
        """How often its contactor has closed."""
        self.switches = 0
        """How often it has changed over between one phase and all."""
        self.switched_loaded = 0
        """How often of these while its car drew current: that wears contacts, and may weld them."""
        self._live = (True,) * len(wiring)
        self._closed = False

    @property
    def pilot(self) -> float:
        """A that it offers: 0, or at least 6 (IEC 61851-1)."""
        offered = min(self.limit, self.maximum)
        return offered if self.enabled and self.powered and offered >= PILOT_MINIMUM else 0.0

    @property
    def currents(self) -> tuple[float, ...]:
        """A on each of its own conductors, in its own order: what its own meter shows."""
        used = self._uses
        amperes = self.car.current if self.car else 0.0
        return tuple(amperes if n in used else 0.0 for n in range(len(self.wiring)))

    @property
    def load(self) -> PerPhase:
        """A on the house's conductors."""
        amperes = list(NOTHING)
        for phase, current in zip(self.wiring, self.currents, strict=True):
            amperes[phase] += current
        return (amperes[0], amperes[1], amperes[2])

    def plug(self, car: Car) -> None:
        self.car = car

    def unplug(self) -> None:
        if self.car:
            self.car.cut()
        self.car = None
        self._closed = False

    @property
    def phases(self) -> int:
        """On how many of its conductors its contactors let current through."""
        return sum(self._live)

    def switch(self, live: tuple[bool, ...]) -> None:
        """Change over to these of its own conductors."""
        if live == self._live:
            return
        self._live = live
        self.switches += 1
        if self.car is not None:
            self.switched_loaded += self.car.current > 0.0
            self.car.rewire()

    def step(self, dt: float, voltage: float) -> None:
        """Let `dt` (s) pass at `voltage` (V between a conductor and neutral)."""
        if self.car is None:
            return
        if not self.powered:
            self.car.cut()
        current = self.car.step(self.pilot, dt, voltage, len(self._uses))
        self.energy_wh += current * len(self._uses) * voltage * dt / 3600
        closed = current > 0.0
        self.closings += closed and not self._closed
        self._closed = closed

    def sample(self) -> ChargerSample:
        car = self.car
        ceiling = min(car.could_take, self.maximum) if car and self.powered else 0.0
        return ChargerSample(
            id=self.id,
            limit=self.limit,
            current=self.load,
            appetite=Appetite(
                phases=tuple(self.wiring[n] for n in self._uses),
                current=car.current if car else 0.0,
                floor=min(PILOT_MINIMUM, ceiling),
                ceiling=ceiling,
            ),
        )

    @property
    def _uses(self) -> tuple[int, ...]:
        """Which of its own conductors its car uses: as many as it has phases, of those that are live."""
        live = [n for n, is_live in enumerate(self._live) if is_live]
        return tuple(live[: self.car.model.phases]) if self.car else ()
