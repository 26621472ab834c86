"""The grid meter, read over Modbus TCP."""

from collections.abc import AsyncIterator, Awaitable, Callable
import math
import struct

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
import pytest

from custom_components.fusewise.balancing.model import PerPhase
from custom_components.fusewise.simulation import Sample
from demo.meter import GridMeter, MeterFault, PortInUseError

FUSE = (10.0, -4.0, 0.5)


def sample(fuse: PerPhase) -> Sample:
    nothing = (0.0, 0.0, 0.0)
    return Sample(time=0.0, fuse=fuse, house=nothing, sun=nothing, chargers=())


@pytest.fixture
def shown() -> list[None]:
    return []


@pytest.fixture
async def meter(shown: list[None]) -> AsyncIterator[GridMeter]:
    meter = GridMeter(voltage=230.0, interval=1.0, shown=lambda: shown.append(None))
    await meter.start(0)
    meter.update(0.0, sample(FUSE), 0.1)
    yield meter
    await meter.stop()


type Read = Callable[[int], Awaitable[tuple[float, ...]]]


@pytest.fixture
async def client(meter: GridMeter) -> AsyncIterator[AsyncModbusTcpClient]:
    client = AsyncModbusTcpClient("127.0.0.1", port=meter.port, timeout=0.5, retries=0)
    await client.connect()
    yield client
    client.close()


@pytest.fixture
def read(client: AsyncModbusTcpClient) -> Read:
    async def read(address: int, floats: int = 3) -> tuple[float, ...]:
        answer = await client.read_input_registers(address, count=2 * floats, device_id=1)
        assert not answer.isError()
        return struct.unpack(f">{floats}f", struct.pack(f">{2 * floats}H", *answer.registers))

    return read


async def test_it_shows_magnitudes_and_the_direction_by_the_power(read: Read) -> None:
    assert await read(0x00) == (230.0, 230.0, 230.0)
    assert await read(0x06) == (10.0, 4.0, 0.5)
    assert await read(0x0C) == (2300.0, -920.0, 115.0)
    assert (await read(0x34))[0] == 1495.0
    assert (await read(0x46))[0] == 50.0


async def test_it_counts_energy_in_both_directions(meter: GridMeter, read: Read) -> None:
    for n in range(3600):
        meter.update(float(n), sample(FUSE), 1.0)
    assert (await read(0x48))[0] == pytest.approx(10.5 * 0.23, rel=1e-3)
    assert (await read(0x4A))[0] == pytest.approx(4.0 * 0.23, rel=1e-3)
    assert (await read(0x15A)) == pytest.approx((2.3, 0.0, 0.115), rel=1e-3)
    assert (await read(0x160)) == pytest.approx((0.0, 0.92, 0.0), rel=1e-3)


async def test_it_shows_new_values_once_in_its_interval(
    meter: GridMeter, read: Read, shown: list[None]
) -> None:
    for tenth in range(1, 10):
        meter.update(tenth / 10, sample((20.0, 0.0, 0.0)), 0.1)
    assert (await read(0x06))[0] == 10.0
    assert len(shown) == 1
    meter.update(1.0, sample((20.0, 0.0, 0.0)), 0.1)
    assert (await read(0x06))[0] == 20.0
    assert len(shown) == 2


async def test_it_refuses_more_than_eighty_registers_and_writing(
    client: AsyncModbusTcpClient,
) -> None:
    assert not (await client.read_input_registers(0, count=80, device_id=1)).isError()
    assert (await client.read_input_registers(0, count=82, device_id=1)).isError()
    assert (await client.write_register(0xFC00, 1, device_id=1)).isError()


async def test_it_has_a_serial_number_and_its_own_unit(client: AsyncModbusTcpClient) -> None:
    serial = await client.read_holding_registers(0xFC00, count=2, device_id=1)
    assert serial.registers == [0, 0xFA57]
    assert (await client.read_input_registers(0, count=2, device_id=2)).isError()


async def test_a_broken_meter_shows_nan_and_heals(meter: GridMeter, read: Read) -> None:
    await meter.fail(MeterFault.NAN)
    meter.update(0.1, sample(FUSE), 0.1)
    assert all(math.isnan(value) for value in await read(0x06))
    await meter.fail(MeterFault.NONE)
    meter.update(0.2, sample(FUSE), 0.1)
    assert (await read(0x06))[0] == 10.0


async def test_a_frozen_meter_shows_the_same_for_ever(meter: GridMeter, read: Read) -> None:
    await meter.fail(MeterFault.FROZEN)
    for n in range(1, 10):
        meter.update(float(n), sample((20.0, 0.0, 0.0)), 1.0)
    assert (await read(0x06))[0] == 10.0


async def test_a_hanging_meter_takes_requests_and_is_silent(
    meter: GridMeter, client: AsyncModbusTcpClient
) -> None:
    await meter.fail(MeterFault.HANGING)
    with pytest.raises(ModbusException):
        await client.read_input_registers(0, count=2, device_id=1)
    await meter.fail(MeterFault.NONE)


async def test_a_stopped_meter_comes_back_on_its_port(meter: GridMeter, read: Read) -> None:
    port = meter.port
    await meter.fail(MeterFault.STOPPED)
    with pytest.raises(ModbusException):
        await read(0x06)
    await meter.fail(MeterFault.NONE)
    meter.update(0.1, sample((7.0, 0.0, 0.0)), 0.1)
    assert meter.port == port
    again = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=0.5, retries=0)
    assert await again.connect()
    answer = await again.read_input_registers(0x06, count=2, device_id=1)
    assert struct.unpack(">f", struct.pack(">2H", *answer.registers)) == (7.0,)
    again.close()


async def test_a_port_in_use_is_named(meter: GridMeter) -> None:
    other = GridMeter(voltage=230.0, interval=1.0, shown=lambda: None)
    with pytest.raises(PortInUseError, match=str(meter.port)):
        await other.start(meter.port)
