"""The energy dashboard gets the chargers, the sun and the batteries on request, and gives them back."""

from collections.abc import Mapping
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.world import World
from homeassistant.components.energy import data as energy
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .house import only_charger, site_entry, until
from .test_around import BATTERY, PERCENT, ROOF, WATTS, added

ADD, TAKE_OUT = (
    "button.home_add_to_energy_dashboard",
    "button.home_leave_energy_dashboard",
)
WASHING = energy.DeviceConsumption(stat_consumption="sensor.washing_machine")
GARAGE = {
    "stat_consumption": "sensor.garage_energy",
    "stat_rate": "sensor.garage_power",
    "name": "Garage",
}


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    entry = site_entry(hass, house, ocpp_port, "garage")
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


@pytest.fixture
async def manager(hass: HomeAssistant) -> energy.EnergyManager:
    """The energy dashboard, in which its owner has a washing machine."""
    hass.config.components.add("energy")
    manager = await energy.async_get_manager(hass)
    update: Any = {"device_consumption": [WASHING]}
    await manager.async_update(update)
    return manager


def device_with(
    hass: HomeAssistant, platform: str, *sensors: tuple[str, str, str | None]
) -> Mapping[str, str]:
    """A device of another integration: unique id, device class and state class of its sensors."""
    entry = MockConfigEntry(domain=platform)
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(platform, "1")}
    )
    return {
        unique_id: er.async_get(hass)
        .async_get_or_create(
            "sensor",
            platform,
            unique_id,
            config_entry=entry,
            device_id=device.id,
            suggested_object_id=f"{platform}_{unique_id}",
            original_device_class=SensorDeviceClass(device_class),
            capabilities=None if state_class is None else {"state_class": state_class},
        )
        .entity_id
        for unique_id, device_class, state_class in sensors
    }


def there(manager: energy.EnergyManager) -> Any:
    """What the dashboard has."""
    assert manager.data is not None
    return manager.data


async def press(hass: HomeAssistant, button: str) -> None:
    await hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)
    await hass.async_block_till_done()


async def with_roof(hass: HomeAssistant, site: MockConfigEntry) -> Mapping[str, str]:
    sensors = device_with(
        hass,
        "growatt",
        ("solar_power", "power", "measurement"),
        ("solar_energy_today", "energy", "total_increasing"),
        ("solar_energy_total", "energy", "total_increasing"),
        ("solar_energy_of_nobody_knows_what", "energy", None),
        ("grid_import_energy", "energy", "total_increasing"),
    )
    hass.states.async_set(sensors["solar_power"], "3000", WATTS)
    await added(hass, site, "solar", ROOF | {"powers": [sensors["solar_power"]]})
    return sensors


async def with_battery(
    hass: HomeAssistant, site: MockConfigEntry, **changed: Any
) -> Mapping[str, str]:
    sensors = device_with(
        hass,
        "byd",
        ("battery_power", "power", "measurement"),
        ("battery_charged_energy", "energy", "total"),
        ("battery_discharged_energy", "energy", "total"),
        ("ev_charged_energy", "energy", "total"),
    )
    hass.states.async_set(sensors["battery_power"], "500", WATTS)
    hass.states.async_set("sensor.full", "55", PERCENT)
    await added(hass, site, "battery", BATTERY | {"power": sensors["battery_power"]} | changed)
    return sensors


async def test_it_gets_what_has_statistics_once_and_gives_it_back(
    hass: HomeAssistant, site: MockConfigEntry, manager: energy.EnergyManager
) -> None:
    roof, battery = await with_roof(hass, site), await with_battery(hass, site)
    for _ in range(2):
        await press(hass, ADD)
        assert there(manager)["device_consumption"] == [WASHING, GARAGE]
        sun, storage = there(manager)["energy_sources"]
        assert sun == {
            "type": "solar",
            "stat_energy_from": roof["solar_energy_total"],
            "stat_rate": roof["solar_power"],
            "config_entry_solar_forecast": None,
        }
        assert storage["type"] == "battery"
        assert storage["stat_energy_from"] == battery["battery_discharged_energy"]
        assert storage["stat_energy_to"] == battery["battery_charged_energy"]
        # It is positive while it is charged; Home Assistant counts the other way round.
        assert storage["power_config"] == {"stat_rate_inverted": battery["battery_power"]}
    energy.ENERGY_SOURCE_SCHEMA(there(manager)["energy_sources"])
    # A change of other settings does not forget what was added.
    await until(lambda: hass.states.get(TAKE_OUT))
    mine = {"type": "gas", "stat_energy_from": "sensor.gas"}
    update: Any = {"energy_sources": [*there(manager)["energy_sources"], mine]}
    await manager.async_update(update)
    await press(hass, TAKE_OUT)
    assert there(manager)["device_consumption"] == [WASHING]
    assert there(manager)["energy_sources"] == [mine]
    await until(lambda: hass.states.get(TAKE_OUT) is None)
    await press(hass, ADD)
    assert there(manager)["device_consumption"] == [WASHING, GARAGE]


async def test_what_its_owner_has_there_is_not_counted_twice(
    hass: HomeAssistant, site: MockConfigEntry, manager: energy.EnergyManager
) -> None:
    await with_roof(hass, site)
    await with_battery(hass, site)
    mine = [
        {"type": "solar", "stat_energy_from": "sensor.mine", "config_entry_solar_forecast": None},
        {"type": "battery", "stat_energy_from": "sensor.out", "stat_energy_to": "sensor.in"},
    ]
    update: Any = {"energy_sources": mine, "device_consumption": [GARAGE]}
    await manager.async_update(update)
    await press(hass, ADD)
    assert there(manager)["energy_sources"] == mine
    assert there(manager)["device_consumption"] == [GARAGE]
    assert hass.states.get(TAKE_OUT) is None


@pytest.mark.parametrize(
    ("changed", "power"),
    [
        ({"negative": True}, {"stat_rate": "sensor.byd_battery_power"}),
        (
            {"discharged": "sensor.out"},
            {"stat_rate_from": "sensor.out", "stat_rate_to": "sensor.byd_battery_power"},
        ),
    ],
)
async def test_the_power_of_a_battery_is_told_the_way_that_it_counts(
    hass: HomeAssistant,
    site: MockConfigEntry,
    manager: energy.EnergyManager,
    changed: dict[str, Any],
    power: dict[str, str],
) -> None:
    hass.states.async_set("sensor.out", "0", WATTS)
    await with_battery(hass, site, **changed)
    await press(hass, ADD)
    [storage] = there(manager)["energy_sources"]
    assert storage["type"] == "battery"
    assert storage["power_config"] == power


async def test_what_has_no_statistics_is_left_out(
    hass: HomeAssistant,
    site: MockConfigEntry,
    manager: energy.EnergyManager,
    entity_registry: er.EntityRegistry,
) -> None:
    hass.states.async_set("sensor.pv", "3000", WATTS)  # of no device
    await added(hass, site, "solar", ROOF)
    lone = device_with(hass, "ess", ("battery_power", "power", "measurement"))
    hass.states.async_set(lone["battery_power"], "500", WATTS)
    await added(hass, site, "battery", BATTERY | {"power": lone["battery_power"]})
    off = er.RegistryEntryDisabler.USER
    entity_registry.async_update_entity("sensor.garage_energy", disabled_by=off)
    await press(hass, ADD)
    assert there(manager)["energy_sources"] == []
    assert there(manager)["device_consumption"] == [WASHING]


async def test_a_site_that_is_removed_takes_its_own_with_it(
    hass: HomeAssistant, site: MockConfigEntry, manager: energy.EnergyManager
) -> None:
    await with_roof(hass, site)
    await press(hass, ADD)
    assert there(manager)["energy_sources"]
    await hass.config_entries.async_remove(site.entry_id)
    assert there(manager)["device_consumption"] == [WASHING]
    assert there(manager)["energy_sources"] == []


async def test_a_charger_that_is_removed_takes_its_row_with_it(
    hass: HomeAssistant, site: MockConfigEntry, manager: energy.EnergyManager
) -> None:
    await with_roof(hass, site)
    await press(hass, ADD)
    sources = there(manager)["energy_sources"]
    hass.config_entries.async_remove_subentry(site, only_charger(site).subentry_id)
    await until(lambda: there(manager)["device_consumption"] == [WASHING])
    assert there(manager)["energy_sources"] == sources != []
    await hass.async_block_till_done()
    await press(hass, TAKE_OUT)
    assert there(manager)["energy_sources"] == []
