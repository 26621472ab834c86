"""Measures the central system with 1, 20, 100 and 500 charge points on loopback: `python -m bench.ocpp`.

What is measured is the whole way: a sample of the site's meter takes room away, the controller decides, and
each charge point gets its lower limit on the wire. The charge points are a process of their own. Prints a JSON
object of each size, name → figure. With --storms only so many storms of reconnections are measured.
"""

import argparse
import asyncio
from collections.abc import Callable
import gc
import itertools
import json
from pathlib import Path
import resource
import statistics
import sys
import time
from typing import override

from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.model import (
    Charger as SiteCharger,
    Circuit,
    MeterReading,
    Phase,
    Site,
)
from custom_components.fusewise.controller import TICK, Controller
from custom_components.fusewise.devices import Meter, Unsubscribe
from custom_components.fusewise.devices.ocpp import CentralSystem

SIZES = (1, 20, 100, 500)
SAMPLES = {1: 20, 20: 20, 100: 10, 500: 4}
MOST, HIGH, LOW = 16.0, 14.0, 8.0  # A of each car
PAUSE = (
    20.0  # s on the bench's clock between two samples; so much has to pass that nothing is steady
)
FULL = 2  # the collector's last generation: everything is looked through
ROOT = Path(__file__).parent.parent


class Clock:
    """A clock that can be put forward, so that nobody waits for cars to ramp."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class GridMeter(Meter):
    """A meter that shows what it is given."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._reading: MeterReading | None = None
        self._listeners: list[Callable[[], None]] = []

    def show(self, amperes: float) -> None:
        """Have a new sample."""
        self._reading = MeterReading(current=(amperes,) * 3, measured_at=self._clock())
        for listener in self._listeners:
            listener()

    @property
    @override
    def reading(self) -> MeterReading | None:
        return self._reading

    @override
    def subscribe(self, listener: Callable[[], None]) -> Unsubscribe:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @override
    async def run(self) -> None:
        await asyncio.Event().wait()


class Collector:
    """How long Python's garbage collector has stopped everything at most: it walks through all that lives."""

    def __init__(self) -> None:
        self.worst = 0.0
        self.full = 0.0
        """s of CPU in all full collections. They come when they come, and Home Assistant's are longer."""
        self._began = 0.0
        self._used = 0.0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        """Hear of a begin or an end."""
        if phase == "start":
            self._began, self._used = time.monotonic(), time.process_time()
            return
        self.worst = max(self.worst, time.monotonic() - self._began)
        if info["generation"] == FULL:
            self.full += time.process_time() - self._used


class Lateness:
    """How late the event loop is at most, and how much of that it has worked itself."""

    def __init__(self, collector: Collector) -> None:
        self.worst = 0.0
        self.busy = 0.0
        """s of CPU, without full collections. What is missing to `worst` has gone to those and to other programs."""
        self._collector = collector

    async def watch(self) -> None:
        """Look every 5 ms."""
        while True:
            before, used = time.monotonic(), self._used()
            await asyncio.sleep(0.005)
            self.worst = max(self.worst, time.monotonic() - before - 0.005)
            self.busy = max(self.busy, self._used() - used)

    def _used(self) -> float:
        return time.process_time() - self._collector.full


class Bench:
    """One site, one central system, and a crowd."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.clock = Clock()
        self.meter = GridMeter(self.clock)
        self.central = CentralSystem(self.clock, self.clock)
        self.rating = MOST * number + 50.0
        wiring = (Phase.L1, Phase.L2, Phase.L3)
        ids = [f"cp-{n}" for n in range(number)]
        site = Site(
            circuits=(
                Circuit(id="main", rating=(self.rating,) * 3, meter="grid", usable_share=1.0),
            ),
            chargers=tuple(
                SiteCharger(id=key, circuit="main", wiring=wiring, maximum=MOST, fallback=0.0)
                for key in ids
            ),
        )
        chargers = {key: self.central.adopt(key) for key in ids}
        self.controller = Controller(site, {"grid": self.meter}, chargers, self._note, self.clock)
        self.cycles: list[float] = []
        """When each cycle of the control loop was over."""
        self._crowd: asyncio.subprocess.Process | None = None

    def _note(self, _: Decision) -> None:
        self.cycles.append(time.monotonic())

    async def open(self) -> None:
        """Listen, and wait until all have come."""
        await self.central.start("127.0.0.1", 0)
        self._crowd = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.charge_points",
            str(self.central.port),
            str(self.number),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        await self._answer()

    async def close(self) -> None:
        """Hang up."""
        assert self._crowd is not None
        assert self._crowd.stdin is not None
        self._crowd.stdin.write(b"\n")
        await self._crowd.wait()
        await self.central.stop()

    async def crowd(self, command: str) -> dict[str, float]:
        """Have the crowd do something."""
        self.order(command)
        return await self._answer()

    def order(self, command: str) -> None:
        """Have the crowd begin something."""
        assert self._crowd is not None
        assert self._crowd.stdin is not None
        self._crowd.stdin.write(command.encode() + b"\n")

    async def _answer(self) -> dict[str, float]:
        assert self._crowd is not None
        assert self._crowd.stdout is not None
        line = await self._crowd.stdout.readline()
        if not line:
            raise RuntimeError("The charge points have ended; their message stands above.")
        answer: dict[str, float] = json.loads(line)
        return answer

    def shared(self) -> list[float]:
        """A that each has now."""
        decision = self.controller.decision
        return [setpoint.current for setpoint in decision.setpoints] if decision else [0.0]

    async def raise_to(self, current: float) -> None:
        """Let all of them charge."""
        for _ in range(200):
            house = 50.0 + (MOST - current) * self.number
            self.meter.show(house + sum(self.shared()))
            await asyncio.sleep(0.02 + self.number / 2000)
            await self.crowd("measure")
            self.clock.ahead += 2.0
            if min(self.shared()) >= current - 1.5:
                break
        else:
            raise RuntimeError(
                f"The cars stay at {min(self.shared()):g} A: {self.controller.decision}"
            )

    async def lower(self, current: float) -> float:
        """Take room away by one sample; return s until the last of them had its lower limit."""
        await self.crowd("expect")
        house = 50.0 + (MOST - current) * self.number
        began = time.monotonic()
        self.meter.show(house + sum(self.shared()))
        return (await self._answer())["last"] - began


async def meter_to_wire(bench: Bench, figures: dict[str, float], name: str) -> None:
    """From a sample of the meter to the last lower limit on the wire."""
    seconds: list[float] = []
    for _ in range(SAMPLES[bench.number]):
        await bench.raise_to(HIGH)
        seconds.append(await bench.lower(LOW))
        bench.clock.ahead += PAUSE
    seconds.sort()
    figures[f"{name}.meter_to_wire_median_ms"] = 1000 * statistics.median(seconds)
    figures[f"{name}.meter_to_wire_p99_ms"] = 1000 * seconds[round(0.99 * (len(seconds) - 1))]


async def messages(bench: Bench, figures: dict[str, float], name: str) -> None:
    """Measurements that are taken in and answered."""
    rounds = max(1, 1000 // bench.number)
    seconds = 0.0
    for _ in range(rounds):
        seconds += (await bench.crowd("measure"))["seconds"]
    figures[f"{name}.messages_per_s"] = rounds * bench.number / seconds


async def idle(bench: Bench, figures: dict[str, float], name: str) -> None:
    """What it takes to keep them connected."""
    before = time.process_time()
    await asyncio.sleep(3.0)
    used = (time.process_time() - before) / 3.0
    figures[f"{name}.idle_cpu_ms_per_s_and_charger"] = 1000 * used / bench.number


async def storm(bench: Bench, figures: dict[str, float], name: str) -> None:
    """All lines are cut at once, and all come back, while the fuse is being held."""
    collector = Collector()
    lateness, used = Lateness(collector), time.process_time()
    gc.callbacks.append(collector)
    watching = asyncio.create_task(lateness.watch())
    bench.cycles.clear()
    figures[f"{name}.storm_s"] = (await bench.crowd("storm"))["seconds"]
    await asyncio.sleep(TICK)
    watching.cancel()
    gc.callbacks.remove(collector)
    figures[f"{name}.storm_cpu_ms"] = 1000 * (time.process_time() - used)
    gaps = [after - before for before, after in itertools.pairwise(bench.cycles)]
    figures[f"{name}.storm_loop_late_ms"] = 1000 * lateness.worst
    figures[f"{name}.storm_loop_busy_ms"] = 1000 * lateness.busy
    figures[f"{name}.storm_collector_ms"] = 1000 * collector.worst
    figures[f"{name}.storm_full_collections_cpu_ms"] = 1000 * collector.full
    figures[f"{name}.storm_cycle_late_ms"] = 1000 * max(0.0, max(gaps, default=TICK) - TICK)


async def measure(number: int) -> dict[str, float]:
    """Return all figures of a crowd of this size."""
    figures: dict[str, float] = {}
    name = f"ocpp.chargers_{number}"
    before = _memory()
    bench = Bench(number)
    await bench.open()
    figures[f"{name}.memory_kb_per_charger"] = (_memory() - before) / number
    await idle(bench, figures, name)
    await messages(bench, figures, name)
    running = asyncio.create_task(bench.controller.run())
    try:
        bench.meter.show(50.0)
        await storm(bench, figures, name)
        await meter_to_wire(bench, figures, name)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await bench.close()
    return {key: round(value, 3) for key, value in figures.items()}


async def storms(number: int, times: int) -> list[dict[str, float]]:
    """Return the figures of storms alone, one after the other."""
    bench = Bench(number)
    await bench.open()
    running = asyncio.create_task(bench.controller.run())
    measured: list[dict[str, float]] = []
    try:
        for _ in range(times):
            bench.meter.show(50.0)
            await asyncio.sleep(TICK)
            measured.append({})
            await storm(bench, measured[-1], f"ocpp.chargers_{number}")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await bench.close()
    return [{key: round(value, 3) for key, value in figures.items()} for figures in measured]


def _memory() -> float:
    """kB that this process has needed at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Print the figures of the sizes that are named, or of all, each as soon as it is there."""
    parser = argparse.ArgumentParser(description="Measures the central system for OCPP.")
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="how many charge points")
    parser.add_argument("--storms", type=int, help="measure so many storms of reconnections only")
    wanted = parser.parse_args()
    for number in wanted.sizes:
        if wanted.storms is None:
            rows = [asyncio.run(measure(number))]
        else:
            rows = asyncio.run(storms(number, wanted.storms))
        for row in rows:
            sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
