"""A charger that Home Assistant only watches is not left out: its owner is told what helps."""

from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .clicking import NO_METER, answer as answer_of_site, asked_for_the_meter
from .entity_chargers import GARAGE, WAYS, answer, asked, known_wallbox

CONNECTOR = "tesla_wall_connector"


def wall_connector(hass: HomeAssistant) -> dict[str, str]:
    """A Tesla Wall Connector as its integration registers it; entity ids by unique id."""
    entry = MockConfigEntry(domain=CONNECTOR)
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(CONNECTOR, "PGT1")},
        name="Tesla Wall Connector",
        manufacturer="Tesla",
    )
    ids = {"device": device.id}
    for key, state, unit in (
        ("status", "waiting_car", None),
        ("evse_state", "9", None),
        ("current_a_a", "0.2", "A"),
        ("current_b_a", "0.1", "A"),
        ("current_c_a", "0.1", "A"),
        ("vehicle_current_a", "0", "A"),
        ("total_power_w", "12", "W"),
    ):
        registered = er.async_get(hass).async_get_or_create(
            "sensor",
            CONNECTOR,
            f"PGT1-{key}",
            config_entry=entry,
            device_id=device.id,
            translation_key=key,
            object_id_base=f"connector_{key}",
        )
        attributes: dict[str, Any] = {} if unit is None else {"unit_of_measurement": unit}
        hass.states.async_set(registered.entity_id, state, attributes)
        ids[key] = registered.entity_id
    return ids


async def test_a_wall_connector_is_found_and_its_owner_is_told_what_helps(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    ids = wall_connector(hass)
    step = await asked(hass, site)
    [kind] = step["data_schema"].schema.values()
    label = "Tesla Wall Connector"
    assert {"value": ids["device"], "label": label} in kind.config["options"]
    step = await answer(hass, step, {"identity": ids["device"]})
    assert (step["type"], step["step_id"]) == (FlowResultType.MENU, "watched")
    shown = step["description_placeholders"]
    assert "→ Paused by the car" in shown["values"]
    assert shown["cars"] == "–"
    # One of another device limits it; what this one measures is used with it.
    hass.states.async_set(
        "number.car", "16", {"unit_of_measurement": "A", "min": 6, "max": 16, "step": 1}
    )
    step = await answer(hass, step, {"next_step_id": "entities"})
    filled = {
        str(key): key.description["suggested_value"]
        for key in step["data_schema"].schema
        if key.description
    }
    currents = [ids[f"current_{letter}_a"] for letter in "abc"]
    assert (filled["status"], filled["currents"]) == (ids["status"], currents)
    said = {"limit": "number.car", "status": ids["status"], "currents": currents, **WAYS}
    step = await answer(hass, step, said)
    assert step["step_id"] == "found"
    await answer(hass, step, GARAGE)
    await hass.async_block_till_done()
    [subentry] = site.get_subentries_of_type("charger")
    assert subentry.data["entities"]["limit"]["entity"] == "number.car"
    [made] = site.runtime_data.chargers.values()
    assert made.reading.current == (0.2, 0.1, 0.1)


async def test_a_new_site_names_what_can_only_be_watched(hass: HomeAssistant) -> None:
    wall_connector(hass)
    step = await answer_of_site(hass, await asked_for_the_meter(hass), NO_METER)
    assert step["step_id"] == "chargers"
    assert "Tesla Wall Connector" in step["description_placeholders"]["hints"]
    # There is nothing to choose from.
    assert not step["data_schema"].schema
    step = await answer_of_site(hass, step, {})
    assert step["step_id"] == "confirm_unmeasured"
    known_wallbox(hass, "Garage")
    step = await answer_of_site(hass, await asked_for_the_meter(hass), NO_METER)
    [choice] = step["data_schema"].schema.values()
    assert [option["label"] for option in choice.config["options"]] == ["Garage (wallbox)"]


async def test_entities_that_are_switched_off_are_named(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    entry = MockConfigEntry(domain="easee")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("easee", "EH1")}, name="Easee Home"
    )
    for domain, key, is_off in (
        ("switch", "is_enabled", False),
        ("sensor", "status", False),
        ("sensor", "dynamic_charger_limit", True),
        ("sensor", "current", True),
        ("sensor", "voltage", True),
    ):
        er.async_get(hass).async_get_or_create(
            domain,
            "easee",
            f"EH1_{key}",
            config_entry=entry,
            device_id=device.id,
            object_id_base=f"easee_{key}",
            disabled_by=er.RegistryEntryDisabler.INTEGRATION if is_off else None,
        )
    step = await answer(hass, await asked(hass, site), {"identity": device.id})
    assert step["step_id"] == "found"
    hints = step["description_placeholders"]["hints"]
    assert "_dynamic_charger_limit`" in hints
    assert "_current`" in hints
    assert "voltage" not in hints
