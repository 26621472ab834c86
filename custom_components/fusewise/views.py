"""What entities show: a site and its chargers at one moment, with all that belongs together."""

from collections.abc import Mapping
from dataclasses import dataclass

from .balancing.decision import CircuitState, Decision, Setpoint
from .balancing.memory import CircuitMemory
from .balancing.model import Charger, ChargerReading, Circuit, GridLimit, MeterReading
from .const import MAIN_CIRCUIT
from .devices import DeviceError
from .devices.events import EnergyBy
from .devices.home import BatteryReading, PriceReading, SolarReading, VehicleReading
from .guests import Guest
from .proving import Proof, ProofState
from .readiness import Outlook
from .session_record import SessionRecord
from .wanted import Wanted
from .wish import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleView:
    """A vehicle as its entities show it."""

    id: str
    """The id of its subentry."""
    name: str
    reading: VehicleReading
    charger: str | None
    """The id of the charger at which it is."""
    guest: Guest | None
    """How that is known, and what it has got there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerView:
    """A charger as its entities show it."""

    charger: Charger
    name: str
    reading: ChargerReading
    setpoint: Setpoint | None
    """None until the next cycle, for a charger that was added a moment ago."""
    power: float | None
    """W that its car draws; None: it does not measure."""
    limited_in: str | None
    """The name of the circuit that limits it; the main fuse has none of its own."""
    shares_with: tuple[str, ...]
    """The names of the others who share what limits it."""
    problem: DeviceError | None
    """Why it could not be told its last setpoint."""
    wanted: Wanted
    wish: Wish
    departure: float | None
    """By the wall clock."""
    outlook: Outlook
    boosts_left: int | None
    """None: as many as wished."""
    session: SessionRecord | None
    """The session that runs, or the last one."""
    energy_kwh: float
    """What it has charged in all its sessions."""
    energy_by: EnergyBy
    """How that is known."""
    proof_state: ProofState
    proof: Proof | None
    """What the last test of its fall-back has shown."""
    vehicle: VehicleView | None
    """The vehicle that is at it, where that is known."""
    awaited: bool
    """It is not connected because Home Assistant has just been started; it will call again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitView:
    """A circuit as its entities show it."""

    circuit: Circuit
    name: str
    state: CircuitState
    memory: CircuitMemory
    grid_limit: GridLimit | None
    """The one that was set for it, if one is in force; the tightest if several are."""
    thermal_share: float
    """Of its rating that it carries, as warm as it is, on its warmest phase; 1: all."""
    demand_forecast: float | None
    """kW of the demand window at its end, if all goes on as now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """A site as its entities show it."""

    decision: Decision
    chargers: Mapping[str, ChargerView]
    circuits: Mapping[str, CircuitView]
    grid_limits: tuple[GridLimit, ...]
    """Those that are in force."""
    solar: Mapping[str, SolarReading | None]
    """What each inverter feeds in, by the id of its subentry; `measured_at` tells how old that is."""
    batteries: Mapping[str, BatteryReading | None]
    vehicles: Mapping[str, VehicleView]
    meters: Mapping[str, MeterReading]
    """What each meter has said last, by the id of its subentry."""
    price: PriceReading | None
    """What electricity costs; None where nothing tells."""
    maximum_price: float | None
    """Per kWh, of all chargers that have none of their own."""
    starting: bool
    """It has run for a moment only, and the meter may not have been read yet."""

    @property
    def main(self) -> CircuitState:
        """The main fuse."""
        return self.circuits[MAIN_CIRCUIT].state

    @property
    def cars_power(self) -> float | None:
        """W of all cars whose chargers measure; None: none does."""
        powers = [view.power for view in self.chargers.values() if view.power is not None]
        return sum(powers) if powers else None
