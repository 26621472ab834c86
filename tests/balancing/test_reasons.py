"""Why each charger gets what it gets: which limit bound it, where, who shares it, until when."""

from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.decision import Decision, Reason
from custom_components.fusewise.balancing.model import GridLimit, Mode, Phase
from custom_components.fusewise.balancing.settings import Netting

from .builders import NOW, box, car, fuse, house, run, seen, shows, told


def reason(decision: Decision, charger: str = "a") -> Reason:
    """The reason of one charger's setpoint."""
    return next(s.reason for s in decision.setpoints if s.charger == charger)


def test_who_shares_what_binds_is_named() -> None:
    site = house(
        fuse(63),
        fuse(20, "panel", "main"),
        box("a", circuit="panel"),
        box("b", circuit="panel"),
        box("c"),
    )
    decision = run(site, seen("abc"))
    assert reason(decision) == Reason(
        code=ReasonCode.CIRCUIT_LIMIT,
        circuit="panel",
        phase=Phase.L1,
        limit=20,
        source="rating",
        shared_by=("a", "b"),
    )
    assert reason(decision, "c").code is ReasonCode.FULL


def test_who_waits_is_told_for_what_and_who_has_it() -> None:
    decision = run(house(fuse(10), box("a"), box("b", priority=1)), seen("ab"))
    assert reason(decision) == Reason(
        code=ReasonCode.WAITING_TURN,
        limited_by=ReasonCode.CIRCUIT_LIMIT,
        circuit="main",
        phase=Phase.L1,
        limit=10,
        source="rating",
        shared_by=("b",),
    )


def test_a_waiting_turn_ends_when_it_is_said_to_end() -> None:
    site = house(fuse(10), box("a"), box("b"), turn_time=600)
    first = run(site, seen("ab"))
    until = reason(first, "b").until
    assert until == NOW + 590
    before = run(site, seen("ab", now=until - 1), memory=first.memory)
    assert told(before) == {"a": 10, "b": 0}
    after = run(site, seen("ab", now=until), memory=before.memory)
    assert told(after) == {"a": 0, "b": 10}


def test_who_loses_its_place_is_told_when_it_comes_back_not_when_it_first_came() -> None:
    site = house(fuse(10), box("a"), box("b"), turn_time=600)
    first = run(site, seen("ab"))
    after = run(site, seen("ab", now=NOW + 590), memory=first.memory)
    assert reason(after, "a").code is ReasonCode.WAITING_TURN
    assert reason(after, "a").until == NOW + 1180
    later = run(site, seen("ab", now=NOW + 600), memory=after.memory)
    assert reason(later, "a").until == NOW + 1180


def test_a_silent_meter_is_named_as_the_reason_even_where_it_leaves_no_room() -> None:
    site = house(fuse(25, meter="m"), box())
    decision = run(site, seen("a", {"m": shows(0)}), seen("a", now=NOW + 60))
    found = reason(decision)
    assert (found.code, found.circuit) == (ReasonCode.METER_SILENT, "main")


def test_the_circuit_whose_meter_is_silent_is_named_not_the_chargers() -> None:
    site = house(
        fuse(40, meter="m", house_allowance=(5.0, 5.0, 5.0)),
        fuse(25, "panel", "main"),
        box(circuit="panel"),
    )
    found = reason(run(site, seen("a", {"m": shows(0)}), seen("a", now=NOW + 60)))
    assert (found.code, found.circuit, found.limit) == (ReasonCode.METER_SILENT, "main", 6)


def test_who_rises_is_told_where_it_will_end() -> None:
    site = house(fuse(16), box(), rise_rate=1.0, rise_spacing=5.0)
    found = reason(run(site, seen("a")))
    assert (found.code, found.limited_by) == (ReasonCode.RISING, ReasonCode.CIRCUIT_LIMIT)
    assert (found.circuit, found.limit) == ("main", 16)


def test_or_what_bounds_it_besides() -> None:
    site = house(fuse(32), box(), rise_rate=1.0, rise_spacing=5.0)
    found = reason(run(site, seen({"a": car(maximum=13)})))
    assert found == Reason(code=ReasonCode.RISING, limited_by=ReasonCode.VEHICLE_LIMIT, limit=13)


def test_who_waits_for_a_lull_to_last_is_rising() -> None:
    site = house(fuse(16, meter="m"), box(), smoothing=60)
    decision = run(
        site, seen("a", {"m": shows(12)}), seen("a", {"m": shows(3, NOW + 1)}, now=NOW + 1)
    )
    assert reason(decision).code is ReasonCode.RISING


def test_what_ends_by_itself_says_when() -> None:
    limit = GridLimit(source="dso", watts=2300, until=NOW + 3600)
    found = reason(run(house(fuse(25), box()), seen("a", grid_limits=(limit,))))
    assert (found.code, found.limit, found.phase, found.until) == (
        ReasonCode.GRID_LIMIT,
        2300,
        None,
        NOW + 3600,
    )


def test_no_room_under_a_limit_that_ends_says_when_too() -> None:
    limit = GridLimit(source="dso", amperes=3, until=NOW + 3600)
    found = reason(run(house(fuse(25), box()), seen("a", grid_limits=(limit,))))
    assert (found.code, found.source, found.until) == (ReasonCode.NO_ROOM, "dso", NOW + 3600)


def test_a_car_at_its_own_maximum_is_bound_by_nothing_else() -> None:
    found = reason(run(house(fuse(25), box()), seen({"a": car(maximum=10)})))
    assert found == Reason(code=ReasonCode.VEHICLE_LIMIT, limit=10)


def test_what_the_sun_bounds_says_how_much_there_is_and_who_shares_it() -> None:
    site = house(fuse(63, meter="m"), box("a"), box("b"), box("c"))
    suns = {"a": car(mode=Mode.SUN), "b": car(mode=Mode.SUN), "c": car(mode=Mode.SUN)}
    decision = run(site, seen(suns, {"m": shows((-14, 0, 0))}))
    assert reason(decision) == Reason(
        code=ReasonCode.SURPLUS, limit=14 * 230, source="sun", shared_by=("a", "b")
    )
    assert reason(decision, "c").code is ReasonCode.WAITING_SUN
    assert reason(decision, "c").limit == 14 * 230


def test_per_phase_it_says_on_which() -> None:
    site = house(fuse(63, meter="m"), box("a", "L2"), netting=Netting.PER_PHASE)
    sun = {"a": car(mode=Mode.SUN)}
    found = reason(run(site, seen(sun, {"m": shows((0, -14, 0))})))
    assert (found.code, found.phase, found.limit) == (ReasonCode.SURPLUS, Phase.L2, 14 * 230)
