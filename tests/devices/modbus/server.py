"""An SDM630 served by pymodbus: its input registers as they stand in the meter, word by word."""

import asyncio
from typing import Any, cast

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

UNIT = 1
REGISTERS = 0x12

# As read from a meter on a 230 V network: L1 7.84 A import at 1,780 W, L2 2.31 A export at 514 W (its
# current is a magnitude), L3 0.42 A import at 61 W.
AS_READ = [
    0x4365, 0xE666,  # 229.9 V
    0x4366, 0xCCCD,  # 230.8 V
    0x4366, 0x199A,  # 230.1 V
    0x40FA, 0xE148,  # 7.84 A
    0x4013, 0xD70A,  # 2.31 A
    0x3ED7, 0x0A3D,  # 0.42 A
    0x44DE, 0x8000,  # 1780 W
    0xC400, 0x8000,  # -514 W
    0x4274, 0x0000,  # 61 W
]  # fmt: skip

NAN = [0x7FC0, 0x0000]
INFINITY = [0x7F80, 0x0000]
ZERO = [0x0000, 0x0000]
VOLTAGE, CURRENT, POWER = 0x00, 0x06, 0x0C


class Sdm630Server:
    """Answers at unit 1, in whatever way a test wants."""

    def __init__(self) -> None:
        self.words = list(AS_READ)
        self.requests: list[tuple[int, int, int]] = []
        """(function, address, count) of each."""
        self.refusal: ExcCodes | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self.port = 0
        self._server: Any = None

    def set(self, address: int, words: list[int]) -> None:
        self.words[address : address + len(words)] = words

    async def start(self) -> None:
        registers = SimData(0, count=REGISTERS, values=0, datatype=DataType.REGISTERS)
        unused = SimData(0, values=False, datatype=DataType.BITS)
        other = SimData(0, values=0, datatype=DataType.REGISTERS)
        device = SimDevice(
            id=UNIT,
            simdata=([unused], [unused], [other], [registers]),
            action=self._answer,
        )
        self._server = ModbusTcpServer(device, address=("127.0.0.1", self.port))
        await self._server.serve_forever(background=True)
        listener = cast("asyncio.Server", self._server.transport)
        self.port = listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            server, self._server = self._server, None
            await server.shutdown()

    async def _answer(
        self, function: int, _start: int, address: int, count: int, *rest: Any
    ) -> ExcCodes | None:
        self.requests.append((function, address, count))
        await self.answers.wait()
        rest[0][:REGISTERS] = self.words
        return self.refusal
