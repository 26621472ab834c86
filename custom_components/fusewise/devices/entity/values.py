"""What an entity's state says, as a number in the unit that we count in; what is no number is missing."""

from collections.abc import Callable
import math

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    PERCENTAGE,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    ElectricCurrentConverter,
    ElectricPotentialConverter,
    EnergyConverter,
    PowerConverter,
    TemperatureConverter,
)

from .. import DeviceOfflineError, DeviceRefusedError

__all__ = ["amperes", "celsius", "kilowatt_hours", "needed", "number", "percent", "volts", "watts"]

type Convert = Callable[[State | None], float | None]
"""The number that a state shows, in the unit that we count in."""


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


def celsius(state: State | None) -> float | None:
    """A temperature, in °C."""
    return _converted(state, TemperatureConverter, UnitOfTemperature.CELSIUS)


def kilowatt_hours(state: State | None) -> float | None:
    """An energy. A number without a unit counts as kWh."""
    return _converted(state, EnergyConverter, UnitOfEnergy.KILO_WATT_HOUR, bare=True)


def percent(state: State | None) -> float | None:
    """A share of a hundred; what is outside of that is missing."""
    value = number(state)
    if state is None or value is None:
        return None
    if state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) not in (None, PERCENTAGE):
        return None
    return value if 0.0 <= value <= 100.0 else None


def needed(hass: HomeAssistant, entity: str, convert: Convert, what: str) -> float:
    """The value of an entity that cannot be done without. Raises DeviceError."""
    state = hass.states.get(entity)
    value = convert(state)
    if value is not None:
        return value
    if state is None:
        raise DeviceOfflineError(
            f"There is no entity {entity}. If it was renamed, choose it again in the settings."
        )
    if number(state) is None:
        raise DeviceOfflineError(
            f"{entity} is {state.state!r} and no number. Check the device that it belongs to."
        )
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    raise DeviceRefusedError(
        f"{entity} is in {unit or 'no unit'}, which is no {what}. Choose an entity that measures one."
    )


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
