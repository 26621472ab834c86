"""A charger that is told by an action gets its limit in the form that the action wants."""

from typing import Any

import pytest

from custom_components.fusewise.devices import DeviceRefusedError
from custom_components.fusewise.devices.entity import Action, Limit, LimitKnob
from homeassistant.core import HomeAssistant, ServiceCall

from .things import Open, Thing


@pytest.mark.parametrize(
    ("parameter", "told"),
    [
        ("{current}", 10),
        ("{current_ma}", 10_000),
        ("{watts}", 6900),
        ("{kilowatts}", 6.9),
        ("{phases}", 3),
        ("limit={current_ma};phases={phases}", "limit=10000;phases=3"),
        ("{kilowatts} kW", "6.9 kW"),
        ({"amps": ["{current}"]}, {"amps": [10]}),
        (7, 7),
        ("now", "now"),
    ],
)
def test_a_parameter_may_be_in_any_form(parameter: Any, told: Any) -> None:
    action = Action(name="box.set", data={"it": parameter, "device_id": "abc"})
    assert action.filled(10, 230, 3) == {"it": told, "device_id": "abc"}


def test_a_power_is_never_rounded_up() -> None:
    action = Action(name="box.set", data={"w": "{watts}", "kw": "{kilowatts}"})
    assert action.filled(6.999, 231, 3) == {"w": 4850, "kw": 4.85}


@pytest.mark.parametrize(
    ("data", "tells"),
    [
        ({"a": "{watts}"}, True),
        ({"a": {"b": ["x", "limit {current_ma}"]}}, True),
        ({"a": "{phases}"}, False),
        ({"a": "current", "b": 3}, False),
        ({}, False),
    ],
)
def test_an_action_without_any_figure_limits_nothing(data: dict[str, Any], tells: bool) -> None:
    assert Action(name="box.set", data=data).tells is tells


async def test_an_action_is_told_watts_for_as_many_phases_as_its_owner_says(
    hass: HomeAssistant, thing: Thing, opened: Open
) -> None:
    calls: list[dict[str, Any]] = []

    async def called(call: ServiceCall) -> None:
        calls.append(dict(call.data))

    hass.services.async_register("box", "set_power", called)
    data = {"entity_id": "number.limit", "power": "{watts}"}
    action = Action(name="box.set_power", data=data, least=6.0, takes_zero=True)
    thing.show("sensor.allowed", 3680, unit_of_measurement="W")
    charger = opened(limit=Limit(action=action, phases=3))
    await charger.apply(10)
    thing.now += 60
    await charger.apply(0)
    assert [call["power"] for call in calls] == [6900, 0]
    assert calls[0]["entity_id"] == "number.limit"


async def test_an_action_is_told_nothing_below_the_least_that_it_takes(
    hass: HomeAssistant, opened: Open
) -> None:
    action = Action(name="easee.set_charger_dynamic_limit", data={"x": "{current}"}, least=10.0)
    knob = LimitKnob(hass, Limit(action=action))
    assert (knob.least, knob.can_pause) == (10, False)
    assert [knob.fitting(amperes) for amperes in (9.9, 10, 10.99, 16.4)] == [None, 10, 10, 16]
    charger = opened(limit=Limit(action=action))
    with pytest.raises(DeviceRefusedError, match="cannot be set below 10 A"):
        await charger.apply(6)
