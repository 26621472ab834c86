"""Who was seen not to obey counts with what it draws until it was seen to; who cannot be told takes its time."""

from dataclasses import replace

from custom_components.fusewise.balancing.memory import ChargerMemory, Samples
from custom_components.fusewise.balancing.model import ChargerStatus
from custom_components.fusewise.balancing.obedience import disobeys_with, in_reach, unheard

from .builders import NOW, UNHEARD, box, car

TOLD_6 = ChargerMemory(setpoint=6.0, changed_at=NOW - 60, told=((NOW - 60, 6.0),))


def test_who_draws_no_more_than_a_higher_setpoint_has_not_shown_that_it_obeys() -> None:
    charger, disobedient = box(), replace(TOLD_6, disobeys=10.0)
    told_more = replace(disobedient, setpoint=16.0, told=((NOW - 60, 16.0),))
    assert disobeys_with(charger, 10.0, TOLD_6, NOW) == 10.0
    assert disobeys_with(charger, 10.0, told_more, NOW) == 10.0
    assert disobeys_with(charger, 6.0, disobedient, NOW) is None


def test_what_is_within_the_tolerance_of_pilot_and_meter_is_obeyed() -> None:
    samples = Samples(current=(6.5,), at=NOW)
    assert in_reach(box(), car(6.5), replace(TOLD_6, disobeys=10.0), samples, NOW)[0] == 0.0


def test_a_limit_beyond_what_a_charger_has_counts_with_its_maximum() -> None:
    reading = replace(car(status=ChargerStatus.CHARGING), limit=80.0)
    assert in_reach(box(maximum=16.0), reading, TOLD_6, Samples(), NOW)[0] == 10.0


def test_a_limit_that_has_just_ended_is_still_drawn_for_as_long_as_its_car_needs_to_follow() -> (
    None
):
    charger = box(fallback=6.0, fallback_proved=True, slow_to_obey=5.0)
    ended = replace(UNHEARD, limit=10.0, limit_until=NOW)
    assert unheard(charger, ended, TOLD_6, NOW + 6.9) == (6.0, 10.0)
    assert unheard(charger, ended, TOLD_6, NOW + 7.1) == (6.0, 6.0)
