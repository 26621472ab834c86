"""Who waits for a place: since when, how long those who have one keep it, and when the turn of each comes."""

from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush

from .claims import Claim
from .memory import ChargerMemory
from .settings import Settings

__all__ = [
    "CHANGING",
    "SHORTEST_STAY",
    "is_overdue",
    "stays",
    "turns_come",
    "waits_since",
    "was_given_its_place",
]

SHORTEST_STAY = 60.0  # s: contactors wear, whatever the site's minimum is
CHANGING = 10.0  # s that a place stands empty while it changes hands: a car stops, one wakes up


def waits_since(memory: ChargerMemory, now: float) -> float:
    """Since when a car waits that is not admitted now: from now on, if it loses a place that it was given."""
    since = memory.waiting_since
    return now if since is None or was_given_its_place(memory) else since


def was_given_its_place(memory: ChargerMemory) -> bool:
    """It has a place, and its charger was told: a place that waits for its room to last ends nobody's wait."""
    on_since = memory.on_since
    return on_since is not None and (memory.setpoint > 0 or memory.changed_at >= on_since)


def stays(memory: ChargerMemory, turn: float, settings: Settings) -> float:
    """s for which whoever gets a place keeps it, though others wait; one that wants nothing is soon asked to leave."""
    if memory.asleep or settings.minimum_on < SHORTEST_STAY:
        return min(turn, SHORTEST_STAY)
    return min(turn, settings.minimum_on)


def is_overdue(memory: ChargerMemory, settings: Settings, now: float) -> bool:
    """It has waited for the whole turn time, as when turns have become longer meanwhile: nobody keeps it waiting now."""
    return (
        memory.on_since is None
        and memory.waiting_since is not None
        and now - memory.waiting_since >= settings.turn_time - CHANGING
    )


def turns_come(
    waiting: Iterable[Claim],
    charging: Iterable[Claim],
    turns: Mapping[int, float],
    settings: Settings,
    now: float,
) -> dict[int, float]:
    """When each charger that waits gets a place of those that charge, if the room stays and nobody comes or leaves.

    They are of one tier and load one row. Whoever has waited longest gets the place that is free first.
    """
    free: list[float] = []
    for claim in charging:
        memory, turn = claim.car.memory, turns.get(claim.car.number, settings.turn_time)
        since = now if memory.on_since is None else memory.on_since
        free.append(since + stays(memory, turn, settings))
    heapify(free)
    found: dict[int, float] = {}
    queue = [(waits_since(claim.car.memory, now), claim.car.charger.id, claim) for claim in waiting]
    for since, _, claim in sorted(queue, key=lambda one: one[:2]):
        if not free:
            break
        number = claim.car.number
        comes = max(since + turns[number], heappop(free))
        heappush(free, comes + stays(claim.car.memory, turns[number], settings))
        if comes > now:
            found[number] = comes
    return found
