"""A site's diagnostics say what was decided and why, and not where it is or whose chargers these are."""

import asyncio
import json
from pathlib import Path
import sys

import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.fusewise.balancing.codec import from_json
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.model import Site
from demo.world import World
from homeassistant.core import HomeAssistant

from .house import HOST, car, connected_site, state_of, until

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


async def test_diagnostics(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await connected_site(hass, house, ocpp_port, "garage")
    told = json.loads(json.dumps(await get_diagnostics_for_config_entry(hass, hass_client, entry)))
    assert told["meters"]["id_of_meter"] == {
        "circuit": "main",
        "kind": "sdm630",
        "host": "**REDACTED**",
        "port": house.meter.port,
        "unit_id": 1,
        "interval": 0.2,
    }
    [charger] = told["chargers"].values()
    assert charger["settings"]["identity"] == charger["settings"]["serial"] == "**REDACTED**"
    assert charger["reading"]["status"] == "available"
    assert charger["firmware"] == "1.0"
    assert HOST not in json.dumps(told)
    # It can be decided again from what is told.
    assert from_json(Site, told["site"]) == entry.runtime_data.controller.site
    assert from_json(Decision, told["decision"]).setpoints[0].current == 0.0


async def test_a_download_plays_again_what_has_happened(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    hass_client: ClientSessionGenerator,
    tmp_path: Path,
) -> None:
    entry = await connected_site(hass, house, ocpp_port, "garage")
    house.stations["garage"].plug(car())
    await until(lambda: hass.states.is_state("sensor.garage_status", "charging"))
    await until(lambda: float(state_of(hass, "sensor.garage_setpoint").state) >= 6)
    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert "garage-" not in json.dumps(told)
    file = tmp_path / "download.json"
    file.write_text(json.dumps({"data": told}))
    command = (sys.executable, str(ROOT / "scripts" / "replay.py"), str(file))
    run = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await run.communicate()
    assert run.returncode == 0
    last = json.loads(out.splitlines()[-1])
    assert last["setpoints"][0]["charger"] == "id_of_garage"
    assert last["setpoints"][0]["current"] >= 6
