"""Chargers may also connect to Home Assistant's own web server: its port, its certificate, its proxy."""

from aiohttp import web

from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import HomeAssistantView

from .const import WEB_PATH
from .doors import async_get_doors


class OcppView(HomeAssistantView):
    """Hands a charger's connection to the door that it belongs to."""

    url = WEB_PATH + "{identity:.+}"
    name = "api:fusewise:ocpp"
    # Chargers have passwords of their own, which the door checks.
    requires_auth = False

    def __init__(self, hass: HomeAssistant) -> None:
        """Know where the doors are."""
        self._hass = hass

    async def get(self, request: web.Request, identity: str) -> web.StreamResponse:
        """Serve one connection until it ends."""
        return await async_get_doors(self._hass).handle(request)
