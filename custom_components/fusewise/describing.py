"""How sensors are described: currents, powers, moments, and when a new value is worth writing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfElectricCurrent, UnitOfPower
from homeassistant.util import dt as dt_util

from .balancing.model import Phase
from .const import PHASE_KEYS
from .dead_bands import CAR_CURRENT, POWER
from .entity import FusewiseDescription


@dataclass(frozen=True, kw_only=True)
class FusewiseSensorDescription[ViewT](SensorEntityDescription, FusewiseDescription[ViewT]):
    """What a sensor shows."""


def current[ViewT](
    key: str,
    value_fn: Callable[[ViewT], float | None],
    *,
    phase: Phase | None = None,
    available_fn: Callable[[ViewT], bool] = lambda _: True,
    attributes_fn: Callable[[ViewT], Mapping[str, Any]] = lambda _: {},
    detail: bool = False,
    significant: float = CAR_CURRENT,
    limit_fn: Callable[[ViewT], float | None] | None = None,
) -> FusewiseSensorDescription[ViewT]:
    """A sensor in amperes; a `detail` is diagnostic, and off until somebody wants it."""
    return FusewiseSensorDescription(
        key=key if phase is None else f"{key}_{PHASE_KEYS[phase]}",
        translation_key=key,
        phase=phase,
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC if detail else None,
        entity_registry_enabled_default=not detail,
        value_fn=lambda view: rounded(value_fn(view)),
        attributes_fn=attributes_fn,
        available_fn=available_fn,
        significant=significant,
        limit_fn=limit_fn,
    )


def power[ViewT](
    key: str,
    value_fn: Callable[[ViewT], float | None],
    *,
    available_fn: Callable[[ViewT], bool] = lambda _: True,
    significant: float = POWER,
) -> FusewiseSensorDescription[ViewT]:
    """A sensor in watts that shows kilowatts."""
    return FusewiseSensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=1,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda view: None if (watts := value_fn(view)) is None else round(watts, -1),
        available_fn=available_fn,
        significant=significant,
    )


def rounded(amperes: float | None) -> float | None:
    """As many digits as meters know; each further one would be a line of history."""
    return None if amperes is None else round(amperes, 1)


def moment(seconds: float) -> datetime:
    """A time as Home Assistant shows it."""
    return dt_util.utc_from_timestamp(round(seconds))
