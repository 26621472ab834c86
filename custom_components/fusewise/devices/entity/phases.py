"""Charging on one phase or on all, at a charger that Home Assistant already has."""

import re
from typing import override

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, State, split_entity_id

from .knobs import Call, Knob
from .levels import SELECTS
from .roles import PHASES, Phases
from .turning import Turning
from .values import number

__all__ = ["PhaseChoice", "PhasesKnob", "phases_of"]


ONE_PHASE = re.compile(
    r"(?<!\d)1(?!\d)|single|(?<![a-z])one(?![a-z])|(?<![a-z])mono", re.IGNORECASE
)
ALL_PHASES = re.compile(r"(?<!\d)3(?!\d)|three|(?<![a-z])tri", re.IGNORECASE)
NUMBERS = ("number", "input_number")


def phases_of(hass: HomeAssistant, entity: str) -> Phases | None:
    """How phases are set by an entity that was chosen; None where its options do not tell.

    A switch is taken to force one phase: that is what they are there for.
    """
    domain, _ = split_entity_id(entity)
    if domain in NUMBERS:
        return Phases(entity=entity, one="1", all="3")
    if domain not in SELECTS:
        return Phases(entity=entity, one="on", all="off")
    state = hass.states.get(entity)
    options = [] if state is None else list(map(str, state.attributes.get("options") or ()))
    one = [option for option in options if ONE_PHASE.search(option)]
    every = [option for option in options if ALL_PHASES.search(option)]
    if len(one) != 1 or len(every) != 1 or one == every:
        return None
    return Phases(entity=entity, one=one[0], all=every[0])


class PhasesKnob(Knob):
    """One phase, or all."""

    def __init__(self, phases: Phases, conductors: int) -> None:
        """`conductors` are the charger's own."""
        self._phases = phases
        self._conductors = conductors
        self.entity = phases.entity or phases.shown_by
        self.follows_car = False

    @override
    def value(self, state: State | None) -> float | None:
        """On how many phases; None where it leaves that to the charger, or shows something else."""
        if state is None:
            return None
        phases, shown = self._phases, state.state
        if split_entity_id(state.entity_id)[0] in NUMBERS:
            figure = number(state)
            shown = "" if figure is None else f"{figure:g}"
        one = phases.one if phases.one_shown is None else phases.one_shown
        every = phases.all if phases.all_shown is None else phases.all_shown
        return {one: 1.0, every: float(self._conductors)}.get(shown)

    @override
    def call(self, value: float) -> Call:
        phases = self._phases
        word = phases.one if value == 1.0 else phases.all
        if phases.action is not None:
            domain, name = split_entity_id(phases.action.name)
            data = phases.action.data.items()
            return domain, name, {key: word if each == PHASES else each for key, each in data}
        assert phases.entity is not None
        domain, _ = split_entity_id(phases.entity)
        if domain in SELECTS:
            return domain, "select_option", {ATTR_ENTITY_ID: phases.entity, "option": word}
        if domain in NUMBERS:
            return domain, "set_value", {ATTR_ENTITY_ID: phases.entity, "value": float(word)}
        return domain, f"turn_{word}", {ATTR_ENTITY_ID: phases.entity}


class PhaseChoice:
    """On how many phases a charger is to charge, and how it is told."""

    def __init__(self, turning: Turning | None) -> None:
        """Nobody has asked for anything; `turning` is None where the charger cannot switch."""
        self._turning = turning
        self.asked: int | None = None

    @property
    def shown(self) -> int | None:
        """On how many it is, as it shows; None where it does not."""
        shown = None if self._turning is None else self._turning.shown
        return None if shown is None else int(shown)

    async def tell(self, *, is_paused: bool) -> None:
        """Not under load; but one that chooses by itself is told at once, as it might do so under load."""
        turning = self._turning
        if turning is None or self.asked is None or not turning.available:
            return
        if is_paused or self.shown in (None, self.asked):
            await turning.turn(float(self.asked))

    def heard(self, entity: str, old: State | None, new: State | None) -> None:
        """Follow whoever else has switched it: what is counted follows what it shows."""
        if self._turning is not None and self._turning.entity == entity:
            self._turning.second_hand(old, new)
