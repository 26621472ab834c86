"""Something is wrong: it is shown where somebody looks, with what is wrong, and goes away by itself."""

import asyncio
from collections.abc import Callable
import logging

from ocpp.v16.call import StatusNotification
from ocpp.v16.enums import ChargePointErrorCode, ChargePointStatus
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.meter import MeterFault
from demo.outbox import Message
from demo.world import World
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant

from .house import connected_site, let_call, site_entry, state_of, until

FALLBACK = "binary_sensor.home_fall_back"
PROBLEM = "binary_sensor.garage_problem"


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site in order."""
    entry = await connected_site(hass, house, ocpp_port, "garage")
    await until(lambda: hass.states.is_state(FALLBACK, STATE_OFF))
    await until(lambda: hass.states.is_state(PROBLEM, STATE_OFF))
    return entry


async def test_a_silent_meter_is_told_with_its_circuit(
    hass: HomeAssistant,
    site: MockConfigEntry,
    house: World,
    let_pass: Callable[[float], None],
) -> None:
    assert state_of(hass, FALLBACK).attributes.keys() == {"device_class", "friendly_name"}
    await house.meter.fail(MeterFault.HANGING)
    await asyncio.sleep(0.3)
    assert hass.states.is_state(FALLBACK, STATE_OFF)
    let_pass(11)
    await until(lambda: hass.states.is_state(FALLBACK, STATE_ON))
    state = state_of(hass, FALLBACK)
    assert state.attributes["circuits"] == ["main"]
    assert state.attributes["cause"] == "silent"
    assert hass.states.is_state("sensor.home_load_l1", STATE_UNAVAILABLE)
    # What is left for cars is still known: the rating minus the house allowance.
    assert state_of(hass, "sensor.home_headroom_l1").state != STATE_UNAVAILABLE
    await house.meter.fail(MeterFault.NONE)
    await until(lambda: hass.states.is_state(FALLBACK, STATE_OFF))
    await until(lambda: hass.states.is_state("sensor.home_load_l1", "3.0"))


async def test_no_alarm_for_the_moment_after_a_start(
    hass: HomeAssistant, house: World, ocpp_port: int, let_pass: Callable[[float], None]
) -> None:
    await house.meter.fail(MeterFault.STOPPED)
    entry = site_entry(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert hass.states.is_state(FALLBACK, STATE_UNKNOWN)
    let_pass(11)
    await until(lambda: hass.states.is_state(FALLBACK, STATE_ON))


async def test_no_alarm_for_a_charger_that_will_call_again_after_a_start(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    let_pass: Callable[[float], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = site_entry(hass, house, ocpp_port, "garage")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await asyncio.sleep(0.3)
    assert hass.states.is_state(PROBLEM, STATE_UNKNOWN)
    let_call(house)
    await until(lambda: hass.states.is_state(PROBLEM, STATE_OFF))
    house.lines["garage"].cut()
    await until(lambda: hass.states.is_state(PROBLEM, STATE_UNKNOWN))
    assert "Garage: " not in caplog.text
    let_pass(61)
    await until(lambda: hass.states.is_state(PROBLEM, STATE_ON))
    assert "Garage: garage is not connected" in caplog.text


async def test_a_lost_line_makes_what_depends_on_it_unavailable(
    hass: HomeAssistant,
    site: MockConfigEntry,
    house: World,
    let_pass: Callable[[float], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    let_pass(61)
    house.lines["garage"].cut()
    await until(lambda: hass.states.is_state(PROBLEM, STATE_ON))
    assert state_of(hass, PROBLEM).attributes["cause"] == "offline"
    for name in ("status", "current_l1", "current_l2", "current_l3"):
        assert hass.states.is_state(f"sensor.garage_{name}", STATE_UNAVAILABLE)
    # What it counts with is still known, and why.
    await until(lambda: hass.states.is_state("sensor.garage_reason", "offline"))
    assert hass.states.is_state("sensor.garage_setpoint", "0.0")
    await until(lambda: "message" in state_of(hass, PROBLEM).attributes)
    assert "not connected" in state_of(hass, PROBLEM).attributes["message"]
    house.lines["garage"].restore()
    await until(lambda: hass.states.is_state(PROBLEM, STATE_OFF))
    await until(lambda: hass.states.is_state("sensor.garage_status", "available"))
    assert "cause" not in state_of(hass, PROBLEM).attributes
    # Once down, once back.
    assert caplog.text.count("is not connected") == 1
    assert caplog.text.count("takes its setpoints again") == 1


async def test_a_fault_that_a_charger_reports_is_told(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    def faulted() -> StatusNotification:
        return StatusNotification(
            connector_id=1,
            error_code=ChargePointErrorCode.ground_failure,
            status=ChargePointStatus.faulted,
        )

    # Only once it has been asked for its state; its answer to that would follow, and be another.
    await until(lambda: hass.states.is_state("sensor.garage_current_l1", "0.0"))
    house.stations["garage"].outbox.put(Message(build=faulted))
    await until(lambda: hass.states.is_state(PROBLEM, STATE_ON))
    assert state_of(hass, PROBLEM).attributes["cause"] == "faulted"
    assert hass.states.is_state("sensor.garage_status", "faulted")
