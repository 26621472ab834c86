"""What an entity's state says, as a number in the unit that we count in; what is no number is missing."""

import math

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfPower,
)
from homeassistant.core import State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    ElectricCurrentConverter,
    ElectricPotentialConverter,
    PowerConverter,
)

__all__ = ["amperes", "number", "volts", "watts"]


def number(state: State | None) -> float | None:
    """The number that a state shows; None where it is unavailable, unknown, a text or not finite."""
    if state is None:
        return None
    try:
        value = float(state.state)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def amperes(state: State | None) -> float | None:
    """A current. A number without a unit counts as A: some integrations give their limits none."""
    return _converted(state, ElectricCurrentConverter, UnitOfElectricCurrent.AMPERE, bare=True)


def watts(state: State | None) -> float | None:
    """A power."""
    return _converted(state, PowerConverter, UnitOfPower.WATT)


def volts(state: State | None) -> float | None:
    """A voltage."""
    return _converted(state, ElectricPotentialConverter, UnitOfElectricPotential.VOLT)


def _converted(
    state: State | None, converter: type[BaseUnitConverter], unit: str, *, bare: bool = False
) -> float | None:
    value = number(state)
    if state is None or value is None:
        return None
    shown = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if shown == unit or (shown is None and bare):
        return value
    try:
        # An entity may be given another unit at any time, by its integration or by its owner.
        return converter.convert(value, shown, unit)
    except HomeAssistantError:
        return None
