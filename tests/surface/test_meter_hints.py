"""The dialogs about a meter say at once when what it shows does not fit the cars, or could be better."""

from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .clicking import answer
from .entity_chargers import added
from .house import entity_meter, stored_site, until
from .test_entity_meter import Device, asked_for_the_meter, with_port
from .test_meter_flow import answer as answer_about_meter

AMPERES = {"unit_of_measurement": "A"}


def shows(hass: HomeAssistant, *amperes: float) -> None:
    for number, shown in enumerate(amperes, 1):
        hass.states.async_set(f"sensor.grid_l{number}", str(shown), AMPERES)


async def site_with_a_car(hass: HomeAssistant, ocpp_port: int) -> tuple[MockConfigEntry, str]:
    """A site whose meter is made of entities, with a car on L2; and the entity that tells what it draws."""
    shows(hass, 3, 12, 1)
    l1, l2, l3 = ({"current": f"sensor.grid_l{n}"} for n in (1, 2, 3))
    meter = entity_meter(l1=l1, l2=l2, l3=l3)
    entry = MockConfigEntry(entry_id="home", title="Home", **stored_site(1, ocpp_port, meter))
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    number = {"min": 6, "max": 16, "step": 1, **AMPERES}
    hass.states.async_set("input_number.limit", "16", number)
    hass.states.async_set("input_boolean.charging", "on")
    hass.states.async_set("sensor.status", "charging")
    hass.states.async_set("sensor.drawn", "10", AMPERES)
    charger = await added(hass, entry, currents=["sensor.drawn"])
    subentry = entry.subentries[charger]
    data = {**subentry.data, "wiring": "L2"}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await hass.async_block_till_done()
    await until(lambda: entry.runtime_data.data)
    return entry, "sensor.drawn"


async def opened(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, "meter"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": "id_of_meter"},
    )


async def test_phases_that_seem_swapped_are_told_where_the_values_are_shown(
    hass: HomeAssistant, ocpp_port: int
) -> None:
    entry, _ = await site_with_a_car(hass, ocpp_port)
    step = await opened(hass, entry)
    assert step["description_placeholders"]["values"] == "- L1: 3.0 A\n- L2: 12.0 A\n- L3: 1.0 A"
    assert step["description_placeholders"]["hints"] == ""
    shows(hass, 13, 2, 1)
    step = await answer_about_meter(hass, step, {"next_step_id": "confirm"})
    assert "**L2 and L1 seem to be swapped**" in step["description_placeholders"]["hints"]
    shows(hass, 3, -8, 1)
    step = await answer_about_meter(hass, step, {"next_step_id": "confirm"})
    hints = step["description_placeholders"]["hints"]
    assert "**L2 seems to be counted the wrong way round**: cars draw 10.0 A" in hints


async def test_a_car_that_moves_between_two_looks_shows_which_phase_it_is_on(
    hass: HomeAssistant, ocpp_port: int
) -> None:
    entry, drawn = await site_with_a_car(hass, ocpp_port)
    shows(hass, 14, 20, 1)
    step = await opened(hass, entry)
    assert step["description_placeholders"]["hints"] == ""
    hass.states.async_set(drawn, "0", AMPERES)
    shows(hass, 4, 20, 1)
    step = await answer_about_meter(hass, step, {"next_step_id": "confirm"})
    assert "**L2 and L1 seem to be swapped**" in step["description_placeholders"]["hints"]


async def test_what_flows_out_of_a_house_that_is_new_is_told(
    hass: HomeAssistant, ocpp_port: int
) -> None:
    device = Device(hass, "made_up", "Meter")
    for number, amperes in ((1, 3.0), (2, -4.0), (3, 0.0)):
        device.sensor(f"x_current_l{number}", "current", amperes)
    step = await asked_for_the_meter(hass)
    step = await answer(hass, step, {"kind": device.id})
    step = await with_port(hass, step, ocpp_port)
    assert step["step_id"] == "confirm"
    assert "**L2 shows -4.0 A" in step["description_placeholders"]["hints"]


async def test_a_meter_whose_phases_are_switched_off_is_told_to_switch_them_on(
    hass: HomeAssistant, ocpp_port: int
) -> None:
    device = Device(hass, "made_up", "Meter")
    device.sensor("x_power", "power", 2300)
    for number in (1, 2, 3):
        entity = device.sensor(f"x_power_l{number}", "power", 700)
        er.async_get(hass).async_update_entity(
            entity, disabled_by=er.RegistryEntryDisabler.INTEGRATION
        )
    step = await asked_for_the_meter(hass)
    step = await answer(hass, step, {"kind": device.id})
    step = await with_port(hass, step, ocpp_port)
    assert step["step_id"] == "confirm_total"
    hints = step["description_placeholders"]["hints"]
    assert all(f"`{device.ids[f'x_power_l{number}']}`" in hints for number in (1, 2, 3))
