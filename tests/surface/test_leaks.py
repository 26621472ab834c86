"""Setting up, unloading, reloading and removing leaves no task, no socket and no listener behind."""

import asyncio
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.world import World
from homeassistant.components.modbus.connection import async_get_connection_info
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir

from .house import (
    charger_data,
    entity_meter,
    let_call,
    meter_data,
    panel_data,
    site_entry,
    stored_site,
    until,
)

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


type Count = tuple[int, int, dict[str, int]]


def alive(hass: HomeAssistant) -> Count:
    """Tasks of ours, open sockets, and listeners on the bus, now."""
    tasks = [task for task in asyncio.all_tasks() if "fusewise" in repr(task)]
    listeners = {
        str(event): number
        for event, number in hass.bus.async_listeners().items()
        # Home Assistant's own files listen for it while they have something to write.
        if event != EVENT_HOMEASSISTANT_FINAL_WRITE
    }
    return len(tasks), len(sockets()), listeners


def sockets() -> list[str]:
    """The open sockets of this process."""
    found: list[str] = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:"):
            found.append(target)
    return found


async def until_as(hass: HomeAssistant, count: Count) -> None:
    """Wait for what is being closed, or done in a moment; say what is left over."""
    await hass.async_block_till_done(wait_background_tasks=False)

    def is_as() -> bool:
        tasks, open_sockets, listeners = alive(hass)
        return tasks <= count[0] and (open_sockets, listeners) == count[1:]

    try:
        await until(is_as, within=5)
    except TimeoutError:
        tasks, open_sockets, listeners = alive(hass)
        more = {key: listeners.get(key, 0) - count[2].get(key, 0) for key in listeners | count[2]}
        differ = {key: number for key, number in more.items() if number}
        assert (tasks, open_sockets, differ) == (*count[:2], {})


def part(kind: str, **data: Any) -> ConfigSubentryDataWithId:
    """What is stored of something around a site."""
    return ConfigSubentryDataWithId(
        data=MappingProxyType(data),
        subentry_id=f"id_of_{kind}",
        subentry_type=kind,
        title=kind.capitalize(),
        unique_id=kind,
    )


def site_with_all(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site with everything that can belong to one."""
    watts = {"power": "sensor.power", "negative": False}
    parts = (
        panel_data("shed", temperature="sensor.warmth"),
        meter_data(house.meter.port),
        meter_data(house.meter.port, "id_of_shed", "submeter", unit_id=2),
        charger_data("garage", circuit="id_of_shed"),
        part("solar", powers=["sensor.pv"], wiring="L1 L2 L3", negative=False),
        part("battery", soc="sensor.soc", use="cars_first", reserve=20, **watts),
        part("vehicle", soc="sensor.van", plug="binary_sensor.plug", capacity_kwh=50),
        part("person", person="person.anna", cards=["04A1"]),
    )
    return site_entry(hass, house, ocpp_port, *parts)


async def test_a_site_that_comes_and_goes_leaves_nothing_behind(
    hass: HomeAssistant, house: World, ocpp_port: int, hass_storage: dict[str, object]
) -> None:
    # What happens once in a run, such as the web view, does not count.
    once = MockConfigEntry(
        entry_id="first", title="First", **stored_site(1, ocpp_port, entity_meter())
    )
    once.add_to_hass(hass)
    await hass.config_entries.async_setup(once.entry_id)
    first = site_with_all(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(first.entry_id)
    await hass.config_entries.async_remove(first.entry_id)
    await hass.config_entries.async_remove(once.entry_id)
    await hass.async_block_till_done()
    before = alive(hass)
    assert before[0] == 0

    site = site_with_all(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(site.entry_id)
    let_call(house)
    await until(lambda: house.stations["garage"].online)
    await until(lambda: site.runtime_data.meters["id_of_meter"].reading)
    await until(lambda: hass.states.get("sensor.garage_reason"))
    await hass.async_block_till_done(wait_background_tasks=False)
    loaded = alive(hass)
    assert loaded[0] > before[0]
    assert loaded[1] > before[1]
    for _ in range(3):
        assert await hass.config_entries.async_reload(site.entry_id)
        await until(lambda: site.runtime_data.meters["id_of_meter"].reading)
        await until_as(hass, loaded)
    # One part after the other goes, in place.
    around = ("id_of_solar", "id_of_battery", "id_of_vehicle", "id_of_person")
    for gone in ("id_of_submeter", "id_of_garage", "id_of_shed", *around):
        hass.config_entries.async_remove_subentry(site, gone)
        await hass.async_block_till_done()
    await until(lambda: not house.stations["garage"].online)
    house.lines["garage"].cut()

    await hass.config_entries.async_remove(site.entry_id)
    await until_as(hass, before)
    assert async_get_connection_info(hass) == []
    assert not er.async_entries_for_config_entry(er.async_get(hass), site.entry_id)
    assert not dr.async_entries_for_config_entry(dr.async_get(hass), site.entry_id)
    assert not [issue for domain, issue in ir.async_get(hass).issues if domain == "fusewise"]
    assert not [key for key in hass_storage if key.startswith("fusewise")]


async def test_an_unloaded_site_runs_nothing(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    site = site_with_all(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(site.entry_id)
    await until(lambda: site.runtime_data.meters["id_of_meter"].reading)
    assert await hass.config_entries.async_unload(site.entry_id)
    await hass.async_block_till_done(wait_background_tasks=False)
    # Its meters are given back; only the door stays open for a moment.
    assert async_get_connection_info(hass) == []
    running = [task.get_name() for task in asyncio.all_tasks() if "fusewise Home" in repr(task)]
    assert not running
