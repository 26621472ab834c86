"""One command to a running Home Assistant with Fusewise and the demo house: `scripts/develop --help`."""

import argparse
import asyncio
from collections.abc import Iterator
import contextlib
import json
import os
from pathlib import Path
import shutil
import signal
import sys
import tempfile
import webbrowser

from .check import check
from .homeassistant import PASSWORD, ROOT, USER, HomeAssistant, HomeAssistantError
from .ports import free_ports, port_number, taken_ports
from .running import DASHBOARD, House, running, take_picture

_CHECK_WITHIN = 230.0  # s: the check ends by itself within four minutes
_HOUSE_PORTS = (9000, 5020, 5080)  # the charge points', the meter's, the control door's
_PICTURE_SETTLES = 20.0  # s: so that the graphs show something


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/develop", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="measure how well the fuse is held, then end"
    )
    parser.add_argument("--picture", type=Path, metavar="FILE", help="write a PNG of the dashboard")
    parser.add_argument(
        "--port",
        type=port_number,
        help="Home Assistant's port (8123; with --check any); 0: the system chooses it and the house's,"
        " and nothing is kept for the next time",
    )
    parser.add_argument("--seed", type=int, default=1, help="the demo house's seed")
    parser.add_argument("--fresh", action="store_true", help="forget the last run's Home Assistant")
    parser.add_argument(
        "--keep-log", type=Path, metavar="FILE", help="copy Home Assistant's log there"
    )
    return parser.parse_args()


def ports_for(port: int | None, *, check: bool) -> list[int]:
    """Home Assistant's, the charge points', the meter's and the control door's ports. Raises where one is taken."""
    if port == 0 or (check and port is None):
        return free_ports(4)
    ports = [port, *free_ports(3)] if check and port else [port or 8123, *_HOUSE_PORTS]
    if taken := taken_ports(ports):
        which = "choose another with --port" if taken[0] == ports[0] else "choose --port 0"
        raise HomeAssistantError(
            f"Port {taken[0]} is in use: end the program that uses it, or {which}."
        )
    return ports


def _say(text: str) -> None:
    print(text, flush=True)


async def _check(arguments: argparse.Namespace) -> bool:
    ports = ports_for(arguments.port, check=True)
    with tempfile.TemporaryDirectory(prefix="fusewise-") as folder:
        try:
            async with (
                asyncio.timeout(_CHECK_WITHIN),
                running(Path(folder), ports, f"--seed={arguments.seed}", "--calm") as (home, house),
            ):
                result = await check(house.control_url, say=_say)
                if arguments.picture:
                    await take_picture(home, arguments.picture)
        finally:
            if arguments.keep_log:
                with contextlib.suppress(OSError):
                    shutil.copy(Path(folder) / "home-assistant.out", arguments.keep_log)
    print(json.dumps(result), flush=True)
    return bool(result["passed"])


@contextlib.contextmanager
def _folder(arguments: argparse.Namespace) -> Iterator[Path]:
    """Where Home Assistant keeps everything. A site that was set up with other ports would not be found again."""
    if arguments.port == 0:
        with tempfile.TemporaryDirectory(prefix="fusewise-") as name:
            yield Path(name)
        return
    folder = ROOT / ".develop"
    if arguments.fresh:
        shutil.rmtree(folder, ignore_errors=True)
    yield folder


async def _develop(arguments: argparse.Namespace) -> bool:
    ports = ports_for(arguments.port, check=False)
    with _folder(arguments) as folder:
        async with running(folder, ports, f"--seed={arguments.seed}") as (home, house):
            return await _show(home, house, arguments)


async def _show(home: HomeAssistant, house: House, arguments: argparse.Namespace) -> bool:
    """Say where everything is; take the picture, or stay until Ctrl-C."""
    print(
        f"\n  Fusewise   {home.base}{DASHBOARD}\n"
        f"  log in as  {USER}, password {PASSWORD}\n"
        f"  chargers   call at ws://127.0.0.1:{house.ocpp_port}\n"
        f"  the meter  is at 127.0.0.1:{house.modbus_port}\n"
        f"  the house  {house.control_url}/state\n"
        f"  the log    {home.log}\n\n"
        "  Ctrl-C ends everything.\n",
        flush=True,
    )
    if arguments.picture:
        await asyncio.sleep(_PICTURE_SETTLES)
        await take_picture(home, arguments.picture)
        return True
    _open_browser(f"{home.base}{DASHBOARD}")
    await asyncio.Event().wait()
    return True


def _open_browser(address: str) -> None:
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "darwin":
        webbrowser.open(address)


async def _main(arguments: argparse.Namespace) -> bool:
    task = asyncio.ensure_future(_check(arguments) if arguments.check else _develop(arguments))
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    return await task


def main() -> int:
    """Run until Ctrl-C, or until the check is done; return the exit code."""
    arguments = _arguments()
    try:
        return 0 if asyncio.run(_main(arguments)) else 1
    except asyncio.CancelledError:
        return 0 if not arguments.check else 1
    except (HomeAssistantError, TimeoutError) as error:
        print(f"develop: {error or 'not done in time'}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
