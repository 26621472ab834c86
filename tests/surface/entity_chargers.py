"""Chargers that Home Assistant already has, as tests need them, and the dialog that takes them in."""

from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.devices.entity import PRESETS
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er

GARAGE = {"name": "Garage", "wiring": "L1 L2 L3", "maximum": 16}
LIMIT, SWITCH, STATUS = "input_number.limit", "input_boolean.charging", "sensor.status"
WAYS = {
    "obeys_within": 1,
    "minimum_interval": 0,
    "falls_wait_too": False,
    "limit_phases": 1,
    "action_least": 6,
}
OWN = {"limit": LIMIT, "switch": SWITCH, "status": STATUS, **WAYS}


async def answer(hass: HomeAssistant, step: Any, user_input: dict[str, Any]) -> Any:
    return await hass.config_entries.subentries.async_configure(step["flow_id"], user_input)


async def asked(hass: HomeAssistant, site: MockConfigEntry) -> Any:
    return await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"), context={"source": SOURCE_USER}
    )


async def added(hass: HomeAssistant, site: MockConfigEntry, **own: Any) -> str:
    """Add a charger by its entities; the id of its subentry."""
    step = await answer(hass, await asked(hass, site), {"identity": "entities"})
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "entities")
    step = await answer(hass, step, OWN | own)
    assert (step["step_id"], step["errors"]) == ("found", {})
    step = await answer(hass, step, GARAGE)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    [subentry] = site.get_subentries_of_type("charger")
    return subentry.subentry_id


def wallbox(hass: HomeAssistant, integration: str, *entities: tuple[str, str, str]) -> str:
    """A device of another integration, in the registries as that has it: domain, unique id, key."""
    entry = MockConfigEntry(domain=integration)
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(integration, "1")},
        name="Wallbox",
        manufacturer="Maker",
        model="Model S",
        serial_number="4711",
    )
    for domain, unique_id, key in entities:
        er.async_get(hass).async_get_or_create(
            domain,
            integration,
            unique_id,
            config_entry=entry,
            device_id=device.id,
            translation_key=key or None,
            original_name=unique_id,
            object_id_base=f"box_{key or unique_id}",
        )
    return device.id


def known_wallbox(hass: HomeAssistant, name: str) -> str:
    """A device of an integration whose chargers are known, with its entities as that has them; its id."""
    preset = next(preset for preset in PRESETS if preset.integration == "wallbox")
    entry = MockConfigEntry(domain="wallbox", title=name)
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("wallbox", name)}, name=name
    )
    for role in (preset.limit, preset.switch, preset.status):
        if role is not None:
            er.async_get(hass).async_get_or_create(
                role.domain,
                "wallbox",
                f"{role.key}_{name}",
                config_entry=entry,
                device_id=device.id,
                translation_key=role.key,
            )
    return device.id
