"""A charger that Home Assistant already has is found or named by its entities, and balanced like any other."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.balancing.model import Phase
from demo.world import World
from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component

from .entity_chargers import GARAGE, LIMIT, OWN, STATUS, SWITCH, WAYS, added, answer, asked
from .house import device_of, site_entry, state_of, until

WATTS = {"unit_of_measurement": "W"}


async def test_a_charger_by_its_entities_is_told_its_share(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    key = await added(hass, site)
    coordinator = site.runtime_data
    [charger] = coordinator.controller.site.chargers
    assert charger.wiring == (Phase.L1, Phase.L2, Phase.L3)
    assert (charger.step, charger.slow_to_obey, charger.pausable) == (1, 1, True)
    # Nobody has proved what it does alone, so its maximum counts.
    assert (charger.fallback, charger.fallback_proved) == (16, False)
    await until(lambda: state_of(hass, SWITCH).state == "on")
    # It begins with its minimum and rises in its time.
    await until(lambda: state_of(hass, LIMIT).state == "6.0")
    await until(lambda: hass.states.get("sensor.garage_setpoint"))
    assert state_of(hass, "sensor.garage_status").state == "preparing"
    hass.states.async_set(STATUS, "disconnected")
    await until(lambda: state_of(hass, SWITCH).state == "off")
    assert device_of(hass, site, key).name == "Garage"


async def test_the_fall_back_of_a_charger_that_has_none_of_its_own_cannot_be_tested(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    device = device_of(hass, site, await added(hass, site)).id
    with pytest.raises(ServiceValidationError) as refused:
        await hass.services.async_call(
            "fusewise", "prove_fallback", {"device_id": device}, blocking=True
        )
    assert refused.value.translation_key == "cannot_fall_back"
    assert refused.value.translation_placeholders == {"charger": "Garage"}


@pytest.mark.parametrize(
    ("own", "errors"),
    [
        ({"limit": None, "switch": None}, {"base": "entities_missing"}),
        ({"limit": "select.mode"}, {"limit": "limit_without_amperes"}),
        ({"limit": "number.share"}, {"limit": "limit_no_current"}),
        ({"switch": "select.level"}, {"switch": "switch_without_options"}),
        ({"switch_on": "on"}, {"switch_on": "switch_options_needed"}),
        ({"switch_on": "on", "switch_off": "on"}, {"switch_on": "switch_options_needed"}),
        (
            {"switch": "select.mode", "switch_on": "Fast", "switch_off": "Slow"},
            {"switch_off": "switch_option_unknown"},
        ),
        ({"limit_phases": 4}, {"limit_phases": "limit_phases_invalid"}),
        ({"renew": 1}, {"renew": "renew_invalid"}),
        ({"action": "nonsense"}, {"action": "action_invalid"}),
        ({"action": "easee.no_such"}, {"action": "action_unknown"}),
        (
            {"action": "input_number.set_value", "action_data": ["no", "parameters"]},
            {"action_data": "action_data_invalid"},
        ),
        (
            {"action": "input_number.set_value", "action_data": {"value": 3}},
            {"action_data": "action_data_invalid"},
        ),
        (
            {"action": "input_number.set_value", "action_data": {"data": {"value": "{phases}"}}},
            {"action_data": "action_data_invalid"},
        ),
        ({"action_least": 99}, {"action_least": "action_least_invalid"}),
        ({"obeys_within": 0}, {"obeys_within": "obeys_within_invalid"}),
    ],
)
async def test_entities_that_cannot_be_a_charger_are_explained(
    hass: HomeAssistant,
    site: MockConfigEntry,
    thing: None,
    own: dict[str, Any],
    errors: dict[str, str],
) -> None:
    hass.states.async_set("select.mode", "Eco", {"options": ["Eco", "Fast"]})
    hass.states.async_set("select.level", "1", {"options": ["1", "2"]})
    hass.states.async_set("number.share", "50", {"unit_of_measurement": "%"})
    step = await answer(hass, await asked(hass, site), {"identity": "entities"})
    chosen = {key: value for key, value in (OWN | own).items() if value is not None}
    step = await answer(hass, step, chosen)
    assert (step["step_id"], step["errors"]) == ("entities", errors)


async def test_a_charger_by_its_entities_is_changed_in_place(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    key = await added(hass, site)
    charger = site.runtime_data.chargers[key]
    step: Any = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"), context={"source": SOURCE_RECONFIGURE, "subentry_id": key}
    )
    assert step["step_id"] == "entities"
    shown = {str(field): field.description for field in step["data_schema"].schema}
    assert shown["limit"] == {"suggested_value": LIMIT}
    step = await answer(hass, step, OWN)
    step = await answer(hass, step, GARAGE | {"name": "Barn", "maximum": 10})
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert site.runtime_data.chargers[key] is charger
    assert site.runtime_data.controller.site.chargers[0].maximum == 10
    # Other entities make another charger.
    step = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"), context={"source": SOURCE_RECONFIGURE, "subentry_id": key}
    )
    step = await answer(hass, step, OWN | {"obeys_within": 60})
    await answer(hass, step, GARAGE)
    await hass.async_block_till_done()
    assert site.runtime_data.chargers[key] is not charger
    assert site.runtime_data.controller.site.chargers[0].slow_to_obey == 60
    # And what is taken cannot be taken twice.
    step = await answer(hass, await asked(hass, site), {"identity": "entities"})
    step = await answer(hass, step, OWN)
    assert step["errors"] == {"base": "already_configured"}


async def test_an_action_may_be_written_as_in_an_automation(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    written = {
        "action": "input_number.set_value",
        "target": {"entity_id": "input_number.limit"},
        "data": {"value": "{current}"},
    }
    key = await added(hass, site, action=written["action"], action_data=written, action_least=8)
    [charger] = site.runtime_data.controller.site.chargers
    assert charger.floor == 8
    await until(lambda: state_of(hass, LIMIT).state == "8.0")
    step: Any = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"), context={"source": SOURCE_RECONFIGURE, "subentry_id": key}
    )
    shown = {
        str(field): field.description["suggested_value"]
        for field in step["data_schema"].schema
        if field.description
    }
    assert shown["action_data"] == {"entity_id": LIMIT, "value": "{current}"}
    assert shown["action_least"] == 8


async def test_a_smart_plug_is_all_or_nothing(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    step = await answer(hass, await asked(hass, site), {"identity": "entities"})
    step = await answer(hass, step, {"switch": SWITCH, **WAYS})
    step = await answer(hass, step, {"name": "Plug", "wiring": "L2", "maximum": 10})
    await hass.async_block_till_done()
    [charger] = site.runtime_data.controller.site.chargers
    assert charger.levels == (10,)
    await until(lambda: state_of(hass, SWITCH).state == "on")


async def test_watts_between_two_line_conductors_are_told_for_what_is_between_them(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    pair = {"min": 0, "max": 7000, "step": 1, "initial": 5000, **WATTS}
    assert await async_setup_component(hass, "input_number", {"input_number": {"pair": pair}})
    hass.states.async_set("sensor.pair", "1247", WATTS)
    hass.states.async_set(STATUS, "connected")
    data: dict[str, Any] = {"supply": "wye_208", "voltage": 120.0, "rating": [100.0] * 3}
    site = site_entry(hass, house, ocpp_port, **data)
    assert await hass.config_entries.async_setup(site.entry_id)
    step = await answer(hass, await asked(hass, site), {"identity": "entities"})
    own = OWN | {"limit": "input_number.pair", "power": "sensor.pair"}
    del own["switch"]
    # Three phases is more than it has.
    step = await answer(hass, step, own | {"limit_phases": 3})
    await answer(hass, step, GARAGE | {"wiring": "L1 L2"})
    # 16 A at 208 V.
    await until(lambda: state_of(hass, "input_number.pair").state == "3325.0")
    [charger] = site.runtime_data.chargers.values()
    # What flows in by one conductor flows out by the other.
    assert charger.reading.current == pytest.approx((6, 6), abs=0.01)
