"""Sees what holds the event loop of a running Home Assistant, and when each charger is handed a setpoint."""

import asyncio
from asyncio.events import Handle
from collections.abc import Iterator
import contextlib
import gc
import time
from typing import Any
from unittest.mock import patch

from custom_components.fusewise.devices.ocpp import OcppCharger
from homeassistant.helpers.storage import Store

FALL = 0.5  # A by which a setpoint is lower at least, where room was taken away


class Watch:
    """What holds the event loop, and when each charger is handed a setpoint."""

    def __init__(self) -> None:
        self._collecting = self._collecting_since = 0.0
        self._told: dict[str, float] = {}
        self._expected = 0
        self.handed_all = asyncio.Event()
        """Set once each charger was handed a lower setpoint."""
        self.begin()

    def begin(self) -> None:
        """Forget what was seen."""
        self.longest = 0.0
        """s that the longest piece of work has taken."""
        self.collector = 0.0
        """s that the garbage collector has taken at most."""
        self.written = 0
        """Files of Fusewise's that were written."""
        self.handed: dict[str, float] = {}
        """When each charger was handed a lower setpoint first."""

    def expect(self, chargers: int) -> None:
        """Wait for lower setpoints for so many chargers from now on."""
        self.handed, self._expected = {}, chargers
        self.handed_all.clear()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Look at each piece of work of the event loop, and at each setpoint that is handed over."""
        run, apply, save = Handle._run, OcppCharger.apply, Store._async_write_data

        def timed(handle: Handle) -> None:
            # The machine may do other things too, and Python collects garbage when it wants to.
            self._collecting = 0.0
            began = time.thread_time()
            run(handle)
            self.longest = max(self.longest, time.thread_time() - began - self._collecting)

        async def handed(charger: OcppCharger, current: float) -> None:
            if current < self._told.get(charger.identity, 0.0) - FALL:
                self.handed.setdefault(charger.identity, time.perf_counter())
                if len(self.handed) == self._expected:
                    self.handed_all.set()
            self._told[charger.identity] = current
            await apply(charger, current)

        async def written(store: Store[Any], data: dict[str, Any]) -> None:
            self.written += store.key.startswith("fusewise.")
            await save(store, data)

        gc.callbacks.append(self._collects)
        try:
            with (
                patch.object(Handle, "_run", timed),
                patch.object(OcppCharger, "apply", handed),
                patch.object(Store, "_async_write_data", written),
            ):
                yield
        finally:
            gc.callbacks.remove(self._collects)

    def _collects(self, phase: str, _: dict[str, int]) -> None:
        now = time.thread_time()
        if phase == "start":
            self._collecting_since = now
        else:
            took = now - self._collecting_since
            self._collecting += took
            self.collector = max(self.collector, took)

    def tell(self, figures: dict[str, float], name: str) -> None:
        """Note how long the event loop was held since the last time."""
        figures[f"{name}_held_ms"] = 1000 * self.longest
        figures[f"{name}_collector_ms"] = 1000 * self.collector
        self.begin()
