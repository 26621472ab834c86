"""Keeps what the loop of a site knows for the next start, and gives it back then."""

from datetime import datetime
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers.event import async_track_time_interval

from .controller import Controller, steady_clock
from .entity_charger import EntityChargers
from .learnt_store import LearntStore
from .store import KEPT_EVERY, Kept, SiteStore

__all__ = ["Keeping"]


class Keeping:
    """What one site keeps over a restart."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        controller: Controller,
        entity_chargers: EntityChargers,
    ) -> None:
        """Know where everything is known; nothing is read yet."""
        self.learnt = LearntStore(hass, entry.entry_id)
        """What is known of chargers that speak OCPP."""
        self._hass = hass
        self._entry = entry
        self._store = SiteStore(hass, entry.entry_id)
        self._controller = controller
        self._entity_chargers = entity_chargers

    async def async_restore(self) -> None:
        """Know again what was known before Home Assistant, or the site, was started anew."""
        await self.learnt.async_load()
        self._entry.async_on_unload(self.learnt.async_close)
        kept = await self._store.async_load(steady_clock())
        self._controller.memory = kept.memory
        self._controller.prover.proofs = kept.proofs
        self._controller.surroundings.guests.resume(kept.guests)
        self._entity_chargers.resume(kept.stays)

    def begin(self) -> None:
        """Keep it now and then, and when Home Assistant stops."""
        self._entry.async_on_unload(
            async_track_time_interval(self._hass, self._keep_changes, KEPT_EVERY)
        )
        self._entry.async_on_unload(
            self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, self.async_keep)
        )

    async def async_keep(self, _: Event | None = None) -> None:
        """Keep all that is known."""
        await self._store.async_save(self._known(), always=True)

    async def _keep_changes(self, _now: datetime) -> None:
        """Keep it in case that there is no time to say goodbye."""
        await self._store.async_save(self._known(), always=False)

    def _known(self) -> Kept:
        return Kept(
            memory=self._controller.memory,
            proofs=self._controller.prover.proofs,
            guests=self._controller.surroundings.guests.at,
            stays=self._entity_chargers.stays(),
        )
