"""How much more the cars could take."""

from itertools import product

import hypothesis
from hypothesis import strategies as st
import pytest

from custom_components.fusewise.balancing.model import Phase
from custom_components.fusewise.simulation import Appetite, room_left

ALL = (Phase.L1, Phase.L2, Phase.L3)
ROTATED = (Phase.L2, Phase.L3, Phase.L1)


def car(
    phases: tuple[Phase, ...], current: float, ceiling: float = 16.0, floor: float = 6.0
) -> Appetite:
    return Appetite(phases=phases, current=current, floor=floor, ceiling=ceiling)


def test_one_car_could_take_what_is_left_on_its_phase() -> None:
    assert room_left((9.0, 9.0, 9.0), [car((Phase.L2,), 10.0)]) == pytest.approx(6.0)
    assert room_left((9.0, 4.0, 9.0), [car((Phase.L2,), 10.0)]) == pytest.approx(4.0)


def test_a_three_phase_car_is_held_by_its_tightest_phase() -> None:
    saloon = car(ALL, 8.0)
    assert room_left((10.0, 2.0, 10.0), [saloon]) == pytest.approx(6.0)
    for phase in ALL:
        assert room_left((10.0, 2.0, 10.0), [saloon], phase) == pytest.approx(2.0)


def test_a_rotated_car_counts_on_the_conductors_that_it_really_uses() -> None:
    two_phases_of_a_rotated_charger = car(ROTATED[:2], 8.0)
    left = (1.0, 5.0, 7.0)
    assert room_left(left, [two_phases_of_a_rotated_charger]) == pytest.approx(10.0)
    assert room_left(left, [two_phases_of_a_rotated_charger], Phase.L1) == 0.0
    assert room_left(left, [two_phases_of_a_rotated_charger], Phase.L3) == pytest.approx(5.0)


def test_a_full_phase_leaves_no_room_to_the_three_phase_cars_on_it() -> None:
    fair = [car(ALL, 7.0), car((Phase.L2,), 7.0), car(ROTATED, 7.0)]
    assert room_left((7.0, 0.0, 7.0), fair) == 0.0
    assert room_left((7.0, 0.0, 7.0), fair, Phase.L1) == 0.0


def test_a_paused_car_needs_room_for_its_floor() -> None:
    assert room_left((16.0, 5.9, 16.0), [car(ALL, 0.0)]) == 0.0
    assert room_left((16.0, 6.0, 16.0), [car(ALL, 0.0)]) == pytest.approx(18.0)


def test_only_as_many_paused_cars_start_as_find_their_floor() -> None:
    paused = [car((Phase.L1,), 0.0), car((Phase.L1,), 0.0)]
    assert room_left((11.0, 0.0, 0.0), paused) == pytest.approx(11.0)
    small = [car((Phase.L1,), 0.0, ceiling=6.0), car((Phase.L1,), 0.0, ceiling=6.0)]
    assert room_left((11.0, 0.0, 0.0), small) == pytest.approx(6.0)
    assert room_left((12.0, 0.0, 0.0), small) == pytest.approx(12.0)


def test_a_full_car_could_take_nothing() -> None:
    assert room_left((16.0, 16.0, 16.0), [car(ALL, 0.0, ceiling=0.0, floor=0.0)]) == 0.0


def test_an_overrun_fuse_leaves_no_room() -> None:
    assert room_left((-3.0, 20.0, 20.0), [car(ALL, 10.0)]) == 0.0


def test_many_paused_cars_are_counted_without_trying_every_choice() -> None:
    cars = [car((Phase.L1,), 0.0) for _ in range(50)]
    assert room_left((100.0, 0.0, 0.0), cars) == pytest.approx(100.0)


SETS = [ALL, ROTATED, (Phase.L1,), (Phase.L2,), (Phase.L1, Phase.L2), (Phase.L3, Phase.L2)]


@hypothesis.settings(max_examples=40, deadline=None)
@hypothesis.given(
    left=st.tuples(*[st.integers(0, 4)] * 3),
    cars=st.lists(
        st.tuples(st.sampled_from(SETS), st.integers(0, 1), st.integers(0, 3)),
        min_size=1,
        max_size=3,
    ),
    phase=st.sampled_from([None, *ALL]),
)
def test_the_room_is_what_trying_every_sharing_in_half_amperes_finds(
    left: tuple[int, int, int],
    cars: list[tuple[tuple[Phase, ...], int, int]],
    phase: Phase | None,
) -> None:
    # With whole numbers the corners of such a sharing problem are whole or half ones.
    appetites = [
        car(phases, float(now), ceiling=float(now + more), floor=float(min(1, now + more)))
        for phases, now, more in cars
    ]
    choices = [
        [0.0, *(y / 2 for y in range(2 if a.current == 0 else 0, 2 * more + 1))]
        for a, (_, _, more) in zip(appetites, cars, strict=True)
    ]
    best = 0.0
    for taken in product(*choices):
        used = [sum(y for y, a in zip(taken, appetites, strict=True) if p in a.phases) for p in ALL]
        if all(used[p] <= left[p] for p in ALL):
            best = max(best, sum(used) if phase is None else used[phase])
    amperes = (float(left[0]), float(left[1]), float(left[2]))
    assert room_left(amperes, appetites, phase) == pytest.approx(best)
