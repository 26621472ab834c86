"""A charger that is silent, lost, refuses, ignores or hangs never takes more than the fuse has."""

from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import NoticeCode, ReasonCode
from custom_components.fusewise.simulation import LIFE, StationModel

from .homes import HEARD, REACTS, Home, box, car, fuse


def two(left: dict[str, Any] | None = None, **rest: Any) -> Home:
    """A house of 5 A and two cars that share the other 20 A."""
    home = Home(fuse(), box("left", **(left or {})), box("right", "L2 L3 L1"), house=5.0, **rest)
    for name in home.stations:
        home.plug(name, car())
    home.settle()
    assert home.drawn("left") + home.drawn("right") == pytest.approx(20.0, abs=0.5)
    return home


def notices(home: Home) -> set[NoticeCode]:
    assert home.decision is not None
    return {notice.code for notice in home.decision.notices}


def reason(home: Home, charger: str = "left") -> ReasonCode:
    assert home.decision is not None
    return next(s.reason.code for s in home.decision.setpoints if s.charger == charger)


def test_a_charger_that_stops_measuring_is_still_held() -> None:
    home = two()
    home.stations["left"].measures = False
    home.run(60)
    home.house.amperes = (9.0, 9.0, 9.0)
    home.run(60)
    main = home.fuses["main"]
    assert main.longest_above <= HEARD + REACTS + 2.0
    assert home.drawn("left") + home.drawn("right") == pytest.approx(16.0, abs=0.5)


def test_what_a_silent_charger_leaves_is_nobodys_until_it_speaks() -> None:
    home = two()
    home.stations["left"].measures = False
    home.cars["left"].soc = 1.0  # its car stops, and nobody says so
    home.house.amperes = (9.0, 9.0, 9.0)
    home.run(60)
    home.house.amperes = (13.0, 13.0, 13.0)
    home.run(60)
    assert home.fuses["main"].longest_above <= HEARD + REACTS + 2.0


def test_a_charger_that_reports_every_minute_is_counted_on_the_safe_side() -> None:
    home = two(station=StationModel(reports_every=60.0))
    for step in (9.0, 12.0, 5.0, 11.0):
        home.house.amperes = (step, step, step)
        home.run(90)
    main = home.fuses["main"]
    assert main.longest_above <= HEARD + REACTS + 3.0
    assert main.ampere_seconds <= (4.0 + 3.0 + 6.0) * (HEARD + REACTS + 1.5)


def test_a_lost_line_counts_at_its_live_setpoint_and_then_at_its_fall_back() -> None:
    home = two()
    before = home.drawn("left")
    home.lines["left"].works = False
    home.until(lambda _: reason(home) is ReasonCode.OFFLINE, 3.0)
    home.run(15)
    assert home.drawn("left") == before
    assert home.told("right") <= 20.0 - before + 0.1  # nothing is handed on before it ends
    home.run(LIFE)
    assert home.drawn("left") == 6.0
    home.run(60)
    assert home.drawn("right") == pytest.approx(14.0, abs=0.5)
    home.house.amperes = (10.0, 10.0, 10.0)
    home.run(120)
    assert home.drawn("right") == pytest.approx(9.0, abs=0.2)
    assert home.fuses["main"].longest_above <= HEARD + REACTS + 2.0


def test_a_lost_line_whose_fall_back_was_never_proved_counts_with_its_maximum() -> None:
    home = two({"fallback_proved": False})
    home.stations["left"].fallback = 16.0  # nobody knows, but so it is
    home.lines["left"].works = False
    home.run(LIFE + 60)
    assert home.drawn("left") == 16.0
    assert home.drawn("right") == 0.0
    assert home.fuses["main"].longest_above <= REACTS + 2.0


def test_a_charger_that_comes_back_is_given_the_time_to_obey() -> None:
    home = two({"fallback_proved": False})
    home.stations["left"].fallback = 12.0
    home.lines["left"].works = False
    home.run(LIFE + 60)
    assert (home.drawn("left"), home.told("right")) == (12.0, 0.0)
    home.lines["left"].works = True
    home.until(lambda _: reason(home) is not ReasonCode.OFFLINE, 30.0)
    assert home.told("right") == 0.0  # what it draws by itself counts until it can have followed
    home.until(lambda _: home.told("right") > 0.0, 15.0)
    for _ in range(60):
        home.run(1)
        assert NoticeCode.CHARGER_DISOBEYS not in notices(home)
        assert home.told("right") > 0.0
    assert home.fuses["main"].seconds_above == 0.0


def test_a_fall_back_that_does_not_hold_is_cured_by_the_others() -> None:
    home = two()
    home.stations["left"].fallback = 13.0  # it was proved once, with 6 A
    home.lines["left"].works = False
    home.run(LIFE + 90)
    assert home.drawn("left") == 13.0
    assert home.drawn("right") <= 7.0
    assert home.fuses["main"].longest_above <= HEARD + REACTS + 5.0


def test_a_line_that_comes_back_is_told_its_share_again() -> None:
    home = two()
    home.lines["left"].works = False
    home.run(60)
    home.lines["left"].works = True
    home.run(150)
    assert home.drawn("left") == pytest.approx(10.0, abs=0.6)
    assert home.fuses["main"].seconds_above == 0.0


def test_a_charger_that_refuses_makes_the_others_fall() -> None:
    home = two()
    home.stations["left"].refuses = True
    home.house.amperes = (10.0, 10.0, 10.0)
    home.run(120)
    main = home.fuses["main"]
    assert main.longest_above <= 20.0
    assert main.ampere_seconds <= 100.0
    home.watch_anew()
    home.run(120)
    assert home.fuses["main"].seconds_above == 0.0


def test_a_charger_that_ignores_what_it_accepts_is_reported_and_counted_with_what_it_draws() -> (
    None
):
    home = two()
    home.stations["left"].ignores = 16.0
    home.until(lambda _: NoticeCode.CHARGER_DISOBEYS in notices(home), 40.0)
    home.run(30)
    assert home.drawn("left") == 16.0
    assert home.drawn("right") == 0.0
    assert home.fuses["main"].longest_above <= 30.0
    home.watch_anew()
    home.run(300)
    assert home.fuses["main"].seconds_above == 0.0


def test_a_charger_that_hangs_keeps_its_setpoint_until_that_ends() -> None:
    home = two()
    home.stations["left"].answers = False
    home.house.amperes = (9.0, 9.0, 9.0)
    home.run(LIFE + 30)
    assert home.drawn("left") == 6.0
    main = home.fuses["main"]
    assert main.longest_above <= LIFE
    home.watch_anew()
    home.run(120)
    assert home.fuses["main"].seconds_above == 0.0


@pytest.mark.parametrize("ahead", [-3600.0, -15.0, 15.0, 3600.0])
def test_a_charger_whose_clock_jumps_is_told_in_its_own_time(ahead: float) -> None:
    home = two()
    home.stations["left"].clock_ahead = ahead
    home.run(180)
    # Each may lack what is worth no message.
    assert home.drawn("left") + home.drawn("right") == pytest.approx(20.0, abs=2.0)
    assert home.fuses["main"].seconds_above == 0.0


def test_a_power_cut_of_all_chargers_brings_back_no_more_than_their_fall_backs() -> None:
    home = two()
    for name, station in home.stations.items():
        home.lines[name].works = False
        station.charger.powered = False
        station.reboot()
    home.run(20)
    assert home.drawn("left") == home.drawn("right") == 0.0
    for name, station in home.stations.items():
        home.lines[name].works = True
        station.charger.powered = True
    home.run(10)
    assert max(home.drawn("left"), home.drawn("right")) <= 6.0
    home.run(120)
    assert home.drawn("left") + home.drawn("right") == pytest.approx(20.0, abs=1.1)
    assert home.fuses["main"].seconds_above == 0.0


def test_a_car_that_comes_while_the_line_is_lost_was_counted_already() -> None:
    home = Home(fuse(), box("left"), box("right"), house=7.0)
    home.plug("right", car())
    home.lines["left"].works = False
    home.settle()
    assert home.drawn("right") == pytest.approx(12.0, abs=0.2)
    home.plug("left", car())
    home.run(60)
    assert home.drawn("left") == 6.0
    assert home.fuses["main"].seconds_above == 0.0


def test_a_car_that_draws_more_than_its_charger_offers_is_counted_with_what_it_draws() -> None:
    home = two()
    model = home.cars["left"].model
    assert model.maximum == 32.0
    home.stations["left"].ignores = 12.5
    home.run(90)
    home.watch_anew()
    home.run(300)
    assert home.drawn("left") == 12.5
    assert home.fuses["main"].seconds_above == 0.0
    assert home.step().fuses["main"][0] > 23.0
