"""The grid meter: an Eastron SDM630 behind Modbus TCP, at unit 1.

Its input registers (function 4) are 32-bit floats, high word first, as in Eastron's 'SDM630 Modbus protocol'
document. Currents are magnitudes without a sign: the direction is that of the phase's power. It shows new
values once in its own interval, and answers requests for at most 80 registers, as the real one does.
"""

import asyncio
from collections.abc import Callable
from enum import StrEnum
import math
import struct
from typing import Any, cast

from pymodbus import ModbusException
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from custom_components.fusewise.simulation import PHASES, Sample

UNIT = 1
_INPUT_REGISTERS = 0x180
_MOST_REGISTERS = 80
_READ_INPUT = 4
_FREQUENCY = 50.0
_SERIAL = 0x00FA57

VOLTAGE, CURRENT, POWER = 0x00, 0x06, 0x0C
APPARENT, REACTIVE, FACTOR = 0x12, 0x18, 0x1E
TOTAL_POWER, HERTZ, IMPORTED, EXPORTED = 0x34, 0x46, 0x48, 0x4A
TOTAL_ENERGY, PHASE_IMPORTED, PHASE_EXPORTED = 0x156, 0x15A, 0x160


class PortInUseError(Exception):
    """Somebody else listens on a port that the demo needs."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is already in use")
        self.port = port


class MeterFault(StrEnum):
    """What a meter can have. A stopped one refuses connections, a hanging one takes them and is silent."""

    NONE = "none"
    STOPPED = "stopped"
    HANGING = "hanging"
    NAN = "nan"
    FROZEN = "frozen"


class GridMeter:
    """Shows the fuse's currents on `host`, from `start` to `stop`."""

    def __init__(
        self, *, voltage: float, interval: float, shown: Callable[[], None], host: str = "127.0.0.1"
    ) -> None:
        """`interval` (s) is its own; `shown()` is called when new values have become readable."""
        self._voltage, self._interval, self._shown, self._host = voltage, interval, shown, host
        self._values = dict.fromkeys(range(0, _INPUT_REGISTERS, 2), 0.0)
        self._image = [0] * _INPUT_REGISTERS
        self._due = -math.inf
        self._kwh = [[0.0, 0.0] for _ in range(PHASES)]
        self._fault = MeterFault.NONE
        self._answers = asyncio.Event()
        self._answers.set()
        self._server: ModbusTcpServer | None = None
        self.port = 0

    async def start(self, port: int) -> None:
        """Listen on `port` (0: the system chooses; see `port`). Raises PortInUseError."""
        self._server = ModbusTcpServer(
            SimDevice(id=UNIT, simdata=_registers(), action=self._answer),
            address=(self._host, port),
        )
        try:
            await self._server.serve_forever(background=True)
        except (ModbusException, RuntimeError) as error:
            self._server = None
            raise PortInUseError(port) from error
        listener = cast("asyncio.Server", self._server.transport)
        self.port = listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and all connections."""
        if self._server:
            server: Any = self._server  # the method has no types
            self._server = None
            await server.shutdown()

    async def fail(self, fault: MeterFault) -> None:
        """Have `fault` from now on; NONE heals all."""
        self._fault = fault
        if fault is MeterFault.HANGING:
            self._answers.clear()
        else:
            self._answers.set()
        if fault is MeterFault.STOPPED:
            await self.stop()
        elif self._server is None:
            await self.start(self.port)
        if fault in (MeterFault.NAN, MeterFault.NONE):
            self._due = -math.inf

    def update(self, moment: float, sample: Sample, dt: float) -> None:
        """Let `sample` be true for `dt` (s); show it if the meter's own interval has passed."""
        for phase, current in zip(self._kwh, sample.fuse, strict=True):
            phase[current < 0.0] += abs(current) * self._voltage * dt / 3.6e6
        if moment < self._due or self._fault is MeterFault.FROZEN:
            return
        self._due = moment + self._interval - dt / 2  # half a step: sums of steps are not exact
        self._measure(sample)
        self._image = list(struct.unpack(f">{_INPUT_REGISTERS}H", self._packed()))
        if self._fault is MeterFault.NONE:
            self._shown()

    def _measure(self, sample: Sample) -> None:
        values = self._values
        for p, current in enumerate(sample.fuse):
            watts = current * self._voltage
            values[VOLTAGE + 2 * p] = self._voltage
            values[CURRENT + 2 * p] = abs(current)
            values[POWER + 2 * p] = watts
            values[APPARENT + 2 * p] = abs(watts)
            values[FACTOR + 2 * p] = math.copysign(1.0, watts)
            values[PHASE_IMPORTED + 2 * p], values[PHASE_EXPORTED + 2 * p] = self._kwh[p]
        values[TOTAL_POWER] = sum(sample.fuse) * self._voltage
        values[HERTZ] = _FREQUENCY
        values[IMPORTED] = sum(imported for imported, _ in self._kwh)
        values[EXPORTED] = sum(exported for _, exported in self._kwh)
        values[TOTAL_ENERGY] = values[IMPORTED] + values[EXPORTED]

    def _packed(self) -> bytes:
        values = list(self._values.values())
        if self._fault is MeterFault.NAN:
            values = [math.nan] * len(values)
        return struct.pack(f">{len(values)}f", *values)

    async def _answer(
        self, function: int, _start: int, _address: int, count: int, *rest: Any
    ) -> ExcCodes | None:
        """Fill in what is read (called by the server for every request)."""
        registers, written = rest
        await self._answers.wait()
        if written is not None:
            return ExcCodes.ILLEGAL_FUNCTION
        if count > _MOST_REGISTERS:
            return ExcCodes.ILLEGAL_VALUE
        if function == _READ_INPUT:
            registers[:_INPUT_REGISTERS] = self._image
        return None


def _registers() -> tuple[list[SimData], list[SimData], list[SimData], list[SimData]]:
    unused = SimData(0, values=False, datatype=DataType.BITS)
    serial = SimData(0xFC00, values=_SERIAL, datatype=DataType.UINT32)
    measured = SimData(0, count=_INPUT_REGISTERS, values=0, datatype=DataType.REGISTERS)
    return [unused], [unused], [serial], [measured]
