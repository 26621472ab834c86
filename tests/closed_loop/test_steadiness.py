"""The loop never oscillates: where nothing happens, nothing moves, whatever cars and meters are like."""

from typing import Any

import pytest

from custom_components.fusewise.simulation import House, MeterModel, Moment, StationModel

from .homes import Home, box, car, reversals


def course(home: Home, seconds: float, charger: str = "garage") -> list[float]:
    """What the car draws, once a second."""
    drawn: list[float] = []

    def watch(moment: Moment) -> None:
        if round(moment.time / home.dt) % round(1 / home.dt) == 0:
            drawn.append(moment.cars[charger])

    home.run(seconds, watch)
    return drawn


LAZY: dict[str, dict[str, Any]] = {
    "quick": {"dead_time": 1.0, "slope": 20.0},
    "usual": {},
    "slow": {"dead_time": 5.0, "slope": 1.0},
    "slower than the standard": {"dead_time": 8.0, "slope": 1.0, "stop_time": 5.0},
    "ramps up by itself": {"dead_time": 2.0, "slope": 0.2},
}


@pytest.mark.parametrize("lag", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("kind", LAZY)
def test_a_car_settles_and_stays_whatever_it_is_like(kind: str, lag: float) -> None:
    home = Home(box(maximum=32.0), house=8.0, meter=MeterModel(lag=lag))
    home.plug("garage", car(**LAZY[kind]))
    home.settle(240.0)
    drawn = course(home, 300.0)
    assert max(drawn) - min(drawn) <= 0.2
    assert drawn[-1] == pytest.approx(17.0, abs=1.0)
    assert home.fuses["main"].seconds_above == 0.0


@pytest.mark.parametrize("every", [1.0, 10.0, 60.0])
def test_two_cars_in_step_do_not_oscillate(every: float) -> None:
    home = Home(
        box("left", maximum=32.0),
        box("right", maximum=32.0),
        station=StationModel(reports_every=every),
        settings=None,
    )
    for name in ("left", "right"):
        home.plug(name, car())
    home.settle(300.0)
    left = course(home, 300.0, "left")
    assert max(left) - min(left) <= 0.2
    home.house.amperes = (10.0, 10.0, 10.0)
    fallen = course(home, 300.0, "right")
    assert reversals(fallen) <= 2
    assert home.fuses["main"].longest_above < 9.0
    assert fallen[-1] == pytest.approx(7.5, abs=0.6)


def test_a_house_that_swings_back_and_forth_does_not_draw_the_cars_along() -> None:
    home = Home(box(maximum=32.0), house=8.0)
    home.plug("garage", car())
    home.settle()
    for swing in range(50):
        at = home.time + 6.0 * swing
        home.change(at, home.house, amperes=(14.0, 14.0, 14.0) if swing % 2 else (8.0, 8.0, 8.0))
    drawn = course(home, 300.0)
    swings = drawn[60:]  # of 6 A, six seconds each way: too quick for any car
    assert max(swings) - min(swings) <= 3.0
    assert home.fuses["main"].ampere_seconds < 100.0


@pytest.mark.parametrize("seed", range(3))
def test_noise_moves_nobody(seed: int) -> None:
    home = Home(
        box(maximum=32.0),
        seed=seed,
        house=8.0,
        meter=MeterModel(noise=0.15),
        station=StationModel(noise=0.1),
    )
    home.plug("garage", car())
    home.settle()
    assert reversals(course(home, 600.0), least=0.5) <= 1
    assert home.drawn() > 15.5


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("every", [5.0, 30.0])
def test_a_living_house_is_followed_with_less_than_a_reversal_a_minute(
    seed: int, every: float
) -> None:
    home = Home(
        box("left"),
        box("right", "L2"),
        box("third", "L2 L3 L1"),
        seed=seed,
        houses={"main": House(seed=seed, begins=18 * 3600.0)},
        station=StationModel(reports_every=every),
        meter=MeterModel(lag=1.0),
        dt=0.25,
    )
    for name in home.stations:
        home.plug(name, car(soc=0.1))
    home.settle()
    sent: dict[str, list[float]] = {name: [] for name in home.stations}

    def watch(_: Moment) -> None:
        for name, told in sent.items():
            told.append(home.told(name))

    home.run(1800, watch)
    assert all(reversals(course) < 30 for course in sent.values())
    main = home.fuses["main"]
    assert main.longest_above < 12.0
    assert main.ampere_seconds < 400.0
