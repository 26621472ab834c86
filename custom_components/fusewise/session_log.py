"""Keeps the list of sessions of a site, across restarts, and follows the chargers for it."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from itertools import batched
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .balancing.decision import Decision
from .devices import Unsubscribe
from .devices.entity import EntityCharger
from .devices.events import SessionEvent
from .devices.ocpp import OcppCharger
from .kept_file import KeptFile
from .sessions import Sessions

SOON = 1.0  # s until a begin or an end is on disk
READINGS_EVERY = 900.0
"""s; a power cut forgets this much of a reading, and the next one makes up for it. Memory cards wear."""
TOGETHER = (
    100  # sessions that are made ready to be written in one turn of the event loop: less than 1 ms
)

type _Stored = dict[str, Any]


def _store(hass: HomeAssistant, entry_id: str) -> KeptFile[_Stored]:
    # There may be thousands.
    return KeptFile(hass, f"sessions.{entry_id}", serialize_in_event_loop=False)


class SessionLog:
    """The sessions of one site, and their file."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Nothing is read yet."""
        self._hass = hass
        self._store = _store(hass, entry_id)
        self._chargers: dict[str, tuple[OcppCharger | EntityCharger, Unsubscribe]] = {}
        self._limited_at: float | None = None
        self._saved_at = 0.0
        self._unsaved = False
        self._cancel: CALLBACK_TYPE | None = None
        self.sessions = Sessions()

    async def async_load(self) -> None:
        """Read what was kept."""
        stored = await self._store.async_load() or {}
        self.sessions = Sessions(stored.get("sessions", ()), stored.get("forgotten", {}))

    @callback
    def follow(self, chargers: Mapping[str, OcppCharger | EntityCharger]) -> None:
        """Follow these chargers, by the ids of their subentries, and no others."""
        for key, (known, unsubscribe) in list(self._chargers.items()):
            if chargers.get(key) is not known:
                unsubscribe()
                del self._chargers[key]
        for key, charger in chargers.items():
            if key in self._chargers:
                continue
            running = self.sessions.open(key)
            if isinstance(charger, OcppCharger) and running and running.transaction is not None:
                charger.remember(running.transaction, running.attempt, running.began)

            def take(event: SessionEvent, key: str = key) -> None:
                if self.sessions.take(key, event):
                    self._keep_soon()
                else:
                    self._unsaved = True

            self._chargers[key] = (charger, charger.events.subscribe(take))

    @callback
    def decided(self, decision: Decision) -> None:
        """Note what has bound each session since the last decision."""
        passed = 0.0 if self._limited_at is None else decision.time - self._limited_at
        self._limited_at = decision.time
        for setpoint in decision.setpoints:
            self.sessions.limited(setpoint.charger, setpoint.reason.code.value, passed)
        if self._unsaved and decision.time >= self._saved_at + READINGS_EVERY:
            self._saved_at = decision.time
            self._keep_soon()

    async def async_close(self) -> None:
        """Follow nobody any more, and write what is not written."""
        self.follow({})
        await self.async_keep()

    async def async_keep(self, _: datetime | Event | None = None) -> None:
        """Write all of it."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        self._unsaved = False
        rows: list[dict[str, Any]] = []
        for some in batched(self.sessions.records, TOGETHER, strict=False):
            rows += [record.stored() for record in some]
            await asyncio.sleep(0)
        await self._store.async_save({"sessions": rows, "forgotten": dict(self.sessions.forgotten)})

    def _keep_soon(self) -> None:
        if self._cancel is None:
            self._cancel = async_call_later(self._hass, SOON, self.async_keep)


async def async_forget_sessions(hass: HomeAssistant, entry_id: str) -> None:
    """Remove the list of a site that is gone."""
    await _store(hass, entry_id).async_remove()
