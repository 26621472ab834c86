"""All that balancing speaks of goes to JSON and comes back the same; what is wrong is named by its place."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
import json
import math
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.fusewise.balancing.codec import FormatError, from_json, parse, to_json
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.errors import BalancingError
from custom_components.fusewise.balancing.memory import ChargerMemory, Memory, MeterMemory
from custom_components.fusewise.balancing.model import (
    NEVER,
    ChargerReading,
    ChargerStatus,
    Phase,
    Session,
    Site,
    Snapshot,
)
from custom_components.fusewise.balancing.settings import Settings


def same(one: Any, other: Any) -> bool:
    """Equal in every field, NaN included."""
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if is_dataclass(one) and type(one) is type(other):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return type(one) is type(other) and bool(one == other)


@pytest.mark.parametrize("kind", [Site, Snapshot, Memory, Decision, Settings])
def test_everything_comes_back_as_it_went(kind: Any) -> None:
    @given(st.from_type(kind))
    def comes_back(value: Any) -> None:
        text = json.dumps(to_json(value), allow_nan=False)
        assert same(from_json(kind, parse(text)), value)

    comes_back()


def test_what_has_its_default_is_left_out() -> None:
    assert to_json(ChargerMemory()) == {}
    assert to_json(ChargerMemory(setpoint=6.0)) == {"setpoint": 6.0}


def test_but_the_age_of_a_sample_is_always_written() -> None:
    reading = to_json(ChargerReading(status=ChargerStatus.CHARGING))
    assert reading == {"status": "charging", "measured_at": 0.0}


def test_never_is_null_and_what_else_is_not_finite_is_spelt_out() -> None:
    assert to_json(ChargerMemory(changed_at=5.0, fell_at=NEVER)) == {"changed_at": 5.0}
    meter = MeterMemory(current=(math.nan, math.inf, 0.0), measured_at=NEVER)
    assert to_json(meter) == {"current": ["nan", "inf", 0.0], "measured_at": None}
    assert to_json(Session(id="s", started=0.0, departure=NEVER))["departure"] == "-inf"


def test_a_null_where_nothing_may_be_missing_is_never() -> None:
    assert from_json(ChargerMemory, {"fell_at": None}).fell_at == NEVER
    assert from_json(Session, {"id": "s", "started": 0, "departure": None}).departure is None


def test_phases_are_written_as_on_the_wall() -> None:
    charger = {"id": "a", "circuit": "main", "wiring": ["L2", "L3", "L1"]}
    site = {"circuits": [], "chargers": [charger]}
    wiring = from_json(Site, site).chargers[0].wiring
    assert wiring == (Phase.L2, Phase.L3, Phase.L1)
    assert to_json(from_json(Site, site)) == site


@pytest.mark.parametrize(
    ("kind", "data", "says"),
    [
        (Site, [], "[] is not an object"),
        (Site, {}, "circuits is missing"),
        (Site, {"circuits": {}}, "circuits {} is not a list"),
        (Site, {"circuits": [{}]}, "circuits[0]: id is missing"),
        (Site, {"circuits": [3]}, "circuits[0] 3 is not an object"),
        (
            Site,
            {"circuits": [{"id": "a", "rating": [16, 16]}]},
            "circuits[0]: rating [16, 16] is not a list of 3",
        ),
        (
            Site,
            {"circuits": [{"id": "a", "rating": [16, "x", 16]}]},
            'circuits[0]: rating[1] "x" is not a number',
        ),
        (
            Site,
            {"circuits": [{"id": "a", "rating": [16, 16, 16], "ratign": 3}]},
            "circuits[0]: ratign is not known here (known are id, rating, parent, ",
        ),
        (Site, {"circuits": [{"id": 7}]}, "circuits[0]: rating is missing"),
        (Site, {"circuits": [{"id": 7, "rating": [1, 1, 1]}]}, "circuits[0]: id 7 is not a text"),
        (
            Site,
            {"circuits": [], "chargers": [{"id": "a", "circuit": "b", "wiring": ["N"]}]},
            'chargers[0]: wiring[0] "N" is not one of L1, L2, L3',
        ),
        (
            Site,
            {
                "circuits": [],
                "chargers": [{"id": "a", "circuit": "b", "wiring": [], "priority": 1.5}],
            },
            "chargers[0]: priority 1.5 is not a whole number",
        ),
        (
            Site,
            {
                "circuits": [],
                "chargers": [{"id": "a", "circuit": "b", "wiring": [], "pausable": 1}],
            },
            "chargers[0]: pausable 1 is not true or false",
        ),
        (Snapshot, {"now": True}, "now true is not a number"),
        (Snapshot, {"now": "soon"}, 'now "soon" is not a number'),
        (Snapshot, {"now": 10**400}, "is too large a number"),
        (Snapshot, {"now": 0, "chargers": []}, "chargers [] is not an object"),
        (
            Snapshot,
            {"now": 0, "chargers": {"van": {"status": "chargin"}}},
            'chargers.van: status "chargin" is not one of available, preparing, charging, ',
        ),
        (
            Snapshot,
            {"now": 0, "temperatures": {"main": []}},
            "temperatures: main [] is not a number",
        ),
        (Snapshot, {"now": 0, "meters": {"a\nb": 0}}, 'meters: "a\\nb" 0 is not an object'),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_wrong_is_named_by_its_place(kind: Any, data: Any, says: str) -> None:
    with pytest.raises(FormatError) as error:
        from_json(kind, data)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_the_place_begins_where_the_reader_stands() -> None:
    with pytest.raises(FormatError, match=r"^cycles\[3\]: now is missing$"):
        from_json(Snapshot, {}, ("cycles", 3))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1, column 2: not JSON"),
        ('{"a": 1,\n "a": 2}', 'the key "a" stands twice in one object'),
        ('{"a": NaN}', 'NaN is not JSON: write "inf", "-inf" or "nan" in quotes'),
        ('{"a": -Infinity}', "-Infinity is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("", "line 1, column 1: not JSON"),
        ('{"a": ' + "9" * 5000 + "}", "a whole number has more digits than can be counted"),
    ],
)
def test_json_is_read_strictly(text: str, says: str) -> None:
    with pytest.raises(FormatError) as error:
        parse(text)
    assert says in str(error.value)


def test_a_number_too_large_for_a_float_is_infinite_and_counts_as_such() -> None:
    assert from_json(Snapshot, parse('{"now": 1e999}')).now == math.inf


def test_its_errors_are_ours() -> None:
    assert issubclass(FormatError, BalancingError)
