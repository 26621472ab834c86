"""A move of cars accuses their meter, or acquits it, only where nobody else can have hidden it, second by second."""

from collections.abc import Iterable
import itertools

import pytest

from custom_components.fusewise.balancing.codes import FallbackCause
from custom_components.fusewise.balancing.heard import accusation, listen
from custom_components.fusewise.balancing.memory import UNHEARD, Heard
from custom_components.fusewise.balancing.model import NEVER, PerPhase, Phase
from custom_components.fusewise.balancing.seen import Seen

from .builders import NOW, fuse

CAR = (0.0, 10.0, 16.0, 8.0, 14.0, 6.0, 16.0)
LASTS = 40  # s for which each current flows

type Second = tuple[PerPhase, PerPhase, bool]
"""What the cars draw, what the meter shows, and whether one of the cars is told something."""


def listened(
    seconds: Iterable[Second],
    heard: Heard = UNHEARD,
    *,
    reports_every: int = 1,
    usable_share: float = 1.0,
) -> Heard:
    """What is known of a meter after this, with cars that are sampled every so many seconds."""
    circuit = fuse(63, meter="m", usable_share=usable_share)
    cars, told_at, sampled = (0.0, 0.0, 0.0), NEVER, NOW
    begins = NOW if heard.since == NEVER else heard.since + 1000.0
    for second, (drawn, shown, is_told) in enumerate(seconds):
        at = begins + second
        if is_told:
            told_at = at
        if second % reports_every == 0:
            cars, sampled = drawn, at
        seen = Seen(
            amperes=cars, oldest=(sampled, sampled, sampled), counts=(1, 1, 1), told_at=told_at
        )
        heard = listen(heard, shown, at, seen, circuit)
    return heard


def stretch(drawn: PerPhase, shown: PerPhase, lasts: int = LASTS) -> list[Second]:
    """Some seconds in which nothing changes."""
    return [(drawn, shown, False)] * lasts


def on_l1(moves: Iterable[tuple[float, PerPhase]], lasts: int = LASTS) -> list[Second]:
    """A car on L1 draws this one after the other, and the meter shows that."""
    return [each for drawn, shown in moves for each in stretch((drawn, 0.0, 0.0), shown, lasts)]


def shown_by_half(base: PerPhase, steps: Iterable[float] = CAR) -> list[Second]:
    """A car on L1 of which its meter shows half."""
    return on_l1((step, (base[0] + step / 2, base[1], base[2])) for step in steps)


def turned_round(count: int, phases: int) -> list[Second]:
    """So many moves of a car on so many phases, the wrong way round."""
    return [
        second
        for drawn in CAR[: count + 1]
        for second in stretch(_on(phases, drawn), _on(phases, -6.0 - drawn))
    ]


def _on(phases: int, amperes: float) -> PerPhase:
    return amperes, amperes if phases > 1 else 0.0, amperes if phases > 2 else 0.0


@pytest.mark.parametrize(
    ("phases", "enough"), [(1, 3), (2, 2), (3, 2)], ids=["one", "two", "three"]
)
def test_a_move_on_several_phases_counts_more_than_one_on_a_single_phase(
    phases: int, enough: int
) -> None:
    assert accusation(listened(turned_round(enough, phases))) is FallbackCause.REVERSED
    assert accusation(listened(turned_round(enough - 1, phases))) is None


def test_a_meter_that_is_turned_round_is_found_out_under_the_sun_too() -> None:
    drawn = (0.0, 10.0, 0.0, 14.0, 0.0)  # what is fed in becomes import each time
    turned = [each for a in drawn for each in stretch(_on(3, a), _on(3, 3.0 - a))]
    assert accusation(listened(turned)) is FallbackCause.REVERSED


def test_a_house_that_goes_down_by_more_than_a_car_rises_accuses_nobody() -> None:
    moves = itertools.cycle(((6.0, 5.0), (16.0, -2.0)))
    both = [
        each
        for drawn, shown in itertools.islice(moves, 6)
        for each in stretch(_on(3, drawn), _on(3, shown))
    ]
    assert accusation(listened(both)) is None


@pytest.mark.parametrize(
    ("base", "cause"),
    [
        ((3.0, 5.0, 0.0), FallbackCause.READS_LESS),
        ((3.0, -2.8, 0.0), None),
        ((3.0, -5.5, 0.0), None),
        ((0.3, 5.0, 0.0), None),
        ((-2.5, 10.0, 0.0), None),
    ],
    ids=[
        *("it flows in", "it begins at nothing", "it turns to import"),
        *("the phase begins at nothing", "the phase turns to import"),
    ],
)
def test_half_of_a_move_tells_only_where_nothing_can_have_hidden_the_rest(
    base: PerPhase, cause: FallbackCause | None
) -> None:
    from_rest = shown_by_half(base, (0.0, 10.0, 0.0, 14.0, 0.0, 12.0, 0.0))
    assert accusation(listened(from_rest)) is cause


def test_half_of_moves_that_all_end_at_one_figure_may_be_a_battery_that_shaves_peaks() -> None:
    moves = [(0.0, 7.0), (6.0, 10.0), (0.0, 6.0), (8.0, 10.0), (0.0, 5.0), (10.0, 10.0)]
    assert accusation(listened(on_l1((car, (shown, 0, 0)) for car, shown in moves))) is None


def test_half_of_moves_that_are_all_alike_may_be_all_that_a_battery_gives() -> None:
    house = (3.0, 5.0, 7.0, 4.0)
    moves = [
        each for a in house for each in ((0.0, a), (10.0, a + 5.0), (10.0, a + 7.0), (0.0, a + 2.0))
    ]
    assert accusation(listened(on_l1((car, (shown, 0, 0)) for car, shown in moves))) is None


def test_a_part_of_what_cars_do_on_one_phase_is_not_taken_for_another_phase() -> None:
    third = [each for a in CAR for each in stretch(_on(2, a), (6.0 + a / 3, 6.0 + a, 6.0))]
    heard = listened(third)
    assert heard.accused == (FallbackCause.READS_LESS, None, None)
    assert {answer.seen_on for answer in heard.answers[0]} == {None}


def test_a_move_that_both_other_phases_show_was_seen_on_neither() -> None:
    both = listened(on_l1((a, (6.0, 6.0 + 0.6 * a, 6.0 + 0.6 * a)) for a in CAR))
    assert {answer.seen_on for answer in both.answers[0]} == {None}
    other = listened(on_l1((a, (6.0, 6.0 + 0.6 * a, 6.0 + 0.4 * a)) for a in CAR))
    assert {answer.seen_on for answer in other.answers[0]} == {Phase.L2}


def test_two_right_moves_acquit_a_meter_and_one_does_not() -> None:
    lying = listened(shown_by_half((3.0, 5.0, 0.0)))
    right = [(drawn, (3.0 + drawn, 5.0, 0.0)) for drawn in (16.0, 6.0, 14.0)]
    assert accusation(listened(on_l1(right[:2]), lying)) is FallbackCause.READS_LESS
    assert accusation(listened(on_l1(right), lying)) is None


def test_a_move_that_is_shown_by_far_too_much_acquits_nobody() -> None:
    lying = listened(shown_by_half((3.0, 5.0, 0.0)))
    doubled = [(drawn, (3.0 + 2 * drawn, 5.0, 0.0)) for drawn in (16.0, 6.0, 14.0, 4.0)]
    assert accusation(listened(on_l1(doubled), lying)) is FallbackCause.READS_LESS


def test_only_the_last_answers_are_kept() -> None:
    heard = listened(shown_by_half((3.0, 5.0, 0.0), CAR * 3))
    assert len(heard.answers[0]) == 6


# --- what others do meanwhile ----------------------------------------------------------------------


def hidden(house_first: int, *, is_told: bool) -> list[Second]:
    """A house that goes the other way by what the car does, so many seconds before it, again and again."""
    seconds: list[Second] = []
    house, car_draws = 30.0, 0.0
    for number, step in enumerate((8.0, -8.0, 6.0, -6.0, 10.0, -10.0, 7.0, -7.0)):
        level = 1.5 * (number % 2)
        for second in range(30 + house_first + 25):
            moved = house - step if second >= 30 else house
            drawn = car_draws + step if second >= 30 + house_first else car_draws
            told_now = is_told and second == 29 + house_first
            flows = level * (number > 0) + moved + drawn
            seconds.append(((drawn, 0.0, 0.0), (flows, 0.0, 0.0), told_now))
        house, car_draws = house - step, car_draws + step
    return seconds


@pytest.mark.parametrize(("house_first", "is_told"), [(4, True), (12, True), (12, False)])
def test_a_house_that_moved_before_the_car_did_has_hidden_its_move(
    house_first: int, is_told: bool
) -> None:
    assert accusation(listened(hidden(house_first, is_told=is_told))) is None


def test_a_restless_house_tells_nothing() -> None:
    calm = shown_by_half((3.0, 5.0, 0.0))
    assert accusation(listened(calm)) is FallbackCause.READS_LESS
    restless = [
        (drawn, (shown[0] + 2.5 * (second % 2), shown[1], 0.0), told)
        for second, (drawn, shown, told) in enumerate(calm)
    ]
    assert accusation(listened(restless)) is None


def test_a_meter_of_whole_amperes_flickers_by_one_and_is_heard_all_the_same() -> None:
    whole = [
        (drawn, (round(shown[0]) + second % 2, shown[1], 0.0), told)
        for second, (drawn, shown, told) in enumerate(shown_by_half((3.0, 5.0, 0.0)))
    ]
    assert accusation(listened(whole)) is FallbackCause.READS_LESS


def test_a_move_that_takes_minutes_tells_nothing_because_the_house_moves_too() -> None:
    ramps = [
        ((step * up, 0.0, 0.0), (20.0 + step * up / 8, 0.0, 0.0), False)
        for step in (8.0, 14.0, 20.0)
        for up in [
            *[0.0] * 30,
            *[second / 300 for second in range(300)],
            *[1.0] * 30,
            *[1 - second / 300 for second in range(300)],
        ]
    ]
    assert accusation(listened(ramps)) is None


def test_cars_that_follow_the_house_at_the_share_that_may_be_used_accuse_nobody() -> None:
    moves = [(drawn, (46.0 + drawn / 4, 0.0, 0.0)) for drawn in CAR]
    assert accusation(listened(on_l1(moves), usable_share=0.8)) is None
    assert accusation(listened(on_l1(moves))) is FallbackCause.READS_LESS


@pytest.mark.parametrize("lag", [12, 15])
def test_a_meter_that_is_later_than_any_that_is_understood_is_right_all_the_same(lag: int) -> None:
    true = on_l1((drawn, (6.0 + drawn, 0.0, 0.0)) for drawn in CAR)
    late = [
        (drawn, true[max(0, second - lag)][1], told) for second, (drawn, _, told) in enumerate(true)
    ]
    assert accusation(listened(late)) is None


def test_a_charger_that_reports_seldom_shows_later_than_the_meter_what_its_car_did() -> None:
    moves = [(drawn, (6.0 + drawn, 0.0, 0.0)) for drawn in CAR]
    assert accusation(listened(on_l1(moves, lasts=61), reports_every=30)) is None


def test_cars_that_are_told_in_steps_are_heard_over_all_of_them() -> None:
    halves: list[Second] = []
    before = 0.0
    for drawn in CAR[1:]:
        for second in range(75):
            flows = (before + drawn) / 2 if second < 15 else drawn
            halves.append(((flows, 0.0, 0.0), (3.0 + flows / 2, 5.0, 0.0), second in (0, 15, 30)))
        before = drawn
    assert accusation(listened(halves)) is FallbackCause.READS_LESS
