"""What each car draws, may draw and was seen to use: one working record per charger and cycle."""

from dataclasses import dataclass, replace

from .memory import RESUMED, ChargerMemory, Samples
from .model import NEVER, PLUGGED, Charger, ChargerReading, ChargerStatus, Phase, Session
from .obedience import SETTLING, disobeyed, disobeys_with, unheard
from .phases import USED, as_asked, counted
from .steps import round_down, round_up
from .topology import Topology, Wired

__all__ = ["USED", "Car", "is_gone", "may_have_drawn", "observe", "put_together", "still_drawn"]

SURELY_CHARGING = 4.0  # A: below it a car may just be waking up, phase by phase
LEAVES_SHARE = (
    0.1  # a car within 10 % of its setpoint uses it (pilot and meter tolerance: IEC 61851-1)
)
LEAVES = 1.0  # A, at least
TAKES_SHARE = 0.05
TAKES = 0.5  # A, at least
STEADY = 0.5  # A between two samples: the car is not on its way to somewhere

_EMPTY = ChargerMemory()
_UNSAMPLED = Samples()
_NO_CAR = ChargerReading(status=ChargerStatus.UNAVAILABLE, online=False)


@dataclass(slots=True)
class Car:
    """Everything about one charger within one cycle. Amperes are per used conductor."""

    number: int
    charger: Charger
    reading: ChargerReading
    memory: ChargerMemory
    samples: Samples
    session: Session | None
    plugged: bool
    """A car is there, as far as the charger knows."""
    may_draw: float
    """A: the most that it may draw now, whatever it will be told."""
    reserved: float
    """A beyond its setpoint that nobody can tell it to leave: its line is lost, or it does not obey."""
    rows: list[tuple[int, float]]
    """(row, coefficient) that it loads: each used conductor on each circuit above it."""
    floor: float
    """A: the lowest setpoint that the charger knows."""
    top: float
    """A: the highest one."""
    watts_per_ampere: float
    phases: tuple[Phase, ...]
    """The house conductors that it uses, as far as is known."""
    asked: Wired
    """What it loads where its charger does what it was asked for."""
    lines: tuple[int, ...]
    """The house conductor behind each of the charger's own."""


def put_together(
    topology: Topology,
    number: int,
    reading: ChargerReading,
    memory: ChargerMemory,
    samples: Samples,
    now: float,
) -> Car:
    """The working record of one charger."""
    charger = topology.site.chargers[number]
    switches = memory.phasing is not None
    uses = counted(charger, reading, memory) if switches else memory.uses
    wired = topology.wired(number, uses)
    floor = topology.floors[number]
    if reading.floor > charger.floor:
        floor = round_up(charger, reading.floor)
    # Who is out of reach may have another car by now.
    loads = wired if reading.online else topology.wired(number, None)
    if reading.online:
        reserved = disobeyed(charger, reading, memory, samples, now)
        may_draw = _since_told(charger, memory, now) + reserved
    else:
        reserved, may_draw = unheard(charger, reading, memory, now)
    return Car(
        number=number,
        charger=charger,
        reading=reading,
        memory=memory,
        samples=samples,
        session=reading.session,
        plugged=reading.status in PLUGGED,
        may_draw=may_draw,
        reserved=reserved,
        rows=loads.rows,
        floor=floor,
        top=topology.tops[number],
        watts_per_ampere=loads.watts_per_ampere,
        phases=wired.phases,
        asked=topology.wired(number, as_asked(charger, memory)) if switches else wired,
        lines=topology.lines[number],
    )


def may_have_drawn(car: Car, at: float) -> float:
    """The most (A) that a car may have drawn at that time, where it does not measure."""
    if not car.reading.online:
        return car.may_draw
    return _since_told(car.charger, car.memory, at) + car.reserved


def still_drawn(car: Car, now: float) -> float:
    """A that a car may still draw for a moment, whatever it is told now: it needs some seconds to obey."""
    if car.charger.slow_to_obey == 0:
        return 0.0
    return _since_told(car.charger, car.memory, now)


def _since_told(charger: Charger, memory: ChargerMemory, at: float) -> float:
    if at < memory.changed_at + charger.slow_to_obey:
        return max(memory.setpoint, memory.before)
    return memory.setpoint


def is_gone(reading: ChargerReading) -> bool:
    """There is surely no car: a charger that is out of reach, or has not told its status yet, may have one."""
    return reading.status not in PLUGGED and reading.status is not ChargerStatus.UNAVAILABLE


def observe(
    charger: Charger,
    reading: ChargerReading | None,
    memory: ChargerMemory | None,
    samples: Samples | None,
) -> tuple[ChargerReading, ChargerMemory, Samples]:
    """Take the newest sample into the memory: which phases the car uses, and what it leaves unused."""
    memory, samples = _of_these_conductors(charger, memory or _EMPTY, samples or _UNSAMPLED)
    if reading is None:
        return _NO_CAR, memory, samples
    sample, plugged = reading.current, reading.status in PLUGGED
    if not plugged and sample is None and _knows_nobody(memory, samples):
        return reading, memory, samples  # an empty place, as most are in a large car park
    drawn = None if sample is None else max(sample)
    if memory.changed_at == NEVER and memory.setpoint == 0 and reading.online:
        draws = drawn is not None and drawn > USED and plugged
        if draws or reading.status is ChargerStatus.CHARGING:
            memory = _taken_over(charger, reading, drawn, memory)
    memory = _of_this_session(charger, reading, memory, plugged=plugged)
    if drawn is None and not plugged and samples.current is not None:
        # Who does not measure without a car draws nothing without a car.
        samples = replace(samples, current=None, earlier=None)
    asleep = plugged and _is_asleep(charger, reading, drawn, memory, samples)
    if asleep != memory.asleep:
        memory = replace(memory, asleep=asleep)
    if sample is None or drawn is None or reading.measured_at <= samples.at:
        return reading, memory, samples
    if plugged:
        memory = _learnt(charger, reading, sample, drawn, memory, samples)
    newest = Samples(
        current=sample, at=reading.measured_at, earlier=samples.current, earlier_at=samples.at
    )
    return reading, memory, newest


def _knows_nobody(memory: ChargerMemory, samples: Samples) -> bool:
    """Nothing of the last car is left to forget."""
    return (
        memory.session is None
        and memory.uses is None
        and memory.ceiling is None
        and samples.current is None
        and not memory.asleep
    )


def _of_this_session(
    charger: Charger, reading: ChargerReading, memory: ChargerMemory, *, plugged: bool
) -> ChargerMemory:
    """The memory without what it says of a car that has left."""
    session = reading.session
    if plugged:
        if session is None or session.id == memory.session:
            return memory
        if memory.session == RESUMED:
            return replace(memory, session=session.id)
        return replace(
            memory,
            session=session.id,
            uses=_known_uses(charger, session),
            ceiling=None,
            asleep=False,
            disobeys=None,
            waiting_since=None,
        )
    known = memory.session is not None or memory.uses is not None or memory.ceiling is not None
    if known and is_gone(reading):
        return replace(memory, session=None, uses=None, ceiling=None, waiting_since=None)
    return memory


def _learnt(
    charger: Charger,
    reading: ChargerReading,
    sample: tuple[float, ...],
    drawn: float,
    memory: ChargerMemory,
    samples: Samples,
) -> ChargerMemory:
    """What a new sample teaches of the car; the same object where that is nothing."""
    ceiling, disobeys = memory.ceiling, memory.disobeys
    uses = _learn_uses(sample, drawn, memory, samples)
    if reading.online:  # else it draws what its fall-back lets through
        ceiling = _learn_ceiling(charger, drawn, memory, samples, reading.measured_at)
        disobeys = disobeys_with(charger, drawn, memory, reading.measured_at)
    if uses == memory.uses and ceiling == memory.ceiling and disobeys == memory.disobeys:
        return memory
    return replace(memory, uses=uses, ceiling=ceiling, disobeys=disobeys)


def _is_asleep(
    charger: Charger,
    reading: ChargerReading,
    drawn: float | None,
    memory: ChargerMemory,
    samples: Samples,
) -> bool:
    """The car wants nothing, although it may. While it may not, nobody knows: it is as it was.

    What a charger says that was never told anything is believed: nobody has told it that the car may not.
    """
    if memory.setpoint == 0:
        unspoken_to = memory.changed_at == NEVER
        return memory.asleep or (unspoken_to and reading.status is ChargerStatus.SUSPENDED_EV)
    if drawn is None or reading.measured_at <= samples.at:
        return reading.status is ChargerStatus.SUSPENDED_EV or (
            memory.asleep and reading.status is not ChargerStatus.CHARGING
        )
    if drawn > USED:
        return False
    return reading.status is ChargerStatus.SUSPENDED_EV or _settled(
        charger, drawn, memory, samples, reading.measured_at
    )


def _of_these_conductors(
    charger: Charger, memory: ChargerMemory, samples: Samples
) -> tuple[ChargerMemory, Samples]:
    """Without what is known of other conductors: the owner has changed how the charger is wired."""
    count, uses, current = len(charger.wiring), memory.uses, samples.current
    if (uses is None or len(uses) == count) and (current is None or len(current) == count):
        return memory, samples
    return replace(memory, uses=None, ceiling=None), _UNSAMPLED


def _taken_over(
    charger: Charger,
    reading: ChargerReading,
    drawn: float | None,
    memory: ChargerMemory,
) -> ChargerMemory:
    """A car that charges already when we first hear of it goes on as if we had told it so.

    After a restart, or when a charger is taken in, nobody's car is stopped only to be started again.
    """
    floor = round_up(charger, charger.floor)
    told = min(drawn, charger.maximum) if drawn is not None else 0.0
    if reading.limit is not None:
        told = min(told, reading.limit)
    return replace(memory, setpoint=max(floor, round_down(charger, told)))


def _learn_uses(
    sample: tuple[float, ...], drawn: float, memory: ChargerMemory, samples: Samples
) -> tuple[bool, ...] | None:
    """A conductor that carries current is used at once; one that carries none in two samples is not."""
    if len(sample) == 1:
        return None
    if memory.uses is not None:
        uses = tuple([used or a > USED for used, a in zip(memory.uses, sample, strict=True)])
        return None if all(uses) else uses
    earlier = samples.current
    if drawn < SURELY_CHARGING or earlier is None or max(earlier) < SURELY_CHARGING:
        return None
    uses = tuple([a > USED or b > USED for a, b in zip(sample, earlier, strict=True)])
    return None if all(uses) else uses


def _learn_ceiling(
    charger: Charger, drawn: float, memory: ChargerMemory, samples: Samples, measured_at: float
) -> float | None:
    """What a car leaves for longer than it needs to follow is handed on, up to a margin that lets it ask."""
    told = memory.setpoint
    if told < charger.floor or not _settled(charger, drawn, memory, samples, measured_at):
        return memory.ceiling
    if drawn >= told - max(TAKES, TAKES_SHARE * told):
        return None
    margin = max(LEAVES, LEAVES_SHARE * told)
    if drawn < told - margin:
        ceiling = round_up(charger, max(charger.floor, drawn + max(LEAVES, LEAVES_SHARE * drawn)))
        # Where its next level is the one that it has, nothing more can be handed on.
        return ceiling if ceiling < told else memory.ceiling
    return memory.ceiling


def _settled(
    charger: Charger, drawn: float, memory: ChargerMemory, samples: Samples, measured_at: float
) -> bool:
    """The car has had the time to follow its setpoint, and is not moving any more."""
    return (
        measured_at >= memory.changed_at + charger.slow_to_obey + SETTLING
        and samples.current is not None
        and abs(drawn - max(samples.current)) < STEADY
    )


def _known_uses(charger: Charger, session: Session | None) -> tuple[bool, ...] | None:
    """Which conductors a vehicle uses whose phases are known: the first ones (IEC 61851-1, IEC 62196-2)."""
    phases = None if session is None else session.phases
    if phases is None or phases >= len(charger.wiring) or charger.line_to_line:
        return None
    return tuple(number < phases for number in range(len(charger.wiring)))
