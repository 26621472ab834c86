"""A charger made of entities is told what it can take, and nobody's hand on it is fought."""

import asyncio
from collections.abc import Callable, Generator
from typing import Any

import pytest

from custom_components.fusewise.balancing.model import ChargerStatus, Session
from custom_components.fusewise.devices import DeviceOfflineError, DeviceRefusedError
from custom_components.fusewise.devices.entity import (
    Action,
    ChargerEntities,
    EntityCharger,
    Limit,
    Stay,
    Switch,
    Traits,
    turning,
)
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError

NUMBER: dict[str, Any] = {"min": 6, "max": 32, "step": 1, "unit_of_measurement": "A"}


class Thing:
    """A charger in another integration: it does what its entities are told, as well as it can."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.now = 1000.0
        self.calls: list[tuple[str, Any]] = []
        self.obeys = True
        self.error: Exception | None = None
        self.hangs = False
        for domain, names in {
            "number": ["set_value"],
            "select": ["select_option"],
            "switch": ["turn_on", "turn_off"],
            "lock": ["lock", "unlock"],
            "easee": ["set_charger_dynamic_limit"],
        }.items():
            for name in names:
                hass.services.async_register(domain, name, self._called)

    def clock(self) -> float:
        return self.now

    async def _called(self, call: ServiceCall) -> None:
        told = call.data.get(
            "value", call.data.get("option", call.data.get("current", call.service))
        )
        self.calls.append((call.data.get("entity_id", call.domain), told))
        if self.hangs:
            await asyncio.sleep(60)
        if self.error is not None:
            raise self.error
        if self.obeys and "entity_id" in call.data:
            value = {"turn_on": "on", "turn_off": "off", "lock": "locked", "unlock": "unlocked"}
            self.show(call.data["entity_id"], value.get(told, told), context=call.context)

    def show(self, entity: str, value: object, context: Context | None = None, **more: Any) -> None:
        known = self.hass.states.get(entity)
        attributes: dict[str, Any] = (dict(known.attributes) if known else {}) | more
        self.hass.states.async_set(entity, str(value), attributes, context=context)

    def told(self) -> list[tuple[str, Any]]:
        """What it was told since this was asked last."""
        calls, self.calls = self.calls, []
        return calls


@pytest.fixture
def thing(hass: HomeAssistant) -> Thing:
    thing = Thing(hass)
    thing.show("number.limit", 16, **NUMBER)
    thing.show("switch.charging", "on")
    thing.show("sensor.status", "charging")
    return thing


type Open = Callable[..., EntityCharger]


@pytest.fixture
def opened(hass: HomeAssistant, thing: Thing) -> Generator[Open]:
    chargers: list[EntityCharger] = []

    def open_(conductors: int = 3, **roles: Any) -> EntityCharger:
        entities = ChargerEntities(**roles)
        charger = EntityCharger(hass, "it", entities, thing.clock, conductors=conductors)
        chargers.append(charger)
        return charger

    yield open_
    for charger in chargers:
        charger.close()


def status(charger: EntityCharger) -> ChargerStatus:
    return charger.reading.status


def session(charger: EntityCharger) -> Session | None:
    return charger.reading.session


LIMIT = {"limit": Limit(entity="number.limit")}
SWITCH = {"switch": Switch(entity="switch.charging")}
STATUS = {"status": "sensor.status"}
ALL = LIMIT | SWITCH | STATUS


async def test_a_limit_is_set_in_steps_that_it_takes_and_once(opened: Open, thing: Thing) -> None:
    charger = opened(**ALL)
    await charger.apply(10.9)
    assert thing.told() == [("number.limit", 10.0)]
    await charger.apply(10.9)
    await charger.apply(10.2)
    assert thing.told() == []
    assert charger.reading.limit == 10
    await charger.apply(60)
    assert thing.told() == [("number.limit", 32.0)]


async def test_a_pause_is_a_switch_and_a_start_begins_with_the_limit(
    opened: Open, thing: Thing
) -> None:
    charger = opened(**ALL)
    await charger.apply(0)
    assert thing.told() == [("switch.charging", "turn_off")]
    assert (charger.reading.limit, charger.reading.status) == (0, ChargerStatus.SUSPENDED_EVSE)
    await charger.apply(8)
    assert thing.told() == [("number.limit", 8.0), ("switch.charging", "turn_on")]


async def test_a_charger_without_a_switch_pauses_at_zero(opened: Open, thing: Thing) -> None:
    thing.show("number.limit", 16, min=0)
    charger = opened(**LIMIT, **STATUS)
    await charger.apply(0)
    assert thing.told() == [("number.limit", 0.0)]


async def test_a_charger_that_cannot_be_paused_says_so_and_takes_its_least(
    opened: Open, thing: Thing
) -> None:
    charger = opened(**LIMIT, **STATUS)
    with pytest.raises(DeviceRefusedError, match="cannot be paused"):
        await charger.apply(0)
    assert thing.told() == [("number.limit", 6.0)]


async def test_a_select_is_told_the_next_lower_option(opened: Open, thing: Thing) -> None:
    thing.show("select.limit", "16 A", options=["Off", "6 A", "10 A", "13A", "16 A"])
    charger = opened(limit=Limit(entity="select.limit"), **SWITCH, **STATUS)
    assert charger.reading.limit == 16
    await charger.apply(12)
    assert thing.told() == [("select.limit", "10 A")]
    await charger.apply(7)
    assert thing.told() == [("select.limit", "6 A")]
    # Nothing so low is there to choose.
    await charger.apply(5)
    assert thing.told() == [("switch.charging", "turn_off")]


async def test_an_action_gets_its_parameters(opened: Open, thing: Thing) -> None:
    thing.show("sensor.dynamic_limit", 16, unit_of_measurement="A")
    action = Action(
        name="easee.set_charger_dynamic_limit", data={"charger_id": "EH1", "current": "{current}"}
    )
    limit = Limit(action=action, shown_by="sensor.dynamic_limit")
    charger = opened(limit=limit, **SWITCH, traits=Traits(renew=60.0))
    await charger.apply(9.7)
    assert thing.told() == [("easee", 9)]
    thing.show("sensor.dynamic_limit", 9)
    await charger.apply(9.7)
    assert thing.told() == []
    # It forgets its limit unless it is told again.
    thing.now += 61
    await charger.apply(9.7)
    assert thing.told() == [("easee", 9)]


async def test_a_limit_in_milliamperes_is_told_in_milliamperes(opened: Open, thing: Thing) -> None:
    thing.show("number.limit", 16000, min=6000, max=32000, step=100, unit_of_measurement="mA")
    charger = opened(**ALL)
    assert charger.reading.limit == 16
    await charger.apply(10.25)
    assert thing.told() == [("number.limit", pytest.approx(10200))]


@pytest.mark.parametrize(("unit", "watt"), [("W", 1), ("kW", 0.001)])
async def test_a_limit_in_watts_is_on_one_phase_unless_its_owner_has_said_on_how_many(
    opened: Open, thing: Thing, unit: str, watt: float
) -> None:
    bounds: dict[str, Any] = {"min": 1380 * watt, "max": 11040 * watt, "step": 10 * watt}
    thing.show("number.limit", 3680 * watt, unit_of_measurement=unit, **bounds)
    charger = opened(**ALL)
    assert charger.reading.limit == pytest.approx(16)
    await charger.apply(10)
    assert thing.told() == [("number.limit", pytest.approx(2300 * watt))]
    await charger.apply(5)  # it takes nothing so low
    assert thing.told() == [("switch.charging", "turn_off")]


async def test_a_car_on_fewer_phases_than_was_said_gets_the_watts_of_these(
    opened: Open, thing: Thing
) -> None:
    thing.show("number.limit", 4140, unit_of_measurement="W", min=1380, max=11040, step=10)
    for number in (1, 2, 3):
        thing.show(f"sensor.l{number}", 0, unit_of_measurement="A")
    limit = Limit(entity="number.limit", phases=3)
    currents = tuple(f"sensor.l{number}" for number in (1, 2, 3))
    charger = opened(limit=limit, **SWITCH, **STATUS, currents=currents)
    await charger.apply(10)
    assert thing.told() == [("number.limit", pytest.approx(6900))]
    thing.show("sensor.l1", 30)
    await charger.apply(10)
    assert thing.told() == [("number.limit", pytest.approx(2300))]
    assert charger.reading.limit == pytest.approx(10)
    # The next car may use all of them.
    thing.show("sensor.l1", 0)
    thing.show("sensor.status", "disconnected")
    thing.show("sensor.status", "connected")
    await charger.apply(10)
    assert thing.told() == [("number.limit", pytest.approx(6900))]


async def test_a_limit_that_is_no_current_any_more_pauses_the_car_and_says_so(
    opened: Open, thing: Thing
) -> None:
    thing.show("number.limit", 50, unit_of_measurement="%", min=0, max=100, step=1)
    charger = opened(**ALL)
    with pytest.raises(DeviceRefusedError, match="is in %, which is neither a current nor a power"):
        await charger.apply(10)
    assert thing.told() == [("switch.charging", "turn_off")]
    with pytest.raises(DeviceRefusedError, match="is in %"):
        await opened(**LIMIT).apply(0)


async def test_a_select_may_be_in_kilowatts(opened: Open, thing: Thing) -> None:
    options = ["Eco", "1.38 kW", "2300W", "3,68 kW"]
    thing.show("select.limit", "3,68 kW", options=options)
    charger = opened(limit=Limit(entity="select.limit"), **SWITCH, **STATUS)
    assert charger.reading.limit == pytest.approx(16)
    await charger.apply(11)
    assert thing.told() == [("select.limit", "2300W")]


async def test_a_smart_plug_is_on_or_off(opened: Open, thing: Thing) -> None:
    thing.show("sensor.power", 2300, unit_of_measurement="W")
    charger = opened(conductors=1, **SWITCH, power="sensor.power")
    reading = charger.reading
    assert (reading.status, reading.current) == (ChargerStatus.CHARGING, (10,))
    await charger.apply(0)
    assert thing.told() == [("switch.charging", "turn_off")]
    thing.show("sensor.power", 0)
    assert status(charger) is ChargerStatus.SUSPENDED_EVSE
    await charger.apply(10)
    assert thing.told() == [("switch.charging", "turn_on")]
    # Whether a car is there, nobody tells: there may be one.
    assert status(charger) is ChargerStatus.SUSPENDED_EV
    assert charger.reading.session is not None


async def test_a_mode_of_a_select_switches_a_charger(opened: Open, thing: Thing) -> None:
    thing.show("select.mode", "Eco", options=["Fast", "Eco", "Stopped"])
    charger = opened(switch=Switch(entity="select.mode", on="Fast", off="Stopped"), **STATUS)
    await charger.apply(16)
    assert thing.told() == []  # it lets the car charge, in its own way
    await charger.apply(0)
    assert thing.told() == [("select.mode", "Stopped")]
    await charger.apply(16)
    assert thing.told() == [("select.mode", "Fast")]


async def test_a_switch_that_means_the_opposite_is_turned_the_other_way(
    opened: Open, thing: Thing
) -> None:
    thing.show("switch.paused", "off")
    charger = opened(switch=Switch(entity="switch.paused", on="off", off="on"), **LIMIT)
    await charger.apply(0)
    assert thing.told() == [("switch.paused", "turn_on")]
    assert charger.reading.limit == 0


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("disconnected", ChargerStatus.AVAILABLE),
        ("Not Connected", ChargerStatus.AVAILABLE),
        ("awaiting_start", ChargerStatus.PREPARING),
        ("SuspendedEVSE", ChargerStatus.SUSPENDED_EVSE),
        ("Paused", ChargerStatus.SUSPENDED_EVSE),
        ("completed", ChargerStatus.FINISHING),
        ("error", ChargerStatus.FAULTED),
        ("something new", ChargerStatus.PREPARING),
        ("sleepy", ChargerStatus.SUSPENDED_EV),
    ],
)
async def test_a_status_is_understood(
    opened: Open, thing: Thing, shown: str, expected: ChargerStatus
) -> None:
    thing.show("sensor.status", shown)
    charger = opened(**ALL, statuses={"sleepy": "suspended_ev"})
    assert charger.reading.status is expected
    # Only where a car may be, there is a session.
    plugged = expected not in (ChargerStatus.AVAILABLE, ChargerStatus.FAULTED)
    assert (charger.reading.session is not None) is plugged


@pytest.mark.parametrize("missing", ["unavailable", "unknown"])
async def test_a_status_that_is_missing_is_what_it_was(
    opened: Open, thing: Thing, missing: str
) -> None:
    thing.show("sensor.status", missing)
    charger = opened(**ALL)
    assert status(charger) is ChargerStatus.PREPARING  # a car may be there
    thing.show("sensor.status", "disconnected")
    thing.show("sensor.status", missing)
    assert status(charger) is ChargerStatus.AVAILABLE


async def test_each_car_has_a_session_of_its_own(opened: Open, thing: Thing) -> None:
    charger = opened(**ALL)
    first = session(charger)
    thing.show("sensor.status", "disconnected")
    assert session(charger) is None
    thing.now += 100
    thing.show("sensor.status", "connected")
    second = session(charger)
    assert first is not None
    assert second is not None
    assert (second.started, second.id != first.id) == (1100, True)


@pytest.mark.parametrize(
    ("currents", "power", "limit", "expected"),
    [
        ((8, 8, 0), None, 16, (8, 8, 0)),
        ((8,), 5520, 16, (8, 8, 8)),
        ((8,), 1840, 16, (8, 0, 0)),
        ((8,), None, 16, None),
        ((0.2,), None, 16, (0.2, 0.2, 0.2)),
        ((), 11040, 16, (16, 16, 16)),
        ((), 3680, 16, None),  # one phase with 16 A, or three with 5.3 A
        ((), 115, 16, (0.5 / 3, 0.5 / 3, 0.5 / 3)),
        ((8, "unavailable", 8), None, 16, None),
        (("nan",), 5520, 16, None),
    ],
)
async def test_what_a_car_draws_is_told_only_as_far_as_it_is_known(
    opened: Open, thing: Thing, currents: tuple[Any, ...], power: Any, limit: float, expected: Any
) -> None:
    thing.show("number.limit", limit)
    for number, value in enumerate(currents):
        thing.show(f"sensor.l{number}", value, unit_of_measurement="A")
    roles: dict[str, Any] = {"currents": tuple(f"sensor.l{n}" for n in range(len(currents)))}
    if power is not None:
        thing.show("sensor.power", power / 1000, unit_of_measurement="kW")
        roles["power"] = "sensor.power"
    charger = opened(**ALL, **roles)
    drawn = charger.reading.current
    assert drawn == (None if expected is None else pytest.approx(expected))


async def test_a_measurement_is_as_old_as_its_last_report(opened: Open, thing: Thing) -> None:
    thing.show("sensor.l1", 6, unit_of_measurement="A")
    charger = opened(conductors=1, **ALL, currents=("sensor.l1",))
    thing.now = 1050
    thing.show("sensor.l1", 6)  # the same again
    assert charger.reading.measured_at == 1050
    thing.now = 1060
    thing.show("sensor.l1", "unknown")
    assert (charger.reading.measured_at, charger.reading.current) == (1050, None)


# --- what fails ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["unavailable", None])
async def test_a_charger_whose_limit_is_not_there_is_offline(
    hass: HomeAssistant, opened: Open, thing: Thing, state: str | None
) -> None:
    charger = opened(**ALL)
    heard: list[bool] = []
    charger.subscribe(lambda: heard.append(charger.reading.online))
    if state is None:
        hass.states.async_remove("number.limit")
    else:
        thing.show("number.limit", state)
    assert heard == [False]
    with pytest.raises(DeviceOfflineError, match=r"number\.limit is not available"):
        await charger.apply(10)
    assert thing.told() == []


@pytest.mark.parametrize("error", [HomeAssistantError("busy"), ValueError("no"), KeyError("x")])
async def test_an_action_that_raises_is_told_and_tried_again_later(
    opened: Open, thing: Thing, error: Exception
) -> None:
    thing.error = error
    charger = opened(**ALL)
    with pytest.raises(DeviceRefusedError, match=r"number\.set_value failed"):
        await charger.apply(10)
    thing.now += 1
    with pytest.raises(DeviceRefusedError):
        await charger.apply(10)
    assert len(thing.told()) == 1
    # A fall is tried at once all the same.
    with pytest.raises(DeviceRefusedError):
        await charger.apply(6)
    assert len(thing.told()) == 1
    thing.error = None
    thing.now += 31
    await charger.apply(6)
    assert thing.told() == [("number.limit", 6.0)]


async def test_an_action_that_hangs_does_not_hang_us(
    opened: Open, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turning, "ANSWER_TIME", 0.05)
    thing.hangs = True
    charger = opened(**ALL, traits=Traits(obeys_within=0.05))
    with pytest.raises(DeviceOfflineError, match="does not come to an end"):
        await charger.apply(10)


async def test_a_command_without_effect_is_noticed_and_repeated(opened: Open, thing: Thing) -> None:
    thing.obeys = False
    charger = opened(**ALL)
    await charger.apply(10)
    thing.now += 5
    await charger.apply(10)  # it has time to obey
    thing.now += 6
    with pytest.raises(DeviceRefusedError, match="still shows 16 instead of 10"):
        await charger.apply(10)
    assert len(thing.told()) == 1
    thing.now += 30
    thing.obeys = True
    await charger.apply(10)
    await charger.apply(10)
    assert len(thing.told()) == 1
    # And what counts meanwhile is what it shows.
    assert charger.reading.limit == 10


async def test_rises_are_rare_where_the_charger_wears_out_and_falls_are_not(
    opened: Open, thing: Thing
) -> None:
    charger = opened(**ALL, traits=Traits(minimum_interval=60.0))
    await charger.apply(10)
    thing.now += 20
    await charger.apply(12)
    assert thing.told() == [("number.limit", 10.0)]
    await charger.apply(8)
    assert thing.told() == [("number.limit", 8.0)]
    thing.now += 61
    await charger.apply(12)
    assert thing.told() == [("number.limit", 12.0)]


async def test_a_charger_that_refuses_quick_changes_gets_none(opened: Open, thing: Thing) -> None:
    charger = opened(**ALL, traits=Traits(minimum_interval=900.0, falls_wait_too=True))
    await charger.apply(10)
    thing.now += 600
    await charger.apply(6)
    assert thing.told() == [("number.limit", 10.0)]
    # What it lets through meanwhile is told, and counts.
    assert charger.reading.limit == 10
    thing.now += 301
    await charger.apply(6)
    assert thing.told() == [("number.limit", 6.0)]


async def test_a_limit_that_a_restart_has_lost_is_set_again_at_once(
    opened: Open, thing: Thing
) -> None:
    charger = opened(**ALL)
    await charger.apply(10)
    thing.told()
    thing.now += 100
    thing.show("number.limit", "unavailable")
    thing.show("number.limit", 32)
    assert charger.second_hand is None
    await charger.apply(10)
    assert thing.told() == [("number.limit", 10.0)]


# --- a second hand on the wheel --------------------------------------------------------------------


async def test_a_persons_lower_limit_holds_until_the_car_leaves(opened: Open, thing: Thing) -> None:
    charger = opened(**ALL)
    await charger.apply(16)
    heard: list[Any] = []
    charger.subscribe(lambda: heard.append(charger.second_hand))
    thing.show("number.limit", 8, context=Context(user_id="anna"))
    assert heard[0].user_id == "anna"
    assert (heard[0].knob, heard[0].value) == ("number.limit", 8)
    thing.told()
    await charger.apply(16)
    assert thing.told() == []
    assert charger.reading.session is not None
    assert charger.reading.session.maximum == 8  # the others get the rest
    # The fuse comes first.
    await charger.apply(6)
    assert thing.told() == [("number.limit", 6.0)]
    await charger.apply(16)
    assert thing.told() == [("number.limit", 8.0)]
    thing.show("sensor.status", "disconnected")
    assert charger.second_hand is None
    await charger.apply(16)
    assert thing.told() == [("number.limit", 16.0)]


@pytest.mark.parametrize("hold", [0.0, 3600.0])
async def test_a_persons_limit_holds_for_as_long_as_was_set(
    opened: Open, thing: Thing, hold: float
) -> None:
    charger = opened(**ALL, hold=hold)
    await charger.apply(16)
    thing.show("number.limit", 8, context=Context(user_id="anna"))
    thing.now += hold
    thing.told()
    await charger.apply(16)
    assert thing.told() == []
    thing.now += 1
    await charger.apply(16)
    assert charger.second_hand is None
    assert thing.told() == [("number.limit", 16.0)]


async def test_a_persons_limit_holds_over_a_restart(opened: Open, thing: Thing) -> None:
    charger = opened(**ALL)
    before = session(charger)
    await charger.apply(16)
    thing.show("number.limit", 8, context=Context(user_id="anna"))
    stay = charger.stay
    thing.show("number.limit", "unavailable")  # its integration starts later than we do
    again = opened(**ALL)
    again.resume(stay)
    thing.show("number.limit", 8)
    thing.told()
    await again.apply(16)
    assert thing.told() == []
    after = session(again)
    assert before is not None
    assert after is not None
    assert (after.id, after.maximum) == (before.id, 8)
    assert again.second_hand == charger.second_hand
    # A car that has left meanwhile takes it along.
    gone = opened(**ALL)
    gone.resume(stay)
    thing.show("sensor.status", "disconnected")
    assert gone.second_hand is None


async def test_a_session_is_told_from_begin_to_end_with_its_energy(
    opened: Open, thing: Thing
) -> None:
    thing.show("sensor.status", "disconnected")
    thing.show("sensor.power", 0, unit_of_measurement="W")
    charger = opened(conductors=1, **ALL, power="sensor.power")
    told: list[Any] = []
    charger.events.subscribe(told.append)
    thing.show("sensor.status", "charging")
    for _ in range(60):
        thing.now += 60
        thing.show("sensor.power", 2300)
    thing.now += 1
    thing.show("sensor.power", 0)
    thing.show("sensor.status", "disconnected")
    kinds = [type(event).__name__ for event in told]
    assert (kinds[0], kinds[-1], len(kinds)) == ("SessionBegan", "SessionEnded", 62)
    assert told[-2].register - told[0].register == pytest.approx(2300, abs=40)
    assert told[-2].power == pytest.approx(2300)
    assert len({event.session for event in told}) == 1


async def test_energy_that_the_charger_counts_itself_is_taken_from_it(
    opened: Open, thing: Thing
) -> None:
    thing.show("sensor.energy", 100.5, unit_of_measurement="kWh")
    charger = opened(**ALL, energy="sensor.energy")
    told: list[Any] = []
    charger.events.subscribe(told.append)
    thing.now += 10
    thing.show("sensor.energy", 101.25)
    assert told[-1].register == 101_250


async def test_a_charger_that_a_person_switches_off_stays_off(opened: Open, thing: Thing) -> None:
    charger = opened(**ALL)
    await charger.apply(16)
    thing.show("switch.charging", "off", context=Context(user_id="anna"))
    thing.told()
    thing.now += 100
    await charger.apply(16)
    assert thing.told() == []
    assert charger.reading.session is not None
    assert charger.reading.session.maximum == 0
    # Who switches it on again gives it back.
    thing.show("switch.charging", "on", context=Context(user_id="anna"))
    await charger.apply(10)
    assert thing.told() == [("number.limit", 10.0)]


async def test_a_higher_limit_holds_only_as_far_as_the_fuse_allows(
    opened: Open, thing: Thing
) -> None:
    charger = opened(**ALL)
    await charger.apply(8)
    thing.show("number.limit", 32, context=Context(user_id="anna"))
    assert charger.second_hand is not None
    thing.told()
    await charger.apply(8)
    assert thing.told() == [("number.limit", 8.0)]


async def test_an_automation_is_named(hass: HomeAssistant, opened: Open, thing: Thing) -> None:
    charger = opened(**ALL)
    await charger.apply(16)
    run = Context()
    hass.bus.async_fire("automation_triggered", {"name": "Night rate"}, context=run)
    await hass.async_block_till_done()
    thing.show("switch.charging", "off", context=run)
    assert charger.second_hand is not None
    assert charger.second_hand.run == "Night rate"


async def test_what_the_charger_does_by_itself_has_no_name(opened: Open, thing: Thing) -> None:
    charger = opened(**ALL)
    await charger.apply(16)
    thing.now += 60
    thing.show("number.limit", 10)
    assert charger.second_hand is not None
    assert (charger.second_hand.user_id, charger.second_hand.run) == (None, None)


async def test_a_slow_charger_that_still_shows_its_old_limit_is_no_second_hand(
    opened: Open, thing: Thing
) -> None:
    charger = opened(**ALL, traits=Traits(obeys_within=90.0))
    await charger.apply(10)
    thing.now += 30
    thing.show("number.limit", 16)  # its cloud has not heard of it yet
    thing.now += 30
    thing.show("number.limit", 10)
    assert charger.second_hand is None


async def test_a_command_that_is_overtaken_and_shown_late_is_no_second_hand(
    opened: Open, thing: Thing
) -> None:
    charger = opened(**ALL)
    await charger.apply(16)
    thing.obeys = False  # its cloud has not heard of it yet
    await charger.apply(8)
    assert thing.told() == [("number.limit", 8.0)]
    # What it shows is not how it will stand.
    await charger.apply(16)
    assert thing.told() == [("number.limit", 16.0)]
    thing.now += 60
    thing.show("number.limit", 8)
    assert charger.second_hand is None


async def test_a_hold_ends_by_itself_where_nobody_sees_the_car(opened: Open, thing: Thing) -> None:
    charger = opened(conductors=1, **SWITCH)
    await charger.apply(10)
    thing.show("switch.charging", "off", context=Context(user_id="anna"))
    await charger.apply(10)
    assert thing.told() == []
    thing.now += 13 * 3600
    await charger.apply(10)
    assert thing.told() == [("switch.charging", "turn_on")]
    assert charger.second_hand is None


async def test_a_fall_back_of_its_own_is_armed_and_armed_again(opened: Open, thing: Thing) -> None:
    arm = Action(name="keba.set_failsafe", data={"failsafe_fallback": "{current}"})
    armed: list[Any] = []

    async def failsafe(call: ServiceCall) -> None:
        armed.append(call.data)
        if thing.error is not None:
            raise thing.error

    thing.hass.services.async_register("keba", "set_failsafe", failsafe)
    charger = opened(**ALL, arm=arm)
    await charger.apply(10)
    await charger.apply(10)
    assert armed == [{"failsafe_fallback": 6}]
    # What it was told counts all the same, and nothing less.
    assert charger.reading.limit_until is None
    thing.now += 3601
    await charger.apply(10)
    assert len(armed) == 2
    # A restart may have lost it.
    thing.show("switch.charging", "unavailable")
    with pytest.raises(DeviceOfflineError):
        await charger.apply(10)
    thing.show("switch.charging", "on")
    thing.error = HomeAssistantError("busy")
    await charger.apply(10)
    assert len(armed) == 3
    # A failure hinders nobody, and is tried again.
    await charger.apply(10)
    assert len(armed) == 3
    thing.now += 61
    await charger.apply(10)
    assert len(armed) == 4


async def test_nothing_but_a_current_is_taken_for_one(opened: Open) -> None:
    for nonsense in (float("nan"), float("inf"), -1.0):
        with pytest.raises(ValueError, match="is no limit"):
            await opened(**ALL).apply(nonsense)


async def test_a_full_car_that_turns_its_switch_off_is_no_second_hand(
    opened: Open, thing: Thing
) -> None:
    switch = Switch(entity="switch.charging", follows_car=True)
    charger = opened(switch=switch, **LIMIT, **STATUS)
    await charger.apply(10)
    thing.told()
    thing.now += 3600
    thing.show("switch.charging", "off")
    thing.show("sensor.status", "complete")
    await charger.apply(10)
    assert charger.second_hand is None
    assert charger.reading.limit == 10
    # It is asked once more whether it wants to, now and then.
    assert thing.told() == [("switch.charging", "turn_on")]
    thing.obeys = False
    thing.show("switch.charging", "off")
    thing.now += 60
    await charger.apply(10)
    assert thing.told() == []
    # But a person's hand counts.
    thing.show("switch.charging", "on")
    thing.show("switch.charging", "off", context=Context(user_id="anna"))
    assert charger.second_hand is not None


async def test_a_switch_that_a_limit_turns_on_is_no_second_hand(opened: Open, thing: Thing) -> None:
    charger = opened(**ALL)
    await charger.apply(0)
    thing.told()
    thing.now += 600
    thing.show("number.limit", 6)
    charger.resume(Stay(since=1600.0))
    await charger.apply(10)
    thing.show("switch.charging", "on")
    assert charger.second_hand is None


async def test_a_vehicle_that_is_elsewhere_is_left_alone(opened: Open, thing: Thing) -> None:
    thing.show("device_tracker.car", "not_home")
    thing.show("sensor.l1", 200, unit_of_measurement="A")  # a fast charger on the motorway
    charger = opened(conductors=1, **ALL, currents=("sensor.l1",), presence="device_tracker.car")
    reading = charger.reading
    assert (reading.status, reading.online) == (ChargerStatus.AVAILABLE, True)
    assert (reading.current, reading.limit, reading.session) == (None, None, None)
    await charger.apply(0)
    thing.show("number.limit", 32, context=Context(user_id="anna"))
    assert thing.told() == []
    assert charger.second_hand is None
    # It comes home; where nobody knows, it is where it was.
    thing.show("device_tracker.car", "home")
    thing.show("device_tracker.car", "unavailable")
    await charger.apply(0)
    assert thing.told() == [("switch.charging", "turn_off")]


async def test_an_action_that_takes_zero_pauses(opened: Open, thing: Thing) -> None:
    thing.show("sensor.dynamic_limit", 16, unit_of_measurement="A")
    action = Action(
        name="easee.set_charger_dynamic_limit", data={"current": "{current}"}, takes_zero=True
    )
    charger = opened(limit=Limit(action=action, shown_by="sensor.dynamic_limit"), **STATUS)
    await charger.apply(0)
    assert thing.told() == [("easee", 0)]
