"""Keeps what was found out about a site's chargers over a restart: how each is told its limits, and what lies in it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant, callback

from .devices import Unsubscribe
from .devices.ocpp import Learnt, OcppCharger
from .kept_file import KeptFile

SOON = 5.0  # s until something that was found out is on disk

type _Stored = dict[str, dict[str, Any]]


def _store(hass: HomeAssistant, entry_id: str) -> KeptFile[_Stored]:
    return KeptFile(hass, f"learnt.{entry_id}")


class LearntStore:
    """What is known of one site's chargers, and its file."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Nothing is read yet."""
        self._store = _store(hass, entry_id)
        self._known: dict[str, Learnt] = {}
        self._followed: dict[str, tuple[OcppCharger, Unsubscribe]] = {}

    async def async_load(self) -> None:
        """Read what was kept."""
        stored = await self._store.async_load() or {}
        self._known = {key: Learnt.from_stored(learnt) for key, learnt in stored.items()}

    @callback
    def follow(self, chargers: Mapping[str, OcppCharger]) -> None:
        """Follow these chargers, by the ids of their subentries, and no others."""
        for key, (known, unsubscribe) in list(self._followed.items()):
            if chargers.get(key) is not known:
                unsubscribe()
                del self._followed[key]
        for key, charger in chargers.items():
            if key in self._followed:
                continue
            if (learnt := self._known.get(key)) is not None:
                charger.remember_learnt(learnt)

            def look(key: str = key, charger: OcppCharger = charger) -> None:
                if self._known.get(key) != (learnt := charger.learnt):
                    self._known[key] = learnt
                    self._store.async_delay_save(self._to_store, SOON)

            self._followed[key] = (charger, charger.subscribe(look))

    def _to_store(self) -> _Stored:
        # What a charger was told since it said something last is known of it, too.
        self._known |= {key: charger.learnt for key, (charger, _) in self._followed.items()}
        return {key: learnt.stored() for key, learnt in self._known.items()}

    async def async_close(self) -> None:
        """Write what is not written, and follow nobody any more."""
        stored = self._to_store()
        self.follow({})
        await self._store.async_save(stored)


async def async_forget_learnt(hass: HomeAssistant, entry_id: str) -> None:
    """Remove what was kept of a site that is gone."""
    await _store(hass, entry_id).async_remove()
