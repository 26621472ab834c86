"""What a circuit may carry: the least of its rating's usable share, watts, the sun's tolerance and a busbar."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import NoticeCode, ReasonCode
from custom_components.fusewise.balancing.decision import Notice, Reason
from custom_components.fusewise.balancing.model import Circuit, MeterReading, Phase, Snapshot

from .builders import NOW, box, car, fuse, house, run, seen, shows, targets, told, why


def only(snapshot: Snapshot, *circuits: Circuit, **charger: Any) -> tuple[float, Reason]:
    """The share of a single charger, and its reason."""
    last = circuits[-1].id
    setpoint = run(house(*circuits, box(circuit=last, **charger)), snapshot).setpoints[0]
    return setpoint.target, setpoint.reason


def test_the_owner_says_what_share_of_a_rating_is_usable() -> None:
    amperes, reason = only(seen("a"), fuse(25, usable_share=0.8))
    assert amperes == 20
    assert reason == Reason(
        code=ReasonCode.CIRCUIT_LIMIT,
        circuit="main",
        phase=Phase.L1,
        limit=20,
        source="rating",
        shared_by=("a",),
    )


def test_each_phase_of_each_circuit_has_its_own_rating() -> None:
    main = fuse((16.0, 20.0, 32.0))
    site = house(main, box("a", "L1"), box("b", "L2"), box("c", "L3"))
    assert targets(run(site, seen("abc"))) == {"a": 16, "b": 20, "c": 32}


def test_a_three_phase_car_gets_what_its_worst_phase_leaves() -> None:
    amperes, reason = only(seen("a"), fuse((16.0, 9.0, 32.0)), wiring="L1 L2 L3")
    assert amperes == 9
    assert reason.phase is Phase.L2


def test_a_rotated_charger_loads_the_phases_that_it_is_wired_to() -> None:
    amperes, _ = only(seen("a"), fuse((6.0, 16.0, 6.0)), wiring="L2")
    assert amperes == 16


def test_the_tightest_circuit_on_the_way_up_binds() -> None:
    amperes, reason = only(seen("a"), fuse(16), fuse(13, "panel", "main"), fuse(20, "box", "panel"))
    assert (amperes, reason.circuit) == (13, "panel")


@pytest.mark.parametrize(
    ("wiring", "line_to_line", "amperes"),
    [("L1", False, 16.0), ("L1 L2", False, 8.0), ("L1 L2 L3", False, 5.3), ("L1 L2", True, 9.2)],
)
def test_a_limit_in_watts_counts_every_conductor(
    wiring: str, line_to_line: bool, amperes: float
) -> None:
    found, reason = only(
        seen("a"),
        fuse(32, limit_watts=16 * 230),
        wiring=wiring,
        floor=5.0,
        line_to_line=line_to_line,
    )
    assert found == amperes
    assert (reason.code, reason.phase, reason.limit) == (ReasonCode.WATT_LIMIT, None, 16 * 230)


def test_a_limit_in_watts_counts_a_house_of_which_only_the_sum_is_known_once() -> None:
    site = house(fuse(32, meter="m", limit_watts=5000), box())
    decision = run(site, seen("a", {"m": shows((5, 5, 5), rest=5.0)}))
    assert targets(decision)["a"] == 16.7  # 5000 W less 5 A, in steps


def test_a_limit_in_watts_counts_the_house_over_its_phases() -> None:
    decision = run(
        house(fuse(32, meter="m", limit_watts=5000), box()), seen("a", {"m": shows((5, 2, 3))})
    )
    assert targets(decision) == {"a": 11.7}  # (5000 - 10 × 230) / 230


def test_a_split_phase_house_has_120_volts_and_a_charger_between_two_conductors() -> None:
    site = house(fuse((100.0, 100.0, 0.0), limit_watts=9600), box("a", "L1 L2", line_to_line=True))
    decision = run(replace(site, voltage=120, line_voltage=240), seen("a"))
    assert targets(decision) == {"a": 32}
    decision = run(
        replace(site, voltage=120, line_voltage=240, circuits=(fuse((100.0, 20.0, 0.0)),)),
        seen("a"),
    )
    assert targets(decision) == {"a": 20}


def metered(reading: MeterReading, **rest: Any) -> Snapshot:
    """One car and what the main meter shows."""
    return seen("a", {"m": reading}, **rest)


def test_sun_makes_room_up_to_the_tolerance_of_the_fuse_should_it_vanish() -> None:
    # 20 A × 1.13 = 22.6 A; the house alone draws nothing.
    amperes, reason = only(metered(shows(-10)), fuse(20, meter="m"))
    assert amperes == 22.6
    assert reason.source == "sun may vanish"


def test_what_the_measured_sun_hides_of_the_house_counts_for_that() -> None:
    # The house draws 8 A of which the sun feeds 6: should it vanish, 22.6 - 8 A may flow to the car.
    assert only(metered(shows(2), sun=(6.0, 6.0, 6.0)), fuse(20, meter="m"))[0] == 14.6
    assert only(metered(shows(2)), fuse(20, meter="m"))[0] == 18


def test_a_busbar_carries_what_the_feeder_and_the_sun_bring() -> None:
    # The main fuse has 18 A to spare, but behind it the sun adds 10 A on the same bar of 25 A.
    amperes, reason = only(
        metered(shows(-8), sun=(10.0, 10.0, 10.0)), fuse(25, meter="m", busbar=25)
    )
    assert (amperes, reason.code) == (23, ReasonCode.BUSBAR)


def test_a_busbar_of_a_panel_may_be_where_the_sun_feeds() -> None:
    snapshot = seen("a", {"m": shows(0), "p": shows(-8)}, sun=(10.0, 10.0, 10.0))
    panel = fuse(25, "panel", "main", meter="p", busbar=25)
    assert only(snapshot, fuse(63, meter="m"), panel)[0] == 23


def test_export_above_the_rating_is_reported_and_no_car_is_stopped_for_it() -> None:
    site = house(fuse(20, meter="m"), box())
    decision = run(site, metered(shows((-21, 0, 0))))
    assert decision.notices == (
        Notice(code=NoticeCode.EXPORT_ABOVE_RATING, subject="main", figure=-21),
    )
    assert targets(decision) == {"a": 22.6}


def test_import_above_the_rating_is_reported() -> None:
    decision = run(house(fuse(20, meter="m")), seen((), {"m": shows((21, 0, 0))}))
    assert [(n.code, n.figure) for n in decision.notices] == [(NoticeCode.OVER_RATING, 21)]


def test_a_slow_meter_costs_what_the_house_was_seen_to_jump_by() -> None:
    site = house(fuse(25, meter="m", usable_share=0.8), box())

    def after(interval: float) -> float:
        readings = [
            {"m": shows(amperes, NOW + 30 * number, interval=interval)}
            for number, amperes in enumerate((2, 11, 2))
        ]
        snapshots = [
            seen((), reading, now=NOW + 30 * number) for number, reading in enumerate(readings)
        ]
        return run(site, *snapshots).circuits[0].limit[0]

    assert after(interval=10) == 20
    assert after(interval=30) == pytest.approx(25 - 9, abs=0.01)


def test_the_state_of_a_circuit_tells_its_limit_and_its_headroom() -> None:
    site = house(fuse((25.0, 25.0, 0.0), meter="m", usable_share=0.8), box())
    state = run(site, seen({"a": car(6)}, {"m": shows((10, 7, 0))})).circuits[0]
    found = [state.load, state.others, state.limit, state.headroom]
    assert found == [(10, 7, 0), (4, 7, 0), (20, 20, 0), (16, 13, 0)]
    assert state.source is ReasonCode.CIRCUIT_LIMIT


def test_a_house_that_needs_all_leaves_no_floor() -> None:
    site = house(fuse(20, meter="m"), box())
    decision = run(site, metered(shows(17)))
    assert told(decision) == {"a": 0}
    assert why(decision) is ReasonCode.NO_ROOM
