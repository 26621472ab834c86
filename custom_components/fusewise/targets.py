"""Finds what an action, trigger or condition is about: the chargers, circuit or site behind the chosen devices."""

from collections.abc import Iterable, Iterator

import voluptuous as vol

from homeassistant.const import ATTR_DEVICE_ID, CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN, MAIN_CIRCUIT, SUBENTRY_CHARGER
from .coordinator import FusewiseConfigEntry, FusewiseCoordinator
from .views import ChargerView

type OneCharger = tuple[FusewiseCoordinator, str]

_IN_AUTOMATIONS = vol.Schema(
    {
        vol.Required(CONF_OPTIONS): {
            vol.Required(ATTR_DEVICE_ID): vol.All(cv.ensure_list, vol.Length(min=1), [cv.string])
        }
    }
)


def loaded_sites(hass: HomeAssistant) -> list[FusewiseConfigEntry]:
    """The sites that run."""
    return hass.config_entries.async_loaded_entries(DOMAIN)


def owners_of(hass: HomeAssistant, device_id: str) -> list[str]:
    """The ids of the config entries and subentries that a device stands for."""
    device = dr.async_get(hass).async_get(device_id)
    ours = () if device is None else device.identifiers
    return [owner for domain, owner in ours if domain == DOMAIN]


def owners_of_all(hass: HomeAssistant, device_ids: Iterable[str]) -> set[str]:
    """The ids behind several devices."""
    return {owner for device_id in device_ids for owner in owners_of(hass, device_id)}


def name_of(hass: HomeAssistant, device_id: str) -> str:
    """What people call a device; its id where there is no such device."""
    device = dr.async_get(hass).async_get(device_id)
    return device_id if device is None else device.name_by_user or device.name or device_id


def checked_devices(hass: HomeAssistant, config: ConfigType) -> ConfigType:
    """The devices that a trigger or condition of an automation names; vol.Invalid: one is none of ours."""
    checked: ConfigType = _IN_AUTOMATIONS(config)
    for device_id in checked[CONF_OPTIONS][ATTR_DEVICE_ID]:
        if not owners_of(hass, device_id):
            raise vol.Invalid(f"{name_of(hass, device_id)} is no charger or site of Fusewise")
    return checked


def chargers_of(hass: HomeAssistant, device_ids: Iterable[str] | None) -> list[OneCharger]:
    """The chargers behind devices; a site's device stands for all of its own, None for all there are."""
    if device_ids is None:
        return [one for entry in loaded_sites(hass) for one in _all(entry.runtime_data)]
    found: list[OneCharger] = []
    for device_id in device_ids:
        behind = [one for owner in owners_of(hass, device_id) for one in _behind(hass, owner)]
        if not behind:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_a_charger",
                translation_placeholders={"device": name_of(hass, device_id)},
            )
        found += behind
    return list(dict.fromkeys(found))


def circuit_of(hass: HomeAssistant, device_id: str | None) -> tuple[FusewiseCoordinator, str]:
    """The circuit behind a device: the site's is its main fuse. None: that of the only site."""
    sites = loaded_sites(hass)
    if device_id is None:
        if len(sites) == 1:
            return sites[0].runtime_data, MAIN_CIRCUIT
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="which_site")
    for owner in owners_of(hass, device_id):
        for entry in sites:
            if owner == entry.entry_id:
                return entry.runtime_data, MAIN_CIRCUIT
            if any(circuit.id == owner for circuit in entry.runtime_data.controller.site.circuits):
                return entry.runtime_data, owner
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_a_circuit",
        translation_placeholders={"device": name_of(hass, device_id)},
    )


def view_of(coordinator: FusewiseCoordinator, charger: str) -> ChargerView:
    """A charger as it is now."""
    view = coordinator.data.chargers.get(charger) if coordinator.last_update_success else None
    if view is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_decided_yet")
    return view


def _behind(hass: HomeAssistant, owner: str) -> Iterator[OneCharger]:
    for entry in loaded_sites(hass):
        if owner == entry.entry_id:
            yield from _all(entry.runtime_data)
        elif (found := entry.subentries.get(owner)) and found.subentry_type == SUBENTRY_CHARGER:
            yield entry.runtime_data, owner


def _all(coordinator: FusewiseCoordinator) -> Iterator[OneCharger]:
    return ((coordinator, charger.id) for charger in coordinator.controller.site.chargers)
