"""What cars draw is added up where they were sampled with the meters, and looked at one by one where not."""

import random

import pytest

from custom_components.fusewise.balancing.cars import Car, put_together
from custom_components.fusewise.balancing.memory import ChargerMemory, MeterMemory, Samples
from custom_components.fusewise.balancing.model import NEVER, NOTHING, ChargerStatus
from custom_components.fusewise.balancing.others import estimate_others
from custom_components.fusewise.balancing.seen import see_cars
from custom_components.fusewise.balancing.topology import topology_of

from .builders import NO_CAR, NOW, UNHEARD, box, car, fuse, house

WIRINGS = ("L1", "L2", "L3", "L1 L2 L3", "L3 L1 L2", "L2 L3")
SITE = house(
    fuse(100, meter="m"),
    fuse(63, "floor", "main", meter="f"),
    fuse(32, "panel", "floor"),
    *(
        box(f"{circuit} {number}", wiring, circuit, slow_to_obey=5.0)
        for circuit in ("main", "floor", "panel")
        for number, wiring in enumerate(WIRINGS)
    ),
)
TOPOLOGY = topology_of(SITE)


def some_cars(seed: int) -> list[Car]:
    """One at each charger, or none: sampled now or before, once or twice or never, out of reach or gone."""
    dice = random.Random(seed)
    found: list[Car] = []
    for number, charger in enumerate(SITE.chargers):
        at = dice.choice((NOW, NOW, NOW, NOW - 0.02, NOW - 4.0, NOW + 0.5))
        drawn = tuple(dice.choice((0.0, 6.0, 10.3, 16.0)) for _ in charger.wiring)
        before = dice.choice((None, drawn, tuple(amperes / 2 for amperes in drawn)))
        samples = dice.choice((Samples(drawn, at, before, at - 1.0),) * 4 + (Samples(),))
        charging = car(*drawn, status=ChargerStatus.CHARGING, at=at)
        reading = dice.choice((charging,) * 5 + (NO_CAR, UNHEARD))
        told_at = NOW - dice.choice((2.0, 60.0))
        memory = ChargerMemory(setpoint=dice.choice((0.0, 8.0, 16.0)), changed_at=told_at)
        found.append(put_together(TOPOLOGY, number, reading, memory, samples, NOW))
    return found


@pytest.mark.parametrize("seed", range(50))
def test_what_is_seen_is_the_same_whatever_the_meters_instant(seed: int) -> None:
    cars = some_cars(seed)
    added_up, one_by_one = see_cars(TOPOLOGY, cars, NOW), see_cars(TOPOLOGY, cars, NEVER)
    assert len(added_up[0].apart) < len(cars) == len(one_by_one[0].apart)
    for one, other in zip(added_up, one_by_one, strict=True):
        assert other.together == NOTHING
        assert one.amperes == pytest.approx(other.amperes)
        assert (one.oldest, one.counts) == (other.oldest, other.counts)


@pytest.mark.parametrize("seed", range(50))
def test_what_is_said_of_a_circuit_is_so_of_the_cars_behind_it(seed: int) -> None:
    cars = some_cars(seed)
    for seen, below in zip(see_cars(TOPOLOGY, cars, NOW), TOPOLOGY.below, strict=True):
        behind = [cars[which] for which in below]
        assert seen.told_at == max(each.memory.changed_at for each in behind)
        assert seen.unheard == any(not each.reading.online for each in behind)
        assert seen.newcomers == any(
            each.plugged and each.samples.earlier is None for each in behind
        )


@pytest.mark.parametrize("seed", range(50))
def test_other_loads_are_the_same_whether_cars_are_added_up_or_looked_at(seed: int) -> None:
    cars = some_cars(seed)
    meter = MeterMemory(
        current=(120.0, 90.0, 70.0), measured_at=NOW, falls=((NOW - 1.0, (3.0, 0.0, 9.0)),)
    )
    for circuit, seen in zip(TOPOLOGY.circuits, see_cars(TOPOLOGY, cars, NOW), strict=True):
        behind = [cars[which] for which in TOPOLOGY.below[TOPOLOGY.circuit_index[circuit.id]]]
        for last in (None, (20.0, 30.0, 5.0)):
            at_once = estimate_others(meter, last, seen.together, seen.apart)
            looked_at = estimate_others(meter, last, NOTHING, behind)
            assert at_once.others == pytest.approx(looked_at.others)
            assert at_once.exact == looked_at.exact
            assert at_once.least == pytest.approx(looked_at.least)
            assert at_once.most == pytest.approx(looked_at.most)
