"""The door for scripts, over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
import struct
from typing import Any

import aiohttp
from pymodbus.client import AsyncModbusTcpClient
import pytest

from demo.door import Door
from demo.station import Station
from demo.world import World

from .central import Central, until

type Draws = Callable[..., Awaitable[None]]


class Client:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def get(self, path: str) -> Any:
        async with self._session.get(path) as answer:
            assert answer.status == 200
            return await answer.json()

    async def post(self, path: str, body: Any, status: int = 200) -> Any:
        async with self._session.post(path, json=body) as answer:
            assert answer.status == status
            return await answer.json()


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    await world.meter.start(0)
    door = Door(world)
    await door.start(0)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{door.port}") as session:
        yield Client(session)
    await door.stop()


async def test_the_state_is_that_of_the_physics(client: Client, draws: Draws) -> None:
    await draws(16.0)
    await asyncio.sleep(0.1)
    state = await client.get("/state")
    assert state["sample"]["fuse"] == [17.0, 18.0, 19.0]
    yard = state["stations"]["yard"]
    assert (yard["online"], yard["status"], yard["transaction"]) == (True, "Charging", 1)
    assert yard["wiring"] == ["L2", "L3", "L1"]


async def test_samples_come_ten_times_a_second_without_a_gap(client: Client) -> None:
    await asyncio.sleep(1.05)
    samples = (await client.get("/samples"))["samples"]
    assert len(samples) >= 10
    assert all(b["t"] - a["t"] == pytest.approx(0.1) for a, b in pairwise(samples))
    last = samples[-2]["t"]
    later = (await client.get(f"/samples?since={last}"))["samples"]
    assert later[0]["t"] == samples[-1]["t"]


async def test_a_stalled_demo_catches_up_exactly(world: World, client: Client) -> None:
    import time

    await asyncio.sleep(0.2)
    time.sleep(0.7)  # noqa: ASYNC251 - stalling the loop is the point
    await asyncio.sleep(0.2)
    samples = world.record.samples()
    assert all(b["t"] - a["t"] == pytest.approx(0.1) for a, b in pairwise(samples))
    assert (await client.get("/state"))["now"] - samples[-1]["t"] < 0.5


async def test_an_ordered_step_flows_and_is_timed_when_the_meter_shows_it(
    client: Client, world: World
) -> None:
    modbus = AsyncModbusTcpClient("127.0.0.1", port=world.meter.port)
    await modbus.connect()

    async def metered() -> float:
        answer = await modbus.read_input_registers(0x08, count=2, device_id=1)
        return float(struct.unpack(">f", struct.pack(">2H", *answer.registers))[0])

    await asyncio.sleep(0.3)
    before = await metered()
    event = await client.post("/step", {"phase": "L2", "amperes": 8})
    assert (event["phase"], event["amperes"], event["before"]) == ("L2", 8.0, 0.0)

    def step() -> dict[str, Any]:
        return next(e for e in world.record.events() if e["kind"] == "step")

    await until(lambda: step()["readable"] is not None)
    assert await metered() >= before + 8.0
    assert 0.0 <= step()["readable"] - step()["t"] <= 0.5
    await until(lambda: world.record.samples()[-1]["t"] > step()["t"])
    sample = next(s for s in world.record.samples() if s["t"] > step()["t"])
    assert sample["house"] == [1.0, 10.0, 3.0]
    modbus.close()


async def test_faults_of_the_meter_can_be_ordered(client: Client, world: World) -> None:
    async def reachable() -> bool:
        modbus = AsyncModbusTcpClient("127.0.0.1", port=world.meter.port, retries=0, timeout=0.3)
        try:
            return await modbus.connect()
        finally:
            modbus.close()

    assert await reachable()
    await client.post("/fault", {"kind": "meter_stop"})
    assert not await reachable()
    await client.post("/fault", {"kind": "meter_start"})
    assert await reachable()


async def test_faults_of_a_charger_can_be_ordered(
    client: Client, central: Central, station: Station, draws: Draws
) -> None:
    await draws(16.0)
    await client.post("/fault", {"kind": "charger_stop", "which": "yard"})
    await draws(0.0)
    await until(lambda: not station.online)
    await client.post("/fault", {"kind": "charger_start", "which": "yard"})
    await draws(16.0, seconds=8)
    await client.post("/fault", {"kind": "charger_garbage", "which": "yard"})
    await until(lambda: bool(central.garbage))
    await client.post("/fault", {"kind": "charger_cut", "which": "yard"})
    await until(lambda: not station.online)
    await client.post("/fault", {"kind": "charger_restore", "which": "yard"})
    await until(lambda: station.online)
    await client.post("/fault", {"kind": "charger_hang", "which": "yard"})
    kinds = [e["fault"] for e in (await client.get("/events"))["events"] if e["kind"] == "fault"]
    assert kinds == [
        "charger_stop",
        "charger_start",
        "charger_garbage",
        "charger_cut",
        "charger_restore",
        "charger_hang",
    ]


async def test_cars_can_be_unplugged_and_plugged(
    client: Client, station: Station, draws: Draws
) -> None:
    await draws(16.0)
    await client.post("/plug", {"charger": "yard", "plugged": False})
    await draws(0.0)
    await client.post("/plug", {"charger": "yard", "plugged": True})
    assert station.charger.car is not None
    assert station.charger.car.model.name == "small"


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("/step", {"phase": "L4", "amperes": 1}, "L1, L2 or L3"),
        ("/step", {"phase": "L1", "amperes": "many"}, "number from -200 to 200"),
        ("/step", {"phase": "L1", "amperes": 1e9}, "number from -200 to 200"),
        ("/step", [], "JSON object"),
        ("/fault", {"kind": "earthquake"}, "meter_stop"),
        ("/fault", {"kind": "charger_cut", "which": "attic"}, "one of yard"),
        ("/plug", {"charger": "yard", "plugged": "yes"}, "true or false"),
    ],
)
async def test_what_cannot_be_done_is_answered_with_what_can(
    client: Client, path: str, body: Any, says: str
) -> None:
    answer = await client.post(path, body, status=400)
    assert says in answer["error"]
