"""An empty Home Assistant and the demo house, for a person at a browser: `scripts/test --browser`."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
import json
import os
from pathlib import Path
import subprocess
import threading
from typing import Any

import pytest
import pytest_socket

from demo.homeassistant import HomeAssistant
from demo.ports import free_ports
from demo.running import House
from tests.e2e.conftest import Running
from tests.texts import english

ROOT = Path(__file__).parents[2]
ACCOUNT = {"name": "Demo", "password": "demo-demo", "password_confirm": "demo-demo"}
BASE = 4.0  # A
CHARGERS = {
    "garage": {"name": "Garage", "wiring": "L1 L2 L3", "maximum": 16},
    "carport": {"name": "Carport", "wiring": "L2", "maximum": 16},
}


@dataclass
class Desk:
    """A browser, what is to be done in it, and what came of that."""

    folder: Path
    site: Running
    pictures: Path | None
    session: dict[str, Any] = field(default_factory=dict)

    def run(self, script: str, **task: Any) -> Any:
        """Let a script of tests/browser do something; returns what it tells."""
        file = self.folder / "task.json"
        more = {
            "base": self.site.home.base,
            "pictures": self.pictures and str(self.pictures),
            "failure": str(ROOT / "browser-failure.png"),
            "session": str(self.folder / "session.json"),
        }
        file.write_text(json.dumps(more | task))
        done = subprocess.run(
            ["node", ROOT / "tests" / "browser" / script, file],
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
            env=os.environ,
        )
        log = [line for line in self.site.home.log.read_text().splitlines() if "fusewise" in line]
        told = "\n".join([done.stderr, *log[-20:], f"What was shown: {more['failure']}"])
        assert done.returncode == 0, told
        return json.loads(done.stdout)


@pytest.fixture(scope="session")
def desk(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Desk]:
    """Bring up both, empty as they are, and end both."""
    pytest_socket.enable_socket()  # the Home Assistant plugin forbids them before fixtures are made
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="processes", daemon=True)
    thread.start()
    folder = tmp_path_factory.mktemp("browser")
    ports = free_ports(4)
    home, house = HomeAssistant(folder / "config", ports[0]), House(*ports[1:])
    running = Running(loop, home, house)
    pictures = ROOT / "docs" / "images" if request.config.getoption("pictures") else None
    try:
        (folder / "config").mkdir()
        running.do(house.start("--calm"))
        running.do(home.start())
        for charger in house.about["chargers"]:  # before they are limited they would fill the fuse
            running.post("/plug", charger=charger, plugged=False)
        for phase in ("L1", "L2", "L3"):  # a house that draws more than its roof gives
            running.post("/step", phase=phase, amperes=BASE)
        yield Desk(folder, running, pictures)
    finally:
        running.do(house.stop())
        running.do(home.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture(scope="session")
def told(desk: Desk) -> dict[str, Any]:
    """Set everything up by clicking, and plug two cars in; what that took."""
    house = desk.site.house
    told: dict[str, Any] = desk.run(
        "drive.mjs",
        texts=english()["config"],
        account=ACCOUNT,
        site={
            "answers": {
                "user": {"rating": 25},
                "meter": {"kind": "Eastron SDM630 (Modbus TCP)"},
                "modbus": {"host": "127.0.0.1", "port": house.modbus_port},
                "ocpp": {"host": "127.0.0.1", "port": house.ocpp_port},
            },
            # The proposed port may be in use on this machine.
            "menus": {"confirm": ["ocpp", "save"]},
        },
        chargers={
            identity: {"answers": {"*": answers | {"security": "Without a password"}}}
            for identity, answers in CHARGERS.items()
        },
    )
    for identity in CHARGERS:
        desk.site.post("/plug", charger=identity, plugged=True)
    return told
