"""Who else has a hand in a charger that Home Assistant has is told by name, and not fought."""

from collections.abc import Callable

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from .entity_chargers import LIMIT, STATUS, SWITCH, added
from .house import state_of, until


@pytest.fixture
async def key(hass: HomeAssistant, site: MockConfigEntry, thing: None) -> str:
    """A charger that charges."""
    key = await added(hass, site)
    await until(lambda: state_of(hass, SWITCH).state == "on")
    return key


def by_anna(hass: HomeAssistant) -> Context:
    """It is a person who calls an action."""
    return Context(user_id=MockUser(name="Anna", is_owner=True).add_to_hass(hass).id)


def issue_of(hass: HomeAssistant, key: str) -> ir.IssueEntry | None:
    """What the owner is told of another hand in a charger."""
    return ir.async_get(hass).async_get_issue("fusewise", f"second_hand_{key}")


async def told_of(hass: HomeAssistant, key: str) -> ir.IssueEntry:
    """Wait until the owner is told."""
    await until(lambda: issue_of(hass, key))
    issue = issue_of(hass, key)
    assert issue is not None
    return issue


async def test_a_persons_hand_is_told_by_name_and_not_fought(
    hass: HomeAssistant, site: MockConfigEntry, key: str
) -> None:
    await hass.services.async_call(
        "input_number",
        "set_value",
        {"entity_id": LIMIT, "value": 8},
        blocking=True,
        context=by_anna(hass),
    )
    issue = await told_of(hass, key)
    assert issue.translation_key == "second_hand_person"
    assert issue.translation_placeholders == {
        "charger": "Garage",
        "entity": LIMIT,
        "value": "8 A",
        "who": "Anna",
    }
    coordinator = site.runtime_data
    await until(lambda: coordinator.data.chargers[key].setpoint.current == 8)
    assert state_of(hass, LIMIT).state == "8.0"
    hass.states.async_set(STATUS, "disconnected")
    await until(lambda: issue_of(hass, key) is None)


async def test_a_mode_that_a_person_chooses_is_told_by_its_name(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    modes = {"options": ["Fast", "Eco", "Stopped"], "initial": "Stopped"}
    assert await async_setup_component(hass, "input_select", {"input_select": {"mode": modes}})
    ways = {"switch": "input_select.mode", "switch_on": "Fast", "switch_off": "Stopped"}
    key = await added(hass, site, **ways)
    await until(lambda: state_of(hass, "input_select.mode").state == "Fast")
    for mode in ("Eco", "Stopped"):
        await hass.services.async_call(
            "input_select",
            "select_option",
            {"entity_id": "input_select.mode", "option": mode},
            blocking=True,
            context=by_anna(hass),
        )
        said = "off" if mode == "Stopped" else mode

        def is_told(said: str = said) -> bool:
            issue = issue_of(hass, key)
            shown = (issue and issue.translation_placeholders) or {}
            return (shown.get("value"), shown.get("who")) == (said, "Anna")

        await until(is_told)


async def test_a_persons_hand_and_the_session_outlive_a_restart(
    hass: HomeAssistant, site: MockConfigEntry, key: str
) -> None:
    await hass.services.async_call(
        "input_boolean", "turn_off", {"entity_id": SWITCH}, context=by_anna(hass)
    )
    await until(lambda: site.runtime_data.chargers[key].second_hand)
    [before] = site.runtime_data.log.sessions.within(None, None, None)
    await hass.config_entries.async_reload(site.entry_id)
    await told_of(hass, key)
    await until(lambda: site.runtime_data.data)
    assert state_of(hass, SWITCH).state == "off"
    [after] = site.runtime_data.log.sessions.within(None, None, None)
    assert (after.id, after.ended) == (before.id, None)
    # The car leaves, and with it what was set for it.
    hass.states.async_set(STATUS, "disconnected")
    await until(lambda: issue_of(hass, key) is None)
    [ended] = site.runtime_data.log.sessions.within(None, None, None)
    assert ended.why_ended == "gone"
    hass.states.async_set(STATUS, "connected")
    await until(lambda: state_of(hass, SWITCH).state == "on")


async def test_an_automation_that_switches_off_is_told_by_name(
    hass: HomeAssistant, site: MockConfigEntry, key: str
) -> None:
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "alias": "Night rate",
                "triggers": {"trigger": "event", "event_type": "night"},
                "actions": {"action": "input_boolean.turn_off", "target": {"entity_id": SWITCH}},
            }
        },
    )
    hass.bus.async_fire("night")
    issue = await told_of(hass, key)
    assert issue.translation_key == "second_hand_automation"
    given = issue.translation_placeholders
    assert given is not None
    assert (given["who"], given["value"]) == ("Night rate", "off")
    await until(lambda: site.runtime_data.data.chargers[key].setpoint.current == 0)
    assert state_of(hass, SWITCH).state == "off"


async def test_a_script_that_sets_the_limit_is_named_and_holds_over_a_restart(
    hass: HomeAssistant, site: MockConfigEntry, key: str
) -> None:
    calm = {
        "alias": "Calm evening",
        "sequence": {
            "action": "input_number.set_value",
            "target": {"entity_id": LIMIT},
            "data": {"value": 7},
        },
    }
    assert await async_setup_component(hass, "script", {"script": {"calm": calm}})
    await hass.services.async_call("script", "calm", blocking=True)
    given = (await told_of(hass, key)).translation_placeholders
    assert given is not None
    assert (given["who"], given["value"]) == ("Calm evening", "7 A")
    await hass.config_entries.async_reload(site.entry_id)
    await told_of(hass, key)
    await until(lambda: site.runtime_data.data)
    charger = site.runtime_data.chargers[key]
    assert charger.reading.session.maximum == 7
    assert float(state_of(hass, LIMIT).state) <= 7
    # The car leaves; the next one is nobody's business but ours.
    hass.states.async_set(STATUS, "disconnected")
    await until(lambda: issue_of(hass, key) is None)
    hass.states.async_set(STATUS, "connected")
    await until(lambda: charger.reading.session.maximum is None)


async def test_another_integration_that_sets_the_limit_is_told_without_a_name(
    hass: HomeAssistant,
    site: MockConfigEntry,
    key: str,
    let_pass: Callable[[float], None],
) -> None:
    await until(lambda: state_of(hass, LIMIT).state == "6.0")
    # Not at once after a command of ours: that might be what it makes of it.
    let_pass(5)
    known = state_of(hass, LIMIT)
    hass.states.async_set(LIMIT, "9", known.attributes, context=Context())
    issue = await told_of(hass, key)
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["value"] == "9 A"
    assert issue.translation_key == "second_hand_somebody"


async def test_what_is_told_of_a_second_hand_goes_with_its_charger(
    hass: HomeAssistant, site: MockConfigEntry, key: str
) -> None:
    await hass.services.async_call(
        "input_boolean", "turn_off", {"entity_id": SWITCH}, context=by_anna(hass)
    )
    await told_of(hass, key)
    hass.config_entries.async_remove_subentry(site, key)
    await until(lambda: issue_of(hass, key) is None)
