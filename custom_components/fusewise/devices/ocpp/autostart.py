"""Starts a session where no card is needed: some chargers wait for ever for somebody who lets them begin."""

import asyncio
from collections.abc import Awaitable, Callable
import logging

from .. import DeviceError

_LOGGER = logging.getLogger(__name__)

WAIT = 5.0  # s that a charger has to begin by itself, as most do
AGAIN = 60.0  # s until a charger is asked once more
TIMES = 3


class Autostart:
    """The task that starts one session."""

    def __init__(self, start: Callable[[], Awaitable[None]]) -> None:
        """`start` asks the charger."""
        self._start = start
        self._task: asyncio.Task[None] | None = None
        self._has_begun = False

    def plugged(self) -> None:
        """A car is there and nothing has begun. What somebody has ended is not begun again."""
        if self._task is None and not self._has_begun:
            self._task = asyncio.create_task(self._run())

    def begun(self) -> None:
        """A session has begun."""
        self._has_begun = True
        self.rest()

    def gone(self) -> None:
        """There is no car any more."""
        self._has_begun = False
        self.rest()

    def rest(self) -> None:
        """Start nothing now."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        for wait in (WAIT, *(AGAIN for _ in range(TIMES - 1))):
            await asyncio.sleep(wait)
            try:
                await self._start()
            except DeviceError as error:
                _LOGGER.debug("Not started by itself: %s", error)
