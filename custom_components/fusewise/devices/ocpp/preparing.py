"""What is done with a charger that comes in: its fall-back is written, and what it does is asked for at once."""

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from .. import DeviceError
from .station import Station
from .telling import Teller

if TYPE_CHECKING:
    from .charger import OcppCharger

_LOGGER = logging.getLogger(__name__)

BOOT_WAIT = 2.0  # s that a charger has, from its connection, to boot by itself


class Preparation:
    """The task that prepares one charger; it begins anew with each connection and each boot."""

    def __init__(self, charger: OcppCharger, teller: Teller) -> None:
        """`charger` is who is prepared, `teller` tells it its limits."""
        self._charger = charger
        self._teller = teller
        self._task: asyncio.Task[None] | None = None
        self._asked_to_boot = False

    def begin(self, station: Station) -> None:
        """Prepare it over this connection."""
        self.stop()
        self._task = asyncio.create_task(self._run(station))

    def stop(self) -> None:
        """It is gone, or prepared anew."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def has_asked(self) -> bool:
        """Tell, once, whether the charger has booted only because we have asked it to."""
        asked, self._asked_to_boot = self._asked_to_boot, False
        return asked

    async def _run(self, station: Station) -> None:
        try:
            await self._ready(station)
        except Exception:
            _LOGGER.exception("Preparing charger %s failed", self._charger.identity)

    async def _ready(self, station: Station) -> None:
        """Make a charger that came in safe, and know its state at once."""
        charger, teller = self._charger, self._teller
        async with teller.turn:
            if charger.info is None:
                await self._let_boot(station)
            with contextlib.suppress(DeviceError):
                await station.learn(charger.settings.unit)
            teller.choose(station)
            with contextlib.suppress(DeviceError):  # the next `apply` tries again, and tells
                await teller.arm(station)
        charger.prepared()
        with contextlib.suppress(DeviceError):
            await station.measure(charger.settings.sample_interval)
        with contextlib.suppress(DeviceError):
            await station.report()

    async def _let_boot(self, station: Station) -> None:
        """Wait until it boots; that begins anew, so coming back from here means that it did not."""
        if station.info is None:
            await asyncio.sleep(BOOT_WAIT)  # most do by themselves
        self._asked_to_boot = True
        with contextlib.suppress(DeviceError):
            await station.announce()
            await asyncio.sleep(BOOT_WAIT)
