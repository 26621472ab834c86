"""Finds the meters that Home Assistant already has: devices whose entities measure phases, or their sum.

The names that integrations give their entities tell which phase each one measures, and in which direction.
A device that has been understood is a candidate; whether it sits behind the main fuse, only its owner knows.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
import re

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .meter import MeterEntities, Quantities
from .meter_vocabulary import (
    BESIDE,
    DELIVERED,
    EXPORTED,
    GRID,
    MADE,
    MAKES,
    NET,
    OTHER,
    PRODUCTION,
    STEM,
    USED,
)
from .sensors import Sensor, flow_sensors
from .words import named_phase, numbered_phase, of_any_phase

__all__ = ["FoundMeter", "find_meters"]

QUANTITIES = {
    SensorDeviceClass.CURRENT: "current",
    SensorDeviceClass.POWER: "power",
    SensorDeviceClass.VOLTAGE: "voltage",
}


COUNTED = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMeter:
    """A device that measures."""

    device: str
    """Its id in the device registry; what its entities have in common where they belong to no device."""
    name: str
    integration: str
    entities: MeterEntities
    switched_off: tuple[str, ...] = ()
    """Entities with which it would measure each phase, if they were not disabled in Home Assistant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """An entity of a meter."""

    sensor: Sensor
    quantity: str
    phase: int | None
    """None: all together."""
    is_sure: bool = True
    """The phase is named; else it is a number that may mean anything."""
    is_grid: bool = False
    """It says that it measures at the grid."""
    is_production: bool = False
    """What the sun makes, or what is exported: both are called so."""
    is_net: bool = False
    """It has a sign: what is exported is in it already."""
    is_used: bool = False
    """It says that it is what the house takes."""
    stem: str = ""
    """Its name but for what tells phases apart."""

    @property
    def is_houses(self) -> bool:
        """It measures the house, also where the device is an inverter."""
        return self.is_grid or self.is_used or self.quantity in ("exported", "voltage")


def find_meters(
    hass: HomeAssistant,
    phases: Iterable[int],
    without: Container[str],
    chargers: Container[str] = (),
) -> list[FoundMeter]:
    """The devices that measure all these phases, then those that measure only the sum of all.

    The integrations and devices in `without` are none: they are chargers, or ourselves. Those in `chargers`
    look like chargers, and some of these know what flows at the grid: they come last.
    """
    wanted = list(phases)
    devices = dr.async_get(hass)
    measured: dict[str, list[_Part]] = {}
    makes: set[str] = set()
    for sensor in flow_sensors(hass):
        if sensor.integration in without or sensor.device in without:
            continue
        if sensor.device in chargers and not BESIDE.search(sensor.words):
            continue
        if sensor.has_device and MAKES.search(sensor.words) and not GRID.search(sensor.words):
            makes.add(sensor.device)
        if (part := _understood(sensor)) is not None:
            measured.setdefault(sensor.device, []).append(part)
    for device_id in makes & measured.keys():
        measured[device_id] = [part for part in measured[device_id] if part.is_houses]
    found = [
        meter
        for device_id, parts in _with_parts_joined(devices, measured)
        if (meter := _meter(devices, device_id, parts, wanted)) is not None
    ]
    return sorted(
        found, key=lambda meter: (meter.device in chargers, meter.entities.is_total, meter.name)
    )


def _meter(
    devices: dr.DeviceRegistry, device_id: str, parts: list[_Part], wanted: list[int]
) -> FoundMeter | None:
    """The meter that a device is; None where it measures neither the phases nor their sum."""
    enabled = [part for part in parts if not part.sensor.is_disabled]
    entities = _together(enabled, wanted)
    switched_off: tuple[str, ...] = ()
    if not _measures(entities, wanted):
        if not entities.total.measures or not _may_be_whole(enabled):
            return None
        entities = MeterEntities(total=entities.total)
        switched_off = _missing(parts, wanted)
    else:
        entities = replace(entities, total=Quantities())
    device = devices.async_get(device_id)
    first = parts[0].sensor
    return FoundMeter(
        device=device_id,
        name=(device and (device.name_by_user or device.name)) or first.called or first.integration,
        integration=first.integration,
        entities=entities,
        switched_off=switched_off,
    )


def _measures(entities: MeterEntities, wanted: Iterable[int]) -> bool:
    return all(entities.phases[phase].measures for phase in wanted)


def _missing(parts: list[_Part], wanted: list[int]) -> tuple[str, ...]:
    """What would have to be enabled for it to measure each phase."""
    disabled = {part.sensor.entity_id for part in parts if part.sensor.is_disabled}
    entities = _together(parts, wanted)
    if not disabled or not _measures(entities, wanted):
        return ()
    used = (entity for phase in wanted for entity in entities.phases[phase])
    return tuple(entity for entity in used if entity in disabled)


def _may_be_whole(parts: Iterable[_Part]) -> bool:
    """Whether a sum may be the house's; of what belongs to no device, only its name can tell."""
    return all(part.sensor.has_device or part.is_grid for part in parts)


def _understood(sensor: Sensor) -> _Part | None:
    """What a sensor measures, and on which phase; None where it is nothing of a meter's."""
    quantity, words = QUANTITIES[sensor.kind], sensor.words
    is_grid = GRID.search(words) is not None
    if OTHER.search(words):
        return None
    if MADE.search(words) and not is_grid:
        return None
    if quantity == "power" and EXPORTED.search(words):
        quantity = "exported"
    elif quantity == "power" and DELIVERED.search(words):
        quantity = "delivered"
    named, numbered = named_phase(words), numbered_phase(words)
    return _Part(
        sensor=sensor,
        quantity=quantity,
        phase=numbered if named is None else named,
        is_sure=named is not None or numbered is None,
        is_grid=is_grid,
        is_production=PRODUCTION.search(words) is not None,
        is_net=NET.search(words) is not None,
        is_used=USED.search(words) is not None,
        stem=STEM.sub("#", words),
    )


def _with_parts_joined(
    devices: dr.DeviceRegistry, measured: dict[str, list[_Part]]
) -> Iterator[tuple[str, list[_Part]]]:
    """Each device; one whose phases are devices of their own (Shelly) counts as one."""
    parents: dict[str, list[str]] = {}
    for device_id, parts in measured.items():
        above = _above(devices.async_get(device_id))
        phases = {part.phase for part in parts}
        if above is not None and len(phases - {None}) == 1:
            parents.setdefault(above, []).append(device_id)
        else:
            yield device_id, parts
    for parent, children in parents.items():
        joined = [part for child in children for part in measured[child]]
        named = [phase for child in children for phase in {part.phase for part in measured[child]}]
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


def _together(parts: Iterable[_Part], wanted: list[int]) -> MeterEntities:
    """The entities by phase; of two that measure the same, the one at the grid, or with the shorter name."""
    parts = _told_apart(parts, wanted)
    numbered = {part.phase for part in parts if not part.is_sure}
    if numbered != set(wanted) or len(wanted) < 2:
        # Numbers that are no phases: the channels of a meter for several things.
        parts = [part for part in parts if part.is_sure]
    if wanted == [0, 1, 2]:
        parts = _with_first(parts)
    delivers = _delivered_is(parts)
    chosen: dict[int | None, dict[str, _Part]] = {}
    for part in sorted(parts, key=_likeness(parts, wanted)):
        quantity = delivers if part.quantity == "delivered" else part.quantity
        chosen.setdefault(part.phase, {}).setdefault(quantity, part)
    l1, l2, l3, total = (_quantities(chosen.get(phase, {})) for phase in (0, 1, 2, None))
    return MeterEntities(phases=(l1, l2, l3), total=total)


def _told_apart(parts: Iterable[_Part], wanted: Iterable[int]) -> list[_Part]:
    """Of those that only a number tells apart none is the sum; 1, 2 and 3 may be the phases, if there is but one such row."""
    rows: dict[tuple[str, str], list[_Part]] = {}
    for part in parts:
        key = (part.quantity, COUNTED.sub("#", part.sensor.words) if part.phase is None else "")
        rows.setdefault(key, []).append(part)
    told = [quantity for (quantity, words), row in rows.items() if words and len(row) > 1]
    found: list[_Part] = []
    for (quantity, words), row in rows.items():
        if not words or len(row) == 1:
            found += row
        elif told.count(quantity) == 1:
            numbers = zip(*(COUNTED.findall(part.sensor.words) for part in row), strict=True)
            names = {place for place in numbers if len(set(place)) > 1}
            # An id and a name may both say it.
            if [sorted(name) for name in names] == [[str(phase + 1) for phase in wanted]]:
                found += [
                    replace(part, phase=int(number) - 1, is_sure=False)
                    for part, number in zip(row, *names, strict=True)
                ]
    return found


def _quantities(parts: dict[str, _Part]) -> Quantities:
    power, exported = parts.get("power"), parts.get("exported")
    if power is not None and exported is not None:
        made = exported.is_production and power.is_grid
        if power.is_net or made:
            # What is called production beside the grid's own figure is the sun's.
            del parts["exported"]
    return Quantities(**{quantity: part.sensor.entity_id for quantity, part in parts.items()})


def _with_first(parts: list[_Part]) -> list[_Part]:
    """Zigbee calls the first phase nothing: power, power_phase_b, power_phase_c."""
    for quantity in QUANTITIES.values():
        same = [part for part in parts if part.quantity == quantity]
        named = {part.phase: of_any_phase(part.sensor.words) for part in same if part.phase}
        plain = [
            part for part in same if part.phase is None and part.sensor.words in named.values()
        ]
        if len(plain) == 1 and {part.phase for part in same} == {None, 1, 2}:
            parts = [replace(part, phase=0) if part is plain[0] else part for part in parts]
    return parts


def _likeness(
    parts: Sequence[_Part], wanted: Iterable[int]
) -> Callable[[_Part], tuple[bool, bool, bool, bool, int, str]]:
    """Of those that are called alike all phases are taken, and first of those of which there is one for each."""
    alike: dict[tuple[str, str], list[_Part]] = {}
    for part in parts:
        alike.setdefault((part.quantity, part.stem), []).append(part)
    complete = {
        key for key, those in alike.items() if {part.phase for part in those} >= set(wanted)
    }
    shortest = {key: min(part.sensor.length for part in those) for key, those in alike.items()}

    is_parted = any(part.quantity == "exported" for part in parts)

    def key(part: _Part) -> tuple[bool, bool, bool, bool, int, str]:
        name = (part.quantity, part.stem)
        is_whole = part.phase is None or name in complete
        # What flows at the grid is better net, unless the other half is there too.
        is_used = part.is_used and (is_parted or not part.is_grid)
        unlike = (not is_whole, not part.is_sure, not part.is_grid, not is_used)
        return (*unlike, shortest[name], part.stem)

    return key


def _delivered_is(parts: Iterable[_Part]) -> str:
    """Whether 'delivered' means to the house or from it: what another entity measures, it does not."""
    quantities = {part.quantity for part in parts}
    return "exported" if "power" in quantities and "exported" not in quantities else "power"
