"""The command line of the demo house: it runs until a signal comes."""

import argparse
import asyncio
from collections.abc import Sequence
import contextlib
import json
import logging
import signal
import sys

from . import scene
from .door import Door
from .meter import PortInUseError
from .ports import port_number
from .record import Record
from .world import World

_PORT_IN_USE = 2
_ENDING = 5.0  # s in which everything must be closed


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description="Start the demo house.")
    parser.add_argument(
        "--ocpp-url",
        default="ws://127.0.0.1:9000",
        help="the central system; each charge point appends /ITS-IDENTITY",
    )
    parser.add_argument(
        "--modbus-port", type=port_number, default=5020, help="0: the system chooses"
    )
    parser.add_argument(
        "--control-port", type=port_number, default=5080, help="0: the system chooses"
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed repeats the same day")
    parser.add_argument("--hour", type=_hour, default=10.0, help="time of day at the start")
    parser.add_argument(
        "--calm", action="store_true", help="a constant house under a clear sky, for measuring"
    )
    parser.add_argument(
        "--meter-interval", type=_seconds, default=1.0, help="s between the meter's readings"
    )
    parser.add_argument("--verbose", action="store_true", help="say what goes over the lines")
    return parser.parse_args(argv)


def _hour(text: str) -> float:
    return _number(text, 0.0, 24.0)


def _seconds(text: str) -> float:
    return _number(text, 0.1, 600.0)


def _number(text: str, low: float, high: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from {low:g} to {high:g}")
    return number


async def _run(arguments: argparse.Namespace) -> None:
    record = Record()
    plant, stations = scene.build(
        record, seed=arguments.seed, calm=arguments.calm, hour=arguments.hour
    )
    world = World(
        plant,
        stations,
        record=record,
        ocpp_url=arguments.ocpp_url,
        meter_interval=arguments.meter_interval,
    )
    door = Door(world)
    running = asyncio.create_task(world.run())
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, running.cancel)
    try:
        await world.meter.start(arguments.modbus_port)
        await door.start(arguments.control_port)
        print(
            json.dumps(
                {
                    "modbus_port": world.meter.port,
                    "control_port": door.port,
                    "ocpp_url": arguments.ocpp_url,
                    "chargers": {
                        name: [phase.name for phase in wiring]
                        for name, wiring in scene.WIRING.items()
                    },
                    "rating": scene.RATING,
                }
            ),
            flush=True,
        )
        with contextlib.suppress(asyncio.CancelledError):
            await running
    finally:
        running.cancel()
        async with asyncio.timeout(_ENDING):
            await asyncio.gather(door.stop(), world.meter.stop())
            await asyncio.wait([running])


def main(argv: Sequence[str] | None = None) -> int:
    """Run until a signal; return the exit code."""
    arguments = _arguments(argv)
    level = logging.INFO if arguments.verbose else logging.CRITICAL
    logging.basicConfig(level=level, format="%(asctime)s %(name)s: %(message)s")
    try:
        asyncio.run(_run(arguments))
    except PortInUseError as error:
        which = "--modbus-port" if error.port == arguments.modbus_port else "--control-port"
        print(
            f"{error}: end the program that uses it, or choose another port with {which}.",
            file=sys.stderr,
        )
        return _PORT_IN_USE
    return 0
