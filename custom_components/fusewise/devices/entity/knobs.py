"""The two things about a charger that can be turned: its limit, and whether it charges at all."""

from collections.abc import Mapping
import math
from typing import Any, Protocol, override

from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_UNIT_OF_MEASUREMENT,
    UnitOfElectricCurrent,
    UnitOfPower,
)
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.util.unit_conversion import ElectricCurrentConverter, PowerConverter

from .levels import SELECTS, level_of, levels_of, phases_of_option
from .roles import Limit, Switch
from .values import number

__all__ = ["Call", "Knob", "LimitKnob", "SwitchKnob"]

SAME = 0.05  # A
MINUTE = 0.001  # A: no charger is told in smaller steps

type Call = tuple[str, str, dict[str, Any]]
"""Domain, name and parameters of an action."""


class Knob(Protocol):
    """Something that can be turned, by an action, and shows how it stands."""

    entity: str | None
    """Where it shows that; None: nowhere."""
    follows_car: bool
    """It shows what the car does, and not only what it was told."""

    def value(self, state: State | None) -> float | None:
        """How it stands: A, or 1 for on and 0 for off; None where that is not known."""

    def call(self, value: float) -> Call:
        """The action that turns it."""

    def mode(self, _state: State | None) -> str | None:
        """In which of several modes it is on; None where there is but one, or it is off."""
        return None

    def keep(self, _mode: str | None) -> None:
        """Be turned on in this mode from now on; None: in its own."""
        return

    def is_kept(self, mode: str | None) -> bool:
        """Whether it is the mode in which it would be turned on."""
        return mode is None


class LimitKnob(Knob):
    """The limit."""

    def __init__(self, hass: HomeAssistant, limit: Limit, voltage: float = 230.0) -> None:
        """`voltage` is between a conductor and neutral."""
        self._hass = hass
        self._limit = limit
        self._voltage = voltage
        self.entity = limit.entity or limit.shown_by
        self.follows_car = False
        self._kept: int | None = None
        self._had_unit = False
        """It has said once in which unit it is; a number without one may be in any then."""
        self.phases = limit.phases
        """On how many conductors a power is taken to be; a car that uses fewer draws more on each."""

    @override
    def value(self, state: State | None) -> float | None:
        if state is None:
            return None
        if state.domain in SELECTS:
            return level_of(state.state, self._volts)
        figure = number(state)
        return None if figure is None else self._amperes(figure, state)

    @property
    def can_pause(self) -> bool:
        """It takes 0 A."""
        return self.least <= 0.0

    @property
    def least(self) -> float:
        """The least A that it takes."""
        if self._limit.entity is None:
            action = self._limit.action
            return 1.0 if action is None else 0.0 if action.takes_zero else action.least
        if self._is_select:
            return min(self._levels(), default=1.0)
        return self._bounds()[0]

    @property
    def levels(self) -> tuple[float, ...]:
        """The only A that it takes, where it is a select."""
        return tuple(sorted(self._levels())) if self._limit.entity is not None else ()

    @property
    def step(self) -> float:
        """The A in whose multiples it is told."""
        return 1.0 if self._limit.entity is None or self._is_select else self._bounds()[2]

    @property
    def problem(self) -> str | None:
        """Why it cannot be told a current at all; None: it can."""
        if self._limit.entity is None:
            return None
        state = self._hass.states.get(self._limit.entity)
        if self._is_select:
            if self._levels():
                return None
            return (
                f"None of the options of {self.entity} is a current, like 10 A. Choose another one."
            )
        if self._unit(state) is None:
            unit = state and state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
            return (
                f"{self.entity} is in {unit or 'no unit any more'}, which is neither a current nor a power. Choose the "
                "entity that sets the charging current."
            )
        return None

    def fitting(self, current: float) -> float | None:
        """The most that it takes and that is not above `current`; None where it takes nothing so low."""
        if self._limit.entity is None:
            least = 1.0 if self._limit.action is None else self._limit.action.least
            return float(int(current)) if current >= least else None
        if self._is_select:
            return max((level for level in self._levels() if level <= current + SAME), default=None)
        least, most, step = self._bounds()
        if current < least - SAME:
            return None
        steps = int((min(current, most) - least + SAME * step) / step)
        return least + steps * step

    @override
    def call(self, value: float) -> Call:
        if self._limit.action is not None:
            domain, name = split_entity_id(self._limit.action.name)
            return domain, name, self._limit.action.filled(value, self._voltage, self.phases)
        entity = self._limit.entity
        assert entity is not None
        state = self._hass.states.get(entity)
        domain, _ = split_entity_id(entity)
        if self._is_select:
            levels = self._levels()
            option = levels[min(levels, key=lambda level: abs(level - value))]
            return domain, "select_option", {ATTR_ENTITY_ID: entity, "option": option}
        figure = round(value / (self._unit(state) or 1.0), 6)
        return domain, "set_value", {ATTR_ENTITY_ID: entity, "value": figure}

    @property
    def _is_select(self) -> bool:
        entity = self._limit.entity
        return entity is not None and split_entity_id(entity)[0] in SELECTS

    @property
    def _volts(self) -> float:
        return self._voltage * self.phases

    def _levels(self) -> Mapping[float, str]:
        assert self._limit.entity is not None
        if not self._is_select:
            return {}
        state = self._hass.states.get(self._limit.entity)
        # Where an option is for one phase or for three as well, who set that goes on with it.
        self._kept = (state and phases_of_option(state.state)) or self._kept
        return levels_of(state, self._volts, self._kept)

    def _bounds(self) -> tuple[float, float, float]:
        """The least and the most A that it takes, and in which steps."""
        assert self._limit.entity is not None
        state = self._hass.states.get(self._limit.entity)
        unit = self._unit(state) or 1.0
        # Only where the integration gives none that can be: IEC 61851-1.
        least, most = (self._bound(state, *bound) for bound in (("min", 6.0), ("max", 32.0)))
        step = self._bound(state, "step", unit if unit > 0.1 else 1.0)
        if least > most:
            least, most = most, least
        return least, most, step if step >= MINUTE else 1.0

    def _bound(self, state: State | None, name: str, otherwise: float) -> float:
        shown = None if state is None else state.attributes.get(name)
        try:
            figure = math.nan if shown is None else float(shown)
        except TypeError, ValueError:
            return otherwise
        amps = self._amperes(figure, state)
        return amps if amps is not None and math.isfinite(amps) else otherwise

    def _amperes(self, figure: float, state: State | None) -> float | None:
        unit = self._unit(state)
        return None if unit is None else figure * unit

    def _unit(self, state: State | None) -> float | None:
        """A of one of its units; None where that is neither a current nor a power."""
        shown = None if state is None else state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        if shown is None:
            return None if self._had_unit else 1.0
        self._had_unit = True
        if shown in ElectricCurrentConverter.VALID_UNITS:
            return ElectricCurrentConverter.convert(1.0, shown, UnitOfElectricCurrent.AMPERE)
        if shown in PowerConverter.VALID_UNITS:
            return PowerConverter.convert(1.0, shown, UnitOfPower.WATT) / self._volts
        return None


class SwitchKnob(Knob):
    """On and off."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._on = switch.on
        self.entity: str = switch.entity
        self.follows_car = switch.follows_car

    @override
    def value(self, state: State | None) -> float | None:
        if state is None:
            return None
        if split_entity_id(self.entity)[0] not in SELECTS:
            return {self._switch.on: 1.0, self._switch.off: 0.0}.get(state.state)
        # Any other mode of a charger lets the car charge, in its own way.
        usable = state.state in state.attributes.get("options", ())
        return float(state.state != self._switch.off) if usable else None

    @override
    def call(self, value: float) -> Call:
        domain, _ = split_entity_id(self.entity)
        wanted = self._on if value else self._switch.off
        if domain in SELECTS:
            return domain, "select_option", {ATTR_ENTITY_ID: self.entity, "option": wanted}
        if domain == "lock":
            name = "lock" if wanted == "locked" else "unlock"
            return domain, name, {ATTR_ENTITY_ID: self.entity}
        return domain, f"turn_{wanted}", {ATTR_ENTITY_ID: self.entity}

    @override
    def mode(self, state: State | None) -> str | None:
        is_select = split_entity_id(self.entity)[0] in SELECTS
        return state.state if is_select and state is not None and self.value(state) else None

    @override
    def keep(self, mode: str | None) -> None:
        self._on = mode or self._switch.on

    @override
    def is_kept(self, mode: str | None) -> bool:
        return mode in (None, self._on)
