"""What one charger's samples teach: which phases its car uses, what it leaves unused, and whether it is asleep."""

from dataclasses import replace

from .cars import is_gone
from .memory import RESUMED, ChargerMemory, Samples
from .model import NEVER, PLUGGED, Charger, ChargerReading, ChargerStatus, Session
from .obedience import SETTLING, disobeys_with, told_before
from .phases import USED
from .steps import round_down, round_up

__all__ = ["observe"]

SURELY_CHARGING = 4.0  # A: below it a car may just be waking up, phase by phase
LEAVES_SHARE = (
    0.1  # a car within 10 % of its setpoint uses it (pilot and meter tolerance: IEC 61851-1)
)
LEAVES = 1.0  # A, at least
TAKES_SHARE = 0.05
TAKES = 0.5  # A, at least
RARE = 5.0  # s between two samples
STEADY = 0.5  # A between two samples: the car is not on its way to somewhere

_EMPTY = ChargerMemory()
_UNSAMPLED = Samples()
_NO_CAR = ChargerReading(status=ChargerStatus.UNAVAILABLE, online=False)


def observe(
    charger: Charger,
    reading: ChargerReading | None,
    memory: ChargerMemory | None,
    samples: Samples | None,
    now: float,
) -> tuple[ChargerReading, ChargerMemory, Samples]:
    """Take the newest sample into the memory: which phases the car uses, and what it leaves unused."""
    memory, samples, count = memory or _EMPTY, samples or _UNSAMPLED, len(charger.wiring)
    uses, last = memory.uses, samples.current
    if (uses is not None and len(uses) != count) or (last is not None and len(last) != count):
        # Its owner has changed how it is wired: what is known is known of other conductors.
        memory, samples = replace(memory, uses=None, ceiling=None), _UNSAMPLED
    if reading is None:
        return _NO_CAR, memory, samples
    sample, session, plugged = reading.current, reading.session, reading.status in PLUGGED
    if not plugged and sample is None and _knows_nobody(memory, samples):
        return reading, memory, samples  # an empty place, as most are in a large car park
    drawn = None if sample is None else max(sample)
    if memory.changed_at == NEVER and memory.setpoint == 0 and reading.online:
        draws = drawn is not None and drawn > USED and plugged
        if draws or reading.status is ChargerStatus.CHARGING:
            memory = _taken_over(charger, reading, drawn, memory)
    if not plugged:
        memory = _without_car(reading, memory)
    elif session is not None and session.id != memory.session:
        memory = _of_this_session(charger, session, memory)
    if drawn is None and not plugged and samples.current is not None:
        # Who does not measure without a car draws nothing without a car.
        samples = replace(samples, current=None, earlier=None)
    is_new = drawn is not None and reading.measured_at > samples.at
    charges = drawn is not None and drawn > USED and is_new and memory.setpoint != 0
    asleep = plugged and not charges and _is_asleep(charger, reading, drawn, memory, samples, now)
    if asleep != memory.asleep:
        memory = replace(memory, asleep=asleep)
    if sample is None or drawn is None or not is_new:
        return reading, memory, samples
    if plugged:
        memory = _learnt(charger, reading, sample, drawn, memory, samples)
    newest = Samples(
        sample,
        reading.measured_at,
        samples.current,
        samples.at,
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


def _of_this_session(charger: Charger, session: Session, memory: ChargerMemory) -> ChargerMemory:
    """The memory without what it says of the car that was there before."""
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


def _without_car(reading: ChargerReading, memory: ChargerMemory) -> ChargerMemory:
    """The memory without what it says of a car that has left."""
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
    uses, ceiling, disobeys = memory.uses, memory.ceiling, memory.disobeys
    if uses is not None or (drawn >= SURELY_CHARGING and min(sample) <= USED):
        uses = _learn_uses(sample, drawn, memory, samples)
    if reading.online:  # else it draws what its fall-back lets through
        if ceiling is not None or drawn < memory.setpoint - TAKES:
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
    now: float,
) -> bool:
    """A car that does not charge wants nothing, although it may. While it may not, nobody knows: it is as it was.

    What a charger says that was never told anything is believed: nobody has told it that the car may not.
    """
    if memory.setpoint == 0:
        unspoken_to = memory.changed_at == NEVER
        return memory.asleep or (unspoken_to and reading.status is ChargerStatus.SUSPENDED_EV)
    if (drawn is None or drawn <= USED) and _has_just_begun(charger, memory, now):
        return memory.asleep  # what its charger says of it was true while it was paused
    if drawn is None or reading.measured_at <= samples.at:
        return reading.status is ChargerStatus.SUSPENDED_EV or (
            memory.asleep and reading.status is not ChargerStatus.CHARGING
        )
    return reading.status is ChargerStatus.SUSPENDED_EV or _settled(
        charger, drawn, memory, samples, reading.measured_at
    )


def _has_just_begun(charger: Charger, memory: ChargerMemory, now: float) -> bool:
    """It was paused until now, and its car has not had the time to follow."""
    if now >= memory.changed_at + charger.slow_to_obey + SETTLING:
        return False
    before = told_before(memory, memory.changed_at)
    return before is None or before[1] == 0


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
    if min(sample) > USED:
        return None
    if memory.uses is not None:
        for used, amperes in zip(memory.uses, sample, strict=True):
            if amperes > USED and not used:
                break
        else:
            return memory.uses
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
    told, known = memory.setpoint, memory.ceiling
    takes_it = drawn >= told - max(TAKES, TAKES_SHARE * told)
    leaves_some = drawn < told - max(LEAVES, LEAVES_SHARE * told)
    if (known is None if takes_it else not leaves_some) or told < charger.floor:
        return known  # as nearly always: nothing else would come of it
    if not _settled(charger, drawn, memory, samples, measured_at) and not (
        _fell_by_itself(charger, drawn, memory, samples, measured_at)
    ):
        return known
    if takes_it:
        return None
    ceiling = round_up(charger, max(charger.floor, drawn + max(LEAVES, LEAVES_SHARE * drawn)))
    # Where its next level is the one that it has, nothing more can be handed on.
    return ceiling if ceiling < told else known


def _fell_by_itself(
    charger: Charger, drawn: float, memory: ChargerMemory, samples: Samples, measured_at: float
) -> bool:
    """It draws less than in the sample before, and nobody has told it to.

    Where samples are rare, one is enough: the next may take a minute, and a car that was only on its way to
    somewhere is asked again soon.
    """
    return (
        measured_at - samples.at >= RARE
        and samples.at >= memory.changed_at + charger.slow_to_obey + SETTLING
        and samples.current is not None
        and drawn < max(samples.current)
    )


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
