"""A charger made of entities is told what it can take, in its own units and ways."""

from typing import Any

import pytest

from custom_components.fusewise.balancing.model import ChargerStatus
from custom_components.fusewise.devices import DeviceRefusedError
from custom_components.fusewise.devices.entity import Action, Limit, Switch, Traits

from .things import ALL, LIMIT, STATUS, SWITCH, Open, Thing, status


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


async def test_nothing_but_a_current_is_taken_for_one(opened: Open) -> None:
    for nonsense in (float("nan"), float("inf"), -1.0):
        with pytest.raises(ValueError, match="is no limit"):
            await opened(**ALL).apply(nonsense)


async def test_an_action_that_takes_zero_pauses(opened: Open, thing: Thing) -> None:
    thing.show("sensor.dynamic_limit", 16, unit_of_measurement="A")
    action = Action(
        name="easee.set_charger_dynamic_limit", data={"current": "{current}"}, takes_zero=True
    )
    charger = opened(limit=Limit(action=action, shown_by="sensor.dynamic_limit"), **STATUS)
    await charger.apply(0)
    assert thing.told() == [("easee", 0)]


async def test_an_action_whose_limit_nothing_shows_is_told_once(opened: Open, thing: Thing) -> None:
    """As an Easee is, until somebody enables its sensor."""
    action = Action(name="easee.set_charger_dynamic_limit", data={"current": "{current}"})
    charger = opened(limit=Limit(action=action), **STATUS)
    before = charger.reading
    assert before.online
    assert before.limit is None
    await charger.apply(10)
    await charger.apply(10.4)
    assert thing.told() == [("easee", 10)]
    assert charger.reading.limit == 10
    with pytest.raises(DeviceRefusedError, match="cannot be paused"):
        await charger.apply(0)
    assert thing.told() == [("easee", 1)]


async def test_a_lock_is_locked_and_unlocked(opened: Open, thing: Thing) -> None:
    thing.show("lock.charger", "unlocked")
    lock = Switch(entity="lock.charger", on="unlocked", off="locked")
    charger = opened(switch=lock, **STATUS)
    await charger.apply(0)
    await charger.apply(10)
    assert thing.told() == [("lock.charger", "lock"), ("lock.charger", "unlock")]


@pytest.mark.parametrize(
    ("options", "shown", "amperes"),
    [
        (("6 A", "10 A", "16 A (11 kW)"), "16 A (11 kW)", 16),
        (("Off", "6 A", "10 A"), "Off", 0),
        (("Aus", "6A", "10A"), "6A", 6),
        (("6_a", "16_a"), "16_a", 16),
        (("current_6", "current_16"), "current_6", 6),
        (("level_1", "level_2"), "level_1", None),
        (("8 of 10 A or 16 A", "10 A"), "8 of 10 A or 16 A", None),
    ],
)
async def test_a_select_may_say_its_amperes_in_its_own_words(
    opened: Open, thing: Thing, options: tuple[str, ...], shown: str, amperes: float | None
) -> None:
    thing.show("select.limit", shown, options=list(options))
    charger = opened(limit=Limit(entity="select.limit"), **STATUS)
    assert charger.reading.limit == amperes


async def test_a_select_that_has_an_off_pauses_with_it(opened: Open, thing: Thing) -> None:
    thing.show("select.limit", "10 A", options=["Off", "6 A", "10 A"])
    charger = opened(limit=Limit(entity="select.limit"), **STATUS)
    await charger.apply(0)
    assert thing.told() == [("select.limit", "Off")]
    assert status(charger) is ChargerStatus.SUSPENDED_EVSE
