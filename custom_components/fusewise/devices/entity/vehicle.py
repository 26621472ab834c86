"""A vehicle as Home Assistant knows it: how full it is, up to where it charges, and whether it is at home."""

from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.const import STATE_HOME, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State

from ...balancing.model import PLUGGED
from .. import Clock
from ..home import Vehicle, VehicleReading
from .freshness import on_clock
from .statuses import status_of
from .values import kilowatt_hours, percent

__all__ = ["EntityVehicle", "VehicleEntities"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleEntities:
    """The entities of one vehicle, and what no entity tells of it."""

    soc: str | None = None
    target: str | None = None
    target_soc: float | None = None
    """%, where no entity tells it."""
    capacity: str | None = None
    capacity_kwh: float | None = None
    """Where no entity tells it."""
    presence: str | None = None
    """Whether it is at home: a tracker, a person, or a sensor that is on there."""
    plug: str | None = None
    """Whether its cable is in."""
    maximum: float | None = None
    """A."""
    cards: tuple[str, ...] = ()
    charger: str | None = None
    """The id of the charger that it usually hangs on."""


class EntityVehicle(Vehicle):
    """A vehicle whose values are states of entities."""

    def __init__(self, hass: HomeAssistant, entities: VehicleEntities, clock: Clock) -> None:
        """Nothing is read yet."""
        self.entities = entities
        self._hass = hass
        self._clock = clock

    @property
    @override
    def cards(self) -> tuple[str, ...]:
        return self.entities.cards

    @property
    @override
    def charger(self) -> str | None:
        return self.entities.charger

    @property
    @override
    def reading(self) -> VehicleReading:
        entities = self.entities
        shown = self._state(entities.soc)
        soc, target = percent(shown), percent(self._state(entities.target))
        capacity = kilowatt_hours(self._state(entities.capacity))
        presence, plug = self._state(entities.presence), self._state(entities.plug)
        at_home = None if presence is None else presence.state in (STATE_HOME, STATE_ON)
        plugged = None if plug is None else _is_plugged(plug)
        return VehicleReading(
            soc=soc,
            # The last time that it was heard of it, also with the same figure.
            soc_at=None if shown is None or soc is None else self._at(shown.last_reported),
            target=entities.target_soc if target is None else target,
            capacity_kwh=capacity or entities.capacity_kwh,
            maximum=entities.maximum,
            at_home=at_home,
            home_since=self._at(presence.last_changed) if presence and at_home else None,
            plugged=plugged,
            plugged_since=self._at(plug.last_changed) if plug and plugged else None,
        )

    def _state(self, entity: str | None) -> State | None:
        """A state that says something."""
        state = None if entity is None else self._hass.states.get(entity)
        return None if state and state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN) else state

    def _at(self, moment: datetime) -> float:
        return on_clock(self._clock, moment)


def _is_plugged(state: State) -> bool | None:
    if state.domain in ("binary_sensor", "input_boolean"):
        return state.state == STATE_ON
    status = status_of(state, {})
    return None if status is None else status in PLUGGED
