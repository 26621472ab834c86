"""The rest of the house, and its sun."""

from itertools import pairwise

import pytest

from custom_components.fusewise.balancing.model import PerPhase
from custom_components.fusewise.simulation import House, Sun

DAY = 86_400


def day(seed: int) -> list[PerPhase]:
    house = House(seed=seed)
    return [house.step(10.0, 230.0) for _ in range(DAY // 10)]


def kwh(load: list[PerPhase]) -> float:
    return sum(sum(amperes) for amperes in load) * 230 * 10 / 3.6e6


def test_the_same_seed_repeats_the_day_and_another_does_not() -> None:
    assert day(1) == day(1)
    assert day(1) != day(2)


def test_a_house_uses_about_what_a_house_with_a_heat_pump_uses() -> None:
    mean = sum(kwh(day(seed)) for seed in range(5)) / 5
    assert 25 < mean < 50


def test_a_kettle_is_two_kilowatts_on_one_phase_for_minutes() -> None:
    house = House(seed=3, heat_pump=None, restless=False, base_watts=(100.0, 100.0, 100.0))
    amperes = [house.step(1.0, 230.0)[0] for _ in range(DAY)]
    boiling = [n for n, a in enumerate(amperes) if a > 1.0]
    assert amperes[boiling[0]] == pytest.approx(2100 / 230)
    runs = 1 + sum(b - a > 1 for a, b in pairwise(boiling))
    assert 90 <= len(boiling) / runs <= 600


def test_a_calm_house_is_constant_but_for_what_is_ordered() -> None:
    house = House(appliances=(), heat_pump=None, restless=False, base_watts=(230.0, 460.0, 0.0))
    assert house.step(0.1, 230.0) == (1.0, 2.0, 0.0)
    house.ordered = (0.0, 8.0, 0.0)
    assert house.step(0.1, 230.0) == (1.0, 10.0, 0.0)


def test_the_sun_rises_peaks_at_noon_and_sets() -> None:
    sun = Sun(peak_watts=(3000.0, 3000.0, 0.0), clouds=False)
    hours = [sun.step(3600.0, 230.0) for _ in range(24)]
    assert hours[0][0] == 0.0
    assert hours[23][0] == 0.0
    assert max(range(24), key=lambda hour: hours[hour][0]) == 11
    assert 8.0 < hours[11][0] < 3000 / 230
    assert hours[11][1] == hours[11][0]
    assert hours[11][2] == 0.0


def test_a_cloud_takes_half_the_sun_within_seconds() -> None:
    sun = Sun(peak_watts=(3000.0, 0.0, 0.0), begins=12 * 3600, seed=2)
    amperes = [sun.step(1.0, 230.0)[0] for _ in range(3600)]
    assert min(amperes) < 0.75 * max(amperes)
    assert max(abs(b - a) for a, b in pairwise(amperes)) > 0.2


def test_winter_gives_less_than_summer() -> None:
    noon = 12 * 3600
    summer = Sun(peak_watts=(1000.0,) * 3, begins=noon, clouds=False, day=172)
    winter = Sun(peak_watts=(1000.0,) * 3, begins=noon, clouds=False, day=355)
    assert winter.step(1.0, 230.0)[0] < 0.4 * summer.step(1.0, 230.0)[0]
