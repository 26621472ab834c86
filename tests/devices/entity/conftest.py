"""What tests of chargers made of entities begin with."""

from collections.abc import Generator
from typing import Any

import pytest

from custom_components.fusewise.devices.entity import ChargerEntities, EntityCharger
from homeassistant.core import HomeAssistant

from .things import NUMBER, Open, Thing


@pytest.fixture
def thing(hass: HomeAssistant) -> Thing:
    thing = Thing(hass)
    thing.show("number.limit", 16, **NUMBER)
    thing.show("switch.charging", "on")
    thing.show("sensor.status", "charging")
    return thing


@pytest.fixture
def opened(hass: HomeAssistant, thing: Thing) -> Generator[Open]:
    chargers: list[EntityCharger] = []

    def open_(conductors: int = 3, **roles: Any) -> EntityCharger:
        entities = ChargerEntities(**roles)
        charger = EntityCharger(hass, "it", entities, thing.clock, conductors=conductors)
        chargers.append(charger)
        return charger

    yield open_
    for charger in chargers:
        charger.close()
