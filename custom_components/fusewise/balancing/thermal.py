"""What a warm circuit may still carry: breakers, transformers, and plain derating by temperature.

Each function answers with a factor on the rating, never above 1: a cold element gives no credit.
"""

import math

from .memory import CircuitMemory
from .model import PHASES, Breaker, Circuit, Derating, PerPhase, Transformer

__all__ = ["COLD", "allowed_share", "warm"]

COLD: PerPhase = (1.0, 1.0, 1.0)


def allowed_share(circuit: Circuit, memory: CircuitMemory) -> PerPhase:
    """The factor on the rating of each phase, from 0 to 1, as warm as the circuit is in `memory`."""
    if circuit.breaker is None and circuit.transformer is None and circuit.derating is None:
        return COLD
    share, temperature = 1.0, memory.temperature
    if circuit.derating is not None and temperature is not None:
        share = min(share, _derated(circuit.derating, temperature))
    if circuit.transformer is not None:
        share = min(share, _transformer_share(circuit.transformer, memory.oil, temperature))
    if circuit.breaker is None:
        return share, share, share
    one, two, three = [min(share, _breaker_share(circuit.breaker, heat)) for heat in memory.heat]
    return one, two, three


def warm(
    circuit: Circuit, memory: CircuitMemory, load: PerPhase, seconds: float
) -> tuple[PerPhase, float]:
    """The breaker's thermal state on each phase and the transformer's top-oil rise (K) after `seconds`."""
    heat, oil = memory.heat, memory.oil
    loading = [
        abs(load[phase]) / circuit.rating[phase] if circuit.rating[phase] else 0.0
        for phase in range(PHASES)
    ]
    if circuit.breaker is not None:
        # IEC 60255-149: y' = (m² - y) / τ, exact for a load that is constant over the step
        settled = 1 - math.exp(-seconds / circuit.breaker.time_constant)
        one, two, three = [y + (m * m - y) * settled for y, m in zip(heat, loading, strict=True)]
        heat = (one, two, three)
    if circuit.transformer is not None:
        model = circuit.transformer
        factor = max(loading)
        # IEC 60076-7, 8.2.2: top-oil rise over ambient, exponential equations
        ultimate = (
            model.oil_rise
            * ((1 + model.loss_ratio * factor * factor) / (1 + model.loss_ratio))
            ** model.oil_exponent
        )
        oil += (ultimate - oil) * (1 - math.exp(-seconds / model.oil_time_constant))
    return heat, oil


def _derated(model: Derating, temperature: float) -> float:
    """Losses go with the square of the current, and the margin they may fill shrinks with the temperature."""
    margin = (model.stops_at - temperature) / (model.stops_at - model.starts_at)
    return math.sqrt(min(1.0, max(0.0, margin)))


def _breaker_share(model: Breaker, heat: float) -> float:
    """Full up to the heat of the rated current (y = 1), none where the breaker would trip."""
    margin = (model.trips_at - heat) / (model.trips_at - 1.0)
    return math.sqrt(min(1.0, max(0.0, margin)))


def _transformer_share(model: Transformer, oil: float, ambient: float | None) -> float:
    """The load factor whose hot spot, over the oil as warm as it is now, just reaches the limit.

    20 °C is the yearly mean that IEC 60076-2 rates transformers for.
    """
    margin = model.hot_spot_limit - (20.0 if ambient is None else ambient) - oil
    if margin <= 0:
        return 0.0
    return float(min(1.0, (margin / model.hot_spot_rise) ** (1 / model.winding_exponent)))
