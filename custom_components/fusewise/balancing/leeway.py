"""Whether a charger may be left alone for a while, to see what it does by itself: what the fuse bears meanwhile.

Both questions are asked of the last decision.
"""

from collections.abc import Iterator

from .codes import ReasonCode
from .decision import CircuitState, Decision, Setpoint
from .limits import TOLERANCE
from .model import PHASES, Charger, Site
from .topology import topology_of

__all__ = ["bears_failure", "is_too_much"]


def bears_failure(site: Site, charger: Charger, decision: Decision) -> bool:
    """Whether the charger may draw its maximum for some seconds.

    Where others charge, their floors have to fit beside it. Alone it may draw what a breaker bears for an hour.
    """
    topology = topology_of(site)
    for row, state, floors in _conductors(site, charger, decision):
        if state is None:
            return False
        phase = row % PHASES
        borne = TOLERANCE * topology.circuits[row // PHASES].rating[phase]
        alone = not floors and state.others[phase] + charger.maximum <= borne
        if not alone and charger.maximum + floors > state.headroom[phase]:
            return False
    return True


def is_too_much(site: Site, charger: Charger, drawn: float, decision: Decision) -> bool:
    """Whether a charger that draws so much (A) would have to be told less: the house or the others need it."""
    topology = topology_of(site)
    for row, state, floors in _conductors(site, charger, decision):
        phase = row % PHASES
        if state is None or drawn + floors > state.headroom[phase]:
            return True
        rating = topology.circuits[row // PHASES].rating[phase]
        if state.load is not None and state.load[phase] > TOLERANCE * rating:
            return True
    return False


def _conductors(
    site: Site, charger: Charger, decision: Decision
) -> Iterator[tuple[int, CircuitState | None, float]]:
    """The rows that a charger loads: row, its circuit, and the least (A) that the others need on it.

    The circuit is None where it was added after the decision.
    """
    topology = topology_of(site)
    states = {state.circuit: state for state in decision.circuits}
    told = {setpoint.charger: setpoint for setpoint in decision.setpoints}
    floors: dict[int, float] = {}
    for other, loads in zip(site.chargers, topology.whole, strict=True):
        if other.id != charger.id and other.id in told:
            for row, coefficient in loads.rows:
                least = coefficient * _least(other, told[other.id])
                floors[row] = floors.get(row, 0.0) + least
    for row, _ in topology.whole[topology.charger_index[charger.id]].rows:
        yield row, states.get(topology.circuits[row // PHASES].id), floors.get(row, 0.0)


def _least(charger: Charger, setpoint: Setpoint) -> float:
    """A that it needs: its floor while it charges; all that it may draw while it is out of reach."""
    if setpoint.reason.code is ReasonCode.OFFLINE:
        return setpoint.reason.limit or 0.0
    return charger.floor if setpoint.current else 0.0
