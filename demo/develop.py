"""One command to a running Home Assistant with Fusewise and the demo house: `scripts/develop --help`."""

import argparse
import asyncio
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
from .homeassistant import PASSWORD, ROOT, USER, HomeAssistantError
from .running import DASHBOARD, free_ports, running, take_picture, taken_ports

_CHECK_WITHIN = 230.0  # s: the check ends by itself within four minutes
_PICTURE_SETTLES = 20.0  # s: so that the graphs show something


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/develop", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="measure how well the fuse is held, then end"
    )
    parser.add_argument("--picture", type=Path, metavar="FILE", help="write a PNG of the dashboard")
    parser.add_argument("--port", type=int, help="Home Assistant's port (8123; with --check any)")
    parser.add_argument("--seed", type=int, default=1, help="the demo house's seed")
    parser.add_argument("--fresh", action="store_true", help="forget the last run's Home Assistant")
    parser.add_argument(
        "--keep-log", type=Path, metavar="FILE", help="copy Home Assistant's log there"
    )
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, flush=True)


async def _check(arguments: argparse.Namespace) -> bool:
    ports = free_ports(4)
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


async def _develop(arguments: argparse.Namespace) -> bool:
    folder = ROOT / ".develop"
    if arguments.fresh:
        shutil.rmtree(folder, ignore_errors=True)
    ports = [arguments.port or 8123, 9000, 5020, 5080]
    if taken := taken_ports(ports):
        raise HomeAssistantError(
            f"Port {taken[0]} is in use: end the program that uses it"
            + (", or choose another with --port." if taken[0] == ports[0] else ".")
        )
    async with running(folder, ports, f"--seed={arguments.seed}") as (home, house):
        print(
            f"\n  Fusewise   {home.base}{DASHBOARD}\n"
            f"  log in as  {USER}, password {PASSWORD}\n"
            f"  the house  {house.control_url}/state\n"
            f"  the log    {home.log.relative_to(ROOT)}\n\n"
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
