"""Chargers that can switch between one phase and all: how a switch goes, and which phases they count on meanwhile.

A switch is made with the car paused: it is told 0 A; once it rests the charger is asked for the other number of
phases; after a dead time, and once a charger that tells its phases tells these, the car goes on.

Accepting is not obeying. Every limit counts a charger that was asked for one phase on all of them, until it was seen
to draw on one only: by the samples since the switch, or in an earlier one, as long as it never did otherwise. Only
the sun is shared by what was asked for, as an error there costs a little import and no fuse.
"""

from collections.abc import Sequence
from dataclasses import replace
from operator import or_

from .codes import NoticeCode
from .decision import Notice
from .memory import ChargerMemory, Phasing, Samples
from .model import PHASES, Charger, ChargerReading, ChargerStatus
from .obedience import SETTLING

__all__ = [
    "DAY",
    "USED",
    "advance",
    "as_asked",
    "counted",
    "is_switching",
    "may_fall_back",
    "on_all",
    "one_conductor",
]

USED = 1.0  # A: a conductor with less than this carries a charger's standby, not a car
DAY = 86_400.0  # s
REPORTS_WITHIN = 60.0  # s beyond its dead time in which a charger tells the phases that it uses now
RESTS = 10.0  # s that a car has been told to pause, at least: some take a sooner change for a fault
GIVES_UP = 180.0  # s in which a car that was paused in order to switch stops drawing

type Uses = tuple[bool, ...] | None


def one_conductor(charger: Charger) -> tuple[bool, ...]:
    """Which of its own conductors a charger uses on one phase."""
    phase = charger.wiring[0] if charger.one_phase is None else charger.one_phase
    return tuple(wired == phase for wired in charger.wiring)


def is_switching(memory: ChargerMemory) -> bool:
    """It is paused in order to switch."""
    return memory.phasing is not None and memory.phasing.to is not None


def as_asked(charger: Charger, memory: ChargerMemory) -> Uses:
    """The conductors that the car uses if its charger does what it was asked; None: all."""
    if memory.phasing is None or memory.phasing.asked == len(charger.wiring):
        return memory.uses
    return one_conductor(charger)


def counted(charger: Charger, reading: ChargerReading, memory: ChargerMemory) -> Uses:
    """The conductors on which the car counts; None: all."""
    phasing = memory.phasing
    if phasing is None or phasing.asked == len(charger.wiring):
        return memory.uses
    if reading.phases not in (None, phasing.asked):
        return None
    one = one_conductor(charger)
    if memory.uses is not None:
        # Learnt since the switch, or known of the vehicle, which may not have that very conductor among its first.
        return tuple(map(or_, memory.uses, one, strict=True))
    return one if phasing.obeys else None


def advance(
    charger: Charger,
    reading: ChargerReading,
    memory: ChargerMemory,
    samples: Samples,
    now: float,
    notices: list[Notice],
) -> ChargerMemory:
    """Go on with a switch that is under way, and see what came of the last one."""
    whole = len(charger.wiring)
    phasing = memory.phasing or Phasing(asked=whole)
    before = phasing.asked
    if not charger.switches_phases:
        # Its owner wants that no more: it is brought back to all, with the car paused as ever.
        is_back = before != 1 and phasing.to != whole
        if is_back or whole == 1 or charger.line_to_line:
            return replace(memory, phasing=None)
        if phasing.to != whole and reading.online and (charger.pausable or memory.setpoint == 0):
            phasing = replace(phasing, to=whole, since=now, why=None)
    if before not in (1, whole) or (may_fall_back(phasing) and _fell_back(reading, now)):
        phasing = on_all(phasing, whole)
    if reading.online:
        if phasing.to is None:
            phasing = _heard(charger, reading, phasing, now)
        else:
            phasing = _go_on(charger, reading, memory, samples, phasing, now)
    if phasing.asked != before:
        # What was learnt of the car was learnt on other phases.
        memory = replace(memory, uses=None, ceiling=None)
    if reading.online and phasing.to is None:
        phasing = _judge(charger, reading, memory, samples, phasing, now)
    if not charger.switches_phases and phasing.asked == whole and phasing.to is None:
        return replace(memory, phasing=None)
    if phasing.obeys is False:
        notices.append(Notice(code=NoticeCode.PHASES_DISOBEYED, subject=charger.id))
    return memory if phasing == memory.phasing else replace(memory, phasing=phasing)


def may_fall_back(phasing: Phasing) -> bool:
    """It was asked for one phase, and may be back on all by itself once it was alone: it does not tell.

    That is what a fall-back means that names no number of phases (OCPP 1.6, numberPhases), and no disobedience.
    """
    return phasing.asked == 1 and not phasing.confirmed


def on_all(phasing: Phasing, conductors: int = PHASES) -> Phasing:
    """The same once it is on all of its phases, and does not switch."""
    return replace(phasing, asked=conductors, to=None, why=None, wished_since=None, several_in=None)


def _fell_back(reading: ChargerReading, now: float) -> bool:
    """It is out of reach, and its last setpoint has ended."""
    ended = reading.limit_until is not None and now >= reading.limit_until
    return ended and not reading.online


def _heard(charger: Charger, reading: ChargerReading, phasing: Phasing, now: float) -> Phasing:
    """What the charger says; where somebody else has switched it, or it was so before us, that stays."""
    if reading.phases == phasing.asked:
        return phasing if phasing.confirmed else replace(phasing, confirmed=True)
    if reading.phases in (1, len(charger.wiring)) and (phasing.confirmed or not phasing.switches):
        return replace(phasing, asked=reading.phases, since=now, confirmed=True, why=None)
    return phasing


def _go_on(
    charger: Charger,
    reading: ChargerReading,
    memory: ChargerMemory,
    samples: Samples,
    phasing: Phasing,
    now: float,
) -> Phasing:
    """A switch that is under way: first the car stops, then it is asked for, then it takes its time."""
    if (
        phasing.asked != phasing.to
        and now > phasing.since
        and _is_paused(charger, reading, memory, samples, now)
    ):
        assert phasing.to is not None
        recent = [at for at in phasing.switches if now - at < DAY]
        phasing = replace(phasing, asked=phasing.to, switches=(*recent, now), confirmed=False)
    if phasing.asked != phasing.to:
        return replace(phasing, to=None) if now - phasing.since >= GIVES_UP else phasing
    says = reading.phases in (None, phasing.asked)
    waits = charger.switch_pause if says else charger.switch_pause + REPORTS_WITHIN
    switched = phasing.switches[-1]
    return replace(phasing, to=None) if now > switched and now - switched >= waits else phasing


def _is_paused(
    charger: Charger,
    reading: ChargerReading,
    memory: ChargerMemory,
    samples: Samples,
    now: float,
) -> bool:
    """Its car draws nothing: contactors are not moved under load."""
    stopped = memory.changed_at + charger.slow_to_obey
    if memory.setpoint > 0 or now < stopped + RESTS:
        return False
    if samples.current is not None and samples.at >= stopped:
        return max(samples.current) <= USED
    return now >= stopped + SETTLING and reading.status is not ChargerStatus.CHARGING


def _judge(
    charger: Charger,
    reading: ChargerReading,
    memory: ChargerMemory,
    samples: Samples,
    phasing: Phasing,
    now: float,
) -> Phasing:
    """What the samples, and the charger itself, say of the number of phases that it was asked for."""
    one, here = one_conductor(charger), memory.session or "?"
    sample = samples.current
    went_on = phasing.switches[-1] + charger.switch_pause if phasing.switches else phasing.since
    if sample is None or samples.at <= went_on or memory.setpoint == 0:
        sample = None  # it says nothing of the phases that are asked for now
    says_otherwise = (
        bool(phasing.switches)
        and now >= went_on + REPORTS_WITHIN
        and reading.phases not in (None, phasing.asked)
    )
    if phasing.asked > 1:
        if sample is not None and sum(amperes > USED for amperes in sample) > 1:
            return phasing if phasing.several_in == here else replace(phasing, several_in=here)
        stays = sample is not None and memory.uses == one and phasing.several_in == here
        if phasing.switches and (stays or says_otherwise):
            return replace(phasing, obeys=False)
        return phasing
    if says_otherwise or (sample is not None and _elsewhere(sample, one)):
        # It is on all of them: that is what it is asked for, so that it does not follow at some later time.
        whole = len(charger.wiring)
        return replace(phasing, obeys=False, asked=whole, confirmed=False, why=None)
    if sample is not None and memory.uses == one and phasing.several_in == here:
        return replace(phasing, obeys=True)
    return phasing


def _elsewhere(sample: Sequence[float], one: Sequence[bool]) -> bool:
    return any(amperes > USED and not used for amperes, used in zip(sample, one, strict=True))
