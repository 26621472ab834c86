"""What earlier versions wrote of a memory is read in today's form."""

import json
from typing import Any

import pytest

from custom_components.fusewise.balancing.codec import FormatError
from custom_components.fusewise.balancing.formerly import in_todays_form
from custom_components.fusewise.balancing.memory import ChargerMemory, Samples
from custom_components.fusewise.balancing.replay import read_replay

EARLIER = {
    "setpoint": 6,
    "sample": [5.9],
    "sample_at": 100,
    "earlier": [6.1],
    "earlier_at": 90,
}


def read(memory: Any) -> Any:
    case = {"site": {"circuits": [{"id": "m", "rating": [9, 9, 9]}]}, "cycles": []}
    return read_replay(json.dumps({**case, "memory": memory})).memory


def test_samples_that_stood_among_the_rest_of_a_chargers_memory_are_found() -> None:
    memory = read({"time": 100, "chargers": {"a": EARLIER, "b": {"setpoint": 8}}})
    assert memory.chargers == {"a": ChargerMemory(setpoint=6), "b": ChargerMemory(setpoint=8)}
    assert memory.samples == {"a": Samples(current=(5.9,), at=100, earlier=(6.1,), earlier_at=90)}


def test_todays_form_stays_as_it_is() -> None:
    today = {"time": 100, "chargers": {"a": {"setpoint": 6}}, "samples": {"a": {"at": 100}}}
    assert in_todays_form(today) is today
    without_samples = {"chargers": {"a": {"setpoint": 6}}}
    assert in_todays_form(without_samples) is without_samples


@pytest.mark.parametrize("broken", [7, None, {"chargers": 7}, {"chargers": {"a": 7}}])
def test_what_is_no_memory_is_left_to_the_reader_to_refuse(broken: Any) -> None:
    assert in_todays_form(broken) == broken
    with pytest.raises(FormatError, match="is not an object"):
        read(broken)


def test_both_forms_in_one_are_refused() -> None:
    with pytest.raises(FormatError, match="sample is not known here"):
        read({"chargers": {"a": EARLIER}, "samples": {"a": {"at": 100}}})
