"""A silent, a stuck and a lying meter make their own circuit fall back; the others go on."""

from collections.abc import Callable
import math
from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import FallbackCause, ReasonCode
from custom_components.fusewise.balancing.model import PerPhase
from custom_components.fusewise.simulation import MeterModel

from .homes import HEARD, REACTS, Home, box, car, fuse

ALLOWANCE = (13.0, 13.0, 13.0)
SILENT = 10.0  # s until a meter that samples every second counts as silent


def home_with_two_cars(**rest: Any) -> Home:
    """House of 4 A that may draw 13 A, and two cars that fill what is left of 25 A."""
    home = Home(fuse(house_allowance=ALLOWANCE), box("left"), box("right", "L2 L3 L1"), **rest)
    for name in home.stations:
        home.plug(name, car())
    home.settle()
    assert home.step().fuses["main"][0] > 24.0
    return home


def fallback(home: Home, circuit: str = "main") -> FallbackCause | None:
    """Why the circuit does without its meter now."""
    assert home.decision is not None
    return next(state.fallback for state in home.decision.circuits if state.circuit == circuit)


def test_a_silent_meter_makes_its_circuit_fall_back_to_floors_beside_the_house() -> None:
    home = home_with_two_cars()
    home.meters["main meter"].works = False
    home.house.amperes = ALLOWANCE
    took = home.until(lambda _: fallback(home) is FallbackCause.SILENT, 15.0)
    assert took <= SILENT + 1.2
    home.run(60)
    assert home.drawn("left") == home.drawn("right") == 6.0
    main = home.fuses["main"]
    assert main.longest_above <= SILENT + HEARD + REACTS + 2.0
    assert main.ampere_seconds <= 9.0 * (SILENT + HEARD + REACTS + 2.0)
    home.watch_anew()
    home.run(600)
    assert home.fuses["main"].seconds_above == 0.0


def test_as_many_floors_are_let_through_as_fit_beside_the_house_and_they_take_turns() -> None:
    home = Home(fuse(house_allowance=(18.0, 18.0, 18.0)), box("left"), box("right"), dt=0.5)
    for name in home.stations:
        home.plug(name, car(soc=0.1))
    home.settle()
    home.meters["main meter"].works = False
    home.run(30)
    home.watch_anew()
    home.house.amperes = (18.0, 18.0, 18.0)
    before = {name: station.charger.energy_wh for name, station in home.stations.items()}
    home.run(3600)
    assert home.fuses["main"].seconds_above == 0.0
    for name, station in home.stations.items():
        assert station.charger.energy_wh > before[name] + 1000.0


def test_a_meter_that_comes_back_is_believed_at_once() -> None:
    home = home_with_two_cars()
    home.meters["main meter"].works = False
    home.run(60)
    home.meters["main meter"].works = True
    took = home.until(lambda _: fallback(home) is None, 5.0)
    assert took <= 1.2
    home.run(90)
    assert home.step().fuses["main"][0] > 23.0
    assert home.fuses["main"].seconds_above == 0.0


def test_a_stuck_meter_is_found_out_when_the_cars_move_and_it_does_not() -> None:
    home = home_with_two_cars()
    home.meters["main meter"].frozen = True
    home.stations["left"].unplug()  # 10 A go
    home.until(lambda _: fallback(home) is FallbackCause.STUCK, 15.0)
    home.house.amperes = ALLOWANCE
    home.run(60)
    assert home.drawn("right") == 6.0
    assert home.fuses["main"].seconds_above == 0.0


def test_a_stuck_meter_that_shows_room_is_found_out_by_the_cars_that_take_it() -> None:
    home = Home(fuse(house_allowance=ALLOWANCE), box(maximum=32.0), house=15.0)
    home.plug("garage", car())
    home.settle()
    home.house.amperes = (5.0, 5.0, 5.0)
    home.run(1.5)
    home.meters["main meter"].frozen = True
    home.house.amperes = ALLOWANCE
    home.until(lambda _: fallback(home) is FallbackCause.STUCK, 90.0)
    home.run(30)
    assert home.drawn() == 6.0
    assert home.fuses["main"].longest_above < 30.0


LIES: dict[str, Callable[[PerPhase], PerPhase]] = {
    "not a number": lambda true: (math.nan, true[1], true[2]),
    "infinite": lambda true: (true[0], math.inf, true[2]),
    "a thousand times": lambda true: (true[0] * 1000, true[1] * 1000, true[2] * 1000),
    "milliamperes": lambda true: (true[0] * 1000, true[1], true[2]),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lying_meter_counts_as_none(lie: str) -> None:
    home = home_with_two_cars()
    home.meters["main meter"].lies = LIES[lie]
    home.house.amperes = ALLOWANCE
    took = home.until(lambda _: fallback(home) is FallbackCause.IMPOSSIBLE, 5.0)
    assert took <= 1.2
    home.run(60)
    assert home.drawn("left") == home.drawn("right") == 6.0
    assert home.fuses["main"].longest_above <= HEARD + REACTS + 2.0


def test_a_silent_meter_of_one_circuit_leaves_the_others_alone() -> None:
    home = Home(
        fuse(63.0),
        fuse(25.0, "shed", parent="main", house_allowance=(10.0, 10.0, 10.0)),
        fuse(25.0, "barn", parent="main", house_allowance=(10.0, 10.0, 10.0)),
        box("left", circuit="shed"),
        box("right", circuit="barn"),
    )
    for name in home.stations:
        home.plug(name, car())
    home.settle()
    home.meters["shed meter"].works = False
    home.run(60)
    assert fallback(home, "shed") is FallbackCause.SILENT
    assert fallback(home, "barn") is fallback(home, "main") is None
    assert home.drawn("left") == 6.0
    assert home.drawn("right") == 16.0
    assert home.decision is not None
    assert home.decision.setpoints[0].reason.code is ReasonCode.METER_SILENT
    assert all(fuse.seconds_above == 0.0 for fuse in home.fuses.values())


def test_losing_one_sample_in_three_is_not_silence() -> None:
    home = home_with_two_cars(meter=MeterModel(loses=0.33), seed=5)
    causes = set()
    home.run(600, lambda _: causes.add(fallback(home)))
    assert causes == {None}


@pytest.mark.parametrize("lag", [1.0, 2.0, 3.0])
def test_a_lagging_meter_delays_a_cure_by_its_lag_and_starts_no_swing(lag: float) -> None:
    home = home_with_two_cars(meter=MeterModel(lag=lag))
    home.house.amperes = (12.0, 12.0, 12.0)
    home.run(60)
    main = home.fuses["main"]
    assert main.longest_above <= HEARD + lag + REACTS + 3.0
    home.watch_anew()
    home.run(300)
    assert home.fuses["main"].seconds_above == 0.0


def test_a_slow_meter_costs_room_by_how_far_the_house_jumps_between_its_samples() -> None:
    home = Home(box(maximum=32.0), house=3.0, meter=MeterModel(interval=30.0))
    home.plug("garage", car())
    home.settle(240.0)
    assert home.drawn() > 20.0
    home.house.amperes = (11.0, 11.0, 11.0)  # once it is not known that the house jumps
    home.run(120)
    home.house.amperes = (3.0, 3.0, 3.0)
    home.settle(300.0)
    for _ in range(4):  # and then it is
        home.house.amperes = (11.0, 11.0, 11.0)
        home.run(90)
        home.house.amperes = (3.0, 3.0, 3.0)
        home.run(120)
    assert home.fuses["main"].seconds_above == 0.0
    assert home.drawn() > 8.0
