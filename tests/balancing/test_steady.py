"""What a limit demands is sent at once; everything else waits for its time."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.memory import ChargerMemory, Memory
from custom_components.fusewise.balancing.model import Charger, ChargerReading, Circuit, Site
from custom_components.fusewise.balancing.settings import Settings

from .builders import NOW, UNHEARD, box, car, fuse, house, run, seen, shows, targets, told, why

MAIN = fuse(25, meter="m")
CALM: dict[str, Any] = {
    "hold": 30.0,
    "rise_spacing": 5.0,
    "rise_rate": 1.0,
    "dead_band": 1.0,
    "minimum_on": 300.0,
    "minimum_off": 60.0,
}


def calm(*parts: Circuit | Charger, **settings: Any) -> Site:
    """A house with the usual delays."""
    return house(*parts, **{**CALM, **settings})


def after(
    site: Site, seconds: float, memory: Memory, load: float, **cars: ChargerReading
) -> Decision:
    """One cycle later: what the meter shows, and what is at the chargers (`a` has a car that takes it all)."""
    now = NOW + seconds
    readings = cars or {
        charger.id: car(
            *[memory.chargers[charger.id].setpoint] * len(charger.wiring)
            if charger.id in memory.chargers
            else ()
        )
        for charger in site.chargers
    }
    readings = {name: replace(reading, measured_at=now) for name, reading in readings.items()}
    return run(site, seen(readings, {"m": shows(load, now)}, now=now), memory=memory)


def at(setpoint: float, **rest: Any) -> Memory:
    """`a` has been told this long ago."""
    memory = ChargerMemory(setpoint=setpoint, changed_at=NOW - 1000, on_since=NOW - 1000, **rest)
    return Memory(time=NOW - 1, chargers={"a": memory})


def test_the_usual_delays_are_what_the_house_is_built_with() -> None:
    usual = Settings()
    # A longer hold shows more clearly what waits for it.
    assert {name: getattr(usual, name) for name in CALM} == {**CALM, "hold": 6.0}


# --- falling ---------------------------------------------------------------------------------------


def test_a_fall_that_the_fuse_demands_is_exact_and_immediate() -> None:
    decision = after(calm(MAIN, box()), 0, at(20), load=25.3)
    # 5.3 A of house: nineteen and seven tenths are left, only 0.3 A less, and yet it is sent
    assert told(decision) == {"a": 19.7}


def test_even_within_a_second_of_the_last_change() -> None:
    memory = at(20)
    for second, load in enumerate((26, 27, 28)):
        decision = after(calm(MAIN, box()), second, memory, load=load)
        memory = decision.memory
    assert memory.chargers["a"].changed_at == NOW + 2


def test_even_within_the_first_minutes_a_car_is_stopped_where_its_floor_does_not_fit() -> None:
    site = calm(MAIN, box())
    started = after(site, 0, Memory(time=NOW - 1), load=0)
    assert told(started) == {"a": 6}
    assert told(after(site, 1, started.memory, load=26)) == {"a": 0}


def test_a_small_fall_that_only_fairness_asks_for_is_not_sent() -> None:
    site = calm(fuse(25), box("a"), box("b", maximum=7))
    memory = Memory(
        time=NOW - 1,
        chargers={
            name: ChargerMemory(setpoint=amperes, changed_at=NOW - 100, on_since=NOW - 999)
            for name, amperes in (("a", 18.2), ("b", 6.5))
        },
    )
    decision = run(site, seen("ab"), memory=memory)
    assert targets(decision) == {"a": 18, "b": 7}
    assert told(decision) == {"a": 18.2, "b": 6.5}


def test_it_is_sent_where_somebody_waits_for_what_it_leaves() -> None:
    site = calm(fuse(12), box("a"), box("b"))
    memory = Memory(
        time=NOW - 1,
        chargers={"a": ChargerMemory(setpoint=6.9, changed_at=NOW - 100, on_since=NOW - 999)},
    )
    decision = run(site, seen("ab"), memory=memory)
    assert told(decision)["a"] == 6
    later = run(site, seen("ab", now=NOW + 6), memory=decision.memory)
    assert told(later) == {"a": 6, "b": 6}


# --- rising ----------------------------------------------------------------------------------------


def test_a_car_starts_at_its_floor() -> None:
    decision = after(calm(MAIN, box()), 0, Memory(time=NOW - 1), load=0)
    assert (told(decision), targets(decision)) == ({"a": 6}, {"a": 25})
    assert why(decision) is ReasonCode.RISING


def test_it_rises_by_an_ampere_a_second_in_steps_five_seconds_apart() -> None:
    site, memory = calm(MAIN, box()), Memory(time=NOW - 1)
    found: list[float] = []
    for second in range(22):
        load = memory.chargers["a"].setpoint if memory.chargers else 0.0
        decision = after(site, second, memory, load=load)
        memory = decision.memory
        found.append(told(decision)["a"])
    assert found[:5] == [6] * 5
    assert found[5:10] == [11] * 5
    assert found[10:15] == [16] * 5
    assert found[20] == 25


def test_a_rise_waits_after_a_fall_that_the_fuse_demanded() -> None:
    site = calm(MAIN, box())
    fallen = after(site, 0, at(20), load=30)
    assert told(fallen) == {"a": 15}
    held = after(site, 29, fallen.memory, load=15)
    assert told(held) == {"a": 15}
    assert why(held) is ReasonCode.HOLD
    assert held.setpoints[0].reason.until == NOW + 30
    assert told(after(site, 30, held.memory, load=15))["a"] > 15


def test_a_rise_under_the_dead_band_is_not_sent() -> None:
    site = calm(MAIN, box())
    assert told(after(site, 0, at(20), load=24.1)) == {"a": 20}
    assert told(after(site, 0, at(20), load=24.0)) == {"a": 21}


def test_a_dead_band_of_next_to_nothing_raises_nobody_who_has_no_place() -> None:
    site = house(fuse(8), box(), box("b"), dead_band=1e-9)
    assert told(run(site, seen("ab"))) == {"a": 8, "b": 0}


def test_nor_one_under_a_twentieth() -> None:
    site = calm(fuse(63, meter="m"), box(maximum=63))
    assert told(after(site, 0, at(40), load=61.1)) == {"a": 40}
    assert told(after(site, 0, at(40), load=61.0)) == {"a": 42}


def test_who_is_within_the_dead_band_does_not_wait_for_anything() -> None:
    site = calm(MAIN, box())
    fallen = at(20, fell_at=NOW - 1)
    assert why(after(site, 0, fallen, load=24.1)) == ReasonCode.CIRCUIT_LIMIT
    assert why(after(site, 0, fallen, load=24.0)) == ReasonCode.HOLD


def test_a_paused_car_stays_paused_for_a_minute() -> None:
    site = calm(MAIN, box())
    paused = after(site, 0, at(20), load=41)
    assert told(paused) == {"a": 0}
    waits = after(site, 59, paused.memory, load=0)
    assert told(waits) == {"a": 0}
    assert why(waits) is ReasonCode.MINIMUM_OFF
    assert told(after(site, 60, waits.memory, load=0)) == {"a": 6}


def test_a_car_starts_only_when_the_others_have_left_its_room() -> None:
    site = calm(fuse(12), box("a", slow_to_obey=5.0), box("b", slow_to_obey=5.0))
    memory = Memory(
        time=NOW - 1,
        chargers={"a": ChargerMemory(setpoint=12, changed_at=NOW - 100, on_since=NOW - 999)},
    )
    found = []
    for second in range(7):
        decision = run(site, seen("ab", now=NOW + second), memory=memory)
        memory = decision.memory
        found.append(told(decision))
    assert found[0] == {"a": 6, "b": 0}
    assert found[4] == {"a": 6, "b": 0}
    assert found[5] == {"a": 6, "b": 6}


def test_a_car_may_start_in_the_room_that_it_has_just_left_itself() -> None:
    site = calm(fuse(6), box("a", slow_to_obey=5.0))
    left = ChargerMemory(setpoint=0, before=6, changed_at=NOW - 1)
    memory = Memory(time=NOW - 1, chargers={"a": left})
    assert told(run(site, seen("a"), memory=memory)) == {"a": 6}


def test_a_charger_of_few_levels_rises_when_its_next_one_is_due() -> None:
    site = calm(fuse(32), box(levels=(6.0, 16.0, 32.0)))
    memory, found = Memory(time=NOW - 1), []
    for second in range(30):
        decision = run(site, seen("a", now=NOW + second), memory=memory)
        memory = decision.memory
        found.append(told(decision)["a"])
    assert found[9] == 6
    assert found[10] == 16
    assert found[25] == 16
    assert found[26] == 32


def test_slow_cycles_do_not_slow_the_ramp() -> None:
    site = calm(fuse(32), box())
    one = run(site, seen("a"))
    assert told(run(site, seen("a", now=NOW + 20), memory=one.memory)) == {"a": 26}


def test_at_once_means_at_once() -> None:
    decision = run(house(fuse(25), box()), seen("a"))
    assert told(decision) == {"a": 25}


def test_who_rises_first_leaves_the_others_what_they_are_to_have() -> None:
    site = house(fuse(40), *(box(name) for name in "abc"))
    assert told(run(site, seen("abc"))) == {"a": 13.4, "b": 13.3, "c": 13.3}


# --- out of reach ----------------------------------------------------------------------------------


def test_who_is_out_of_reach_begins_where_it_was_counted() -> None:
    site = calm(fuse(25), box("a", fallback=8, fallback_proved=True))
    gone = replace(UNHEARD, limit=20.0, limit_until=NOW + 30)
    live = run(site, seen({"a": gone}), memory=at(20))
    assert told(live) == {"a": 20}
    expired = run(site, seen({"a": gone}, now=NOW + 30), memory=live.memory)
    assert told(expired) == {"a": 8}


@pytest.mark.parametrize("seconds", [0, 1, 60, 3600])
def test_a_setpoint_stays_where_nothing_changes(seconds: float) -> None:
    site = calm(MAIN, box())
    assert told(after(site, seconds, at(20), load=25)) == {"a": 20}
