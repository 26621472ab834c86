"""The words of balancing: a site, and what is known of it now.

Everything here is a frozen value. Amperes are per phase and positive for import; powers are watts;
times are seconds since the epoch on a clock that never jumps (the controller's). A value's unit is in
its name only where its type does not tell.

    decide(site, snapshot, memory) -> Decision
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from .codes import ReasonCode
from .settings import Settings

type PerPhase = tuple[float, float, float]
"""Amperes (or volts) on L1, L2, L3."""

PHASES = 3
NEVER = float("-inf")
NOTHING: PerPhase = (0.0, 0.0, 0.0)


class Phase(IntEnum):
    """A line conductor of the site. A split-phase service has L1 and L2."""

    L1 = 0
    L2 = 1
    L3 = 2


# --- the site: what was configured -----------------------------------------------------------------


class Mode(StrEnum):
    """What its owner wants of a charger."""

    OFF = "off"
    FAIR = "fair"
    FAST = "fast"
    """As fast as possible: ahead of the fair ones, without being a boost."""
    SUN = "sun"
    """Only what would otherwise be exported."""
    SUN_MINIMUM = "sun_minimum"
    """The floor always, and the sun on top of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandWindow:
    """A peak target: the mean import of each billing window stays under it."""

    minutes: int
    """15, 30 or 60; windows begin at whole multiples of it in UTC."""
    target_watts: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """A thermal element that remembers overload: y' = (m² - y) / τ with m = I / rating (IEC 60255-149).

    Only 1.13 × rating is certain for an hour (IEC 60898-1), so no overload is allowed by this model; it
    derates when the element is already warm. `trips_at` is 1.13² = 1.277.
    """

    time_constant: float
    """τ, s."""
    trips_at: float = 1.277


@dataclass(frozen=True, slots=True, kw_only=True)
class Transformer:
    """Hot-spot temperature after IEC 60076-7, ONAN distribution transformers."""

    oil_time_constant: float = 10_800.0
    oil_rise: float = 55.0
    """Top-oil rise at the rated load, K."""
    hot_spot_rise: float = 23.0
    loss_ratio: float = 5.0
    oil_exponent: float = 0.8
    winding_exponent: float = 1.6
    hot_spot_limit: float = 98.0
    """°C: the temperature of normal ageing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derating:
    """A circuit that carries less when it is warm: full rating up to `starts_at`, none at `stops_at`.

    Between them the rating falls with the root of the temperature margin (losses go with I²).
    """

    starts_at: float = 30.0
    """°C. IEC 60898-1 states breaker ratings at 30 °C."""
    stops_at: float = 80.0
    """°C."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """A fuse, a breaker or a sub-panel: what is behind it shares its rating."""

    id: str
    rating: PerPhase
    """A. 0: this conductor does not exist here."""
    parent: str | None = None
    meter: str | None = None
    """The meter that reads what flows into this circuit."""
    usable_share: float = 0.8
    limit_watts: float | None = None
    other_loads: PerPhase | None = None
    """What hangs on this circuit and is not a charger draws at most this (A), where no meter tells.

    What meters or such figures say of the circuits that it feeds comes on top.
    """
    house_allowance: PerPhase | None = None
    """What the house is taken to draw (A) while the meter is silent, until it has been seen for a week."""
    busbar: float | None = None
    """A: rating of a busbar that is fed from both sides, by the feeder and by the sun."""
    unbalance: float | None = None
    """A: how far one phase may be above another."""
    demand: DemandWindow | None = None
    breaker: Breaker | None = None
    transformer: Transformer | None = None
    derating: Derating | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charger:
    """One charging point and how it is wired."""

    id: str
    circuit: str
    wiring: tuple[Phase, ...]
    """The house conductor behind each of the charger's own, in the charger's order."""
    line_to_line: bool = False
    """One-phase between two line conductors: 240 V split-phase, 208 V, IT 230 V."""
    floor: float = 6.0
    """A: the least with which a car charges (IEC 61851-1: 6 A)."""
    maximum: float = 16.0
    step: float = 0.1
    """A: setpoints are multiples of it."""
    levels: tuple[float, ...] = ()
    """A: the only setpoints that it takes besides 0, where it is not a multiple of `step`."""
    pausable: bool = True
    """False: the car must not be stopped; its floor is kept before everybody else's."""
    priority: int = 0
    weight: float = 1.0
    fallback: float = 6.0
    """A: what the charger lets through by itself when it hears nothing from us."""
    fallback_proved: bool = False
    """True: the fall-back was seen to work. An unproved charger counts with its maximum."""
    switches_phases: bool = False
    """It can be told to charge on one of its conductors only."""
    one_phase: Phase | None = None
    """The house conductor that it uses then; None: the one behind its first."""
    switch_pause: float = 30.0
    """s that its car stays paused after the switch: contactors move, and some cars notice a change only so."""
    slow_to_obey: float = 5.0
    """s: how long after a command it still draws the old current."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The tree of circuits and the chargers on it."""

    circuits: tuple[Circuit, ...]
    """The one without a parent is the main fuse. There may be several such."""
    chargers: tuple[Charger, ...] = ()
    voltage: float = 230.0
    """V between a line conductor and neutral (120 V for split-phase and 120/208 V, 133 V for IT 230 V)."""
    line_voltage: float = 400.0
    """V between two line conductors (240 V split-phase, 208 V, 230 V IT)."""
    settings: Settings = field(default_factory=Settings)


# --- the snapshot: what is known now ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterReading:
    """The newest sample of a meter. NaN and the impossible count as missing."""

    current: PerPhase
    """A, import positive."""
    measured_at: float
    interval: float = 1.0
    """s between its samples."""
    rest: float | None = None
    """A of everything but cars on all phases together, netted, where only their sum is measured.

    Nobody knows on which phase that is, so `current` has all of it on every one.
    """


class ChargerStatus(StrEnum):
    """What a charger says of itself, in the words of OCPP 1.6."""

    AVAILABLE = "available"
    PREPARING = "preparing"
    CHARGING = "charging"
    SUSPENDED_EVSE = "suspended_evse"
    SUSPENDED_EV = "suspended_ev"
    FINISHING = "finishing"
    UNAVAILABLE = "unavailable"
    FAULTED = "faulted"


PLUGGED = frozenset(
    {
        ChargerStatus.PREPARING,
        ChargerStatus.CHARGING,
        ChargerStatus.SUSPENDED_EVSE,
        ChargerStatus.SUSPENDED_EV,
        ChargerStatus.FINISHING,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A car at a charger, and what it needs."""

    id: str
    started: float
    departure: float | None = None
    energy_needed_kwh: float | None = None
    """Still to be charged. None: not known."""
    maximum: float | None = None
    """A: what the vehicle or its owner allows."""
    phases: int | None = None
    """On how many of the charger's conductors the vehicle charges, where that is known; else it is learnt."""
    mode: Mode = Mode.FAIR
    boost: bool = False
    maximum_price: float | None = None
    """Per kWh, in the currency of `Snapshot.price`: above it the car waits."""
    longest: float | None = None
    """s: a session longer than this is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerReading:
    """What is known of a charger now."""

    status: ChargerStatus
    online: bool = True
    current: tuple[float, ...] | None = None
    """A on each of the charger's own conductors, in its own order; None: it does not measure."""
    measured_at: float = 0.0
    limit: float | None = None
    """A: the setpoint that it has accepted and that is in force; None: none is known."""
    limit_until: float | None = None
    """When that setpoint ends by itself and the charger returns to its fall-back."""
    session: Session | None = None
    phases: int | None = None
    """On how many of its conductors it lets current through, as it says; None: it does not say."""
    floor: float = 0.0
    """A: with less, this car cannot charge now. 0: with the charger's own floor it can."""
    left_alone: ReasonCode | None = None
    """Why it is told nothing for a while: it is not `online` then, and counts like one that is out of reach."""


class LimitScope(StrEnum):
    """What a grid operator's limit counts."""

    ALL = "all"
    """Everything behind the circuit."""
    CONTROLLABLE = "controllable"
    """Only chargers, and what `GridLimit.counted_watts` adds (a battery, a heat pump: §14a EnWG)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLimit:
    """A limit from outside, with an end: the grid operator's, an energy manager's, an owner's."""

    source: str
    circuit: str | None = None
    """None: every circuit without a parent."""
    amperes: float | None = None
    watts: float | None = None
    begins: float | None = None
    until: float | None = None
    """None: until it is taken back."""
    scope: LimitScope = LimitScope.ALL
    counted_watts: float = 0.0
    sender_silent: bool = False
    """The sender is not heard any more: after `until` the site's safe limit counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """The home battery now."""

    power: float
    """W, charging positive."""
    soc: float | None = None
    """%."""
    maximum_discharge: float = 0.0
    """W."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything that is known at one moment."""

    now: float
    meters: Mapping[str, MeterReading] = field(default_factory=dict)
    chargers: Mapping[str, ChargerReading] = field(default_factory=dict)
    grid_limits: tuple[GridLimit, ...] = ()
    sun: PerPhase | None = None
    """A that the sun feeds in on each phase, where it is measured; positive."""
    battery: Battery | None = None
    price: float | None = None
    """Per kWh, now."""
    temperatures: Mapping[str, float] = field(default_factory=dict)
    """°C, by circuit: at the breaker, or around the transformer."""
