"""Finds the meters that Home Assistant already has: devices whose entities measure phases, or their sum.

The names that integrations give their entities tell which phase each one measures, and in which direction.
A device that has been understood is a candidate; whether it sits behind the main fuse, only its owner knows.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
import re

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .meter import MeterEntities, Quantities

__all__ = ["FoundMeter", "find_meters", "words_of"]

# Words in an entity's names, between which there is no letter and no digit.
PHASE = re.compile(r"(?<![a-z0-9])(?:l|phase|ph|line)_?([123])(?![0-9])")
LETTER = re.compile(r"(?<![a-z0-9])(?:phase_)?([abc])_(?:act_power|current|voltage)(?![a-z])")
INDEX = re.compile(r"(?<![a-z0-9])emeter_([012])(?![0-9])")  # Shelly's first generation
EXPORTED = re.compile(r"export|return|produc|deliver|negative|inject|feed_?in")
# Neither what flows now, nor through the whole house.
OTHER = re.compile(
    r"min_?power|max|average|estimate|apparent|aprt|reactive|peak|limit|neutral|battery|solar|pv_|n_current"
)

QUANTITIES = {
    SensorDeviceClass.CURRENT: "current",
    SensorDeviceClass.POWER: "power",
    SensorDeviceClass.VOLTAGE: "voltage",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMeter:
    """A device that measures."""

    device: str
    """Its id in the device registry."""
    name: str
    integration: str
    entities: MeterEntities


def find_meters(
    hass: HomeAssistant, phases: Iterable[int], without: Container[str]
) -> list[FoundMeter]:
    """The devices that measure all these phases, then those that measure only the sum of all.

    The integrations and devices in `without` are none: they are chargers, or ourselves.
    """
    wanted = list(phases)
    devices = dr.async_get(hass)
    measured: dict[str, list[tuple[int | None, str, er.RegistryEntry]]] = {}
    for entry in er.async_get(hass).entities.values():
        if entry.device_id is None or entry.disabled_by is not None:
            continue
        if entry.platform in without or entry.device_id in without:
            continue
        understood = _understood(entry)
        if understood is not None:
            measured.setdefault(entry.device_id, []).append((*understood, entry))
    found: list[tuple[bool, FoundMeter]] = []
    for device_id, parts in _with_parts_joined(devices, measured):
        device = devices.async_get(device_id)
        entities = _together(parts)
        complete = all(entities.phases[phase].measures for phase in wanted)
        if not complete:
            if not entities.total.measures:
                continue
            entities = MeterEntities(total=entities.total)
        else:
            entities = replace(entities, total=Quantities())
        found.append(
            (
                not complete,
                FoundMeter(
                    device=device_id,
                    name=(device and (device.name_by_user or device.name)) or parts[0][2].platform,
                    integration=parts[0][2].platform,
                    entities=entities,
                ),
            )
        )
    found.sort(key=lambda one: (one[0], one[1].name))
    return [meter for _, meter in found]


type Part = tuple[int | None, str, er.RegistryEntry]


def _understood(entry: er.RegistryEntry) -> tuple[int | None, str] | None:
    """Which phase an entity measures (None: all together) and what; None where it is neither."""
    if entry.domain != Platform.SENSOR:
        return None
    shown = entry.device_class or entry.original_device_class
    quantity = next((what for kind, what in QUANTITIES.items() if kind == shown), None)
    words = words_of(entry)
    if quantity is None or OTHER.search(words):
        return None
    if quantity == "power" and EXPORTED.search(words):
        quantity = "exported"
    if named := PHASE.search(words):
        return int(named[1]) - 1, quantity
    if lettered := LETTER.search(words):
        return "abc".index(lettered[1]), quantity
    if indexed := INDEX.search(words):
        return int(indexed[1]), quantity
    return None, quantity


def words_of(entry: er.RegistryEntry) -> str:
    """What an integration calls an entity; not what its owner does."""
    named = f"{entry.unique_id} {entry.translation_key or ''} {entry.original_name or ''}"
    # voltagePhase1 → voltage_phase1
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", named).lower().replace(" ", "_ ")


def _with_parts_joined(
    devices: dr.DeviceRegistry, measured: dict[str, list[Part]]
) -> Iterator[tuple[str, list[Part]]]:
    """Each device; one whose phases are devices of their own (Shelly) counts as one."""
    parents: dict[str, list[str]] = {}
    for device_id, parts in measured.items():
        above = _above(devices.async_get(device_id))
        phases = {phase for phase, _, _ in parts}
        if above is not None and len(phases - {None}) == 1:
            parents.setdefault(above, []).append(device_id)
        else:
            yield device_id, parts
    for parent, children in parents.items():
        joined = [part for child in children for part in measured[child]]
        named = [phase for child in children for phase in {part[0] for part in measured[child]}]
        if len(set(named)) == len(named):
            yield parent, joined
        else:
            # Several devices behind one gateway, not several phases of one device.
            yield from ((child, measured[child]) for child in children)


def _above(device: dr.AnyDeviceEntry | None) -> str | None:
    """The device that a part belongs to, or is reached through."""
    if isinstance(device, dr.ChildDeviceEntry):
        return device.parent_device_id
    return None if device is None else device.via_device_id


def _together(parts: list[Part]) -> MeterEntities:
    """The entities by phase; of two that measure the same, the one with the shorter name."""
    chosen: dict[int | None, dict[str, str]] = {}
    for phase, quantity, entry in sorted(parts, key=lambda part: len(part[2].unique_id)):
        chosen.setdefault(phase, {}).setdefault(quantity, entry.entity_id)
    l1, l2, l3, total = (Quantities(**chosen.get(phase, {})) for phase in (0, 1, 2, None))
    return MeterEntities(phases=(l1, l2, l3), total=total)
