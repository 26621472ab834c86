"""The loop that holds the fuse: it senses, decides and acts, and is the one owner of time and memory.

A new meter sample starts a cycle at once; without one a cycle comes at least every `TICK` seconds, so that
ages are noticed and limits in the chargers are renewed. A cycle that raises is logged and shown, and the
next one runs. After a start the first cycle waits a moment for the meters, so that no car is paused for the
second until they have spoken.
"""

import asyncio
from collections.abc import Callable, Mapping
import contextlib
from dataclasses import replace
import logging
import time

from .balancing.codes import ReasonCode
from .balancing.decide import decide
from .balancing.decision import Decision
from .balancing.errors import ClockError
from .balancing.heard import acquit
from .balancing.memory import Memory
from .balancing.model import (
    Charger as SiteCharger,
    ChargerReading,
    GridLimit,
    MeterReading,
    Site,
    Snapshot,
)
from .balancing.restart import outlive
from .devices import Charger, DeviceError, Meter, Unsubscribe
from .line import Line
from .meter_readers import MeterReaders
from .proving import Prover
from .recording import Recording
from .settling import Settling, left_alone
from .surroundings import Surroundings
from .wish import Wish, with_wish

__all__ = ["FIRST_READINGS", "TICK", "Controller", "Wish", "steady_clock"]

_LOGGER = logging.getLogger(__name__)

TICK = 1.0  # s; a third of the shortest life of a limit in a charger (10 s) with room to spare
FIRST_READINGS = 5.0  # s that the first cycle waits for the meters
CHARGERS_TOGETHER = 0.05  # s in which what several chargers say makes one cycle
AIR = 3.0  # times as long as a cycle takes is left to all else, before what chargers say makes another

NOTHING_REMEMBERED = Memory()

_EPOCH = time.time() - time.monotonic()


def steady_clock() -> float:
    """Seconds since the epoch as of start, without the jumps of a clock that is set."""
    return _EPOCH + time.monotonic()


class Controller:
    """Runs one site."""

    def __init__(
        self,
        site: Site,
        meters: Mapping[str, Meter],
        chargers: Mapping[str, Charger],
        publish: Callable[[Decision], None],
        clock: Callable[[], float] = steady_clock,
        memory: Memory = NOTHING_REMEMBERED,
    ) -> None:
        """`meters` and `chargers` are keyed by the ids that `site` uses."""
        self._publish = publish
        self._clock = clock
        self._wake = asyncio.Event()
        self._waking: asyncio.TimerHandle | None = None
        self._took = 0.0
        self.memory = memory
        self.prover = Prover()
        self._wishes: dict[str, Wish] = {}
        self._lines: dict[str, Line] = {}
        self._meters = MeterReaders()
        self._settling = Settling()
        self._running = False
        self._subscriptions: list[Unsubscribe] = []
        self._failing = False
        self._grid_limits: dict[str, tuple[GridLimit, ...]] = {}
        self.surroundings = Surroundings()
        self.recording = Recording()
        self.decision: Decision | None = None
        self.site = self._configured = site
        self.configure(site, meters, chargers)

    def configure(
        self, site: Site, meters: Mapping[str, Meter], chargers: Mapping[str, Charger]
    ) -> None:
        """Take over a changed site in place: no car is interrupted, nothing learnt is lost."""
        for unsubscribe in self._subscriptions:
            unsubscribe()
        self.prover.forget(but=chargers)
        self._configured = site
        self.site = self._as_known(site)
        changed = [
            key for key, meter in meters.items() if self._meters.meters.get(key) is not meter
        ]
        self.memory = acquit(self.memory, changed)
        self._meters.configure(site, meters)
        for gone in self._lines.keys() - chargers.keys():
            self._lines.pop(gone).close()
        for key, charger in chargers.items():
            line = self._lines.get(key)
            if line is None or line.charger is not charger:
                if line is not None:
                    line.close()
                self._lines[key] = Line(key, charger)
        self._subscriptions = [
            *(meter.subscribe(self._wake.set) for meter in meters.values()),
            *(charger.subscribe(self._wake_soon) for charger in chargers.values()),
        ]
        self._wake.set()

    def _wake_soon(self) -> None:
        """Start a cycle for what chargers say, for all of them together where many say something."""
        if self._waking is None:
            loop = asyncio.get_running_loop()
            wait = min(max(CHARGERS_TOGETHER, AIR * self._took), TICK)
            self._waking = loop.call_later(wait, self._wake_now)

    def _wake_now(self) -> None:
        self._waking = None
        self._wake.set()

    def wish(self, charger: str) -> Wish:
        """What people want of this charger now."""
        return self._wishes.get(charger, Wish())

    def set_wish(self, charger: str, wish: Wish) -> None:
        """Take a wish; it counts from the next cycle, which comes at once."""
        if wish == self.wish(charger):
            return
        is_ranked_anew = wish.priority != self.wish(charger).priority
        self._wishes[charger] = wish
        if is_ranked_anew:
            self.site = self._as_known(self._configured)
        self._wake.set()

    @property
    def grid_limits(self) -> tuple[GridLimit, ...]:
        """All limits from outside, whoever has set them."""
        return tuple(limit for limits in self._grid_limits.values() for limit in limits)

    def limit_grid(self, who: str, limits: tuple[GridLimit, ...]) -> None:
        """Take limits from outside, in the place of those that the same one has set before."""
        if limits != self._grid_limits.get(who, ()):
            self._grid_limits[who] = limits
            self._wake.set()

    def ask_for_proof(self, charger: str) -> None:
        """Test whether a charger falls back by itself, at the next chance."""
        self.prover.ask(charger)
        self._wake.set()

    @property
    def meter_readings(self) -> Mapping[str, MeterReading]:
        """What each meter has said last."""
        return self._meters.read()

    def problem(self, charger: str) -> DeviceError | None:
        """Why the charger could not be told its last setpoint; None when it was."""
        line = self._lines.get(charger)
        return None if line is None else line.problem

    async def run(self) -> None:
        """Run cycles for ever."""
        self._running = True
        self._meters.start()
        try:
            await self._hear_meters()
            while True:
                self._wake.clear()
                self._cycle_safely()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TICK):
                        await self._wake.wait()
        finally:
            self._running = False
            self._meters.stop()
            self.close()

    def close(self) -> None:
        """Stop telling the chargers; their limits end by themselves and their fall-backs hold."""
        for unsubscribe in self._subscriptions:
            unsubscribe()
        self._subscriptions = []
        if self._waking is not None:
            self._waking.cancel()
            self._waking = None
        for line in self._lines.values():
            line.close()
        self._lines = {}

    async def _hear_meters(self) -> None:
        """Wait a moment until each meter has spoken. Chargers keep what they were told meanwhile."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_READINGS):
                while not self._meters.have_spoken:
                    self._wake.clear()
                    await self._wake.wait()

    def _cycle_safely(self) -> None:
        began = time.monotonic()
        try:
            self._cycle()
        except ClockError:
            # Only a clock that was exchanged under us can do this; what was learnt of time is worthless.
            _LOGGER.warning("The clock ran backwards; going on as after a restart")
            self.memory = outlive(self.memory, self._clock())
        except Exception:
            if not self._failing:
                _LOGGER.exception(
                    "A control cycle failed; the chargers keep their limits until these end"
                )
            self._failing = True
        else:
            if self._failing:
                _LOGGER.info("Control cycles work again")
            self._failing = False
        self._took = time.monotonic() - began

    def _cycle(self) -> None:
        now = self._clock()
        readings = {key: line.charger.reading for key, line in self._lines.items()}
        known = self.surroundings.with_vehicles(readings, now, self.site.voltage)
        chargers = {key: with_wish(reading, self.wish(key)) for key, reading in known.items()}
        self._prove(chargers, now)
        self._settling.settle(chargers, self._meters.meters.values(), now)
        snapshot = Snapshot(
            now=now,
            meters=self._meters.read(),
            chargers=chargers,
            grid_limits=self.grid_limits,
            sun=self.surroundings.sun(now),
            battery=self.surroundings.battery(now),
            price=None if (price := self.surroundings.price_now) is None else price.price,
            temperatures=self.surroundings.temperatures,
        )
        site, memory = self.site, self.memory
        try:
            decision = decide(site, snapshot, memory)
        except Exception:
            self.recording.note(site, snapshot, memory)
            self.recording.interrupt()
            raise
        self.memory = decision.memory
        self.decision = decision
        for setpoint in decision.setpoints:
            line = self._lines.get(setpoint.charger)
            if line is None:
                continue
            if chargers[setpoint.charger].left_alone is not None:
                line.rest()
            else:
                line.tell(setpoint.current, setpoint.phases)
        # After the chargers, who are told in the next round of the event loop.
        soon = asyncio.get_running_loop().call_soon
        soon(self.recording.note, site, snapshot, memory)
        soon(self._show, decision)

    def _show(self, decision: Decision) -> None:
        if self._running:
            self._publish(decision)

    def _prove(self, chargers: dict[str, ChargerReading], now: float) -> None:
        """Go on testing a fall-back: who is tested is left alone."""
        before = self.prover.proofs
        tested = self.prover.step(self.site, chargers, self.decision, now)
        if self.prover.proofs is not before:
            self.site = self._as_known(self._configured)
        if tested is not None:
            chargers[tested] = left_alone(chargers[tested], ReasonCode.PROVING)

    def _as_known(self, site: Site) -> Site:
        """The site with what is known of its chargers' fall-backs, and with who comes first."""
        return replace(site, chargers=tuple(map(self._charger_as_known, site.chargers)))

    def _charger_as_known(self, charger: SiteCharger) -> SiteCharger:
        priority = self.wish(charger.id).priority
        return replace(
            charger,
            fallback_proved=self.prover.has_proved(charger),
            priority=charger.priority if priority is None else priority,
        )
