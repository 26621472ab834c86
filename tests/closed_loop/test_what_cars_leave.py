"""What a car leaves is handed on, and probed again; a car that starts late or sleeps is understood."""

import pytest

from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.model import Mode, Session
from custom_components.fusewise.balancing.settings import Settings
from custom_components.fusewise.simulation import Moment, StationModel

from .homes import Home, box, car, fuse


def two_cars(station: StationModel | None = None, **first: float) -> Home:
    """Two chargers that share 20 A: the first car is as told, the second takes anything."""
    home = Home(
        fuse(),
        box("left", "L1 L2 L3"),
        box("right", "L1 L2 L3"),
        house=5.0,
        station=station or StationModel(),
    )
    home.plug("left", car(**first))
    home.plug("right", car())
    return home


def first_sample_after(home: Home, charger: str, moment: float) -> float:
    """Let time pass until a sample that is not older than `moment` has come; the time then."""
    stamp = home.lines[charger].reading.measured_at
    home.until(
        lambda _: home.lines[charger].reading.measured_at > stamp and home.time > moment + 1.5, 60.0
    )
    return home.time


def test_two_cars_share_what_is_there() -> None:
    home = two_cars()
    home.run(120)
    assert home.drawn("left") + home.drawn("right") == pytest.approx(20.0, abs=0.3)
    assert home.drawn("left") == pytest.approx(10.0, abs=0.3)


def test_a_car_that_stops_by_itself_hands_on_its_current_within_ten_seconds_of_the_first_sample() -> (
    None
):
    home = two_cars()
    home.run(120)
    left = home.cars["left"]
    left.soc = 1.0
    stopped = home.until(lambda _: home.drawn("left") == 0.0, 10.0)
    seen = first_sample_after(home, "left", home.time - stopped)
    home.until(lambda _: home.told("right") >= 13.9, within=10.0 + 0.2)
    assert home.time - seen <= 10.2
    home.run(30)
    assert home.drawn("right") == pytest.approx(14.0, abs=0.2)
    assert home.told("left") == 6.0  # it may come back


@pytest.mark.parametrize("reports_every", [5.0, 10.0, 60.0])
def test_what_a_car_leaves_is_given_on_within_ten_seconds_however_rarely_its_charger_reports(
    reports_every: float,
) -> None:
    home = two_cars(StationModel(reports_every=reports_every))
    home.run(130)
    left, reading = home.cars["left"], home.lines["left"]
    left.model = car(maximum=7.0).model
    home.until(lambda _: max(reading.reading.current or (0.0,)) < 7.5, reports_every + 3.0)
    home.until(lambda _: home.told("right") >= 11.9, within=10.0)
    home.watch_anew()
    home.run(60)
    assert home.drawn("right") == pytest.approx(12.0, abs=0.5)
    assert home.fuses["main"].seconds_above == 0.0


def test_a_car_that_takes_less_than_its_share_leaves_the_rest_to_the_others() -> None:
    home = two_cars(maximum=7.0)
    home.run(120)
    assert home.drawn("left") == pytest.approx(7.0)
    assert home.drawn("right") == pytest.approx(20.0 - 8.0, abs=1.0)  # dead band


def test_a_car_that_tapers_leaves_more_and_more() -> None:
    home = two_cars(soc=0.955, battery_kwh=30.0, taper_from=0.9, maximum=16.0)
    home.run(180)
    before = home.drawn("right")
    home.run(600)
    assert home.drawn("left") < 6.0
    assert home.drawn("right") > before + 1.0
    assert home.drawn("right") == pytest.approx(13.0, abs=1.1)
    assert home.fuses["main"].seconds_above == 0.0


def test_a_car_that_was_limited_is_asked_again_now_and_then() -> None:
    home = two_cars(maximum=7.0)
    home.run(300)
    assert home.drawn("right") > 11.0
    home.cars["left"].model = car().model  # it takes anything now
    home.run(300)
    assert home.drawn("left") == pytest.approx(10.0, abs=0.6)
    assert home.fuses["main"].longest_above < 10.0


def test_a_car_that_starts_late_finds_its_floor_and_then_its_share() -> None:
    home = two_cars(starts_after=300.0)
    home.run(120)
    assert home.told("left") == 6.0
    assert home.drawn("right") == pytest.approx(14.0, abs=0.3)
    home.run(180)
    home.watch_anew()
    home.run(180)
    assert home.drawn("left") == pytest.approx(10.0, abs=0.6)
    assert home.fuses["main"].longest_above < 10.0


def test_a_sleeping_car_that_needs_a_minute_to_wake_is_waited_for() -> None:
    home = two_cars(wake=60.0)
    home.run(40)
    assert home.drawn("left") == 0.0
    assert home.told("left") >= 6.0
    home.run(150)
    assert home.drawn("left") == pytest.approx(10.0, abs=0.6)
    assert home.stations["left"].charger.closings == 1


def test_a_car_on_one_phase_of_a_three_phase_charger_leaves_the_other_two() -> None:
    home = two_cars(phases=1)
    home.run(180)
    moment = home.step()
    assert moment.fuses["main"][0] == pytest.approx(25.0, abs=0.6)
    # the other charger's car uses all phases, so L1 holds it; what is left on L2 is nobody's
    assert home.drawn("left") == pytest.approx(home.drawn("right"), abs=0.6)


def test_where_not_all_fit_nobody_waits_longer_than_a_turn_and_contactors_are_spared() -> None:
    settings = Settings(turn_time=300.0)
    home = Home(fuse(), *map(box, ("one", "two", "three")), house=10.0, settings=settings, dt=0.5)
    for name in home.stations:
        home.plug(name, car(soc=0.1))
    home.run(120)
    home.watch_anew()
    waited, longest = dict.fromkeys(home.stations, 0.0), dict.fromkeys(home.stations, 0.0)

    def watch(moment: Moment) -> None:
        for name, amperes in moment.cars.items():
            waited[name] = 0.0 if amperes else waited[name] + home.dt
            longest[name] = max(longest[name], waited[name])

    home.run(3600, watch)
    assert max(longest.values()) <= 300.0 + 10.0
    assert max(station.charger.closings for station in home.stations.values()) <= 3600 / 300 + 1
    assert home.fuses["main"].seconds_above == 0.0


def test_a_fast_car_goes_first_and_the_fair_one_keeps_its_floor() -> None:
    home = Home(fuse(), box("left"), box("right"), house=5.0)
    home.plug("left", car(), Session(id="", started=0.0, mode=Mode.FAST))
    home.plug("right", car())
    home.run(120)
    assert home.drawn("left") == pytest.approx(14.0, abs=0.2)
    assert home.drawn("right") == pytest.approx(6.0, abs=0.2)


def test_a_car_that_leaves_makes_room_at_once() -> None:
    home = two_cars()
    home.run(120)
    home.stations["left"].unplug()
    home.run(30)
    assert home.drawn("right") == pytest.approx(16.0)
    assert home.decision is not None
    assert home.decision.setpoints[0].reason.code is ReasonCode.NO_CAR
