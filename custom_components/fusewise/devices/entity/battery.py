"""A home battery as Home Assistant knows it: its power, and how full it is."""

from dataclasses import dataclass
from typing import override

from homeassistant.core import HomeAssistant

from .. import Clock, DeviceError
from ..home import Battery, BatteryReading
from .freshness import on_clock
from .values import kilowatt_hours, needed, percent, watts

__all__ = ["BatteryEntities", "EntityBattery"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryEntities:
    """The entities of one battery, and what no entity tells of it."""

    power: str
    """W; only what it is charged with where `discharged` is given too."""
    discharged: str | None = None
    negative: bool = False
    """`power` is negative while it is charged."""
    soc: str | None = None
    capacity: str | None = None
    capacity_kwh: float | None = None
    """Where no entity tells it."""
    maximum_charge: float | None = None
    """W."""
    maximum_discharge: float | None = None
    """W."""


class EntityBattery(Battery):
    """A battery whose values are states of entities."""

    def __init__(self, hass: HomeAssistant, entities: BatteryEntities, clock: Clock) -> None:
        """Nothing is read yet."""
        self.entities = entities
        self._hass = hass
        self._clock = clock

    @property
    @override
    def reading(self) -> BatteryReading | None:
        try:
            return self.read()
        except DeviceError:
            return None

    def read(self) -> BatteryReading:
        """What the entities show now. Raises DeviceError."""
        entities, states = self.entities, self._hass.states
        power = needed(self._hass, entities.power, watts, "power")
        if entities.discharged is not None:
            power = abs(power) - abs(needed(self._hass, entities.discharged, watts, "power"))
        elif entities.negative:
            power = -power
        shown = [states.get(entity) for entity in (entities.power, entities.discharged) if entity]
        capacity = entities.capacity and kilowatt_hours(states.get(entities.capacity))
        return BatteryReading(
            power=power,
            measured_at=min(on_clock(self._clock, state.last_reported) for state in shown if state),
            soc=None if entities.soc is None else percent(states.get(entities.soc)),
            capacity_kwh=capacity or entities.capacity_kwh,
            maximum_charge=entities.maximum_charge,
            maximum_discharge=entities.maximum_discharge,
        )
