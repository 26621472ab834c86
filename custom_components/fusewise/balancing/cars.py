"""What each car draws, and may draw: one working record per charger and cycle."""

from dataclasses import dataclass

from .memory import ChargerMemory, Samples
from .model import PLUGGED, Charger, ChargerReading, ChargerStatus, Phase, Session
from .obedience import in_reach, since_told, unheard
from .phases import USED, as_asked, counted
from .steps import round_up
from .topology import Topology, Wired

__all__ = ["USED", "Car", "is_gone", "may_have_drawn", "put_together", "still_drawn"]


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
    uses = memory.uses
    wired = asked = topology.whole[number] if uses is None else topology.wired(number, uses)
    if memory.phasing is not None:
        wired = topology.wired(number, counted(charger, reading, memory))
        asked = topology.wired(number, as_asked(charger, memory))
    floor = topology.floors[number]
    if reading.floor > charger.floor:
        floor = round_up(charger, reading.floor)
    loads = wired
    if reading.online:
        reserved, may_draw = in_reach(charger, reading, memory, samples, now)
    else:
        reserved, may_draw = unheard(charger, reading, memory, now)
        loads = topology.whole[number]  # it may have another car by now
    return Car(
        number,
        charger,
        reading,
        memory,
        samples,
        reading.session,
        reading.status in PLUGGED,
        may_draw,
        reserved,
        loads.rows,
        floor,
        topology.tops[number],
        loads.watts_per_ampere,
        wired.phases,
        asked,
        topology.lines[number],
    )


def may_have_drawn(car: Car, at: float) -> float:
    """The most (A) that a car may have drawn at that time, where it does not measure."""
    if not car.reading.online:
        return car.may_draw
    return since_told(car.charger, car.memory, at) + car.reserved


def still_drawn(car: Car, now: float) -> float:
    """A that a car may still draw for a moment, whatever it is told now: it needs some seconds to obey."""
    if car.charger.slow_to_obey == 0:
        return 0.0
    return since_told(car.charger, car.memory, now)


def is_gone(reading: ChargerReading) -> bool:
    """There is surely no car: a charger that is out of reach, or has not told its status yet, may have one."""
    return reading.status not in PLUGGED and reading.status is not ChargerStatus.UNAVAILABLE
