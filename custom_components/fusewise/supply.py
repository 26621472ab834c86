"""The kinds of supply that a house can have: which conductors there are, and the voltages between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import sqrt

from .balancing.model import PerPhase, Phase

__all__ = ["SUPPLIES", "Supply", "supply_of", "wirings"]

L1, L2, L3 = Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What the grid brings to a house."""

    phases: tuple[Phase, ...] = (L1, L2, L3)
    voltage: float
    """V between a line conductor and neutral, nominal."""
    ratio: float = sqrt(3)
    """The voltage between two line conductors, as a multiple of that."""
    has_pairs: bool = False
    """One-phase chargers may be between two line conductors."""


SUPPLIES: Mapping[str, Supply] = {
    "three_phase": Supply(voltage=230.0),
    "one_phase": Supply(phases=(L1,), voltage=230.0),
    "split_phase": Supply(phases=(L1, L2), voltage=120.0, ratio=2.0, has_pairs=True),
    "wye_208": Supply(voltage=120.0, has_pairs=True),
    "it_230": Supply(voltage=133.0, has_pairs=True),
}


def supply_of(rating: PerPhase, voltage: float) -> str:
    """The kind of supply that a site has of which only this is known."""
    phases = sum(amperes > 0 for amperes in rating)
    if voltage >= 160.0:
        return "one_phase" if phases == 1 else "three_phase"
    if phases < len(Phase):
        return "split_phase"
    return "wye_208" if voltage < 130.0 else "it_230"


def wirings(supply: Supply, phases: Sequence[Phase]) -> list[str]:
    """How a charger behind these phases can be wired, the likeliest first."""
    counts = {len(phases), 1} | ({2} if supply.has_pairs and len(phases) > 1 else set())
    # Between two line conductors it does not matter which is which.
    return [
        " ".join(phase.name for phase in order)
        for count in sorted(counts, key=lambda count: (supply.has_pairs and count != 2, -count))
        for order in permutations(phases, count)
        if not (supply.has_pairs and count == 2 and order[0] > order[1])
    ]
