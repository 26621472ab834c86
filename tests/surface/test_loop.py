"""The loop: a start, a change and a failure of it interrupt nobody's car, and are told where somebody looks."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.fusewise import controller
from custom_components.fusewise.controller import steady_clock
from demo.meter import MeterFault
from demo.world import World
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .house import Hurry, car, let_call, site_entry, state_of, until

STALLED = "stalled_id_of_home"


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


@pytest.fixture
async def site(hass: HomeAssistant, house: World, hurry: Hurry, ocpp_port: int) -> MockConfigEntry:
    """A site whose car charges with more than its fall-back."""
    entry = site_entry(hass, house, ocpp_port, "garage")
    assert await hass.config_entries.async_setup(entry.entry_id)
    let_call(house)
    # Before it has its fall-back it would let the car draw 16 A at once.
    await until(lambda: house.stations["garage"].setpoint_received)
    house.stations["garage"].plug(car())
    await until(lambda: drawn(house) > 9.0)
    return entry


def drawn(house: World) -> float:
    plugged = house.stations["garage"].charger.car
    return 0.0 if plugged is None else plugged.current


def measured(hass: HomeAssistant) -> float:
    state = state_of(hass, "sensor.garage_current_l2").state
    return float(state) if state.replace(".", "").isdigit() else 0.0


async def let_rest(site: MockConfigEntry, house: World, hurry: Hurry) -> None:
    """Let time pass as usual, and wait until what a busy machine has missed in its hurry is made up for."""
    hurry.rest()

    def charges_as_told() -> bool:
        decision = site.runtime_data.controller.decision
        told = decision.setpoints[0].current
        return decision.circuits[0].fallback is None and told >= 9.0 and drawn(house) >= told - 0.1

    await until(charges_as_told, within=40)


def setpoints(site: MockConfigEntry, seen: list[float]) -> Callable[[], None]:
    """Note each setpoint that is decided from now on."""
    coordinator = site.runtime_data

    def note() -> None:
        if coordinator.last_update_success:
            seen.append(coordinator.data.decision.setpoints[0].current)

    stop: Callable[[], None] = coordinator.async_add_listener(note)
    return stop


# --- starting --------------------------------------------------------------------------------------


async def test_a_start_waits_for_the_meter_before_it_decides(
    hass: HomeAssistant, house: World, site: MockConfigEntry, hurry: Hurry
) -> None:
    await let_rest(site, house, hurry)  # a limit lasts for 30 s: no start takes as long
    lowest, closings = drawn(house), house.stations["garage"].charger.closings
    fell: list[float] = []
    for _ in range(3):
        assert await hass.config_entries.async_reload(site.entry_id)
        # The first decision knew the meter: nobody was put back to the floor for a second.
        decision = site.runtime_data.controller.decision
        assert decision.circuits[0].fallback is None
        fell.append(decision.setpoints[0].current)
        await asyncio.sleep(0.3)
    assert min(fell) >= lowest - 0.1
    assert drawn(house) >= lowest - 0.1
    assert house.stations["garage"].charger.closings == closings


async def test_a_start_does_not_wait_for_a_dead_meter_for_ever(
    hass: HomeAssistant, house: World, ocpp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controller, "FIRST_READINGS", 0.5)
    await house.meter.fail(MeterFault.STOPPED)
    entry = site_entry(hass, house, ocpp_port, "garage")
    begun = asyncio.get_running_loop().time()
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert 0.4 < asyncio.get_running_loop().time() - begun < 3.0
    assert entry.runtime_data.controller.decision.circuits[0].fallback == "starting"


# --- changing --------------------------------------------------------------------------------------


async def test_a_name_is_changed_in_place_without_a_word_to_the_charger(
    hass: HomeAssistant, house: World, site: MockConfigEntry, hurry: Hurry
) -> None:
    await let_rest(site, house, hurry)
    coordinator, line = site.runtime_data, house.lines["garage"]
    transaction = house.stations["garage"].transaction
    seen: list[float] = []
    stop = setpoints(site, seen)
    subentry = site.subentries["id_of_garage"]
    hass.config_entries.async_update_subentry(site, subentry, title="Left garage")
    hass.config_entries.async_update_entry(site, title="Summer house")
    await until(lambda: len(seen) >= 4)
    stop()
    assert site.runtime_data is coordinator
    assert state_of(hass, "sensor.garage_setpoint").name == "Left garage Setpoint"
    assert house.lines["garage"] is line
    assert house.stations["garage"].transaction is transaction
    # Nothing but what it was about to be told anyway: the rise to its maximum.
    assert seen == sorted(seen)


async def test_a_rating_is_changed_in_place_and_only_what_it_demands_is_told(
    hass: HomeAssistant, house: World, site: MockConfigEntry, hurry: Hurry
) -> None:
    # What its charger measures counts, which is some seconds old. The last ampere may not be worth a message.
    await until(lambda: measured(hass) > 15.1, within=25)
    await let_rest(site, house, hurry)
    station = house.stations["garage"]
    transaction, closings = station.transaction, station.charger.closings
    coordinator = site.runtime_data
    seen: list[float] = []
    stop = setpoints(site, seen)
    # More than the car needs already: it is told what it was told.
    hass.config_entries.async_update_entry(site, data=site.data | {"rating": [35.0, 35.0, 35.0]})
    await until(lambda: len(seen) >= 3)
    stop()
    assert coordinator.controller.site.circuits[0].rating[0] == 35.0
    assert seen == sorted(seen)
    assert seen[-1] < seen[0] + 1.0
    # Less: it falls at once, and nobody is paused.
    hass.config_entries.async_update_entry(site, data=site.data | {"rating": [16.0, 16.0, 16.0]})
    await until(lambda: 8.0 < drawn(house) < 10.0)
    assert site.runtime_data is coordinator
    assert station.transaction is transaction
    assert station.charger.closings == closings


async def test_another_wiring_is_taken_over_in_place(
    hass: HomeAssistant, house: World, site: MockConfigEntry
) -> None:
    coordinator, transaction = site.runtime_data, house.stations["garage"].transaction
    subentry = site.subentries["id_of_garage"]
    for wiring in ("L1", "L2 L3 L1"):
        data = MappingProxyType({**subentry.data, "wiring": wiring})
        hass.config_entries.async_update_subentry(site, subentry, data=data)
        await asyncio.sleep(0.6)
        assert coordinator.last_update_success
        assert coordinator.published_at > steady_clock() - 5.0  # not a second, as time passes here
    assert house.stations["garage"].transaction is transaction


class CountedMeter:
    """A meter that tells whether somebody reads it."""

    def __init__(self, meter: Any) -> None:
        self._meter = meter
        self.readers = 0

    @property
    def reading(self) -> Any:
        return self._meter.reading

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        unsubscribe: Callable[[], None] = self._meter.subscribe(listener)
        return unsubscribe

    async def run(self) -> None:
        self.readers += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.readers -= 1


async def test_a_meter_that_is_exchanged_in_place_is_read_and_the_old_one_is_not(
    hass: HomeAssistant, house: World, site: MockConfigEntry
) -> None:
    loop = site.runtime_data.controller
    lines = dict(loop._lines)
    one, other = (CountedMeter(site.runtime_data.meters["id_of_meter"]) for _ in range(2))
    for meter in (one, one, other):
        loop.configure(loop.site, {"id_of_meter": meter}, site.runtime_data.chargers)
        await asyncio.sleep(0)
    assert (one.readers, other.readers) == (0, 1)
    # The chargers' lines stay as they are.
    assert loop._lines == lines
    assert await hass.config_entries.async_unload(site.entry_id)
    await asyncio.sleep(0)
    assert other.readers == 0


# --- failing ---------------------------------------------------------------------------------------


def told(hass: HomeAssistant) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue("fusewise", STALLED)


def loops() -> list[asyncio.Task[Any]]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "fusewise Home"]


async def end_loop() -> None:
    """Let something end the loop that nobody thought of."""
    [task] = loops()
    task.cancel()
    await until(task.done)


async def test_a_loop_that_has_ended_is_begun_again_before_a_charger_falls_back(
    hass: HomeAssistant,
    house: World,
    site: MockConfigEntry,
    hurry: Hurry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await let_rest(site, house, hurry)
    station, coordinator = house.stations["garage"], site.runtime_data
    transaction, closings, lowest = station.transaction, station.charger.closings, drawn(house)
    told_before = station.setpoint_received
    await end_loop()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=6))
    await until(loops)
    assert "The control loop of Home has ended, and is begun again" in caplog.text
    # It goes on: it knows what it knew, decides, and tells the charger, whose car notices nothing.
    published = coordinator.published_at
    await until(lambda: coordinator.published_at > published)
    await until(lambda: station.setpoint_received != told_before)
    assert coordinator.controller.decision.circuits[0].fallback is None
    assert drawn(house) >= lowest - 0.1
    assert (station.transaction, station.charger.closings) == (transaction, closings)
    assert told(hass) is None


async def test_a_loop_that_ends_again_and_again_is_left_to_its_owner(
    hass: HomeAssistant,
    house: World,
    site: MockConfigEntry,
    let_pass: Callable[[float], None],
) -> None:
    for times in range(1, 4):
        await end_loop()
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=6 * times))
        await until(loops)
    await end_loop()
    let_pass(11)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=24))
    await until(lambda: told(hass))
    issue = told(hass)
    assert issue is not None
    assert issue.translation_placeholders == {"site": "Home"}
    assert hass.states.is_state("sensor.garage_setpoint", STATE_UNAVAILABLE)
    assert not loops()
    # Its owner reloads the site, and all is well.
    assert await hass.config_entries.async_reload(site.entry_id)
    assert told(hass) is None
    await until(lambda: hass.states.is_state("sensor.garage_status", "charging"))


async def test_a_loop_that_goes_on_takes_its_message_back(
    hass: HomeAssistant,
    site: MockConfigEntry,
    let_pass: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Something that must not happen happens: each cycle raises.
    with monkeypatch.context() as patch:
        patch.setattr(controller, "decide", None)
        let_pass(11)
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=11))
        await until(lambda: told(hass))
    await until(lambda: told(hass) is None)
    assert state_of(hass, "sensor.garage_setpoint").state != STATE_UNAVAILABLE


async def test_a_clock_that_is_set_back_under_the_loop_stops_nobody(
    hass: HomeAssistant,
    house: World,
    site: MockConfigEntry,
    hurry: Hurry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await let_rest(site, house, hurry)
    lowest = drawn(house)
    monkeypatch.setattr(controller, "_EPOCH", controller._EPOCH - 3600.0)
    await until(lambda: "The clock ran backwards" in caplog.text)
    seen: list[float] = []
    stop = setpoints(site, seen)
    await until(lambda: len(seen) >= 3)
    stop()
    assert min(seen) >= 6.0
    assert drawn(house) >= min(lowest, 6.0)
