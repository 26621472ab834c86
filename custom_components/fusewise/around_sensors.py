"""What is known of the sun, the battery, the vehicles and the meters, and how old that is."""

from collections.abc import Callable
from datetime import datetime, timedelta

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfEnergy

from .balancing.model import MeterReading
from .dead_bands import ENERGY, MOMENT, STATE_OF_CHARGE
from .describing import FusewiseSensorDescription, moment, power
from .devices.home import BatteryReading, SolarReading
from .views import VehicleView


def _measured_at[ViewT](
    value_fn: Callable[[ViewT], float | None], significant: timedelta = MOMENT
) -> FusewiseSensorDescription[ViewT]:
    """When something was measured last; off until somebody wants it."""

    def at(view: ViewT) -> datetime | None:
        seconds = value_fn(view)
        return None if seconds is None else moment(seconds)

    return FusewiseSensorDescription(
        key="measured_at",
        translation_key="measured_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=at,
        significant=significant,
    )


def _state_of_charge[ViewT](
    value_fn: Callable[[ViewT], float | None],
) -> FusewiseSensorDescription[ViewT]:
    return FusewiseSensorDescription(
        key="state_of_charge",
        translation_key="state_of_charge",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda view: None if (soc := value_fn(view)) is None else round(soc, 1),
        significant=STATE_OF_CHARGE,
    )


def _soc_now(view: VehicleView) -> float | None:
    """By its own word, and what the charger has given since."""
    return view.reading.soc if view.guest is None else view.guest.soc_now(view.reading)


def _needed(view: VehicleView) -> float | None:
    needed = view.reading.needed_kwh if view.guest is None else view.guest.needed_kwh(view.reading)
    return None if needed is None else round(needed, 1)


SOLAR_SENSORS: tuple[FusewiseSensorDescription[SolarReading], ...] = (
    power("power", lambda reading: reading.power),
    _measured_at(lambda reading: reading.measured_at),
)

BATTERY_SENSORS: tuple[FusewiseSensorDescription[BatteryReading], ...] = (
    power("power", lambda reading: reading.power),
    _state_of_charge(lambda reading: reading.soc),
    _measured_at(lambda reading: reading.measured_at),
)

VEHICLE_SENSORS: tuple[FusewiseSensorDescription[VehicleView], ...] = (
    _state_of_charge(_soc_now),
    FusewiseSensorDescription(
        key="needed_energy",
        translation_key="needed_energy",
        device_class=SensorDeviceClass.ENERGY_STORAGE,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        value_fn=_needed,
        significant=ENERGY,
    ),
    FusewiseSensorDescription(
        key="known_by",
        translation_key="known_by",
        device_class=SensorDeviceClass.ENUM,
        options=["choice", "card", "mac", "plug", "came_home", "only_one", "usual"],
        value_fn=lambda view: None if view.guest is None else view.guest.known_by.value,
    ),
    _measured_at(lambda view: view.reading.soc_at),
)

METER_SENSORS: tuple[FusewiseSensorDescription[MeterReading], ...] = (
    # Who turns it on wants to see it stop.
    _measured_at(lambda reading: reading.measured_at, timedelta(seconds=30)),
)
