"""A meter that shows half of what cars do, or the wrong way round, is found out by their moves; a good one never is."""

from collections.abc import Callable
from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import FallbackCause, NoticeCode, ReasonCode
from custom_components.fusewise.balancing.model import PerPhase
from custom_components.fusewise.simulation import MeterModel

from .good_homes import good_home
from .homes import Home, box, car, fuse

type Lie = Callable[[PerPhase], PerPhase]

ALLOWANCE = (13.0, 13.0, 13.0)
EVENINGS = (  # what the house draws
    (4.0, 3.0, 5.0),
    (2.0, 6.0, 3.0),
    (6.0, 1.0, 4.0),
    (3.0, 4.0, 2.0),
    (5.0, 2.0, 6.0),
    (2.0, 5.0, 4.0),
)

LIES: dict[str, tuple[Lie, FallbackCause]] = {
    "all the wrong way round": (
        lambda true: (-true[0], -true[1], -true[2]),
        FallbackCause.REVERSED,
    ),
    "one clamp the wrong way round": (
        lambda true: (-true[0], true[1], true[2]),
        FallbackCause.REVERSED,
    ),
    "half": (
        lambda true: (true[0] / 2, true[1] / 2, true[2] / 2),
        FallbackCause.READS_LESS,
    ),
    "half on one phase": (
        lambda true: (true[0] / 2, true[1], true[2]),
        FallbackCause.READS_LESS,
    ),
    "a fifth, in whole amperes": (
        lambda true: (round(true[0] / 5), round(true[1] / 5), round(true[2] / 5)),
        FallbackCause.READS_LESS,
    ),
}


def cause(home: Home) -> FallbackCause | None:
    """Why the main fuse does without its meter now."""
    assert home.decision is not None
    return home.decision.circuits[0].fallback


def evening(home: Home, number: int) -> None:
    """The car comes, charges for some minutes beside what the house draws on that evening, and goes."""
    home.house.amperes = EVENINGS[number % len(EVENINGS)]
    home.run(90)
    home.plug("left", car(maximum=16.0 if number % 2 else 11.0))
    home.run(120)
    home.stations["left"].unplug()
    home.run(60)


def lied_to(lie: Lie, **rest: Any) -> Home:
    """A home whose meter lies from the beginning."""
    home = Home(
        fuse(house_allowance=ALLOWANCE), box("left"), box("right"), dt=0.5, **{"seed": 3, **rest}
    )
    home.meters["main meter"].lies = lie
    return home


def found_out(lie: Lie, **rest: Any) -> tuple[Home, int]:
    """That home once the meter is not believed, and how many evenings that took."""
    home = lied_to(lie, **rest)
    for number in range(8):
        evening(home, number)
        if cause(home) in (FallbackCause.REVERSED, FallbackCause.READS_LESS):
            return home, number + 1
    raise AssertionError("it is still believed")


@pytest.mark.parametrize("lie", LIES)
def test_a_meter_that_lies_about_what_cars_do_is_not_believed_any_more(lie: str) -> None:
    says, why = LIES[lie]
    home, evenings = found_out(says)
    assert cause(home) is why
    assert evenings <= 4
    home.watch_anew()
    home.house.amperes = ALLOWANCE
    for name in home.stations:
        home.plug(name, car())
    home.run(300)
    assert [home.told(name) for name in home.stations] == [6.0, 6.0]
    assert home.decision is not None
    reason = home.decision.setpoints[0].reason.code
    assert reason in (ReasonCode.METER_REVERSED, ReasonCode.METER_READS_LESS)
    assert home.fuses["main"].seconds_above == 0.0


def test_a_meter_that_is_late_and_lies_is_found_out_too() -> None:
    home, _ = found_out(LIES["half"][0], meter=MeterModel(lag=6.0, noise=0.1))
    assert cause(home) is FallbackCause.READS_LESS


def test_two_cars_on_a_meter_that_is_turned_round_exceed_the_fuse_no_more_once_it_is_known() -> (
    None
):
    home = lied_to(LIES["all the wrong way round"][0])
    home.run(60)
    home.plug("left", car())
    home.run(60)
    home.plug("right", car())
    home.until(lambda _: cause(home) is FallbackCause.REVERSED, 60.0)
    home.run(10)
    home.settle(60)
    assert home.fuses["main"].seconds_above == 0.0


def test_it_is_not_believed_after_a_restart_either() -> None:
    home, _ = found_out(LIES["half"][0])
    home.start()
    home.run(30)
    assert cause(home) is FallbackCause.READS_LESS


def test_a_meter_that_was_set_right_is_believed_again_when_cars_have_moved() -> None:
    home, _ = found_out(LIES["half"][0])
    home.meters["main meter"].lies = None
    home.run(120)
    assert cause(home) is FallbackCause.READS_LESS  # nothing has shown that it is right
    for number in range(2):
        evening(home, number)
    assert cause(home) is None


def test_a_meter_that_shows_cars_on_another_phase_is_told_of_and_goes_on() -> None:
    model = MeterModel(noise=0.2)
    home = Home(fuse(house_allowance=ALLOWANCE), box("left", "L2"), dt=0.5, meter=model)
    home.meters["main meter"].lies = lambda true: (true[1], true[0], true[2])
    for number in range(4):
        evening(home, number)
    assert home.decision is not None
    told = [notice for notice in home.decision.notices if notice.subject == "main"]
    assert [(n.code, n.detail) for n in told] == [(NoticeCode.METER_SWAPPED, "L2 L1")]
    assert cause(home) is None


def test_a_charger_that_takes_its_one_phase_for_all_accuses_nobody() -> None:
    """Some measure one conductor only and say the same of all; the meter shows nothing on the others."""
    home = Home(fuse(house_allowance=ALLOWANCE), box("left"), dt=0.5)
    home.meters["main meter"].lies = lambda true: (true[0], EVENINGS[0][1], EVENINGS[0][2])
    for number in range(5):
        home.run(60)
        home.plug("left", car(maximum=16.0 if number % 2 else 11.0))
        home.run(90)
        home.stations["left"].unplug()
        home.run(60)
        assert cause(home) is not FallbackCause.READS_LESS


@pytest.mark.parametrize("seed", range(4))
def test_a_good_meter_is_never_accused(seed: int) -> None:
    home = good_home(seed, 1.0)
    accused: set[FallbackCause | NoticeCode | None] = set()

    def watch(_: object) -> None:
        if home.decision is not None:
            accused.update(n.code for n in home.decision.notices if "meter" in n.code)
            accused.add(cause(home))

    home.run(3600, watch)
    assert accused <= {None, FallbackCause.STARTING, FallbackCause.SILENT}
