"""Chargers that Home Assistant already has are proposed when a site is set up."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.devices.entity import PRESETS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

NO_METER = {"kind": "no_meter", "port": 502, "unit_id": 1, "interval": 1}


def wallbox(hass: HomeAssistant, name: str) -> str:
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
