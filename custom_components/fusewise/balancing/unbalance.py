"""How far one phase may be above another: a cap on each phase from what the others are sure to carry.

Applied after sharing: only where the shares would break the rule are the rows lowered and shared again. What
a car has not yet drawn on the other phases is not sure, so it does not help.
"""

from collections.abc import Mapping, Sequence

from .cars import Car
from .limits import Limits
from .loads import Load
from .model import PHASES, ReasonCode
from .topology import Topology

__all__ = ["cap_unbalance"]

TOLERATED = 1e-6  # A


def cap_unbalance(
    topology: Topology,
    loads: Sequence[Load],
    cars: Sequence[Car],
    shares: Mapping[int, float],
    limits: Limits,
) -> bool:
    """Lower the rows on which these shares (A by charger number) break the rule; False: none does."""
    lowered = False
    for number, circuit in enumerate(topology.circuits):
        if circuit.unbalance is None:
            continue
        present = [phase for phase in range(PHASES) if circuit.rating[phase]]
        others = loads[number].others
        total, sure = list(others), list(others)
        for which in topology.below[number]:
            car = cars[which]
            share = shares.get(which, 0.0)
            sample = car.memory.sample
            for conductor, phase in enumerate(car.charger.wiring):
                if car.memory.uses is None or car.memory.uses[conductor]:
                    total[phase] += share
                if sample is not None:
                    sure[phase] += min(share, sample[conductor])
        for limited in present:
            figure = circuit.unbalance + min(
                (sure[other] for other in present if other != limited), default=total[limited]
            )
            if total[limited] > figure + TOLERATED:
                row = number * PHASES + limited
                taken = others[limited]
                limits.bound(row, figure, taken, taken, ReasonCode.UNBALANCE, "unbalance")
                lowered = True
    return lowered
