"""A charger between two line conductors has the same current on both, whatever of it is measured."""

from typing import Any

import pytest

from custom_components.fusewise.devices.entity import ChargerEntities, EntityCharger, Limit

from .things import ALL, Thing


@pytest.mark.parametrize(
    ("unit", "shown", "role"),
    [("A", 15, "currents"), ("W", 3120, "power"), ("kW", 3.12, "power")],
)
def test_one_figure_is_the_current_on_both_conductors(
    thing: Thing, unit: str, shown: float, role: str
) -> None:
    thing.show("sensor.drawn", shown, unit_of_measurement=unit)
    drawn = ("sensor.drawn",) if role == "currents" else "sensor.drawn"
    roles: dict[str, Any] = {**ALL, role: drawn}
    charger = EntityCharger(
        thing.hass,
        "it",
        ChargerEntities(**roles),
        thing.clock,
        conductors=2,
        voltage=104.0,
        line_to_line=True,
    )
    assert list(charger.reading.current or ()) == [15, 15]
    charger.close()


def test_a_power_is_on_no_more_conductors_than_there_are() -> None:
    entities = ChargerEntities(limit=Limit(entity="number.limit", phases=3))
    assert entities.wired(2).limit == Limit(entity="number.limit", phases=2)
    assert entities.wired(3) is entities
