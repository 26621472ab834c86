"""What another integration can do wrong with a command is told, and tried again in its time."""

import pytest

from custom_components.fusewise.devices import DeviceOfflineError, DeviceRefusedError
from custom_components.fusewise.devices.entity import Traits, turning
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .things import ALL, Open, Thing


@pytest.mark.parametrize("state", ["unavailable", None])
async def test_a_charger_whose_limit_is_not_there_is_offline(
    hass: HomeAssistant, opened: Open, thing: Thing, state: str | None
) -> None:
    charger = opened(**ALL)
    heard: list[bool] = []
    charger.subscribe(lambda: heard.append(charger.reading.online))
    if state is None:
        hass.states.async_remove("number.limit")
    else:
        thing.show("number.limit", state)
    assert heard == [False]
    with pytest.raises(DeviceOfflineError, match=r"number\.limit is not available"):
        await charger.apply(10)
    assert thing.told() == []


@pytest.mark.parametrize("error", [HomeAssistantError("busy"), ValueError("no"), KeyError("x")])
async def test_an_action_that_raises_is_told_and_tried_again_later(
    opened: Open, thing: Thing, error: Exception
) -> None:
    thing.error = error
    charger = opened(**ALL)
    with pytest.raises(DeviceRefusedError, match=r"number\.set_value failed"):
        await charger.apply(10)
    thing.now += 1
    with pytest.raises(DeviceRefusedError):
        await charger.apply(10)
    assert len(thing.told()) == 1
    # A fall is tried at once all the same.
    with pytest.raises(DeviceRefusedError):
        await charger.apply(6)
    assert len(thing.told()) == 1
    thing.error = None
    thing.now += 31
    await charger.apply(6)
    assert thing.told() == [("number.limit", 6.0)]


async def test_an_action_that_hangs_does_not_hang_us(
    opened: Open, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turning, "ANSWER_TIME", 0.05)
    thing.hangs = True
    charger = opened(**ALL, traits=Traits(obeys_within=0.05))
    with pytest.raises(DeviceOfflineError, match="does not come to an end"):
        await charger.apply(10)


async def test_a_command_without_effect_is_noticed_and_repeated(opened: Open, thing: Thing) -> None:
    thing.obeys = False
    charger = opened(**ALL)
    await charger.apply(10)
    thing.now += 5
    await charger.apply(10)  # it has time to obey
    thing.now += 6
    with pytest.raises(DeviceRefusedError, match="still shows 16 instead of 10"):
        await charger.apply(10)
    assert len(thing.told()) == 1
    thing.now += 30
    thing.obeys = True
    await charger.apply(10)
    await charger.apply(10)
    assert len(thing.told()) == 1
    # And what counts meanwhile is what it shows.
    assert charger.reading.limit == 10


async def test_rises_are_rare_where_the_charger_wears_out_and_falls_are_not(
    opened: Open, thing: Thing
) -> None:
    charger = opened(**ALL, traits=Traits(minimum_interval=60.0))
    await charger.apply(10)
    thing.now += 20
    await charger.apply(12)
    assert thing.told() == [("number.limit", 10.0)]
    await charger.apply(8)
    assert thing.told() == [("number.limit", 8.0)]
    thing.now += 61
    await charger.apply(12)
    assert thing.told() == [("number.limit", 12.0)]


async def test_a_charger_that_refuses_quick_changes_gets_none(opened: Open, thing: Thing) -> None:
    charger = opened(**ALL, traits=Traits(minimum_interval=900.0, falls_wait_too=True))
    await charger.apply(10)
    thing.now += 600
    await charger.apply(6)
    assert thing.told() == [("number.limit", 10.0)]
    # What it lets through meanwhile is told, and counts.
    assert charger.reading.limit == 10
    thing.now += 301
    await charger.apply(6)
    assert thing.told() == [("number.limit", 6.0)]


async def test_a_limit_that_a_restart_has_lost_is_set_again_at_once(
    opened: Open, thing: Thing
) -> None:
    charger = opened(**ALL)
    await charger.apply(10)
    thing.told()
    thing.now += 100
    thing.show("number.limit", "unavailable")
    thing.show("number.limit", 32)
    assert charger.second_hand is None
    await charger.apply(10)
    assert thing.told() == [("number.limit", 10.0)]
