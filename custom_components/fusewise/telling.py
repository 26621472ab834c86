"""Tells the rest of Home Assistant what happens at a site: as events, for the log book and for automations."""

from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN
from .happenings import Happening, Happenings
from .views import SiteView

EVENT: Final = "fusewise_event"
ATTR_TYPE: Final = "type"
ATTR_NAME: Final = "name"
ATTR_SITE: Final = "site_id"
ATTR_OWNER: Final = "charger_id"


class Teller:
    """Tells what happens at one site."""

    def __init__(self, hass: HomeAssistant, entry_id: str, title: str) -> None:
        """Nothing has happened yet."""
        self._hass = hass
        self._entry_id = entry_id
        self._title = title
        self._happenings = Happenings()

    @callback
    def tell(self, view: SiteView) -> None:
        """Tell what has happened since the last time."""
        for happening in self._happenings.look(view):
            self._hass.bus.async_fire(EVENT, self._told(happening, view))

    def _told(self, happening: Happening, view: SiteView) -> dict[str, Any]:
        owner = happening.charger or self._entry_id
        device = dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, owner), self._entry_id
        )
        charger = None if happening.charger is None else view.chargers[happening.charger]
        return {
            ATTR_TYPE: happening.kind.value,
            ATTR_NAME: self._title if charger is None else charger.name,
            "device_id": None if device is None else device.id,
            ATTR_SITE: self._entry_id,
            ATTR_OWNER: happening.charger,
            **happening.details,
        }
