"""Puts together what is known of each circuit: what it carries, whose limit holds it, and its demand window."""

from collections.abc import Callable, Iterable
import math

from .balancing.decision import CircuitState, Decision
from .balancing.memory import CircuitMemory
from .balancing.model import Circuit, GridLimit, Site
from .balancing.thermal import allowed_share
from .views import CircuitView

NOTHING_REMEMBERED = CircuitMemory()


def circuit_views(
    site: Site,
    decision: Decision,
    grid_limits: Iterable[GridLimit],
    name_of: Callable[[str], str],
) -> dict[str, CircuitView]:
    """Each circuit as it is now."""
    states = {state.circuit: state for state in decision.circuits}
    in_force = limits_now(grid_limits, decision.time)
    return {
        circuit.id: _view(
            site, circuit, name_of(circuit.id), states[circuit.id], decision, in_force
        )
        for circuit in site.circuits
        if circuit.id in states
    }


def limits_now(grid_limits: Iterable[GridLimit], now: float) -> tuple[GridLimit, ...]:
    """The limits that are in force."""
    return tuple(
        limit
        for limit in grid_limits
        if (limit.begins is None or limit.begins <= now)
        and (limit.until is None or now < limit.until)
    )


def _view(
    site: Site,
    circuit: Circuit,
    name: str,
    state: CircuitState,
    decision: Decision,
    grid_limits: tuple[GridLimit, ...],
) -> CircuitView:
    memory = decision.memory.circuits.get(circuit.id, NOTHING_REMEMBERED)
    mine = [
        limit
        for limit in grid_limits
        if limit.circuit == circuit.id or (limit.circuit is None and circuit.parent is None)
    ]
    phases = sum(1 for rating in circuit.rating if rating)
    return CircuitView(
        circuit=circuit,
        name=name,
        state=state,
        memory=memory,
        grid_limit=min(mine, key=lambda it: _watts(it, site.voltage, phases), default=None),
        thermal_share=min(
            share
            for share, rating in zip(allowed_share(circuit, memory), circuit.rating, strict=True)
            if rating
        ),
        demand_forecast=_demand_forecast(circuit, state, memory, site.voltage, decision.time),
    )


def _watts(limit: GridLimit, voltage: float, phases: int) -> float:
    amperes = math.inf if limit.amperes is None else limit.amperes * voltage * phases
    return min(amperes, math.inf if limit.watts is None else limit.watts)


def _demand_forecast(
    circuit: Circuit, state: CircuitState, memory: CircuitMemory, voltage: float, now: float
) -> float | None:
    """kW, the mean of the whole window if its circuit goes on to carry what it carries now."""
    if circuit.demand is None or state.load is None:
        return None
    length = 60.0 * circuit.demand.minutes
    left = max(0.0, (memory.window + 1) * length - now)
    watts = max(0.0, sum(state.load)) * voltage
    return round((memory.window_kwh * 3.6e3 + watts * left / 1000) / length, 2)
