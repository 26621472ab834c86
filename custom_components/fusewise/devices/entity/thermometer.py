"""How warm it is at a breaker, a busbar or a transformer, by an entity."""

from typing import override

from homeassistant.core import HomeAssistant

from .. import Clock
from ..home import TemperatureReading, Thermometer
from .freshness import on_clock
from .values import celsius

__all__ = ["EntityThermometer"]

SILENT = 2 * 3600.0  # s: a sensor with a battery speaks when something changes, and now and then
COLDEST, HOTTEST = -60.0, 250.0  # °C: outside of that it is broken


class EntityThermometer(Thermometer):
    """A temperature that an entity shows."""

    def __init__(self, hass: HomeAssistant, entity: str, clock: Clock) -> None:
        """Nothing is read yet."""
        self.entity = entity
        self._hass = hass
        self._clock = clock

    @property
    @override
    def reading(self) -> TemperatureReading | None:
        state = self._hass.states.get(self.entity)
        shown = celsius(state)
        if state is None or shown is None or not COLDEST <= shown <= HOTTEST:
            return None
        measured_at = on_clock(self._clock, state.last_reported)
        if self._clock() - measured_at > SILENT:
            return None
        return TemperatureReading(celsius=shown, measured_at=measured_at)
