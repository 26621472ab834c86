"""After a restart nobody loses its turn, its boost or what was learnt, and nothing stale is believed."""

from dataclasses import fields, replace

from hypothesis import given, strategies as st
import pytest

from custom_components.fusewise.balancing.codec import from_json, to_json
from custom_components.fusewise.balancing.codes import NoticeCode, ReasonCode
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.memory import (
    RESUMED,
    ChargerMemory,
    CircuitMemory,
    Memory,
    MeterMemory,
    Samples,
)
from custom_components.fusewise.balancing.model import (
    NEVER,
    Breaker,
    ChargerReading,
    ChargerStatus,
    DemandWindow,
    Session,
    Site,
    Snapshot,
)
from custom_components.fusewise.balancing.restart import outlive

from .builders import NO_CAR, NOW, UNHEARD, box, car, fuse, house, run, seen, shows, told, why

MINUTE, HOUR = 60.0, 3600.0
CHARGER = ChargerMemory(
    setpoint=13.0,
    changed_at=NOW - 5,
    fell_at=NOW - 40,
    before=16.0,
    on_since=NOW - 600,
    off_since=NOW - 700,
    waiting_since=NOW - 800,
    session="garage-17",
    uses=(True, False, False),
    ceiling=13.2,
    boosts=(NOW - 86_400, NOW - 600),
    boosting=True,
)
CIRCUIT = CircuitMemory(
    others=(3.0, 2.0, 1.0),
    smoothed=(3.0, 2.0, 1.0),
    since=NOW - 9 * 86_400,
    week_began=NOW - 2 * 86_400,
    worst=(12.0, 8.0, 5.0),
    earlier=((14.0, 3.0, 2.0),),
    window=1111,
    window_kwh=1.2,
    heat=(0.8, 0.2, 0.1),
    oil=30.0,
)
MEMORY = Memory(
    time=NOW,
    chargers={"a": CHARGER},
    samples={"a": Samples(current=(12.8,), at=NOW - 2)},
    meters={"grid": MeterMemory(current=(3.0, 2.0, 1.0), measured_at=NOW)},
    circuits={"main": CIRCUIT},
)


def test_turns_boosts_and_what_was_learnt_outlive_a_restart() -> None:
    assert outlive(MEMORY, NOW + MINUTE).chargers["a"] == ChargerMemory(
        on_since=NOW - 600,
        off_since=NOW - 700,
        waiting_since=NOW - 800,
        session=RESUMED,
        uses=(True, False, False),
        ceiling=13.2,
        boosts=(NOW - 86_400, NOW - 600),
        boosting=True,
    )


def test_what_was_measured_last_does_not() -> None:
    memory = outlive(MEMORY, NOW + MINUTE)
    assert memory.meters == {}
    assert memory.samples == {}
    assert memory.circuits["main"] == replace(CIRCUIT, others=None, smoothed=None)


def test_after_more_than_an_hour_only_what_is_long_lived_is_left_of_a_charger() -> None:
    memory = outlive(MEMORY, NOW + HOUR + 1)
    assert memory.chargers["a"] == ChargerMemory(boosts=(NOW - 86_400, NOW - 600))
    assert memory.circuits["main"].worst == CIRCUIT.worst


def test_times_in_the_future_are_dropped() -> None:
    memory = outlive(MEMORY, NOW - 700)
    assert memory.time == NEVER
    assert memory.chargers["a"] == ChargerMemory(boosts=(NOW - 86_400,))
    assert memory.circuits["main"].since == CIRCUIT.since
    memory = outlive(MEMORY, NOW - 10 * 86_400)
    assert memory.chargers["a"] == ChargerMemory()
    assert (memory.circuits["main"].since, memory.circuits["main"].week_began) == (None, None)


@given(st.floats(-1e7, 1e7))
def test_no_restart_at_whatever_time_keeps_the_next_cycle_from_coming(later: float) -> None:
    now = NOW + later
    site = house(fuse(25, meter="grid"), box("a"))
    memory = outlive(MEMORY, now)
    snapshot = seen({"a": car(at=now)}, {"grid": shows(3.0, at=now)}, now=now)
    assert told(run(site, snapshot, memory=memory))["a"] >= 6


def test_what_outlives_a_restart_goes_through_json() -> None:
    memory = outlive(MEMORY, NOW + MINUTE)
    assert from_json(Memory, to_json(memory)) == memory


def test_every_field_of_a_chargers_memory_was_thought_of() -> None:
    # A new field is dropped by a restart unless somebody decides otherwise in restart.py.
    assert {field.name for field in fields(ChargerMemory)} == {
        *("setpoint", "changed_at", "fell_at", "before", "on_since", "off_since", "waiting_since"),
        *(
            "session",
            "uses",
            "ceiling",
            "boosts",
            "boosting",
            "asleep",
            "told",
            "disobeys",
            "unused",
            "phasing",
        ),
    }


# --- in the loop -----------------------------------------------------------------------------------

TURNS = house(fuse(10, meter="grid"), box("a"), box("b"), turn_time=900, minimum_on=300)


def charging(current: float, at: float, session: str) -> ChargerReading:
    return ChargerReading(
        status=ChargerStatus.CHARGING,
        current=(current,),
        measured_at=at,
        session=Session(id=session, started=NOW),
    )


def played(seconds: float, begin: float, memory: Memory, sessions: str = "") -> Decision:
    """Both cars are there all the time; who is told something draws it."""
    decision = None
    currents = {"a": 0.0, "b": 0.0}
    for second in range(int(seconds)):
        now = begin + second
        cars = {
            name: charging(current, now, name + sessions)
            if current
            else car(0.0, at=now, name=name + sessions)
            for name, current in currents.items()
        }
        meter = shows((sum(currents.values()), 0.0, 0.0), at=now)
        decision = run(TURNS, seen(cars, {"grid": meter}, now=now), memory=memory)
        memory, currents = decision.memory, told(decision)
    assert decision is not None
    return decision


def test_a_restart_does_not_change_whose_turn_it_is() -> None:
    before = played(600, NOW, Memory())
    assert told(before) == {"a": 10, "b": 0}
    now = NOW + 640
    memory = outlive(before.memory, now)
    # The chargers call again one after the other, and their sessions have other names now.
    decision = run(TURNS, seen({"a": UNHEARD, "b": UNHEARD}, now=now), memory=memory)
    silent = ChargerReading(status=ChargerStatus.UNAVAILABLE)
    decision = run(TURNS, seen({"a": silent, "b": UNHEARD}, now=now + 1), memory=decision.memory)
    cars = {"a": charging(6.0, now + 2, "a again"), "b": car(0.0, at=now + 2, name="b again")}
    meters = {"grid": shows((6.0, 0.0, 0.0), at=now + 2)}
    decision = run(TURNS, seen(cars, meters, now=now + 2), memory=decision.memory)
    assert told(decision)["a"] >= 6
    assert why(decision, "b") is ReasonCode.WAITING_TURN
    waiting = decision.memory.chargers["b"].waiting_since
    assert waiting == before.memory.chargers["b"].waiting_since == NOW


def test_a_restart_without_a_memory_would() -> None:
    # Shows that the test above can fail.
    decision = played(5, NOW + 640, Memory(), sessions=" again")
    assert decision.memory.chargers["b"].waiting_since == NOW + 640


def test_a_car_that_left_meanwhile_is_forgotten() -> None:
    memory = outlive(MEMORY, NOW + MINUTE)
    site = house(fuse(25, meter="grid"), box("a"))
    decision = run(site, seen({"a": NO_CAR}, now=NOW + MINUTE), memory=memory)
    remembered = decision.memory.chargers["a"]
    assert (remembered.session, remembered.uses, remembered.ceiling) == (None, None, None)
    assert remembered.waiting_since is None
    assert not remembered.boosting


@pytest.mark.parametrize("restarts", [0, 1, 3])
def test_a_boost_is_counted_once_however_often_there_is_a_restart(restarts: int) -> None:
    site = house(fuse(25, meter="grid"), box("a"), boosts_per_week=1)
    meters = {"grid": shows(3.0)}
    boosted = seen({"a": car(boost=True)}, meters)
    memory = run(site, boosted).memory
    assert memory.chargers["a"].boosting
    now = NOW
    for number in range(restarts):
        now += 30
        memory = outlive(memory, now)
        # Until it calls and has told its session, nobody knows whether it is boosted.
        unknown = ChargerReading(status=ChargerStatus.CHARGING, current=(6.0,), measured_at=now)
        for reading in (UNHEARD, unknown, car(boost=True, at=now, name=f"again {number}")):
            decision = run(site, seen({"a": reading}, meters, now=now), memory=memory)
            memory = decision.memory
            assert memory.chargers["a"].boosting
            assert NoticeCode.BOOST_SPENT not in {notice.code for notice in decision.notices}
    assert len(memory.chargers["a"].boosts) == 1


def test_a_breaker_goes_on_being_warm_and_cools_with_what_flows_now() -> None:
    main = fuse(25, meter="grid", breaker=Breaker(time_constant=1200.0))
    memory = Memory(time=NOW, circuits={"main": CircuitMemory(heat=(1.2, 0.2, 0.0))})
    hot = seen({}, {"grid": shows(0.0, at=NOW + 1)}, now=NOW + 1)
    decision = run(house(main, box("a")), hot, memory=outlive(memory, NOW + 1))
    assert decision.circuits[0].limit[0] < 15
    later = seen({}, {"grid": shows(0.0, at=NOW + 1200)}, now=NOW + 1200)
    decision = run(house(main, box("a")), later, memory=outlive(memory, NOW + 1200))
    assert decision.memory.circuits["main"].heat[0] == pytest.approx(1.2 / 2.718, rel=0.01)
    assert decision.circuits[0].limit[0] == 25


def test_a_demand_window_goes_on_where_it_was() -> None:
    main = fuse(63, meter="grid", demand=DemandWindow(minutes=15, target_watts=4000))
    begin = NOW - NOW % 900
    remembered = CircuitMemory(window=int(begin // 900), window_kwh=0.9)
    memory = Memory(time=begin + 600, circuits={"main": remembered})
    now = begin + 660
    snapshot = seen({}, {"grid": shows((10.0, 0.0, 0.0), at=now)}, now=now)
    decision = run(house(main, box("a")), snapshot, memory=outlive(memory, now))
    # 2.3 kW for the minute in which nobody looked.
    assert decision.memory.circuits["main"].window_kwh == pytest.approx(0.9 + 2.3 / 60, abs=1e-3)


def test_a_car_that_is_taken_over_rises_no_faster_for_the_time_that_nobody_looked() -> None:
    site = house(fuse(25, meter="grid"), box("a"), rise_rate=1.0, rise_spacing=5.0)
    memory = outlive(Memory(time=NOW), NOW + 300)
    now = NOW + 300
    snapshot = seen({"a": charging(6.0, now, "a")}, {"grid": shows(6.0, at=now)}, now=now)
    assert told(run(site, snapshot, memory=memory))["a"] <= 11


def test_a_charger_that_is_wired_anew_in_place_is_measured_anew() -> None:
    def site(wiring: str) -> Site:
        return house(fuse(25, meter="grid"), box("a", wiring))

    def at(moment: float, *current: float) -> Snapshot:
        reading = replace(charging(0.0, moment, "a"), current=current)
        return seen({"a": reading}, {"grid": shows(max(current), at=moment)}, now=moment)

    memory = run(site("L1 L2 L3"), at(NOW, 9.0, 0.0, 0.0), at(NOW + 5, 9.0, 0.0, 0.0)).memory
    assert memory.chargers["a"].uses == (True, False, False)
    for wiring in ("L2", "L3 L1", "L1 L2 L3"):
        decision = run(site(wiring), at(NOW + 6, 9.0, 0.0, 0.0), memory=memory)
        assert told(decision)["a"] >= 6


def test_a_first_measurement_after_a_restart_is_no_move_of_the_car() -> None:
    site = house(fuse(25, meter="grid"), box("a"))
    silent = ChargerReading(status=ChargerStatus.UNAVAILABLE)
    memory = Memory()
    for second in range(12):
        now = NOW + second
        reading = UNHEARD if second < 3 else silent if second < 6 else charging(8.2, NOW + 6, "a")
        meter = {"grid": shows((10.2, 0.0, 0.0), at=now)}
        decision = run(site, seen({"a": reading}, meter, now=now), memory=memory)
        memory = decision.memory
        assert decision.circuits[0].fallback is None
    assert told(decision)["a"] >= 8.2
