"""A limit is never exceeded on purpose: only what cars draw before they can react is above it."""

import pytest

from custom_components.fusewise.balancing.model import PerPhase
from custom_components.fusewise.simulation import MeterModel, StationModel

from .homes import HEARD, REACTS, Home, box, car, fuse

SLOPE = 4.0  # A/s


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("step", [2.0, 8.0, 15.0])
def test_a_house_step_is_cured_within_what_a_car_needs_to_react(step: float, seed: int) -> None:
    home = Home(box(), seed=seed)
    home.plug("garage", car())
    home.settle()
    assert home.drawn() == pytest.approx(16.0)
    home.house.amperes = (4.0 + 5.0 + step, 4.0, 4.0)  # 5 A were free
    home.run(30)
    main = home.fuses["main"]
    assert main.longest_above <= HEARD + REACTS + step / SLOPE
    assert main.ampere_seconds <= step * (HEARD + REACTS + step / SLOPE / 2)
    assert main.peak == pytest.approx(25.0 + step)
    assert home.drawn() == pytest.approx(16.0 - step if step <= 10 else 0.0, abs=0.11)


def test_a_fall_is_told_with_the_first_sample_that_shows_the_step() -> None:
    home = Home(box())
    home.plug("garage", car())
    home.settle()
    home.house.amperes = (15.0, 4.0, 4.0)
    took = home.until(lambda _: home.told() == 10.0, within=2.0)
    assert took <= HEARD


def test_a_step_on_one_phase_is_no_matter_of_a_car_on_another() -> None:
    home = Home(box("left", "L1"), box("right", "L2"))
    for name in ("left", "right"):
        home.plug(name, car(phases=1))
    home.settle()
    home.house.amperes = (16.0, 4.0, 4.0)
    home.run(30)
    assert home.drawn("left") == pytest.approx(9.0, abs=0.11)
    assert home.drawn("right") == pytest.approx(16.0)


def test_a_rotated_charger_falls_for_the_phase_that_is_behind_its_conductor() -> None:
    home = Home(box(wiring="L2 L3 L1"))
    home.plug("garage", car(phases=1))  # it loads the house's L2
    home.settle()
    home.house.amperes = (20.0, 4.0, 20.0)
    home.run(30)
    assert home.drawn() == pytest.approx(16.0)
    home.house.amperes = (4.0, 18.0, 4.0)
    home.run(30)
    assert home.drawn() == pytest.approx(7.0, abs=0.11)
    assert home.fuses["main"].longest_above <= HEARD + REACTS + 9.0 / SLOPE


def test_a_house_that_fills_its_fuse_alone_stops_every_car() -> None:
    home = Home(box("left"), box("right"))
    for name in ("left", "right"):
        home.plug(name, car())
    home.settle()
    home.house.amperes = (24.0, 24.0, 24.0)
    home.run(30)
    assert home.drawn("left") == home.drawn("right") == 0.0
    assert home.fuses["main"].longest_above <= HEARD + REACTS


def test_fifty_cars_are_as_quick_as_one() -> None:
    home = Home(
        fuse(500.0),
        *(box(f"box {n}", ("L1 L2 L3", "L2 L3 L1", "L3 L1 L2")[n % 3]) for n in range(50)),
        house=20.0,
        dt=0.5,
        station=StationModel(reports_every=30.0),
    )
    for name in home.stations:
        home.plug(name, car())
    home.settle(90.0)
    assert home.step().fuses["main"][0] > 440
    home.house.amperes = (120.0, 20.0, 20.0)
    home.run(30)
    main = home.fuses["main"]
    assert main.longest_above <= HEARD + 0.8 + REACTS + 4.0
    assert main.ampere_seconds <= 100.0 * (HEARD + 0.8 + REACTS + 2.0)


@pytest.mark.parametrize("house", [(12.0, 4.0, 4.0), (4.0, 12.0, 9.0)])
def test_losses_doubles_jitter_and_noise_delay_a_cure_by_a_sample_or_two(house: PerPhase) -> None:
    home = Home(
        box(),
        seed=4,
        meter=MeterModel(loses=0.3, doubles=0.2, jitter=0.5, noise=0.1),
        station=StationModel(loses=0.3, doubles=0.2, noise=0.1),
    )
    home.plug("garage", car())
    home.settle()
    home.house.amperes = (house[0] + 5.0, house[1] + 5.0, house[2] + 5.0)
    home.run(60)
    main = home.fuses["main"]
    assert main.longest_above <= HEARD + 4.0 + REACTS + 2.0
    assert main.ampere_seconds <= 8.0 * (HEARD + 4.0 + REACTS + 1.0)


def test_behind_a_slow_network_a_cure_waits_for_two_messages_at_most() -> None:
    # One call is under way at a time: a renewal may have to arrive before the fall is sent.
    home = Home(box(), station=StationModel(latency=3.0))
    home.plug("garage", car())
    home.settle()
    home.house.amperes = (17.0, 4.0, 4.0)
    home.run(30)
    assert home.fuses["main"].longest_above <= HEARD + 2 * 3.0 + REACTS + 2.0
