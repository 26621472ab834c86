"""A site that contradicts itself is refused with the name of the thing and what is wrong with it."""

import math
from typing import Any

import pytest

from custom_components.fusewise.balancing.errors import SiteError
from custom_components.fusewise.balancing.model import (
    Breaker,
    DemandWindow,
    Derating,
    Phase,
    Site,
    Transformer,
)
from custom_components.fusewise.balancing.topology import topology_of

from .builders import box, fuse, house

NAN = math.nan


def refused(*parts: Any, **settings: Any) -> str:
    """What is said of the site."""
    with pytest.raises(SiteError) as error:
        topology_of(house(*parts, **settings))
    return str(error.value)


def test_a_charger_loads_its_phases_on_every_circuit_above_it() -> None:
    site = house(
        fuse(25, "garage", "house"), fuse(63, "house"), box("a", "L2 L3 L1", circuit="garage")
    )
    topology = topology_of(site)
    named = [[topology.row_name(row) for row in rows] for rows in topology.rows[0]]
    assert named == [
        [("garage", Phase.L2), ("house", Phase.L2)],
        [("garage", Phase.L3), ("house", Phase.L3)],
        [("garage", Phase.L1), ("house", Phase.L1)],
    ]


def test_a_site_is_checked_once() -> None:
    site = house(fuse(16), box())
    assert topology_of(site) is topology_of(site)


def test_circuits_may_be_given_in_any_order() -> None:
    topology = topology_of(house(fuse(10, "c", "b"), fuse(20, "b", "a"), fuse(30, "a")))
    assert [circuit.id for circuit in topology.circuits] == ["a", "b", "c"]


def test_circuits_that_feed_each_other_in_a_circle_are_named() -> None:
    message = refused(fuse(16, "a", "c"), fuse(16, "b", "a"), fuse(16, "c", "b"))
    assert message == "circuits feed each other in a circle: a → c → b → a"


def test_a_circuit_that_feeds_itself_is_a_circle() -> None:
    assert refused(fuse(16, "a", "a")) == "circuits feed each other in a circle: a → a"


def test_a_site_without_a_circuit_has_no_fuse() -> None:
    assert "no circuit" in refused()


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([fuse(16), fuse(25)], "two circuits are called 'main'"),
        ([fuse(16, "a", "b")], "circuit 'a' is fed by 'b', which the site does not have"),
        (
            [fuse(16), box(circuit="garage")],
            "charger 'a' is on circuit 'garage', which the site does not have",
        ),
        ([fuse(16), box(), box()], "two chargers are called 'a'"),
        (
            [fuse(16, meter="grid"), fuse(16, "shed", "main", meter="grid")],
            "circuit 'shed': meter 'grid' is in circuit 'main' already; give each meter to one",
        ),
    ],
)
def test_names_must_fit_together(parts: list[Any], says: str) -> None:
    assert refused(*parts) == says


@pytest.mark.parametrize("rating", [NAN, -1.0, math.inf, 10_000.0])
def test_a_rating_out_of_the_possible_is_refused_with_its_phase(rating: float) -> None:
    assert f"circuit 'main': rating: {rating!r} A on L2" in refused(fuse((16.0, rating, 16.0)))


def test_a_fuse_carries_something() -> None:
    assert "0 A on every phase" in refused(fuse(0))


def test_all_three_phases_are_given() -> None:
    two: Any = (16.0, 16.0)
    assert "three figures" in refused(fuse(two))


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ({"usable_share": 0.0}, "usable share 0.0"),
        ({"usable_share": 1.1}, "usable share 1.1"),
        ({"usable_share": NAN}, "usable share nan"),
        ({"limit_watts": -1.0}, "limit -1.0"),
        ({"limit_watts": NAN}, "limit nan"),
        ({"busbar": math.inf}, "busbar rating inf"),
        ({"unbalance": -20.0}, "unbalance -20.0"),
        ({"others": -1.0}, "other loads: -1.0 A on L1"),
        ({"house_allowance": (1.0, NAN, 1.0)}, "house allowance: nan A on L2"),
        ({"demand": DemandWindow(minutes=20, target_watts=5000)}, "not 20"),
        ({"demand": DemandWindow(minutes=15, target_watts=NAN)}, "peak target nan W"),
        ({"breaker": Breaker(time_constant=0.0)}, "time constant 0.0 s"),
        ({"breaker": Breaker(time_constant=NAN)}, "time constant nan s"),
        ({"breaker": Breaker(time_constant=60, trips_at=1.0)}, "trips at 1.0"),
        ({"derating": Derating(starts_at=60, stops_at=60)}, "derating must end"),
        ({"derating": Derating(starts_at=NAN)}, "derating must end"),
        ({"transformer": Transformer(hot_spot_rise=0.0)}, "transformer's hot_spot_rise 0.0"),
    ],
)
def test_a_circuit_is_refused_with_its_name(rest: dict[str, Any], says: str) -> None:
    message = refused(fuse(16, **rest))
    assert message.startswith("circuit 'main'")
    assert says in message


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ({"wiring": ""}, "wiring"),
        ({"wiring": "L1 L1"}, "wiring"),
        ({"floor": 0.0}, "floor 0.0 A"),
        ({"floor": NAN}, "floor nan A"),
        ({"floor": 16.0, "maximum": 10.0}, "do not go together"),
        ({"maximum": 10_000.0}, "maximum 10000.0 A"),
        ({"step": 0.0}, "step 0.0 A"),
        ({"step": NAN}, "step nan A"),
        ({"step": 5e-324}, "step 5e-324 A"),
        ({"step": 5.0, "maximum": 9.0}, "no multiple of its step 5.0 A"),
        ({"levels": (0.0, 6.0)}, "levels"),
        ({"levels": (40.0,)}, "no level lies between"),
        ({"levels": (NAN,)}, "levels"),
        ({"line_to_line": True}, "line to line needs exactly two phases"),
        ({"weight": 0.0}, "weight 0.0"),
        ({"weight": math.inf}, "weight inf"),
        ({"fallback": 33.0}, "fall-back 33.0 A"),
        ({"fallback": NAN}, "fall-back nan A"),
        ({"slow_to_obey": -1.0}, "slow_to_obey -1.0 s"),
    ],
)
def test_a_charger_is_refused_with_its_name(rest: dict[str, Any], says: str) -> None:
    message = refused(fuse(16), box(**rest))
    assert message.startswith("charger 'a'")
    assert says in message


def test_what_is_no_phase_is_no_wiring() -> None:
    charger = box()
    object.__setattr__(charger, "wiring", (7,))
    assert (
        refused(fuse(16), charger) == "charger 'a': wiring must name one to three different phases"
    )


def test_a_charger_is_not_wired_to_a_phase_that_its_circuit_does_not_have() -> None:
    message = refused(fuse(25), fuse((16.0, 0.0, 0.0), "shed", "main"), box("a", "L2", "shed"))
    assert message == "charger 'a' is wired to L2, which circuit 'shed' does not have"


def test_nor_to_one_that_a_circuit_above_it_does_not_have() -> None:
    message = refused(fuse((25.0, 0.0, 0.0)), fuse(16, "shed", "main"), box("a", "L2", "shed"))
    assert message == "charger 'a' is wired to L2, which circuit 'main' does not have"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"turn_time": 0.0}, "turn_time 0.0 is not above 0"),
        ({"rise_rate": NAN}, "rise_rate nan is not above 0"),
        ({"hold": -1.0}, "hold -1.0 is not 0 or more"),
        ({"smoothing": NAN}, "smoothing nan is not 0 or more"),
        ({"boosts_per_week": -1}, "boosts_per_week -1 is not 0 or more"),
        ({"safe_grid_watts": NAN}, "safe_grid_watts nan is not 0 or more"),
        ({"battery_reserve": 120.0}, "battery_reserve 120.0 % is not between 0 and 100"),
    ],
)
def test_a_setting_is_refused_with_its_name(settings: dict[str, Any], says: str) -> None:
    assert refused(fuse(16), **settings) == f"settings: {says}"


@pytest.mark.parametrize("volts", [NAN, 12.0, 20_000.0])
def test_a_voltage_out_of_the_possible_is_refused(volts: float) -> None:
    site = house(fuse(16))
    with pytest.raises(SiteError, match=r"^voltage"):
        topology_of(Site(circuits=site.circuits, voltage=volts))
    with pytest.raises(SiteError, match=r"^line_voltage"):
        topology_of(Site(circuits=site.circuits, line_voltage=volts))
