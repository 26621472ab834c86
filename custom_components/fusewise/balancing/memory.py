"""What one cycle leaves to the next: of chargers, meters and circuits."""

from collections.abc import Mapping
from dataclasses import field

from .codes import FallbackCause, ReasonCode
from .model import NEVER, NOTHING, PerPhase, Phase
from .record import record

RESUMED = ""
"""In the place of a session's id, which may change over a restart: whichever session runs is the one."""


@record(frozen=True, slots=True)
class Phasing:
    """What the last cycles left behind of a charger that can switch between one phase and all of its phases."""

    asked: int
    """On how many of its conductors it was asked to charge last."""
    to: int | None = None
    """On how many it is to charge next; None: it is not switching."""
    since: float = NEVER
    """When it was last paused in order to switch."""
    switches: tuple[float, ...] = ()
    """When it was asked to switch, in the last day; the newest last."""
    wished_since: float | None = None
    """Since when the other number would be better."""
    confirmed: bool = False
    """The charger has said that it uses as many since."""
    why: ReasonCode | None = None
    """What made it charge on one phase."""
    several_in: str | None = None
    """The session in which its car was seen to use more than one conductor."""
    obeys: bool | None = None
    """It was seen to charge on one phase when it was asked to; False: it was seen not to; None: nobody knows."""


@record(frozen=True, slots=True)
class ChargerMemory:
    """What the last cycles left behind for one charger; the same object as long as nothing changes."""

    setpoint: float = 0.0
    changed_at: float = NEVER
    """When the setpoint changed last."""
    fell_at: float = NEVER
    """When a limit made it fall last."""
    before: float = 0.0
    """A: the most that it may still have drawn when its setpoint changed last.

    It counts only for a time before `told` begins, as just after the first word to it.
    """
    told: tuple[tuple[float, float], ...] = ()
    """(since when, A) of the setpoints in the time that its car has to follow, the newest last.

    While it is out of reach, what it may draw by itself stands there alone. Empty: the setpoint, since `changed_at`.
    """
    disobeys: float | None = None
    """A that its car drew although it was told less; None: it was seen to obey since."""
    on_since: float | None = None
    """Since when it has had its place among those who charge, told or to be told soon; None: it has none."""
    off_since: float | None = None
    """Since when it is paused, after it has charged."""
    waiting_since: float | None = None
    """Since when it waits, or waited before it got its place: the order in which turns are taken."""
    session: str | None = None
    """Its car's session; RESUMED: one from before a restart."""
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
    phasing: Phasing | None = None
    """None: it cannot switch phases, or was not heard of yet."""


@record(frozen=True, slots=True)
class Samples:
    """The last two samples of one charger: apart from its memory, because they change in each cycle."""

    current: tuple[float, ...] | None = None
    """A on each of its own conductors, at `at` …"""
    at: float = NEVER
    earlier: tuple[float, ...] | None = None
    """… and in the sample before that one."""
    earlier_at: float = NEVER


@record(frozen=True, slots=True)
class Trace:
    """One sample of a meter, A on each phase, and what was known of the cars behind it when it came."""

    at: float
    shown: PerPhase
    drawn: PerPhase
    """What their newest samples showed together, …"""
    least: PerPhase
    """… the least …"""
    most: PerPhase
    """… and the most that they can have drawn."""


@record(frozen=True, slots=True)
class Rest:
    """Some seconds in which neither cars nor meter moved, A on each phase."""

    at: float
    """When they were over."""
    shown: PerPhase
    cars: PerPhase


@record(frozen=True, slots=True)
class Answer:
    """What a meter showed, on one phase, of one move of the cars."""

    share: float
    """Of the move; 1: all of it."""
    step: float
    """A by which the cars moved, up or down."""
    most: float
    """A that it showed on all phases together, at the end of the move at which cars drew more."""
    seen_on: Phase | None = None
    """Where it showed the move instead."""


@record(frozen=True, slots=True)
class Heard:
    """How a meter has answered what cars did."""

    cars: PerPhase = NOTHING
    """A that the cars behind it draw …"""
    since: float = NEVER
    """… since then."""
    told_at: float = NEVER
    """When one of them was last told something."""
    begins: float = NEVER
    """The samples since then, …"""
    samples: int = 0
    """… so many, …"""
    low: PerPhase = NOTHING
    """… lie between this …"""
    high: PerPhase = NOTHING
    """… and this, A."""
    rest: Rest | None = None
    """When neither cars nor meter moved for the last time."""
    answers: tuple[tuple[Answer, ...], tuple[Answer, ...], tuple[Answer, ...]] = ((), (), ())
    """The last ones on each phase, the newest last."""
    accused: tuple[FallbackCause | None, FallbackCause | None, FallbackCause | None] = (
        None,
        None,
        None,
    )
    """Why it is not believed on a phase."""


UNHEARD = Heard()


@record(frozen=True, slots=True)
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
    moved_at: PerPhase = (NEVER, NEVER, NEVER)
    """… after it had moved at that time (what chargers show only then is still of that move), …"""
    cars: tuple[float | None, float | None, float | None] = (None, None, None)
    """… A that the cars behind it drew then, …"""
    counted: tuple[int, int, int] = (0, 0, 0)
    """… how many of them those were, …"""
    unanswered: tuple[int, int, int] = (0, 0, 0)
    """… and for how many samples it has not followed what they have moved since."""
    trail: tuple[Trace, ...] = ()
    """Its last samples, the newest last."""
    late: float = 0.0
    """s: what it shows was true up to so long before, as was seen when cars moved, …"""
    seemed: float = 0.0
    """… and what the last such move has shown."""
    heard: Heard = UNHEARD


@record(frozen=True, slots=True)
class CircuitMemory:
    """What the last cycles left behind for one circuit."""

    others: PerPhase | None = None
    """A of everything that is not a charger, as last known."""
    smoothed: PerPhase | None = None
    """The moving average of that."""
    rest: float | None = None
    """The same on all phases together, where only their sum is measured."""
    peaks: tuple[PerPhase, ...] = ()
    """The most of it in each half-minute of the last minutes, the newest first …"""
    peaks_at: int = 0
    """… which is the half-minute of this number …"""
    rises: tuple[PerPhase, ...] = ()
    """… and how often it has risen in each of the newest of them …"""
    lowest: PerPhase | None = None
    """… from this: the least since it last did, A."""
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


@record(frozen=True, slots=True)
class Memory:
    """What one cycle leaves to the next. An empty one is right after a first start."""

    time: float = NEVER
    chargers: Mapping[str, ChargerMemory] = field(default_factory=dict)
    samples: Mapping[str, Samples] = field(default_factory=dict)
    """By charger."""
    meters: Mapping[str, MeterMemory] = field(default_factory=dict)
    circuits: Mapping[str, CircuitMemory] = field(default_factory=dict)
