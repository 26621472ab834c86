"""What the dialogs ask about a charger that Home Assistant already has."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import voluptuous as vol

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, CONF_NAME
from homeassistant.core import HomeAssistant

from .charger_forms import SWITCHES_PHASES, charger_schema_of, phases_settings
from .const import (
    CONF_CIRCUIT,
    CONF_FALLBACK,
    CONF_IDENTITY,
    CONF_KIND,
    CONF_MAXIMUM,
    CONF_MODEL,
    CONF_SERIAL,
    CONF_VENDOR,
    CONF_WIRING,
    ENTITIES,
    MAIN_CIRCUIT,
)
from .devices.entity import FALLBACK, ChargerEntities, FoundCharger, status_of
from .entity_charger import CONF_ENTITIES, abilities_of, stored_of
from .forms import Answers, Circuits, number
from .hints import async_hint, listed

CONF_DEVICE = "device"
CONF_GUESS = "guess"

HOLD_HOURS = "hold_hours"


def found_schema(
    site: Mapping[str, Any], circuits: Circuits, chosen: ChargerEntities
) -> vol.Schema:
    """The questions about a charger that cannot be told what to do alone."""
    asked = charger_schema_of(site, circuits).schema
    return vol.Schema(
        {
            **{key: kind for key, kind in asked.items() if key != CONF_FALLBACK},
            **(SWITCHES_PHASES if chosen.phases is not None else {}),
            vol.Optional(HOLD_HOURS): number(0, 168, "h"),
        }
    )


def found_settings(answers: Answers) -> Answers:
    """What is stored of the answers; it keeps what it was told last, so nothing less counts."""
    return {
        CONF_CIRCUIT: answers.get(CONF_CIRCUIT, MAIN_CIRCUIT),
        CONF_WIRING: answers[CONF_WIRING],
        CONF_MAXIMUM: answers[CONF_MAXIMUM],
        CONF_FALLBACK: answers[CONF_MAXIMUM],
        **phases_settings(answers),
    }


def found_data(
    hass: HomeAssistant,
    chosen: ChargerEntities,
    found: FoundCharger | None,
    answers: Answers,
    voltage: float,
) -> Answers:
    """What is stored of a charger that is taken in; `found` is the device that its entities belong to."""
    return {
        CONF_KIND: ENTITIES,
        CONF_IDENTITY: f"device_{found.id}" if found else f"entity_{next(iter(chosen))}",
        CONF_DEVICE: found and found.device,
        CONF_GUESS: found is not None and (found.is_guess or found.is_only_watched),
        CONF_VENDOR: found and found.manufacturer,
        CONF_MODEL: found and found.model,
        CONF_SERIAL: found and found.serial,
        **found_updates(hass, chosen, answers, voltage),
    }


def found_updates(
    hass: HomeAssistant, chosen: ChargerEntities, answers: Answers, voltage: float
) -> Answers:
    """What is stored anew when it is changed."""
    hours = answers.get(HOLD_HOURS)
    chosen = replace(chosen, hold=None if hours is None else 3600 * hours)
    return {
        **found_settings(answers),
        **abilities_of(hass, chosen, answers[CONF_MAXIMUM], voltage),
        CONF_ENTITIES: stored_of(chosen),
    }


def found_placeholders(hass: HomeAssistant, chosen: ChargerEntities) -> dict[str, str]:
    """What the dialog tells of a charger: how slow it is, and what each entity shows now."""
    return {
        "obeys_within": f"{chosen.traits.obeys_within:g}",
        "minimum_interval": f"{chosen.traits.minimum_interval:g}",
        "values": values_of(hass, chosen),
    }


async def async_hints(hass: HomeAssistant, found: FoundCharger | None) -> str:
    """What its owner might do, so that more is known of it."""
    if found is None or not found.switched_off:
        return ""
    return await async_hint(hass, "charger_switched_off", entities=listed(found.switched_off))


def values_of(hass: HomeAssistant, entities: ChargerEntities) -> str:
    """What each entity shows now, and what its status is taken to mean."""
    lines: list[str] = []
    for entity in entities:
        state = hass.states.get(entity)
        shown = "–" if state is None else state.state
        unit = state and state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        meant = ""
        if entity == entities.status:
            status = status_of(state, entities.statuses)
            meant = f" → {status.value if status else '?'}"
        lines.append(f"- `{entity}`: {shown}{f' {unit}' if unit else ''}{meant}")
    if entities.arm is not None:
        lines.append(f"- `{entities.arm.name}`: {FALLBACK:g} A")
    return "\n".join(lines)


def name_of(answers: Answers) -> str:
    """What the charger is called."""
    return str(answers[CONF_NAME]).strip()
