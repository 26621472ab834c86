"""What the dialog asks about a charger whose entities its owner chooses: which they are, and what each does."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, Platform
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
from .devices.entity import (
    Action,
    ChargerEntities,
    Limit,
    Switch,
    Traits,
    levels_of,
    phases_of,
    switch_of,
)
from .forms import FLOOR, Answers, Errors, errors_of, measuring, number

LIMIT_UNITS = {*ElectricCurrentConverter.VALID_UNITS, *PowerConverter.VALID_UNITS}
LIMITS = [Platform.NUMBER, Platform.SELECT, "input_number", "input_select"]
SWITCHES = [Platform.SWITCH, "input_boolean", Platform.SELECT, "input_select", Platform.LOCK]
PHASES = [Platform.SWITCH, Platform.NUMBER, Platform.SELECT, "input_boolean", "input_select"]
AS_IN_AUTOMATIONS = {"action", "target", "data", "metadata"}
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
        vol.Required("action_least", default=6): number(0, 32, "A"),
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
    elif action and not Action(name=action, data=_parameters(answers)).tells:
        errors["action_data"] = "action_data_invalid"
    return errors


def _parameters(answers: Answers) -> dict[str, Any]:
    """The action's parameters; target and data may be apart, as in an automation."""
    given = answers.get("action_data")
    if not isinstance(given, Mapping):
        return {}
    if not given.keys() <= AS_IN_AUTOMATIONS:
        return dict(given)
    parts = (given.get(part) for part in ("target", "data"))
    return {key: each for part in parts if isinstance(part, Mapping) for key, each in part.items()}


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
        least = answers["action_least"]
        action = Action(
            name=answers["action"],
            data=_parameters(answers),
            takes_zero=least == 0,
            least=least or FLOOR,
        )
        limit = Limit(
            action=action, shown_by=answers.get("limit"), phases=int(answers["limit_phases"])
        )
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
        "action_least": limit
        and limit.action
        and (0 if limit.action.takes_zero else limit.action.least),
        "obeys_within": traits.obeys_within,
        "minimum_interval": traits.minimum_interval,
        "falls_wait_too": traits.falls_wait_too,
        "renew": traits.renew,
    }
    return {key: value for key, value in shown.items() if value is not None}
