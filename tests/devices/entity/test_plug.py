"""A smart plug tells of its car by nothing but the power: sessions begin and end with that."""

from typing import Any

import pytest

from custom_components.fusewise.balancing.model import ChargerStatus
from custom_components.fusewise.devices.entity import EntityCharger, Stay
from homeassistant.core import Context

from .things import LIMIT, SWITCH, Open, Thing, session, status

PLUG: dict[str, Any] = {**SWITCH, "power": "sensor.power"}


def plugged(thing: Thing, opened: Open, **more: Any) -> tuple[EntityCharger, list[Any]]:
    """A plug that is on and draws nothing, and what happens at it."""
    thing.show("sensor.power", 2, unit_of_measurement="W")
    charger = opened(conductors=1, **PLUG | more)
    told: list[Any] = []
    charger.events.subscribe(told.append)
    return charger, told


def names(told: list[Any]) -> list[str]:
    return [type(event).__name__ for event in told]


async def charge(thing: Thing, charger: EntityCharger, minutes: int, watts: float = 2300) -> None:
    for _ in range(minutes):
        thing.now += 60
        thing.show("sensor.power", watts)
        await charger.apply(10)


async def test_a_session_begins_with_the_power_and_ends_when_there_is_none(
    opened: Open, thing: Thing
) -> None:
    charger, told = plugged(thing, opened)
    await charge(thing, charger, 30, watts=2)
    assert told == []
    await charge(thing, charger, 60)
    assert status(charger) is ChargerStatus.CHARGING
    begun = thing.now - 59 * 60
    drew_last = thing.now
    await charge(thing, charger, 14, watts=2)
    assert "SessionEnded" not in names(told)
    await charge(thing, charger, 2, watts=2)
    assert (names(told)[0], names(told)[-1]) == ("SessionBegan", "SessionEnded")
    assert (told[0].at, told[-1].at) == (begun, drew_last)
    measured = [event for event in told if type(event).__name__ == "SessionMeasured"]
    assert measured[-1].register - told[0].register == pytest.approx(2300, abs=60)
    assert len({event.session for event in told}) == 1
    # There may be a car all the same, and the next one has a session of its own.
    before = session(charger)
    assert before is not None
    await charge(thing, charger, 1)
    assert names(told)[-2:] == ["SessionBegan", "SessionMeasured"]
    assert told[-1].session != told[0].session


async def test_a_car_that_is_paused_is_still_there(opened: Open, thing: Thing) -> None:
    charger, told = plugged(thing, opened)
    await charge(thing, charger, 5)
    await charger.apply(0)
    for _ in range(120):
        thing.now += 60
        thing.show("sensor.power", 0)
        await charger.apply(0)
    assert "SessionEnded" not in names(told)
    # From the time on in which it may charge and does not, it is done.
    await charger.apply(10)
    await charge(thing, charger, 16, watts=0)
    assert names(told)[-1] == "SessionEnded"


async def test_what_a_person_has_set_is_over_with_the_session(opened: Open, thing: Thing) -> None:
    thing.show("number.limit", 16, min=6, max=32, step=1, unit_of_measurement="A")
    charger, _ = plugged(thing, opened, **LIMIT)
    await charge(thing, charger, 5)
    thing.show("number.limit", 8, context=Context(user_id="anna"))
    held = session(charger)
    assert held is not None
    assert held.maximum == 8
    await charge(thing, charger, 16, watts=0)
    free = session(charger)
    assert free is not None
    assert free.maximum is None


async def test_a_session_goes_on_after_a_restart(opened: Open, thing: Thing) -> None:
    charger, _ = plugged(thing, opened)
    await charge(thing, charger, 5)
    stay = charger.stay
    assert stay.drawing
    again, told = plugged(thing, opened)
    again.resume(stay)
    thing.show("sensor.power", 2300)
    await charge(thing, again, 1)
    assert set(names(told)) == {"SessionMeasured"}
    await charge(thing, again, 17, watts=0)
    assert names(told)[-1] == "SessionEnded"
    assert told[-1].session == f"it-{stay.since:.0f}"


async def test_without_any_power_nothing_is_made_up(opened: Open, thing: Thing) -> None:
    charger, told = plugged(thing, opened)
    thing.show("sensor.power", "unavailable")
    for _ in range(30):
        thing.now += 60
        await charger.apply(10)
    assert told == []
    bare = opened(conductors=1, **SWITCH)
    await bare.apply(10)
    assert bare.reading.session is not None
    assert bare.stay == Stay(since=bare.stay.since)
