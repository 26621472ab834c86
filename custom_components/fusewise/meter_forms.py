"""What the dialogs ask about the meter: which one, how it is reached, or which entities it is made of."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import voluptuous as vol

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)

from .balancing.model import Phase
from .const import CONF_INTERVAL, CONF_KIND, CONF_UNIT_ID, ENTITIES, PHASE_KEYS
from .devices.calibration import LEAST_GAIN, MOST_GAIN, MOST_OFFSET, Calibration
from .devices.entity import FoundMeter, MeterEntities, Quantities
from .devices.modbus import METERS
from .forms import Answers, Errors, errors_of, labelled, measuring, number

CONF_DEVICE = "device"
CONF_TOTAL = "total"
NO_METER = "no_meter"

QUANTITIES = {
    "current": SensorDeviceClass.CURRENT,
    "power": SensorDeviceClass.POWER,
    "exported": SensorDeviceClass.POWER,
    "voltage": SensorDeviceClass.VOLTAGE,
}


MODBUS = {
    vol.Optional(CONF_HOST): TextSelector(),
    vol.Required(CONF_PORT, default=502): number(1, 65535, step=1),
    vol.Required(CONF_UNIT_ID, default=1): number(1, 247, step=1),
    vol.Required(CONF_INTERVAL, default=1): number(0.2, 60, "s"),
}
"""What is asked about a Modbus meter besides; no address may be said, for another meter may be wanted."""


def meter_schema(
    hass: HomeAssistant,
    found: Sequence[FoundMeter],
    phases: Sequence[Phase],
    *,
    may_do_without: bool,
    default: str | None = None,
) -> vol.Schema:
    """The question which meter it is; those that Home Assistant has already come first.

    Where there are several phases, what knows only a sum is often a plug or an appliance: it comes late.
    """
    options = [
        SelectOptionDict(value=meter.device, label=labelled(hass, meter.name, meter.integration))
        for meter in found
    ]
    first = sum(len(phases) == 1 or not meter.entities.is_total for meter in found)
    kinds = options[:first]
    kinds += [SelectOptionDict(value=kind, label=METERS[kind].name) for kind in METERS]
    kinds.append(SelectOptionDict(value=ENTITIES, label="Entities that I choose"))
    kinds += options[first:]
    if may_do_without:
        kinds.append(SelectOptionDict(value=NO_METER, label="No meter"))
    return vol.Schema(
        {
            vol.Required(CONF_KIND, default=default or kinds[0]["value"]): SelectSelector(
                SelectSelectorConfig(options=kinds, translation_key="meter_kind")
            ),
        }
    )


def modbus_errors(answers: Answers) -> Errors:
    """What cannot be right about a Modbus meter."""
    return errors_of({CONF_HOST: "", **answers})


def modbus_settings(answers: Answers) -> Answers:
    """What is stored of the answers about a Modbus meter."""
    return {
        **answers,
        # The Modbus connection is shared by all who spell its address alike.
        CONF_HOST: answers[CONF_HOST].strip().lower(),
        CONF_PORT: int(answers[CONF_PORT]),
        CONF_UNIT_ID: int(answers[CONF_UNIT_ID]),
    }


def meter_answers(settings: Mapping[str, Any], found: Iterable[FoundMeter]) -> Answers:
    """What the dialog shows of what is stored."""
    if settings[CONF_KIND] != ENTITIES:
        return {CONF_KIND: settings[CONF_KIND]}
    device = settings.get(CONF_DEVICE)
    known = any(meter.device == device for meter in found)
    return {CONF_KIND: device if known else ENTITIES}


def is_same(settings: Mapping[str, Any], taken: Mapping[str, Any]) -> bool:
    """Whether two settings mean one meter."""
    if settings[CONF_KIND] == ENTITIES or taken[CONF_KIND] == ENTITIES:
        return bool(set(entities_of(settings)) & set(entities_of(taken)))
    return all(settings[key] == taken[key] for key in (CONF_HOST, CONF_PORT, CONF_UNIT_ID))


def meter_unique_id(settings: Mapping[str, Any]) -> str:
    """What no other meter of the site has."""
    if settings[CONF_KIND] != ENTITIES:
        host, port, unit_id = (settings[key] for key in (CONF_HOST, CONF_PORT, CONF_UNIT_ID))
        return f"modbus_{host}_{port}_{unit_id}"
    device = settings.get(CONF_DEVICE)
    return f"device_{device}" if device else f"entity_{next(iter(entities_of(settings)))}"


# --- a meter made of entities ----------------------------------------------------------------------


def entities_schema(phases: Sequence[Phase]) -> vol.Schema:
    """The question which entities measure each phase, and which the sum of all."""
    fields = {
        vol.Optional(quantity): measuring(device_class)
        for quantity, device_class in QUANTITIES.items()
    }
    parts = [PHASE_KEYS[phase] for phase in phases]
    if len(phases) > 1:
        parts.append(CONF_TOTAL)
    return vol.Schema({vol.Required(part): section(vol.Schema(fields)) for part in parts})


def entities_errors(answers: Answers) -> tuple[Errors, dict[str, str]]:
    """What cannot be right about the entities; a total needs no phases, and phases need no total."""
    entities = entities_of(answers)
    asked = [phase for phase, key in enumerate(PHASE_KEYS) if key in answers]
    missing = [phase for phase in asked if not entities.phases[phase].measures]
    if len(missing) == len(asked):
        return ({}, {}) if entities.total.measures else ({"base": "entities_missing"}, {})
    if missing:
        return {"base": "phase_missing"}, {"phase": Phase(missing[0]).name}
    return {}, {}


def entities_settings(entities: MeterEntities, device: str | None = None) -> Answers:
    """What is stored of a meter that is made of entities."""
    parts = zip(PHASE_KEYS, entities.phases, strict=True)
    chosen = {
        key: {name: entity for name in QUANTITIES if (entity := getattr(part, name)) is not None}
        for key, part in [*parts, (CONF_TOTAL, entities.total)]
    }
    stored: Answers = {CONF_KIND: ENTITIES, **{key: part for key, part in chosen.items() if part}}
    if device is not None:
        stored[CONF_DEVICE] = device
    return stored


def entities_of(settings: Mapping[str, Any]) -> MeterEntities:
    """The entities that settings or answers name."""
    l1, l2, l3, total = (Quantities(**settings.get(key, {})) for key in (*PHASE_KEYS, CONF_TOTAL))
    return MeterEntities(phases=(l1, l2, l3), total=total)


# --- calibration -----------------------------------------------------------------------------------

GAINS = tuple(f"gain_{phase}" for phase in PHASE_KEYS)
OFFSETS = tuple(f"offset_{phase}" for phase in PHASE_KEYS)


def calibration_schema(phases: Iterable[Phase]) -> vol.Schema:
    """The question how what a meter shows is to be corrected, phase by phase."""
    fields: dict[vol.Marker, Any] = {}
    for phase in phases:
        fields[vol.Required(GAINS[phase], default=1)] = number(LEAST_GAIN, MOST_GAIN)
        fields[vol.Required(OFFSETS[phase], default=0)] = number(-MOST_OFFSET, MOST_OFFSET, "A")
    return vol.Schema(fields)


def calibration_answers(calibration: Calibration) -> Answers:
    """What the dialog shows of a calibration."""
    return {
        **{key: round(gain, 4) for key, gain in zip(GAINS, calibration.gain, strict=True)},
        **dict(zip(OFFSETS, calibration.offset, strict=True)),
    }


def calibration_answered(answers: Mapping[str, Any], before: Calibration) -> Calibration:
    """The calibration that was answered; a phase that was not asked for stays as it was."""
    g1, g2, g3 = (answers.get(key, gain) for key, gain in zip(GAINS, before.gain, strict=True))
    o1, o2, o3 = (
        answers.get(key, offset) for key, offset in zip(OFFSETS, before.offset, strict=True)
    )
    return Calibration(gain=(g1, g2, g3), offset=(o1, o2, o3))
