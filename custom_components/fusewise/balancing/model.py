"""The words of balancing: a site, what is known of it now, what was decided, and what is remembered.

Everything here is a frozen value. Amperes are per phase and positive for import; powers are watts;
times are seconds since the epoch on a clock that never jumps (the controller's). A value's unit is in
its name only where its type does not tell.

    decide(site, snapshot, memory) -> Decision
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

type PerPhase = tuple[float, float, float]
"""Amperes (or volts) on L1, L2, L3."""

PHASES = 3
NEVER = float("-inf")
NOTHING: PerPhase = (0.0, 0.0, 0.0)
RESUMED = ""
"""In the place of a session's id, which may change over a restart: whichever session runs is the one."""


class Phase(IntEnum):
    """A line conductor of the site. A split-phase service has L1 and L2."""

    L1 = 0
    L2 = 1
    L3 = 2


# --- the site: what was configured -----------------------------------------------------------------


class Policy(StrEnum):
    """How current is shared among those who are admitted."""

    FAIR = "fair"
    """In proportion to the current that each still needs on average to be ready at its departure: smoothed
    least-laxity first, so that nobody is far behind the others."""
    EQUAL = "equal"
    PROPORTIONAL = "proportional"
    """In proportion to the energy that is still needed."""
    EARLIEST_DEPARTURE = "earliest_departure"
    FIRST_COME = "first_come"
    PRIORITY = "priority"
    """The charger with the higher priority takes all that it can use before the next one rises."""


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


class Netting(StrEnum):
    """How the country's meter nets sun on one phase against load on another."""

    ALL_PHASES = "all_phases"
    PER_PHASE = "per_phase"


class BatteryUse(StrEnum):
    """Who comes first when the sun shines: the cars or the home battery."""

    CARS_FIRST = "cars_first"
    BATTERY_FIRST = "battery_first"
    BATTERY_HELPS = "battery_helps"
    """Cars first, and the battery gives what it can down to `battery_reserve`."""


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
    slow_to_obey: float = 5.0
    """s: how long after a command it still draws the old current."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the site wants to be balanced. The defaults are right for a home."""

    policy: Policy = Policy.FAIR
    turn_time: float = 1800.0
    """s: nobody waits longer than this while others of the same priority charge."""
    running_bonus: float = 900.0
    """s of laxity that a charging car is ahead of a waiting one, so that cars do not start and stop."""
    patience: float = 0.0
    """Policy 'fair': a car waits while it would be ready with less than so many times its floor, on average, and
    others need what its floor takes in order to be ready. 0: whoever's floor fits charges. With known departures
    2 delivers most."""
    hold: float = 6.0
    """s after a fall that a limit demanded, before current rises again; at least 20 s where the samples of car and
    meter are not of equal age."""
    rise_spacing: float = 5.0
    """s between two rises of one charger: a car needs about that long to follow (IEC 61851-1)."""
    rise_rate: float = 1.0
    """A/s, on average; 0 → floor excepted. inf: at once."""
    dead_band: float = 1.0
    """A: smaller rises are not sent (nor those under 5 %)."""
    smoothing: float = 0.3
    """s: time constant of the moving average that a rise looks at; at least 5 s where the samples of cars and meter
    are not of equal age. 0: it looks at the moment."""
    minimum_on: float = 300.0
    """s a car charges at least before it is paused for comfort (fairness, sun, price)."""
    minimum_off: float = 60.0
    """s a car stays paused at least."""
    boosts_per_week: int | None = None
    """How often one charger may boost in seven days; None: as often as wished."""
    netting: Netting = Netting.ALL_PHASES
    battery: BatteryUse = BatteryUse.CARS_FIRST
    battery_reserve: float = 20.0
    """%: down to this state of charge the battery may help."""
    safe_grid_watts: float | None = None
    """W: what counts when a grid signal has ended without a word and its sender is silent."""


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
    settings: Settings = Settings()


# --- the snapshot: what is known now ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterReading:
    """The newest sample of a meter. NaN and the impossible count as missing."""

    current: PerPhase
    """A, import positive."""
    measured_at: float
    interval: float = 1.0
    """s between its samples."""


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


# --- the decision ----------------------------------------------------------------------------------


class ReasonCode(StrEnum):
    """Why a charger gets what it gets. Turned into words only at the surface."""

    # as much as it wants
    FULL = "full"
    """The charger's own maximum."""
    VEHICLE_LIMIT = "vehicle_limit"
    """The vehicle or its owner asks for no more."""
    CAR_LEAVES_IT = "car_leaves_it"
    """The car does not use more; the rest is handed on."""
    # a limit binds
    CIRCUIT_LIMIT = "circuit_limit"
    WATT_LIMIT = "watt_limit"
    GRID_LIMIT = "grid_limit"
    PEAK_TARGET = "peak_target"
    UNBALANCE = "unbalance"
    THERMAL = "thermal"
    BUSBAR = "busbar"
    SURPLUS = "surplus"
    # it waits
    WAITING_TURN = "waiting_turn"
    WAITING_SUN = "waiting_sun"
    WAITING_PRICE = "waiting_price"
    MINIMUM_OFF = "minimum_off"
    # time
    RISING = "rising"
    HOLD = "hold"
    # nobody wants it
    NO_CAR = "no_car"
    OFF = "off"
    SESSION_OVER = "session_over"
    FAULTED = "faulted"
    OFFLINE = "offline"
    # safety
    PROVING = "proving"
    """Its fall-back is being tested: it is told nothing."""
    METER_SILENT = "meter_silent"
    METER_STUCK = "meter_stuck"
    METER_IMPOSSIBLE = "meter_impossible"
    NO_METER = "no_meter"
    STARTING = "starting"
    """After a restart, until the meters have spoken."""
    NO_ROOM = "no_room"
    """The house alone leaves less than the floor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why, with the figures."""

    code: ReasonCode
    limited_by: ReasonCode | None = None
    """What bounds the share, or leaves no room for it, where `code` says why the charger waits."""
    circuit: str | None = None
    phase: Phase | None = None
    limit: float | None = None
    """A on that phase (W for a watt limit and for the sun) that bind."""
    source: str | None = None
    """Whose limit: 'rating', 'limit', 'peak target', 'busbar', 'unbalance', 'sun', a grid limit's source, …"""
    shared_by: tuple[str, ...] = ()
    """Everybody who shares what binds, itself included."""
    until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setpoint:
    """What a charger is told."""

    charger: str
    current: float
    """A on each of its conductors; 0: paused."""
    target: float
    """A: its share once all rises are done."""
    reason: Reason


class FallbackCause(StrEnum):
    """Why a circuit does without its meter."""

    SILENT = "silent"
    STUCK = "stuck"
    IMPOSSIBLE = "impossible"
    MISSING = "missing"
    STARTING = "starting"


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitState:
    """What a circuit carries and may carry now, per phase."""

    circuit: str
    load: PerPhase | None
    """A that its meter shows; None: not metered, or not known."""
    others: PerPhase
    """A that is counted for everything that is not a charger."""
    limit: PerPhase
    """A that it may carry."""
    headroom: PerPhase
    """A left for cars after everything else."""
    source: ReasonCode
    """Which kind of limit is in force on the tightest phase."""
    fallback: FallbackCause | None = None
    allowance: PerPhase | None = None
    """A that the house is taken to draw while the meter is silent; None: nobody knows."""


class NoticeCode(StrEnum):
    """What its owner ought to know."""

    EXPORT_ABOVE_RATING = "export_above_rating"
    OVER_RATING = "over_rating"
    CHARGER_DISOBEYS = "charger_disobeys"
    BOOST_SPENT = "boost_spent"
    BAD_VALUE = "bad_value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something noticed on the way that does not change what is decided, or says why it did."""

    code: NoticeCode
    subject: str
    """The id of the circuit, charger, meter or limit."""
    figure: float | None = None
    detail: str = ""


# --- the memory ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerMemory:
    """What the last cycles left behind for one charger."""

    setpoint: float = 0.0
    changed_at: float = NEVER
    """When the setpoint changed last."""
    fell_at: float = NEVER
    """When a limit made it fall last."""
    before: float = 0.0
    """A: the most that it may still draw from earlier setpoints, until `slow_to_obey` after `changed_at`."""
    told: tuple[tuple[float, float], ...] = ()
    """(since when, A) of the setpoints in the time that its car has to follow, the newest last."""
    disobeys: float | None = None
    """A that its car drew although it was told less; None: it was seen to obey since."""
    on_since: float | None = None
    """Since when it has had its place among those who charge; None: it has none."""
    off_since: float | None = None
    """Since when it is paused, after it has charged."""
    waiting_since: float | None = None
    """Since when it waits, or waited before it got its place: the order in which turns are taken."""
    session: str | None = None
    """Its car's session; RESUMED: one from before a restart."""
    sample: tuple[float, ...] | None = None
    """A on each of its own conductors, at `sample_at`; the one before it in `earlier`."""
    sample_at: float = NEVER
    earlier: tuple[float, ...] | None = None
    earlier_at: float = NEVER
    uses: tuple[bool, ...] | None = None
    """Which of the charger's conductors the car uses, as learnt in this session; None: not yet."""
    ceiling: float | None = None
    """A: what the car was seen to take at most, where it leaves some."""
    asleep: bool = False
    """It wanted nothing when it last had a place."""
    boosts: tuple[float, ...] = ()
    """When boosts began, in the last seven days."""
    boosting: bool = False
    unused: float = 0.0
    """A·s of its share that it has left since a limit made it fall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterMemory:
    """What the last cycles left behind for one meter."""

    current: PerPhase
    measured_at: float
    falls: tuple[tuple[float, PerPhase], ...] = ()
    """(when, A on each phase) by which it fell lately."""
    still: PerPhase = NOTHING
    """A around which each phase has stood still …"""
    still_since: PerPhase = (NEVER, NEVER, NEVER)
    """… since when, …"""
    cars: tuple[float | None, float | None, float | None] = (None, None, None)
    """… A that the cars behind it drew then, …"""
    counted: tuple[int, int, int] = (0, 0, 0)
    """… how many of them those were, …"""
    unanswered: tuple[int, int, int] = (0, 0, 0)
    """… and for how many samples it has not followed what they have moved since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitMemory:
    """What the last cycles left behind for one circuit."""

    others: PerPhase | None = None
    """A of everything that is not a charger, as last known."""
    smoothed: PerPhase | None = None
    """The moving average of that."""
    peaks: tuple[PerPhase, ...] = ()
    """The most of it in each half-minute of the last minutes, the newest first …"""
    peaks_at: int = 0
    """… which is the half-minute of this number."""
    since: float | None = None
    """When its meter was first believed."""
    worst: PerPhase = NOTHING
    """The most that the house was seen to draw in the week since `week_began` …"""
    week_began: float | None = None
    earlier: tuple[PerPhase, ...] = ()
    """… and in each of the weeks before that one, the newest first."""
    jump: PerPhase = NOTHING
    """A by which the house was seen to rise from one sample of a slow meter to the next; fades by the day."""
    temperature: float | None = None
    """°C, as last measured."""
    sun: PerPhase = NOTHING
    """A that the sun fed in, the most since `sun_at`, which is some seconds ago at most …"""
    sun_before: PerPhase = NOTHING
    """… and in as many seconds before."""
    sun_at: float = NEVER
    window: int = 0
    """Number of the demand window."""
    window_kwh: float = 0.0
    heat: PerPhase = NOTHING
    """The breaker's thermal state y."""
    oil: float = 0.0
    """The transformer's top-oil rise, K."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What one cycle leaves to the next. An empty one is right after a first start."""

    time: float = NEVER
    chargers: Mapping[str, ChargerMemory] = field(default_factory=dict)
    meters: Mapping[str, MeterMemory] = field(default_factory=dict)
    circuits: Mapping[str, CircuitMemory] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who gets how much, and why; and the memory for the next cycle."""

    time: float
    setpoints: tuple[Setpoint, ...]
    """One for each charger of the site, in its order."""
    circuits: tuple[CircuitState, ...]
    notices: tuple[Notice, ...]
    memory: Memory
