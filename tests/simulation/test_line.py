"""A charger's computer and the line to it."""

from collections.abc import Callable
from dataclasses import replace
import random

import pytest

from custom_components.fusewise.balancing.model import (
    Charger,
    ChargerReading,
    ChargerStatus,
    Mode,
    Phase,
    Session,
)
from custom_components.fusewise.simulation import Car, CarModel, Line, Station, StationModel

DT = 0.1
CAR = CarModel(name="saloon", phases=3, maximum=16.0, battery_kwh=60.0)


class Bench:
    """One charger on one line, and a controller that tells it the same in every second."""

    def __init__(self, model: StationModel = StationModel(), fallback: float = 6.0) -> None:  # noqa: B008 - frozen
        wired = Charger(
            id="garage", circuit="main", wiring=(Phase.L1, Phase.L2, Phase.L3), fallback=fallback
        )
        self.station = Station(wired, model, random.Random(1))
        self.line = Line(self.station, model, random.Random(2))
        self.now = 1000.0
        self.told: float | None = None

    @property
    def drawn(self) -> float:
        return self.station.charger.car.current if self.station.charger.car else 0.0

    def known(self) -> ChargerReading:
        """What the controller knows now."""
        return self.line.reading

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> float:
        """Let time pass; how much (s)."""
        begun = self.now
        while self.now < begun + seconds - DT / 2 and not until():
            self.now += DT
            self.station.step(self.now, DT, 230.0)
            self.line.step(self.now)
            if self.told is not None:
                self.line.tell(self.told, self.now)
        return self.now - begun


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.station.plug(Car(CAR))
    bench.told = 10.0
    bench.run(20)
    assert bench.drawn == 10.0
    return bench


def test_a_car_begins_at_the_fall_back_and_follows_what_the_charger_is_told() -> None:
    bench = Bench()
    bench.run(1)
    assert bench.known().status is ChargerStatus.AVAILABLE
    bench.station.plug(Car(CAR))
    bench.run(1)
    assert bench.known().status is ChargerStatus.PREPARING
    assert bench.known().session is None
    bench.run(20)
    assert bench.drawn == 6.0
    assert bench.known().status is ChargerStatus.CHARGING
    assert bench.known().session is not None
    bench.told = 12.0
    bench.run(10)
    assert bench.drawn == 12.0
    assert bench.known().limit == 12.0


def test_a_setpoint_arrives_after_its_latency() -> None:
    bench = Bench(StationModel(latency=2.0))
    bench.station.plug(Car(CAR))
    bench.run(10)
    bench.told = 12.0
    took = bench.run(10, until=lambda: bench.station.charger.limit == 12.0)
    assert took == pytest.approx(2.0, abs=0.3)


def test_a_setpoint_is_renewed_at_a_third_of_its_life_and_not_sent_twice(bench: Bench) -> None:
    sent = bench.line.sent
    bench.run(100)
    assert 9 <= bench.line.sent - sent <= 10
    assert bench.drawn == 10.0


def test_a_setpoint_that_nobody_renews_ends_and_the_fall_back_holds(bench: Bench) -> None:
    bench.told = None
    left = bench.run(60, until=lambda: bench.station.charger.limit == 6.0)
    assert 20 <= left <= 30.5
    bench.run(10)
    assert bench.drawn == 6.0


def test_a_broken_line_is_noticed_and_comes_back(bench: Bench) -> None:
    bench.line.works = False
    bench.run(1)
    reading = bench.known()
    assert not reading.online
    assert reading.limit == 10.0
    assert reading.limit_until is not None
    bench.run(40)
    assert bench.drawn == 6.0
    bench.line.works = True
    bench.run(9)
    assert not bench.known().online
    bench.run(10)
    assert bench.known().online
    assert bench.drawn == 10.0


def test_a_refused_setpoint_is_tried_again_ever_more_seldom(bench: Bench) -> None:
    bench.station.refuses = True
    bench.told = 8.0
    sent = bench.line.sent
    bench.run(60)
    assert 5 <= bench.line.sent - sent <= 10
    assert bench.drawn == 6.0  # what it had before has ended
    bench.station.refuses = False
    bench.run(20)
    assert bench.drawn == 8.0


def test_while_a_charger_hangs_the_higher_of_two_setpoints_counts(bench: Bench) -> None:
    bench.station.answers = False
    bench.told = 8.0
    bench.run(10)
    assert bench.known().limit == 10.0
    assert bench.drawn == 10.0


def test_a_charger_that_ignores_its_setpoint_lets_through_what_it_likes(bench: Bench) -> None:
    bench.station.ignores = 14.0
    bench.run(10)
    assert bench.known().limit == 10.0
    assert bench.drawn == 14.0


def test_samples_come_at_their_interval_and_are_as_old_as_they_say() -> None:
    bench = Bench(StationModel(reports_every=10.0))
    bench.station.plug(Car(CAR))
    bench.told = 10.0
    bench.run(20)
    stamps: set[float] = set()
    for _ in range(1000):
        bench.run(DT)
        assert -0.3 <= bench.now - bench.known().measured_at < 11.5
        stamps.add(bench.known().measured_at)
    assert len(stamps) in (10, 11)
    assert bench.known().current == (10.0, 10.0, 10.0)


def test_a_charger_that_does_not_measure_stays_on_the_line(bench: Bench) -> None:
    bench.station.measures = False
    bench.run(60)
    assert bench.known().online
    assert bench.now - bench.known().measured_at > 50
    assert bench.drawn == 10.0


@pytest.mark.parametrize("ahead", [-3600.0, -20.0, 20.0, 3600.0])
def test_a_clock_that_jumps_is_learnt_from_the_next_sample(bench: Bench, ahead: float) -> None:
    bench.station.clock_ahead = ahead
    bench.run(20)
    assert bench.drawn == 10.0
    assert bench.now - bench.known().measured_at < 7.0
    bench.told = None
    bench.run(40)
    assert bench.drawn == 6.0


def test_a_car_that_leaves_takes_its_session_and_its_setpoint_along(bench: Bench) -> None:
    bench.station.unplug()
    bench.run(1)
    reading = bench.known()
    assert (reading.status, reading.session, reading.limit) == (ChargerStatus.AVAILABLE, None, None)
    assert reading.current == (0.0, 0.0, 0.0)
    bench.line.wish = Session(id="", started=0.0, mode=Mode.FAST)
    bench.station.plug(Car(CAR))
    bench.run(5)
    session = bench.known().session
    assert session is not None
    assert session.mode is Mode.FAST


def test_a_car_that_was_exchanged_while_the_line_was_lost_is_another_session(bench: Bench) -> None:
    before = bench.known().session
    bench.line.works = False
    bench.run(1)
    bench.station.plug(Car(CAR))
    bench.line.works = True
    bench.run(20)
    after = bench.known().session
    assert before is not None
    assert after is not None
    assert before.id != after.id


def test_a_reboot_forgets_the_setpoint_and_keeps_the_fall_back(bench: Bench) -> None:
    bench.told = None
    bench.station.reboot()
    assert bench.drawn == 0.0
    bench.run(15)
    assert bench.drawn == 6.0


def test_another_controller_knows_nothing_until_the_charger_has_come_back(bench: Bench) -> None:
    bench.line.restart(bench.now)
    reading = bench.known()
    assert not reading.online
    assert (reading.current, reading.session, reading.limit) == (None, None, None)
    bench.run(11)
    assert bench.known().online
    assert bench.known().status is ChargerStatus.CHARGING


def test_noise_losses_and_doubles_do_not_change_what_flows() -> None:
    model = replace(StationModel(), noise=0.2, loses=0.3, doubles=0.3)
    bench = Bench(model)
    bench.station.plug(Car(CAR))
    bench.told = 10.0
    bench.run(60)
    assert bench.drawn == 10.0
    assert max(bench.known().current or ()) == pytest.approx(10.0, abs=1.0)
