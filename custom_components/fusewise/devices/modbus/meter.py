"""A meter on a Modbus unit: read at a fixed rate, its current signed, and nothing believed that cannot be."""

import asyncio
from collections.abc import Callable
import logging
import math
from typing import override

from modbus_connection import (
    GatewayPathUnavailableError,
    GatewayTargetError,
    IllegalDataAddressError,
    IllegalFunctionError,
    ModbusConnectionError,
    ModbusError,
    ModbusTimeoutError,
    ModbusUnit,
)

from ...balancing.model import PHASES, MeterReading
from .. import Clock, DeviceError, DeviceOfflineError, DeviceRefusedError, Meter, Unsubscribe
from ..calibration import UNCALIBRATED
from ..listeners import Listeners
from .meters import MeterDescription

_LOGGER = logging.getLogger(__name__)

ANSWER_TIME = 3.0  # s; a meter on a slow gateway needs less than one
LONGEST_PAUSE = 5.0  # s between attempts; a silent meter's circuit falls back after 10 s

# V between a line conductor and neutral: 100 V (Japan) to 277 V (480 V wye), with 15 %.
LOWEST_VOLTAGE, HIGHEST_VOLTAGE = 85.0, 320.0
DEAD_VOLTAGE = 20.0  # V; a phase that is not connected shows less, by induction
HIGHEST_CURRENT = 6_000.0  # A; above it no home has a fuse


class ModbusMeter(Meter):
    """A meter of a known kind."""

    def __init__(
        self,
        unit: ModbusUnit,
        description: MeterDescription,
        clock: Clock,
        *,
        unit_id: int,
        interval: float = 1.0,
    ) -> None:
        """`unit_id` is that of `unit`, for messages; `interval` is in seconds."""
        if not 0.1 <= interval <= 60.0:
            raise ValueError(f"A meter is read every 0.1 to 60 s, not every {interval} s")
        self.interval = interval
        self._unit_id = unit_id
        self._description = description
        self._clock = clock
        self._registers = description.registers(unit)
        self._reading: MeterReading | None = None
        self.calibration = UNCALIBRATED
        self._problem: DeviceError | None = None
        self._listeners = Listeners[[]]()
        unit.require_timeout(ANSWER_TIME)

    @property
    @override
    def reading(self) -> MeterReading | None:
        return None if self._reading is None else self.calibration.applied(self._reading)

    @property
    def uncalibrated(self) -> MeterReading | None:
        """The newest sample as the meter shows it."""
        return self._reading

    @property
    def voltage(self) -> tuple[float, float, float]:
        """V on each phase as last answered, to be compared with its display; 0 where there was nothing."""
        n1, n2, n3 = (self._registered("voltage", n + 1) or 0.0 for n in range(PHASES))
        return n1, n2, n3

    @property
    def problem(self) -> DeviceError | None:
        """Why the last attempt gave no reading; None when it did."""
        return self._problem

    @override
    def subscribe(self, listener: Callable[[], None]) -> Unsubscribe:
        return self._listeners.add(listener)

    @override
    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        failures = 0
        due = loop.time()
        while True:
            failures = 0 if await self._attempt() else failures + 1
            due = _next(due, loop.time(), self._pause(failures))
            await asyncio.sleep(due - loop.time())

    async def read(self) -> MeterReading:
        """Read once and return it, for a test of the meter. Raises DeviceError."""
        try:
            await self._registers.async_update(notify=False)
        except ModbusError as error:
            raise self._explained(error) from error
        return MeterReading(
            current=self._current(), measured_at=self._clock(), interval=self.interval
        )

    async def _attempt(self) -> bool:
        try:
            reading = await self.read()
        except DeviceError as problem:
            if self._problem is None:
                _LOGGER.warning("%s", problem)
            self._problem = problem
            return False
        except Exception as error:
            # Whatever it is, the meter must be read again.
            if self._problem is None:
                _LOGGER.exception("Reading the %s failed", self._description.name)
            self._problem = DeviceError(f"Reading the {self._description.name} failed: {error!r}")
            return False
        if self._problem is not None:
            _LOGGER.info("The %s answers again", self._description.name)
        self._problem = None
        self._reading = reading
        self._listeners.call()
        return True

    def _pause(self, failures: int) -> float:
        """Leave a meter that fails to the others on its line, longer each time."""
        if failures < 2:
            return self.interval
        return max(self.interval, min(LONGEST_PAUSE, self.interval * 2.0 ** min(failures - 1, 10)))

    def _current(self) -> tuple[float, float, float]:
        """Return what was read as A on each phase, import positive. Raises DeviceError."""
        measured = [self._phase(n + 1) for n in range(self._description.phases)]
        if all(amperes is None for amperes in measured):
            raise DeviceRefusedError(
                f"The {self._description.name} answered no voltage on any phase. Check that the kind of "
                "meter is right, and that its voltage terminals are connected."
            )
        a, b, c = [*(amperes or 0.0 for amperes in measured), 0.0, 0.0][:PHASES]
        return a, b, c

    def _phase(self, n: int) -> float | None:
        """Return A on a phase; None where it is not connected. Raises DeviceError."""
        voltage = self._value("voltage", n)
        current = self._value("current", n)
        power = self._value("power", n)
        if abs(voltage) < DEAD_VOLTAGE and abs(current) < 1.0:
            return None
        if not LOWEST_VOLTAGE <= voltage <= HIGHEST_VOLTAGE:
            raise self._impossible(f"{voltage:.1f} V", n, "its voltage terminals")
        if abs(current) > HIGHEST_CURRENT:
            raise self._impossible(f"{current:.0f} A", n, "its current transformers' ratio")
        if self._description.current_has_sign:
            return current
        return -abs(current) if power < 0 else abs(current)

    def _value(self, what: str, n: int) -> float:
        value = self._registered(what, n)
        if value is None:
            raise self._impossible(f"no number for the {what}", n, "its wiring")
        return value

    def _registered(self, what: str, n: int) -> float | None:
        """Return what a register holds; None where that is no number, or the meter has no such phase."""
        value = getattr(self._registers, f"{what}_l{n}", None)
        # A NaN comes as None already, an infinity as it is.
        return float(value) if isinstance(value, int | float) and math.isfinite(value) else None

    def _impossible(self, answer: str, n: int, part: str) -> DeviceError:
        return DeviceRefusedError(
            f"The {self._description.name} answered {answer} on L{n}, which cannot be. Check that the "
            f"kind of meter is right, and {part}."
        )

    def _explained(self, error: ModbusError) -> DeviceError:
        """Turn what the connection says into what the owner can do."""
        name, unit_id = self._description.name, self._unit_id
        match error:
            case ModbusTimeoutError() if self._registers.modbus_unit.connected:
                return DeviceOfflineError(
                    f"The {name} does not answer at unit {unit_id}. Check the unit number that is set in "
                    "the meter, and the cable between it and its gateway."
                )
            case ModbusConnectionError() | ModbusTimeoutError():
                return DeviceOfflineError(
                    f"The {name} or its gateway cannot be reached. Check the address, the port and the "
                    "network, and whether it allows one more connection."
                )
            case GatewayTargetError() | GatewayPathUnavailableError():
                return DeviceOfflineError(
                    f"The gateway finds no {name} at unit {unit_id}. Check the unit number that is set in "
                    "the meter, its speed and parity, and the cable."
                )
            case IllegalDataAddressError() | IllegalFunctionError():
                return DeviceRefusedError(
                    f"Unit {unit_id} answers, but it does not have the registers of the {name}. Check the "
                    "kind of meter and the unit number."
                )
        return DeviceOfflineError(
            f"The {name} at unit {unit_id} answers wrongly ({error}). Check the cable, and that only one "
            "device has this unit number."
        )


def _next(due: float, now: float, pause: float) -> float:
    """Return when to read again: on the beat, leaving out beats that have passed."""
    due += pause
    if due > now:
        return due
    return due + pause * math.ceil((now - due) / pause)
