"""A crowd of small charge points in a process of their own, so that they do not slow what is measured.

    python -m bench.charge_points PORT NUMBER

It takes one command on each line of its input and answers each with one line of JSON:

    expect    say {"ready": 1}, then wait until every one of them has got a new limit;
              {"last": when, on the monotonic clock}
    measure   let each tell what it draws; {"seconds": until all were answered}
    storm     cut all lines at once and come back; {"seconds": until all were accepted again}
"""

import asyncio
from collections.abc import Awaitable, Iterable
import contextlib
import itertools
import json
import sys
import time
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, TCPConnector, WSMsgType

TOGETHER = 50  # connections that are made at once
ANSWERS: dict[str, dict[str, Any]] = {
    "GetConfiguration": {"configurationKey": []},
    "ChangeConfiguration": {"status": "Accepted"},
    "GetCompositeSchedule": {"status": "Rejected"},
    "SetChargingProfile": {"status": "Accepted"},
    "ClearChargingProfile": {"status": "Accepted"},
    "TriggerMessage": {"status": "Rejected"},
}


class ChargePoint:
    """One of them: it draws what it is let."""

    def __init__(self, number: int, url: str, session: ClientSession) -> None:
        self._url, self._session = f"{url}cp-{number}", session
        self._socket: ClientWebSocketResponse | None = None
        self._ids = itertools.count()
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._transaction = 0
        self.limit = 0.0
        self.told = asyncio.Event()
        self.told_at = 0.0

    async def come(self) -> None:
        """Connect, boot, and go on with the transaction, or begin one."""
        self._socket = await self._session.ws_connect(self._url, protocols=["ocpp1.6"])
        self._reading = asyncio.create_task(self._read(self._socket))
        boot = {"chargePointVendor": "Bench", "chargePointModel": "Small"}
        assert (await self.call("BootNotification", boot))["status"] == "Accepted"
        if not self._transaction:
            start = {
                "connectorId": 1,
                "idTag": "TAG",
                "meterStart": 0,
                "timestamp": "2026-11-20T12:00:00Z",
            }
            self._transaction = (await self.call("StartTransaction", start))["transactionId"]
        status = {"connectorId": 1, "errorCode": "NoError", "status": "Charging"}
        await self.call("StatusNotification", status)

    async def leave(self) -> None:
        """Lose the line."""
        assert self._socket is not None
        assert self._reading is not None
        if (transport := self._socket.get_extra_info("socket")) is not None:
            with contextlib.suppress(OSError):
                transport.shutdown(2)
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self._socket.close()

    async def measure(self) -> None:
        """Tell what is drawn."""
        sampled = [
            {"value": str(self.limit), "measurand": "Current.Import", "phase": phase}
            for phase in ("L1", "L2", "L3")
        ]
        await self.call(
            "MeterValues",
            {
                "connectorId": 1,
                "transactionId": self._transaction,
                "meterValue": [{"timestamp": "", "sampledValue": sampled}],
            },
        )

    async def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Make a call; return the answer."""
        assert self._socket is not None
        key = str(next(self._ids))
        answer = self._answers[key] = asyncio.get_running_loop().create_future()
        await self._socket.send_str(json.dumps([2, key, action, payload]))
        answered: dict[str, Any] = await answer
        return answered

    async def _read(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            kind, key, *rest = json.loads(message.data)
            if kind == 3:
                self._answers.pop(key).set_result(rest[0])
            elif kind == 2:
                if rest[0] == "SetChargingProfile":
                    self._limited(rest[1]["csChargingProfiles"])
                with contextlib.suppress(ConnectionError):  # a storm has cut the line meanwhile
                    await socket.send_str(json.dumps([3, key, ANSWERS[rest[0]]]))

    def _limited(self, profile: dict[str, Any]) -> None:
        if profile["chargingProfilePurpose"] == "TxProfile":
            [period] = profile["chargingSchedule"]["chargingSchedulePeriod"]
            if period["limit"] != self.limit:
                self.limit, self.told_at = period["limit"], time.monotonic()
                self.told.set()


async def together(work: Iterable[Awaitable[Any]]) -> None:
    """Do it all, a few at a time."""
    turn = asyncio.Semaphore(TOGETHER)

    async def one(item: Awaitable[Any]) -> None:
        async with turn:
            await item

    await asyncio.gather(*map(one, work))


async def obey(command: str, crowd: list[ChargePoint]) -> dict[str, float]:
    """Do what the parent wants."""
    began = time.monotonic()
    match command:
        case "expect":
            for one in crowd:
                one.told.clear()
            tell({"ready": 1})
            async with asyncio.timeout(20):
                await asyncio.gather(*(one.told.wait() for one in crowd))
            return {"last": max(one.told_at for one in crowd)}
        case "measure":
            await asyncio.gather(*(one.measure() for one in crowd))
        case "storm":
            await asyncio.gather(*(one.leave() for one in crowd))
            began = time.monotonic()
            await asyncio.gather(*(one.come() for one in crowd))
    return {"seconds": time.monotonic() - began}


def tell(answer: dict[str, float]) -> None:
    """Answer the parent."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


async def main(port: int, number: int) -> None:
    """Come in, then obey."""
    loop = asyncio.get_running_loop()
    async with ClientSession(connector=TCPConnector(limit=0)) as session:
        crowd = [ChargePoint(n, f"http://127.0.0.1:{port}/", session) for n in range(number)]
        await together(one.come() for one in crowd)
        tell({"seconds": 0.0})
        while command := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
            tell(await obey(command, crowd))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
