"""The SDM630, through the backend that Home Assistant uses, from a server of another make."""

import asyncio
from collections.abc import AsyncIterator, Callable
import struct

from modbus_connection import ModbusTcpParams
from modbus_connection.model import Component, float32
from modbus_connection.tmodbus import ModbusConnection
from pymodbus.constants import ExcCodes
import pytest

from custom_components.fusewise.devices import DeviceError, DeviceOfflineError, DeviceRefusedError
from custom_components.fusewise.devices.modbus import METERS, MeterDescription, ModbusMeter, meter

from .server import AS_READ, CURRENT, INFINITY, NAN, POWER, VOLTAGE, ZERO, Sdm630Server

SDM630 = METERS["sdm630"]
INTERVAL = 0.1

NOW = 1_795_176_000.0


def words(value: float) -> list[int]:
    return list(struct.unpack(">2H", struct.pack(">f", value)))


@pytest.fixture(autouse=True)
def short_answer_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter, "ANSWER_TIME", 0.2)


@pytest.fixture
async def server() -> AsyncIterator[Sdm630Server]:
    sdm630 = Sdm630Server()
    await sdm630.start()
    yield sdm630
    sdm630.answers.set()
    await sdm630.stop()


@pytest.fixture
async def connection(server: Sdm630Server) -> AsyncIterator[ModbusConnection]:
    link = ModbusConnection(ModbusTcpParams(host="127.0.0.1", port=server.port))
    yield link
    await link.close()


@pytest.fixture
def sdm630(connection: ModbusConnection) -> ModbusMeter:
    return ModbusMeter(connection.for_unit(1), SDM630, lambda: NOW, unit_id=1, interval=INTERVAL)


@pytest.fixture
async def running(sdm630: ModbusMeter) -> AsyncIterator[ModbusMeter]:
    task = asyncio.create_task(sdm630.run())
    yield sdm630
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def sample(running: ModbusMeter) -> None:
    """Wait for the next sample."""
    came = asyncio.Event()
    leave = running.subscribe(came.set)
    async with asyncio.timeout(8):
        await came.wait()
    leave()


async def until(so: Callable[[], object]) -> None:
    async with asyncio.timeout(8):
        while not so():  # noqa: ASYNC110 - a failure has no event
            await asyncio.sleep(0.01)


# --- one reading ------------------------------------------------------------------------------------------


async def test_a_current_has_the_sign_of_its_phases_power(sdm630: ModbusMeter) -> None:
    reading = await sdm630.read()
    assert reading.current == pytest.approx((7.84, -2.31, 0.42))
    assert reading.measured_at == NOW
    assert reading.interval == INTERVAL
    assert sdm630.voltage == pytest.approx((229.9, 230.8, 230.1))


async def test_all_that_is_needed_is_read_in_one_request(
    server: Sdm630Server, sdm630: ModbusMeter
) -> None:
    await sdm630.read()
    assert server.requests == [(4, 0, 18)]


async def test_a_current_that_has_a_sign_keeps_it(
    server: Sdm630Server, connection: ModbusConnection
) -> None:
    signed = MeterDescription(name="Signed", registers=SDM630.registers, current_has_sign=True)
    server.set(CURRENT, words(-7.0))
    reading = await ModbusMeter(connection.for_unit(1), signed, lambda: NOW, unit_id=1).read()
    assert reading.current == pytest.approx((-7.0, 2.31, 0.42))


async def test_a_meter_of_one_phase_has_nothing_on_the_others(connection: ModbusConnection) -> None:
    class OnePhase(Component):
        register_space = "input"
        voltage_l1, current_l1, power_l1 = float32(0x00), float32(0x06), float32(0x0C)

    description = MeterDescription(name="One", registers=OnePhase, phases=1)
    one = ModbusMeter(connection.for_unit(1), description, lambda: NOW, unit_id=1)
    assert (await one.read()).current == pytest.approx((7.84, 0.0, 0.0))
    assert one.voltage == pytest.approx((229.9, 0.0, 0.0))


async def test_a_phase_that_is_not_connected_carries_nothing(
    server: Sdm630Server, sdm630: ModbusMeter
) -> None:
    server.set(VOLTAGE + 4, words(3.2))
    server.set(CURRENT + 4, ZERO)
    assert (await sdm630.read()).current == pytest.approx((7.84, -2.31, 0.0))


@pytest.mark.parametrize(
    ("address", "raw", "message"),
    [
        (VOLTAGE, words(47.3), r"Eastron SDM630 answered 47\.3 V on L1, which cannot be"),
        (VOLTAGE + 2, words(-230.0), r"answered -230\.0 V on L2"),
        (VOLTAGE + 4, words(1e30), r"V on L3, .* kind of meter is right"),
        (CURRENT + 2, words(9e4), r"answered 90000 A on L2, .* current transformers' ratio"),
        (CURRENT, NAN, r"answered no number for the current on L1"),
        (POWER + 4, NAN, r"answered no number for the power on L3"),
        (CURRENT, INFINITY, r"answered no number for the current on L1"),
        (VOLTAGE, ZERO * 3 + ZERO * 3, r"answered no voltage on any phase"),
    ],
)
async def test_what_cannot_be_is_refused_with_what_to_do(
    server: Sdm630Server, sdm630: ModbusMeter, address: int, raw: list[int], message: str
) -> None:
    server.set(address, raw)
    with pytest.raises(DeviceRefusedError, match=message):
        await sdm630.read()
    assert sdm630.reading is None


async def test_a_meter_of_another_kind_is_not_believed(
    server: Sdm630Server, sdm630: ModbusMeter
) -> None:
    """Its words are the other way round."""
    server.set(0, [AS_READ[k ^ 1] for k in range(len(AS_READ))])
    with pytest.raises(DeviceRefusedError, match="Check that the kind of meter is right"):
        await sdm630.read()


async def test_a_meter_that_is_silent_is_told(server: Sdm630Server, sdm630: ModbusMeter) -> None:
    server.answers.clear()
    with pytest.raises(DeviceOfflineError, match=r"SDM630 does not answer at unit 1\. Check"):
        await sdm630.read()


async def test_an_address_where_nobody_listens_is_told(
    server: Sdm630Server, sdm630: ModbusMeter
) -> None:
    await server.stop()
    with pytest.raises(
        DeviceOfflineError, match=r"cannot be reached\. Check the address, the port"
    ):
        await sdm630.read()


@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        (ExcCodes.ILLEGAL_ADDRESS, "Unit 1 answers, but it does not have the registers"),
        (ExcCodes.ILLEGAL_FUNCTION, "Unit 1 answers, but it does not have the registers"),
        (ExcCodes.GATEWAY_NO_RESPONSE, "gateway finds no Eastron SDM630 at unit 1"),
        (ExcCodes.DEVICE_FAILURE, "answers wrongly"),
    ],
)
async def test_a_refusal_says_what_to_do(
    server: Sdm630Server, sdm630: ModbusMeter, refusal: ExcCodes, message: str
) -> None:
    server.refusal = refusal
    with pytest.raises(DeviceError, match=message):
        await sdm630.read()


@pytest.mark.parametrize("interval", [0.0, -1.0, float("nan"), 3600.0])
async def test_an_interval_that_cannot_be_is_refused(
    connection: ModbusConnection, interval: float
) -> None:
    with pytest.raises(ValueError, match=r"every 0\.1 to 60 s"):
        ModbusMeter(connection.for_unit(1), SDM630, lambda: NOW, unit_id=1, interval=interval)


# --- reading for ever -------------------------------------------------------------------------------------


async def test_it_is_read_at_a_fixed_rate(server: Sdm630Server, running: ModbusMeter) -> None:
    loop = asyncio.get_running_loop()
    await sample(running)
    began = loop.time()
    for _ in range(10):
        await sample(running)
    # The time that a reading takes is not added to the interval.
    assert loop.time() - began == pytest.approx(10 * INTERVAL, abs=INTERVAL)


async def test_a_slow_meter_is_not_asked_twice_at_once(
    server: Sdm630Server, running: ModbusMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sample(running)
    server.requests.clear()
    server.answers.clear()
    await asyncio.sleep(1.5 * INTERVAL)
    assert len(server.requests) <= 1
    server.answers.set()
    await sample(running)
    count = len(server.requests)
    await asyncio.sleep(2.5 * INTERVAL)
    # What was missed is left out, not made up for.
    assert len(server.requests) - count <= 3


async def test_a_silent_meter_keeps_its_last_reading_and_comes_back_by_itself(
    server: Sdm630Server, running: ModbusMeter, caplog: pytest.LogCaptureFixture
) -> None:
    await sample(running)
    last = running.reading
    await server.stop()
    await until(lambda: running.problem is not None)
    await asyncio.sleep(5 * INTERVAL)
    assert running.reading is last
    server.set(CURRENT, words(12.0))
    await server.start()
    await sample(running)
    assert running.problem is None
    assert running.reading is not None
    assert running.reading.current[0] == pytest.approx(12.0)
    told = [r for r in caplog.records if r.name.startswith("custom_components.fusewise")]
    assert [r.levelname for r in told] == ["WARNING", "INFO"]


async def test_a_meter_that_lies_gives_no_reading_until_it_tells_the_truth(
    server: Sdm630Server, running: ModbusMeter
) -> None:
    await sample(running)
    last = running.reading
    server.set(CURRENT, NAN)
    await until(lambda: running.problem is not None)
    assert running.reading is last
    server.set(CURRENT, AS_READ[CURRENT : CURRENT + 2])
    await sample(running)
    assert running.problem is None


async def test_a_meter_is_read_again_whatever_happens(
    running: ModbusMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sample(running)
    with monkeypatch.context() as broken:
        broken.setattr(SDM630.registers, "async_update", None)
        await until(lambda: running.problem is not None)
    assert "Reading the Eastron SDM630 failed" in str(running.problem)
    await sample(running)
    assert running.problem is None


async def test_a_meter_that_fails_is_asked_less_often(
    server: Sdm630Server, running: ModbusMeter
) -> None:
    server.refusal = ExcCodes.DEVICE_FAILURE
    await until(lambda: running.problem is not None)
    server.requests.clear()
    await asyncio.sleep(15 * INTERVAL)
    # After 1, 2, 4, 8 intervals instead of fifteen times.
    assert 2 <= len(server.requests) <= 5


async def test_a_listener_that_has_left_hears_no_more(running: ModbusMeter) -> None:
    heard: list[int] = []
    leave = running.subscribe(lambda: heard.append(1))
    await sample(running)
    leave()
    leave()
    count = len(heard)
    await sample(running)
    assert len(heard) == count >= 1
