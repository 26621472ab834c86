"""The loop that holds the fuse: it senses, decides and acts, and is the one owner of time and memory.

A new meter sample starts a cycle at once; without one a cycle comes at least every `TICK` seconds, so that
ages are noticed and limits in the chargers are renewed. A cycle that raises is logged and shown, and the
next one runs.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
import logging
import time

from .balancing.decide import decide
from .balancing.errors import ClockError
from .balancing.model import (
    ChargerReading,
    Decision,
    GridLimit,
    Memory,
    MeterReading,
    Mode,
    Session,
    Site,
    Snapshot,
)
from .devices import Charger, DeviceError, Meter, Unsubscribe

_LOGGER = logging.getLogger(__name__)

TICK = 1.0  # s; a third of the shortest life of a limit in a charger (10 s) with room to spare

_EPOCH = time.time() - time.monotonic()


def steady_clock() -> float:
    """Seconds since the epoch as of start, without the jumps of a clock that is set."""
    return _EPOCH + time.monotonic()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What people want of a charger."""

    mode: Mode = Mode.FAIR
    boost: bool = False
    departure: float | None = None
    energy_kwh: float | None = None
    maximum: float | None = None


class Controller:
    """Runs one site."""

    def __init__(
        self,
        site: Site,
        meters: Mapping[str, Meter],
        chargers: Mapping[str, Charger],
        publish: Callable[[Decision], None],
        clock: Callable[[], float] = steady_clock,
    ) -> None:
        """`meters` and `chargers` are keyed by the ids that `site` uses."""
        self._publish = publish
        self._clock = clock
        self._wake = asyncio.Event()
        self._memory = Memory()
        self._wishes: dict[str, Wish] = {}
        self._lines: dict[str, _Line] = {}
        self._meters: dict[str, Meter] = {}
        self._subscriptions: list[Unsubscribe] = []
        self._failing = False
        self.grid_limits: tuple[GridLimit, ...] = ()
        self.decision: Decision | None = None
        self.site = site
        self.configure(site, meters, chargers)

    def configure(
        self, site: Site, meters: Mapping[str, Meter], chargers: Mapping[str, Charger]
    ) -> None:
        """Take over a changed site in place: no car is interrupted, nothing learnt is lost."""
        for unsubscribe in self._subscriptions:
            unsubscribe()
        self.site = site
        self._meters = dict(meters)
        for gone in self._lines.keys() - chargers.keys():
            self._lines.pop(gone).close()
        for key, charger in chargers.items():
            line = self._lines.get(key)
            if line is None or line.charger is not charger:
                if line is not None:
                    line.close()
                self._lines[key] = _Line(key, charger)
        devices: list[Meter | Charger] = [*meters.values(), *chargers.values()]
        self._subscriptions = [device.subscribe(self._wake.set) for device in devices]
        self._wake.set()

    def wish(self, charger: str) -> Wish:
        """What people want of this charger now."""
        return self._wishes.get(charger, Wish())

    def set_wish(self, charger: str, wish: Wish) -> None:
        """Take a wish; it counts from the next cycle, which comes at once."""
        self._wishes[charger] = wish
        self._wake.set()

    def problem(self, charger: str) -> DeviceError | None:
        """Why the charger could not be told its last setpoint; None when it was."""
        line = self._lines.get(charger)
        return None if line is None else line.problem

    async def run(self) -> None:
        """Run cycles for ever."""
        meters = [asyncio.ensure_future(meter.run()) for meter in self._meters.values()]
        try:
            while True:
                self._wake.clear()
                self._cycle_safely()
                try:
                    async with asyncio.timeout(TICK):
                        await self._wake.wait()
                except TimeoutError:
                    pass
        finally:
            for task in meters:
                task.cancel()
            self.close()

    def close(self) -> None:
        """Stop telling the chargers; their limits end by themselves and their fall-backs hold."""
        for unsubscribe in self._subscriptions:
            unsubscribe()
        self._subscriptions = []
        for line in self._lines.values():
            line.close()
        self._lines = {}

    def _cycle_safely(self) -> None:
        try:
            self._cycle()
        except ClockError:
            # Only a clock that was exchanged under us can do this; what was learnt of time is worthless.
            _LOGGER.warning("The clock ran backwards; starting with an empty memory")
            self._memory = Memory()
        except Exception:  # noqa: BLE001 - the loop that holds the fuse must not die of one cycle
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
        decision = decide(self.site, self._snapshot(), self._memory)
        self._memory = decision.memory
        self.decision = decision
        for setpoint in decision.setpoints:
            line = self._lines.get(setpoint.charger)
            if line is not None:
                line.tell(setpoint.current)
        self._publish(decision)

    def _snapshot(self) -> Snapshot:
        meters: dict[str, MeterReading] = {}
        for key, meter in self._meters.items():
            if (reading := meter.reading) is not None:
                meters[key] = reading
        return Snapshot(
            now=self._clock(),
            meters=meters,
            chargers={
                key: _with_wish(line.charger.reading, self.wish(key))
                for key, line in self._lines.items()
            },
            grid_limits=self.grid_limits,
        )


def _with_wish(reading: ChargerReading, wish: Wish) -> ChargerReading:
    session = reading.session
    if session is None:
        return reading
    wished: Session = replace(
        session,
        mode=wish.mode,
        boost=wish.boost,
        departure=wish.departure if wish.departure is not None else session.departure,
        energy_needed_kwh=(
            wish.energy_kwh if wish.energy_kwh is not None else session.energy_needed_kwh
        ),
        maximum=wish.maximum if wish.maximum is not None else session.maximum,
    )
    return replace(reading, session=wished)


class _Line:
    """Tells one charger its newest setpoint; a slow charger delays nobody else."""

    def __init__(self, key: str, charger: Charger) -> None:
        self.charger = charger
        self.problem: DeviceError | None = None
        self._key = key
        self._wanted = 0.0
        self._fresh = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def tell(self, current: float) -> None:
        self._wanted = current
        self._fresh.set()
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._run())

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            await self._fresh.wait()
            self._fresh.clear()
            try:
                await self.charger.apply(self._wanted)
            except DeviceError as problem:
                # The coordinator tells people, by the charger's name.
                if self.problem is None:
                    _LOGGER.debug("Charger %s: %s", self._key, problem)
                self.problem = problem
            else:
                if self.problem is not None:
                    _LOGGER.debug("Charger %s takes its setpoints again", self._key)
                self.problem = None
