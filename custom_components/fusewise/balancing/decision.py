"""What one cycle decides: a setpoint and its reason for every charger, and the state of every circuit."""

from .codes import FallbackCause, NoticeCode, ReasonCode
from .memory import Memory
from .model import PerPhase, Phase
from .record import record


@record(frozen=True, slots=True)
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


@record(frozen=True, slots=True)
class Setpoint:
    """What a charger is told."""

    charger: str
    current: float
    """A on each of its conductors; 0: paused."""
    target: float
    """A: its share once all rises are done."""
    reason: Reason
    phases: int | None = None
    """On how many of its conductors it is to charge; None: it cannot switch."""


@record(frozen=True, slots=True)
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


@record(frozen=True, slots=True)
class Notice:
    """Something noticed on the way that does not change what is decided, or says why it did."""

    code: NoticeCode
    subject: str
    """The id of the circuit, charger, meter or limit."""
    figure: float | None = None
    detail: str = ""


@record(frozen=True, slots=True)
class Decision:
    """Who gets how much, and why; and the memory for the next cycle."""

    time: float
    setpoints: tuple[Setpoint, ...]
    """One for each charger of the site, in its order."""
    circuits: tuple[CircuitState, ...]
    notices: tuple[Notice, ...]
    memory: Memory
