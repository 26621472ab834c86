"""What chargers are armed with fits the fuse while nobody looks; who does not fit pauses."""

from hypothesis import given, strategies as st

from custom_components.fusewise.balancing.arming import Armed, arm
from custom_components.fusewise.balancing.model import PHASES, PerPhase, Phase, Site

from .builders import box, fuse, house

L1, L2, L3 = Phase.L1, Phase.L2, Phase.L3
THREE = "L1 L2 L3"


def fallbacks(site: Site, **house_draws: PerPhase) -> dict[str, float]:
    return dict(arm(site, house_draws).fallbacks)


def test_everybody_is_armed_where_all_fit_beside_the_house() -> None:
    site = house(fuse(25), box("a", THREE), box("b", "L2"))
    armed = arm(site, {"main": (10.0, 10.0, 10.0)})
    assert armed == Armed(fallbacks={"a": 6, "b": 6})


def test_who_does_not_fit_pauses_and_it_is_told_why() -> None:
    site = house(fuse(20), box("a", THREE), box("b", "L2"))
    armed = arm(site, {"main": (10.0, 10.0, 10.0)})
    assert armed.fallbacks == {"a": 6, "b": 0}
    (unfit,) = armed.unfit
    assert (unfit.charger, unfit.fallback) == ("b", 6)
    assert (unfit.circuit, unfit.phase) == ("main", L2)
    assert (unfit.rating, unfit.house, unfit.others) == (20, 10, 6)


def test_a_charger_that_fits_is_armed_though_one_before_it_did_not() -> None:
    site = house(fuse(20), box("a", THREE, fallback=16.0), box("b"))
    assert fallbacks(site, main=(10.0, 10.0, 10.0)) == {"a": 0, "b": 6}


def test_the_higher_priority_is_armed_first_and_then_who_stands_first() -> None:
    site = house(fuse(16), box("a"), box("b"), box("c", priority=1))
    assert fallbacks(site, main=(4.0, 4.0, 4.0)) == {"a": 6, "b": 0, "c": 6}


def test_other_phases_have_room_of_their_own() -> None:
    site = house(fuse(16), box("a", "L1"), box("b", "L2"), box("c", "L3"))
    assert fallbacks(site, main=(10.0, 10.0, 11.0)) == {"a": 6, "b": 6, "c": 0}


def test_a_fall_back_of_nothing_always_fits() -> None:
    site = house(fuse(16), box("a", fallback=0.0))
    assert arm(site, {"main": (16.0, 16.0, 16.0)}) == Armed(fallbacks={"a": 0})


def test_nobody_is_armed_beside_a_house_of_which_nothing_is_known() -> None:
    assert fallbacks(house(fuse(63, others=None), box("a"))) == {"a": 0}


def test_a_panel_has_a_fuse_of_its_own() -> None:
    site = house(
        fuse(63, others=None),
        fuse(16, "garage", "main", others=2.0),
        box("a", circuit="garage"),
        box("b", circuit="garage"),
        box("c", circuit="garage"),
    )
    assert fallbacks(site, main=(20.0, 20.0, 20.0)) == {"a": 6, "b": 6, "c": 0}


def test_all_of_a_feeders_load_may_be_on_a_panel_of_which_nobody_said_anything() -> None:
    site = house(
        fuse(63, others=None),
        fuse(16, "garage", "main", others=None),
        box("a", circuit="garage"),
        box("b"),
    )
    assert fallbacks(site, main=(12.0, 12.0, 12.0)) == {"a": 0, "b": 6}


def test_what_a_panel_feeds_counts_on_it_too() -> None:
    site = house(
        fuse(20, others=4.0),
        fuse(16, "garage", "main", others=None),
        fuse(16, "shed", "garage", others=5.0),
        box("a"),
        box("b"),
    )
    # 20 A - 4 A - 5 A leave 11 A.
    assert fallbacks(site) == {"a": 6, "b": 0}


def test_a_charger_that_was_seen_not_to_fall_back_takes_its_maximum_from_the_others() -> None:
    site = house(fuse(32), box("a", maximum=20.0), box("b"), box("c"))
    house_draws = {"main": (6.0, 6.0, 6.0)}
    assert arm(site, house_draws).unfit == ()
    armed = arm(site, house_draws, failed={"b"})
    assert armed.fallbacks == {"a": 0, "b": 6, "c": 0}
    armed = arm(site, house_draws, failed={"a"})
    assert armed.fallbacks == {"a": 6, "b": 6, "c": 0}


amperes = st.floats(0, 60)
house_loads = st.tuples(amperes, amperes, amperes)
wirings = st.sampled_from(["L1", "L2", "L3", "L2 L3", "L1 L2 L3", "L3 L1 L2"])


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """A main fuse, two panels one behind the other, and chargers anywhere."""
    ratings = draw(st.lists(st.floats(6, 63), min_size=3, max_size=3))
    circuits = [
        fuse(rating, name, parent, others=draw(st.none() | house_loads))
        for rating, name, parent in zip(
            ratings, ("main", "panel", "shed"), (None, "main", "panel"), strict=True
        )
    ]
    chargers = [
        box(
            f"charger {number}",
            draw(wirings),
            draw(st.sampled_from(["main", "panel", "shed"])),
            fallback=draw(st.sampled_from([0.0, 6.0, 7.5, 16.0])),
            priority=draw(st.integers(0, 2)),
        )
        for number in range(draw(st.integers(1, 8)))
    ]
    return house(*circuits, *chargers)


@given(sites(), st.dictionaries(st.sampled_from(["main", "panel", "shed"]), house_loads))
def test_what_is_armed_fits_every_fuse_and_nobody_who_fits_is_left_out(
    site: Site, house_draws: dict[str, PerPhase]
) -> None:
    result = arm(site, house_draws)
    armed = result.fallbacks
    for charger in site.chargers:
        assert armed[charger.id] in {0.0, charger.fallback}
    parents = {circuit.id: circuit.parent for circuit in site.circuits}

    def above(circuit: str | None) -> list[str]:
        return [] if circuit is None else [circuit, *above(parents[circuit])]

    def left(circuit: str, phase: int) -> float:
        """The most that is left, by those figures that are sure to count there."""
        rating = next(c.rating[phase] for c in site.circuits if c.id == circuit)
        known = house_draws.get(circuit)
        taken = sum(
            armed[c.id]
            for c in site.chargers
            if circuit in above(c.circuit) and phase in map(int, c.wiring)
        )
        return rating - (0.0 if known is None else min(known[phase], rating)) - taken

    for circuit in site.circuits:
        for phase in range(PHASES):
            assert left(circuit.id, phase) >= -1e-5
    for unfit in result.unfit:
        assert unfit.others + unfit.house + unfit.fallback > unfit.rating
