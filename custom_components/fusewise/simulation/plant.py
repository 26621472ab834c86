"""The house as a whole: everything behind one fuse, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..balancing.model import PHASES, PerPhase
from .charger import Charger, ChargerSample
from .house import House
from .sun import Sun


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """All currents at one moment, A."""

    time: float
    fuse: PerPhase
    """Through the fuse, import positive: house + cars - sun."""
    house: PerPhase
    sun: PerPhase
    """What the sun feeds in, positive."""
    chargers: tuple[ChargerSample, ...]


class Plant:
    """House, sun and chargers behind one three-phase fuse."""

    def __init__(
        self,
        *,
        house: House,
        sun: Sun | None = None,
        chargers: Sequence[Charger] = (),
        voltage: float = 230.0,
    ) -> None:
        self.house = house
        self.sun = sun
        self.chargers = tuple(chargers)
        self.voltage = voltage
        self._time = 0.0

    def step(self, dt: float) -> Sample:
        """Let `dt` (s) pass; `time` in the sample counts from the first step."""
        self._time += dt
        house = self.house.step(dt, self.voltage)
        sun = self.sun.step(dt, self.voltage) if self.sun else (0.0, 0.0, 0.0)
        for charger in self.chargers:
            charger.step(dt, self.voltage)
        cars = [charger.sample() for charger in self.chargers]
        fuse = [house[p] - sun[p] + sum(car.current[p] for car in cars) for p in range(PHASES)]
        return Sample(
            time=self._time,
            fuse=(fuse[0], fuse[1], fuse[2]),
            house=house,
            sun=sun,
            chargers=tuple(cars),
        )
