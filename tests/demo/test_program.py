"""`python -m demo` as somebody starts it."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import socket
import sys
from typing import Any

import aiohttp
import pytest

from demo.program import main

from .central import central_system

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def started(*arguments: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "demo", *arguments, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ports(process: Process) -> dict[str, Any]:
    assert process.stdout
    async with asyncio.timeout(20):
        return dict(json.loads(await process.stdout.readline()))


async def test_it_starts_three_charge_points_and_ends_cleanly_on_sigterm() -> None:
    async with (
        central_system() as central,
        started(
            "--modbus-port=0", "--control-port=0", f"--ocpp-url={central.url}", "--calm"
        ) as process,
    ):
        chosen = await ports(process)
        assert chosen["chargers"]["carport"] == ["L2"]
        for name in ("garage", "carport", "yard"):
            await central.hears("BootNotification", charge_point_serial_number=name)
        url = f"http://127.0.0.1:{chosen['control_port']}/state"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert len((await answer.json())["stations"]) == 3
        process.terminate()
        async with asyncio.timeout(6):
            assert await process.wait() == 0


@pytest.mark.parametrize("option", ["--modbus-port", "--control-port"])
def test_a_port_in_use_is_said_in_one_line(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        others = {"--modbus-port": "0", "--control-port": "0", option: str(port)}
        assert main([f"{name}={value}" for name, value in others.items()]) == 2
    explained = "end the program that uses it, or choose another port with"
    said = capsys.readouterr()
    assert said.err == f"Port {port} is already in use: {explained} {option}.\n"
    assert said.out == ""


@pytest.mark.parametrize(
    "argument", ["--modbus-port=70000", "--hour=25", "--meter-interval=nan", "--control-port=-1"]
)
def test_a_bad_argument_is_refused(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([argument])
    assert "is not a" in capsys.readouterr().err
