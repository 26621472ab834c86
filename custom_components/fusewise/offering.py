"""Offers chargers that have called, so that people find them under Home Assistant's discovered devices.

One after the other: Home Assistant's page of integrations forgets the earlier of two devices that are
discovered while it is still preparing to show the first, and shows it only when the page is loaded anew.
"""

from datetime import datetime
from typing import Any

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import discovery_flow
from homeassistant.helpers.event import async_call_later

from .const import CONF_IDENTITY, DOMAIN

GAP = 3.0  # s that a page has to show one; it loads its texts in less, also on a slow machine with much to do


class Offers:
    """The chargers of one door that are to be offered."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nobody has called."""
        self._hass = hass
        self._waiting: dict[str, dict[str, Any]] = {}
        """What is known of who is still to be offered, by identity."""
        self._resting: CALLBACK_TYPE | None = None

    @callback
    def offer(self, found: dict[str, Any]) -> None:
        """Offer a charger, as soon as the one before it can be seen."""
        self._waiting[found[CONF_IDENTITY]] = found
        if self._resting is None:
            self._next()

    @callback
    def close(self) -> None:
        """Offer nobody any more."""
        self._waiting.clear()
        if self._resting is not None:
            self._resting()
            self._resting = None

    @callback
    def _next(self, _now: datetime | None = None) -> None:
        self._resting = None
        if not self._waiting:
            return
        found = self._waiting.pop(next(iter(self._waiting)))
        self._resting = async_call_later(
            self._hass, GAP, HassJob(self._next, cancel_on_shutdown=True)
        )
        discovery_flow.async_create_flow(
            self._hass, DOMAIN, context={"source": SOURCE_INTEGRATION_DISCOVERY}, data=found
        )
