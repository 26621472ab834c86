"""The devices that a trigger or condition of an automation is about: chargers, and sites for all of theirs."""

import voluptuous as vol

from homeassistant.const import ATTR_DEVICE_ID, CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN, SUBENTRY_CHARGER
from .targets import name_of, owners_of

_OPTIONS = vol.Schema(
    {
        vol.Required(CONF_OPTIONS): {
            vol.Required(ATTR_DEVICE_ID): vol.All(cv.ensure_list, vol.Length(min=1), [cv.string])
        }
    }
)


def checked_devices(hass: HomeAssistant, config: ConfigType) -> ConfigType:
    """The settings with a list of devices; vol.Invalid: one of them is neither a charger nor a site."""
    checked: ConfigType = _OPTIONS(config)
    for device_id in checked[CONF_OPTIONS][ATTR_DEVICE_ID]:
        if not any(_site_of(hass, owner) for owner in owners_of(hass, device_id)):
            raise vol.Invalid(f"{name_of(hass, device_id)} is no charger or site of Fusewise")
    return checked


def owners_of_all(hass: HomeAssistant, device_ids: list[str]) -> set[str]:
    """The ids behind devices: of sites' entries, and of chargers' subentries."""
    return {owner for device_id in device_ids for owner in owners_of(hass, device_id)}


def sites_of_all(hass: HomeAssistant, device_ids: list[str]) -> set[str]:
    """The ids of the sites that were chosen, or to which a chosen charger belongs."""
    owners = owners_of_all(hass, device_ids)
    return {site for owner in owners if (site := _site_of(hass, owner)) is not None}


def _site_of(hass: HomeAssistant, owner: str) -> str | None:
    """The site that an id stands for, or to which it belongs as a charger; whether it runs does not matter."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        part = entry.subentries.get(owner)
        is_charger = part is not None and part.subentry_type == SUBENTRY_CHARGER
        if owner == entry.entry_id or is_charger:
            return entry.entry_id
    return None
