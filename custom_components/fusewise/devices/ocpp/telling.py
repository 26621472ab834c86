"""Tells one charger its fall-back and its live limit, in the way that it obeys.

The fall-back is written before anything else. Where a way is refused, or has no effect, the next is tried.
"""

import asyncio
import contextlib
import logging
import math

from .. import Clock, DeviceRefusedError
from .clock import ChargerClock
from .limit import Limit, tenths
from .settings import ChargerSettings
from .station import LiveLimit, Station
from .transactions import Transactions
from .ways import STACKED, Obedience, Trouble, Way

_LOGGER = logging.getLogger(__name__)

# s from the start of a transaction in which a charger that refuses a limit may not have taken our answer to
# that start in yet, and s until it is asked once more.
SETTLING = 3.0
SECOND_ATTEMPT = 0.2
REFUSALS = 3  # in a row, with growing time between them, until a limit is told in another way
FLASH_LIFE = 300.0  # s; one write in 100 s
ARM_AGAIN = 300.0  # s until a fall-back that was refused is tried again


class Teller:
    """What a charger was told, and what it made of it."""

    def __init__(
        self,
        identity: str,
        settings: ChargerSettings,
        clock: ChargerClock,
        transactions: Transactions,
        now: Clock,
    ) -> None:
        """`clock` is the charger's own; `transactions` tell what runs at it."""
        self.identity = identity
        self.settings = settings
        self.clock = clock
        self.limit = Limit()
        self.armed: float | None = None
        """A of the fall-back that it has accepted."""
        self.way = Way.TX
        self.turn = asyncio.Lock()
        """Held while it is told something, so that nothing overtakes the fall-back."""
        self._transactions = transactions
        self._now = now
        self._started_at = float("-inf")
        self._tried: set[Way] = set()
        self._refusals, self._was_accepted = 0, False
        self._obedience = Obedience()
        self._arm_refused: tuple[float, DeviceRefusedError] | None = None

    async def apply(self, station: Station, current: float) -> None:
        """Have this limit in force, above the fall-back. Raises DeviceError."""
        try:
            await self.arm(station)
        except DeviceRefusedError:
            # A live limit without a fall-back is better than none; its owner is told all the same.
            await self._tell(station, tenths(current))
            if self.armed is None:  # not in another way either
                raise
            return
        await self._tell(station, tenths(current))

    def configure(self, settings: ChargerSettings) -> None:
        """Take over changed settings."""
        if settings.wiring != self.settings.wiring:
            self.armed = None  # it may have been written in watts
        self.settings = settings
        self.doubt()

    def doubt(self) -> None:
        """Tell everything again that may not be there any more."""
        self._arm_refused = None
        self.limit.doubt()

    def booted(self) -> None:
        """Note that it was started: what it had in its memory may be gone."""
        self.armed = None
        self.doubt()

    def choose(self, station: Station) -> None:
        """Begin with what its make obeys, and stay with what was found out."""
        first = station.ways[0]
        if self.way not in station.ways or (not self._tried and self.way is not first):
            self._take_way(first)

    def started(self) -> None:
        """Note that a transaction begins."""
        self._started_at = self._now()
        self._over()

    def ended(self) -> None:
        """Note that no transaction runs."""
        self._over()
        self._obedience.told(None, self._now())

    def _over(self) -> None:
        # What belongs to a transaction ends with it; a limit of the station goes on.
        if self.way in STACKED:
            self.limit.doubt()
        else:
            self.limit.forget()

    def judge(self, station: Station, drawn: float, at: float) -> None:
        """See by a sample whether it obeys, as long as a limit is in force."""
        in_force = self.limit.until is not None and at < self.limit.until
        if in_force and self._obedience.disobeys(drawn, at):
            self._go_another_way(station, "does not obey")

    async def arm(self, station: Station) -> None:
        """Write the fall-back, where it is not that already."""
        wanted = tenths(self.settings.fallback)
        if self.armed == wanted:
            return
        if self._arm_refused is not None and self._now() < self._arm_refused[0]:
            raise self._arm_refused[1]
        try:
            await station.set_fallback(wanted, self.settings.wiring, self.way)
        except DeviceRefusedError as refusal:
            self._arm_refused = (self._now() + ARM_AGAIN, refusal)
            raise
        self.armed, self._arm_refused = wanted, None

    async def _tell(self, station: Station, wanted: float) -> None:
        """Send the live limit, where it is new or has lived for a third of its life."""
        now = self._now()
        if self._transactions.session is None:
            return
        if not self.limit.due(wanted, now, self._life / 3):
            return
        try:
            await self._send(station, wanted)
        except DeviceRefusedError:
            if now <= self._started_at + SETTLING:
                await asyncio.sleep(SECOND_ATTEMPT)
                await self._send(station, wanted)
                return
            self._refusals += 1
            # One that has accepted this way has another reason to refuse now.
            hopeless = self._refusals >= REFUSALS and not self._was_accepted
            if not (hopeless and await self._send_otherwise(station, wanted)):
                raise

    async def _send_otherwise(self, station: Station, wanted: float) -> bool:
        """Try the other ways; return whether one was accepted."""
        while self._go_another_way(station, "refuses"):
            with contextlib.suppress(DeviceRefusedError):
                await self.arm(station)
            with contextlib.suppress(DeviceRefusedError):
                await self._send(station, wanted)
                return True
        return False

    def _go_another_way(self, station: Station, why: str) -> bool:
        """Tell it its limits in a way that was not tried yet; after the last go back to the first."""
        self._tried.add(self.way)
        left = [way for way in station.ways if way not in self._tried]
        way = left[0] if left else station.ways[0]
        if way is self.way:
            return False
        _LOGGER.warning(
            "Charger %s %s its limit as %s; trying %s (%s)",
            self.identity,
            why,
            self.way,
            way,
            Trouble.OTHER_WAY,
        )
        self._take_way(way)
        return True

    def _take_way(self, way: Way) -> None:
        # What is armed lies beneath what it does not obey.
        self.way, self.armed, self._arm_refused = way, None, None
        self._refusals, self._was_accepted = 0, False
        self.limit.doubt()
        self._obedience.again(self._now())

    @property
    def _life(self) -> float:
        """s until a live limit ends: longer where each is written to flash, which wears."""
        return max(self.settings.life, FLASH_LIFE) if self.way in STACKED else self.settings.life

    async def _send(self, station: Station, wanted: float) -> None:
        now, session = self._now(), self._transactions.session
        # Begun a moment ago, because a limit that begins in the future is not in force.
        starts = math.floor(now + self.clock.ahead) - 1
        duration = math.floor(self._life)
        limit = LiveLimit(
            current=wanted,
            starts=starts,
            duration=duration,
            transaction=self._transactions.number,
            elapsed=0 if session is None else max(0, math.floor(now - session.started)),
        )
        with self.limit.told(wanted, now, until=starts + duration - self.clock.ahead):
            await station.set_limit(limit, self.settings.wiring, self.way)
        self._obedience.told(wanted, now)
        self._refusals, self._was_accepted = 0, True
