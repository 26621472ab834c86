"""Which rows are to be looked at when what is above the floors is shared: most can never be the first to be full.

What is added on a circuit is added on all circuits that feed it too, and each ampere of it takes watts there. So a
row that has more left than one of those lets through stays out of the sharing, however it goes: where the whole
house is short, nobody looks at its sub-panels.
"""

from collections.abc import Sequence
import math

from .model import PHASES, Phase
from .topology import Topology

__all__ = ["scarce_rows"]

CLEARLY = 1e-3  # A more than what comes through: nothing that rounding could turn round


def scarce_rows(
    topology: Topology, places: Sequence[tuple[int, Phase | None]], left: Sequence[float]
) -> set[int]:
    """The rows that may be full before what feeds them is, given what is left on each; also all after `places`."""
    first_watt_row = len(topology.circuits) * PHASES
    least = min(topology.watts, default=1.0)  # W that an ampere on any conductor takes
    scarce = set(range(len(places), len(left)))
    through: list[tuple[list[float], float]] = []  # A on each phase and W, by circuit
    for circuit, feeder in enumerate(topology.feeders):
        above, watts = through[feeder] if feeder is not None else (_ANYTHING, math.inf)
        row = first_watt_row + circuit
        if left[row] <= watts + CLEARLY:
            scarce.add(row)
            watts = left[row]
        in_watts = watts / least
        mine: list[float] = []
        row = circuit * PHASES
        for amperes in above:
            most = min(amperes, in_watts)
            if left[row] <= most + CLEARLY:
                scarce.add(row)
                most = left[row]
            mine.append(most)
            row += 1
        through.append((mine, watts))
    for row in range(len(topology.places), len(places)):
        number, phase = places[row]
        if phase is None or left[row] <= through[number][0][phase] + CLEARLY:
            scarce.add(row)
    return scarce


_ANYTHING = [math.inf] * PHASES
