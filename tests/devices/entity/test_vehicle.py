"""A vehicle is read as its integration shows it."""

import pytest

from custom_components.fusewise.devices.entity import EntityVehicle, VehicleEntities
from homeassistant.core import HomeAssistant


@pytest.mark.parametrize(
    ("entity", "said", "plugged"),
    [
        ("binary_sensor.plug", "on", True),
        ("binary_sensor.plug", "off", False),
        ("sensor.plug", "Connected", True),
        ("sensor.plug", "nicht verbunden", False),
        ("sensor.plug", "a word that nobody knows", None),
        ("sensor.plug", "unavailable", None),
    ],
)
def test_whether_its_cable_is_in_may_be_said_in_words(
    hass: HomeAssistant, entity: str, said: str, plugged: bool | None
) -> None:
    vehicle = EntityVehicle(hass, VehicleEntities(plug=entity), lambda: 1000.0)
    assert vehicle.reading.plugged is None
    hass.states.async_set(entity, said)
    assert vehicle.reading.plugged is plugged
    assert (vehicle.reading.plugged_since is not None) is bool(plugged)
