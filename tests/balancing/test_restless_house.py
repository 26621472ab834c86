"""A house whose loads come and go does not make a car swing with them."""

from dataclasses import replace
import math

from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.balancing.model import Site

from .builders import NOW, box, car, fuse, house, run, seen, shows, targets, told, why

PLAIN = house(
    fuse(25, meter="m"), box(), hold=5.0, rise_spacing=5.0, rise_rate=math.inf, dead_band=1.0
)


def after(site: Site, last: Decision | None, seconds: float, load: float) -> Decision:
    """One cycle later; the house draws `load`, and the car what it was told."""
    now = NOW + seconds
    drawn = told(last)["a"] if last else 0.0
    memory = last.memory if last else Memory()
    return run(
        site,
        seen({"a": car(drawn, at=now)}, {"m": shows(load + drawn, now)}, now=now),
        memory=memory,
    )


def story(site: Site, *loads: tuple[float, float]) -> Decision:
    """What is told after the house drew these loads, each from its second on, cycle by cycle."""
    decision = None
    seconds = 0
    for (load, _), until in zip(loads, [*(begin for _, begin in loads[1:]), None], strict=True):
        end = loads[-1][1] + 1 if until is None else until
        while seconds < end:
            decision = after(site, decision, seconds, load)
            seconds += 1
    assert decision is not None
    return decision


def test_where_the_house_may_come_back_without_harm_the_car_rises_after_its_hold() -> None:
    # It fell to what 12 A of house leave; now there are 3 A.
    decision = story(PLAIN, (3, 0), (12, 20), (3, 40), (3, 45))
    assert told(decision) == {"a": 22}


def test_not_from_where_it_would_have_to_fall_again() -> None:
    # The house has drawn 12 A within seven minutes: at 17 A the car would be 4 A too high for that.
    restless = (3.0, 0.0), (12.0, 20.0), (3.0, 40.0), (8.0, 60.0)
    assert told(story(PLAIN, *restless)) == {"a": 17}
    decision = story(PLAIN, *restless, (3, 80), (3, 100))
    assert targets(decision) == {"a": 22}
    assert told(decision) == {"a": 17}
    assert why(decision) is ReasonCode.HOLD


def test_what_is_left_unused_long_enough_is_taken_all_the_same() -> None:
    # The house has risen once in these minutes. 5 A unused: 240 A·s are 48 s, after a hold of 5 s.
    restless = (3.0, 0.0), (12.0, 20.0), (3.0, 40.0), (8.0, 60.0), (3.0, 80.0)
    assert told(story(PLAIN, *restless, (3, 125))) == {"a": 17}
    assert told(story(PLAIN, *restless, (3, 135))) == {"a": 22}


def test_where_the_house_rises_again_and_again_it_takes_longer() -> None:
    # Twice in these minutes: 480 A·s are 96 s.
    restless = (3.0, 0.0), (12.0, 20.0), (3.0, 40.0), (12.0, 85.0), (3.0, 105.0)
    again = (8.0, 150.0), (3.0, 170.0)
    assert told(story(PLAIN, *restless, *again, (3, 255))) == {"a": 17}
    assert told(story(PLAIN, *restless, *again, (3, 280))) == {"a": 22}


def test_what_the_house_has_not_come_back_to_for_ten_minutes_is_forgotten() -> None:
    restless = (3.0, 0.0), (12.0, 20.0), (3.0, 40.0), (8.0, 60.0)
    assert told(story(PLAIN, *restless, (3, 540), (3, 570))) == {"a": 17}
    assert told(story(PLAIN, *restless, (3, 600), (3, 630))) == {"a": 22}


def test_a_load_that_comes_and_goes_within_seconds_is_not_followed_soon() -> None:
    # It is never away for half a minute, so the peaks tell of one rise only: four within three minutes tell more.
    eager = replace(PLAIN, settings=replace(PLAIN.settings, smoothing=0.0))
    cooker = [(8.0 if flip % 2 == 0 else 3.0, 60.0 + 12.0 * flip) for flip in range(20)]
    # 5 A left unused in half of the time: 240 A·s after 96 s, 480 A·s after 192 s.
    restless = (3.0, 0.0), (12.0, 20.0), (3.0, 40.0)
    assert told(story(eager, *restless, *cooker[:8], (3, 155))) == {"a": 17}
    assert told(story(eager, *restless, *cooker[:16], (3, 251))) == {"a": 22}


def test_a_little_room_is_given_on_after_a_minute() -> None:
    # 2 A unused are worth no swing at once, but no car goes without them for long.
    assert told(story(PLAIN, (8, 0), (12, 20), (10, 40), (10, 105))) == {"a": 13}
    assert told(story(PLAIN, (8, 0), (12, 20), (10, 40), (10, 120))) == {"a": 15}


def test_two_cars_that_had_to_fall_rise_together() -> None:
    site = house(
        fuse(25, meter="m"), box("a"), box("b"), hold=5.0, dead_band=1.0, rise_rate=math.inf
    )
    decision, memory = None, Memory()
    for second in range(100):
        load = 13.0 if 20 <= second < 80 else 3.0
        now = NOW + second
        drawn = told(decision) if decision else {"a": 0.0, "b": 0.0}
        cars = {name: car(amperes, at=now) for name, amperes in drawn.items()}
        shown = {"m": shows(load + sum(drawn.values()), now)}
        decision = run(site, seen(cars, shown, now=now), memory=memory)
        memory = decision.memory
        if second == 79:
            assert told(decision) == {"a": 6, "b": 6}
    assert decision is not None
    assert told(decision) == {"a": 11, "b": 11}


def test_a_site_that_sends_every_change_does_not_wait_for_one_that_is_worth_it() -> None:
    eager = replace(PLAIN, settings=replace(PLAIN.settings, dead_band=0.0))
    restless = (3.0, 0.0), (12.0, 20.0), (3.0, 40.0), (8.0, 60.0), (3.0, 80.0)
    assert told(story(eager, *restless, (3, 100))) == {"a": 22}


def test_a_dip_of_the_house_within_half_a_minute_is_not_filled() -> None:
    calm = house(fuse(25, meter="m"), box(), smoothing=0.3, dead_band=1.0)
    # Half-minutes of the clock begin at 20, 50 and 80 s: in that from 50 s on the house has drawn 10 A.
    assert NOW % 30 == 10
    assert told(story(calm, (10, 0), (3, 55), (3, 78))) == {"a": 15}
    assert told(story(calm, (10, 0), (3, 55), (3, 85))) == {"a": 22}


def test_what_a_car_drew_before_it_was_known_is_no_peak_of_the_house() -> None:
    seconds, decision = 0, None
    # 20 A of a charger that nobody has taken in yet, beside 3 A of the house.
    site = replace(PLAIN, chargers=())
    memory = Memory()
    while seconds < 60:
        now = NOW + seconds
        memory = run(site, seen({}, {"m": shows(23, now)}, now=now), memory=memory).memory
        seconds += 1
    # It is taken in, and falls for a while because the house draws more.
    for load, until in ((3.0, 80), (9.0, 100), (3.0, 130)):
        while seconds < until:
            now = NOW + seconds
            drawn = told(decision)["a"] if decision else 20.0
            reading = {"a": car(drawn, at=now)}
            shown = {"m": shows(load + drawn, now)}
            decision = run(PLAIN, seen(reading, shown, now=now), memory=memory)
            memory = decision.memory
            seconds += 1
    # After its hold it rises from where it may stay when the house draws 9 A again.
    assert decision is not None
    assert told(decision)["a"] > 20


def test_what_counts_while_the_meter_is_silent_is_no_peak_of_the_house() -> None:
    site = house(
        fuse(25, meter="m", house_allowance=(12.0, 12.0, 12.0)),
        box(),
        hold=5.0,
        rise_rate=math.inf,
        dead_band=1.0,
    )
    memory, decision = Memory(), None
    for second in range(120):
        now = NOW + second
        drawn = told(decision)["a"] if decision else 0.0
        shown_at = NOW + 20 if 20 <= second < 60 else now
        shown = {"m": shows(3 + drawn, shown_at)}
        decision = run(site, seen({"a": car(drawn, at=now)}, shown, now=now), memory=memory)
        memory = decision.memory
        if second == 50:
            assert told(decision)["a"] <= 13
    assert decision is not None
    assert told(decision) == {"a": 22}
