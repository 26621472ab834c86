"""What holds for any site: no limit is exceeded, nothing is wasted, nobody is favoured by the order of a list."""

from collections.abc import Mapping
from dataclasses import replace
import math
from typing import Any

from hypothesis import given, strategies as st

from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.balancing.model import (
    Charger,
    ChargerReading,
    ChargerStatus,
    Phase,
    Session,
    Site,
    Snapshot,
)
from custom_components.fusewise.balancing.settings import Settings
from custom_components.fusewise.balancing.steps import round_down, round_up, step_up

from .builders import NOW, run, seen, shows, targets, told
from .sites import SMALL, Account, sessions, sites

plugged = st.sampled_from([ChargerStatus.PREPARING, ChargerStatus.CHARGING])


@st.composite
def cars(draw: st.DrawFn, site: Site) -> dict[str, ChargerReading]:
    """A car at most of the chargers."""
    return {
        charger.id: ChargerReading(status=draw(plugged), session=draw(sessions()))
        for charger in site.chargers
        if draw(st.integers(0, 5))
    }


@st.composite
def cases(draw: st.DrawFn, /, **kind: Any) -> tuple[Site, dict[str, ChargerReading]]:
    """A site and its cars."""
    site = draw(sites(**kind))
    return site, draw(cars(site))


def wants(charger: Charger, session: Session | None) -> float:
    """The most that the charger gives this car; 0 where it asks for less than the floor."""
    most = charger.maximum
    if session is not None and session.maximum is not None:
        most = min(most, session.maximum)
    return 0.0 if most < floor_of(charger) else round_down(charger, most)


def floor_of(charger: Charger) -> float:
    """The least that the charger can be told besides 0."""
    return round_up(charger, charger.floor)


def could_have(site: Site, given: Mapping[str, float], more: str, amperes: float) -> bool:
    """Whether one more car, or more for one car, breaks no limit."""
    return not Account(site, {**given, more: amperes}).broken()


@given(cases())
def test_no_limit_is_ever_exceeded(case: tuple[Site, dict[str, ChargerReading]]) -> None:
    site, readings = case
    decision = run(site, seen(readings))
    assert Account(site, targets(decision)).broken() == []
    assert Account(site, told(decision)).broken() == []


@given(cases())
def test_a_site_without_delays_is_at_its_target_at_once(
    case: tuple[Site, dict[str, ChargerReading]],
) -> None:
    site, readings = case
    waiting = {
        name: replace(reading, status=ChargerStatus.PREPARING) for name, reading in readings.items()
    }
    decision = run(site, seen(waiting))
    assert told(decision) == targets(decision)


@given(cases())
def test_every_setpoint_is_one_that_the_charger_knows(
    case: tuple[Site, dict[str, ChargerReading]],
) -> None:
    site, readings = case
    for name, current in targets(run(site, seen(readings))).items():
        charger = next(c for c in site.chargers if c.id == name)
        session = readings[name].session if name in readings else None
        assert current == 0 or floor_of(charger) <= current <= wants(charger, session)
        assert math.isclose(current, round_down(charger, current), abs_tol=1e-9)


@given(cases())
def test_nothing_is_left_that_an_admitted_car_could_use(
    case: tuple[Site, dict[str, ChargerReading]],
) -> None:
    site, readings = case
    given_out = targets(run(site, seen(readings)))
    for charger in site.chargers:
        current = given_out[charger.id]
        if current:
            higher = step_up(charger, current)
            if higher <= wants(charger, readings[charger.id].session):
                assert not could_have(site, given_out, charger.id, higher), charger.id


@given(cases())
def test_nobody_is_left_out_whose_floor_fits_beside_the_others_floors(
    case: tuple[Site, dict[str, ChargerReading]],
) -> None:
    site, readings = case
    given_out = targets(run(site, seen(readings)))
    floors = {
        charger.id: floor_of(charger) if given_out[charger.id] else 0.0 for charger in site.chargers
    }
    for charger in site.chargers:
        waits = charger.id in readings and not given_out[charger.id]
        if waits and wants(charger, readings[charger.id].session):
            assert not could_have(site, floors, charger.id, floor_of(charger)), charger.id


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_chargers_and_circuits_changes_nothing(
    case: tuple[Site, dict[str, ChargerReading]], random: Any
) -> None:
    site, readings = case
    boxes, tree = list(site.chargers), list(site.circuits)
    random.shuffle(boxes)
    random.shuffle(tree)
    other = replace(site, chargers=tuple(boxes), circuits=tuple(tree))
    one, two = run(site, seen(readings)), run(other, seen(readings))
    assert targets(one) == targets(two)
    assert told(one) == told(two)


@st.composite
def stories(draw: st.DrawFn) -> tuple[Site, list[Snapshot]]:
    """A site with a meter at its main fuse, and some minutes of what happens there, with the usual delays."""
    site = draw(sites())
    root = next(circuit for circuit in site.circuits if circuit.parent is None)
    metered = replace(root, meter="m", other_loads=None, house_allowance=(3.0, 3.0, 3.0))
    site = replace(
        site,
        circuits=tuple(metered if circuit is root else circuit for circuit in site.circuits),
        chargers=tuple(replace(charger, slow_to_obey=5.0) for charger in site.chargers),
        settings=Settings(policy=site.settings.policy, turn_time=240, minimum_on=60),
    )
    snapshots: list[Snapshot] = []
    now = NOW
    for _ in range(draw(st.integers(2, 6))):
        now += draw(st.sampled_from([1, 5, 30, 300]))
        readings = draw(cars(site))
        for charger in site.chargers:
            # Some measure; on one conductor, so that nothing is learnt of phases.
            if charger.id in readings and len(charger.wiring) == 1 and draw(st.booleans()):
                drawn = (draw(st.sampled_from([0.0, 5.7, 10.0, 16.0])),)
                readings[charger.id] = replace(
                    readings[charger.id], current=drawn, measured_at=now - draw(st.integers(0, 2))
                )
        flowing = draw(st.tuples(*[st.integers(-10, 30).map(float)] * 3))
        silent = draw(st.integers(0, 5)) == 0
        snapshots.append(seen(readings, {} if silent else {"m": shows(flowing, now)}, now=now))
    return site, snapshots


@given(stories())
def test_in_every_cycle_what_is_told_fits_beside_what_is_counted(
    story: tuple[Site, list[Snapshot]],
) -> None:
    site, snapshots = story
    memory = Memory()
    for snapshot in snapshots:
        decision = run(site, snapshot, memory=memory)
        memory = decision.memory
        # The account takes what the balancer itself counts for the house, circuit by circuit.
        account = Account(site, told(decision))
        for circuit in site.circuits:
            state = next(found for found in decision.circuits if found.circuit == circuit.id)
            behind = [charger for charger in account.behind(circuit) if account.drawn[charger.id]]
            for phase in Phase:
                cars = sum(account.drawn[c.id] for c in behind if phase in c.wiring)
                assert not cars or state.others[phase] + cars <= state.limit[phase] + SMALL
            if circuit.limit_watts is not None and behind:
                house_alone = site.voltage * sum(state.others)
                cars = account.watts(circuit) - account.watts_of_others(circuit)
                assert house_alone + cars <= circuit.limit_watts + 0.01


def twice(site: Site, snapshots: list[Snapshot]) -> tuple[Decision, Decision]:
    """The last snapshot decided, and decided again with the memory that this left."""
    decision = run(site, *snapshots)
    everybody = {
        charger.id: ChargerReading(status=ChargerStatus.AVAILABLE) for charger in site.chargers
    }
    last = replace(snapshots[-1], chargers={**everybody, **snapshots[-1].chargers})
    return decision, decide(site, last, decision.memory)


@given(stories())
def test_deciding_twice_at_one_time_gives_the_same_setpoints(
    story: tuple[Site, list[Snapshot]],
) -> None:
    one, two = twice(*story)
    assert told(one) == told(two)
    assert targets(one) == targets(two)


@given(cases())
def test_nor_does_it_for_a_site_without_delays(
    case: tuple[Site, dict[str, ChargerReading]],
) -> None:
    site, readings = case
    one, two = twice(site, [seen(readings)])
    assert told(one) == told(two)
