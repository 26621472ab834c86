"""One command to a running Home Assistant with Fusewise and the demo house: `scripts/develop --help`."""

import argparse
import asyncio
from collections.abc import AsyncIterator
import contextlib
import json
import os
from pathlib import Path
import shutil
import signal
import socket
import sys
import tempfile
from typing import Any
import webbrowser

from . import dashboard
from .check import CheckError, drive, judge
from .homeassistant import PASSWORD, ROOT, USER, HomeAssistant, HomeAssistantError

_CHECK_WITHIN = 230.0  # s: the check ends by itself within four minutes
_CALLS_WITHIN = 60.0  # s for the charge points to call, be taken in, and be seen
_USABLE_SHARE = 96  # %: the demo's owner has watched it for weeks and has raised it
_HOUSE_ALLOWANCE = 7  # A: three floors of 6 A on L2 and this are the rating
_FALLBACK = 6  # A
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


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class House:
    """The demo house's process."""

    def __init__(self, ocpp_port: int, modbus_port: int, control_port: int) -> None:
        self.ocpp_port, self.modbus_port, self.control_port = ocpp_port, modbus_port, control_port
        self.about: dict[str, Any] = {}
        self._process: asyncio.subprocess.Process | None = None

    @property
    def control_url(self) -> str:
        """Where scripts look at the physics and order loads."""
        return f"http://127.0.0.1:{self.control_port}"

    async def start(self, *arguments: str) -> None:
        """Start it; returns when its meter can be read."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "demo",
            f"--ocpp-url=ws://127.0.0.1:{self.ocpp_port}",
            f"--modbus-port={self.modbus_port}",
            f"--control-port={self.control_port}",
            *arguments,
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise HomeAssistantError("The demo house did not start; its message stands above.")
        self.about = json.loads(line)

    async def stop(self) -> None:
        """End it."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()


async def set_up(home: HomeAssistant, house: House) -> None:
    """Set Fusewise up by its dialogs, as a user would, and take the charge points in as they call."""
    entries = await home.get("/api/config/config_entries/entry?domain=fusewise")
    if not entries:
        await home.flow(
            "fusewise",
            {
                "name": "Demo house",
                **{f"rating_{phase}": house.about["rating"] for phase in ("l1", "l2", "l3")},
                "voltage": 230,
                "usable_share": _USABLE_SHARE,
                **{f"house_allowance_{phase}": _HOUSE_ALLOWANCE for phase in ("l1", "l2", "l3")},
            },
            {
                "kind": "sdm630",
                "host": "127.0.0.1",
                "port": house.modbus_port,
                "unit_id": 1,
                "interval": 0.5,
            },
            {"host": "127.0.0.1", "port": house.ocpp_port},
            {"next_step_id": "save"},
        )
        entries = await home.get("/api/config/config_entries/entry?domain=fusewise")
    entry = entries[0]["entry_id"]
    wanted = set(house.about["chargers"])
    async with asyncio.timeout(_CALLS_WITHIN), home.socket() as ask:
        while True:
            taken_in = await ask("config_entries/subentries/list", entry_id=entry)
            if len(taken_in) >= len(wanted):
                return
            for flow in await ask("config_entries/flow/progress"):
                if flow["handler"] == "fusewise":
                    await _take_in(home, house, flow)
            await asyncio.sleep(0.3)


async def _take_in(home: HomeAssistant, house: House, flow: dict[str, Any]) -> None:
    step = await home.get(f"/api/config/config_entries/flow/{flow['flow_id']}")
    name = step["description_placeholders"]["identity"]
    await home.continue_flow(
        step,
        {
            "name": name.capitalize(),
            "wiring": " ".join(house.about["chargers"][name]),
            "maximum": 16,
            "fallback": _FALLBACK,
        },
    )


async def make_dashboard(home: HomeAssistant, rating: float) -> None:
    """Write the demo's dashboard over what was there."""
    entries = await home.get("/api/config/config_entries/entry?domain=fusewise")
    entry = entries[0]["entry_id"]
    async with asyncio.timeout(_CALLS_WITHIN), home.socket() as ask:
        chargers = [
            (subentry["subentry_id"], subentry["title"])
            for subentry in await ask("config_entries/subentries/list", entry_id=entry)
        ]
        while True:
            entities = _entities(await ask("config/entity_registry/list"), entry)
            if all((subentry, "boost") in entities for subentry, _ in chargers):
                break
            await asyncio.sleep(0.3)
        known = {board["url_path"] for board in await ask("lovelace/dashboards/list")}
        if dashboard.PATH not in known:
            await ask(
                "lovelace/dashboards/create",
                url_path=dashboard.PATH,
                title=dashboard.TITLE,
                icon="mdi:ev-station",
                show_in_sidebar=True,
                require_admin=False,
                mode="storage",
            )
        config = dashboard.dashboard(rating, chargers, entities)
        await ask("lovelace/config/save", url_path=dashboard.PATH, config=config)


def _entities(registry: list[dict[str, Any]], entry: str) -> dict[tuple[str | None, str], str]:
    """Entity ids by whose they are and what they show, which is how their unique ids end."""
    found: dict[tuple[str | None, str], str] = {}
    for entity in registry:
        if entity["config_entry_id"] == entry:
            owner = entity["config_subentry_id"]
            key = entity["unique_id"].removeprefix(f"{owner or entry}_")
            found[owner, key] = entity["entity_id"]
    return found


async def take_picture(home: HomeAssistant, file: Path) -> None:
    """Write a PNG of the dashboard, as a browser shows it."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as tokens:
        tokens.write(home.browser_tokens())
        tokens.flush()
        browser = await asyncio.create_subprocess_exec(
            "node",
            ROOT / "scripts" / "picture.mjs",
            home.base,
            tokens.name,
            f"/{dashboard.PATH}/home",
            file,
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
        )
        if await browser.wait():
            raise HomeAssistantError(
                "The browser could not take the picture; its message stands above."
            )


@contextlib.asynccontextmanager
async def running(
    folder: Path, ports: list[int], *arguments: str
) -> AsyncIterator[tuple[HomeAssistant, House]]:
    """A Home Assistant with Fusewise set up and the demo house beside it; both ended in the end.

    `ports` are Home Assistant's, the charge points', the meter's, and the demo's control door.
    """
    home, house = HomeAssistant(folder, ports[0]), House(*ports[1:])
    try:
        await asyncio.gather(house.start(*arguments), home.start())
        await home.log_in()
        await set_up(home, house)
        await make_dashboard(home, house.about["rating"])
        yield home, house
    finally:
        await house.stop()
        await home.stop()


async def _check(arguments: argparse.Namespace) -> bool:
    ports = free_ports(4)
    with tempfile.TemporaryDirectory(prefix="fusewise-") as folder:
        try:
            async with (
                asyncio.timeout(_CHECK_WITHIN),
                running(Path(folder), ports, f"--seed={arguments.seed}", "--calm") as (home, house),
            ):
                run = await drive(house.control_url, say=lambda text: print(text, flush=True))
                if arguments.picture:
                    await take_picture(home, arguments.picture)
        finally:
            if arguments.keep_log:
                with contextlib.suppress(OSError):
                    shutil.copy(Path(folder) / "home-assistant.out", arguments.keep_log)
    result = judge(run.samples, run.events, run.rating)
    print(json.dumps(result), flush=True)
    return bool(result["passed"])


async def _develop(arguments: argparse.Namespace) -> bool:
    folder = ROOT / ".develop"
    if arguments.fresh:
        shutil.rmtree(folder, ignore_errors=True)
    ports = [arguments.port or 8123, 9000, 5020, 5080]
    async with running(folder, ports, f"--seed={arguments.seed}") as (home, house):
        print(
            f"\n  Fusewise   {home.base}/{dashboard.PATH}\n"
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
        _open_browser(f"{home.base}/{dashboard.PATH}")
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
    except (CheckError, HomeAssistantError, TimeoutError) as error:
        print(f"develop: {error or 'not done in time'}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
