"""A site with chargers in a running Home Assistant core, on which time passes as quickly as cycles come."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
from pathlib import Path
import random
import sys
import tempfile
from types import MappingProxyType

from custom_components.fusewise import controller
from custom_components.fusewise.coordinator import FusewiseCoordinator
from custom_components.fusewise.proving import Proof
from custom_components.fusewise.store import KEPT_EVERY
from demo.ports import free_ports
from homeassistant import auth, bootstrap, loader
from homeassistant.config_entries import ConfigEntries, ConfigEntry, ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

MOST, HIGH, LOW = 16.0, 14.0, 8.0  # A of each car
ROOMS = (
    HIGH,
    HIGH,
    LOW,
    11.0,
    9.0,
    HIGH,
)  # A that the house leaves to each car, from minute to minute
FALLBACK = 6.0  # A
BASE = 20.0  # A that the house draws
ROOT = Path(__file__).parent.parent
METER = tuple(f"sensor.grid_current_l{n}" for n in (1, 2, 3))


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

    async def wander(self, seconds: int) -> None:
        """Let the house change each minute, and what is kept be kept as often as at home."""
        for second in range(1, seconds + 1):
            await self.step(ROOMS[second // 60 % len(ROOMS)])
            if second % 10 == 0:
                await self.measure()
            if second % KEPT_EVERY.total_seconds() == 0:
                await self.coordinator._keeping._keep_changes(dt_util.utcnow())

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
            "ocpp": {"host": "127.0.0.1", "port": free_ports(1)[0]},
        },
        source="user",
        unique_id=None,
        options={},
        discovery_keys=MappingProxyType({}),
        subentries_data=chargers,
    )


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
        http = {"server_host": "127.0.0.1", "server_port": free_ports(1)[0]}
        if not await async_setup_component(hass, "fusewise", {"http": http}):
            raise RuntimeError("Home Assistant cannot set Fusewise up; its log stands above.")
        await hass.async_start()
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)
