"""What is warm carries less: by a sensor, by a breaker's memory of overload, by a transformer's oil."""

import math

import pytest

from custom_components.fusewise.balancing.codes import NoticeCode, ReasonCode
from custom_components.fusewise.balancing.memory import CircuitMemory, Memory
from custom_components.fusewise.balancing.model import Breaker, Circuit, Derating, Transformer

from .builders import NOW, box, fuse, house, run, seen, shows, targets, why

HOT = fuse(20, derating=Derating(starts_at=30, stops_at=80))


def carries(circuit: Circuit, celsius: float | None = None, memory: Memory | None = None) -> float:
    """What a car on it gets."""
    temperatures = {} if celsius is None else {"main": celsius}
    return targets(run(house(circuit, box()), seen("a", temperatures=temperatures), memory=memory))[
        "a"
    ]


@pytest.mark.parametrize(
    ("celsius", "amperes"),
    [(20, 20), (30, 20), (55, 14.1), (75, 6.3), (80, 0), (95, 0)],
)
def test_a_sensor_derates_by_the_root_of_the_margin(celsius: float, amperes: float) -> None:
    assert carries(HOT, celsius) == amperes


def test_what_is_derated_says_so() -> None:
    assert why(run(house(HOT, box()), seen("a", temperatures={"main": 55}))) is ReasonCode.THERMAL


def test_a_sensor_that_is_silent_is_as_warm_as_it_was() -> None:
    site = house(HOT, box())
    warm = run(site, seen("a", temperatures={"main": 55}))
    assert targets(run(site, seen("a", now=NOW + 5), memory=warm.memory)) == {"a": 14.1}


def test_an_impossible_temperature_counts_as_missing_with_a_notice() -> None:
    site = house(HOT, box())
    warm = run(site, seen("a", temperatures={"main": 55}))
    for celsius in (math.nan, -300.0, 1e9):
        decision = run(site, seen("a", temperatures={"main": celsius}), memory=warm.memory)
        assert targets(decision) == {"a": 14.1}
        assert decision.notices[0].code is NoticeCode.BAD_VALUE


def test_a_temperature_where_nothing_derates_changes_nothing() -> None:
    assert carries(fuse(20), 79) == 20


def heated(y: float) -> Memory:
    """A breaker that is this warm on L1."""
    return Memory(time=NOW, circuits={"main": CircuitMemory(heat=(y, 0.0, 0.0))})


@pytest.mark.parametrize(("heat", "amperes"), [(0, 20), (1.0, 20), (1.1385, 14.1), (1.277, 0)])
def test_a_breaker_derates_from_the_heat_of_its_rating_to_where_it_trips(
    heat: float, amperes: float
) -> None:
    assert carries(fuse(20, breaker=Breaker(time_constant=60)), memory=heated(heat)) == amperes


def test_a_breaker_warms_with_the_square_of_its_load() -> None:
    # IEC 60255-149: y' = (m² - y) / τ
    site = house(fuse(20, meter="m", breaker=Breaker(time_constant=60)))
    decision = run(
        site, seen((), {"m": shows(30)}), seen((), {"m": shows(30, NOW + 30)}, now=NOW + 30)
    )
    assert decision.memory.circuits["main"].heat[0] == pytest.approx(2.25 * (1 - math.exp(-0.5)))


def test_it_cools_however_long_nobody_looked() -> None:
    site = house(fuse(20, meter="m", breaker=Breaker(time_constant=60)))
    cold = run(site, seen((), {"m": shows(0, NOW + 600)}, now=NOW + 600), memory=heated(1.2))
    assert cold.memory.circuits["main"].heat[0] == pytest.approx(1.2 * math.exp(-10))


def test_a_transformers_oil_warms_with_its_losses() -> None:
    # IEC 60076-7: at the rated load the oil ends 55 K above the ambient, after 3 h at 63 % of it
    site = house(fuse(20, meter="m", transformer=Transformer()))
    decision = run(
        site,
        seen((), {"m": shows(20)}),
        seen((), {"m": shows(20, NOW + 10_800)}, now=NOW + 10_800),
    )
    assert decision.memory.circuits["main"].oil == pytest.approx(55 * (1 - math.exp(-1)))


def oil(kelvin: float) -> Memory:
    """A transformer whose oil is so much above the ambient."""
    return Memory(time=NOW, circuits={"main": CircuitMemory(oil=kelvin)})


@pytest.mark.parametrize(
    ("kelvin", "ambient", "amperes"),
    [(0, 20, 20), (55, 20, 20), (55, 30, 14.0), (66.5, 20, 12.9), (70, 30, 0)],
)
def test_a_transformer_carries_what_keeps_its_hot_spot_at_98_degrees(
    kelvin: float, ambient: float, amperes: float
) -> None:
    assert carries(fuse(20, transformer=Transformer()), ambient, oil(kelvin)) == amperes
