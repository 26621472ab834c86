"""The small plant gives the figures that its reference controllers are known for."""

from collections.abc import Callable

import pytest

from custom_components.fusewise.simulation.loop_plant import (
    Controller,
    LoopPlant,
    judge,
    naive,
    remainder,
)

LIMIT, FLOOR, CEILING = 25.0, 6.0, 32.0


@pytest.mark.parametrize(
    ("make", "over", "used", "total", "reversals", "longest"),
    [
        (naive, 4283, 75.7, 81.9, 5.41, 13.0),
        (remainder, 573, 96.2, 97.2, 1.48, 22.5),
        (lambda: remainder(hold=30), 506, 93.1, 94.9, 1.27, 22.5),
        (lambda: remainder(hold=60, dead_band=1), 399, 89.2, 92.0, 0.94, 18.1),
        (lambda: remainder(hold=60, dead_band=1, rise=1), 358, 88.0, 91.1, 0.94, 18.1),
        (lambda: remainder(hold=30, dead_band=1, rise=1, apart=5), 479, 92.5, 94.4, 1.26, 19.4),
    ],
    ids=["naive", "remainder", "held", "held longer", "held and ramped", "in steps"],
)
def test_reference_controllers_have_their_known_figures(
    make: Callable[[], Controller],
    over: float,
    used: float,
    total: float,
    reversals: float,
    longest: float,
) -> None:
    found = judge(LoopPlant(), make, range(20))
    assert found.over == pytest.approx(over, abs=0.5)
    assert found.used == pytest.approx(used, abs=0.05)
    assert found.total == pytest.approx(total, abs=0.05)
    assert found.reversals == pytest.approx(reversals, abs=0.005)
    assert found.longest == pytest.approx(longest, abs=0.05)


def test_a_seed_repeats_and_another_differs() -> None:
    plant = LoopPlant()
    assert plant.run(remainder(), 3) == plant.run(remainder(), 3)
    assert plant.run(remainder(), 3) != plant.run(remainder(), 4)


def test_a_car_at_its_floor_in_a_quiet_house_wastes_what_is_left() -> None:
    quiet = LoopPlant(house=(5.0,), first=5.0)
    found = quiet.run(lambda time, meter, car, setpoint: FLOOR, 0)
    assert found.over == 0.0
    assert found.longest == 0.0
    assert found.reversals == 0.0
    assert found.used == pytest.approx(100 * FLOOR / (LIMIT - 5.0))
    assert found.total == pytest.approx(100 * (FLOOR + 5.0) / LIMIT)


def test_a_car_that_takes_too_much_is_over_the_limit_for_all_the_time() -> None:
    busy = LoopPlant(house=(12.0,), first=12.0, dead_time=0.0, slope=1e9)
    found = busy.run(lambda time, meter, car, setpoint: CEILING, 0)
    assert found.over == pytest.approx((12.0 + CEILING - LIMIT) * 900, rel=1e-3)
    assert found.used == pytest.approx(100, rel=1e-3)


def test_the_car_follows_after_its_dead_time_and_is_seen_later() -> None:
    held = LoopPlant(house=(1.0,), first=1.0)
    drawn: list[tuple[float, float]] = []

    def step(time: float, meter: float, car: float, setpoint: float) -> float:
        drawn.append((time, car))
        return FLOOR if time < 100 else 10.0

    held.run(step, seed=1)
    # 4 s of dead time and 3 s of lag; 4 A at 4 A/s take 1 s more
    assert next(time for time, car in drawn if car > FLOOR) == 107.0
    assert next(time for time, car in drawn if car >= 10.0 - 1e-9) == 108.0
