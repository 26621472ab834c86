"""The house as a whole."""

import pytest

from custom_components.fusewise.balancing.model import Phase
from custom_components.fusewise.simulation import Car, CarModel, Charger, House, Plant, Sample, Sun


def plant(seed: int) -> Plant:
    model = CarModel(name="saloon", phases=3, maximum=16.0, battery_kwh=60.0)
    charger = Charger("garage", wiring=(Phase.L2, Phase.L3, Phase.L1), maximum=32.0)
    charger.plug(Car(model, soc=0.4))
    noon = 12 * 3600.0
    return Plant(
        house=House(seed=seed, begins=noon),
        sun=Sun(seed=seed, peak_watts=(2000.0, 2000.0, 2000.0), begins=noon),
        chargers=[charger],
    )


def run(seed: int) -> list[Sample]:
    house = plant(seed)
    return [house.step(0.1) for _ in range(3000)]


def test_the_fuse_carries_house_and_cars_less_the_sun() -> None:
    last = run(1)[-1]
    assert last.time == pytest.approx(300.0)
    for p in range(3):
        assert last.fuse[p] == pytest.approx(last.house[p] - last.sun[p] + 16.0)


def test_the_same_seed_repeats_to_the_last_bit() -> None:
    assert run(1) == run(1)
    assert run(1) != run(2)


def test_with_much_sun_the_fuse_exports() -> None:
    house = Plant(
        house=House(),
        sun=Sun(peak_watts=(5000.0, 5000.0, 5000.0), begins=12 * 3600.0, clouds=False),
    )
    assert max(house.step(1.0).fuse) < 0.0
