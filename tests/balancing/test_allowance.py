"""What the house counts with while its meter is silent: first what its owner says, then what was seen."""

from dataclasses import replace

import pytest

from custom_components.fusewise.balancing.allowance import house_allowance, watch_house
from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.memory import CircuitMemory, Memory
from custom_components.fusewise.balancing.model import ChargerReading, PerPhase

from .builders import NOW, box, fuse, house, per_phase, run, seen, shows, targets

DAY = 86_400.0
WEEK = 7 * DAY
OWNER = (10.0, 10.0, 10.0)
MAIN = fuse(25, meter="grid", house_allowance=OWNER)


def watched(*peaks: float, every: float = DAY, begun: float = NOW) -> CircuitMemory:
    """A house that drew this, once `every` s."""
    memory = CircuitMemory()
    for number, peak in enumerate(peaks):
        memory = watch_house(memory, per_phase(peak), begun + number * every)
    return memory


def counted(memory: CircuitMemory, now: float) -> PerPhase | None:
    return house_allowance(MAIN, memory, now)


def test_the_owners_figure_counts_until_a_week_has_been_seen() -> None:
    memory = watched(3, 4, 5)
    assert counted(CircuitMemory(), NOW) == OWNER
    assert counted(memory, NOW + WEEK - 1) == OWNER
    assert counted(memory, NOW + WEEK) == (5, 5, 5)


def test_cars_that_draw_before_their_charger_is_taken_in_are_not_the_house() -> None:
    memory = watch_house(CircuitMemory(), (40.0, 3.0, 0.0), NOW)
    assert counted(memory, NOW + 1) == (10, 10, 10)


def test_nothing_is_known_of_a_house_of_which_nobody_said_or_saw_anything() -> None:
    unsaid = replace(MAIN, house_allowance=None)
    assert house_allowance(unsaid, watched(3), NOW + DAY) is None
    assert house_allowance(unsaid, watched(3), NOW + WEEK) == (3, 3, 3)


def test_no_more_than_the_fuse_bears_is_counted() -> None:
    assert counted(watched(40), NOW + WEEK) == (25, 25, 25)


def test_sun_that_is_fed_in_is_no_room() -> None:
    assert counted(watched(-12, -3), NOW + WEEK) == (0, 0, 0)


def test_a_peak_is_forgotten_after_four_weeks() -> None:
    memory = watched(20, *[4.0] * 27)
    assert counted(memory, NOW + 27 * DAY) == (20, 20, 20)
    memory = watch_house(memory, per_phase(4), NOW + 28 * DAY)
    assert counted(memory, NOW + 28 * DAY) == (4, 4, 4)


def test_a_week_of_holidays_does_not_make_the_house_smaller() -> None:
    memory = watched(18, 18, 18, 18, 18, 18, 18, *[0.5] * 14)
    assert counted(memory, NOW + 20 * DAY) == (18, 18, 18)


def test_weeks_in_which_nobody_looked_count_as_weeks() -> None:
    memory = watched(18, 5, every=3 * WEEK)
    assert counted(memory, NOW + 3 * WEEK) == (18, 18, 18)
    memory = watched(18, 5, every=4 * WEEK)
    # Four weeks later nobody knows that house any more: its owner does.
    assert counted(memory, NOW + 4 * WEEK) == OWNER
    assert counted(memory, NOW + 5 * WEEK) == (5, 5, 5)


@pytest.mark.parametrize(("since", "left"), [(NOW - WEEK, 13.0), (NOW - DAY, 15.0)])
def test_a_silent_meter_leaves_the_cars_what_the_house_was_not_seen_to_draw(
    since: float, left: float
) -> None:
    site = house(MAIN, box("a"), box("b"))
    memory = Memory(circuits={"main": CircuitMemory(since=since, worst=(12, 12, 12))})
    if left == 15.0:
        memory = Memory(circuits={"main": CircuitMemory(since=since, worst=(2, 2, 2))})
    decision = run(site, seen("ab"), memory=memory)
    assert decision.circuits[0].headroom[0] == left
    assert decision.circuits[0].allowance == per_phase(25 - left)
    assert targets(decision) == {"a": 6, "b": 6}
    assert {s.reason.code for s in decision.setpoints} == {ReasonCode.STARTING}


def test_what_the_meter_shows_beside_the_cars_is_what_is_remembered() -> None:
    site = house(MAIN, box("a"))
    nobody: dict[str, ChargerReading] = {}
    decision = run(
        site,
        seen(nobody, {"grid": shows((7.0, 2.0, 1.0))}),
        seen(nobody, {"grid": shows((4.0, 3.0, 1.0), at=NOW + 1)}, now=NOW + 1),
    )
    memory = decision.memory.circuits["main"]
    assert (memory.since, memory.week_began, memory.worst) == (NOW, NOW, (7, 3, 1))
    assert decision.circuits[0].allowance == OWNER
