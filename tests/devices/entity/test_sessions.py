"""Each car that comes to a charger made of entities has a session, with its energy."""

from typing import Any

import pytest

from .things import ALL, Open, Thing, session


async def test_each_car_has_a_session_of_its_own(opened: Open, thing: Thing) -> None:
    charger = opened(**ALL)
    first = session(charger)
    thing.show("sensor.status", "disconnected")
    assert session(charger) is None
    thing.now += 100
    thing.show("sensor.status", "connected")
    second = session(charger)
    assert first is not None
    assert second is not None
    assert (second.started, second.id != first.id) == (1100, True)


async def test_a_session_is_told_from_begin_to_end_with_its_energy(
    opened: Open, thing: Thing
) -> None:
    thing.show("sensor.status", "disconnected")
    thing.show("sensor.power", 0, unit_of_measurement="W")
    charger = opened(conductors=1, **ALL, power="sensor.power")
    told: list[Any] = []
    charger.events.subscribe(told.append)
    thing.show("sensor.status", "charging")
    for _ in range(60):
        thing.now += 60
        thing.show("sensor.power", 2300)
    thing.now += 1
    thing.show("sensor.power", 0)
    thing.show("sensor.status", "disconnected")
    kinds = [type(event).__name__ for event in told]
    assert (kinds[0], kinds[-1], len(kinds)) == ("SessionBegan", "SessionEnded", 62)
    assert told[-2].register - told[0].register == pytest.approx(2300, abs=40)
    assert told[-2].power == pytest.approx(2300)
    assert len({event.session for event in told}) == 1


async def test_what_was_charged_before_a_car_was_seen_is_not_its(
    opened: Open, thing: Thing
) -> None:
    thing.show("sensor.energy", 881.2, unit_of_measurement="kWh")
    charger = opened(**ALL, energy="sensor.energy")
    told: list[Any] = []
    charger.events.subscribe(told.append)
    assert [(type(event).__name__, event.register) for event in told] == [("SessionBegan", 881_200)]


async def test_energy_that_the_charger_counts_itself_is_taken_from_it(
    opened: Open, thing: Thing
) -> None:
    thing.show("sensor.energy", 100.5, unit_of_measurement="kWh")
    charger = opened(**ALL, energy="sensor.energy")
    told: list[Any] = []
    charger.events.subscribe(told.append)
    thing.now += 10
    thing.show("sensor.energy", 101.25)
    assert told[-1].register == 101_250
