"""A small demo house in motion, with a car that answers quickly so that tests do."""

import asyncio
from collections.abc import AsyncIterator, Callable
import contextlib

import pytest

from custom_components.fusewise.balancing.model import Phase
from custom_components.fusewise.simulation import Car, CarModel, Charger, House, Plant
from demo.record import Record
from demo.station import Station
from demo.world import World

from .central import Central, central_system, until

QUICK = CarModel(
    name="quick",
    phases=3,
    maximum=16.0,
    battery_kwh=60.0,
    dead_time=0.1,
    slope=200.0,
    stop_time=0.2,
)


@pytest.fixture
async def central() -> AsyncIterator[Central]:
    async with central_system() as central:
        yield central


@pytest.fixture
def quick_car() -> Callable[[], Car]:
    return lambda: Car(QUICK)


@pytest.fixture
async def world(central: Central, quick_car: Callable[[], Car]) -> AsyncIterator[World]:
    """One rotated three-phase charge point of 32 A with a car plugged in, and a calm house."""
    charger = Charger("yard", wiring=(Phase.L2, Phase.L3, Phase.L1), maximum=32.0)
    charger.plug(quick_car())
    record = Record()
    house = House(appliances=(), heat_pump=None, restless=False, base_watts=(230.0, 460.0, 690.0))
    plant = Plant(house=house, chargers=[charger])
    station = Station(charger, voltage=230.0, phase_rotation="STR", record=record.note)
    station.configuration.change("MeterValueSampleInterval", "1")
    world = World(plant, [station], record=record, ocpp_url=central.url, meter_interval=0.2)
    running = asyncio.create_task(world.run())
    yield world
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await world.meter.stop()


@pytest.fixture
def station(world: World) -> Station:
    return world.stations["yard"]


@pytest.fixture
def draws(world: World) -> Callable[[float], object]:
    """Return what waits until the car draws so many amperes on each phase."""

    async def draws(amperes: float, seconds: float = 5.0) -> None:
        charger = world.plant.chargers[0]
        try:
            await until(lambda: charger.load == (amperes, amperes, amperes), seconds)
        except TimeoutError:
            pytest.fail(f"The car draws {charger.load}, not {amperes} A per phase")

    return draws
