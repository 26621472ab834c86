"""The sun, a battery and the vehicles of a home are added by clicking, and count in the next cycle."""

from collections.abc import Mapping
from functools import partial
import time
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.balancing.settings import BatteryUse
from custom_components.fusewise.guests import KnownBy
from demo.world import World
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .house import car, device_of, let_call, site_entry, until

WATTS = {"unit_of_measurement": "W", "device_class": "power"}
PERCENT = {"unit_of_measurement": "%", "device_class": "battery"}


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    entry = site_entry(hass, house, ocpp_port, "garage")
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


SAVE = {"next_step_id": "save"}


async def asked(
    hass: HomeAssistant, site: MockConfigEntry, kind: str, subentry: str | None = None
) -> Any:
    context: Any = {"source": SOURCE_USER}
    if subentry is not None:
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": subentry}
    return await hass.config_entries.subentries.async_init((site.entry_id, kind), context=context)


async def answer(hass: HomeAssistant, step: Any, said: dict[str, Any]) -> Any:
    return await hass.config_entries.subentries.async_configure(step["flow_id"], said)


async def added(
    hass: HomeAssistant, site: MockConfigEntry, kind: str, said: dict[str, Any]
) -> tuple[str, str]:
    """Add one; the id of its subentry, and what the dialog has shown of it."""
    step = await answer(hass, await asked(hass, site, kind), said)
    assert (step["type"], step["step_id"]) == (FlowResultType.MENU, "confirm")
    values = step["description_placeholders"]["values"]
    step = await answer(hass, step, SAVE)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    return site.get_subentries_of_type(kind)[-1].subentry_id, values


def suggested(step: Any) -> dict[str, Any]:
    return {
        str(key): key.description["suggested_value"]
        for key in step["data_schema"].schema
        if key.description
    }


ROOF = {"name": "Roof", "powers": ["sensor.pv"], "wiring": "L1 L2 L3", "negative": False}


async def test_the_sun_is_added_shown_and_counted_without_a_reload(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    coordinator, controller = site.runtime_data, site.runtime_data.controller
    hass.states.async_set("sensor.pv", "6.9", {"unit_of_measurement": "kW"})
    key, values = await added(hass, site, "solar", ROOF)
    assert values == "- 6900 W\n- L1: 10.0 A\n- L2: 10.0 A\n- L3: 10.0 A"
    assert (site.runtime_data, coordinator.controller) == (coordinator, controller)
    await until(lambda: coordinator.data.solar.get(key))
    assert coordinator.data.solar[key].power == 6900
    assert controller.surroundings.sun(coordinator.data.decision.time) == pytest.approx((10,) * 3)
    await until(lambda: controller.memory.circuits["main"].sun == pytest.approx((10,) * 3))
    assert device_of(hass, site, key).name == "Roof"
    # At night many an inverter is not there at all: then nobody knows of any sun.
    hass.states.async_set("sensor.pv", "unavailable")
    await until(lambda: coordinator.data.solar[key] is None)
    assert controller.surroundings.sun(coordinator.data.decision.time) is None
    hass.config_entries.async_remove_subentry(site, key)
    await until(lambda: not coordinator.data.solar)


async def test_each_phase_of_an_inverter_may_have_its_entity(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    for number, watts in enumerate((-230, -460, 5)):
        hass.states.async_set(f"sensor.pv{number}", str(watts), WATTS)
    three = {"powers": [f"sensor.pv{n}" for n in range(3)], "negative": True}
    step = await answer(
        hass, await asked(hass, site, "solar"), ROOF | three | {"powers": ["sensor.a", "sensor.b"]}
    )
    assert step["errors"] == {"powers": "powers_of_phases"}
    _, values = await added(hass, site, "solar", ROOF | three)
    # What it draws at night is no negative sun.
    assert values == "- 685 W\n- L1: 1.0 A\n- L2: 2.0 A\n- L3: 0.0 A"


@pytest.mark.parametrize(
    ("state", "unit", "told"),
    [
        (None, None, "no entity sensor.pv"),
        ("unavailable", "W", "is 'unavailable'"),
        ("sunny", "W", "is 'sunny' and no number"),
        ("5", "°C", "is in °C, which is no power"),
    ],
)
async def test_what_cannot_be_read_is_explained_before_it_is_saved(
    hass: HomeAssistant, site: MockConfigEntry, state: str | None, unit: str | None, told: str
) -> None:
    if state is not None:
        hass.states.async_set("sensor.pv", state, {"unit_of_measurement": unit})
    step = await answer(hass, await asked(hass, site, "solar"), ROOF)
    assert (step["step_id"], step["errors"]) == ("user", {"base": "not_read"})
    assert told in step["description_placeholders"]["error"]
    assert suggested(step)["powers"] == ["sensor.pv"]
    step = await answer(hass, step, ROOF | {"powers": []})
    assert step["errors"] == {"powers": "powers_missing"}


async def test_sun_that_was_told_long_ago_is_not_known_any_more(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    hass.states.async_set("sensor.pv", "6900", WATTS)
    await added(hass, site, "solar", ROOF)
    controller = site.runtime_data.controller
    hass.states.async_set("sensor.pv", "6900", WATTS, timestamp=time.time() - 600)
    assert controller.surroundings.sun(controller._clock()) is not None
    hass.states.async_set("sensor.pv", "6900", WATTS, timestamp=time.time() - 1000)
    assert controller.surroundings.sun(controller._clock()) is None


BATTERY = {
    "name": "Cellar",
    "power": "sensor.battery",
    "negative": False,
    "use": "battery_helps",
    "reserve": 30,
}


async def test_a_battery_is_added_and_its_owner_says_who_comes_first(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    hass.states.async_set("sensor.battery", "-1200", WATTS)
    hass.states.async_set("sensor.full", "55", PERCENT)
    more = {"soc": "sensor.full", "capacity_kwh": 10, "maximum_discharge": 3000}
    key, values = await added(hass, site, "battery", BATTERY | more)
    assert values == "- -1200 W\n- 55 %\n- 10 kWh"
    coordinator = site.runtime_data
    await until(lambda: coordinator.data.batteries.get(key))
    settings = coordinator.controller.site.settings
    assert (settings.battery, settings.battery_reserve) == (BatteryUse.BATTERY_HELPS, 30)
    surroundings = coordinator.surroundings
    one = surroundings.battery(coordinator.controller._clock())
    assert one is not None
    assert (one.power, one.soc, one.maximum_discharge) == (-1200, 55, 3000)
    # Two batteries count as one; the larger one's state of charge weighs more.
    hass.states.async_set("sensor.in", "500", WATTS)
    hass.states.async_set("sensor.out", "0", WATTS)
    hass.states.async_set("sensor.full2", "85", PERCENT)
    second = BATTERY | {"name": "Loft", "power": "sensor.in", "discharged": "sensor.out"}
    await added(hass, site, "battery", second | {"soc": "sensor.full2", "capacity_kwh": 5})
    both = surroundings.battery(coordinator.controller._clock())
    assert both is not None
    assert (both.power, both.soc) == (-700, pytest.approx(65))
    # It is changed in place.
    step = await asked(hass, site, "battery", key)
    assert suggested(step)["maximum_discharge"] == 3000
    said = BATTERY | {"negative": True, "use": "cars_first", "name": "Basement"}
    step = await answer(hass, await answer(hass, step, said), SAVE)
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert coordinator.controller.site.settings.battery is BatteryUse.CARS_FIRST
    reading = surroundings.batteries[key].reading
    assert reading is not None
    assert (reading.power, reading.soc) == (1200, None)
    assert device_of(hass, site, key).name == "Basement"
    hass.states.async_set("sensor.battery", "nonsense")
    hass.states.async_set("sensor.in", "unknown")
    assert surroundings.battery(coordinator.controller._clock()) is None


VAN = {
    "name": "Van",
    "soc": "sensor.van",
    "capacity_kwh": 50,
    "target_soc": 80,
    "charger": "id_of_garage",
}


async def test_a_vehicle_at_its_usual_charger_tells_what_it_needs(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    hass.states.async_set("sensor.van", "62", PERCENT)
    key, values = await added(hass, site, "vehicle", VAN)
    assert values == "- 62 % → 80 %\n- 50 kWh"
    coordinator = site.runtime_data
    await until(lambda: key in coordinator.data.vehicles)
    assert coordinator.data.vehicles[key].charger is None
    let_call(house)
    house.stations["garage"].plug(car())
    await until(lambda: coordinator.data.vehicles[key].charger == "id_of_garage")
    view = coordinator.data.chargers["id_of_garage"]
    assert view.vehicle.name == "Van"
    assert view.vehicle.guest.known_by is KnownBy.USUAL
    # 18 % of 50 kWh, and what is lost on the way.
    needed = view.vehicle.guest.needed_kwh(view.vehicle.reading)
    assert needed == pytest.approx(10, abs=0.1)
    assert device_of(hass, site, key).name == "Van"
    # Somebody knows better.
    coordinator.choose_vehicle("id_of_garage", None)
    await until(lambda: coordinator.data.vehicles[key].charger is None)
    coordinator.choose_vehicle("id_of_garage", key)
    await until(lambda: coordinator.data.vehicles[key].charger == "id_of_garage")
    assert coordinator.data.vehicles[key].guest.known_by is KnownBy.CHOICE
    # And it is known over a restart of the site.
    await hass.config_entries.async_reload(site.entry_id)
    coordinator = site.runtime_data
    await until(lambda: coordinator.data and coordinator.data.vehicles[key].charger)
    assert coordinator.data.vehicles[key].guest.known_by is KnownBy.CHOICE


async def test_a_vehicle_of_which_nothing_is_known_can_be_added_all_the_same(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    key, values = await added(hass, site, "vehicle", {"name": "Old car", "cards": ["04:A1", " "]})
    assert values == "- –"
    assert site.runtime_data.surroundings.vehicles[key].cards == ("04:A1",)
    # What it does not tell is unknown: nothing is out of order.
    for shown in ("state_of_charge", "needed_energy", "known_by"):
        await until(partial(hass.states.is_state, f"sensor.old_car_{shown}", "unknown"))
    step = await answer(hass, await asked(hass, site, "vehicle"), {"name": " ", "maximum": 2})
    assert step["errors"] == {"name": "name_invalid", "maximum": "maximum_invalid"}


def entry_of(
    hass: HomeAssistant, platform: str, *entities: tuple[str, str, str | None]
) -> Mapping[str, str]:
    """A device of another integration: domain, unique id and device class of its entities."""
    entry = MockConfigEntry(domain=platform)
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(platform, "1")}, name=f"My {platform}"
    )
    return {
        unique_id: er.async_get(hass)
        .async_get_or_create(
            domain,
            platform,
            unique_id,
            config_entry=entry,
            device_id=device.id,
            original_device_class=device_class,
        )
        .entity_id
        for domain, unique_id, device_class in entities
    }


async def test_what_home_assistant_has_is_suggested(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    inverter = entry_of(
        hass,
        "growatt",
        ("sensor", "1-pv1_power", "power"),
        ("sensor", "1-grid_import_power", "power"),
        ("sensor", "1-solar_power", "power"),
        ("sensor", "1-battery_power", "power"),
        ("sensor", "1-battery_soc", "battery"),
    )
    entry_of(hass, "mobile_app", ("sensor", "p", "battery"), ("device_tracker", "p-t", None))
    van = entry_of(
        hass,
        "renault",
        ("sensor", "vin_battery_level", "battery"),
        ("device_tracker", "vin_location", None),
        ("binary_sensor", "vin_plugged_in", "plug"),
        ("number", "vin_charge_limit", None),
    )
    assert suggested(await asked(hass, site, "solar")) == {"powers": [inverter["1-solar_power"]]}
    assert suggested(await asked(hass, site, "battery")) == {
        "power": inverter["1-battery_power"],
        "soc": inverter["1-battery_soc"],
    }
    assert suggested(await asked(hass, site, "vehicle")) == {
        "name": "My renault",
        "soc": van["vin_battery_level"],
        "presence": van["vin_location"],
        "plug": van["vin_plugged_in"],
        "target": van["vin_charge_limit"],
    }


async def test_what_tells_its_kind_by_its_unit_only_is_offered_and_suggested(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    er.async_get(hass).async_get_or_create(
        "sensor", "template", "pv_power", suggested_object_id="roof", unit_of_measurement="W"
    )
    hass.states.async_set("sensor.roof", "690", {"unit_of_measurement": "W"})
    step = await asked(hass, site, "solar")
    assert suggested(step)["powers"] == ["sensor.roof"]
    for kind, field in (("solar", "powers"), ("battery", "power"), ("battery", "discharged")):
        schema = (await asked(hass, site, kind))["data_schema"].schema
        [offered] = [it.config["filter"] for key, it in schema.items() if str(key) == field]
        assert any("W" in each.get("unit_of_measurement", ()) for each in offered)
    # A helper too.
    hass.states.async_set("input_number.roof", "6900", {"unit_of_measurement": "W"})
    _, values = await added(hass, site, "solar", ROOF | {"powers": ["input_number.roof"]})
    assert values.startswith("- 6900 W")
