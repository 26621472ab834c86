"""Tells one charger its newest setpoint, on a line of its own: a slow charger delays nobody else."""

import asyncio
import logging

from .devices import Charger, DeviceError, SwitchesPhases

_LOGGER = logging.getLogger(__name__)


class Line:
    """The way to one charger."""

    def __init__(self, key: str, charger: Charger) -> None:
        """Say nothing yet."""
        self.charger = charger
        self.problem: DeviceError | None = None
        """Why the charger could not be told its last setpoint; None when it was."""
        self._key = key
        self._wanted = 0.0
        self._phases: int | None = None
        self._fresh = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def tell(self, current: float, phases: int | None = None) -> None:
        """Let the charger know, as soon as it has answered to what it was told before.

        `phases` are those that it is to charge on; None: it cannot switch.
        """
        self._wanted, self._phases = current, phases
        self._fresh.set()
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._run())

    def rest(self) -> None:
        """Tell nothing, and renew nothing, until `tell` is called again."""
        self._fresh.clear()

    def close(self) -> None:
        """Say nothing any more."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            await self._fresh.wait()
            self._fresh.clear()
            if self._phases is not None and isinstance(self.charger, SwitchesPhases):
                self.charger.ask_for_phases(self._phases)
            try:
                await self.charger.apply(self._wanted)
            except DeviceError as problem:
                # The coordinator tells people, by the charger's name.
                if self.problem is None:
                    _LOGGER.debug("Charger %s: %s", self._key, problem)
                self.problem = problem
            except Exception as error:
                # No charger's fault may end its line: the next setpoint is told all the same.
                if self.problem is None:
                    _LOGGER.exception("Charger %s could not be told", self._key)
                self.problem = DeviceError(f"Unexpected error: {error!r}")
            else:
                if self.problem is not None:
                    _LOGGER.debug("Charger %s takes its setpoints again", self._key)
                self.problem = None
