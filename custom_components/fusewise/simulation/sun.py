"""The roof: what the sun feeds in, over a day, with clouds.

Sources: declination after Cooper (1969); global irradiance of a clear sky after Haurwitz (1945):
1098·cos z·exp(-0.059 / cos z) W/m², which needs the zenith angle z only. A system delivers its peak power
at 1000 W/m² times a performance ratio. Clouds come and go (two states, exponential lengths) and their
edges pass a roof within seconds: that is what makes sun a treacherous room for cars.
"""

import math
import random

from ..balancing.model import PHASES, PerPhase

_PERFORMANCE = 0.86  # inverter, temperature, wiring
_CLEAR, _CLOUD = 300.0, 120.0  # s, mean lengths
_EDGE = (2.0, 10.0)  # s
_THROUGH = (0.25, 0.7)  # of the clear sky's irradiance


class Sun:
    """Photovoltaics per phase. `peak_watts` is the power at 1000 W/m² on each phase."""

    def __init__(
        self,
        *,
        seed: int = 0,
        peak_watts: PerPhase,
        begins: float = 0.0,
        day: int = 172,
        latitude: float = 51.0,
        clouds: bool = True,
    ) -> None:
        """`begins` is the solar time of day (s) of the first step, `day` the day of the year."""
        self._rng = random.Random(f"{seed}/sun")
        self._peak, self._begins, self._clouds = peak_watts, begins, clouds
        self._declination = math.radians(23.45 * math.sin(math.tau * (284 + day) / 365))
        self._latitude = math.radians(latitude)
        self._time = self._until = 0.0
        self._sky = self._aim = 1.0
        self._rate = 0.0

    def irradiance(self, time: float) -> float:
        """W/m² from a clear sky, `time` (s) after the first step."""
        angle = math.tau * ((self._begins + time) / 86_400 - 0.5)
        height = math.sin(self._latitude) * math.sin(self._declination)
        height += math.cos(self._latitude) * math.cos(self._declination) * math.cos(angle)
        return 1098 * height * math.exp(-0.059 / height) if height > 0.01 else 0.0

    def step(self, dt: float, voltage: float) -> PerPhase:
        """Let `dt` (s) pass; return what is fed in, A per phase, positive."""
        self._time += dt
        if self._clouds:
            self._drift(dt)
        share = self.irradiance(self._time) / 1000 * _PERFORMANCE * self._sky
        amperes = [self._peak[p] * share / voltage for p in range(PHASES)]
        return (amperes[0], amperes[1], amperes[2])

    def _drift(self, dt: float) -> None:
        if self._time >= self._until:
            cloud = self._aim == 1.0
            self._aim = self._rng.uniform(*_THROUGH) if cloud else 1.0
            self._rate = abs(self._aim - self._sky) / self._rng.uniform(*_EDGE)
            self._until = self._time + self._rng.expovariate(1 / (_CLOUD if cloud else _CLEAR))
        reach = self._rate * dt
        self._sky += max(-reach, min(reach, self._aim - self._sky))
