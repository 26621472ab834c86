"""Measures the loop inside a running Home Assistant core, with 3 and 50 chargers: `python -m bench.loop`.

The core is a real one in this process, with Fusewise set up as a user would have it: entities, devices, a
meter that is made of Home Assistant's own entities, and chargers that speak OCPP over sockets from a process
of their own. Each state of the meter is a state of Home Assistant. Prints one JSON object, name → figure.
"""

import asyncio
from asyncio.events import Handle
from collections.abc import AsyncIterator, Iterator
import contextlib
import gc
import json
from pathlib import Path
import random
import socket
import statistics
import sys
import tempfile
import time
from types import MappingProxyType
from unittest.mock import patch

from custom_components.fusewise import controller
from custom_components.fusewise.coordinator import FusewiseCoordinator
from custom_components.fusewise.devices.entity import meter
from custom_components.fusewise.devices.ocpp import OcppCharger
from custom_components.fusewise.proving import Proof
from homeassistant import auth, bootstrap, loader
from homeassistant.config_entries import ConfigEntries, ConfigEntry, ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

SIZES = (3, 50)
DESCENTS = {3: 10, 50: 4}  # in each of which all cars must fall, ampere by ampere from HIGH to LOW
FALL = 0.5  # A by which a setpoint is lower at least, where room was taken away
MOST, HIGH, LOW = 16.0, 14.0, 8.0  # A of each car
FALLBACK = 6.0  # A
BASE = 20.0  # A that the house draws
OBEYED = 8  # s until all cars have followed
HOUR = 3600
IDLE = 20.0  # s
ROOT = Path(__file__).parent.parent
METER = tuple(f"sensor.grid_current_l{n}" for n in (1, 2, 3))
PAGE = 4096  # bytes, of /proc/self/statm
TOGETHER = 0.001  # s that the meter waits for the states of its other phases; at home it is 0.05 s


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
        self.handed: dict[str, float] = {}
        """When each charger was handed a lower setpoint first."""

    def expect(self, chargers: int) -> None:
        """Wait for lower setpoints for so many chargers from now on."""
        self.handed, self._expected = {}, chargers
        self.handed_all.clear()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Look at each piece of work of the event loop, and at each setpoint that is handed over."""
        run, apply = Handle._run, OcppCharger.apply

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

        gc.callbacks.append(self._collects)
        try:
            with patch.object(Handle, "_run", timed), patch.object(OcppCharger, "apply", handed):
                yield
        finally:
            gc.callbacks.remove(self._collects)

    def _collects(self, phase: str, _: dict[str, int]) -> None:
        now = time.thread_time()
        if phase == "start":
            self._collecting_since = now
        else:
            self._collecting += now - self._collecting_since


class Bench:
    """One site in one Home Assistant."""

    def __init__(self, hass: HomeAssistant, number: int) -> None:
        self.hass, self.number = hass, number
        self.ids = [f"cp-{n}" for n in range(number)]
        self.entry = _entry(self.ids)
        self._crowd: asyncio.subprocess.Process | None = None
        self._random = random.Random(1)
        self.decided = asyncio.Event()
        """Set by each decision."""

    async def open(self) -> None:
        """Set the site up, and wait until all chargers have come and charge."""
        self.show(0.0)
        await self.hass.config_entries.async_add(self.entry)
        self.coordinator.async_add_listener(self.decided.set)
        # The crowd has no fall-backs that could be tested.
        self.coordinator.controller.prover.proofs = {
            f"id_of_{identity}": Proof(proved=True, at=0.0, fallback=FALLBACK, seconds=30.0)
            for identity in self.ids
        }
        self._crowd = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bench.charge_points", str(self.entry.data["ocpp"]["port"]), str(self.number)),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        await self._answer()
        await self.settle(HIGH)

    async def close(self) -> None:
        """Hang up."""
        assert self._crowd is not None
        assert self._crowd.stdin is not None
        self._crowd.stdin.write(b"\n")
        await self._crowd.wait()

    async def measure(self) -> None:
        """Let each charger tell what its car draws."""
        assert self._crowd is not None
        assert self._crowd.stdin is not None
        self._crowd.stdin.write(b"measure\n")
        await self._answer()

    async def _answer(self) -> None:
        assert self._crowd is not None
        assert self._crowd.stdout is not None
        if not await self._crowd.stdout.readline():
            raise RuntimeError("The charge points have ended; their message stands above.")

    @property
    def coordinator(self) -> FusewiseCoordinator:
        """What stands between the loop and its entities."""
        found: FusewiseCoordinator = self.entry.runtime_data
        return found

    def shared(self) -> list[float]:
        """A that each car has been told."""
        decision = self.coordinator.controller.decision
        return [setpoint.current for setpoint in decision.setpoints] if decision else [0.0]

    def show(self, amperes: float) -> None:
        """Have new states of the meter: the same current on each phase."""
        for entity in METER:
            self.hass.states.async_set(
                entity,
                f"{amperes:.2f}",
                {"unit_of_measurement": "A", "device_class": "current"},
                force_update=True,
            )

    def house(self, room: float) -> float:
        """A that the house draws where it leaves so much to each car."""
        return BASE + (MOST - room) * self.number

    async def step(self, room: float, seconds: float = 1.0) -> None:
        """Let some time pass at once, and the meter show what flows then."""
        _put_forward(seconds)
        flicker = self._random.uniform(-0.3, 0.3)
        self.decided.clear()
        self.show(self.house(room) + sum(self.shared()) + flicker)
        await self.decided.wait()

    async def settle(self, room: float) -> None:
        """Let all cars charge with about this."""
        for _ in range(300):
            await self.step(room)
            await self.measure()
            if min(self.shared()) >= room - 1.5:
                return
        decision = self.coordinator.controller.decision
        raise RuntimeError(f"The cars stay at {self.shared()} A: {decision}")


def _entry(ids: list[str]) -> ConfigEntry:
    """A site with these chargers, as its dialogs would have stored it."""
    rating = MOST * len(ids) + BASE
    chargers = [
        ConfigSubentryDataWithId(
            data=MappingProxyType(
                {
                    "identity": identity,
                    "vendor": "Bench",
                    "model": "Small",
                    "serial": None,
                    "wiring": "L1 L2 L3",
                    "maximum": MOST,
                    "fallback": FALLBACK,
                }
            ),
            subentry_id=f"id_of_{identity}",
            subentry_type="charger",
            title=f"Charger {identity}",
            unique_id=f"ocpp_{identity}",
        )
        for identity in ids
    ]
    return ConfigEntry(
        version=1,
        minor_version=1,
        domain="fusewise",
        title="Bench",
        data={
            "rating": [rating] * 3,
            "voltage": 230.0,
            "usable_share": 100.0,
            "house_allowance": [BASE] * 3,
            "meter": {
                "kind": "entities",
                **{f"l{n}": {"current": entity} for n, entity in enumerate(METER, 1)},
            },
            "ocpp": {"host": "127.0.0.1", "port": _free_port()},
        },
        source="user",
        unique_id=None,
        options={},
        discovery_keys=MappingProxyType({}),
        subentries_data=chargers,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _put_forward(seconds: float) -> None:
    """Put Fusewise's clock forward, so that nobody waits for cars to ramp."""
    controller._EPOCH += seconds


@contextlib.asynccontextmanager
async def core() -> AsyncIterator[HomeAssistant]:
    """A Home Assistant core with what Fusewise needs of it."""
    with tempfile.TemporaryDirectory(prefix="fusewise-") as folder:
        hass = HomeAssistant(folder)
        hass.config.skip_pip = True
        loader.async_setup(hass)
        hass.config_entries = ConfigEntries(hass, {})
        await bootstrap.async_load_base_functionality(hass)
        hass.auth = await auth.auth_manager_from_config(hass, [{"type": "homeassistant"}], [])
        http = {"server_host": "127.0.0.1", "server_port": _free_port()}
        if not await async_setup_component(hass, "fusewise", {"http": http}):
            raise RuntimeError("Home Assistant cannot set Fusewise up; its log stands above.")
        await hass.async_start()
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)


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
    figures[f"{name}.idle_held_ms"] = 1000 * watch.longest


async def hour(bench: Bench, watch: Watch, figures: dict[str, float], name: str) -> None:
    """An hour at once: the meter each second, each charger every ten, a house that wanders."""
    rooms = [HIGH, HIGH, LOW, 11.0, 9.0, HIGH]
    for second in range(HOUR // 12):  # what is learnt, cached and compiled once is no growth
        await bench.step(rooms[second // 60 % len(rooms)])
        if second % 10 == 0:
            await bench.measure()
    gc.collect()
    before = _memory()
    watch.begin()
    for second in range(HOUR):
        await bench.step(rooms[second // 60 % len(rooms)])
        if second % 10 == 0:
            await bench.measure()
    figures[f"{name}.busy_held_ms"] = 1000 * watch.longest
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
        with watch.watching(), patch.object(meter, "TOGETHER", TOGETHER):
            try:
                await bench.open()
                figures[f"{name}.start_held_ms"] = 1000 * watch.longest
                await reaction(bench, watch, figures, name)
                await idle(bench, watch, figures, name)
                await hour(bench, watch, figures, name)
            finally:
                await bench.close()
    return {key: round(value, 3) for key, value in figures.items()}


def main() -> None:
    """Print the figures of the sizes that are named, or of all."""
    sizes = [int(text) for text in sys.argv[1:]] or list(SIZES)
    figures: dict[str, float] = {}
    for number in sizes:
        figures |= asyncio.run(measured(number))
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
