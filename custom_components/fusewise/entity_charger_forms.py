"""What the dialogs ask about a charger that Home Assistant already has."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import voluptuous as vol

from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT, CONF_NAME
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations, async_translate_state

from .balancing.model import Phase
from .charger_forms import SWITCHES_PHASES, charger_schema_of, phases_settings
from .const import (
    CONF_CIRCUIT,
    CONF_FALLBACK,
    CONF_IDENTITY,
    CONF_KIND,
    CONF_MAXIMUM,
    CONF_MODEL,
    CONF_RATING,
    CONF_SERIAL,
    CONF_VENDOR,
    CONF_WIRING,
    DOMAIN,
    ENTITIES,
    MAIN_CIRCUIT,
)
from .devices.entity import FALLBACK, ChargerEntities, FoundCharger, status_of
from .entity_charger import CONF_ENTITIES, abilities_of, stored_of
from .forms import Answers, Circuits, number
from .hints import async_hint, listed
from .site import conductor_voltage, phases_of, wiring_of

CONF_DEVICE = "device"
CONF_GUESS = "guess"

STATUS = f"component.{DOMAIN}.entity.sensor.status.state"  # where its words are
HOLD_HOURS = "hold_hours"


def found_schema(
    site: Mapping[str, Any], circuits: Circuits, chosen: ChargerEntities
) -> vol.Schema:
    """The questions about a charger that cannot be told what to do alone."""
    asked = charger_schema_of(site, circuits).schema
    # Where there are no three phases there is nothing to choose.
    may_switch = chosen.phases is not None and len(phases_of(site[CONF_RATING])) == len(Phase)
    return vol.Schema(
        {
            **{key: kind for key, kind in asked.items() if key != CONF_FALLBACK},
            **(SWITCHES_PHASES if may_switch else {}),
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
    site: Mapping[str, Any],
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
        **found_updates(hass, chosen, answers, site),
    }


def found_updates(
    hass: HomeAssistant, chosen: ChargerEntities, answers: Answers, site: Mapping[str, Any]
) -> Answers:
    """What is stored anew when it is changed."""
    hours = answers.get(HOLD_HOURS)
    wiring = wiring_of(answers[CONF_WIRING])
    chosen = replace(chosen.wired(len(wiring)), hold=None if hours is None else 3600 * hours)
    voltage = conductor_voltage(site, wiring)
    return {
        **found_settings(answers),
        **abilities_of(hass, chosen, answers[CONF_MAXIMUM], voltage),
        CONF_ENTITIES: stored_of(chosen),
    }


async def async_found_placeholders(hass: HomeAssistant, chosen: ChargerEntities) -> dict[str, str]:
    """What the dialog tells of a charger: how slow it is, and what each entity shows now."""
    return {
        "obeys_within": f"{chosen.traits.obeys_within:g}",
        "values": await async_values_of(hass, chosen),
    }


async def async_hints(
    hass: HomeAssistant, chosen: ChargerEntities, found: FoundCharger | None
) -> str:
    """How slowly it may rise, and what its owner might do, so that more is known of it."""
    hints = ""
    if seconds := chosen.traits.minimum_interval:
        hints += await async_hint(hass, "charger_rises", seconds=f"{seconds:g}")
    if found is not None and found.switched_off:
        entities = listed(found.switched_off)
        hints += await async_hint(hass, "charger_switched_off", entities=entities)
    return hints


async def async_values_of(hass: HomeAssistant, entities: ChargerEntities) -> str:
    """What each entity shows now, by its name, and what its status is taken to mean."""
    ours = await async_get_translations(hass, hass.config.language, "entity", {DOMAIN})
    lines = [_value_of(hass, entities, entity, ours) for entity in entities]
    if entities.arm is not None:
        lines.append(f"- `{entities.arm.name}`: {FALLBACK:g} A")
    return "\n".join(lines)


def _value_of(
    hass: HomeAssistant, entities: ChargerEntities, entity: str, ours: Mapping[str, str]
) -> str:
    if (state := hass.states.get(entity)) is None:
        return f"- `{entity}`: –"
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    meant = ""
    if entity == entities.status:
        status = status_of(state, entities.statuses)
        meant = f" → {ours[f'{STATUS}.{status}'] if status else '?'}"
    return f"- {state.name}: {_said(hass, state)}{f' {unit}' if unit else ''}{meant}"


def _said(hass: HomeAssistant, state: State) -> str:
    """A state as Home Assistant shows it, in its owner's language."""
    known = er.async_get(hass).async_get(state.entity_id)
    return async_translate_state(
        hass,
        state.state,
        state.domain,
        None if known is None else known.platform,
        None if known is None else known.translation_key,
        state.attributes.get(ATTR_DEVICE_CLASS),
    )


def name_of(answers: Answers) -> str:
    """What the charger is called."""
    return str(answers[CONF_NAME]).strip()
