"""Lets the entities of a large site take over what is new a few at a time, so that nothing else has to wait for them all.

A site of fifty chargers has more than a thousand entities. Each looks at every decision; together that would hold
the event loop, and with it the loop that holds the fuse, for longer than anything else that Fusewise does.
"""

import asyncio
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

__all__ = ["SpreadingCoordinator"]

TOGETHER = 100  # listeners that are called in one turn of the event loop: about 1 ms


class SpreadingCoordinator[DataT](DataUpdateCoordinator[DataT]):
    """A coordinator whose listeners take turns with the rest of Home Assistant.

    Whoever is called sees the newest data. Who has not been called yet when something newer comes keeps the
    place in the row, so everybody is called in the end, however often there is something new.
    """

    _waiting: dict[int, None] | None = None
    """Who is still to be called, by the number that the listener got; in the order of the calls."""
    _rest: asyncio.Task[None] | None = None

    @callback
    @override
    def async_update_listeners(self) -> None:
        self._waiting = (self._waiting or {}) | dict.fromkeys(self._listeners)
        if self._rest is not None and not self._rest.done():
            return
        self._call_some()
        if self._waiting and self.config_entry is not None:
            self._rest = self.config_entry.async_create_task(self.hass, self._call_rest())

    async def _call_rest(self) -> None:
        while self._waiting:
            await asyncio.sleep(0)
            self._call_some()

    def _call_some(self) -> None:
        """Call those whose turn it is; who has left meanwhile is not called any more."""
        waiting = self._waiting or {}
        some = list(waiting)[:TOGETHER]
        for number in some:
            del waiting[number]
        for number in some:
            if (listener := self._listeners.get(number)) is None:
                continue
            update, _ = listener
            try:
                update()
            except Exception:
                self.logger.exception("%s could not show what is new", self.name)
