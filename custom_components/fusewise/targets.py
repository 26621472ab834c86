"""Finds what an action is about: the chargers, the circuit or the site behind the devices that were chosen."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import voluptuous as vol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr

from .const import DOMAIN, MAIN_CIRCUIT, SUBENTRY_CHARGER
from .coordinator import FusewiseConfigEntry, FusewiseCoordinator
from .devices.ocpp import OcppCharger
from .views import ChargerView

type OneCharger = tuple[FusewiseCoordinator, str]

# How many there must be is checked later, where it can be said in the user's language.
DEVICES = vol.All(cv.ensure_list, [cv.string])


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a device stands for, at a site that runs."""

    entry: FusewiseConfigEntry
    owner: str
    """The id of the site's entry, or of a subentry of it."""
    device: str
    """What people call the device."""

    @property
    def is_site(self) -> bool:
        """Whether the whole site was chosen."""
        return self.owner == self.entry.entry_id

    @property
    def chargers(self) -> Iterator[OneCharger]:
        """All of a site's, or the one that was chosen."""
        if self.is_site:
            yield from _all(self.entry.runtime_data)
        elif self.entry.subentries[self.owner].subentry_type == SUBENTRY_CHARGER:
            yield self.entry.runtime_data, self.owner

    def refused(self, key: str) -> ServiceValidationError:
        """The error that it is something else than what is asked for."""
        return refusal(key, device=self.device)


def loaded_sites(hass: HomeAssistant) -> list[FusewiseConfigEntry]:
    """The sites that run."""
    return hass.config_entries.async_loaded_entries(DOMAIN)


def owners_of(hass: HomeAssistant, device_id: str) -> list[str]:
    """The ids of the config entries and subentries that a device stands for."""
    device = dr.async_get(hass).async_get(device_id)
    ours = () if device is None else device.identifiers
    return [owner for domain, owner in ours if domain == DOMAIN]


def name_of(hass: HomeAssistant, device_id: str) -> str:
    """What people call a device; its id where there is no such device."""
    device = dr.async_get(hass).async_get(device_id)
    return device_id if device is None else device.name_by_user or device.name or device_id


def refusal(key: str, **placeholders: str) -> ServiceValidationError:
    """An error of ours that says what to do instead."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def chosen(hass: HomeAssistant, device_ids: Iterable[str]) -> list[Chosen]:
    """What devices stand for. Raises where there is none, or one of them is nothing of ours that runs."""
    found = [_chosen(hass, device_id) for device_id in device_ids]
    if not found:
        raise refusal("no_device")
    return found


def the_only(hass: HomeAssistant, device_ids: list[str]) -> Chosen:
    """What the one device stands for, where an action is about one only."""
    if len(device_ids) > 1:
        raise refusal("one_device")
    return chosen(hass, device_ids)[0]


def _chosen(hass: HomeAssistant, device_id: str) -> Chosen:
    name = name_of(hass, device_id)
    if dr.async_get(hass).async_get(device_id) is None:
        raise refusal("no_such_device", device=device_id)
    for owner in owners_of(hass, device_id):
        for entry in hass.config_entries.async_entries(DOMAIN):
            if owner == entry.entry_id or owner in entry.subentries:
                if entry.state is not ConfigEntryState.LOADED:
                    raise refusal("site_not_running", device=name, site=entry.title)
                return Chosen(entry=entry, owner=owner, device=name)
    raise refusal("not_ours", device=name)


def chargers_of(hass: HomeAssistant, device_ids: Iterable[str] | None) -> list[OneCharger]:
    """The chargers behind devices; a site's device stands for all of its own, None for all there are."""
    if device_ids is None:
        sites = running_sites(hass)
        everywhere = [one for entry in sites for one in _all(entry.runtime_data)]
        if not everywhere:
            raise refusal("no_charger", site=sites[0].title)
        return everywhere
    found: list[OneCharger] = []
    for one in chosen(hass, device_ids):
        behind = list(one.chargers)
        if not behind and one.is_site:
            raise refusal("no_charger", site=one.device)
        if not behind:
            raise one.refused("not_a_charger")
        found += behind
    return list(dict.fromkeys(found))


def ocpp_charger_of(hass: HomeAssistant, device_ids: list[str]) -> OcppCharger:
    """The one charger that is asked; others than by OCPP are asked by their own integrations."""
    one = the_only(hass, device_ids)
    charger = one.entry.runtime_data.chargers.get(one.owner)
    if not isinstance(charger, OcppCharger):
        raise one.refused("not_an_ocpp_charger")
    return charger


def circuit_of(
    hass: HomeAssistant, device_ids: list[str] | None
) -> tuple[FusewiseCoordinator, str]:
    """The circuit behind a device: the site's is its main fuse. None: that of the only site."""
    if device_ids is None:
        sites = running_sites(hass)
        if len(sites) > 1:
            raise refusal("which_site")
        return sites[0].runtime_data, MAIN_CIRCUIT
    one = the_only(hass, device_ids)
    coordinator = one.entry.runtime_data
    if one.is_site:
        return coordinator, MAIN_CIRCUIT
    if any(circuit.id == one.owner for circuit in coordinator.controller.site.circuits):
        return coordinator, one.owner
    raise one.refused("not_a_circuit")


def running_sites(hass: HomeAssistant) -> list[FusewiseConfigEntry]:
    """The sites that run. Raises where there is none: an empty answer would look like a quiet site."""
    sites = loaded_sites(hass)
    if not sites:
        raise refusal("no_site_runs")
    return sites


def view_of(coordinator: FusewiseCoordinator, charger: str) -> ChargerView:
    """A charger as it is now."""
    view = coordinator.data.chargers.get(charger) if coordinator.last_update_success else None
    if view is None:
        raise refusal("not_decided_yet")
    return view


def _all(coordinator: FusewiseCoordinator) -> Iterator[OneCharger]:
    return ((coordinator, charger.id) for charger in coordinator.controller.site.chargers)
