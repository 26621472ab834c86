"""Recognises the chargers that Home Assistant already has, from its device registry."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
import re

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .generic import energy_of, guess_charger
from .presets import PRESETS, Preset, Role
from .roles import Action, ChargerEntities, Limit, Switch

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


def find_chargers(hass: HomeAssistant) -> list[FoundCharger]:
    """The chargers of known kinds; smart plugs come last."""
    by_integration: dict[str, dict[str, list[er.RegistryEntry]]] = {}
    for entry in er.async_get(hass).entities.values():
        if entry.disabled_by is None:
            devices = by_integration.setdefault(entry.platform, {})
            devices.setdefault(entry.device_id or "", []).append(entry)
    found = [
        charger
        for preset in PRESETS
        for device, entries in by_integration.get(preset.integration, {}).items()
        if bool(device) is preset.has_device
        if (charger := _recognise(hass, preset, device, entries)) is not None
    ]
    return sorted(found, key=lambda charger: charger.preset.is_plug)


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
        guess = None if device is None else guess_charger(hass, device, entries, clouds)
        if device is not None and guess is not None:
            found.append(_found(device, *guess, is_guess=True))
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
    hass: HomeAssistant, preset: Preset, device_id: str, entries: Iterable[er.RegistryEntry]
) -> FoundCharger | None:
    entities = _entities(preset, device_id, list(entries))
    if entities is None:
        return None
    if not preset.has_device:
        name = preset.integration.upper()
        return FoundCharger(device=preset.integration, name=name, preset=preset, entities=entities)
    device = dr.async_get(hass).async_get(device_id, include_child_devices=False)
    if device is None:
        return None
    return _found(device, preset, entities)


def _entities(
    preset: Preset, device_id: str, entries: list[er.RegistryEntry]
) -> ChargerEntities | None:
    """The entities by their role; None where the device is something else."""

    def find(role: Role | None) -> str | None:
        return None if role is None else _find(role, entries)

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
    if preset.limit is None and switched is None and not (shown and not preset.has_device):
        return None
    currents = tuple(entity for role in preset.currents if (entity := find(role)) is not None)
    switch = None
    if switched is not None:
        switch = Switch(
            entity=switched,
            on=preset.on,
            off=preset.off,
            follows_car=preset.switch_follows_car,
        )
    return ChargerEntities(
        limit=limit,
        switch=switch,
        status=status,
        statuses=preset.statuses,
        currents=currents,
        power=find(preset.power),
        energy=energy_of(entries),
        presence=find(preset.presence),
        arm=preset.arm and _filled(preset.arm, device_id),
        traits=preset.traits,
    )


def _find(role: Role, entries: Iterable[er.RegistryEntry]) -> str | None:
    end = re.compile(rf"(?:^|[^a-z0-9]){re.escape(role.key.lower())}$")
    among = [entry for entry in entries if entry.domain == role.domain]
    for entry in among:
        if end.search(entry.unique_id.lower()):
            return entry.entity_id
    for entry in among:
        if entry.translation_key is not None and entry.translation_key.lower() == role.key.lower():
            return entry.entity_id
    return None


def _filled(action: Action, device_id: str) -> Action:
    data: Mapping[str, object] = {
        key: device_id if value == DEVICE else value for key, value in action.data.items()
    }
    return replace(action, data=data)
