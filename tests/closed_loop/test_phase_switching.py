"""A day in the sun with a charger that switches phases: more sun, few switches, none under load, the fuse held."""

from dataclasses import replace

import pytest

from custom_components.fusewise.balancing.codes import NoticeCode, ReasonCode
from custom_components.fusewise.balancing.model import Mode, Session
from custom_components.fusewise.simulation import (
    Car,
    CarModel,
    CarState,
    Dial,
    Moment,
    StationModel,
    Sun,
)

from .homes import Home, box, car, fuse

HOUR = 3600.0
VOLTS = 230.0
TOUCHY = CarModel(
    name="touchy", phases=3, maximum=16.0, battery_kwh=60.0, wake=10.0, switch_rest=10.0
)


def wants(mode: Mode) -> Session:
    """What its owner wants."""
    return Session(id="", started=0.0, mode=mode)


class Day(Home):
    """A home with a roof of 9 kWp on an April day, from eight to six, that counts what the car takes from where."""

    def __init__(
        self, *, switches: bool, seed: int = 1, station: StationModel | None = None
    ) -> None:
        super().__init__(
            fuse(25.0),
            box(switches_phases=switches),
            house=0.0,
            seed=seed,
            dt=2.0,
            pace=4.0,
            station=station or StationModel(),
        )
        self.houses["main"] = Dial((1.0, 1.0, 1.0))
        self.suns["main"] = Sun(
            seed=seed, peak_watts=(3000.0, 3000.0, 3000.0), begins=8 * HOUR, day=100
        )
        self.plug("garage", Car(TOUCHY, soc=0.1), wants(Mode.SUN))
        self.charged = self.bought = 0.0
        self.highest = 0.0

    def watch(self, moment: Moment) -> None:
        """Count."""
        self.highest = max(self.highest, *map(abs, moment.fuses["main"]))
        net = sum(moment.fuses["main"]) * VOLTS
        drawn = sum(self.stations["garage"].charger.currents) * VOLTS
        self.charged += drawn * self.dt / 3.6e6
        self.bought += max(0.0, min(net, drawn)) * self.dt / 3.6e6


def test_a_day_in_the_sun_with_few_switches_and_none_under_load() -> None:
    switching, fixed = Day(switches=True), Day(switches=False)
    for day in (switching, fixed):
        day.run(10 * HOUR, day.watch)
    point = switching.stations["garage"].charger
    spacing = switching.site.settings.phase_spacing
    assert 2 <= point.switches <= min(20, 10 * HOUR / spacing)
    assert point.switched_loaded == 0
    assert switching.cars["garage"].state is CarState.READY
    assert switching.highest <= 25.0
    sun, sun_fixed = switching.charged - switching.bought, fixed.charged - fixed.bought
    assert sun > 1.4 * sun_fixed, f"{sun:.1f} kWh of sun with, {sun_fixed:.1f} without"
    assert switching.bought <= fixed.bought


def test_a_full_phase_does_not_stop_a_car_whose_charger_was_seen_to_switch() -> None:
    home = Home(fuse(25.0), box(switches_phases=True), house=2.0)
    home.plug("garage", car(phases=3, maximum=16.0), wants(Mode.SUN_MINIMUM))
    home.until(lambda _: home.stations["garage"].charger.phases == 1, 200)
    home.until(lambda _: home.drawn() > 5, 200)
    home.run(60)  # it is seen to obey
    home.lines["garage"].wish = wants(Mode.FAIR)
    home.stations["garage"].unplug()
    home.run(5)
    home.plug("garage", car(phases=3, maximum=16.0), wants(Mode.FAIR))
    home.until(lambda _: home.told() > 12 and home.stations["garage"].charger.phases == 3, 900)
    home.settle(60)
    home.house.amperes = (2.0, 22.0, 2.0)
    home.until(lambda _: home.drawn() == 0, 30)
    home.watch_anew()
    home.until(lambda _: home.drawn() > 5, 900)
    assert home.stations["garage"].charger.phases == 1
    home.run(120)
    assert home.fuses["main"].seconds_above == 0
    assert home.decision is not None
    assert home.decision.setpoints[0].reason.code is ReasonCode.ONE_PHASE_LIMIT


def test_one_that_accepts_and_stays_on_three_phases_never_overloads_the_fuse() -> None:
    home = Home(fuse(25.0), box(switches_phases=True), house=(2.0, 22.0, 2.0))
    home.stations["garage"].keeps_phases = True
    home.plug("garage", car(phases=3, maximum=16.0), wants(Mode.FAIR))
    home.run(600)
    assert home.fuses["main"].seconds_above == 0
    home.house.amperes = (2.0, 2.0, 2.0)
    home.until(lambda _: home.drawn() > 5, 300)
    home.run(60)
    assert home.fuses["main"].seconds_above == 0
    assert home.decision is not None
    told = home.decision.setpoints[0]
    noticed = [notice.code for notice in home.decision.notices]
    assert told.phases == 3
    assert NoticeCode.PHASES_DISOBEYED in noticed


@pytest.mark.parametrize("seed", range(3))
def test_one_phase_and_back_while_the_house_swings(seed: int) -> None:
    home = Home(fuse(20.0), box(switches_phases=True), house=2.0, seed=seed, dt=0.5)
    home.plug("garage", car(phases=3, maximum=16.0), wants(Mode.SUN_MINIMUM))
    home.run(400)
    home.lines["garage"].wish = replace(home.lines["garage"].wish, mode=Mode.FAIR)
    home.watch_anew()
    for number in range(30):
        home.house.amperes = (2.0, 17.0 if number % 3 else 2.0, 2.0)
        home.run(60 + 7 * seed)
    assert home.stations["garage"].charger.switched_loaded == 0
    # What it draws before it can react to a swing of the house is all that is ever above.
    assert home.fuses["main"].seconds_above <= 30 * 10
