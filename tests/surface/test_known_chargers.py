"""A charger of another integration is offered with what its entities are, or seem to be if it is unknown."""

from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er

from .entity_chargers import GARAGE, answer, asked, wallbox
from .house import state_of, until


async def test_a_known_kind_is_found_and_asks_nothing_that_it_can_know(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    device = wallbox(
        hass,
        "peblar",
        ("number", "4711_charge_current_limit", "charge_current_limit"),
        ("switch", "4711_charge", "charge"),
        ("switch", "4711_force_single_phase", "force_single_phase"),
        ("sensor", "4711_cp_state", "cp_state"),
        *(("sensor", f"4711_current_phase_{n}", f"current_phase_{n}") for n in (1, 2, 3)),
        ("sensor", "4711_power_total", ""),
    )
    told: list[tuple[str, Any]] = []

    async def called(call: ServiceCall) -> None:
        told.append((call.service, call.data.get("value")))

    hass.services.async_register("number", "set_value", called)
    hass.services.async_register("switch", "turn_on", called)
    for entity in er.async_entries_for_device(er.async_get(hass), device):
        hass.states.async_set(entity.entity_id, "0", {"unit_of_measurement": "A"})
    registry = er.async_get(hass)
    ids = {entry.unique_id: entry.entity_id for entry in registry.entities.values()}
    limit, status = ids["4711_charge_current_limit"], ids["4711_cp_state"]
    hass.states.async_set(limit, "16", {"min": 6, "max": 16, "step": 1})
    hass.states.async_set(ids["4711_charge"], "off")
    hass.states.async_set(status, "suspended")
    step = await asked(hass, site)
    [kind] = step["data_schema"].schema.values()
    assert kind.config["options"][0] == {"value": device, "label": "Wallbox (Peblar)"}
    step = await answer(hass, step, {"identity": device})
    assert step["step_id"] == "found"
    shown = {str(key): key.description for key in step["data_schema"].schema}
    assert shown.keys() == {"name", "wiring", "maximum", "switches_phases", "hold_hours"}
    assert shown["name"] == {"suggested_value": "Wallbox"}
    values = step["description_placeholders"]["values"]
    assert f"- {state_of(hass, limit).name}: 16" in values
    assert "→ Paused by the charger" in values
    step = await answer(hass, step, GARAGE)
    await hass.async_block_till_done()
    [subentry] = site.get_subentries_of_type("charger")
    assert (subentry.data["vendor"], subentry.data["model"]) == ("Maker", "Model S")
    assert subentry.data["entities"]["switch"]["entity"] == ids["4711_charge"]
    await until(lambda: ("turn_on", None) in told)
    # It is not offered again; and it is no meter of the house.
    step = await asked(hass, site)
    [kind] = step["data_schema"].schema.values()
    assert [option["value"] for option in kind.config["options"]] == ["entities", "later"]
    # What it has was not chosen by hand, so only the rest can be changed.
    step = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": subentry.subentry_id},
    )
    assert step["step_id"] == "found"
    # One that was set up before phases could be switched learns it when it is changed.
    entities = {role: each for role, each in subentry.data["entities"].items() if role != "phases"}
    hass.config_entries.async_update_subentry(
        site, subentry, data={**subentry.data, "entities": entities}
    )
    learns: Any = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": subentry.subentry_id},
    )
    assert "switches_phases" in learns["data_schema"].schema


async def test_an_unknown_kind_is_offered_with_what_its_entities_seem_to_be(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    device = wallbox(
        hass,
        "made_up",
        ("number", "1_charging_current", ""),
        ("select", "1_mode", ""),
        ("sensor", "1_status", ""),
    )
    registry = er.async_get(hass)
    ids = {entry.unique_id: entry.entity_id for entry in registry.entities.values()}
    limit, mode, status = ids["1_charging_current"], ids["1_mode"], ids["1_status"]
    hass.states.async_set(limit, "16", {"unit_of_measurement": "A", "min": 8, "max": 16, "step": 2})
    hass.states.async_set(mode, "Stop", {"options": ["Stop", "Solar", "Fast"]})
    hass.states.async_set(status, "Unbesetzt")
    step = await asked(hass, site)
    [kind] = step["data_schema"].schema.values()
    assert kind.config["options"][0] == {"value": device, "label": "Wallbox (made_up)"}
    step = await answer(hass, step, {"identity": device})
    assert step["step_id"] == "entities"
    shown = {
        str(key): key.description["suggested_value"]
        for key in step["data_schema"].schema
        if key.description
    }
    assert (shown["limit"], shown["switch"], shown["status"]) == (limit, mode, status)
    assert (shown["switch_on"], shown["switch_off"]) == ("Fast", "Stop")
    said = {"currents": [], **{key: value for key, value in shown.items() if value is not None}}
    step = await answer(hass, step, said)
    # Its word for 'no car' is not known: it is asked back once that is seen.
    assert "Unbesetzt → ?" in step["description_placeholders"]["values"]
    await answer(hass, step, GARAGE)
    await hass.async_block_till_done()
    [subentry] = site.get_subentries_of_type("charger")
    assert subentry.data["vendor"] == "Maker"
    [charger] = site.runtime_data.controller.site.chargers
    assert (charger.floor, charger.step) == (8, 2)
    step = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": subentry.subentry_id},
    )
    assert step["step_id"] == "entities"
    step = await answer(hass, step, said | {"no_car": ["Unbesetzt", " "]})
    assert "Unbesetzt → Available" in step["description_placeholders"]["values"]
    await answer(hass, step, GARAGE)
    await hass.async_block_till_done()
    [made] = site.runtime_data.chargers.values()
    assert made.reading.session is None
