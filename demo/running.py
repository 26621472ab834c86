"""Brings up Home Assistant and the demo house, and sets Fusewise up by its own dialogs, as a user would."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
import json
from pathlib import Path
import sys
import tempfile
from typing import Any

from .homeassistant import ROOT, HomeAssistant, HomeAssistantError, Socket

DASHBOARD = "/fusewise"
_CALLS_WITHIN = 60.0  # s for the charge points to call, be taken in, and be seen
_HOUSE_ALLOWANCE = 7  # A: three floors of 6 A on L2 and this are the rating
_FALLBACK = 6  # A
_SHARING = {
    "usable_share": 96,  # %: the demo's owner has watched it for weeks and has raised it
    "policy": "fair",
    "sun": {"netting": "all_phases"},
    "calm": {"hold": 6, "turn_time": 1800, "minimum_on": 300, "minimum_off": 60},
    "grid": {},
    "price": {},
}


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
                "supply": "three_phase",
                "rating": house.about["rating"],
                "phases": {},
                "house": {
                    f"house_allowance_{phase}": _HOUSE_ALLOWANCE for phase in ("l1", "l2", "l3")
                },
            },
            {"kind": "sdm630"},
            {
                "kind": "sdm630",
                "host": "127.0.0.1",
                "port": house.modbus_port,
                "unit_id": 1,
                "interval": 0.5,
            },
            {"next_step_id": "ocpp"},
            {"host": "127.0.0.1", "port": house.ocpp_port},
            {"next_step_id": "save"},
        )
        entries = await home.get("/api/config/config_entries/entry?domain=fusewise")
        await home.flow(entries[0]["entry_id"], _SHARING, kind="options/flow")
    entry = entries[0]["entry_id"]
    wanted = set(house.about["chargers"])
    async with asyncio.timeout(_CALLS_WITHIN), home.socket() as ask:
        while True:
            taken_in = await _chargers(ask, entry)
            if len(taken_in) >= len(wanted):
                return
            for flow in await ask("config_entries/flow/progress"):
                if flow["handler"] == "fusewise":
                    await _take_in(home, house, flow)
            await asyncio.sleep(0.3)


async def _chargers(ask: Socket, entry: str) -> list[tuple[str, str]]:
    """The ids and names of the chargers that a site has."""
    return [
        (subentry["subentry_id"], subentry["title"])
        for subentry in await ask("config_entries/subentries/list", entry_id=entry)
        if subentry["subentry_type"] == "charger"
    ]


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
            "security": "no_password",
        },
    )


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
            DASHBOARD,
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
        yield home, house
    finally:
        await house.stop()
        await home.stop()
