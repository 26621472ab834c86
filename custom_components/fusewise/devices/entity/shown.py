"""What a charger made of entities shows: whether it is there, what it lets through, and how its car is."""

from homeassistant.const import STATE_HOME, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant

from ...balancing.model import ChargerStatus
from .. import Clock
from .drawn import Drawn
from .finished import Finished
from .roles import ChargerEntities
from .statuses import status_of
from .turning import Turning

__all__ = ["DRAWS", "Shown"]

DRAWS = 1.0  # A: less is a charger's standby, not a car


class Shown:
    """How a charger stands, as its entities and what it was told let us know."""

    def __init__(
        self,
        hass: HomeAssistant,
        entities: ChargerEntities,
        clock: Clock,
        *,
        limit: Turning | None,
        switch: Turning | None,
        drawn: Drawn,
        voltage: float,
    ) -> None:
        """It has said nothing yet; `voltage` is between a conductor and neutral."""
        self._hass = hass
        self._entities = entities
        self._limit = limit
        self._switch = switch
        self._drawn = drawn
        self._voltage = voltage
        self._finished = Finished(clock, entities.traits.obeys_within)
        self._is_away = False
        self._told = ChargerStatus.PREPARING
        """What its status said last; before it has spoken, a car may be there."""

    def missing(self) -> str | None:
        """The entity without which it cannot be told anything, while that is not there."""
        if self.away():
            return None
        for turning in (self._limit, self._switch):
            # Some show no switch where no car is.
            optional = turning is self._switch and self._follows_car and self._limit is not None
            if turning is not None and not turning.available and not optional:
                return turning.entity
        return None

    def away(self) -> bool:
        """It is a vehicle that is elsewhere; where nobody knows, it is where it was."""
        presence = self._entities.presence and self._hass.states.get(self._entities.presence)
        if presence and presence.state not in (STATE_UNAVAILABLE, STATE_UNKNOWN):
            self._is_away = presence.state not in (STATE_HOME, STATE_ON)
        return self._is_away

    def let_through(self) -> float | None:
        """A that it lets through, as it shows it."""
        switch = self._switch
        off = switch is not None and switch.shown == 0.0
        if switch is not None and off and (not self._follows_car or switch.told == 0.0):
            return 0.0
        return None if self._limit is None else self._limit.shown

    def status(self) -> ChargerStatus:
        """Whether a car is there, and whether it charges."""
        if self.away():
            return ChargerStatus.AVAILABLE
        if self.missing() is not None:
            return ChargerStatus.UNAVAILABLE
        charges = self.draws()
        paused = self.let_through() == 0.0
        if self._entities.status is None:
            # Nobody tells whether a car is there, so there may be one.
            if charges:
                return ChargerStatus.CHARGING
            return ChargerStatus.SUSPENDED_EVSE if paused else ChargerStatus.SUSPENDED_EV
        state = self._hass.states.get(self._entities.status)
        if state is not None and state.state not in (STATE_UNAVAILABLE, STATE_UNKNOWN):
            # A word that nobody knows may mean a car.
            self._told = status_of(state, self._entities.statuses) or ChargerStatus.PREPARING
        status = self._told
        told_to_pause = any(it is not None and it.told == 0.0 for it in (self._limit, self._switch))
        said = status is ChargerStatus.FINISHING and not charges
        if not self._finished.is_full(said=said, paused=paused or told_to_pause) and said:
            status = ChargerStatus.SUSPENDED_EV
        if charges and status is not ChargerStatus.FAULTED:
            return ChargerStatus.CHARGING
        if status in (ChargerStatus.CHARGING, ChargerStatus.SUSPENDED_EV) and paused:
            return ChargerStatus.SUSPENDED_EVSE
        return status

    def draws(self) -> bool | None:
        """Whether a car charges, by what is measured; None where nothing is."""
        let_through = self.let_through()
        drawn, power = self._drawn.current(let_through), self._drawn.power(let_through)
        if drawn is not None:
            return max(drawn) > DRAWS
        return None if power is None else power > DRAWS * self._voltage

    @property
    def _follows_car(self) -> bool:
        return self._entities.switch is not None and self._entities.switch.follows_car
