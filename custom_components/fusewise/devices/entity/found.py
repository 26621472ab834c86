"""Finds the meters that Home Assistant already has: devices whose entities measure phases, or their sum.

The names that integrations give their entities tell which phase each one measures, and in which direction.
A device that has been understood is a candidate; whether it sits behind the main fuse, only its owner knows.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
import re

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .meter import MeterEntities, Quantities
from .sensors import Sensor, flow_sensors
from .words import named_phase, numbered_phase

__all__ = ["FoundMeter", "find_meters"]

EXPORTED = re.compile(
    r"export|return|produc|delivery|negative|inject|feed(?:_?in)?(?![a-z])|einspeis|ruecklief|rucklief|terug|retur"
    r"|innmat|inmatning|excedent|vertido|immess|immiss|oddan|inyec|verkauf|(?<![a-z])(?:sell|sold|neg)(?![a-z])"
    r"|(?<![a-z])to[_ ]+(?:the[_ ]+)?(?:grid|net|utility)"
)
# To the house in one integration, from it in another: what else the device measures tells.
DELIVERED = re.compile(r"deliver|supplied|gelever|geliefert|lieferung")
# Neither what flows now, nor through the whole house.
OTHER = re.compile(
    r"min_?power|max|average|estimate|apparent|aprt|reactive|peak|limit|neutral|n_current"
    r"|batter|akku|accu(?![a-z])|heat_?pump|warmepumpe|forecast|blind|mittel|durchschnitt|gemiddeld|moyen"
    r"|l[123][_\-]l[123]|(?:input|channel|ch|clamp|circuit|socket|outlet|port|relay|switch)[_: ]*[0-9]"
)
# What the sun makes; but an inverter may have a meter at the grid.
MADE = re.compile(r"solar|(?<![a-z])pv(?![a-z])|inverter|wechselrichter|omvormer|onduleur")
GRID = re.compile(
    r"grid|mains|meter|netz|(?<![a-z])net(?![a-z])|netto|reseau|(?<![a-z])red(?![a-z])|(?<![a-z])rete"
)

PRODUCTION = re.compile(r"production|produktion|produzione|produccion|productie|generation")
NET = re.compile(r"(?<![a-z])(?:net(?:to)?|saldo|balance)(?![a-z])")

QUANTITIES = {
    SensorDeviceClass.CURRENT: "current",
    SensorDeviceClass.POWER: "power",
    SensorDeviceClass.VOLTAGE: "voltage",
}


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


def find_meters(
    hass: HomeAssistant, phases: Iterable[int], without: Container[str]
) -> list[FoundMeter]:
    """The devices that measure all these phases, then those that measure only the sum of all.

    The integrations and devices in `without` are none: they are chargers, or ourselves.
    """
    wanted = list(phases)
    devices = dr.async_get(hass)
    measured: dict[str, list[_Part]] = {}
    for sensor in flow_sensors(hass):
        if sensor.integration in without or sensor.device in without:
            continue
        if (part := _understood(sensor)) is not None:
            measured.setdefault(sensor.device, []).append(part)
    found = [
        meter
        for device_id, parts in _with_parts_joined(devices, measured)
        if (meter := _meter(devices, device_id, parts, wanted)) is not None
    ]
    return sorted(found, key=lambda meter: (meter.entities.is_total, meter.name))


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
    if OTHER.search(words):
        return None
    is_grid = GRID.search(words) is not None
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
    parts = list(parts)
    numbered = {part.phase for part in parts if not part.is_sure}
    if numbered != set(wanted) or len(wanted) < 2:
        # Numbers that are no phases: the channels of a meter for several things.
        parts = [part for part in parts if part.is_sure]
    delivers = _delivered_is(parts)
    chosen: dict[int | None, dict[str, _Part]] = {}
    for part in sorted(parts, key=_likeness):
        quantity = delivers if part.quantity == "delivered" else part.quantity
        chosen.setdefault(part.phase, {}).setdefault(quantity, part)
    l1, l2, l3, total = (_quantities(chosen.get(phase, {})) for phase in (0, 1, 2, None))
    return MeterEntities(phases=(l1, l2, l3), total=total)


def _quantities(parts: dict[str, _Part]) -> Quantities:
    power, exported = parts.get("power"), parts.get("exported")
    if power is not None and exported is not None:
        made = exported.is_production and power.is_grid
        if power.is_net or made:
            # What is called production beside the grid's own figure is the sun's.
            del parts["exported"]
    return Quantities(**{quantity: part.sensor.entity_id for quantity, part in parts.items()})


def _likeness(part: _Part) -> tuple[bool, bool, int]:
    return not part.is_sure, not part.is_grid, part.sensor.length


def _delivered_is(parts: Iterable[_Part]) -> str:
    """Whether 'delivered' means to the house or from it: what another entity measures, it does not."""
    quantities = {part.quantity for part in parts}
    return "exported" if "power" in quantities and "exported" not in quantities else "power"
