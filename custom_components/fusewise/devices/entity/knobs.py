"""The two things about a charger that can be turned: its limit, and whether it charges at all."""

from collections.abc import Mapping
import re
from typing import Any, Protocol, override

from homeassistant.const import ATTR_ENTITY_ID, ATTR_UNIT_OF_MEASUREMENT, UnitOfElectricCurrent
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.util.unit_conversion import ElectricCurrentConverter

from .roles import Limit, Switch
from .values import amperes

__all__ = ["Knob", "LimitKnob", "SwitchKnob", "levels_of"]

AMPERES = re.compile(r"^\s*(\d+(?:[.,]\d+)?)\s*(?:a|amps?|amperes?)?\s*$", re.IGNORECASE)
SAME = 0.05  # A

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


def levels_of(state: State | None) -> dict[float, str]:
    """The options of a select that are amperes."""
    options = () if state is None else state.attributes.get("options", ())
    found = {option: AMPERES.match(option) for option in options}
    return {float(match[1].replace(",", ".")): option for option, match in found.items() if match}


class LimitKnob(Knob):
    """The limit."""

    def __init__(self, hass: HomeAssistant, limit: Limit) -> None:
        self._hass = hass
        self._limit = limit
        self.entity = limit.entity or limit.shown_by
        self.follows_car = False

    @override
    def value(self, state: State | None) -> float | None:
        if state is None:
            return None
        if state.domain == "select":
            match = AMPERES.match(state.state)
            return float(match[1].replace(",", ".")) if match else None
        return amperes(state)

    @property
    def can_pause(self) -> bool:
        """It takes 0 A."""
        return self.least <= 0.0

    @property
    def least(self) -> float:
        """The least A that it takes."""
        if self._limit.entity is None:
            return 0.0 if self._limit.action is not None and self._limit.action.takes_zero else 1.0
        levels = self._levels()
        return min(levels) if levels else self._bounds()[0]

    @property
    def levels(self) -> tuple[float, ...]:
        """The only A that it takes, where it is a select."""
        return tuple(sorted(self._levels())) if self._limit.entity is not None else ()

    @property
    def step(self) -> float:
        """The A in whose multiples it is told."""
        return 1.0 if self._limit.entity is None else self._bounds()[2]

    def fitting(self, current: float) -> float | None:
        """The most that it takes and that is not above `current`; None where it takes nothing so low."""
        if self._limit.entity is None:
            return float(int(current)) if current >= 1.0 else None
        if levels := self._levels():
            return max((level for level in levels if level <= current + SAME), default=None)
        least, most, step = self._bounds()
        if current < least - SAME:
            return None
        steps = int((min(current, most) - least + SAME * step) / step)
        return least + steps * step

    @override
    def call(self, value: float) -> Call:
        if self._limit.action is not None:
            domain, name = split_entity_id(self._limit.action.name)
            return domain, name, self._limit.action.filled(value)
        entity = self._limit.entity
        assert entity is not None
        state = self._hass.states.get(entity)
        domain, _ = split_entity_id(entity)
        if domain in ("select", "input_select"):
            return (
                domain,
                "select_option",
                {ATTR_ENTITY_ID: entity, "option": self._levels()[value]},
            )
        return domain, "set_value", {ATTR_ENTITY_ID: entity, "value": _in_its_unit(value, state)}

    def _levels(self) -> Mapping[float, str]:
        assert self._limit.entity is not None
        state = self._hass.states.get(self._limit.entity)
        return levels_of(state) if state is not None and "options" in state.attributes else {}

    def _bounds(self) -> tuple[float, float, float]:
        """The least and the most A that it takes, and in which steps."""
        assert self._limit.entity is not None
        state = self._hass.states.get(self._limit.entity)
        shown = state.attributes if state is not None else {}
        # Only where the integration gives none: IEC 61851-1.
        figures = (shown.get("min", 6.0), shown.get("max", 32.0), shown.get("step", 1.0))
        least, most, step = (_in_amperes(float(figure), state) for figure in figures)
        return least, most, max(step, 0.001)


class SwitchKnob(Knob):
    """On and off."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self.entity: str = switch.entity
        self.follows_car = switch.follows_car

    @override
    def value(self, state: State | None) -> float | None:
        if state is None:
            return None
        if split_entity_id(self.entity)[0] not in ("select", "input_select"):
            return {self._switch.on: 1.0, self._switch.off: 0.0}.get(state.state)
        # Any other mode of a charger lets the car charge, in its own way.
        usable = state.state in state.attributes.get("options", ())
        return float(state.state != self._switch.off) if usable else None

    @override
    def call(self, value: float) -> Call:
        domain, _ = split_entity_id(self.entity)
        wanted = self._switch.on if value else self._switch.off
        if domain in ("select", "input_select"):
            return domain, "select_option", {ATTR_ENTITY_ID: self.entity, "option": wanted}
        if domain == "lock":
            name = "lock" if wanted == "locked" else "unlock"
            return domain, name, {ATTR_ENTITY_ID: self.entity}
        return domain, f"turn_{wanted}", {ATTR_ENTITY_ID: self.entity}


def _in_amperes(value: float, state: State | None) -> float:
    unit = None if state is None else state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if unit not in ElectricCurrentConverter.VALID_UNITS or unit is None:
        return value
    return ElectricCurrentConverter.convert(value, unit, UnitOfElectricCurrent.AMPERE)


def _in_its_unit(value: float, state: State | None) -> float:
    unit = None if state is None else state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if unit not in ElectricCurrentConverter.VALID_UNITS or unit is None:
        return value
    return ElectricCurrentConverter.convert(value, UnitOfElectricCurrent.AMPERE, unit)
