"""What the dialogs ask about a charger that Home Assistant already has."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import voluptuous as vol

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, CONF_NAME, Platform
from homeassistant.core import HomeAssistant, valid_entity_id
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    ObjectSelector,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.util.unit_conversion import ElectricCurrentConverter, PowerConverter

from .balancing.model import ChargerStatus
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
from .devices.entity import (
    FALLBACK,
    Action,
    ChargerEntities,
    FoundCharger,
    Limit,
    Switch,
    Traits,
    levels_of,
    phases_of,
    status_of,
    switch_of,
)
from .entity_charger import CONF_ENTITIES, abilities_of, stored_of
from .forms import Answers, Circuits, Errors, errors_of, measuring, number
from .hints import async_hint, listed

CONF_DEVICE = "device"
CONF_GUESS = "guess"

HOLD_HOURS = "hold_hours"
LIMIT_UNITS = {*ElectricCurrentConverter.VALID_UNITS, *PowerConverter.VALID_UNITS}
LIMITS = [Platform.NUMBER, Platform.SELECT, "input_number", "input_select"]
SWITCHES = [Platform.SWITCH, "input_boolean", Platform.SELECT, "input_select", Platform.LOCK]
PHASES = [Platform.SWITCH, Platform.NUMBER, Platform.SELECT, "input_boolean", "input_select"]
PRESENCE = [Platform.DEVICE_TRACKER, Platform.BINARY_SENSOR, "input_boolean"]

OWN_SCHEMA = vol.Schema(
    {
        vol.Optional("limit"): EntitySelector(EntitySelectorConfig(domain=LIMITS)),
        vol.Optional("switch"): EntitySelector(EntitySelectorConfig(domain=SWITCHES)),
        vol.Optional("status"): EntitySelector(
            EntitySelectorConfig(
                domain=[Platform.SENSOR, Platform.BINARY_SENSOR, Platform.SELECT, "input_boolean"]
            )
        ),
        vol.Optional("currents"): measuring(
            SensorDeviceClass.CURRENT, SensorDeviceClass.POWER, multiple=True
        ),
        vol.Optional("power"): measuring(SensorDeviceClass.POWER),
        vol.Optional("energy"): measuring(SensorDeviceClass.ENERGY),
        vol.Required("obeys_within", default=10): number(1, 900, "s"),
        vol.Required("minimum_interval", default=0): number(0, 3600, "s"),
        vol.Required("falls_wait_too", default=False): BooleanSelector(),
        vol.Optional("renew"): number(10, 86_400, "s"),
        vol.Optional("no_car"): TextSelector(TextSelectorConfig(multiple=True)),
        vol.Optional("switch_on"): TextSelector(),
        vol.Optional("switch_off"): TextSelector(),
        vol.Required("limit_phases", default=1): number(1, 3, step=1),
        vol.Optional("phases"): EntitySelector(EntitySelectorConfig(domain=PHASES)),
        vol.Optional("presence"): EntitySelector(EntitySelectorConfig(domain=PRESENCE)),
        vol.Optional("action"): TextSelector(),
        vol.Optional("action_data"): ObjectSelector(),
    }
)


def own_errors(hass: HomeAssistant, answers: Answers) -> Errors:
    """What cannot be right about the entities that were chosen."""
    errors = errors_of(answers)
    limit, action = answers.get("limit"), answers.get("action")
    if limit is None and answers.get("switch") is None and not action:
        errors["base"] = "entities_missing"
    if limit is not None and (state := hass.states.get(limit)) is not None:
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        if "options" in state.attributes:
            if not levels_of(state):
                errors["limit"] = "limit_without_amperes"
        elif unit is not None and unit not in LIMIT_UNITS:
            errors["limit"] = "limit_no_current"
    if (phases := answers.get("phases")) is not None and phases_of(hass, phases) is None:
        errors["phases"] = "phases_without_options"
    if answers.get("switch") is not None and not errors:
        errors |= _switch_errors(hass, answers)
    if action and not valid_entity_id(action):
        errors["action"] = "action_invalid"
    elif action and not hass.services.has_service(*action.split(".")):
        errors["action"] = "action_unknown"
    elif action and "{current}" not in (answers.get("action_data") or {}).values():
        errors["action_data"] = "action_data_invalid"
    return errors


def _switch_errors(hass: HomeAssistant, answers: Answers) -> Errors:
    entity = answers["switch"]
    on, off = answers.get("switch_on"), answers.get("switch_off")
    if not on and not off:
        return {} if switch_of(hass, entity) else {"switch": "switch_without_options"}
    if not on or not off or on == off:
        return {"switch_on": "switch_options_needed"}
    state = hass.states.get(entity)
    options = ("on", "off", "locked", "unlocked")
    if state is not None and "options" in state.attributes:
        options = tuple(state.attributes["options"] or ())
    wrong = {"switch_on": on, "switch_off": off}
    return {key: "switch_option_unknown" for key, word in wrong.items() if word not in options}


def own_entities(hass: HomeAssistant, answers: Answers) -> ChargerEntities:
    """The entities that were chosen, by their role."""
    limit: Limit | None = None
    if answers.get("action"):
        action = Action(name=answers["action"], data=answers["action_data"])
        limit = Limit(action=action, shown_by=answers.get("limit"))
    elif answers.get("limit"):
        limit = Limit(entity=answers["limit"], phases=int(answers["limit_phases"]))
    switch: Switch | None = None
    if answers.get("switch"):
        if answers.get("switch_on"):
            on, off = answers["switch_on"], answers["switch_off"]
            switch = Switch(entity=answers["switch"], on=on, off=off)
        else:
            switch = switch_of(hass, answers["switch"])
    words = (word.strip() for word in answers.get("no_car", ()))
    return ChargerEntities(
        limit=limit,
        switch=switch,
        phases=phases_of(hass, answers["phases"]) if answers.get("phases") else None,
        status=answers.get("status"),
        statuses={word: ChargerStatus.AVAILABLE.value for word in words if word},
        currents=tuple(answers.get("currents", ())),
        power=answers.get("power"),
        energy=answers.get("energy"),
        presence=answers.get("presence"),
        traits=Traits(
            obeys_within=answers["obeys_within"],
            minimum_interval=answers["minimum_interval"],
            falls_wait_too=answers["falls_wait_too"],
            renew=answers.get("renew"),
        ),
    )


def own_answers(entities: ChargerEntities) -> Answers:
    """What the dialog shows of entities that were chosen once."""
    limit, switch, traits = entities.limit, entities.switch, entities.traits
    shown: Mapping[str, Any] = {
        "limit": limit and (limit.entity or limit.shown_by),
        "limit_phases": limit and limit.phases,
        "switch": switch and switch.entity,
        "switch_on": switch and switch.on,
        "switch_off": switch and switch.off,
        "no_car": list(entities.statuses) or None,
        "phases": entities.phases and entities.phases.entity,
        "presence": entities.presence,
        "status": entities.status,
        "currents": list(entities.currents),
        "power": entities.power,
        "energy": entities.energy,
        "action": limit and limit.action and limit.action.name,
        "action_data": limit and limit.action and dict(limit.action.data),
        "obeys_within": traits.obeys_within,
        "minimum_interval": traits.minimum_interval,
        "falls_wait_too": traits.falls_wait_too,
        "renew": traits.renew,
    }
    return {key: value for key, value in shown.items() if value is not None}


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
