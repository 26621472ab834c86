"""What a car draws."""

import pytest

from custom_components.fusewise.simulation import Car, CarModel, CarState

SALOON = CarModel(name="saloon", phases=3, maximum=16.0, battery_kwh=60.0)
VOLTAGE = 230.0


def drive(car: Car, pilot: float, seconds: float, dt: float = 0.1) -> list[float]:
    return [car.step(pilot, dt, VOLTAGE) for _ in range(round(seconds / dt))]


def test_a_car_answers_its_pilot_after_about_four_seconds() -> None:
    car = Car(SALOON)
    drive(car, 6.0, 20)
    currents = drive(car, 16.0, 10)
    first = next(n for n, current in enumerate(currents) if current > 6.0)
    assert 3.8 <= first * 0.1 <= 4.2
    assert currents[-1] == 16.0


def test_a_car_never_draws_more_than_its_own_limit() -> None:
    small = CarModel(name="small", phases=3, maximum=10.0, battery_kwh=30.0)
    assert max(drive(Car(small), 32.0, 60)) == 10.0


def test_a_car_draws_nothing_below_six_amperes() -> None:
    assert max(drive(Car(SALOON), 5.9, 60)) == 0.0
    assert drive(Car(SALOON), 6.0, 60)[-1] == 6.0


def test_a_car_stops_within_three_seconds_when_its_pilot_ends() -> None:
    car = Car(SALOON)
    drive(car, 16.0, 30)
    currents = drive(car, 0.0, 5)
    assert currents[28] == 16.0
    assert currents[29:] == [0.0] * 21


def test_a_full_battery_draws_nothing_and_an_almost_full_one_less() -> None:
    tapering = Car(SALOON, soc=0.975)
    assert drive(tapering, 16.0, 30)[-1] == pytest.approx(8.0, rel=0.05)
    full = Car(SALOON, soc=0.999)
    assert full.state is CarState.FULL
    assert max(drive(full, 16.0, 30)) == 0.0


def test_charging_tapers_and_ends_by_itself() -> None:
    car = Car(SALOON, soc=0.93)
    currents = drive(car, 16.0, 3 * 3600, dt=1.0)
    tapering = currents[currents.index(16.0) :]
    assert tapering == sorted(tapering, reverse=True)
    assert currents[-1] == 0.0
    assert car.state is CarState.FULL


def test_the_battery_gets_what_flows_less_the_losses() -> None:
    car = Car(SALOON, soc=0.2)
    drive(car, 16.0, 3600, dt=1.0)
    charged = (car.soc - 0.2) * 60.0
    assert charged == pytest.approx(3 * 16 * 0.230 * 0.9, rel=0.01)


def test_a_car_with_a_timer_takes_nothing_before_it_starts() -> None:
    car = Car(SALOON, starts_after=30.0)
    assert max(drive(car, 16.0, 30)) == 0.0
    assert car.could_take == 16.0
    assert drive(car, 16.0, 10)[-1] == 16.0


def test_a_car_that_sleeps_needs_its_time_to_wake_after_a_pause() -> None:
    sleepy = Car(CarModel(name="sleepy", phases=1, maximum=16.0, battery_kwh=40.0, wake=20.0))
    drive(sleepy, 16.0, 60)
    drive(sleepy, 0.0, 10)
    currents = drive(sleepy, 16.0, 40)
    first = next(n for n, current in enumerate(currents) if current > 0.0)
    assert 23.5 <= first * 0.1 <= 24.5
