"""What a site tells in a bug report: its settings, what is known, and what was decided last and why."""

from dataclasses import replace
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant

from .balancing.codec import to_json
from .const import (
    CONF_CERTIFICATE,
    CONF_CLIENT_AUTHORITY,
    CONF_IDENTITY,
    CONF_KEY,
    CONF_NETWORKS,
    CONF_PASSWORD_HASH,
    CONF_SERIAL,
    SUBENTRY_CIRCUIT,
    SUBENTRY_METER,
)
from .coordinator import FusewiseConfigEntry
from .devices.ocpp import OcppCharger

TO_REDACT = {
    CONF_HOST,
    CONF_IDENTITY,
    CONF_SERIAL,
    CONF_PASSWORD_HASH,
    CONF_CERTIFICATE,
    CONF_KEY,
    CONF_CLIENT_AUTHORITY,
    CONF_NETWORKS,
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: FusewiseConfigEntry
) -> dict[str, Any]:
    """Return what helps to find out why a site did what it did."""
    coordinator = entry.runtime_data
    decision, recording = coordinator.controller.decision, coordinator.controller.recording
    return {
        "settings": async_redact_data({**entry.data, **entry.options}, TO_REDACT),
        **{
            f"{kind}s": {
                subentry.subentry_id: async_redact_data(subentry.data, TO_REDACT)
                for subentry in entry.get_subentries_of_type(kind)
            }
            for kind in (SUBENTRY_CIRCUIT, SUBENTRY_METER)
        },
        "chargers": {
            subentry_id: {
                "settings": async_redact_data(entry.subentries[subentry_id].data, TO_REDACT),
                "firmware": charger.info and charger.info.firmware,
                "limited_as": charger.way if isinstance(charger, OcppCharger) else "entities",
                "notices": charger.notices if isinstance(charger, OcppCharger) else None,
                "learnt": charger.learnt.stored() if isinstance(charger, OcppCharger) else None,
                "reading": to_json(recording.reading(charger.reading)),
                # Its message names the charger.
                "problem": type(coordinator.controller.problem(subentry_id)).__name__,
            }
            for subentry_id, charger in coordinator.chargers.items()
        },
        "site": to_json(coordinator.controller.site),
        "decision": None
        if decision is None
        else to_json(replace(decision, memory=recording.memory(decision.memory))),
        # The last hours, cycle by cycle: scripts/replay plays the download again.
        "recording": recording.blocks(),
    }
