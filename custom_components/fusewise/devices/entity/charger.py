"""A charger that Home Assistant already has, told and read by its entities.

Nothing in it can be trusted to end by itself: what it was told last stays in force when nobody speaks to it
any more. So its fall-back counts as not proved, and while it cannot be reached it counts with its maximum.

A change by somebody else is not fought: what a person or an automation has set lower, or switched off, stays
so until the car leaves. What they have set higher stays only as far as the fuse allows.
"""

from collections.abc import Callable
from dataclasses import replace
import math
from typing import override

from homeassistant.core import Event, EventStateReportedData, HomeAssistant, State, callback
from homeassistant.helpers.event import (
    EventStateChangedData,
    async_track_state_change_event,
    async_track_state_report_event,
)

from ...balancing.model import PLUGGED, ChargerReading
from .. import Charger, Clock, DeviceOfflineError, DeviceRefusedError, Unsubscribe
from ..events import EnergyBy
from ..listeners import Listeners
from .arming import Arming
from .drawn import Drawn
from .knobs import LimitKnob, SwitchKnob
from .phases import PhaseChoice, PhasesKnob
from .roles import ChargerEntities
from .second_hand import Contexts, SecondHand
from .shown import DRAWS, Shown
from .turning import Turning
from .values import kilowatt_hours
from .visit import Stay, Visit

__all__ = ["EntityCharger"]


class EntityCharger(Charger):
    """A charger made of entities."""

    def __init__(
        self,
        hass: HomeAssistant,
        identity: str,
        entities: ChargerEntities,
        clock: Clock,
        *,
        conductors: int,
        voltage: float = 230.0,
        line_to_line: bool = False,
    ) -> None:
        """`conductors` are the charger's own; `voltage` is between one of them and neutral.

        `line_to_line`: it has two and no neutral; then `voltage` is half of what is between them.
        """
        self.identity = identity
        self.entities = entities
        self.conductors = conductors
        self.info: None = None
        """It says nothing of itself; its device in Home Assistant does."""
        self._hass = hass
        self._clock = clock
        self._contexts = Contexts(hass)
        limit, switch = entities.limit, entities.switch
        self._knob = None if limit is None else LimitKnob(hass, limit, voltage)
        self._limit = None if self._knob is None else self._turning(self._knob)
        self._switch = None if switch is None else self._turning(SwitchKnob(switch))
        phases = entities.phases
        self._phases = PhaseChoice(
            None if phases is None else self._turning(PhasesKnob(phases, conductors))
        )
        self._arming = Arming(hass, entities.arm, self._contexts, clock)
        self._drawn = Drawn(
            hass,
            entities,
            clock,
            conductors=conductors,
            voltage=voltage,
            line_to_line=line_to_line,
        )
        self._shown = Shown(
            hass,
            entities,
            clock,
            limit=self._limit,
            switch=self._switch,
            drawn=self._drawn,
            voltage=voltage,
        )
        self._visit = Visit(
            identity, clock, hold=entities.hold, is_seen=entities.status is not None
        )
        self.events = self._visit.events
        """What happens to the sessions at it."""
        self._listeners = Listeners[[]]()
        measuring = [*self._drawn.sources, *filter(None, [entities.energy])]
        self._stop = [
            async_track_state_change_event(hass, list(entities), self._heard),
            async_track_state_report_event(hass, measuring, self._measured),
            self._contexts.close,
        ]
        self._notice_car()

    def _turning(self, knob: LimitKnob | SwitchKnob | PhasesKnob) -> Turning:
        traits = self.entities.traits
        if not isinstance(knob, LimitKnob):
            traits = replace(traits, renew=None)  # only a limit is forgotten
        return Turning(self._hass, knob, traits, self._contexts, self._clock)

    def close(self) -> None:
        """Listen no more."""
        for stop in self._stop:
            stop()

    @property
    def second_hand(self) -> SecondHand | None:
        """Who else has changed its limit or its switch last, until the car leaves."""
        return self._visit.stay.hand

    @property
    def energy_by(self) -> EnergyBy:
        """How it is known what a car has charged."""
        if self.entities.energy is not None:
            return EnergyBy.METER
        return EnergyBy.POWER if self._drawn.sources else EnergyBy.NOTHING

    @property
    def stay(self) -> Stay:
        """What is known of the car that is there, and outlives a restart."""
        return self._visit.stay

    def resume(self, stay: Stay) -> None:
        """Go on with the car that was there before a restart, and with what people have set for it."""
        self._visit.resume(stay)

    @property
    @override
    def reading(self) -> ChargerReading:
        status, away = self._shown.status(), self._shown.away()
        return ChargerReading(
            status=status,
            online=self._shown.missing() is None,
            current=None if away else self._drawn.current(self._shown.let_through()),
            measured_at=self._drawn.measured_at,
            limit=None if away else self._shown.let_through(),
            session=self._visit.session() if status in PLUGGED else None,
            phases=None if away else self._phases.shown,
        )

    def ask_for_phases(self, phases: int) -> None:
        """Charge on so many conductors from the next `apply` on, once it is paused."""
        if phases == self._phases.asked:
            return
        self._phases.asked = phases
        if self._knob is not None and self.entities.limit is not None:
            self._count_phases(self._knob, 1 if phases == 1 else self.entities.limit.phases)

    @override
    def subscribe(self, listener: Callable[[], None]) -> Unsubscribe:
        return self._listeners.add(listener)

    @override
    async def apply(self, current: float) -> None:
        if not (math.isfinite(current) and current >= 0.0):
            raise ValueError(f"{current} A is no limit")
        self._count_on()
        if self._shown.away():
            return
        if (missing := self._shown.missing()) is not None:
            self._arming.lost()
            raise DeviceOfflineError(
                f"{missing} is not available, so the charger cannot be told anything. Check the device "
                "and its integration in Home Assistant; if the entity was renamed, choose it again."
            )
        self._notice_car()
        current = self._visit.allowed(current)
        let, problem = current, None
        if self._knob is not None:
            self._see_phases(self._knob)
            problem = self._knob.problem if current > 0.0 else None
            let = 0.0 if problem is not None else (self._knob.fitting(current) or 0.0)
        # First what the fuse wants, then what is for later.
        if let > 0.0:
            await self._let(let)
        else:
            await self._pause()
        await self._arming.arm()
        await self._phases.tell(is_paused=let == 0.0)
        if problem is not None:
            raise DeviceRefusedError(problem)

    async def _let(self, current: float) -> None:
        """First how much, then that it may: a car must not begin with what was set before."""
        if self._limit is not None:
            await self._limit.turn(current)
        if self._switch is not None and self._switch.available:
            self._switch.keep(self._visit.stay.mode)
            await self._switch.turn(1.0)

    async def _pause(self) -> None:
        if self._switch is None:
            await self._pause_without_switch()
        elif self._switch.available:
            await self._switch.turn(0.0)

    def _see_phases(self, knob: LimitKnob) -> None:
        """A limit in watts is for as many phases as the car is seen to use, and for no more than was said."""
        drawn = self._drawn.current(None) if knob.phases > 1 else None
        used = sum(amps > DRAWS for amps in drawn or ())
        if 0 < used < knob.phases:
            self._count_phases(knob, used)

    def _count_phases(self, knob: LimitKnob, phases: int) -> None:
        if knob.phases != phases and self._limit is not None:
            knob.phases = phases
            self._limit.forget()

    async def _pause_without_switch(self) -> None:
        assert self._knob is not None
        assert self._limit is not None
        if (problem := self._knob.problem) is not None:
            raise DeviceRefusedError(problem)
        least = max(0.0, self._knob.least)
        await self._limit.turn(least)
        if least > 0.0:
            raise DeviceRefusedError(
                f"The charger cannot be paused: its limit cannot be set below {least:g} A, and it has no "
                "switch. Choose one, or let it keep its minimum."
            )

    # --- what it hears --------------------------------------------------------------------------------

    @callback
    def _heard(self, event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        entity = event.data["entity_id"]
        self._count(entity, new)
        self._phases.heard(entity, old, new)
        for turning in (self._limit, self._switch):
            if turning is not None and turning.entity == entity and not self._shown.away():
                hand = turning.second_hand(old, new)
                if hand is not None:
                    self._visit.hold(hand, is_switch=turning is self._switch)
        self._notice_car()
        self._changed()

    @callback
    def _measured(self, event: Event[EventStateReportedData]) -> None:
        self._count(event.data["entity_id"], event.data["new_state"])
        self._changed()

    def _count(self, entity: str, state: State | None) -> None:
        if entity in self._drawn.sources:
            self._drawn.reported(entity, state)
        elif entity != self.entities.energy:
            return
        self._count_now()

    def _count_on(self) -> None:
        """Go on counting what draws steadily: many an integration tells only what has changed."""
        if self.entities.energy is None and self._drawn.sources:
            self._count_now()

    def _count_now(self) -> None:
        power = None if self._shown.away() else self._drawn.power(self._shown.let_through())
        energy = self.entities.energy and self._hass.states.get(self.entities.energy)
        kwh = None if not energy else kilowatt_hours(energy)
        self._visit.count(power, None if kwh is None else 1000 * kwh)

    def _notice_car(self) -> None:
        if self._shown.missing() is not None:
            return
        if self.entities.energy is not None:
            self._count_now()  # so that what others have charged before is not this car's
        is_another = self._visit.notice(present=self._shown.status() in PLUGGED)
        draws = self._shown.draws()
        if self.entities.status is None and draws is not None:
            is_another |= self._visit.follow(draws=draws, may=self._shown.let_through() != 0.0)
        if is_another and self._knob is not None and self.entities.limit is not None:
            self._count_phases(self._knob, self.entities.limit.phases)

    def _changed(self) -> None:
        self._listeners.call()
