"""A meter made of entities that Home Assistant already has: currents, powers, voltages, in any of their units.

A phase is measured by its current, by its power, or by both: then the current is the magnitude and the power
tells the direction. Where only the power of all phases together is known, nobody knows which phase carries
it, so each phase is taken to carry all of it that is not known to be the cars'.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
import logging
from typing import override

from homeassistant.core import Event, EventStateReportedData, HomeAssistant, State, callback
from homeassistant.helpers.event import (
    EventStateChangedData,
    async_track_state_change_event,
    async_track_state_report_event,
)

from ...balancing.model import NOTHING, MeterReading, PerPhase
from .. import Clock, DeviceError, DeviceRefusedError, Meter, Unsubscribe
from ..calibration import UNCALIBRATED
from ..listeners import Listeners
from .freshness import TOGETHER, Freshness
from .values import Convert, amperes, needed, number, volts, watts

__all__ = ["CarsDrawn", "EntityMeter", "MeterEntities", "Quantities"]

_LOGGER = logging.getLogger(__name__)

TOLERANCE = 0.1  # of the nominal voltage (EN 50160), where a power has to do without one
POSSIBLE_VOLTAGE = 0.15
NAMES = ("L1", "L2", "L3")


@dataclass(frozen=True, slots=True, kw_only=True)
class CarsDrawn:
    """A that the cars behind a meter draw now, by conductor."""

    least: PerPhase = NOTHING
    most: PerPhase = NOTHING
    least_apart: float = 0.0
    """By what their sum is more than their power: between two of three phases a current is on both, and 1.73 times in it."""
    most_apart: float = 0.0


type CarsDraw = Callable[[], CarsDrawn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantities:
    """The entities that measure one phase, or all together."""

    current: str | None = None
    power: str | None = None
    """Import positive; only import where `exported` is given too."""
    exported: str | None = None
    voltage: str | None = None

    def __iter__(self) -> Iterator[str]:
        """The ids of the entities that there are."""
        return (entity for field in fields(self) if (entity := getattr(self, field.name)))

    @property
    def measures(self) -> bool:
        """A current can be had of them."""
        return self.current is not None or self.power is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterEntities:
    """The entities that make a meter: per phase, or the total alone."""

    phases: tuple[Quantities, Quantities, Quantities] = (Quantities(), Quantities(), Quantities())
    total: Quantities = Quantities()

    def __iter__(self) -> Iterator[str]:
        """The ids of all its entities."""
        for quantities in (*self.phases, self.total):
            yield from quantities

    @property
    def is_total(self) -> bool:
        """No phase is measured by itself."""
        return not any(phase.measures for phase in self.phases)


class EntityMeter(Meter):
    """A meter whose values are states of entities."""

    def __init__(
        self,
        hass: HomeAssistant,
        entities: MeterEntities,
        clock: Clock,
        *,
        rating: PerPhase,
        voltage: float = 230.0,
    ) -> None:
        """`rating` tells which phases there are; `voltage` is the nominal one."""
        self._hass = hass
        self._entities = entities
        self._clock = clock
        self._exists = [amps > 0 for amps in rating]
        self._nominal = voltage
        self._fresh: dict[str, Freshness] = {}
        self._silent: set[str] = set()
        """Those that have said nothing since the last reading."""
        self._reading: MeterReading | None = None
        self.calibration = UNCALIBRATED
        self._rest: float | None = None
        self._taking: asyncio.TimerHandle | None = None
        self._listeners = Listeners[[]]()
        self.problem: DeviceError | None = None
        """Why the last report gave no reading; None when it did."""
        self.cars_draw: CarsDraw = CarsDrawn

    @property
    @override
    def reading(self) -> MeterReading | None:
        return None if self._reading is None else self.calibration.applied(self._reading)

    @property
    def uncalibrated(self) -> MeterReading | None:
        """The newest sample as the entities show it."""
        return self._reading

    @property
    def voltage(self) -> PerPhase:
        """V on each phase; 0 where nothing shows it."""
        n1, n2, n3 = (
            (phase.voltage and volts(self._state(phase.voltage))) or 0.0
            for phase in self._entities.phases
        )
        return n1, n2, n3

    @override
    def subscribe(self, listener: Callable[[], None]) -> Unsubscribe:
        return self._listeners.add(listener)

    @override
    async def run(self) -> None:
        entities = list(self._entities)
        self._fresh = self._as_known()
        stop = [
            async_track_state_change_event(self._hass, entities, self._heard),
            async_track_state_report_event(self._hass, entities, self._heard),
        ]
        try:
            self._take()
            # What it waits for comes by itself.
            await asyncio.Event().wait()
        finally:
            for unsubscribe in stop:
                unsubscribe()
            if self._taking is not None:
                self._taking.cancel()

    def read(self) -> MeterReading:
        """What the entities show now, and since when. Raises DeviceError."""
        fresh = self._fresh or self._as_known()
        current = self._split() if self._entities.is_total else self._each()
        now = self._clock()
        counted = [fresh[entity] for entity in fresh if self._counts(entity)]
        # As new as its newest value; but whose other values are overdue is as old as these are.
        late = [each.at for each in counted if each.is_late(now)]
        return MeterReading(
            current=current,
            measured_at=min(late, default=max(each.at for each in counted)),
            interval=max(each.interval for each in counted),
            rest=self._rest,
        )

    def _as_known(self) -> dict[str, Freshness]:
        states = self._hass.states
        return {entity: Freshness(states.get(entity), self._clock) for entity in self._entities}

    @callback
    def _heard(self, event: Event[EventStateChangedData] | Event[EventStateReportedData]) -> None:
        if number(event.data["new_state"]) is not None:
            self._fresh[event.data["entity_id"]].reported()
        self._silent.discard(event.data["entity_id"])
        if not self._silent:
            self._take()  # nobody is left to wait for
        elif self._taking is None:
            self._taking = self._hass.loop.call_later(TOGETHER, self._take)

    @callback
    def _take(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None
        self._silent = set(self._entities)
        try:
            self._reading = self.read()
        except DeviceError as problem:
            if self.problem is None:
                _LOGGER.warning("%s", problem)
            self.problem = problem
            return
        if self.problem is not None:
            _LOGGER.info("The meter's entities are all there again")
        self.problem = None
        self._listeners.call()

    def _state(self, entity: str) -> State | None:
        return self._hass.states.get(entity)

    def _counts(self, entity: str) -> bool:
        """A voltage that is missing is replaced, and one that is old does not matter."""
        return all(
            entity != phase.voltage for phase in (*self._entities.phases, self._entities.total)
        )

    def _each(self) -> PerPhase:
        n1, n2, n3 = (
            self._current(phase, NAMES[n]) if self._exists[n] else 0.0
            for n, phase in enumerate(self._entities.phases)
        )
        return n1, n2, n3

    def _current(self, phase: Quantities, name: str) -> float:
        """A on a phase, import positive. Raises DeviceError."""
        if not phase.measures:
            raise DeviceRefusedError(
                f"Nothing measures {name}. Choose an entity with its current or its power."
            )
        power = self._power(phase)
        current = None if phase.current is None else self._needed(phase.current, amperes, "current")
        if power is None:
            assert current is not None
            return current
        by_power = power / self._volts(phase, importing=power >= 0)
        if current is None or power < 0:
            return by_power
        # The current sees what the power does not (reactive), and the power what whole amperes do not.
        return max(abs(current), by_power)

    def _power(self, quantities: Quantities) -> float | None:
        """W, import positive; None where no entity tells. Raises DeviceError."""
        if quantities.power is None:
            return None
        imported = self._needed(quantities.power, watts, "power")
        if quantities.exported is None:
            return imported
        return abs(imported) - abs(self._needed(quantities.exported, watts, "power"))

    def _volts(self, phase: Quantities, *, importing: bool) -> float:
        """V as measured where that can be; else what makes the current no smaller than it is."""
        shown = None if phase.voltage is None else volts(self._state(phase.voltage))
        if shown is not None and abs(shown / self._nominal - 1) <= POSSIBLE_VOLTAGE:
            return shown
        return self._nominal * (1 - TOLERANCE if importing else 1 + TOLERANCE)

    def _split(self) -> PerPhase:
        """A on each phase where only the sum of all is known. Raises DeviceError.

        What is left when the cars are taken off is counted on every phase, because it may be on any one. A
        car's last sample may be older than the meter's, so it counts with what it may draw by now; of that,
        the rest is taken to have changed as little as possible.
        """
        total = self._entities.total
        if not total.measures:
            raise DeviceRefusedError(
                "Nothing is measured. Choose the entities with the current or the power of each phase."
            )
        power = self._power(total)
        if power is not None:
            summed = power / self._volts(total, importing=power >= 0)
        else:
            assert total.current is not None
            summed = self._needed(total.current, amperes, "current")
        phases = sum(self._exists)
        if phases <= 1:
            n1, n2, n3 = (summed if exists else 0.0 for exists in self._exists)
            return n1, n2, n3
        cars = self.cars_draw()
        least, most = cars.least, cars.most
        highest = summed - sum(least) + cars.least_apart
        lowest = summed - sum(most) + cars.most_apart
        rest = highest if self._rest is None else min(highest, max(lowest, self._rest))
        self._rest = rest
        # What is exported may come in on one phase and go out on another: no room is made of it.
        n1, n2, n3 = (
            (min(high, max(low, (summed - rest) / phases)) + max(0.0, rest)) if exists else 0.0
            for exists, low, high in zip(self._exists, least, most, strict=True)
        )
        return n1, n2, n3

    def _needed(self, entity: str, convert: Convert, what: str) -> float:
        return needed(self._hass, entity, convert, what)
