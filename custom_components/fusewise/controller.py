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
from .balancing.memory import Memory
from .balancing.model import (
    NEVER,
    Charger as SiteCharger,
    ChargerReading,
    ChargerStatus,
    GridLimit,
    MeterReading,
    Site,
    Snapshot,
)
from .balancing.restart import outlive
from .devices import Charger, DeviceError, Meter, Unsubscribe
from .line import Line
from .proving import Prover
from .recording import Recording
from .surroundings import Surroundings
from .wish import Wish, with_wish

__all__ = ["FIRST_READINGS", "TICK", "Controller", "Wish", "steady_clock"]

_LOGGER = logging.getLogger(__name__)

TICK = 1.0  # s; a third of the shortest life of a limit in a charger (10 s) with room to spare
FIRST_READINGS = 5.0  # s that the first cycle waits for the meters
CHARGERS_TOGETHER = 0.05  # s in which what several chargers say makes one cycle
SETTLES = 10.0  # s that a charger is left alone at most, until it is known what its car draws

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
        self.memory = memory
        self.prover = Prover()
        self._wishes: dict[str, Wish] = {}
        self._lines: dict[str, Line] = {}
        self._meters: dict[str, Meter] = {}
        self._readers: dict[str, tuple[Meter, asyncio.Task[None]]] = {}
        self._heard: dict[str, MeterReading] = {}
        """The newest sample of each meter, which counts on when the meter is set up otherwise."""
        self._running = False
        self._settled: dict[str, float] = {}
        """Since when each charger is connected; NEVER once it is known what its car draws."""
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
        stay = _measured(site).items() & _measured(self.site).items()
        self._heard = {key: self._heard[key] for key, _ in stay if key in self._heard}
        self._configured = site
        self.site = self._as_known(site)
        self._meters = dict(meters)
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
        if self._running:
            self._read_meters()
        self._wake.set()

    def _wake_soon(self) -> None:
        """Start a cycle for what chargers say, for all of them together where many say something."""
        if self._waking is None:
            loop = asyncio.get_running_loop()
            self._waking = loop.call_later(CHARGERS_TOGETHER, self._wake_now)

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

    def problem(self, charger: str) -> DeviceError | None:
        """Why the charger could not be told its last setpoint; None when it was."""
        line = self._lines.get(charger)
        return None if line is None else line.problem

    async def run(self) -> None:
        """Run cycles for ever."""
        self._running = True
        self._read_meters()
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
            for _, task in self._readers.values():
                task.cancel()
            self._readers = {}
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

    def _read_meters(self) -> None:
        """Have each meter read that the site has now, and no other."""
        for key, (meter, task) in list(self._readers.items()):
            if self._meters.get(key) is not meter:
                task.cancel()
                del self._readers[key]
        for key, meter in self._meters.items():
            if key not in self._readers:
                self._readers[key] = meter, asyncio.ensure_future(meter.run())

    async def _hear_meters(self) -> None:
        """Wait a moment until each meter has spoken. Chargers keep what they were told meanwhile."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_READINGS):
                while any(meter.reading is None for meter in self._meters.values()):
                    self._wake.clear()
                    await self._wake.wait()

    def _cycle_safely(self) -> None:
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

    def _cycle(self) -> None:
        now = self._clock()
        readings = {key: line.charger.reading for key, line in self._lines.items()}
        known = self.surroundings.with_vehicles(readings, now, self.site.voltage)
        chargers = {key: with_wish(reading, self.wish(key)) for key, reading in known.items()}
        self._prove(chargers, now)
        self._settle(chargers, now)
        snapshot = Snapshot(
            now=now,
            meters=self._read(),
            chargers=chargers,
            grid_limits=self.grid_limits,
            sun=self.surroundings.sun(now),
            battery=self.surroundings.battery(now),
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
                line.tell(setpoint.current)
        # After the chargers, who are told in the next round of the event loop.
        asyncio.get_running_loop().call_soon(self._show, decision, site, snapshot, memory)

    def _read(self) -> Mapping[str, MeterReading]:
        """What each meter said last."""
        for key, meter in self._meters.items():
            if (reading := meter.reading) is not None:
                self._heard[key] = reading
        return dict(self._heard)

    def _show(self, decision: Decision, site: Site, snapshot: Snapshot, memory: Memory) -> None:
        self.recording.note(site, snapshot, memory)
        if self._running:
            self._publish(decision)

    def _prove(self, chargers: dict[str, ChargerReading], now: float) -> None:
        """Go on testing a fall-back: who is tested is left alone."""
        before = self.prover.proofs
        tested = self.prover.step(self.site, chargers, self.decision, now)
        if self.prover.proofs is not before:
            self.site = self._as_known(self._configured)
        if tested is not None:
            chargers[tested] = _left_alone(chargers[tested], ReasonCode.PROVING)

    def _settle(self, chargers: dict[str, ChargerReading], now: float) -> None:
        """Wait a moment until it is known what a car draws that charged before we heard of it.

        Until its charger has measured, and a meter has seen the same moment, it could only be paused to be
        safe. Its limit, or its fall-back, holds it all the same.
        """
        for key, reading in chargers.items():
            if not reading.online:
                self._settled.pop(key, None)
                continue
            since = self._settled.setdefault(key, now)
            if since == NEVER:
                continue
            unknown = reading.current is None or any(
                meter.reading is not None and meter.reading.measured_at < reading.measured_at
                for meter in self._meters.values()
            )
            if unknown and reading.status is ChargerStatus.CHARGING and now - since < SETTLES:
                chargers[key] = _left_alone(reading, ReasonCode.STARTING)
            elif reading.status is not ChargerStatus.UNAVAILABLE:
                self._settled[key] = NEVER

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


def _measured(site: Site) -> dict[str, str]:
    """Which circuit each meter measures."""
    return {circuit.meter: circuit.id for circuit in site.circuits if circuit.meter is not None}


def _left_alone(reading: ChargerReading, reason: ReasonCode) -> ChargerReading:
    return replace(reading, online=False, left_alone=reason)
