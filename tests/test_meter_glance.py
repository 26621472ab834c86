"""Somebody who looks at a meter is told what seems wrong with it, before it is sure."""

import pytest

from custom_components.fusewise.balancing.model import PerPhase, Phase
from custom_components.fusewise.meter_glance import Glance, hints_of


def seen(
    meter: PerPhase,
    cars: PerPhase | None = None,
    *,
    fed: PerPhase = (0.0, 0.0, 0.0),
    before: Glance | None = None,
) -> list[str]:
    now = Glance(meter=meter, cars=cars, fed=fed)
    return [
        f"{hint.key} {hint.phase.name} {'' if hint.seen_on is None else hint.seen_on.name}".strip()
        for hint in hints_of(now, Phase, before)
    ]


@pytest.mark.parametrize(
    ("meter", "cars", "hints"),
    [
        ((3, 19, 1), (0, 16, 0), []),
        ((3, 2, 17), (0, 16, 0), ["swapped L2 L3"]),
        ((3, -14, 1), (0, 16, 0), ["reversed L2"]),
        ((3, 2, 1), (0, 16, 0), ["below L2"]),
        # Two others carry as much: nobody knows which.
        ((18, 2, 17), (0, 16, 0), ["below L2"]),
        # Two meters never agree.
        ((3, 13.5, 1), (0, 16, 0), []),
        ((3, -2, 1), (0, 0, 0), ["out L2"]),
        ((3, -2, 1), None, ["out L2"]),
        ((3, -0.3, 1), None, []),
    ],
)
def test_what_stands_still_tells(meter: PerPhase, cars: PerPhase | None, hints: list[str]) -> None:
    assert seen(meter, cars) == hints


def test_what_the_sun_explains_is_no_reason_to_say_anything() -> None:
    assert seen((3, -2, 1), (0, 0, 0), fed=(6, 6, 6)) == []
    assert seen((3, 4, 1), (0, 10, 0), fed=(6, 6, 6)) == []


@pytest.mark.parametrize(
    ("meter", "hints"),
    [
        ((3, 12, 1), []),
        ((13, 2, 1), ["swapped L2 L1"]),
        ((30, -8, 30), ["reversed L2"]),
        ((3, 2, 1), ["below L2"]),
    ],
)
def test_what_moves_between_two_looks_tells(meter: PerPhase, hints: list[str]) -> None:
    before = Glance(meter=(3, 2, 1), cars=(0, 0, 0))
    assert seen(meter, (0, 10, 0), before=before) == hints


def test_a_car_that_stops_shows_where_it_was() -> None:
    before = Glance(meter=(13, 22, 1), cars=(0, 10, 0))
    assert seen((3, 22, 1), (0, 0, 0), before=before) == ["swapped L2 L1"]
    unknown = Glance(meter=(13, 22, 1))
    assert seen((3, 22, 1), (0, 0, 0), before=unknown) == []
