"""A meter must answer what cars do; what others do in answer to the cars is no fault of the meter."""

from collections.abc import Callable, Iterable

from custom_components.fusewise.balancing.codes import FallbackCause, NoticeCode
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.heard import acquit
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.balancing.model import ChargerStatus, PerPhase

from .builders import NOW, box, car, fuse, house, run, seen, shows

SITE = house(
    fuse(63, meter="m", house_allowance=(5.0, 5.0, 5.0)), box("a", "L1 L2 L3"), smoothing=1.0
)
LASTS = 40  # s for which each current flows

type Shown = Callable[[int, float], float | PerPhase]
"""What the meter shows in the step of that number, in which the car draws that much."""


def after(
    steps: Iterable[float],
    shown: Shown,
    *,
    memory: Memory | None = None,
    begins: float = NOW,
    lasts: int = LASTS,
) -> Decision:
    """The last decision when the car has drawn these currents one after the other."""
    memory, at, decision = memory or Memory(), begins, None
    for number, amperes in enumerate(steps):
        for _ in range(lasts):
            at += 1.0
            flicker = 0.2 * (at % 2)
            meter = shown(number, amperes)
            one, two, three = meter if isinstance(meter, tuple) else (meter, meter, meter)
            reading = car(amperes, amperes, amperes, at=at, status=ChargerStatus.CHARGING)
            shows_now = shows((one + flicker, two + flicker, three + flicker), at)
            decision = run(SITE, seen({"a": reading}, {"m": shows_now}, now=at), memory=memory)
            memory = decision.memory
    assert decision is not None
    return decision


def cause(decision: Decision) -> FallbackCause | None:
    return decision.circuits[0].fallback


HOUSE = (6.0, 4.0, 9.0, 5.0, 8.0, 6.0, 7.0)
CAR = (0.0, 10.0, 16.0, 8.0, 14.0, 6.0, 16.0)


def test_a_meter_that_shows_what_cars_do_is_right() -> None:
    assert cause(after(CAR, lambda number, drawn: HOUSE[number % 2] / 2 + drawn)) is None


def test_a_meter_that_shows_half_is_found_out() -> None:
    assert cause(after(CAR, lambda _, drawn: (6.0 + drawn) / 2)) is FallbackCause.READS_LESS


def test_three_moves_of_half_are_not_enough() -> None:
    assert cause(after(CAR[:4], lambda _, drawn: (6.0 + drawn) / 2)) is None


def test_a_move_that_is_shown_as_it_was_takes_it_all_back() -> None:
    def shown(number: int, drawn: float) -> float:
        return 6.0 + drawn if number in (3, 4) else (6.0 + drawn) / 2

    assert cause(after(CAR, shown)) is None


def test_a_meter_that_is_turned_round_is_found_out_by_two_moves_on_three_phases() -> None:
    decision = after(CAR[:3], lambda _, drawn: -6.0 - drawn)
    assert cause(decision) is FallbackCause.REVERSED
    told = [n.detail for n in decision.notices if n.code is NoticeCode.METER_REVERSED]
    assert told == ["L1", "L2", "L3"]


def test_moves_that_are_too_small_show_nothing() -> None:
    small = (6.0, 9.0, 6.0, 9.5, 6.0, 9.0, 6.0)
    assert cause(after(small, lambda _, drawn: 20.0 - drawn)) is None


def test_a_battery_that_keeps_the_site_at_nothing_accuses_nobody() -> None:
    assert cause(after(CAR, lambda _, drawn: 0.0)) is None
    # … also where it gives all that it has: 9 A on each phase
    assert cause(after(CAR, lambda _, drawn: max(0.0, 6.0 + drawn - 9.0))) is None


def test_a_battery_on_one_phase_that_keeps_the_sum_accuses_nobody() -> None:
    """Where it feeds in, the current goes down by twice as much as the car draws."""
    decision = after(CAR, lambda _, drawn: (3.0 - 2 * drawn - 14.0, 7.0 + drawn, 4.0 + drawn))
    assert cause(decision) is None


def test_a_battery_that_shaves_peaks_accuses_nobody() -> None:
    for power in (6.0, 11.0, 30.0):

        def shaved(number: int, drawn: float, most: float = power) -> float:
            flows = HOUSE[number] + drawn
            return max(min(flows, 10.0), flows - most)

        assert cause(after(CAR, shaved)) is None


def test_cars_that_follow_the_house_at_the_limit_accuse_nobody() -> None:
    """The house goes down as the car goes up: what flows is always what may flow."""
    assert cause(after(CAR, lambda number, drawn: 60.0 + 0.1 * HOUSE[number])) is None
    assert cause(after(CAR, lambda number, drawn: 30.0 + drawn / 5)) is FallbackCause.READS_LESS


def test_a_meter_that_is_late_is_right() -> None:
    last: list[float] = [0.0]

    def late(_: int, drawn: float) -> float:
        last.append(drawn)
        return 6.0 + last[max(0, len(last) - 10)]

    assert cause(after(CAR, late)) is None


def test_a_meter_that_was_changed_is_believed_until_it_lies_again() -> None:
    lying = after(CAR, lambda _, drawn: (6.0 + drawn) / 2)
    assert cause(lying) is FallbackCause.READS_LESS
    begins = NOW + LASTS * len(CAR)
    same = after((16.0,), lambda _, drawn: 20.0, memory=lying.memory, begins=begins)
    assert cause(same) is FallbackCause.READS_LESS
    changed = acquit(lying.memory, ["m", "another"])
    assert cause(after((16.0,), lambda _, drawn: 20.0, memory=changed, begins=begins)) is None


def test_what_a_lying_meter_has_shown_of_the_house_is_forgotten() -> None:
    lying = after(CAR, lambda _, drawn: (6.0 + drawn) / 2)
    assert lying.memory.circuits["main"].since is None
