"""What a demand window has used already decides what its rest may use."""

import pytest

from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.memory import CircuitMemory, Memory
from custom_components.fusewise.balancing.model import DemandWindow, Site, Snapshot

from .builders import box, car, fuse, house, run, seen, shows, targets

QUARTER = 1_000_800.0  # a whole multiple of 900 s and of an hour


def site(minutes: int = 15, watts: float = 4600) -> Site:
    """A meter, a peak target and a car on L1."""
    demand = DemandWindow(minutes=minutes, target_watts=watts)
    return house(fuse(63, meter="m", demand=demand), box("a"))


def at(seconds: float, amperes: float, drawn: float = 0.0) -> Snapshot:
    """What the meter shows on L1, so many seconds into the window; the car draws some of it."""
    now = QUARTER + seconds
    return seen({"a": car(drawn, at=now)}, {"m": shows((amperes, 0, 0), now)}, now=now)


def used(kwh: float, seconds: float, minutes: int = 15) -> Memory:
    """What was used in the window, so far into it."""
    window = int(QUARTER // (60 * minutes))
    circuit = CircuitMemory(window=window, window_kwh=kwh)
    return Memory(time=QUARTER + seconds, circuits={"main": circuit})


def test_at_its_beginning_the_target_may_flow() -> None:
    decision = run(site(), at(0, 5))
    assert targets(decision) == {"a": 15}
    reason = decision.setpoints[0].reason
    assert reason.code is ReasonCode.PEAK_TARGET
    assert reason.until == QUARTER + 900


@pytest.mark.parametrize("minutes", [15, 30, 60])
def test_what_was_used_is_counted(minutes: int) -> None:
    # In the first half twice the target's energy less 2.3 kW flowed: 2.3 kW are left for the second half.
    length = 60.0 * minutes
    before = used((9.2 - 2.3) * length / 2 / 3600, length / 2, minutes)
    decision = run(site(minutes), at(length / 2, 0), memory=before)
    assert targets(decision) == {"a": 10}


def test_what_was_not_used_may_be_used_later() -> None:
    assert targets(run(site(), at(450, 8), memory=used(0.0, 450))) == {"a": 32}


def test_a_window_that_has_used_its_energy_stops_the_cars() -> None:
    decision = run(site(), at(600, 0), memory=used(1.15, 600))
    assert targets(decision) == {"a": 0}


def test_the_next_window_begins_at_nothing() -> None:
    assert targets(run(site(), at(900, 0), memory=used(1.15, 899))) == {"a": 20}


def test_energy_is_summed_up_over_the_cycles_however_far_apart_they_are() -> None:
    decision = run(site(), at(0, 10), at(60, 10), at(240, 20), at(241, 20))
    expected = 230 * (60 * 10 + 180 * 20 + 1 * 20) / 3.6e6
    assert decision.memory.circuits["main"].window_kwh == pytest.approx(expected)


def test_only_what_flowed_since_its_beginning_is_the_windows() -> None:
    decision = run(site(), at(-100, 10), at(50, 10))
    assert decision.memory.circuits["main"].window_kwh == pytest.approx(230 * 50 * 10 / 3.6e6)


def test_before_the_first_cycle_the_same_is_taken_to_have_flown_since_the_window_began() -> None:
    decision = run(site(), at(300, 10))
    assert decision.memory.circuits["main"].window_kwh == pytest.approx(230 * 300 * 10 / 3.6e6)


def test_export_does_not_earn_import() -> None:
    decision = run(site(), at(0, -10), at(300, -10))
    assert decision.memory.circuits["main"].window_kwh == 0


def test_the_last_seconds_allow_no_burst() -> None:
    left = used(1.15 * 0.98, 899)
    # 0.023 kWh within a second would be 83 kW; as a minute it is 1.4 kW.
    decision = run(site(), at(899, 0), memory=left)
    assert decision.circuits[0].source is ReasonCode.PEAK_TARGET
    assert targets(decision) == {"a": pytest.approx(6.0)}


def test_a_mean_over_the_window_stays_at_the_target() -> None:
    """A house that changes every half a minute, and a car that does what it is told."""
    memory, total, drawn = Memory(), 0.0, 0.0
    house_load = [3, 14, 6, 0, 17, 9, 12, 2, 19, 5] * 3
    for number, amperes in enumerate(house_load):
        decision = run(site(), at(30.0 * number, amperes + drawn, drawn), memory=memory)
        memory = decision.memory
        drawn = decision.setpoints[0].current
        total += (amperes + drawn) * 230 * 30
    assert total / 900 <= 4600 * 1.01
    assert total / 900 >= 4600 * 0.9


def test_without_a_meter_what_is_told_to_cars_is_counted() -> None:
    demand = DemandWindow(minutes=15, target_watts=4600)
    bare = house(fuse(63, others=(5.0, 0.0, 0.0), demand=demand), box("a"))
    decision = run(bare, seen("a", now=QUARTER), seen("a", now=QUARTER + 60))
    assert decision.memory.circuits["main"].window_kwh == pytest.approx(230 * 60 * 20 / 3.6e6)


def test_a_restart_loses_nothing_that_the_memory_kept() -> None:
    first = run(site(), at(0, 10), at(60, 10))
    assert run(site(), at(120, 10), memory=first.memory).memory.circuits[
        "main"
    ].window_kwh == pytest.approx(230 * 120 * 10 / 3.6e6)
