"""Measures the loop inside a running Home Assistant core, with 3 and 50 chargers: `python -m bench.loop`.

The core is a real one in this process, with Fusewise set up as a user would have it: entities, devices, a
meter that is made of Home Assistant's own entities, and chargers that speak OCPP over sockets from a process
of their own. Each state of the meter is a state of Home Assistant. Prints a JSON object of each size, name → figure.

`held` is the longest piece of work of the event loop, without the pauses of Python's garbage collector, which walks
through all that Home Assistant keeps in memory; they stand beside it.
"""

import asyncio
import gc
import json
from pathlib import Path
import statistics
import sys
import time

from .holds import Watch
from .running import HIGH, LOW, Bench, core

SIZES = (3, 50)
DESCENTS = {3: 10, 50: 4}  # in each of which all cars must fall, ampere by ampere from HIGH to LOW
OBEYED = 8  # s until all cars have followed
HOUR = 3600
IDLE = 20.0  # s
PAGE = 4096  # bytes, of /proc/self/statm


async def reaction(bench: Bench, watch: Watch, figures: dict[str, float], name: str) -> None:
    """From a state of the meter that takes room away until all chargers have been handed less."""
    seconds: list[float] = []
    for _ in range(DESCENTS[bench.number]):
        await bench.settle(HIGH)
        while (room := min(bench.shared())) > LOW:
            for _ in range(OBEYED):
                await bench.step(room)
            await bench.measure()
            watch.expect(bench.number)
            began = time.perf_counter()
            bench.show(bench.house(min(bench.shared()) - 1.0) + sum(bench.shared()))
            async with asyncio.timeout(10):
                await watch.handed_all.wait()
            seconds.append(max(watch.handed.values()) - began)
        for _ in range(45):  # the rises' hold is over then
            await bench.step(LOW)
    seconds.sort()
    figures[f"{name}.meter_to_setpoints_median_ms"] = 1000 * statistics.median(seconds)
    figures[f"{name}.meter_to_setpoints_p99_ms"] = 1000 * seconds[round(0.99 * (len(seconds) - 1))]


async def idle(bench: Bench, watch: Watch, figures: dict[str, float], name: str) -> None:
    """What it takes while nothing changes: a state of the meter each second, and limits are renewed."""
    await bench.settle(HIGH)
    flows = bench.house(HIGH) + sum(bench.shared())
    watch.begin()
    used, began = time.process_time(), time.monotonic()
    while time.monotonic() < began + IDLE:
        bench.show(flows)
        await asyncio.sleep(1.0)
    used = time.process_time() - used
    figures[f"{name}.idle_core_percent"] = 100 * used / (time.monotonic() - began)
    watch.tell(figures, f"{name}.idle")


async def hour(bench: Bench, watch: Watch, figures: dict[str, float], name: str) -> None:
    """An hour at once: the meter each second, each charger every ten, a house that wanders."""
    await bench.wander(HOUR // 12)  # what is learnt, cached and compiled once is no growth
    gc.collect()
    before = _memory()
    watch.begin()
    await bench.wander(HOUR)
    figures[f"{name}.files_written_per_hour"] = watch.written
    watch.tell(figures, f"{name}.busy")
    gc.collect()
    figures[f"{name}.memory_mb"] = _memory()
    figures[f"{name}.memory_growth_mb_per_hour"] = _memory() - before


def _memory() -> float:
    """MB that this process has in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


async def measured(number: int) -> dict[str, float]:
    """All figures of a site with so many chargers."""
    figures: dict[str, float] = {}
    name = f"loop.chargers_{number}"
    watch = Watch()
    async with core() as hass:
        bench = Bench(hass, number)
        with watch.watching():
            try:
                await bench.open()
                watch.tell(figures, f"{name}.start")
                await reaction(bench, watch, figures, name)
                await idle(bench, watch, figures, name)
                await hour(bench, watch, figures, name)
            finally:
                await bench.close()
    return {key: round(value, 3) for key, value in figures.items()}


def main() -> None:
    """Print the figures of the sizes that are named, or of all, each as soon as it is there."""
    for number in [int(text) for text in sys.argv[1:]] or SIZES:
        sys.stdout.write(json.dumps(asyncio.run(measured(number))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
