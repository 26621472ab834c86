"""What a charger made of entities draws, as far as its entities let us know it on each conductor."""

from collections.abc import Sequence
import math

from homeassistant.core import HomeAssistant, State

from ...balancing.model import NEVER
from .. import Clock
from .freshness import Freshness
from .roles import ChargerEntities
from .values import amperes, number, watts

__all__ = ["Drawn"]

NOTHING = 1.0  # A: a car that is not charging, and the charger itself
TOLERANCE = 1.1  # of a limit (pilot and meter)


class Drawn:
    """The measured current."""

    def __init__(
        self,
        hass: HomeAssistant,
        entities: ChargerEntities,
        clock: Clock,
        *,
        conductors: int,
        voltage: float,
        line_to_line: bool = False,
    ) -> None:
        """`line_to_line`: what flows in by one of two conductors flows out by the other."""
        self._hass = hass
        self._currents = entities.currents
        self._power = entities.power
        self._conductors = conductors
        self._voltage = voltage
        self._line_to_line = line_to_line
        self.sources: Sequence[str] = (*self._currents, *filter(None, [self._power]))
        """The entities that it is made of."""
        self._fresh = {entity: Freshness(hass.states.get(entity), clock) for entity in self.sources}

    def reported(self, entity: str, state: State | None) -> None:
        """Note that an entity has spoken."""
        if number(state) is not None:
            self._fresh[entity].reported()

    @property
    def measured_at(self) -> float:
        """When it was measured last."""
        newest = max((fresh.at for fresh in self._fresh.values()), default=NEVER)
        return max(newest, 0.0)

    def current(self, limit: float | None) -> tuple[float, ...] | None:
        """A on each conductor; None where it is not measured, or nobody knows on which of them.

        `limit` is what the charger lets through: more power than one conductor may carry is on several.
        """
        states = self._hass.states
        shown = [self._measured(states.get(entity)) for entity in self._currents]
        known = [value for value in shown if value is not None]
        if len(known) < len(shown):
            return None
        power = None if self._power is None else watts(states.get(self._power))
        if len(known) >= self._conductors:
            return tuple(abs(value) for value in known[: self._conductors])
        if known:
            return self._from_one(abs(known[0]), power)
        return None if power is None else self._from_power(abs(power) / self._voltage, limit)

    def power(self, limit: float | None) -> float | None:
        """W that it draws in all; None where that is not measured."""
        shown = None if self._power is None else watts(self._hass.states.get(self._power))
        if shown is not None:
            return abs(shown)
        drawn = self.current(limit)
        return None if drawn is None else sum(drawn) * self._voltage

    def _measured(self, state: State | None) -> float | None:
        """A on one conductor; some integrations show its power only."""
        amps, power = amperes(state), watts(state)
        return power / self._voltage if amps is None and power is not None else amps

    def _from_one(self, current: float, power: float | None) -> tuple[float, ...] | None:
        """One current for all conductors: the power tells how many of them carry it."""
        if current < NOTHING or self._line_to_line:
            return (current,) * self._conductors
        if power is None:
            return None
        used = round(abs(power) / self._voltage / current)
        return self._on(current, used) if 1 <= used <= self._conductors else None

    def _from_power(self, amps: float, limit: float | None) -> tuple[float, ...] | None:
        if self._conductors == 1 or self._line_to_line or amps < NOTHING:
            return self._on(amps / self._conductors, self._conductors)
        if not limit:
            return None
        least = math.ceil(amps / (TOLERANCE * limit))
        if least < self._conductors:
            return None
        # What two conductors may not carry is on all three, also where it is more than was allowed.
        return self._on(amps / self._conductors, self._conductors)

    def _on(self, current: float, used: int) -> tuple[float, ...]:
        return tuple(current if n < used else 0.0 for n in range(self._conductors))
