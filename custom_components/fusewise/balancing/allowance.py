"""What the house may draw while nobody can see it: its owner's figure, until a week has shown it.

From then on it is the most that was seen in the last four weeks. They are counted week by week, so that one
bad day is forgotten in time, and a week's holiday does not make the house look smaller than it is.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce

from .memory import CircuitMemory
from .model import NOTHING, Circuit, PerPhase, Site
from .per_phase import higher, lower

__all__ = ["forget_house", "house_allowance", "house_allowances", "watch_house"]

WEEK = 7 * 86_400.0  # s: in a week a house has shown what it can draw
EARLIER_WEEKS = 3


def house_allowance(circuit: Circuit, remembered: CircuitMemory, now: float) -> PerPhase | None:
    """A on each phase; None where nobody has said or seen anything.

    In the first week the owner's figure counts alone: until every charger has been taken in, what their cars
    draw looks like the house. More than the rating is never counted: the fuse would be gone.
    """
    if remembered.since is None or now - remembered.since < WEEK:
        return circuit.house_allowance
    return lower(reduce(higher, remembered.earlier, remembered.worst), circuit.rating)


def house_allowances(
    site: Site, remembered: Mapping[str, CircuitMemory], now: float
) -> dict[str, PerPhase]:
    """The same for every circuit of which something is known."""
    found = {
        circuit.id: house_allowance(circuit, remembered.get(circuit.id, CircuitMemory()), now)
        for circuit in site.circuits
    }
    return {circuit: figure for circuit, figure in found.items() if figure is not None}


def watch_house(remembered: CircuitMemory, others: PerPhase, now: float) -> CircuitMemory:
    """Take in what the house draws now, as its meter shows it."""
    began = remembered.week_began
    if remembered.since is None or began is None:
        return replace(
            remembered,
            since=now if remembered.since is None else remembered.since,
            week_began=now,
            worst=higher(remembered.worst, others),
        )
    if now - began < WEEK:
        worst = higher(remembered.worst, others)
        return remembered if worst is remembered.worst else replace(remembered, worst=worst)
    weeks = int((now - began) // WEEK)
    unseen = (NOTHING,) * min(weeks - 1, EARLIER_WEEKS)
    earlier = (*unseen, remembered.worst, *remembered.earlier)[:EARLIER_WEEKS]
    return replace(
        remembered,
        # Of a house that nobody has looked at for so long, nothing is known any more.
        since=now if weeks > EARLIER_WEEKS else remembered.since,
        week_began=began + weeks * WEEK,
        worst=higher(NOTHING, others),
        earlier=earlier,
    )


def forget_house(remembered: CircuitMemory) -> CircuitMemory:
    """Without what the house was seen to draw: that was not so."""
    if remembered.since is None:
        return remembered
    return replace(remembered, since=None, week_began=None, worst=NOTHING, earlier=())
