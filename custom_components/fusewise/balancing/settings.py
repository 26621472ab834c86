"""How a site wants to be balanced: by which policy, and how calmly."""

from dataclasses import dataclass
from enum import StrEnum


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
    phases_down_after: float = 60.0
    """s for which three phases do not fit, and one does, before a charger that can is switched to one."""
    phases_up_after: float = 300.0
    """s for which all its phases fit again before it is switched back."""
    phase_spacing: float = 600.0
    """s between two switches of one charger at least: contactors wear (a go-e waits as long by itself)."""
    phase_switches_per_day: int = 20
    """How often one charger is switched in a day at most; the last time is kept for the way back."""
    boosts_per_week: int | None = None
    """How often one charger may boost in seven days; None: as often as wished."""
    netting: Netting = Netting.ALL_PHASES
    battery: BatteryUse = BatteryUse.CARS_FIRST
    battery_reserve: float = 20.0
    """%: down to this state of charge the battery may help."""
    safe_grid_watts: float | None = None
    """W: what counts when a grid signal has ended without a word and its sender is silent."""
