"""Sessions are kept over restarts, listed on demand, and shown."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from ocpp.v16 import call as _call
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from websockets.asyncio.client import connect

from demo.world import World
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from ..devices.ocpp.peer import Peer, WallClock, current
from .house import device_of, only_charger, state_of, stored_site, until

call: Any = _call

SENSOR = "sensor.garage_session_energy"


@pytest.fixture
async def peer() -> AsyncGenerator[Peer]:
    """The garage's charge point, not connected yet."""
    peer = Peer(identity="garage", clock=WallClock())
    yield peer
    await peer.leave()


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site with the garage's charger."""
    entry = MockConfigEntry(
        entry_id="id_of_home",
        title="Home",
        **stored_site(house.meter.port, ocpp_port, "garage"),
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


async def listed(hass: HomeAssistant, **asked: Any) -> list[dict[str, Any]]:
    told: Any = await hass.services.async_call(
        "fusewise", "list_sessions", asked, blocking=True, return_response=True
    )
    sessions: list[dict[str, Any]] = told["sessions"]
    return sessions


def register(energy: float) -> dict[str, Any]:
    return {"value": str(energy), "measurand": "Energy.Active.Import.Register"}


async def stop(peer: Peer, register: int) -> None:
    await peer.say(
        call.StopTransaction(
            meter_stop=register,
            transaction_id=peer.transaction,
            timestamp=peer.stamp(),
            reason="EVDisconnected",
        )
    )


async def test_sessions_are_listed_by_time_and_charger(
    hass: HomeAssistant, site: MockConfigEntry, peer: Peer, ocpp_port: int
) -> None:
    await peer.connect(ocpp_port)
    await peer.start(id_tag="CARD", meter_start=1000)
    await peer.measure(register(3500), *(current(10.0, phase) for phase in ("L1", "L2", "L3")))
    await asyncio.sleep(1.2)  # a second of decisions
    await stop(peer, 4200)
    [session] = await listed(hass)
    assert session.pop("begin") <= session.pop("end")
    assert sum(session.pop("limited_by").values()) >= 1
    assert session == {
        "site": "Home",
        "charger": "Garage",
        "energy_kwh": 3.2,
        "peak_kw": 6.9,
        "card": "CARD",
        "who": None,
        "transaction": peer.transaction,
        "why_ended": "EVDisconnected",
    }
    subentry_id = only_charger(site).subentry_id
    for owner in (subentry_id, site.entry_id):
        device = device_of(hass, site, owner)
        assert len(await listed(hass, device_id=device.id)) == 1
    soon = datetime.now(UTC) + timedelta(minutes=1)
    assert len(await listed(hass, end=soon.isoformat())) == 1
    assert not await listed(hass, begin=soon.isoformat())


async def test_what_cannot_be_listed_is_explained(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError) as refusal:
        await listed(hass, device_id="a lamp")
    assert refusal.value.translation_key == "no_such_device"
    with pytest.raises(ServiceValidationError) as refusal:
        await listed(hass, begin="2026-11-20 12:00:00", end="2026-11-19 12:00:00")
    assert refusal.value.translation_key == "end_before_begin"


async def test_a_session_survives_a_reload_and_what_happens_meanwhile(
    hass: HomeAssistant, site: MockConfigEntry, peer: Peer, ocpp_port: int, hass_storage: Any
) -> None:
    await peer.connect(ocpp_port)
    await peer.start(meter_start=1000)
    await peer.measure(register(2000))
    assert await hass.config_entries.async_unload(site.entry_id)
    await hass.async_block_till_done()
    [stored] = hass_storage["fusewise.sessions.id_of_home"]["data"]["sessions"]
    assert stored["energy_wh"] == 1000.0
    await stop(peer, 2500)
    assert await hass.config_entries.async_setup(site.entry_id)
    [session] = await listed(hass)
    assert (session["energy_kwh"], session["why_ended"]) == (1.5, "EVDisconnected")
    await hass.config_entries.async_remove(site.entry_id)
    assert "fusewise.sessions.id_of_home" not in hass_storage


async def test_a_session_goes_on_from_what_was_stored(
    hass: HomeAssistant, house: World, ocpp_port: int, peer: Peer, hass_storage: Any
) -> None:
    began = datetime.now(UTC) - timedelta(hours=1)
    hass_storage["fusewise.sessions.id_of_home"] = {
        "version": 1,
        "minor_version": 1,
        "key": "fusewise.sessions.id_of_home",
        "data": {
            "sessions": [
                {
                    "id": "garage-77",
                    "charger": "id_of_garage",
                    "began": began.timestamp(),
                    "seen": began.timestamp(),
                    "transaction": 77,
                    "energy_wh": 500.0,
                    "register": 1500.0,
                }
            ]
        },
    }
    entry = MockConfigEntry(
        entry_id="id_of_home",
        title="Home",
        **stored_site(house.meter.port, ocpp_port, "garage"),
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    peer.transaction = 77
    await peer.connect(ocpp_port)
    await peer.measure(register(2500))
    [session] = await listed(hass)
    assert (session["energy_kwh"], session["end"]) == (1.5, None)
    await until(lambda: hass.states.is_state(SENSOR, "1.5"))


async def test_the_energy_of_a_session_is_shown(
    hass: HomeAssistant, site: MockConfigEntry, peer: Peer, ocpp_port: int
) -> None:
    await until(lambda: hass.states.is_state(SENSOR, "unknown"))
    await peer.connect(ocpp_port)
    await peer.start(meter_start=1000)
    await peer.measure(register(2234))
    await until(lambda: hass.states.is_state(SENSOR, "1.23"))
    assert "ended" not in state_of(hass, SENSOR).attributes
    await stop(peer, 2500)
    await until(lambda: hass.states.is_state(SENSOR, "1.5"))
    await until(lambda: state_of(hass, SENSOR).attributes.get("why_ended") == "EVDisconnected")
    # What is not told any more is shown no more.
    await peer.start(meter_start=2500)
    await until(lambda: hass.states.is_state(SENSOR, "0.0"))


async def test_nothing_that_a_charger_says_keeps_the_list_from_being_stored(
    hass: HomeAssistant, site: MockConfigEntry, ocpp_port: int, hass_storage: dict[str, Any]
) -> None:
    """Half a character, a number of 70 bits, a clock in the first year: JSON may have them, a file may not."""
    start = {"connectorId": 1, "idTag": "\ud800", "meterStart": 2**70}
    calls = [
        ("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"}),
        ("StartTransaction", start | {"timestamp": "0001-01-01T00:00:00Z"}),
        ("StartTransaction", start | {"idTag": "CARD", "timestamp": "9999-12-31T23:59:59Z"}),
        ("StopTransaction", {"transactionId": 2**70, "meterStop": 1, "timestamp": "\udfff"}),
        ("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"}),
        ("MeterValues", {"connectorId": 1, "transactionId": 2**70, "meterValue": []}),
    ]
    async with connect(f"ws://127.0.0.1:{ocpp_port}/garage", proxy=None) as socket:
        for action, payload in calls:
            await socket.send(json.dumps([2, action, action, payload]))
            while json.loads(await socket.recv())[1] != action:
                pass
    first, second = await listed(hass)
    assert (first["card"], second["card"]) == ("?", "CARD")
    assert datetime.fromisoformat(first["begin"]).year >= 2026
    assert await hass.config_entries.async_unload(site.entry_id)
    kept = hass_storage["fusewise.sessions.id_of_home"]["data"]["sessions"]
    assert [record["card"] for record in kept] == ["?", "CARD"]
    assert [record["register"] for record in kept] == [None, None]
