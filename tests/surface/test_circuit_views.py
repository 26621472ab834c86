"""A demand window is forecast from what it has used and what flows now."""

import pytest

from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.decision import CircuitState, Decision
from custom_components.fusewise.balancing.memory import CircuitMemory, Memory
from custom_components.fusewise.balancing.model import Circuit, DemandWindow, Site
from custom_components.fusewise.circuit_views import circuit_views

NONE = (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("load", "forecast"),
    # Half of the quarter of an hour is over, with 1 kWh; 10 A on each phase are 6.9 kW.
    [((10.0, 10.0, 10.0), 7.45), ((-10.0, 0.0, 0.0), 4.0), (None, None)],
)
def test_the_forecast_of_a_window(
    load: tuple[float, float, float] | None, forecast: float | None
) -> None:
    demand = DemandWindow(minutes=15, target_watts=8000.0)
    circuit = Circuit(id="main", rating=(25.0, 25.0, 25.0), meter="grid", demand=demand)
    state = CircuitState(
        circuit="main",
        load=load,
        others=NONE,
        limit=NONE,
        headroom=NONE,
        source=ReasonCode.PEAK_TARGET,
    )
    memory = Memory(circuits={"main": CircuitMemory(window=10, window_kwh=1.0)})
    decision = Decision(
        time=10 * 900.0 + 450.0, setpoints=(), circuits=(state,), notices=(), memory=memory
    )
    views = circuit_views(Site(circuits=(circuit,)), decision, (), str)
    assert views["main"].demand_forecast == forecast
