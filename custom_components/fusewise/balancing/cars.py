"""What each car draws, may draw and was seen to use: one working record per charger and cycle."""

from dataclasses import dataclass, replace

from .model import NEVER, PLUGGED, Charger, ChargerMemory, ChargerReading, ChargerStatus, Session
from .topology import Topology

__all__ = ["Car", "observe", "put_together"]

USED = 1.0  # A: a conductor with less than this carries a charger's standby, not a car
SURELY_CHARGING = 4.0  # A: below it a car may just be waking up, phase by phase
LEAVES_SHARE = (
    0.1  # a car within 10 % of its setpoint uses it (pilot and meter tolerance: IEC 61851-1)
)
LEAVES = 1.0  # A, at least
TAKES_SHARE = 0.05
TAKES = 0.5  # A, at least
DISOBEYS = 1.0  # A beyond the setpoint, or …
DISOBEYS_SHARE = 0.1  # … this share of it: less is the tolerance of pilot and meter
SETTLING = (
    7.0  # s beyond `slow_to_obey` (ramp, meter lag), before a sample tells what a car makes of it
)
STEADY = 0.5  # A between two samples: the car is not on its way to somewhere

_EMPTY = ChargerMemory()
_NO_CAR = ChargerReading(status=ChargerStatus.UNAVAILABLE, online=False)


@dataclass(slots=True)
class Car:
    """Everything about one charger within one cycle. Amperes are per used conductor."""

    number: int
    charger: Charger
    reading: ChargerReading
    memory: ChargerMemory
    session: Session | None
    may_draw: float
    """A: the most that it may draw now, whatever it will be told."""
    reserved: float
    """A beyond its setpoint that nobody can tell it to leave: its line is lost, or it does not obey."""
    rows: list[tuple[int, float]]
    """(row, coefficient) that it loads: each used conductor on each circuit above it."""
    watts_per_ampere: float

    @property
    def plugged(self) -> bool:
        """A car is there, as far as the charger knows."""
        return self.reading.status in PLUGGED

    @property
    def uses(self) -> tuple[bool, ...] | None:
        """Which of the charger's conductors the car uses; None: all, as far as is known."""
        return self.memory.uses


def put_together(
    topology: Topology, number: int, reading: ChargerReading, memory: ChargerMemory, now: float
) -> Car:
    """The working record of one charger."""
    charger = topology.site.chargers[number]
    uses = memory.uses if reading.online else None
    rows = topology.amp_rows[number]
    conductors = len(charger.wiring)
    if uses is not None:
        lines = topology.rows[number]
        rows = [(row, 1.0) for line, used in zip(lines, uses, strict=True) if used for row in line]
        conductors = sum(uses)
    if reading.online:
        may_draw = max(memory.setpoint, memory.before)
        reserved = _disobeyed(charger, reading, memory)
    else:
        may_draw = reserved = _may_draw_unheard(charger, reading, now)
    return Car(
        number=number,
        charger=charger,
        reading=reading,
        memory=memory,
        session=reading.session,
        may_draw=may_draw,
        reserved=reserved,
        rows=rows,
        watts_per_ampere=topology.watts[number] * conductors,
    )


def _disobeyed(charger: Charger, reading: ChargerReading, memory: ChargerMemory) -> float:
    """A that it draws beyond what it was told long enough ago."""
    if memory.sample is None:
        return 0.0
    settled_at = memory.changed_at + charger.slow_to_obey + SETTLING
    if memory.sample_at < settled_at:
        return 0.0
    told = memory.setpoint
    drawn = max(memory.sample)
    return drawn - told if drawn > told + max(DISOBEYS, DISOBEYS_SHARE * told) else 0.0


def observe(
    charger: Charger, reading: ChargerReading | None, memory: ChargerMemory | None
) -> tuple[ChargerReading, ChargerMemory]:
    """Take the newest sample into the memory: which phases the car uses, and what it leaves unused."""
    memory = memory or _EMPTY
    if reading is None:
        return _NO_CAR, memory
    sample = reading.current
    unspoken_to = memory.changed_at == NEVER and memory.setpoint == 0
    if unspoken_to and reading.status is ChargerStatus.CHARGING:
        memory = _taken_over(charger, reading, sample, memory)
    session = reading.session.id if reading.session is not None else None
    plugged = reading.status in PLUGGED
    if (session is not None and session != memory.session) or (
        not plugged and memory.session is not None
    ):
        memory = replace(memory, session=session, uses=None, ceiling=None, waiting_since=None)
    if sample is None or reading.measured_at <= memory.sample_at:
        return reading, memory
    uses, ceiling = memory.uses, memory.ceiling
    if plugged:
        uses = _learn_uses(charger, sample, memory)
        ceiling = _learn_ceiling(charger, max(sample), memory, reading.measured_at)
    return reading, replace(
        memory,
        sample=sample,
        sample_at=reading.measured_at,
        earlier=memory.sample,
        earlier_at=memory.sample_at,
        uses=uses,
        ceiling=ceiling,
    )


def _taken_over(
    charger: Charger,
    reading: ChargerReading,
    sample: tuple[float, ...] | None,
    memory: ChargerMemory,
) -> ChargerMemory:
    """A car that charges already when we first hear of it goes on as if we had told it so.

    After a restart, or when a charger is taken in, nobody's car is stopped only to be started again.
    """
    drawn = max(sample) if sample is not None else 0.0
    told = charger.floor if drawn < charger.floor else min(drawn, charger.maximum)
    if reading.limit is not None:
        told = min(told, max(reading.limit, charger.floor))
    return replace(memory, setpoint=told)


def _learn_uses(
    charger: Charger, sample: tuple[float, ...], memory: ChargerMemory
) -> tuple[bool, ...] | None:
    """A conductor that carries current is used at once; one that carries none in two samples is not."""
    if len(sample) == 1:
        return None
    drawn = max(sample)
    if memory.uses is not None:
        uses = tuple(used or a > USED for used, a in zip(memory.uses, sample, strict=True))
        return None if all(uses) else uses
    earlier = memory.sample
    if drawn < SURELY_CHARGING or earlier is None or max(earlier) < SURELY_CHARGING:
        return None
    uses = tuple(a > USED or b > USED for a, b in zip(sample, earlier, strict=True))
    return None if all(uses) else uses


def _learn_ceiling(
    charger: Charger, drawn: float, memory: ChargerMemory, measured_at: float
) -> float | None:
    """What a car leaves for longer than it needs to follow is handed on, up to a margin that lets it ask."""
    told = memory.setpoint
    if told < charger.floor or not _settled(charger, drawn, memory, measured_at):
        return memory.ceiling
    if drawn >= told - max(TAKES, TAKES_SHARE * told):
        return None
    margin = max(LEAVES, LEAVES_SHARE * told)
    if drawn < told - margin:
        return max(charger.floor, drawn + max(LEAVES, LEAVES_SHARE * drawn))
    return memory.ceiling


def _settled(charger: Charger, drawn: float, memory: ChargerMemory, measured_at: float) -> bool:
    """The car has had the time to follow its setpoint, and is not moving any more."""
    return (
        measured_at >= memory.changed_at + charger.slow_to_obey + SETTLING
        and memory.sample is not None
        and abs(drawn - max(memory.sample)) < STEADY
    )


def _may_draw_unheard(charger: Charger, reading: ChargerReading, now: float) -> float:
    """A that a charger counts with while it cannot be told anything.

    Its live setpoint until that ends by itself, then its fall-back; its maximum where the fall-back was
    never seen to work.
    """
    after = charger.fallback if charger.fallback_proved else charger.maximum
    if reading.limit is None:
        return after
    if reading.limit_until is None or now >= reading.limit_until:
        return after
    return min(charger.maximum, max(reading.limit, 0.0))
