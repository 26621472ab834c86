"""What else a home has to do with its cars: its sun, its battery, the cars, the price, and how warm its panels are.

Something that tells of one of these offers `reading`: the newest that it knows, or None where nothing tells.
"""

from dataclasses import dataclass
from typing import Protocol

from ..balancing.model import PerPhase

__all__ = [
    "Battery",
    "BatteryReading",
    "Price",
    "PriceReading",
    "Solar",
    "SolarReading",
    "TemperatureReading",
    "Thermometer",
    "Vehicle",
    "VehicleReading",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolarReading:
    """What solar panels feed in."""

    power: float
    """W."""
    current: PerPhase
    """A on each phase."""
    measured_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryReading:
    """The home battery."""

    power: float
    """W, charging positive."""
    measured_at: float
    soc: float | None = None
    """%."""
    capacity_kwh: float | None = None
    maximum_charge: float | None = None
    """W."""
    maximum_discharge: float | None = None
    """W."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleReading:
    """A vehicle, wherever it is."""

    soc: float | None = None
    """%, at `soc_at`."""
    soc_at: float | None = None
    target: float | None = None
    """%: up to where it is to be charged."""
    capacity_kwh: float | None = None
    maximum: float | None = None
    """A: the most that it takes on each phase."""
    at_home: bool | None = None
    """None: nobody tells."""
    home_since: float | None = None
    plugged: bool | None = None
    """Its cable is in, by its own word; None: nobody tells."""
    plugged_since: float | None = None

    @property
    def needed_kwh(self) -> float | None:
        """What its battery lacked, when its state of charge was told; None where that is not known."""
        if self.soc is None or self.target is None or self.capacity_kwh is None:
            return None
        return max(0.0, self.target - self.soc) / 100 * self.capacity_kwh


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceReading:
    """What electricity costs."""

    price: float
    """Per kWh."""
    currency: str
    """Three letters."""
    measured_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureReading:
    """How warm it is at a circuit."""

    celsius: float
    measured_at: float


class Solar(Protocol):
    """Solar panels."""

    @property
    def reading(self) -> SolarReading | None:
        """The newest that is known."""


class Battery(Protocol):
    """A home battery."""

    @property
    def reading(self) -> BatteryReading | None:
        """The newest that is known."""


class Vehicle(Protocol):
    """A vehicle."""

    @property
    def reading(self) -> VehicleReading:
        """The newest that is known; what nobody tells is None."""

    @property
    def cards(self) -> tuple[str, ...]:
        """By which cards, and by which address of its own (MAC), a charger knows it."""

    @property
    def charger(self) -> str | None:
        """The id of the charger at which it is taken to be where nothing else tells."""


class Price(Protocol):
    """The price of electricity."""

    @property
    def reading(self) -> PriceReading | None:
        """The newest that is known."""


class Thermometer(Protocol):
    """A thermometer at a circuit."""

    @property
    def reading(self) -> TemperatureReading | None:
        """The newest that is known, and not too old."""
