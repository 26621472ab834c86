"""Every sensor of Home Assistant that measures a flow of electricity, with what it belongs to.

Most belong to a device. Those that YAML has made (templates, MQTT, Modbus) often belong to none, and some
are in no registry: what they have in common in their names is then what they belong to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import re

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_FRIENDLY_NAME,
    ATTR_UNIT_OF_MEASUREMENT,
    Platform,
)
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.helpers import entity_registry as er

from .words import kind_of, plain, words_of

__all__ = ["Sensor", "flow_sensors"]

FLOWS = (SensorDeviceClass.CURRENT, SensorDeviceClass.POWER, SensorDeviceClass.VOLTAGE)
# What is said of a value, and not of the meter that it belongs to.
SAID = re.compile(
    r"(?<![a-z0-9])(?:l?[123]|[abcrst]|phasen?|fase|faza|faze|vaihe|line|leg|total|sum|gesamt|totaal"
    r"|current|amps?|amperes?|strom|stroom|courant|corriente|corrente|voltage|volts?|spannung|spanning|tension"
    r"|(?:active_)?power|leistung|vermogen|puissance|potencia|potenza|effekt|k?w|m?a|v"
    r"|import(?:ed)?|export(?:ed)?|from|to|consum(?:ed|ption)|produc(?:ed|tion)|deliver(?:ed|y)|return(?:ed)?"
    r"|bezug|einspeisung|lieferung|verbruik|teruglevering|injectie|afname)(?![a-z0-9])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """What Home Assistant knows of a sensor."""

    entity_id: str
    integration: str
    device: str
    """The id of its device; of what belongs to none, its integration and what its meter is called."""
    called: str
    """What its meter is called, where that is no device."""
    has_device: bool
    kind: SensorDeviceClass
    words: str
    length: int
    """Of its name; the shortest one is the plainest."""
    is_disabled: bool


def flow_sensors(hass: HomeAssistant) -> Iterator[Sensor]:
    """The sensors of currents, powers and voltages."""
    known = er.async_get(hass).entities
    for entry in known.values():
        if entry.domain == Platform.SENSOR and (kind := _flow(_kind_of_entry(entry))) is not None:
            called = "" if entry.device_id else _common_name(entry.entity_id)
            yield Sensor(
                entity_id=entry.entity_id,
                integration=entry.platform,
                device=entry.device_id or f"{entry.platform}: {called}",
                called=called,
                has_device=entry.device_id is not None,
                kind=kind,
                words=words_of(entry),
                length=len(entry.unique_id),
                is_disabled=entry.disabled_by is not None,
            )
    for state in hass.states.async_all(Platform.SENSOR):
        if state.entity_id not in known and (kind := _flow(_kind_of_state(state))) is not None:
            name = f"{state.entity_id} {state.attributes.get(ATTR_FRIENDLY_NAME, '')}"
            called = _common_name(state.entity_id)
            yield Sensor(
                entity_id=state.entity_id,
                integration="YAML",
                device=f"YAML: {called}",
                called=called,
                has_device=False,
                kind=kind,
                words=plain(name).replace(" ", "_ "),
                length=len(state.entity_id),
                is_disabled=False,
            )


def _kind_of_entry(entry: er.RegistryEntry) -> str | None:
    return kind_of(entry.device_class or entry.original_device_class, entry.unit_of_measurement)


def _kind_of_state(state: State) -> str | None:
    attributes = state.attributes
    return kind_of(attributes.get(ATTR_DEVICE_CLASS), attributes.get(ATTR_UNIT_OF_MEASUREMENT))


def _flow(kind: str | None) -> SensorDeviceClass | None:
    return next((flow for flow in FLOWS if flow == kind), None)


def _common_name(entity_id: str) -> str:
    _, name = split_entity_id(entity_id)
    return re.sub(r"_+", " ", SAID.sub("", name)).strip().capitalize()
