"""A meter is believed until it is silent, stands still while cars move, or says what cannot be."""

from dataclasses import replace
import math
from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import FallbackCause
from custom_components.fusewise.balancing.memory import Heard, MeterMemory, Rest
from custom_components.fusewise.balancing.meters import judge, silent_after
from custom_components.fusewise.balancing.model import (
    NEVER,
    Battery,
    ChargerStatus,
    MeterReading,
    PerPhase,
    Snapshot,
)
from custom_components.fusewise.balancing.seen import Seen

from .builders import NOW, box, car, fuse, house, run, seen, shows

SITE = house(fuse(32, meter="m", house_allowance=(5.0, 5.0, 5.0)), box("a"), smoothing=1.0)


def played(
    *cycles: tuple[float, PerPhase | float], every: float = 1.0, battery: Battery | None = None
) -> FallbackCause | None:
    """What is thought of the meter after these: what the car on L1 draws, and what the meter shows."""
    snapshots: list[Snapshot] = []
    for number, (drawn, shown) in enumerate(cycles):
        at = NOW + number * every
        reading = car(drawn, at=at, status=ChargerStatus.CHARGING)
        meters = {"m": shows(shown, at)}
        snapshots.append(seen({"a": reading}, meters, now=at, battery=battery))
    return run(SITE, *snapshots).circuits[0].fallback


STILL = [(6.0, 8.0)] * 3


def test_three_samples_that_do_not_follow_are_enough_and_two_are_not() -> None:
    assert played(*STILL, (10, 8), (10, 8)) is None
    assert played(*STILL, (10, 8), (10, 8), (10, 8)) is FallbackCause.STUCK


def test_a_car_that_moves_by_less_than_four_amperes_shows_nothing() -> None:
    assert played(*STILL, *[(9.9, 8.0)] * 9) is None


def test_a_fall_of_the_car_shows_it_as_well() -> None:
    assert played(*[(10.0, 12.0)] * 3, *[(6.0, 12.0)] * 3) is FallbackCause.STUCK


def test_a_ramp_shows_it_although_no_two_samples_differ_much() -> None:
    ramp = [(6.0 + second, 8.0) for second in range(8)]
    assert played(*STILL, *ramp) is FallbackCause.STUCK


@pytest.mark.parametrize("shown", [(3.0, -1.0, -2.0), (3.0, -1.0, -0.8), (3.0, -2.0, -2.2)])
def test_one_that_stands_at_nothing_may_be_held_there_by_a_battery(shown: PerPhase) -> None:
    held = [(6.0, shown)] * 9
    assert played(*held, *[(16.0, shown)] * 500) is None
    assert played(*held, *[(16.0, shown)] * 620) is FallbackCause.STUCK


def test_one_that_stands_at_what_is_fed_in_is_held_there_by_nobody() -> None:
    fed_in = (-5.0, -4.0, -6.0)
    cycles = [*[(6.0, fed_in)] * 3, *[(16.0, fed_in)] * 3]
    assert played(*cycles, battery=Battery(power=2000.0)) is FallbackCause.STUCK


def test_one_that_shows_nothing_on_every_phase_is_dead_where_no_battery_holds_it_there() -> None:
    held = [(6.0, 0.0)] * 3
    assert played(*held, *[(16.0, 0.0)] * 3) is FallbackCause.STUCK
    battery = Battery(power=2000.0)
    assert played(*held, *[(16.0, 0.0)] * 500, battery=battery) is None
    assert played(*held, *[(16.0, 0.0)] * 620, battery=battery) is FallbackCause.STUCK


def test_a_meter_that_follows_late_is_not_stuck() -> None:
    assert played(*STILL, (10, 8), (10, 8), (10, 11), (10, 12), (10, 12), (10, 12)) is None


def test_a_car_that_comes_back_in_time_has_shown_nothing() -> None:
    twice = [(10.0, 8.0), (10.0, 8.0), (6.0, 8.0)] * 3
    assert played(*STILL, *twice) is None


def test_a_house_that_hides_the_cars_move_flickers() -> None:
    # The house falls by what the car rises: the meter stays within half an ampere, but it lives.
    hidden = [(6.0 + second, 8.0 + 0.3 * (second % 2)) for second in range(12)]
    assert played(*STILL, *hidden) is None


def test_one_phase_that_stands_still_is_enough() -> None:
    alive = [(6.0 if n < 3 else 12.0, (8.0, 3.0 + n, 7.0 - n)) for n in range(8)]
    assert played(*alive) is FallbackCause.STUCK


def test_it_stays_stuck_until_it_moves_whatever_the_cars_do() -> None:
    stuck = [*STILL, *[(12.0, 8.0)] * 3]
    assert played(*stuck, *[(6.0, 8.0)] * 5) is FallbackCause.STUCK
    assert played(*stuck, (6, 8.0), (6, 9.0)) is None


@pytest.mark.parametrize(
    ("interval", "age", "cause"),
    [
        (1, 10, None),
        (1, 10.1, FallbackCause.SILENT),
        (30, 90, None),
        (30, 90.1, FallbackCause.SILENT),
    ],
)
def test_it_is_silent_after_ten_seconds_or_three_of_its_intervals(
    interval: float, age: float, cause: FallbackCause | None
) -> None:
    reading = {"m": shows(5, NOW - age, interval=interval)}
    assert run(SITE, seen((), reading)).circuits[0].fallback is cause
    assert silent_after(reading["m"]) == max(10, 3 * interval)


def test_an_older_sample_than_the_newest_is_not_the_newest() -> None:
    late = seen((), {"m": shows(3, NOW + 2)}, now=NOW + 5)
    newest = seen((), {"m": shows(9, NOW + 4)}, now=NOW + 4)
    assert run(SITE, newest, late).circuits[0].load == (9, 9, 9)


def test_a_meter_that_is_missing_has_not_spoken_yet_or_is_silent() -> None:
    assert run(SITE, seen(())).circuits[0].fallback is FallbackCause.STARTING
    spoken = seen((), {"m": shows(3)})
    gone = seen((), now=NOW + 1)
    assert run(SITE, spoken, gone).circuits[0].fallback is FallbackCause.SILENT


def test_it_is_believed_again_when_it_speaks_again() -> None:
    snapshots = [seen((), {"m": shows(3)}), seen((), now=NOW + 60)]
    back = seen((), {"m": shows(4, NOW + 61)}, now=NOW + 61)
    assert run(SITE, *snapshots, back).circuits[0].fallback is None


# --- what is remembered of it ----------------------------------------------------------------------

MAIN = fuse(32, meter="m")
REVERSED = (FallbackCause.REVERSED, None, None)


def after(memory: MeterMemory, *amperes: float, **reading: float) -> MeterMemory:
    """What is remembered when it shows these, each an interval after the last."""
    interval = reading.get("interval", 1.0)
    for shown in amperes:
        at = memory.measured_at + reading.get("later", interval)
        showing = MeterReading(current=(shown, 0.0, 0.0), measured_at=at, interval=interval)
        cars = Seen(amperes=(10.0, 0.0, 0.0), oldest=(at, math.inf, math.inf), counts=(1, 0, 0))
        _, _, known = judge(showing, memory, MAIN, at, cars, may_be_held=False)
        assert known is not None
        memory = known
    return memory


def one_at(amperes: float, **known: Any) -> MeterMemory:
    """A meter whose car drew 6 A when it showed that for the first time."""
    current = (amperes, 0.0, 0.0)
    memory = MeterMemory(
        current=current,
        measured_at=NOW,
        still=current,
        still_since=(NOW - 60,) * 3,
        cars=(6.0, 0.0, 0.0),
        counted=(1, 0, 0),
    )
    return replace(memory, **known)


def test_one_that_is_late_gets_the_time_that_it_needs_before_it_is_stuck() -> None:
    late = one_at(8.0, late=6.0)
    for samples, cause in ((5, None), (6, FallbackCause.STUCK)):
        memory = after(late, *[8.0] * samples, interval=2.0)
        at = memory.measured_at
        reading = MeterReading(current=(8.0, 0.0, 0.0), measured_at=at, interval=2.0)
        found = judge(reading, memory, MAIN, at, Seen(), may_be_held=False)
        assert found[1] is cause, samples


def test_a_lying_or_late_meter_is_still_one_when_it_comes_back_after_a_silence() -> None:
    rest = Rest(at=NOW, shown=(8.0, 0.0, 0.0), cars=(6.0, 0.0, 0.0))
    heard = Heard(accused=REVERSED, rest=rest, samples=5)
    back = after(one_at(8.0, late=6.0, heard=heard), 8.0, later=60.0)
    assert back.late == 6.0
    assert back.heard.accused == REVERSED
    # What cars did meanwhile is compared with nothing.
    assert (back.heard.rest, back.heard.samples) == (None, 0)


def test_what_it_fell_by_counts_for_as_long_as_a_charger_may_not_have_said_whose_that_was() -> None:
    fell = after(one_at(8.0), 7.8, 7.0)
    [(when, (by, *_))] = fell.falls
    assert when == NOW + 2
    assert by == pytest.approx(0.8)
    assert after(fell, *[7.0] * 85).falls == fell.falls
    assert after(fell, *[7.0] * 92).falls == ()


def test_a_rest_that_no_fuse_could_carry_is_impossible() -> None:
    absurd = MeterReading(current=(5.0, 5.0, 5.0), measured_at=NOW, rest=1e6)
    found = judge(absurd, None, MAIN, NOW, Seen(), may_be_held=False)
    assert found[1] is FallbackCause.IMPOSSIBLE


def test_one_of_which_only_an_earlier_run_has_heard_is_starting() -> None:
    earlier = one_at(8.0, measured_at=NEVER)
    found = judge(None, earlier, MAIN, NOW, Seen(), may_be_held=False)
    assert found[1] is FallbackCause.STARTING
