"""A second hand on a charger made of entities is noticed, named and not fought."""

from typing import Any

import pytest

from custom_components.fusewise.devices.entity import Stay, Switch, Traits
from custom_components.fusewise.devices.entity.second_hand import Contexts
from homeassistant.core import Context, HomeAssistant

from .things import ALL, LIMIT, STATUS, SWITCH, Open, Thing, session


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


async def test_a_mode_that_a_person_chooses_is_kept_until_the_car_leaves(
    opened: Open, thing: Thing
) -> None:
    modes = ["Fast", "Eco", "Stopped"]
    thing.show("select.mode", "Stopped", options=modes)
    charger = opened(switch=Switch(entity="select.mode", on="Fast", off="Stopped"), **STATUS)
    await charger.apply(16)
    thing.show("select.mode", "Eco", context=Context(user_id="anna"))
    hand = charger.second_hand
    assert hand is not None
    assert (hand.user_id, hand.value, hand.mode) == ("anna", 1, "Eco")
    thing.told()
    await charger.apply(16)
    assert thing.told() == []
    # The fuse comes first; then it goes on as the person wants it, also after a restart.
    await charger.apply(0)
    assert thing.told() == [("select.mode", "Stopped")]
    again = opened(switch=Switch(entity="select.mode", on="Fast", off="Stopped"), **STATUS)
    again.resume(charger.stay)
    await again.apply(16)
    assert thing.told() == [("select.mode", "Eco")]
    assert again.second_hand == hand
    # The next car is charged as ever.
    await again.apply(0)
    thing.show("sensor.status", "disconnected")
    thing.show("sensor.status", "connected")
    thing.told()
    await again.apply(16)
    assert thing.told() == [("select.mode", "Fast")]


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


def test_what_was_ours_long_ago_is_forgotten(hass: HomeAssistant) -> None:
    contexts = Contexts(hass)
    first, *_, last = [contexts.new() for _ in range(150)]
    assert contexts.is_ours(last)
    assert not contexts.is_ours(first)
    for number in range(150):
        hass.bus.async_fire(
            "automation_triggered", {"name": f"Run {number}"}, context=Context(id=f"run{number}")
        )
    assert contexts.run_of(Context(id="run149")) == "Run 149"
    assert contexts.run_of(Context(id="run0")) is None
    contexts.close()
