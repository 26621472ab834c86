"""What an earlier version has stored is brought into today's form, and goes on as it was."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.world import World
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .house import charger_data, let_call, site_data, state_of, until

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


def stored(hass: HomeAssistant, data: dict[str, Any], **more: Any) -> MockConfigEntry:
    entry = MockConfigEntry(domain="fusewise", title="Home", version=1, data=data, **more)
    entry.add_to_hass(hass)
    return entry


async def test_a_site_of_version_1_1_gets_a_subentry_for_its_meter(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    old = charger_data("garage")
    assert "circuit" not in old["data"]
    data = site_data(house.meter.port, ocpp_port, usable_share=90.0)
    entry = stored(hass, data, subentries_data=[old])
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert (entry.version, entry.minor_version) == (1, 2)
    assert entry.data == {
        "rating": [25.0, 25.0, 25.0],
        "supply": "three_phase",
        "voltage": 230.0,
        "house_allowance": [10.0, 10.0, 10.0],
        "ocpp": data["ocpp"],
    }
    assert entry.options == {"usable_share": 90.0}
    [meter] = entry.get_subentries_of_type("meter")
    assert meter.data == {"circuit": "main", **data["meter"]}
    assert (meter.title, meter.unique_id) == (
        "Eastron SDM630",
        f"modbus_127.0.0.1_{house.meter.port}_1",
    )
    # It measures, and the charger is where it was.
    let_call(house)
    await until(lambda: house.stations["garage"].online)
    await until(lambda: state_of(hass, "sensor.home_load_l1").state == "3.0")
    [main] = entry.runtime_data.controller.site.circuits
    assert (main.meter, main.usable_share) == (meter.subentry_id, 0.9)
    assert entry.runtime_data.controller.site.chargers[0].circuit == "main"
    # A second start finds nothing to do.
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert len(entry.get_subentries_of_type("meter")) == 1


async def test_a_meter_of_entities_is_known_again(hass: HomeAssistant, ocpp_port: int) -> None:
    meter = {"kind": "entities", "total": {"power": "sensor.house"}}
    entry = stored(hass, site_data(1, ocpp_port, meter=meter))
    assert await hass.config_entries.async_setup(entry.entry_id)
    [subentry] = entry.get_subentries_of_type("meter")
    assert (subentry.title, subentry.unique_id) == ("Grid meter", "entity_sensor.house")


@pytest.mark.parametrize(
    ("rating", "voltage", "supply"),
    [
        ([35.0, 0.0, 0.0], 230.0, "one_phase"),
        ([25.0, 25.0, 0.0], 230.0, "three_phase"),
        ([200.0, 200.0, 0.0], 120.0, "split_phase"),
        ([100.0, 100.0, 100.0], 120.0, "wye_208"),
        ([63.0, 63.0, 63.0], 133.0, "it_230"),
    ],
)
async def test_the_supply_is_told_by_what_was_stored(
    hass: HomeAssistant, ocpp_port: int, rating: list[float], voltage: float, supply: str
) -> None:
    entry = stored(hass, site_data(1, ocpp_port, rating=rating, voltage=voltage))
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert (entry.data["supply"], entry.data["voltage"]) == (supply, voltage)


async def test_a_site_of_a_later_version_is_left_alone(hass: HomeAssistant, ocpp_port: int) -> None:
    entry = MockConfigEntry(domain="fusewise", version=2, data=site_data(1, ocpp_port))
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.MIGRATION_ERROR
    assert entry.data == site_data(1, ocpp_port)
