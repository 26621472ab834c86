"""Rows that are left out of the sharing are those that could not have bound anybody."""

import math

from hypothesis import given, strategies as st
import pytest

from custom_components.fusewise.balancing.model import PHASES
from custom_components.fusewise.balancing.scarce import scarce_rows
from custom_components.fusewise.balancing.sharing import Part, share
from custom_components.fusewise.balancing.topology import Topology, topology_of

from .builders import box, fuse, house

WIRINGS = ["L1", "L2", "L3", "L1 L2 L3", "L2 L3 L1", "L1 L2"]


def three_levels(*wirings: str) -> Topology:
    """A house with two floors, one of which has a panel; chargers in turns on all of them."""
    circuits = ["house", "floor 1", "floor 2", "panel"]
    return topology_of(
        house(
            fuse(63, "house"),
            fuse(40, "floor 1", "house"),
            fuse(40, "floor 2", "house"),
            fuse(25, "panel", "floor 1"),
            *[box(f"box {n}", wiring, circuit=circuits[n % 4]) for n, wiring in enumerate(wirings)],
        )
    )


@st.composite
def problems(draw: st.DrawFn) -> tuple[Topology, list[float], list[Part]]:
    """What is left on each row of such a house, and chargers that share it."""
    topology = three_levels(*draw(st.lists(st.sampled_from(WIRINGS), min_size=1, max_size=8)))
    amperes = [draw(st.sampled_from([0.0, 3.0, 10.0, 25.0, 80.0])) for _ in range(4 * PHASES)]
    watts = [draw(st.sampled_from([1000.0, 7000.0, math.inf])) for _ in range(4)]
    parts = [
        Part(
            0.0,
            draw(st.sampled_from([4.0, 26.0])),
            [
                *topology.wired(number, None).rows,
                *[
                    (4 * PHASES + circuit, topology.wired(number, None).watts_per_ampere)
                    for circuit in reversed(topology.chains[topology.feeds[number]])
                    if watts[circuit] < math.inf
                ],
            ],
            weight=draw(st.sampled_from([1.0, 2.0, 16.0])),
        )
        for number in range(len(topology.site.chargers))
    ]
    return topology, amperes + watts, parts


@given(problems())
def test_sharing_by_the_scarce_rows_alone_is_sharing_by_all(
    problem: tuple[Topology, list[float], list[Part]],
) -> None:
    topology, left, parts = problem
    shares, bound = share(left, parts)
    scarce = scarce_rows(topology, topology.places, left)
    for part in parts:
        part.rows = [(row, coefficient) for row, coefficient in part.rows if row in scarce]
    again, bound_again = share(left, parts)
    assert again == pytest.approx(shares)
    assert bound_again == bound


def test_a_sub_panel_with_more_left_than_the_house_is_not_looked_at() -> None:
    topology = three_levels("L1")
    left = [10.0] * PHASES + [25.0] * 3 * PHASES + [math.inf] * 4
    amperes = {row for row in scarce_rows(topology, topology.places, left) if row < 4 * PHASES}
    assert amperes == set(range(PHASES))


def test_watts_of_the_house_make_all_amperes_plenty() -> None:
    topology = three_levels("L1", "L1 L2 L3")
    left = [10.0] * 4 * PHASES + [1000.0, math.inf, math.inf, math.inf]
    assert scarce_rows(topology, topology.places, left) == {4 * PHASES}


def test_watts_of_a_panel_count_where_they_are_a_little_less_than_those_that_come_through() -> None:
    topology = three_levels("L1")
    floor = topology.circuit_index["floor 1"]
    watts = [7000.0] * 4
    for here, is_scarce in ((6999.0, True), (7000.0, True), (7001.0, False)):
        watts[floor] = here
        scarce = scarce_rows(topology, topology.places, [100.0] * 4 * PHASES + watts)
        assert (4 * PHASES + floor in scarce) is is_scarce
