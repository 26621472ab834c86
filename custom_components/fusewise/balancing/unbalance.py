"""How far one phase may be above another: a limit on each pair of phases, beside those on each phase.

A car that loads one phase of a pair and not the other counts against it; what others are sure to carry on
the other phase counts for it. What a car has not yet drawn is not sure: until a car is seen to use both phases
it counts as if it used only the one that is worse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .cars import USED, Car
from .limits import Limits
from .loads import Load
from .model import Phase, ReasonCode
from .topology import Topology

__all__ = ["Pair", "cap_unbalance", "watch_unbalance"]


@dataclass(slots=True)
class Pair:
    """One phase of a circuit above another."""

    row: int
    figure: float
    """A: how far it may be above."""
    others: float
    """A by which it is above without cars, and with what cars draw that cannot be told."""
    smoothed: float
    helpers: list[tuple[int, float]]
    """(charger, A that its car was last seen to draw on the other phase)."""


def watch_unbalance(
    topology: Topology, loads: Sequence[Load], cars: Sequence[Car], limits: Limits
) -> list[Pair]:
    """Add the rows to what cars load, bounded by what is sure as long as everybody keeps drawing."""
    pairs = [
        _pair(topology, number, (upper, lower), loads[number], cars, limits)
        for number, circuit in enumerate(topology.circuits)
        if circuit.unbalance is not None
        for upper in Phase
        for lower in Phase
        if upper != lower and circuit.rating[upper] and circuit.rating[lower]
    ]
    for pair in pairs:
        _bound(pair, dict(pair.helpers), limits)
    return pairs


def cap_unbalance(pairs: Sequence[Pair], shares: Mapping[int, float], limits: Limits) -> bool:
    """Lower the rows where somebody would draw less than was counted on; False: nobody would."""
    lowered = False
    for pair in pairs:
        sure = {which: min(drawn, shares.get(which, 0.0)) for which, drawn in pair.helpers}
        before = limits.capacity[pair.row]
        _bound(pair, sure, limits)
        lowered |= limits.capacity[pair.row] < before
    return lowered


def _bound(pair: Pair, sure: Mapping[int, float], limits: Limits) -> None:
    helped = sum(sure.values())
    limits.bound(
        pair.row,
        pair.figure,
        pair.others - helped,
        pair.smoothed - helped,
        ReasonCode.UNBALANCE,
        "unbalance",
    )


def _pair(
    topology: Topology,
    number: int,
    phases: tuple[Phase, Phase],
    load: Load,
    cars: Sequence[Car],
    limits: Limits,
) -> Pair:
    upper, lower = phases
    pair = Pair(
        row=limits.add_row(number, upper),
        figure=topology.circuits[number].unbalance or 0.0,
        others=load.others[upper] - load.others[lower],
        smoothed=load.smoothed[upper] - load.others[lower],
        helpers=[],
    )
    for which in topology.below[number]:
        car = cars[which]
        drawn = dict(zip(car.charger.wiring, car.memory.sample or (), strict=False))
        used = {
            phase
            for conductor, phase in enumerate(car.charger.wiring)
            if car.uses is None or car.uses[conductor]
        }
        if car.charger.line_to_line and used >= {upper, lower}:
            continue
        if min(drawn.get(upper, 0.0), drawn.get(lower, 0.0)) > USED:
            continue  # it was seen to use both: what it draws more, it draws more on both
        if upper in used:
            car.rows = [*car.rows, (pair.row, 1.0)]
            pair.others += car.reserved
            pair.smoothed += car.reserved
        if drawn.get(lower, 0.0) > 0 and car.reading.online:
            pair.helpers.append((which, drawn[lower]))
    return pair
