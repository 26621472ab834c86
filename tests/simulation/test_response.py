"""A current follows its target after a dead time, with a slope."""

import pytest

from custom_components.fusewise.simulation import Response


def test_nothing_moves_before_the_dead_time_and_then_it_moves_with_the_slope() -> None:
    response = Response(dead_time=4.0, slope=4.0, current=6.0)
    currents = [response.step(16.0, 0.1) for _ in range(80)]
    assert currents[38] == 6.0
    assert currents[39] == pytest.approx(6.4)
    assert currents[63] == pytest.approx(16.0)
    assert currents[-1] == 16.0


def test_every_target_is_honoured_after_its_own_dead_time() -> None:
    response = Response(dead_time=4.0, slope=100.0, current=6.0)
    targets = [10.0] * 10 + [20.0] * 10 + [8.0] * 60
    currents = [response.step(target, 0.1) for target in targets]
    assert currents[38] == 6.0
    assert currents[45] == 10.0
    assert currents[55] == 20.0
    assert currents[60] == 8.0


def test_a_stopped_one_forgets_what_it_was_told() -> None:
    response = Response(dead_time=1.0, slope=100.0, current=6.0)
    response.step(16.0, 0.1)
    response.stop()
    assert [response.step(0.0, 0.1) for _ in range(30)] == [0.0] * 30
