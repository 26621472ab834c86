"""What the first versions have kept of a site is known after an update: nothing that somebody said or earned is lost."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.balancing.model import Mode
from custom_components.fusewise.controller import steady_clock
from custom_components.fusewise.devices.ocpp import OcppCharger
from custom_components.fusewise.grid_limits import Limit
from demo.world import World
from homeassistant.core import HomeAssistant

from .house import charger_data, device_of, site_data

HOME, GARAGE = "id_of_home", "id_of_garage"
DAY = 86_400.0
SESSION: dict[str, Any] = {
    "id": "garage-7",
    "charger": GARAGE,
    "ended": None,
    "energy_wh": 4200.0,
    "peak_w": 11000.0,
    "card": "CARD",
    "why_ended": None,
    "limited_by": {"circuit_limit": 60.0},
    "transaction": 7,
    "attempt": ["CARD", 1000, "2026-01-01T00:00:00Z"],
    "register": 5200.0,
    "is_settled": False,
}


def kept(name: str, data: dict[str, Any]) -> dict[str, Any]:
    """A file as the first version has left it."""
    key = f"fusewise.{name}{HOME}"
    return {key: {"version": 1, "minor_version": 1, "key": key, "data": data}}


@pytest.fixture
async def site(
    hass: HomeAssistant, house: World, ocpp_port: int, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """A site whose entry is of version 1.1, with all the files beside it as they were first written."""
    now = steady_clock()
    session = SESSION | {"began": now - 3600, "seen": now - 60}
    earlier = SESSION | {
        "id": "garage-6",
        "transaction": 6,
        "began": now - DAY,
        "ended": now - DAY + 60,
        "energy_wh": 800.0,
        "is_settled": True,
    }
    wanted = {
        "mode": "sun",
        "boost": {"session": None, "until": now + DAY, "energy_kwh": None},
        "weekly": [420, 420, 420, 420, 420, None, None],
        "once": now + 2 * DAY,
        "energy_kwh": 12.0,
        "maximum": 10.0,
        "priority": 3,
    }
    memory = {
        "time": now - 2,
        "chargers": {
            GARAGE: {
                "setpoint": 9.0,
                "boosts": [now - DAY],
                "waiting_since": now - 100,
                "uses": [True, False, False],
                # since then these stand apart
                "sample": [8.9, 0.0, 0.0],
                "sample_at": now - 3,
                "earlier": None,
                "earlier_at": now - 8,
            }
        },
        "meters": {},
        "circuits": {"main": {"since": now - DAY, "worst": [11.0, 9.0, 8.0], "window_kwh": 0.0}},
        "proofs": {GARAGE: {"proved": True, "at": now - DAY, "fallback": 6.0, "seconds": 31.0}},
    }
    learnt = {
        "way": "tx_default",
        "tried": ["tx"],
        "checked": [],
        "is_clean": True,
        "armed": 6.0,
        "armed_as": "x",
    }
    hass_storage.update(
        kept("sessions.", {"sessions": [earlier, session], "forgotten": {GARAGE: 5000.0}})
        | kept("wishes.", {GARAGE: wanted})
        | kept("grid_limits.", {"main": {"amperes": 12.0, "until": now + DAY, "why": "§14a"}})
        | kept("learnt.", {GARAGE: learnt})
        | kept("", memory)
    )
    entry = MockConfigEntry(
        domain="fusewise",
        entry_id=HOME,
        title="Home",
        version=1,
        minor_version=1,
        data=site_data(house.meter.port, ocpp_port),
        subentries_data=[charger_data("garage")],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(HOME)
    return entry


async def test_what_people_have_asked_for_is_still_wanted(site: MockConfigEntry) -> None:
    wanted = site.runtime_data.wishes.of(GARAGE)
    assert (wanted.mode, wanted.energy_kwh, wanted.maximum, wanted.priority) == (
        Mode.SUN,
        12.0,
        10.0,
        3,
    )
    assert wanted.weekly == (420, 420, 420, 420, 420, None, None)
    assert wanted.boost is not None
    assert wanted.once is not None
    # What was not there to be wished yet is as for a new charger.
    assert (wanted.soc, wanted.maximum_price) == (None, None)
    [limit] = site.runtime_data.grid_limits.limits.values()
    assert limit == Limit(amperes=12.0, until=limit.until, why="§14a")


async def test_what_was_charged_is_counted_on(hass: HomeAssistant, site: MockConfigEntry) -> None:
    sessions = site.runtime_data.log.sessions
    assert sessions.total(GARAGE) == 5000.0 + 800.0 + 4200.0
    assert sessions.open(GARAGE).transaction == 7
    device = device_of(hass, site, GARAGE).id
    told: Any = await hass.services.async_call(
        "fusewise", "list_sessions", {"device_id": device}, blocking=True, return_response=True
    )
    assert [it["energy_kwh"] for it in told["sessions"]] == [0.8, 4.2]


async def test_what_was_learnt_and_proved_is_known(site: MockConfigEntry) -> None:
    controller = site.runtime_data.controller
    [charger] = controller.site.chargers
    assert charger.fallback_proved
    remembered = controller.memory.chargers[GARAGE]
    assert len(remembered.boosts) == 1
    assert remembered.uses == (True, False, False)
    assert controller.memory.circuits["main"].worst == (11.0, 9.0, 8.0)
    device = site.runtime_data.chargers[GARAGE]
    assert isinstance(device, OcppCharger)
    learnt = device.learnt
    assert (learnt.way, learnt.is_clean, learnt.armed) == ("tx_default", True, 6.0)


async def test_it_is_written_in_todays_form_and_read_again(
    hass: HomeAssistant, site: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    before = site.runtime_data.wishes.of(GARAGE)
    assert await hass.config_entries.async_reload(HOME)
    assert (site.version, site.minor_version) == (1, 2)
    assert site.runtime_data.wishes.of(GARAGE) == before
    assert site.runtime_data.log.sessions.total(GARAGE) == 10_000.0
    written = hass_storage[f"fusewise.{HOME}"]["data"]
    assert "sample" not in written["chargers"][GARAGE]
