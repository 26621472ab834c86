"""A simulated charger that changes over between one phase and all, and cars that take it amiss."""

import random

import pytest

from custom_components.fusewise.balancing.model import Charger as Wired, Phase
from custom_components.fusewise.simulation import Car, CarModel, CarState, Station, StationModel

MODEL = CarModel(
    name="touchy", phases=3, maximum=16.0, battery_kwh=60.0, dead_time=0.0, switch_rest=10.0
)
WIRED = Wired(
    id="garage", circuit="main", wiring=(Phase.L2, Phase.L3, Phase.L1), one_phase=Phase.L3
)


def station(switches_after: float = 3.0) -> Station:
    """A charger with a car that charges with 10 A on all phases."""
    found = Station(
        WIRED, StationModel(begins_after=0.0, switches_after=switches_after), random.Random(1)
    )
    found.plug(Car(MODEL, soc=0.5))
    tell(found, 10.0, 3)
    let(found, 10)
    assert found.charger.currents == (10.0, 10.0, 10.0)
    return found


def tell(found: Station, amperes: float, phases: int) -> None:
    assert found.take(amperes, -1e9, 1e9, phases)


def let(found: Station, seconds: int) -> None:
    """Time passes."""
    for _ in range(10 * seconds):
        found.step(0.0, 0.1, 230.0)


def test_a_car_that_rested_goes_on_on_the_phase_that_is_left() -> None:
    charger = station()
    tell(charger, 0.0, 3)
    let(charger, 14)
    tell(charger, 0.0, 1)
    let(charger, 5)
    assert charger.charger.phases == 1
    tell(charger, 12.0, 1)
    let(charger, 10)
    assert charger.charger.currents == (0.0, 12.0, 0.0)
    assert charger.charger.load == (0.0, 0.0, 12.0)
    assert (charger.charger.switches, charger.charger.switched_loaded) == (1, 0)


def test_contactors_take_their_time() -> None:
    charger = station(switches_after=3.0)
    tell(charger, 0.0, 3)
    let(charger, 14)
    tell(charger, 0.0, 1)
    let(charger, 2)
    assert charger.charger.phases == 3
    let(charger, 2)
    assert charger.charger.phases == 1


def test_a_car_that_did_not_rest_takes_nothing_until_it_is_plugged_in_again() -> None:
    charger = station()
    tell(charger, 10.0, 1)
    let(charger, 5)
    assert charger.charger.switched_loaded == 1
    car = charger.charger.car
    assert car is not None
    assert car.state is CarState.UPSET
    let(charger, 60)
    assert charger.charger.currents == (0.0, 0.0, 0.0)


def test_one_that_only_says_so_stays_as_it_is() -> None:
    charger = station()
    charger.keeps_phases = True
    tell(charger, 0.0, 1)
    let(charger, 20)
    assert charger.charger.phases == 3


@pytest.mark.parametrize(("phases", "power"), [(3, 6900.0), (1, 2300.0)])
def test_on_one_phase_a_car_fills_a_third_as_fast(phases: int, power: float) -> None:
    charger = station()
    tell(charger, 0.0, 3)
    let(charger, 14)
    tell(charger, 0.0, phases)
    let(charger, 5)
    tell(charger, 10.0, phases)
    let(charger, 10)
    before = charger.charger.energy_wh
    car = charger.charger.car
    assert car is not None
    soc = car.soc
    let(charger, 60)
    assert charger.charger.energy_wh - before == pytest.approx(power / 60)
    assert car.soc - soc == pytest.approx(0.9 * power / 60 / 1000 / MODEL.battery_kwh)
