"""Keeps the control loop of a site running: one that has ended is begun again, a few times in an hour at most.

Nothing in it is known to end it. If something does all the same, its chargers would fall back within half a minute;
it is noticed within seconds, and goes on with what it knew, before they do.
"""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .controller import Controller, steady_clock

__all__ = ["Running"]

_LOGGER = logging.getLogger(__name__)

MOST = 3  # times in `WITHIN`; what ends more often is for its owner to see
WITHIN = 3600.0  # s


class Running:
    """The task of one site's loop."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        controller: Controller,
        configure: Callable[[], Awaitable[None]],
    ) -> None:
        """`configure` gives the controller its meters and chargers, as one that has ended has let go of them."""
        self._hass = hass
        self._entry = entry
        self._controller = controller
        self._configure = configure
        self._task: asyncio.Task[None] | None = None
        self._begun: list[float] = []
        """When it was begun again."""

    @callback
    def begin(self) -> None:
        """Run the loop until the site is unloaded."""
        name = f"fusewise {self._entry.title}"
        self._task = self._entry.async_create_background_task(
            self._hass, self._controller.run(), name
        )

    @callback
    def look(self) -> None:
        """Begin a loop again that has ended."""
        ended, now = self._task, steady_clock()
        if ended is None or not ended.done() or self._hass.is_stopping:
            return
        self._begun = [at for at in self._begun if now - at < WITHIN]
        if len(self._begun) >= MOST:
            return
        self._begun.append(now)
        self._task = None
        _LOGGER.error(
            "The control loop of %s has ended, and is begun again; please report this",
            self._entry.title,
            exc_info=None if ended.cancelled() else ended.exception(),
        )
        self._entry.async_create_task(self._hass, self._begin_again(ended))

    async def _begin_again(self, ended: asyncio.Task[None]) -> None:
        try:
            await self._configure()
        except Exception:
            # Whatever it is, it may be what has ended the loop.
            _LOGGER.exception("%s cannot be set up", self._entry.title)
            self._task = ended  # the next look tries again
            return
        self.begin()
