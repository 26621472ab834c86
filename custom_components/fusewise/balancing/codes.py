"""Why, in a word: what is said of chargers, circuits and values. Turned into sentences only at the surface."""

from enum import StrEnum


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
    SWITCHING_PHASES = "switching_phases"
    """It is paused while it changes over between one phase and all of its phases."""
    # on one phase, of several
    ONE_PHASE_SUN = "one_phase_sun"
    """The sun is too little for all of its phases."""
    ONE_PHASE_LIMIT = "one_phase_limit"
    """A limit leaves too little room for all of its phases."""
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
    METER_REVERSED = "meter_reversed"
    METER_READS_LESS = "meter_reads_less"
    NO_METER = "no_meter"
    STARTING = "starting"
    """After a restart, until the meters have spoken."""
    NO_ROOM = "no_room"
    """The house alone leaves less than the floor."""


class FallbackCause(StrEnum):
    """Why a circuit does without its meter."""

    SILENT = "silent"
    STUCK = "stuck"
    IMPOSSIBLE = "impossible"
    REVERSED = "reversed"
    """It moves the wrong way round when cars do."""
    READS_LESS = "reads_less"
    """It shows only a part of what cars do, or nothing."""
    MISSING = "missing"
    STARTING = "starting"


class NoticeCode(StrEnum):
    """What its owner ought to know."""

    EXPORT_ABOVE_RATING = "export_above_rating"
    OVER_RATING = "over_rating"
    CHARGER_DISOBEYS = "charger_disobeys"
    PHASES_DISOBEYED = "phases_disobeyed"
    """It was asked to charge on one phase, or on all again, and was seen to do something else."""
    METER_REVERSED = "meter_reversed"
    METER_READS_LESS = "meter_reads_less"
    METER_SWAPPED = "meter_swapped"
    """It shows what cars do on one phase on another."""
    BOOST_SPENT = "boost_spent"
    BAD_VALUE = "bad_value"
