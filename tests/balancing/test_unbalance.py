"""How far one phase may be above another: only what others are sure to carry there makes room."""

from itertools import permutations

from hypothesis import given, strategies as st

from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.model import ChargerReading, PerPhase, Phase, Site

from .builders import NO_CAR, NOW, box, car, fuse, house, run, seen, shows, targets, told, why
from .sites import SMALL, Account


def limited(*boxes: str, others: PerPhase = (0.0, 0.0, 0.0), unbalance: float = 20) -> Site:
    """A house with a limit of unbalance, and chargers a, b, … wired so."""
    names = "abcdef"[: len(boxes)]
    return house(
        fuse(63, others=others, unbalance=unbalance),
        *(box(name, wiring) for name, wiring in zip(names, boxes, strict=True)),
    )


def test_a_one_phase_car_is_no_further_above_the_others_than_the_limit() -> None:
    site = limited("L1")
    decision = run(site, seen("a"))
    assert targets(decision) == {"a": 20}
    assert why(decision) is ReasonCode.UNBALANCE
    reason = decision.setpoints[0].reason
    assert (reason.circuit, reason.limit, reason.source) == ("main", 20, "unbalance")


def test_the_house_counts_on_both_sides() -> None:
    assert targets(run(limited("L1", others=(3, 8, 8)), seen("a"))) == {"a": 25}
    assert targets(run(limited("L1", others=(8, 3, 3)), seen("a"))) == {"a": 15}


def test_two_cars_on_one_phase_share_what_is_allowed() -> None:
    assert targets(run(limited("L1", "L1"), seen("ab"))) == {"a": 10, "b": 10}


def test_what_a_car_has_not_yet_drawn_on_another_phase_is_not_sure() -> None:
    site = limited("L1", "L2", "L3", others=(0, 0, 0))
    promised = run(site, seen("abc"))
    assert set(targets(promised).values()) == {20}
    drawing = {"a": car(16), "b": car(10), "c": car(12)}
    # L1 may be 20 A above L2, where 10 A are sure, and so on.
    assert targets(run(site, seen(drawing))) == {"a": 30, "b": 32, "c": 30}


def test_who_gets_less_helps_less() -> None:
    # b draws 10 A now, but its phase has only 6 A left for it.
    site = house(
        fuse((63.0, 6.0, 63.0), unbalance=20), box("a"), box("b", "L2"), box("c", "L3", maximum=16)
    )
    drawing = {"a": car(16), "b": car(10), "c": car(16)}
    assert targets(run(site, seen(drawing))) == {"a": 26, "b": 6, "c": 16}


def test_a_three_phase_car_is_balanced_in_itself_once_it_is_seen_to_use_all_three() -> None:
    site = limited("L1 L2 L3")
    assert targets(run(site, seen("a"))) == {"a": 20}
    assert targets(run(site, seen({"a": car(6, 6, 6)}))) == {"a": 32}


def test_and_it_is_not_lowered_for_a_one_phase_car_beside_it() -> None:
    site = limited("L1 L2 L3", "L1", unbalance=10)
    decision = run(site, seen({"a": car(16, 16, 16), "b": car(8)}))
    assert targets(decision) == {"a": 32, "b": 10}


def test_a_one_phase_car_on_a_three_phase_charger_is_one_phase() -> None:
    site = limited("L1 L2 L3")
    assert targets(run(site, seen({"a": car(16, 0, 0)}))) == {"a": 20}


def test_a_line_to_line_car_loads_two_phases_alike() -> None:
    site = house(fuse(63, unbalance=10), box("a", "L1 L2", line_to_line=True))
    # against L3 it counts, between its own two phases it does not
    assert targets(run(site, seen("a"))) == {"a": 10}
    two = house(fuse((63.0, 63.0, 0.0), unbalance=10), *site.chargers)
    assert targets(run(two, seen("a"))) == {"a": 32}


def test_who_cannot_be_told_anything_counts_where_it_may_draw_and_helps_nowhere() -> None:
    site = house(
        fuse(63, unbalance=20),
        box("a"),
        box("b", fallback=8, fallback_proved=True),
        box("c", "L2", fallback=8, fallback_proved=True),
    )
    unheard = ChargerReading(status=NO_CAR.status, online=False)
    assert targets(run(site, seen({"a": car(), "b": unheard}))) == {"a": 12, "b": 0, "c": 0}
    assert targets(run(site, seen({"a": car(), "c": unheard}))) == {"a": 20, "b": 0, "c": 0}


def test_a_car_that_falls_asleep_takes_its_help_along_at_once() -> None:
    site = house(fuse(63, meter="m", unbalance=20), box("a"), box("b", "L2", maximum=16))
    both = {"a": car(20), "b": car(16)}
    one = run(site, seen(both, {"m": shows((20, 16, 0))}))
    assert targets(one)["a"] == 20  # L3 has nothing
    three = house(fuse(63, meter="m", unbalance=20), *site.chargers, box("c", "L3", maximum=16))
    awake = {"a": car(30), "b": car(16), "c": car(16)}
    two = run(three, seen(awake, {"m": shows((30, 16, 16))}))
    assert told(two)["a"] == 32
    asleep = {
        "a": car(32, at=NOW + 1),
        "b": car(0.0, at=NOW + 1),
        "c": car(16, at=NOW + 1),
    }
    meters = {"m": shows((32, 0, 16), NOW + 1)}
    assert told(run(three, seen(asleep, meters, now=NOW + 1), memory=two.memory))["a"] == 20


@st.composite
def drawing(draw: st.DrawFn, /) -> tuple[Site, dict[str, ChargerReading]]:
    """Cars of all kinds that draw what they draw, on a house whose limit of unbalance is small."""
    wirings = draw(
        st.lists(st.sampled_from(["L1", "L2", "L3", "L1 L2", "L1 L2 L3"]), min_size=1, max_size=6)
    )
    others = draw(st.tuples(*[st.sampled_from([0.0, 4.0, 11.0])] * 3))
    site = limited(*wirings, others=others, unbalance=draw(st.sampled_from([6.0, 10.0, 20.0])))
    readings = {
        charger.id: car(*(draw(st.sampled_from([0.0, 6.0, 16.0])) for _ in charger.wiring))
        for charger in site.chargers
    }
    return site, readings


@given(drawing())
def test_whoever_draws_less_than_it_may_the_limit_holds(
    case: tuple[Site, dict[str, ChargerReading]],
) -> None:
    site, readings = case
    given_out = targets(run(site, seen(readings)))
    (circuit,) = site.circuits
    account = Account(site, given_out)
    for upper, lower in permutations(Phase, 2):
        above, loaded = 0.0, False
        for charger in site.chargers:
            sample = dict(zip(charger.wiring, readings[charger.id].current or (), strict=True))
            share = given_out[charger.id]
            if min(sample.get(upper, 0.0), sample.get(lower, 0.0)) > 1:
                continue  # seen to use both: the same on both
            if upper in sample and share:
                above, loaded = above + share, True
            above -= min(share, sample.get(lower, 0.0))
        alone = account.others(circuit, upper) - account.others(circuit, lower)
        if loaded:  # what the house does alone is not the balancer's
            assert alone + above <= (circuit.unbalance or 0.0) + SMALL
