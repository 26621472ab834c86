"""Sun, unbalance, heat, grid limits, peak targets and sub-panels, watched at the fuse."""

from dataclasses import replace

import pytest

from custom_components.fusewise.balancing.model import (
    Breaker,
    DemandWindow,
    Derating,
    GridLimit,
    LimitScope,
    Phase,
    Transformer,
)
from custom_components.fusewise.balancing.settings import Settings
from custom_components.fusewise.simulation import BEARS, House, MeterModel, Moment, Sun

from .homes import HEARD, REACTS, Home, box, car, fuse

# --- sun ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("sun", [8.0, 15.0, 25.0])
def test_sun_that_vanishes_leaves_the_fuse_within_what_it_bears(sun: float, seed: int) -> None:
    home = Home(
        box("left", maximum=32.0), box("right", maximum=32.0), sun=sun, sees_sun=True, seed=seed
    )
    for name in home.stations:
        home.plug(name, car())
    home.settle(180.0)
    home.sun.amperes = (0.0, 0.0, 0.0)
    home.run(30)
    main = home.fuses["main"]
    assert 25.0 < main.peak <= 25.0 * BEARS + 0.2
    assert main.seconds_above <= HEARD + REACTS + 2.0


@pytest.mark.parametrize("seed", range(3))
def test_a_meter_that_is_read_after_the_inverter_hides_no_room(seed: int) -> None:
    """For 3 s the sun is known to be gone, and the meter still shows what it left."""
    home = Home(
        box("left", maximum=32.0),
        box("right", maximum=32.0),
        sun=12.0,
        sees_sun=True,
        seed=seed,
        meter=MeterModel(interval=3.0),
    )
    for name in home.stations:
        home.plug(name, car())
    home.settle(180.0)
    home.sun.amperes = (0.0, 0.0, 0.0)
    home.run(60)
    assert home.fuses["main"].peak <= 25.0 * BEARS + 0.8
    assert home.fuses["main"].seconds_above <= 2.0 + HEARD + REACTS + 4.0


def test_a_day_of_clouds_never_takes_the_fuse_beyond_what_it_bears() -> None:
    home = Home(box("left"), box("right", "L2"), sees_sun=True, dt=0.5, seed=3)
    home.houses["main"] = House(seed=3, begins=11 * 3600.0, appliances=())
    home.suns["main"] = Sun(seed=3, peak_watts=(4000.0, 4000.0, 4000.0), begins=11 * 3600.0)
    for name in home.stations:
        home.plug(name, car(soc=0.1))
    home.run(2 * 3600)
    main = home.fuses["main"]
    assert main.seconds_beyond == 0.0
    assert main.longest_above <= HEARD + REACTS + 4.0


def test_an_export_above_the_rating_stops_no_car() -> None:
    home = Home(box(), house=1.0, sun=45.0, sees_sun=True)
    home.plug("garage", car())
    home.run(120)
    assert home.drawn() == 16.0


# --- unbalance ------------------------------------------------------------------------------------------


def unbalanced(moment: Moment) -> float:
    amperes = moment.fuses["main"]
    return max(amperes) - min(amperes)


def test_one_phase_cars_keep_the_phases_within_what_they_may_differ() -> None:
    home = Home(
        fuse(40.0, unbalance=20.0), box("one", "L1", maximum=32.0), box("two", "L2"), house=3.0
    )
    home.plug("one", car(phases=1))
    differs: list[float] = []
    home.run(90, lambda moment: differs.append(unbalanced(moment)))
    assert home.drawn("one") == pytest.approx(20.0, abs=0.2)
    home.plug("two", car(phases=1))
    home.run(120, lambda moment: differs.append(unbalanced(moment)))
    assert max(differs) <= 20.2


def test_when_the_other_phases_fall_a_one_phase_car_follows_in_its_time() -> None:
    home = Home(fuse(40.0, unbalance=16.0), box("one", "L1", maximum=32.0), house=(3.0, 12.0, 12.0))
    home.plug("one", car(phases=1))
    home.run(120)
    assert home.drawn("one") == pytest.approx(25.0, abs=0.2)
    home.house.amperes = (3.0, 3.0, 3.0)
    home.until(lambda moment: unbalanced(moment) <= 16.1, HEARD + REACTS + 4.0)
    home.run(30)
    assert home.drawn("one") == pytest.approx(16.0, abs=0.2)


# --- heat -----------------------------------------------------------------------------------------------


def test_a_breaker_that_was_overloaded_is_left_to_cool() -> None:
    home = Home(fuse(25.0, breaker=Breaker(time_constant=900.0)), box(maximum=32.0), dt=0.5)
    home.plug("garage", car(soc=0.1))
    home.settle(1800.0)
    home.house.amperes = (31.0, 31.0, 31.0)  # the house alone overloads it
    home.run(900)
    assert home.memory.circuits["main"].heat[0] > 1.2
    home.house.amperes = (9.0, 9.0, 9.0)
    course: list[float] = []
    home.run(120, lambda moment: course.append(moment.fuses["main"][0]))
    assert max(course) < 20.0  # cold, it would carry 25 A after a minute
    home.run(600)
    assert home.step().fuses["main"][0] > 23.5


def test_a_warm_cabinet_carries_less_and_recovers() -> None:
    home = Home(fuse(25.0, derating=Derating(starts_at=30.0, stops_at=80.0)), box(maximum=32.0))
    home.plug("garage", car())
    home.outside = replace(home.outside, temperatures={"main": 20.0})
    home.settle()
    assert home.step().fuses["main"][0] == pytest.approx(25.0, abs=0.3)
    home.outside = replace(home.outside, temperatures={"main": 62.0})
    home.run(30)
    assert home.step().fuses["main"][0] == pytest.approx(25.0 * (18 / 50) ** 0.5, abs=0.2)
    home.outside = replace(home.outside, temperatures={"main": 20.0})
    home.run(120)
    assert home.step().fuses["main"][0] == pytest.approx(25.0, abs=0.6)


def test_a_transformer_that_is_hot_from_outside_sheds_cars() -> None:
    home = Home(
        fuse(25.0, transformer=Transformer()), box(maximum=32.0), house=2.0, dt=1.0, pace=5.0
    )
    home.plug("garage", car(soc=0.1, battery_kwh=500.0))
    home.outside = replace(home.outside, temperatures={"main": 40.0})
    home.run(6 * 3600)
    assert home.memory.circuits["main"].oil > 30.0
    hot_spot = (
        40.0 + home.memory.circuits["main"].oil + 23.0 * (home.step().fuses["main"][0] / 25) ** 1.6
    )
    assert hot_spot == pytest.approx(98.0, abs=1.5)


# --- from outside ---------------------------------------------------------------------------------------


def test_a_grid_limit_is_obeyed_within_seconds_and_ends_by_itself() -> None:
    home = Home(box(maximum=32.0))
    home.plug("garage", car())
    home.settle()
    limit = GridLimit(source="operator", amperes=14.0, until=1_000_000.0 + home.time + 300.0)
    home.outside = replace(home.outside, grid_limits=(limit,))
    home.until(lambda moment: moment.fuses["main"][0] <= 14.05, 1.0 + HEARD + REACTS + 4.0)
    course: list[float] = []
    home.run(280, lambda moment: course.append(moment.fuses["main"][0]))
    assert max(course) <= 14.05
    home.run(90)
    assert home.step().fuses["main"][0] > 23.0


def test_14a_leaves_the_house_alone_and_the_cars_4200_watts() -> None:
    home = Home(box(maximum=32.0), house=(20.0, 4.0, 4.0))
    home.plug("garage", car(phases=3))
    limit = GridLimit(source="operator", watts=4200.0, scope=LimitScope.CONTROLLABLE)
    home.outside = replace(home.outside, grid_limits=(limit,))
    home.house.amperes = (10.0, 4.0, 4.0)
    home.run(120)
    assert home.drawn() * 3 * 230.0 <= 4200.0
    assert home.drawn() == pytest.approx(6.0, abs=0.1)


def test_a_peak_target_is_kept_in_every_quarter_of_an_hour() -> None:
    main = fuse(63.0, demand=DemandWindow(minutes=15, target_watts=9000.0))
    home = Home(main, box("left"), box("right"), dt=0.5, settings=Settings(minimum_off=60.0))
    home.houses["main"] = House(seed=2, begins=17 * 3600.0)
    for name in home.stations:
        home.plug(name, car(soc=0.1, battery_kwh=100.0))
    windows: dict[int, list[float]] = {}

    def watch(moment: Moment) -> None:
        window = int((1_000_000.0 + moment.time) // 900)
        windows.setdefault(window, []).append(230.0 * sum(moment.fuses["main"]))

    home.run(2 * 3600, watch)
    whole = [sum(w) / len(w) for w in windows.values() if len(w) == 1800]
    assert len(whole) == 7
    assert max(whole) <= 9000.0 * 1.02
    assert sum(whole) / len(whole) > 9000.0 * 0.9


# --- the tree -------------------------------------------------------------------------------------------


def test_a_sub_panel_and_the_main_fuse_hold_at_the_same_time() -> None:
    home = Home(
        fuse(40.0),
        fuse(20.0, "shed", parent="main"),
        box("one", circuit="shed"),
        box("two", "L2 L3 L1", circuit="shed"),
        box("three"),
        house=8.0,
    )
    for name in home.stations:
        home.plug(name, car())
    home.settle()
    assert 18.0 < home.step().fuses["shed"][0] <= 20.0
    home.house.amperes = (20.0, 20.0, 20.0)
    home.run(60)
    assert home.fuses["shed"].seconds_above == 0.0
    assert home.fuses["main"].longest_above <= HEARD + REACTS + 2.0


def test_a_panel_without_a_meter_counts_what_the_house_may_have_on_it() -> None:
    home = Home(
        fuse(40.0), fuse(20.0, "shed", parent="main", meter=None), box(circuit="shed"), house=3.0
    )
    home.plug("garage", car())
    home.settle()
    assert home.drawn() == 16.0
    home.house.amperes = (12.0, 12.0, 12.0)  # nobody knows where: it may be in the shed
    home.run(60)
    assert home.drawn() <= 8.1


def test_a_split_phase_house_counts_both_legs() -> None:
    legs = fuse((40.0, 40.0, 0.0))
    home = Home(legs, box(wiring="L1 L2", line_to_line=True, maximum=32.0), house=(20.0, 4.0, 0.0))
    home.plug("garage", car(phases=2))
    home.settle()
    assert home.drawn() == pytest.approx(20.0, abs=0.2)
    home.house.amperes = (4.0, 25.0, 0.0)
    home.run(60)
    assert home.drawn() == pytest.approx(15.0, abs=0.2)
    assert home.step().fuses["main"][Phase.L3] == 0.0
