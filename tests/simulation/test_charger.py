"""What a charger lets through, and where it flows."""

import pytest

from custom_components.fusewise.balancing.model import Phase
from custom_components.fusewise.simulation import Car, CarModel, Charger

THREE = CarModel(name="three", phases=3, maximum=16.0, battery_kwh=60.0)
ONE = CarModel(name="one", phases=1, maximum=16.0, battery_kwh=40.0)
TWO = CarModel(name="two", phases=2, maximum=16.0, battery_kwh=40.0)
ROTATED = (Phase.L2, Phase.L3, Phase.L1)


def run(charger: Charger, seconds: float) -> None:
    for _ in range(round(seconds / 0.1)):
        charger.step(0.1, 230.0)


def charging(wiring: tuple[Phase, ...], model: CarModel, limit: float = 16.0) -> Charger:
    charger = Charger("garage", wiring=wiring, maximum=32.0)
    charger.limit = limit
    charger.plug(Car(model))
    run(charger, 20)
    return charger


def test_a_one_phase_charger_on_l2_loads_l2_alone() -> None:
    charger = charging((Phase.L2,), ONE)
    assert charger.load == (0.0, 16.0, 0.0)
    assert charger.currents == (16.0,)


def test_a_two_phase_car_at_a_rotated_charger_loads_l2_and_l3() -> None:
    charger = charging(ROTATED, TWO)
    assert charger.currents == (16.0, 16.0, 0.0)
    assert charger.load == (0.0, 16.0, 16.0)


def test_a_limit_below_six_amperes_pauses() -> None:
    charger = charging(ROTATED, THREE)
    charger.limit = 5.9
    run(charger, 5)
    assert charger.load == (0.0, 0.0, 0.0)


def test_the_hardware_caps_what_is_asked() -> None:
    charger = Charger("garage", wiring=(Phase.L1,), maximum=10.0)
    charger.limit = 99.0
    assert charger.pilot == 10.0


def test_without_a_transaction_nothing_flows() -> None:
    charger = charging((Phase.L1,), ONE)
    charger.enabled = False
    run(charger, 5)
    assert charger.load == (0.0, 0.0, 0.0)


def test_a_charger_without_power_drops_its_car_at_once() -> None:
    charger = charging((Phase.L1,), ONE)
    charger.powered = False
    run(charger, 0.1)
    assert charger.load == (0.0, 0.0, 0.0)
    assert charger.sample().appetite.ceiling == 0.0


def test_the_meter_counts_what_flowed_on_all_phases() -> None:
    charger = charging(ROTATED, THREE)
    before = charger.energy_wh
    run(charger, 36)
    assert charger.energy_wh - before == pytest.approx(3 * 16 * 230 / 100)


def test_the_contactor_closes_once_for_each_pause() -> None:
    charger = charging((Phase.L1,), ONE)
    for _ in range(3):
        charger.limit = 0.0
        run(charger, 10)
        charger.limit = 16.0
        run(charger, 10)
    assert charger.closings == 4


def test_unplugging_ends_the_current() -> None:
    charger = charging((Phase.L1,), ONE)
    charger.unplug()
    run(charger, 1)
    assert charger.load == (0.0, 0.0, 0.0)
    assert charger.currents == (0.0,)
