"""A charge point's line: boots, cuts, and what it does without one."""

import asyncio
from collections.abc import Awaitable, Callable
import time

from ocpp.v16 import call
from ocpp.v16.enums import MessageTrigger, RegistrationStatus, ResetType

from custom_components.fusewise.simulation import Car
from demo.station import Station
from demo.world import World

from .central import Central, until

type Draws = Callable[..., Awaitable[None]]


async def test_a_pending_boot_is_repeated_when_triggered(central: Central, world: World) -> None:
    central.boots = [(RegistrationStatus.pending, 60)]
    await central.hears("BootNotification")
    await asyncio.sleep(0.2)
    assert central.count("BootNotification") == 1
    answer = await central.call(call.GetConfiguration(key=["NumberOfConnectors", "Nonsense"]))
    assert answer.configuration_key[0]["value"] == "1"
    assert answer.unknown_key == ["Nonsense"]
    await central.call(call.TriggerMessage(MessageTrigger.boot_notification))
    await central.hears("StatusNotification", connector_id=0)
    assert central.count("BootNotification") == 2


async def test_a_pending_boot_is_repeated_after_its_interval(
    central: Central, world: World
) -> None:
    central.boots = [(RegistrationStatus.pending, 1)]
    await central.hears("StatusNotification", connector_id=0)
    assert central.count("BootNotification") == 2
    assert central.connections == 1


async def test_a_rejected_charge_point_comes_back_after_the_interval(
    central: Central, world: World
) -> None:
    central.boots = [(RegistrationStatus.rejected, 1)]
    began = time.monotonic()
    await central.hears("StatusNotification", connector_id=0)
    assert time.monotonic() - began >= 1.0
    assert central.connections == 2


async def test_a_heartbeat_comes_at_the_interval(central: Central, world: World) -> None:
    central.boots = [(RegistrationStatus.accepted, 1)]
    await central.hears("Heartbeat", seconds=3)


async def test_it_goes_on_by_its_profiles_while_its_line_is_cut(
    central: Central, world: World, station: Station, draws: Draws
) -> None:
    await draws(16.0)
    await central.set_limit(8.0)
    await central.set_limit(14.0, "TxProfile", id_=2, stack_level=1, duration=2)
    world.lines["yard"].cut()
    await draws(14.0)
    await draws(8.0)
    assert not station.online
    world.lines["yard"].restore()
    await central.hears("StatusNotification", connector_id=1, status="Charging")
    assert central.count("StartTransaction") == 1
    assert central.count("StopTransaction") == 0


async def test_a_hanging_line_looks_alive_and_carries_nothing(
    central: Central, world: World, station: Station, draws: Draws
) -> None:
    await draws(16.0)
    world.lines["yard"].hang()
    setting = asyncio.create_task(central.set_limit(8.0))
    await asyncio.sleep(0.5)
    assert not setting.done()
    assert station.charger.load[0] == 16.0
    world.lines["yard"].restore()
    assert await setting == "Accepted"
    await draws(8.0)


async def test_what_happened_without_a_line_is_told_later(
    central: Central,
    world: World,
    station: Station,
    draws: Draws,
    quick_car: Callable[[], Car],
) -> None:
    await draws(16.0)
    await central.hears("StartTransaction", id=1)
    world.lines["yard"].cut()
    await asyncio.sleep(0.2)
    station.unplug()
    station.plug(quick_car())
    await draws(16.0)
    world.lines["yard"].restore()
    await central.hears("StopTransaction", transaction_id=1, reason="EVDisconnected")
    second = await central.hears("StartTransaction", id=2)
    assert second["meter_start"] >= 0
    await central.hears("MeterValues", transaction_id=2)
    assert await central.set_limit(9.0, "TxProfile", id_=3) == "Accepted"
    await draws(9.0)


async def test_it_comes_back_when_the_central_system_drops_the_line(
    central: Central, draws: Draws
) -> None:
    await draws(16.0)
    await central.drop()
    await until(lambda: central.count("BootNotification") == 2)


async def test_a_reset_reboots_and_keeps_the_default_profile(
    central: Central, draws: Draws
) -> None:
    await draws(16.0)
    await central.set_limit(8.0)
    await central.set_limit(14.0, "TxProfile", id_=2)
    answer = await central.call(call.Reset(type=ResetType.soft))
    assert answer.status == "Accepted"
    await draws(0.0)
    await central.hears("StopTransaction", reason="SoftReset")
    await draws(8.0)
    assert central.count("BootNotification") == 2


async def test_without_mains_it_is_dead_and_comes_back(
    central: Central, world: World, station: Station, draws: Draws
) -> None:
    await draws(16.0)
    await central.hears("StartTransaction")
    station.power_off()
    world.lines["yard"].cut()
    await draws(0.0)
    station.power_on()
    world.lines["yard"].restore()
    await central.hears("StopTransaction", reason="PowerLoss")
    await draws(16.0)


async def test_it_can_be_made_to_say_nonsense(central: Central, world: World, draws: Draws) -> None:
    await draws(16.0)
    await world.lines["yard"].babble()
    await until(lambda: bool(central.garbage))
    assert await central.set_limit(8.0) == "Accepted"
