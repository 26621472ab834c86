"""A meter that shows cars' moves seconds later than their chargers do is found out, and understood."""

from custom_components.fusewise.balancing.late import follow, widen
from custom_components.fusewise.balancing.memory import MeterMemory
from custom_components.fusewise.balancing.model import PerPhase

NOW = 1000.0


def on_l1(amperes: float) -> PerPhase:
    return amperes, 0.0, 0.0


def watched(
    lag: int, cars: list[float], house: list[float] | None = None, *, late: float = 0.0
) -> MeterMemory:
    """The memory of a meter that is `lag` s late, after the cars (and the house) drew this, second by second."""
    memory = MeterMemory(current=on_l1(0.0), measured_at=NOW - 1, late=late)
    loads = house or [3.0] * len(cars)
    for second, drawn in enumerate(cars):
        then = max(0, second - lag)
        memory = MeterMemory(
            current=on_l1(cars[then] + loads[then]),
            measured_at=NOW + second,
            trail=memory.trail,
            late=memory.late,
            seemed=memory.seemed,
        )
        memory = follow(memory, on_l1(drawn), on_l1(drawn), on_l1(drawn))
    return memory


def moves(*amperes: float) -> list[float]:
    """Each for twenty seconds."""
    return [drawn for drawn in amperes for _ in range(20)]


def test_a_meter_that_shows_each_move_at_once_is_not_late() -> None:
    assert watched(0, moves(0, 6, 11, 16, 6)).late == 0.0


def test_two_moves_that_are_shown_later_make_it_late() -> None:
    assert watched(3, moves(0, 6, 11)).late == 3.0
    assert watched(6, moves(0, 16, 6)).late == 6.0


def test_one_move_is_not_enough_because_it_may_have_been_the_house() -> None:
    assert watched(3, moves(0, 6)).late == 0.0


def test_one_move_after_a_silence_does_not_make_a_late_meter_timely() -> None:
    assert watched(5, moves(0, 6), late=3.0).late == 3.0


def test_a_move_over_several_samples_is_understood() -> None:
    ramp = [0.0] * 20 + [4.0, 8.0, 12.0] + [16.0] * 20 + [12.0, 8.0, 4.0] + [0.0] * 20
    assert watched(4, ramp).late == 4.0


def test_a_house_that_moves_by_itself_makes_no_meter_late() -> None:
    cars = moves(6, 6, 12, 12, 6, 6)
    house = [3.0 if second % 14 < 7 else 9.0 for second in range(len(cars))]
    assert watched(0, cars, house).late == 0.0


def test_what_is_not_seen_again_fades() -> None:
    late = watched(3, moves(0, 6, 11))
    memory = late
    for number in range(60):
        second = 100 + 20 * number
        for drawn in (6.0, 12.0):
            for _ in range(10):
                second += 1
                memory = follow(
                    MeterMemory(
                        current=on_l1(drawn + 3.0),
                        measured_at=NOW + second,
                        trail=memory.trail,
                        late=memory.late,
                        seemed=memory.seemed,
                    ),
                    on_l1(drawn),
                    on_l1(drawn),
                    on_l1(drawn),
                )
    assert memory.late == 0.0


def test_of_a_late_meter_all_counts_that_cars_drew_since_it_may_have_measured() -> None:
    memory = watched(3, [*moves(0, 6, 11), 16.0, 16.0])
    least, most = [16.0, 0.0, 0.0], [16.0, 0.0, 0.0]
    widen(memory, least, most, every=1.0)
    assert (least, most) == ([11.0, 0.0, 0.0], [16.0, 0.0, 0.0])


def test_a_fall_of_the_cars_may_not_have_been_shown_yet_either() -> None:
    memory = watched(3, [*moves(0, 6, 11, 16), 11.0, 11.0])
    least, most = [11.0, 0.0, 0.0], [11.0, 0.0, 0.0]
    widen(memory, least, most, every=1.0)
    assert (least, most) == ([11.0, 0.0, 0.0], [16.0, 0.0, 0.0])


def test_of_a_meter_that_is_not_late_only_this_moment_counts() -> None:
    memory = watched(0, [*moves(0, 6, 11), 16.0, 16.0])
    least, most = [16.0, 0.0, 0.0], [16.0, 0.0, 0.0]
    widen(memory, least, most, every=1.0)
    assert (least, most) == ([16.0, 0.0, 0.0], [16.0, 0.0, 0.0])


def test_a_car_that_is_sampled_seldom_may_have_moved_earlier() -> None:
    memory = watched(3, [*moves(0, 6, 11), 16.0, 16.0, 16.0, 16.0, 16.0])
    for every, known_least in ((0.0, 16.0), (5.0, 11.0)):
        least, most = [16.0, 0.0, 0.0], [16.0, 0.0, 0.0]
        widen(memory, least, most, every=every)
        assert least[0] == known_least
