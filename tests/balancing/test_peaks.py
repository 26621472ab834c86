"""What has come and gone on a circuit is remembered by the half-minute."""

from dataclasses import replace

from custom_components.fusewise.balancing.memory import CircuitMemory
from custom_components.fusewise.balancing.model import PerPhase
from custom_components.fusewise.balancing.peaks import peaks_of, rises_of, span_of

BEGINS = 30.0 * 1000


def watched(*loads: tuple[float, PerPhase | None]) -> CircuitMemory:
    """The memory after these loads, each (s after the beginning of a half-minute, A)."""
    memory = CircuitMemory()
    for seconds, others in loads:
        now = BEGINS + seconds
        span = span_of(now)
        rises, lowest = rises_of(memory, others, span)
        memory = replace(
            memory,
            peaks=peaks_of(memory, others, span),
            rises=rises,
            lowest=lowest,
            peaks_at=span,
        )
    return memory


def on_l1(amperes: float) -> PerPhase:
    return amperes, 0.0, 0.0


def rises_on_l1(memory: CircuitMemory) -> list[float]:
    return [rises[0] for rises in memory.rises]


def test_the_most_of_each_half_minute_is_kept_the_newest_first() -> None:
    memory = watched((0, on_l1(3)), (10, on_l1(9)), (20, on_l1(4)), (31, on_l1(5)), (61, on_l1(2)))
    assert memory.peaks == (on_l1(2), on_l1(5), on_l1(9))


def test_what_is_older_than_ten_minutes_is_forgotten() -> None:
    memory = watched(*((30.0 * span, on_l1(float(span))) for span in range(25)))
    assert [peak[0] for peak in memory.peaks] == [float(span) for span in range(24, 4, -1)]


def test_of_half_minutes_in_which_nobody_looked_nothing_is_kept() -> None:
    memory = watched((0, on_l1(9)), (30, None), (60, None), (90, on_l1(3)))
    assert memory.peaks == (on_l1(3), on_l1(9))


def test_each_rise_from_what_the_load_had_come_back_to_counts() -> None:
    memory = watched(
        (0, on_l1(3)),
        (5, on_l1(12)),
        (10, on_l1(3)),
        (15, on_l1(12)),
        (20, on_l1(3)),
        (25, on_l1(5)),
    )
    assert rises_on_l1(memory)[0] == 2  # from 3 to 5 A is no load that comes
    assert memory.lowest == on_l1(3)


def test_a_load_that_comes_in_two_steps_rises_twice() -> None:
    assert rises_on_l1(watched((0, on_l1(3)), (5, on_l1(6)), (6, on_l1(12))))[0] == 2


def test_rises_of_more_than_three_minutes_ago_are_forgotten() -> None:
    rose = (0.0, on_l1(3)), (5.0, on_l1(12))
    assert rises_on_l1(watched(*rose, (150, on_l1(12)))) == [0, 0, 0, 0, 0, 1]
    assert rises_on_l1(watched(*rose, (180, on_l1(12)))) == [0, 0, 0, 0, 0, 0]


def test_what_the_load_did_while_nobody_looked_is_no_rise() -> None:
    assert rises_on_l1(watched((0, on_l1(3)), (5, None), (10, on_l1(12))))[0] == 0
