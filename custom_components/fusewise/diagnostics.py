"""What a site tells in a bug report: its settings, what was known last and what was decided."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_HOST, CONF_NAME
from homeassistant.core import HomeAssistant

from .const import CONF_IDENTITY, CONF_SERIAL
from .coordinator import FusewiseConfigEntry

TO_REDACT = {CONF_HOST, CONF_IDENTITY, CONF_NAME, CONF_SERIAL, "title", "unique_id"}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: FusewiseConfigEntry
) -> dict[str, Any]:
    """Return what helps to find out why a site did what it did."""
    view = entry.runtime_data.data
    return {
        "settings": async_redact_data(entry.data, TO_REDACT),
        "chargers": {
            subentry.subentry_id: async_redact_data(subentry.data, TO_REDACT)
            for subentry in entry.subentries.values()
        },
        "site": asdict(entry.runtime_data.controller.site),
        "readings": {key: asdict(charger.reading) for key, charger in view.chargers.items()},
        "problems": {
            key: str(charger.problem)
            for key, charger in view.chargers.items()
            if charger.problem is not None
        },
        "decision": asdict(view.decision),
    }
