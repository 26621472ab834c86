"""A running Home Assistant with Fusewise, and the demo house beside it, for a whole module of tests.

What the fuse carries is read from the demo's physics, never from Fusewise. Each test leaves the house as it
found it: all charge, nothing ordered.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
import threading
import time
from typing import Any

import aiohttp
import pytest
import pytest_socket

from custom_components.fusewise.simulation.account import Account, account
from demo.homeassistant import HomeAssistant
from demo.ports import free_ports
from demo.record import read_sample
from demo.running import House, running

LONGEST = 15.0  # s above the rating, in any of the tests
RISES = 150.0  # s until cars that had to fall have risen again, after a house that came and went


class Running:
    """The two processes, spoken to from tests that need no event loop of their own."""

    def __init__(self, loop: asyncio.AbstractEventLoop, home: HomeAssistant, house: House) -> None:
        self._loop, self.home, self.house = loop, home, house

    def do[T](self, coroutine: Coroutine[Any, Any, T], within: float = 150.0) -> T:
        """Run in the loop that owns the processes."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(within)

    def post(self, path: str, **body: Any) -> Any:
        """Ask something of the demo house: a load step, a fault."""
        return self.do(self._door("POST", path, body))

    def get(self, path: str) -> Any:
        """Look at the demo house."""
        return self.do(self._door("GET", path, None))

    async def _door(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        async with (
            aiohttp.ClientSession(self.house.control_url) as session,
            session.request(method, path, json=body) as answer,
        ):
            answer.raise_for_status()
            return await answer.json()

    def now(self) -> float:
        """The moment on the demo's clock."""
        return float(self.get("/state")["now"])

    def currents(self) -> dict[str, float]:
        """A that each charger draws on its busiest phase now."""
        chargers = self.get("/state")["sample"]["chargers"]
        return {name: max(charger["current"]) for name, charger in chargers.items()}

    def since(self, moment: float) -> Account:
        """What the fuse went through since `moment`, by the demo's physics."""
        samples = [read_sample(s) for s in self.get(f"/samples?since={moment}")["samples"]]
        rating = float(self.house.about["rating"])
        return account(samples, (rating, rating, rating), 0.1)

    def worst(self, moment: float) -> float:
        """The longest time above the rating since `moment`, in s, on any phase."""
        return max(phase.longest_above for phase in self.since(moment).phases)

    def state(self, entity_id: str) -> str:
        """The state of an entity of Home Assistant; 'missing' while it has none."""
        states = self.do(self.home.get("/api/states"))
        return next((str(s["state"]) for s in states if s["entity_id"] == entity_id), "missing")

    def wait_until(self, what: Callable[[], bool], within: float) -> float:
        """Wait for something to come true; returns the seconds that took."""
        begun = time.monotonic()
        while time.monotonic() - begun < within:
            if what():
                return time.monotonic() - begun
            time.sleep(0.5)
        why = {name: self.state(f"sensor.{name}_reason") for name in self.house.about["chargers"]}
        pytest.fail(f"not within {within:g} s; the cars draw {self.currents()}, because {why}")

    def all_charge(self) -> bool:
        """Every car draws at least its floor, and no more than it was told."""
        told = {name: self.told(name) for name in self.house.about["chargers"]}
        return all(5.5 < drawn < told[name] + 0.5 for name, drawn in self.currents().items())

    def all_charge_well(self) -> bool:
        """They charge with more than their fall-backs, so that a fall can be seen."""
        return self.all_charge() and min(self.currents().values()) > 6.6

    def told(self, charger: str) -> float:
        """A that the charger was told, by Home Assistant's entity."""
        state = self.state(f"sensor.{charger}_setpoint")
        return float(state) if state.replace(".", "").isdigit() else 0.0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Bring up both, wait for the cars, and end both."""
    pytest_socket.enable_socket()  # the Home Assistant plugin forbids them before fixtures are made
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="processes", daemon=True)
    thread.start()
    folder: Path = tmp_path_factory.mktemp("config")
    both = running(folder, free_ports(4), "--calm")
    begun = asyncio.run_coroutine_threadsafe(both.__aenter__(), loop)
    try:
        home, house = begun.result(120)
        found = Running(loop, home, house)
        found.wait_until(found.all_charge, 90)
        yield found
        complaints = [
            line
            for line in home.log.read_text().splitlines()
            if "fusewise" in line and ("ERROR" in line or "Traceback" in line)
        ]
        assert not complaints, complaints
    finally:
        asyncio.run_coroutine_threadsafe(both.__aexit__(None, None, None), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
