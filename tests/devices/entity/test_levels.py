"""A select that limits a charger has options in all forms: amperes, watts, with phases, with a word for off."""

from typing import Any

import pytest

from custom_components.fusewise.devices.entity import Limit
from custom_components.fusewise.devices.entity.levels import levels_of, phases_of_option
from homeassistant.core import State

from .things import Open, Thing

BOTH = ["off", "1-phase 6A", "1-phase 16A", "3-phase 6A", "3-phase 10A", "3-phase 16A"]


def select(*options: str, shown: str = "off") -> State:
    return State("select.limit", shown, {"options": list(options)})


@pytest.mark.parametrize(
    ("option", "phases"),
    [
        ("1-phase 16A", 1),
        ("3 Phasen 16 A", 3),
        ("single phase 16 A", 1),
        ("three-phase 16A", 3),
        ("3x16A", 3),
        ("1 × 16 A", 1),
        ("3P 10A", 3),
        ("16 A", None),
        ("13 A", None),
        ("16 A (3.7 kW)", None),
        ("3", None),
    ],
)
def test_an_option_may_say_for_how_many_phases_it_is(option: str, phases: int | None) -> None:
    assert phases_of_option(option) == phases


def test_options_for_one_phase_and_for_three_are_not_mixed_up() -> None:
    assert levels_of(select(*BOTH)) == {
        0.0: "off",
        6.0: "3-phase 6A",
        10.0: "3-phase 10A",
        16.0: "3-phase 16A",
    }
    one = levels_of(select(*BOTH), phases=1)
    assert one == {0.0: "off", 6.0: "1-phase 6A", 16.0: "1-phase 16A"}
    # What says nothing of phases is for any.
    assert levels_of(select("6 A", "1x16A", "3x16A"), phases=1) == {6.0: "6 A", 16.0: "1x16A"}


@pytest.mark.parametrize("phases", ["1", "3"])
async def test_whoever_has_chosen_the_phases_goes_on_with_them(
    thing: Thing, opened: Open, phases: str
) -> None:
    thing.show("select.limit", f"{phases}-phase 16A", options=BOTH)
    charger = opened(limit=Limit(entity="select.limit"))
    told: list[tuple[str, Any]] = []
    for amperes in (6, 0, 16):
        thing.now += 60
        await charger.apply(amperes)
        told += thing.told()
    # Also over a pause, in which it shows neither.
    options = [f"{phases}-phase 6A", "off", f"{phases}-phase 16A"]
    assert told == [("select.limit", option) for option in options]
