"""What the sensors of a circuit show: what it carries, what it has to spare, and whose limit that is."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import PERCENTAGE, UnitOfEnergy, UnitOfPower, UnitOfTemperature

from .balancing.codes import ReasonCode
from .balancing.decision import CircuitState
from .balancing.model import Circuit, PerPhase, Phase
from .dead_bands import DEMAND, DEMAND_ENERGY, LOAD, SHARE, TEMPERATURE
from .describing import FusewiseSensorDescription, current, rounded
from .site import phases_of
from .views import CircuitView

LIMITS = [
    ReasonCode.CIRCUIT_LIMIT,
    ReasonCode.WATT_LIMIT,
    ReasonCode.GRID_LIMIT,
    ReasonCode.PEAK_TARGET,
    ReasonCode.UNBALANCE,
    ReasonCode.THERMAL,
    ReasonCode.BUSBAR,
]


def circuit_sensors(circuit: Circuit) -> Iterator[FusewiseSensorDescription[CircuitView]]:
    """The sensors of a circuit: per phase that it has, and of its demand window if it has one."""
    for phase in phases_of(circuit.rating):
        if circuit.meter is not None:
            yield _on_phase(
                "load", lambda state: state.load, phase, limit=lambda state: state.limit
            )
        yield _on_phase("headroom", _left_for_cars, phase, _why_so_much)
        yield _on_phase("others", lambda state: state.others, phase, detail=True)
        yield _on_phase("limit", lambda state: state.limit, phase)
        if circuit.meter is not None:
            yield _on_phase("allowance", lambda state: state.allowance, phase, detail=True)
    yield LIMITED_BY
    if circuit.derating is not None or circuit.transformer is not None:
        yield TEMPERATURE_SENSOR
    if circuit.derating or circuit.transformer or circuit.breaker:
        yield THERMAL_SHARE
    if circuit.demand is not None:
        yield from DEMAND_SENSORS


def _on_phase(
    key: str,
    value_fn: Callable[[CircuitState], PerPhase | None],
    phase: Phase,
    about: Callable[[CircuitState, Phase], Mapping[str, Any]] = lambda _, phase: {},
    *,
    detail: bool = False,
    limit: Callable[[CircuitState], PerPhase] | None = None,
) -> FusewiseSensorDescription[CircuitView]:
    def of_phase(view: CircuitView) -> float | None:
        values = value_fn(view.state)
        return None if values is None else values[phase]

    return current(
        key,
        of_phase,
        phase=phase,
        available_fn=lambda view: value_fn(view.state) is not None,
        attributes_fn=lambda view: about(view.state, phase),
        detail=detail,
        significant=LOAD,
        limit_fn=None if limit is None else lambda view: limit(view.state)[phase],
    )


def _left_for_cars(state: CircuitState) -> PerPhase:
    """Less than nothing is not left, however much the others draw."""
    l1, l2, l3 = state.headroom
    return max(l1, 0.0), max(l2, 0.0), max(l3, 0.0)


def _why_so_much(state: CircuitState, phase: Phase) -> Mapping[str, Any]:
    """Why cars may have more than the circuit may carry, or nothing at all.

    What is fed in behind the fuse does not flow through it; and others may draw more than the limit by themselves.
    """
    more = rounded(state.headroom[phase] - state.limit[phase])
    above = rounded(-state.headroom[phase])
    fed_in = {"fed_in": more} if more and more > 0 else {}
    return fed_in | ({"others_above": above} if above and above > 0 else {})


def _limits(view: CircuitView) -> Mapping[str, Any]:
    """The limit on each phase, and whose it is where somebody has set one."""
    phases = phases_of(view.circuit.rating)
    return {
        **{phase.name.lower(): round(view.state.limit[phase], 1) for phase in phases},
        **({"source": view.grid_limit.source} if view.grid_limit is not None else {}),
    }


LIMITED_BY: FusewiseSensorDescription[CircuitView] = FusewiseSensorDescription(
    key="limited_by",
    translation_key="limited_by",
    device_class=SensorDeviceClass.ENUM,
    options=[code.value for code in LIMITS],
    value_fn=lambda view: view.state.source,
    attributes_fn=_limits,
)

TEMPERATURE_SENSOR: FusewiseSensorDescription[CircuitView] = FusewiseSensorDescription(
    key="temperature",
    translation_key="temperature",
    device_class=SensorDeviceClass.TEMPERATURE,
    native_unit_of_measurement=UnitOfTemperature.CELSIUS,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=0,
    value_fn=lambda view: view.memory.temperature,
    available_fn=lambda view: view.memory.temperature is not None,
    significant=TEMPERATURE,
)

THERMAL_SHARE: FusewiseSensorDescription[CircuitView] = FusewiseSensorDescription(
    key="thermal_share",
    translation_key="thermal_share",
    native_unit_of_measurement=PERCENTAGE,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=0,
    value_fn=lambda view: round(100 * view.thermal_share),
    significant=SHARE,
)

DEMAND_SENSORS: tuple[FusewiseSensorDescription[CircuitView], ...] = (
    FusewiseSensorDescription(
        key="demand_energy",
        translation_key="demand_energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        value_fn=lambda view: round(view.memory.window_kwh, 2),
        significant=DEMAND_ENERGY,
    ),
    FusewiseSensorDescription(
        key="demand_forecast",
        translation_key="demand_forecast",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda view: view.demand_forecast,
        significant=DEMAND,
    ),
    FusewiseSensorDescription(
        key="demand_target",
        translation_key="demand_target",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=1,
        value_fn=lambda view: (
            None if (demand := view.circuit.demand) is None else demand.target_watts / 1000
        ),
    ),
)
