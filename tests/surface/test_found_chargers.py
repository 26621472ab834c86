"""Chargers that Home Assistant already has are proposed when a site is set up."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .clicking import NO_METER, answer, asked_for_the_meter
from .entity_chargers import known_wallbox
from .house import HOST, MENU_SAVE, only_charger, state_of, until


async def test_chargers_that_are_there_are_proposed_and_taken_in_at_once(
    hass: HomeAssistant, ocpp_port: int
) -> None:
    garage, yard = known_wallbox(hass, "Garage"), known_wallbox(hass, "Yard")
    step = await answer(hass, await asked_for_the_meter(hass), NO_METER)
    assert step["step_id"] == "chargers"
    [(key, choice)] = step["data_schema"].schema.items()
    assert [option["label"] for option in choice.config["options"]] == [
        "Garage (wallbox)",
        "Yard (wallbox)",
    ]
    # All of them, until somebody says otherwise.
    assert key.default() == [garage, yard]
    step = await answer(hass, step, {"chargers": [yard]})
    assert (step["step_id"], step["description_placeholders"]["device"]) == ("found", "Yard")
    assert "- `number.yard`" in step["description_placeholders"]["values"]
    wrong = {"name": "Yard", "wiring": "L1 L2 L3", "maximum": 5}
    step = await answer(hass, step, wrong)
    assert step["errors"] == {"maximum": "maximum_invalid"}
    step = await answer(hass, step, wrong | {"maximum": 16})
    assert step["step_id"] == "confirm_unmeasured"
    assert "one charger (Yard)" in step["description_placeholders"]["summary"]
    # Another thought: the one in the garage too.
    step = await answer(hass, step, {"next_step_id": "chargers"})
    step = await answer(hass, step, {"chargers": [garage, yard]})
    for name in ("Garage", "Yard"):
        assert step["description_placeholders"]["device"] == name
        step = await answer(hass, step, {"name": name, "wiring": "L1", "maximum": 16})
    assert "2 chargers (Garage, Yard)" in step["description_placeholders"]["summary"]
    step = await answer(hass, step, {"next_step_id": "chargers"})
    step = await answer(hass, step, {"chargers": [yard]})
    step = await answer(hass, step, wrong | {"maximum": 16})
    step = await answer(hass, step, {"next_step_id": "ocpp"})
    step = await answer(hass, step, {"host": HOST, "port": ocpp_port})
    entry = (await answer(hass, step, MENU_SAVE))["result"]
    assert entry.state is ConfigEntryState.LOADED
    charger = only_charger(entry)
    assert (charger.title, charger.unique_id) == ("Yard", f"device_{yard}")
    await until(lambda: hass.states.get("sensor.yard_reason"))
    assert state_of(hass, "sensor.yard_reason").state
    # The next site is offered what is left.
    step = await answer(hass, await asked_for_the_meter(hass), NO_METER)
    [choice] = step["data_schema"].schema.values()
    assert [option["value"] for option in choice.config["options"]] == [garage]
    step = await answer(hass, step, {"chargers": []})
    assert step["step_id"] == "confirm_unmeasured"
