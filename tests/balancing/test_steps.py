"""A charger is told only what it can be told: a multiple of its step, or one of its levels."""

import math

import pytest

from custom_components.fusewise.balancing.steps import round_down, round_up, step_up

from .builders import box

WHOLE = box(step=1.0)
LEVELS = box(levels=(6.0, 8.0, 10.0, 13.0, 16.0))


@pytest.mark.parametrize(
    ("current", "down", "up", "next_one"),
    [(6.9, 6, 7, 7), (7.0, 7, 7, 8), (6.9999999, 7, 7, 8), (0.5, 0, 1, 1)],
)
def test_whole_amperes(current: float, down: float, up: float, next_one: float) -> None:
    assert round_down(WHOLE, current) == down
    assert round_up(WHOLE, current) == up
    assert step_up(WHOLE, current) == next_one


@pytest.mark.parametrize(
    ("current", "down", "up", "next_one"),
    [(12.9, 10, 13, 13), (13.0, 13, 13, 16), (5.0, 0, 6, 6), (40.0, 16, math.inf, math.inf)],
)
def test_levels(current: float, down: float, up: float, next_one: float) -> None:
    assert round_down(LEVELS, current) == down
    assert round_up(LEVELS, current) == up
    assert step_up(LEVELS, current) == next_one


def test_tenths_are_tenths_and_nothing_beside() -> None:
    assert round_down(box(), 6.7) == 6.7
    assert step_up(box(), 6.7) == 6.8
