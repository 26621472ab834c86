"""What of the memory outlives a restart: whose turn it is, what was learnt, how warm the fuse is.

What is only true from one second to the next is left behind, but for a reload: what was last told and
measured. A car that charges when we come back is taken over from what it draws then.
"""

from dataclasses import replace

from .heard import accusation
from .memory import RESUMED, ChargerMemory, CircuitMemory, Heard, Memory, MeterMemory, Phasing
from .model import NEVER, NOTHING
from .phases import may_fall_back, on_all

__all__ = ["MOMENT", "outlive"]

MOMENT = 10.0  # s: a site that is reloaded; the chargers still hold what they were told
HOUR = 3600.0  # s: who was away for longer finds other cars


def outlive(memory: Memory, now: float) -> Memory:
    """The memory for the first cycle after a restart.

    After a moment that is all of it, after more than an hour only what is long-lived. Times that lie in the future are dropped: the
    computer's clock was wrong, then or now, so how old the rest is cannot be known.
    """
    if 0 <= now - memory.time <= MOMENT:
        return memory
    recent = 0 <= now - memory.time <= HOUR
    return Memory(
        # Heat and demand go on from then, with what flows now.
        time=memory.time if memory.time <= now else NEVER,
        chargers={
            name: _of_charger(remembered, now, recent)
            for name, remembered in memory.chargers.items()
        },
        meters={
            name: _of_meter(remembered)
            for name, remembered in memory.meters.items()
            if accusation(remembered.heard) is not None
        },
        circuits={
            name: _of_circuit(remembered, now) for name, remembered in memory.circuits.items()
        },
    )


def _of_charger(memory: ChargerMemory, now: float, recent: bool) -> ChargerMemory:
    boosts = tuple(begun for begun in memory.boosts if begun <= now)
    phasing = None if memory.phasing is None else _of_phasing(memory.phasing, now)
    if not recent:
        return ChargerMemory(boosts=boosts, phasing=phasing)
    # What was learnt of the car on one phase is not so on all.
    alone = memory.phasing is not None and may_fall_back(memory.phasing)
    return ChargerMemory(
        boosts=boosts,
        boosting=memory.boosting,
        on_since=_past(memory.on_since, now),
        off_since=_past(memory.off_since, now),
        waiting_since=_past(memory.waiting_since, now),
        session=None if memory.session is None else RESUMED,
        uses=None if alone else memory.uses,
        ceiling=None if alone else memory.ceiling,
        disobeys=memory.disobeys,
        phasing=phasing,
    )


def _of_phasing(phasing: Phasing, now: float) -> Phasing:
    """Contactors remember how often they were moved; as they were left stand those only whose charger tells."""
    if may_fall_back(phasing):
        phasing = on_all(phasing)
    switches = tuple(at for at in phasing.switches if at <= now)
    under_way = phasing.to is not None and phasing.to == phasing.asked and bool(switches)
    return replace(
        phasing,
        to=phasing.to if under_way else None,
        since=min(phasing.since, now),
        switches=switches,
        wished_since=None,
        several_in=None,
    )


def _of_meter(memory: MeterMemory) -> MeterMemory:
    """A meter that lies does so after a restart too."""
    heard = Heard(answers=memory.heard.answers, accused=memory.heard.accused)
    return MeterMemory(current=NOTHING, measured_at=NEVER, heard=heard)


def _of_circuit(memory: CircuitMemory, now: float) -> CircuitMemory:
    return replace(
        memory,
        others=None,
        smoothed=None,
        rest=None,
        peaks=(),
        since=_past(memory.since, now),
        week_began=_past(memory.week_began, now),
    )


def _past(moment: float | None, now: float) -> float | None:
    return moment if moment is not None and moment <= now else None
