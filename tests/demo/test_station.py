"""A charge point against a central system, over a real websocket."""

import asyncio
from collections.abc import Awaitable, Callable
import time
from typing import Any

from ocpp.v16 import call
from ocpp.v16.enums import (
    AuthorizationStatus,
    AvailabilityType,
    ChargingRateUnitType,
    MessageTrigger,
)
import pytest

from demo.station import Station
from demo.world import World

from .central import Central, until

type Draws = Callable[..., Awaitable[None]]


async def test_it_boots_says_how_it_is_and_starts_charging(central: Central, draws: Draws) -> None:
    boot = await central.hears("BootNotification")
    assert boot["charge_point_serial_number"] == "yard"
    await central.hears("StatusNotification", connector_id=0, status="Available")
    await central.hears("StartTransaction", connector_id=1, meter_start=0)
    await central.hears("StatusNotification", connector_id=1, status="Charging")
    await draws(16.0)


async def test_a_car_that_comes_while_the_line_is_up_is_asked_for_its_tag(
    central: Central, station: Station, draws: Draws
) -> None:
    await draws(16.0)
    car = station.charger.car
    assert car is not None
    station.unplug()
    await central.hears("StatusNotification", connector_id=1, status="Available")
    heard = central.count("Authorize")
    station.plug(car)
    await until(lambda: central.count("Authorize") == heard + 1)
    await draws(16.0)


async def test_it_measures_on_its_own_phases(central: Central, draws: Draws) -> None:
    await draws(16.0)
    count = central.count("MeterValues")
    await until(lambda: central.count("MeterValues") > count + 1)
    payload = next(p for name, p in reversed(central.heard) if name == "MeterValues")
    assert payload["transaction_id"] == 1
    (value,) = payload["meter_value"]
    read = {
        (v["measurand"], v.get("phase")): (v["value"], v["unit"]) for v in value["sampled_value"]
    }
    assert read["Current.Import", "L1"] == ("16.00", "A")
    assert read["Power.Active.Import", "L3"] == ("3680", "W")
    assert read["Voltage", "L2-N"] == ("230.0", "V")
    assert float(read["Energy.Active.Import.Register", None][0]) >= 0
    assert {v["context"] for v in value["sampled_value"]} == {"Sample.Periodic"}


async def test_the_live_profile_ends_after_its_duration_and_the_default_holds(
    central: Central, draws: Draws
) -> None:
    await draws(16.0)
    assert await central.set_limit(8.0) == "Accepted"
    await draws(8.0)
    live = {"id_": 2, "stack_level": 1, "duration": 2}
    assert await central.set_limit(14.0, "TxProfile", **live) == "Accepted"
    await draws(14.0)
    await draws(8.0)


async def test_the_charge_point_maximum_caps_the_live_profile(
    central: Central, draws: Draws
) -> None:
    await draws(16.0)
    await central.set_limit(14.0, "TxProfile")
    await central.set_limit(10.0, "ChargePointMaxProfile", id_=2, connector=0)
    await draws(10.0)
    answer = await central.call(call.ClearChargingProfile(id=2))
    assert answer.status == "Accepted"
    await draws(14.0)


async def test_a_refused_tag_gets_no_current(
    central: Central, world: World, station: Station
) -> None:
    central.tag_status = AuthorizationStatus.blocked
    await central.hears("StatusNotification", connector_id=1, status="Finishing")
    await asyncio.sleep(0.5)
    assert station.charger.load == (0.0, 0.0, 0.0)
    # Where the line was not up yet when the car came, it began without asking and was told to stop.
    assert central.count("Authorize") + central.count("StartTransaction") >= 1


async def test_the_central_system_stops_and_starts(
    central: Central, station: Station, draws: Draws
) -> None:
    await draws(16.0)
    await central.hears("StartTransaction")
    await until(lambda: station.transaction is not None and station.transaction.id == 1)
    answer = await central.call(call.RemoteStopTransaction(transaction_id=1))
    assert answer.status == "Accepted"
    await central.hears("StopTransaction", reason="Remote")
    await draws(0.0)
    answer = await central.call(call.RemoteStartTransaction(id_tag="card", connector_id=1))
    assert answer.status == "Accepted"
    await central.hears("StartTransaction", id_tag="card")
    await draws(16.0)
    answer = await central.call(call.RemoteStopTransaction(transaction_id=77))
    assert answer.status == "Rejected"


async def test_it_tells_what_its_profiles_come_to(central: Central, draws: Draws) -> None:
    await draws(16.0)
    await central.set_limit(8.0)
    await central.set_limit(14.0, "TxProfile", id_=2, stack_level=1, duration=20)
    answer = await central.call(call.GetCompositeSchedule(connector_id=1, duration=60))
    periods = answer.charging_schedule["charging_schedule_period"]
    assert [period["limit"] for period in periods] == [14.0, 8.0]
    assert periods[1]["start_period"] in (19, 20)
    watts = call.GetCompositeSchedule(
        connector_id=1, duration=5, charging_rate_unit=ChargingRateUnitType.watts
    )
    answer = await central.call(watts)
    (period,) = answer.charging_schedule["charging_schedule_period"]
    assert period["limit"] == pytest.approx(3 * 14 * 230)


async def test_profiles_that_cannot_be_are_rejected(central: Central, draws: Draws) -> None:
    await draws(16.0)
    assert await central.set_limit(10.0, connector=2) == "Rejected"
    assert await central.set_limit(10.0, stack_level=9) == "Rejected"
    assert await central.set_limit(10.0, "ChargePointMaxProfile", connector=1) == "Rejected"
    await central.call(call.RemoteStopTransaction(transaction_id=1))
    await central.hears("StopTransaction")
    assert await central.set_limit(10.0, "TxProfile") == "Rejected"


async def test_its_configuration_can_be_read_and_changed(central: Central, draws: Draws) -> None:
    await draws(16.0)
    answers = [
        await central.call(call.ChangeConfiguration(key=key, value=value))
        for key, value in (
            ("MeterValueSampleInterval", "30"),
            ("MeterValueSampleInterval", "soon"),
            ("NumberOfConnectors", "2"),
            ("Nonsense", "1"),
            ("MeterValuesSampledData", "Current.Import,Current.Offered"),
            ("MeterValuesSampledData", "SoC"),
        )
    ]
    statuses = [str(answer.status) for answer in answers]
    assert statuses == ["Accepted", "Rejected", "Rejected", "NotSupported", "Accepted", "Rejected"]
    answer = await central.call(call.GetConfiguration())
    values: dict[str, Any] = {key["key"]: key for key in answer.configuration_key}
    assert values["MeterValueSampleInterval"]["value"] == "30"
    assert values["ConnectorPhaseRotation"] == {
        "key": "ConnectorPhaseRotation",
        "readonly": True,
        "value": "0.STR,1.STR",
    }


async def test_it_says_what_it_is_asked_to_say(central: Central, draws: Draws) -> None:
    await draws(16.0)
    for trigger in (
        MessageTrigger.heartbeat,
        MessageTrigger.meter_values,
        MessageTrigger.status_notification,
    ):
        answer = await central.call(call.TriggerMessage(trigger))
        assert answer.status == "Accepted"
    await central.hears("Heartbeat")
    answer = await central.call(call.TriggerMessage(MessageTrigger.firmware_status_notification))
    assert answer.status == "NotImplemented"


async def test_unlocking_ends_the_transaction(central: Central, draws: Draws) -> None:
    await draws(16.0)
    await central.call(call.UnlockConnector(connector_id=1))
    await central.hears("StopTransaction", reason="UnlockCommand")
    await central.hears("StatusNotification", status="Finishing")


async def test_it_goes_out_of_service_when_its_transaction_is_over(
    central: Central, station: Station, draws: Draws
) -> None:
    await draws(16.0)
    await central.hears("StartTransaction")
    answer = await central.call(
        call.ChangeAvailability(connector_id=0, type=AvailabilityType.inoperative)
    )
    assert answer.status == "Scheduled"
    await draws(16.0)
    station.unplug()
    await central.hears("StatusNotification", connector_id=1, status="Unavailable")


async def test_a_limit_below_six_amperes_is_a_pause_that_it_calls_its_own(
    central: Central, draws: Draws
) -> None:
    await draws(16.0)
    await central.set_limit(0.0, "TxProfile")
    await draws(0.0)
    await central.hears("StatusNotification", connector_id=1, status="SuspendedEVSE")


async def test_every_setpoint_is_in_the_record(
    central: Central, world: World, draws: Draws
) -> None:
    await draws(16.0)
    before = time.monotonic()
    await central.set_limit(9.0, "TxProfile", duration=30)
    (event,) = [e for e in world.record.events(before) if e["kind"] == "profile"]
    assert before <= event["t"] <= time.monotonic()
    assert (event["charger"], event["before"], event["limit"]) == ("yard", 32.0, 9.0)
    await draws(9.0)
    assert world.record.samples()[-1]["chargers"]["yard"]["limit"] == 9.0
