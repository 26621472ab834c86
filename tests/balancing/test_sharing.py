"""Sharing is exact weighted max-min: nobody can have more unless somebody who has no more loses."""

import math
from typing import Any

import highspy
from hypothesis import given, strategies as st
import pytest

from custom_components.fusewise.balancing.errors import BalancingError
from custom_components.fusewise.balancing.sharing import Part, share

TOLERANCE = 1e-6


def level(part: Part, amount: float) -> float:
    """How high the water stands at this part."""
    return amount / part.weight + part.offset


def most(capacity: list[float], parts: list[Part], least: list[float], which: int) -> float:
    """The most that one part can have while all others have at least this: a linear program."""
    solver: Any = highspy.Highs  # its constructor has no types
    lp = solver()
    lp.silent()
    for part, lower in zip(parts, least, strict=True):
        lp.addVar(lower, part.upper)
    for row, figure in enumerate(capacity):
        loads = [(n, c) for n, part in enumerate(parts) for r, c in part.rows if r == row]
        lp.addRow(-lp.inf, figure, len(loads), [n for n, _ in loads], [c for _, c in loads])
    lp.changeColCost(which, -1.0)
    lp.run()
    assert lp.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(lp.getSolution().col_value[which])


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[float], list[Part]]:
    """Some rows, and parts on some of them whose lower bounds fit."""
    rows = draw(st.integers(1, 6))
    parts: list[Part] = []
    for _ in range(draw(st.integers(1, 8))):
        lower = float(draw(st.sampled_from([0, 6])))
        members = draw(st.lists(st.integers(0, rows - 1), unique=True, max_size=rows))
        parts.append(
            Part(
                lower,
                lower + draw(st.sampled_from([0, 4, 10, 26])),
                [(row, draw(st.sampled_from([1.0, 1.0, 2.0, 0.5, 690.0]))) for row in members],
                weight=draw(st.sampled_from([1.0, 2.0, 0.5, 16.0])),
                offset=draw(st.sampled_from([0.0, 1.0, -3.0, 7.5])),
            )
        )
    floors = [sum(c * p.lower for p in parts for r, c in p.rows if r == row) for row in range(rows)]
    return [floor + draw(st.sampled_from([0, 5, 20, 7000])) for floor in floors], parts


@given(problems())
def test_nobody_can_have_more_unless_somebody_loses_who_has_no_more(
    problem: tuple[list[float], list[Part]],
) -> None:
    capacity, parts = problem
    shares, bound = share(capacity, parts)
    for row, figure in enumerate(capacity):
        load = sum(c * x for x, p in zip(shares, parts, strict=True) for r, c in p.rows if r == row)
        assert load <= figure + TOLERANCE
    for which, (part, amount) in enumerate(zip(parts, shares, strict=True)):
        assert part.lower <= amount <= part.upper
        if amount > part.upper - TOLERANCE:
            continue
        mine = level(part, amount)
        least = [
            x if level(p, x) <= mine + TOLERANCE else p.lower
            for p, x in zip(parts, shares, strict=True)
        ]
        assert most(capacity, parts, least, which) <= amount + TOLERANCE
        assert bound[which] in {row for row, _ in part.rows}


@pytest.mark.parametrize(
    ("capacity", "weights", "shares"),
    [(30.0, (1, 1, 1), [10, 10, 10]), (30.0, (1, 2, 3), [5, 10, 15])],
)
def test_by_weight(capacity: float, weights: tuple[float, ...], shares: list[float]) -> None:
    parts = [Part(0, 100, [(0, 1.0)], weight=weight) for weight in weights]
    assert share([capacity], parts)[0] == pytest.approx(shares)


def test_what_one_cannot_use_goes_to_the_others() -> None:
    parts = [Part(6, 8, [(0, 1.0)]), Part(6, 32, [(0, 1.0)]), Part(6, 32, [(0, 1.0)])]
    shares, bound = share([40], parts)
    assert shares == pytest.approx([8, 16, 16])
    assert bound == [None, 0, 0]


def test_an_offset_lets_others_go_first() -> None:
    ahead, behind = Part(0, 10, [(0, 1.0)]), Part(0, 10, [(0, 1.0)], offset=4)
    assert share([10], [ahead, behind])[0] == pytest.approx([7, 3])


def test_a_lower_bound_is_kept_even_where_others_then_get_nothing_more() -> None:
    assert share([12], [Part(6, 32, [(0, 1.0)]), Part(6, 32, [(0, 1.0)])])[0] == [6, 6]


def test_a_full_row_does_not_stop_who_does_not_load_it() -> None:
    parts = [Part(0, 32, [(0, 1.0)]), Part(0, 32, [(0, 1.0), (1, 1.0)]), Part(0, 32, [(1, 1.0)])]
    shares, bound = share([10, 30], parts)
    assert shares == pytest.approx([5, 5, 25])
    assert bound == [0, 0, 1]


def test_where_nothing_binds_everybody_has_all() -> None:
    assert share([100], [Part(6, 16, [(0, 1.0)])] * 3) == ([16, 16, 16], [None] * 3)


def test_nobody_shares_nothing() -> None:
    assert share([10], []) == ([], [])


@pytest.mark.parametrize(
    ("capacity", "part", "says"),
    [
        ([math.nan], Part(0, 6, [(0, 1.0)]), "the capacity of row 0 is not a number"),
        ([6], Part(7, 6, [(0, 1.0)]), "part 0: 7 to 6 A is no range"),
        ([6], Part(-1, 6, [(0, 1.0)]), "part 0: -1 to 6 A"),
        ([6], Part(0, math.inf, [(0, 1.0)]), "part 0: 0 to inf A"),
        ([6], Part(math.nan, 6, [(0, 1.0)]), "part 0: nan to 6 A"),
        ([6], Part(0, 6, [(0, 1.0)], weight=0), "weight 0"),
        ([6], Part(0, 6, [(0, 1.0)], weight=math.nan), "weight nan"),
        ([6], Part(0, 6, [(0, 1.0)], offset=math.inf), "offset inf"),
        ([6], Part(0, 6, [(1, 1.0)]), "there is no row 1"),
        ([6], Part(0, 6, [(0, 0.0)]), "0.0 is not above 0"),
        ([6], Part(0, 6, [(0, -1.0)]), "-1.0 is not above 0"),
    ],
)
def test_figures_that_nobody_can_share_by_are_named(
    capacity: list[float], part: Part, says: str
) -> None:
    with pytest.raises(BalancingError) as error:
        share(capacity, [part])
    assert says in str(error.value)
