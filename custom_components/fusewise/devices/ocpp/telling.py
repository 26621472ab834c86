"""Tells one charger its fall-back and its live limit, in the way that it obeys.

The fall-back is written before anything else. Where a way is refused, or has no effect, the next is tried.
"""

import asyncio
import contextlib
from dataclasses import replace
import math

from ...balancing.model import ChargerStatus
from .. import Clock, DeviceOfflineError, DeviceRefusedError
from .clock import ChargerClock
from .fallback import Fallback
from .learnt import NOTHING, Learnt
from .limit import Limit
from .measurands import Sample
from .pausing import Pausing
from .quirks import quirk_of
from .settings import ChargerSettings
from .spread import Spread
from .station import LiveLimit, Station
from .traits import Traits, rounded
from .transactions import Transactions
from .wayfinding import Wayfinder
from .ways import LASTING, Way

# s from the start of a transaction in which a charger that refuses a limit may not have taken our answer to
# that start in yet, and s until it is asked once more.
SETTLING = 3.0
SECOND_ATTEMPT = 0.2
FLASH_LIFE = 300.0  # s; one write in 100 s
REPEATED = 3.0  # s after the first limit that follows a pause, for chargers that have forgotten it


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
        self._fallback = Fallback(now)
        self.spread = Spread(settings)
        self.traits = Traits(identity)
        self.pausing = Pausing()
        self.turn = asyncio.Lock()
        """Held while it is told something, so that nothing overtakes the fall-back."""
        self._transactions = transactions
        self._now = now
        self._started_at = float("-inf")
        self._finder = Wayfinder(identity)
        self._finder.fix(settings.way, now())
        self._repeats = False
        self._tells_schedule = False

    @property
    def armed(self) -> float | None:
        """A of the fall-back that it has accepted."""
        return self._fallback.armed

    @property
    def way(self) -> Way:
        """How it is told its limits."""
        return self._finder.way

    @property
    def floor(self) -> float:
        """A with less than which this car cannot charge now; 0 where that is the charger's usual floor."""
        return self.spread.floor(self._now())

    @property
    def learnt(self) -> Learnt:
        """What outlives a restart."""
        return replace(
            self._finder.learnt,
            is_clean=self._fallback.is_clean,
            armed=self.armed,
            armed_as=self._fallback.armed_as,
            traits=self.traits.known,
            paused_at=self.pausing.since,
        )

    def remember(self, learnt: Learnt) -> None:
        """Go on with what was found out before a restart, unless something was found out since."""
        if learnt.paused_at is not None and self._started_at == float("-inf"):
            self.pausing.remember(self.identity, learnt.paused_at, self._now())
        if self.traits.known == NOTHING:
            self.traits.known = learnt.traits
        if self._finder.tried or self._finder.checked or self.armed is not None:
            return
        if self._finder.fixed is None:
            self._finder.remember(learnt)
        self._fallback.remember(learnt)

    async def apply(self, station: Station, current: float) -> None:
        """Have this limit in force, above the fall-back. Raises DeviceError."""
        try:
            await self.arm(station)
        except DeviceRefusedError:
            # A live limit without a fall-back is better than none; its owner is told all the same.
            await self._tell(station, self._rounded(station, current))
            if self.armed is None:  # not in another way either
                raise
            return
        await self._tell(station, self._rounded(station, current))

    def ask_for_phases(self, phases: int) -> None:
        """Charge on so many conductors, from the next limit on."""
        if self.spread.ask(phases):
            self.limit.doubt()

    def configure(self, settings: ChargerSettings) -> None:
        """Take over changed settings."""
        if settings.wiring != self.settings.wiring:
            self._fallback.forget()  # it may have been written in watts
        self.settings = self.spread.settings = settings
        if self._finder.fix(settings.way, self._now()):
            self._another_way()
        self.doubt()

    def doubt(self) -> None:
        """Tell everything again that may not be there any more."""
        self._fallback.doubt()
        self.limit.doubt()

    def booted(self) -> None:
        """Note that it was started: what it had in its memory may be gone."""
        self._fallback.forget()
        self.pausing.booted(self._now())
        self.doubt()

    def choose(self, station: Station) -> None:
        """Begin with what its make obeys, and stay with what was found out."""
        self.spread.in_watts = station.in_watts
        if self._finder.choose(station, self._now()):
            self._another_way()

    def started(self) -> None:
        """Note that a transaction begins."""
        self.pausing.begun()
        self._started_at = self._now()
        self._over()

    def ended(self) -> None:
        """Note that no transaction runs."""
        self.pausing.ended()
        self._over()
        self._finder.obedience.told(None, self._now())

    def _over(self) -> None:
        self.spread.forget()
        # What belongs to a transaction ends with it; a limit of the station goes on.
        if self.way in LASTING:
            self.limit.doubt()
        else:
            self.limit.forget()

    def judge(self, station: Station, sample: Sample, at: float) -> None:
        """See by a sample whether it obeys, as long as a limit is in force, and which car this is."""
        drawn = max(sample.current)
        if self.spread.learn(sample):
            self.limit.doubt()
        if self.limit.until is None or at >= self.limit.until:
            return
        obedience = self._finder.obedience
        if obedience.has_settled(at) and self.limit.current is not None:
            self.traits.drawn(self.limit.current, drawn)
        if obedience.disobeys(drawn, at):
            may_draw_on = self.traits.may_draw_on or not self._pauses(station)
            if self.limit.current != 0.0 or not may_draw_on:
                self._go_another_way(station, "does not obey")
        elif self._transactions.session is not None and self._finder.is_stuck(
            station, drawn, self.armed, at
        ):
            self._go_another_way(station, "stays at its fall-back whatever")

    async def arm(self, station: Station) -> None:
        """Write the fall-back, where it is not that already."""
        await self._fallback.arm(
            station,
            self._rounded(station, self.settings.fallback),
            self.settings,
            self.way,
            may_clear=self._transactions.session is None,
        )

    async def _tell(self, station: Station, wanted: float) -> None:
        """Send the live limit, where it is new or has lived for a third of its life."""
        now = self._now()
        if self._transactions.session is None:
            if wanted > 0.0:
                await self.pausing.end(station, now)
            return
        if wanted > 0.0:
            self.pausing.goes_on(now)
        number = self._transactions.number
        try:
            await self._renew(station, wanted, now)
        finally:
            # Also where it has just been told 0: until its session ends, or where it lets nobody end that, it
            # draws as little as it can.
            if wanted == 0.0 and number is not None and not self._pauses(station):
                shown = self.pausing.session(self._transactions.session, ChargerStatus.CHARGING)
                await self.pausing.begin(station, number, shown, now)

    async def _renew(self, station: Station, wanted: float, now: float) -> None:
        """Have the live limit in force, where a transaction runs."""
        quirk = quirk_of(station.info)
        spacing = self.traits.spacing(self.settings, quirk)
        renewal = REPEATED if self._repeats else self._life / 3
        if not self.limit.due(wanted, now, renewal, spacing):
            return
        self._repeats = quirk.forgets_after_pause and self.limit.current == 0.0 < wanted
        try:
            await self._send(station, wanted)
        except DeviceRefusedError:
            if now <= self._started_at + SETTLING:
                await asyncio.sleep(SECOND_ATTEMPT)
                await self._send(station, wanted)
                return
            if self._finder.was_accepted:
                self.traits.failed(now)
            if not (self._finder.refused() and await self._send_otherwise(station, wanted)):
                raise
        except DeviceOfflineError:
            self.traits.failed(now)
            raise

    async def _send_otherwise(self, station: Station, wanted: float, why: str = "refuses") -> bool:
        """Try the other ways; return whether one was accepted."""
        while self._go_another_way(station, why):
            with contextlib.suppress(DeviceRefusedError):
                await self.arm(station)
            with contextlib.suppress(DeviceRefusedError):
                await self._send(station, wanted)
                return True
        return False

    def _go_another_way(self, station: Station, why: str) -> bool:
        """Tell it its limits in a way that was not tried yet; return whether there is another."""
        if not self._finder.next(station, why, self._now()):
            return False
        self._another_way()
        return True

    def _another_way(self) -> None:
        self._fallback.forget()
        self.limit.doubt()

    @property
    def _life(self) -> float:
        """s until a live limit ends: longer where each is written to flash, which wears."""
        return max(self.settings.life, FLASH_LIFE) if self.way in LASTING else self.settings.life

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
            phases=self.spread.over(wanted),
            fallback=self.armed or 0.0,
            asked_phases=self.spread.asked,
        )
        with self.limit.told(wanted, now, until=starts + duration - self.clock.ahead):
            await station.set_limit(limit, self.settings.wiring, self.way)
        self._finder.obedience.told(wanted, now)
        self._finder.accepted()
        self.traits.accepted(now)
        self.spread.told(wanted, now)
        is_new = self.way not in self._finder.checked or (
            self._tells_schedule and self.traits.wants_schedule(wanted)
        )
        if is_new and wanted > 0.0:
            await self._check(station, wanted)

    async def _check(self, station: Station, wanted: float) -> None:
        """Hear what the charger itself says to a limit that it has accepted, once for each way."""
        way = self.way
        try:
            shown = await station.shown(self.settings.wiring)
        except DeviceOfflineError:
            return  # asked again with the next limit
        self._tells_schedule = shown is not None
        if shown is not None and not station.in_watts:
            self.traits.shown(wanted, shown)
        if self._finder.doubts(wanted, self.armed, shown) and way is self.way:
            await self._send_otherwise(station, wanted, "accepts without effect")

    def _pauses(self, station: Station) -> bool:
        return self.traits.pauses(self.settings, quirk_of(station.info))

    def _rounded(self, station: Station, current: float) -> float:
        return rounded(current, self.traits.step(self.settings, quirk_of(station.info)))
