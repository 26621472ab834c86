"""Recognises the chargers that Home Assistant already has, from its device registry."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
import re

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .generic import guess_outlets
from .look import energy_of
from .presets import PRESETS, Preset, Role
from .roles import Action, ChargerEntities, Limit, Phases, Switch

__all__ = ["FoundCharger", "find_chargers", "guess_chargers"]

DEVICE = "{device}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCharger:
    """A device that is a charger of a known kind."""

    device: str
    """Its id in the device registry; the integration where there is no device."""
    name: str
    preset: Preset
    entities: ChargerEntities
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    is_guess: bool = False
    """Its kind is not known here: its owner must look at which entity is taken for what."""
    part: str = ""
    """Which one of the chargers of its device, where that has several."""
    switched_off: tuple[str, ...] = ()
    """Its entities that would have a role, if they were not disabled in Home Assistant."""

    @property
    def id(self) -> str:
        """What no other charger has."""
        return f"{self.device}_{self.part}" if self.part else self.device

    @property
    def is_only_watched(self) -> bool:
        """Nothing in Home Assistant sets how much it may draw, or whether."""
        return self.entities.limit is None and self.entities.switch is None


def find_chargers(hass: HomeAssistant) -> list[FoundCharger]:
    """The chargers of known kinds; those that can only be watched come late, smart plugs last."""
    by_integration: dict[str, dict[str, list[er.RegistryEntry]]] = {}
    for entry in er.async_get(hass).entities.values():
        devices = by_integration.setdefault(entry.platform, {})
        devices.setdefault(entry.device_id or "", []).append(entry)
    found = [
        charger
        for preset in PRESETS
        for device, entries in by_integration.get(preset.integration, {}).items()
        if bool(device) is preset.has_device
        for part in _parts(preset, entries)
        if (charger := _recognise(hass, preset, device, part, _of_part(part, entries))) is not None
    ]
    return sorted(found, key=lambda charger: (charger.preset.is_plug, charger.is_only_watched))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One charger of a device."""

    name: str = ""
    others: tuple[str, ...] = ()
    """What the entities of the device's other chargers are told by."""


def _parts(preset: Preset, entries: Iterable[er.RegistryEntry]) -> Sequence[_Part]:
    if preset.parts is None or preset.limit is None:
        return (_Part(),)
    pattern, domain = re.compile(preset.parts), preset.limit.domain
    among = (entry.unique_id.lower() for entry in entries if entry.domain == domain)
    names = [match[1] for unique_id in among if (match := pattern.search(unique_id))]
    return [
        _Part(name=name, others=tuple(other for other in names if other != name)) for name in names
    ]


def _of_part(part: _Part, entries: Iterable[er.RegistryEntry]) -> list[er.RegistryEntry]:
    """What belongs to one charger of a device, and what belongs to all of them."""
    if not part.others:
        return list(entries)
    others = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(map(re.escape, part.others))})(?![a-z0-9])")
    return [entry for entry in entries if not others.search(entry.unique_id.lower())]


def guess_chargers(
    hass: HomeAssistant, without: Container[str], clouds: Container[str]
) -> list[FoundCharger]:
    """Devices that look like chargers, but for these devices and integrations; `clouds` are those that ask one."""
    by_device: dict[str, list[er.RegistryEntry]] = {}
    for entry in er.async_get(hass).entities.values():
        if entry.device_id is not None and entry.disabled_by is None:
            by_device.setdefault(entry.device_id, []).append(entry)
    found: list[FoundCharger] = []
    for device_id, entries in by_device.items():
        if device_id in without or entries[0].platform in without:
            continue
        device = dr.async_get(hass).async_get(device_id, include_child_devices=False)
        if device is None:
            continue
        for outlet, preset, entities in guess_outlets(hass, device, entries, clouds):
            charger = _found(device, preset, entities, is_guess=True)
            name = f"{charger.name} {outlet}".rstrip()
            found.append(replace(charger, name=name, part=outlet))
    return sorted(found, key=lambda charger: charger.name)


def _found(
    device: dr.DeviceEntry, preset: Preset, entities: ChargerEntities, *, is_guess: bool = False
) -> FoundCharger:
    return FoundCharger(
        device=device.id,
        name=device.name_by_user or device.name or preset.integration,
        preset=preset,
        manufacturer=device.manufacturer,
        model=device.model,
        serial=device.serial_number,
        entities=entities,
        is_guess=is_guess,
    )


def _recognise(
    hass: HomeAssistant,
    preset: Preset,
    device_id: str,
    part: _Part,
    entries: Sequence[er.RegistryEntry],
) -> FoundCharger | None:
    enabled = [entry for entry in entries if entry.disabled_by is None]
    entities = _entities(hass, preset, device_id, part.name, enabled)
    if entities is None:
        return None
    if not preset.has_device:
        name = preset.integration.upper()
        return FoundCharger(device=preset.integration, name=name, preset=preset, entities=entities)
    device = dr.async_get(hass).async_get(device_id, include_child_devices=False)
    if device is None:
        return None
    found = _found(device, preset, entities)
    with_all = _entities(hass, preset, device_id, part.name, entries)
    disabled = {entry.entity_id for entry in entries if entry.disabled_by is not None}
    return replace(
        found,
        name=f"{found.name} {part.name}" if part.others else found.name,
        part=part.name if part.others else "",
        switched_off=tuple(entity for entity in with_all or () if entity in disabled),
    )


def _entities(
    hass: HomeAssistant,
    preset: Preset,
    device_id: str,
    part: str,
    entries: Sequence[er.RegistryEntry],
) -> ChargerEntities | None:
    """The entities by their role; None where the device is something else."""

    def find(role: Role | None) -> str | None:
        return None if role is None else _find(role, part, entries)

    limit: Limit | None = None
    if (number := find(preset.limit)) is not None:
        limit = Limit(entity=number)
    elif preset.action is not None:
        limit = Limit(
            action=_filled(preset.action, device_id), shown_by=find(preset.limit_shown_by)
        )
    switched = find(preset.switch)
    status = find(preset.status)
    if preset.limit is not None and limit is None:
        return None
    shown = limit is not None and limit.shown_by is not None
    if preset.is_only_watched:
        if status is None:
            return None
    elif preset.limit is None and switched is None and not (shown and not preset.has_device):
        return None
    currents = tuple(entity for role in preset.currents if (entity := find(role)) is not None)
    switch = None
    if switched is not None:
        switch = Switch(
            entity=switched,
            on=_option(hass, switched, preset.on),
            off=_option(hass, switched, preset.off),
            follows_car=preset.switch_follows_car,
        )
    return ChargerEntities(
        limit=limit,
        switch=switch,
        phases=_phases(preset, device_id, find),
        status=status,
        statuses=preset.statuses,
        currents=currents,
        power=find(preset.power),
        energy=energy_of(entries),
        presence=find(preset.presence),
        arm=preset.arm and _filled(preset.arm, device_id),
        traits=preset.traits,
    )


def _phases(
    preset: Preset, device_id: str, find: Callable[[Role | None], str | None]
) -> Phases | None:
    """How it is told to charge on one phase or on all; None where it cannot be."""
    entity, shown_by = find(preset.phases), find(preset.phases_shown_by)
    action = preset.phases_action
    if entity is None and (action is None or shown_by is None):
        return None
    return Phases(
        entity=entity,
        one=preset.one_phase,
        all=preset.all_phases,
        action=action and _filled(action, device_id),
        shown_by=shown_by,
        one_shown=preset.one_phase_shown,
        all_shown=preset.all_phases_shown,
    )


def _find(role: Role, part: str, entries: Iterable[er.RegistryEntry]) -> str | None:
    among = [entry for entry in entries if entry.domain == role.domain]
    keys = [key.replace("{part}", part) for key in role.key.lower().split("|")]
    for key in keys:
        end = re.compile(rf"(?:^|[^a-z0-9]){re.escape(key)}$")
        for entry in among:
            if end.search(entry.unique_id.lower()):
                return entry.entity_id
    for key in keys:
        for entry in among:
            if entry.translation_key is not None and entry.translation_key.lower() == key:
                return entry.entity_id
    return None


def _option(hass: HomeAssistant, entity: str, wanted: str) -> str:
    """The one of several words that an entity has as an option."""
    state = hass.states.get(entity)
    options = () if state is None else state.attributes.get("options") or ()
    words = wanted.split("|")
    return next((word for word in words if word in options), words[0])


def _filled(action: Action, device_id: str) -> Action:
    data: Mapping[str, object] = {
        key: device_id if value == DEVICE else value for key, value in action.data.items()
    }
    return replace(action, data=data)
