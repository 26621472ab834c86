"""A fall-back that a charger has of its own is armed, and armed again."""

from typing import Any

import pytest

from custom_components.fusewise.devices import DeviceOfflineError
from custom_components.fusewise.devices.entity import Action
from homeassistant.core import ServiceCall
from homeassistant.exceptions import HomeAssistantError

from .things import ALL, Open, Thing


async def test_a_fall_back_of_its_own_is_armed_and_armed_again(opened: Open, thing: Thing) -> None:
    arm = Action(name="keba.set_failsafe", data={"failsafe_fallback": "{current}"})
    armed: list[Any] = []

    async def failsafe(call: ServiceCall) -> None:
        armed.append(call.data)
        if thing.error is not None:
            raise thing.error

    thing.hass.services.async_register("keba", "set_failsafe", failsafe)
    charger = opened(**ALL, arm=arm)
    await charger.apply(10)
    await charger.apply(10)
    assert armed == [{"failsafe_fallback": 6}]
    # What it was told counts all the same, and nothing less.
    assert charger.reading.limit_until is None
    thing.now += 3601
    await charger.apply(10)
    assert len(armed) == 2
    # A restart may have lost it.
    thing.show("switch.charging", "unavailable")
    with pytest.raises(DeviceOfflineError):
        await charger.apply(10)
    thing.show("switch.charging", "on")
    thing.error = HomeAssistantError("busy")
    await charger.apply(10)
    assert len(armed) == 3
    # A failure hinders nobody, and is tried again.
    await charger.apply(10)
    assert len(armed) == 3
    thing.now += 61
    await charger.apply(10)
    assert len(armed) == 4
