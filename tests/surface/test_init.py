"""A site comes, is reloaded and goes; the chargers' sockets are cut only when it goes for good."""

import asyncio
from datetime import timedelta
import logging
import socket
from typing import Any

from modbus_connection import ModbusTlsParams
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.fusewise.doors import GRACE
from demo.meter import MeterFault
from demo.world import World
from homeassistant.components.modbus import async_get_temporary_unit
from homeassistant.components.modbus.connection import async_get_connection_info
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .house import HOST, device_of, is_served, let_call, site_entry, stored_site, until


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage", "carport")


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site whose two charge points are connected."""
    entry = site_entry(hass, house, ocpp_port, "garage", "carport")
    assert await hass.config_entries.async_setup(entry.entry_id)
    let_call(house)
    await until(lambda: all(station.online for station in house.stations.values()))
    return entry


def lines_lost(house: World) -> int:
    return sum(event["kind"] == "line_lost" for event in house.record.events())


async def test_a_reload_cuts_no_charger_off(
    hass: HomeAssistant, house: World, site: MockConfigEntry
) -> None:
    chargers = site.runtime_data.chargers
    for _ in range(3):
        assert await hass.config_entries.async_reload(site.entry_id)
        assert site.runtime_data.chargers == chargers
    # The time in which it might have left for good passes.
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=GRACE + 1))
    await hass.async_block_till_done(wait_background_tasks=False)
    await asyncio.sleep(0.3)
    assert lines_lost(house) == 0
    assert all(charger.reading.online for charger in chargers.values())


async def test_a_site_that_stays_unloaded_hangs_up_after_a_while(
    hass: HomeAssistant, house: World, site: MockConfigEntry, ocpp_port: int
) -> None:
    assert await hass.config_entries.async_unload(site.entry_id)
    assert site.state is ConfigEntryState.NOT_LOADED
    assert await is_served(HOST, ocpp_port)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=GRACE + 1))
    await until(lambda: lines_lost(house) == 2)
    assert not await is_served(HOST, ocpp_port)
    assert async_get_connection_info(hass) == []
    # It comes back as it was.
    assert await hass.config_entries.async_setup(site.entry_id)
    await until(lambda: all(station.online for station in house.stations.values()))


async def test_a_site_that_is_removed_hangs_up_at_once_and_leaves_nothing(
    hass: HomeAssistant, house: World, site: MockConfigEntry, ocpp_port: int
) -> None:
    assert len(er.async_entries_for_config_entry(er.async_get(hass), site.entry_id)) > 10
    listeners = hass.bus.async_listeners()[EVENT_HOMEASSISTANT_STOP] - 1
    await hass.config_entries.async_remove(site.entry_id)
    assert not await is_served(HOST, ocpp_port)
    assert async_get_connection_info(hass) == []
    assert not er.async_entries_for_config_entry(er.async_get(hass), site.entry_id)
    assert not dr.async_entries_for_config_entry(dr.async_get(hass), site.entry_id)
    assert hass.states.async_entity_ids() == []
    assert hass.bus.async_listeners()[EVENT_HOMEASSISTANT_STOP] == listeners
    await until(lambda: not [task for task in asyncio.all_tasks() if "fusewise" in repr(task)])


async def test_a_site_that_is_disabled_hangs_up_at_once(
    hass: HomeAssistant, site: MockConfigEntry, ocpp_port: int
) -> None:
    await hass.config_entries.async_set_disabled_by(site.entry_id, ConfigEntryDisabler.USER)
    assert not await is_served(HOST, ocpp_port)


async def test_home_assistant_hangs_up_when_it_stops(
    hass: HomeAssistant, site: MockConfigEntry, ocpp_port: int
) -> None:
    await hass.async_stop(force=True)
    assert not await is_served(HOST, ocpp_port)


async def test_two_sites_share_a_port_and_the_last_one_closes_it(
    hass: HomeAssistant, house: World, site: MockConfigEntry, ocpp_port: int
) -> None:
    other = MockConfigEntry(title="Barn", **stored_site(1, ocpp_port))
    other.add_to_hass(hass)
    assert await hass.config_entries.async_setup(other.entry_id)
    assert other.runtime_data.door is site.runtime_data.door
    await hass.config_entries.async_remove(site.entry_id)
    # The chargers of the one that is gone are let go, and wait at the other's door.
    await until(lambda: len(list(other.runtime_data.door.waiting)) == 2)
    await hass.config_entries.async_remove(other.entry_id)
    assert not await is_served(HOST, ocpp_port)


async def test_a_port_in_use_is_told_and_tried_again(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    with socket.create_server((HOST, ocpp_port)):
        entry = site_entry(hass, house, ocpp_port)
        await hass.config_entries.async_setup(entry.entry_id)
        assert entry.state is ConfigEntryState.SETUP_RETRY
        assert entry.error_reason_translation_key == "port_in_use"
        assert f"port {ocpp_port} at {HOST}" in str(entry.reason)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=30))
    await until(lambda: entry.state is ConfigEntryState.LOADED)


async def test_a_meter_that_does_not_answer_is_no_hindrance(
    hass: HomeAssistant, house: World, ocpp_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    await house.meter.fail(MeterFault.STOPPED)
    caplog.set_level(logging.INFO)
    entry = site_entry(hass, house, ocpp_port, "garage")
    assert await hass.config_entries.async_setup(entry.entry_id)
    let_call(house)
    await until(lambda: "cannot be reached" in caplog.text)
    await until(lambda: house.stations["garage"].online)
    await house.meter.fail(MeterFault.NONE)
    await until(lambda: "SDM630 answers again" in caplog.text)
    # Once down, once back.
    assert caplog.text.count("cannot be reached") == 1
    assert caplog.text.count("answers again") == 1


async def test_another_meter_is_taken_over_without_cutting_a_charger_off(
    hass: HomeAssistant, house: World, site: MockConfigEntry
) -> None:
    coordinator = site.runtime_data
    was = coordinator.meters["id_of_meter"]
    subentry = site.subentries["id_of_meter"]
    changed = subentry.data | {"interval": 0.5}
    hass.config_entries.async_update_subentry(site, subentry, data=changed)
    await hass.async_block_till_done()
    # In place, by another one that is read at once.
    assert site.runtime_data is coordinator
    meter = coordinator.meters["id_of_meter"]
    assert meter is not was
    await until(lambda: meter.reading is not None)
    assert lines_lost(house) == 0


async def test_a_device_is_deleted_only_when_nothing_stands_for_it(
    hass: HomeAssistant,
    site: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client(hass)
    stale = dr.async_get(hass).async_get_or_create(
        config_entry_id=site.entry_id, identifiers={("fusewise", "somebody who is gone")}
    )
    answers = [
        await client.remove_device(device.id)
        for device in (
            device_of(hass, site, site.entry_id),
            device_of(hass, site, "id_of_garage"),
            stale,
        )
    ]
    assert [answer["success"] for answer in answers] == [False, False, True]


async def test_a_charger_is_removed_with_its_device_and_entities(
    hass: HomeAssistant, house: World, site: MockConfigEntry
) -> None:
    assert hass.states.get("sensor.carport_setpoint")
    hass.config_entries.async_remove_subentry(site, "id_of_carport")
    await hass.async_block_till_done()
    assert not [name for name in hass.states.async_entity_ids() if "carport" in name]
    assert [
        device.name
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), site.entry_id)
    ] == ["Home", "Meter", "Garage"]
    # It is let go; the other charger goes on.
    await until(lambda: not house.stations["carport"].online)
    assert house.stations["garage"].online
    assert [charger.id for charger in site.runtime_data.controller.site.chargers] == [
        "id_of_garage"
    ]


async def test_a_modbus_link_that_others_use_otherwise_is_told(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port)
    assert await async_setup_component(hass, "modbus", {})
    encrypted = ModbusTlsParams(host=HOST, port=house.meter.port)
    async with async_get_temporary_unit(hass, encrypted, 2):
        assert not await hass.config_entries.async_setup(entry.entry_id)
        assert entry.state is ConfigEntryState.SETUP_ERROR
        assert entry.error_reason_translation_key == "meter_link_taken"
        # The dialog says so too.
        step: Any = await entry.start_reconfigure_flow(hass)
        assert step["step_id"] == "confirm_silent"
        assert "already in use" in step["description_placeholders"]["error"]
    assert await hass.config_entries.async_reload(entry.entry_id)
