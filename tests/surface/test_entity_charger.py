"""A charger that Home Assistant already has is found or named by its entities, and balanced like any other."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.fusewise.balancing.model import Phase
from demo.world import World
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component

from .house import device_of, site_entry, state_of, until

GARAGE = {"name": "Garage", "wiring": "L1 L2 L3", "maximum": 16}
LIMIT, SWITCH, STATUS = "input_number.limit", "input_boolean.charging", "sensor.status"
WAYS = {
    "obeys_within": 1,
    "minimum_interval": 0,
    "falls_wait_too": False,
    "limit_phases": 1,
    "action_least": 6,
}
WATTS = {"unit_of_measurement": "W"}
OWN = {"limit": LIMIT, "switch": SWITCH, "status": STATUS, **WAYS}


@pytest.fixture
async def thing(hass: HomeAssistant) -> None:
    """A charger made of helpers that are in every Home Assistant."""
    limit = {"min": 6, "max": 32, "step": 1, "initial": 16, "unit_of_measurement": "A"}
    assert await async_setup_component(hass, "input_number", {"input_number": {"limit": limit}})
    charging = {"initial": False}
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"charging": charging}}
    )
    hass.states.async_set(STATUS, "connected")


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    entry = site_entry(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


async def answer(hass: HomeAssistant, step: Any, user_input: dict[str, Any]) -> Any:
    return await hass.config_entries.subentries.async_configure(step["flow_id"], user_input)


async def asked(hass: HomeAssistant, site: MockConfigEntry) -> Any:
    return await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"), context={"source": SOURCE_USER}
    )


async def added(hass: HomeAssistant, site: MockConfigEntry, **own: Any) -> str:
    """Add a charger by its entities; the id of its subentry."""
    step = await answer(hass, await asked(hass, site), {"identity": "entities"})
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "entities")
    step = await answer(hass, step, OWN | own)
    assert (step["step_id"], step["errors"]) == ("found", {})
    step = await answer(hass, step, GARAGE)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    [subentry] = site.get_subentries_of_type("charger")
    return subentry.subentry_id


async def test_a_charger_by_its_entities_is_told_its_share(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    key = await added(hass, site)
    coordinator = site.runtime_data
    [charger] = coordinator.controller.site.chargers
    assert charger.wiring == (Phase.L1, Phase.L2, Phase.L3)
    assert (charger.step, charger.slow_to_obey, charger.pausable) == (1, 1, True)
    # Nobody has proved what it does alone, so its maximum counts.
    assert (charger.fallback, charger.fallback_proved) == (16, False)
    await until(lambda: state_of(hass, SWITCH).state == "on")
    # It begins with its minimum and rises in its time.
    await until(lambda: state_of(hass, LIMIT).state == "6.0")
    await until(lambda: hass.states.get("sensor.garage_setpoint"))
    assert state_of(hass, "sensor.garage_status").state == "preparing"
    hass.states.async_set(STATUS, "disconnected")
    await until(lambda: state_of(hass, SWITCH).state == "off")
    assert device_of(hass, site, key).name == "Garage"


async def test_the_fall_back_of_a_charger_that_has_none_of_its_own_cannot_be_tested(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    device = device_of(hass, site, await added(hass, site)).id
    with pytest.raises(ServiceValidationError) as refused:
        await hass.services.async_call(
            "fusewise", "prove_fallback", {"device_id": device}, blocking=True
        )
    assert refused.value.translation_key == "cannot_fall_back"
    assert refused.value.translation_placeholders == {"charger": "Garage"}


async def test_a_persons_hand_is_told_by_name_and_not_fought(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    key = await added(hass, site)
    await until(lambda: state_of(hass, SWITCH).state == "on")
    anna = MockUser(name="Anna", is_owner=True).add_to_hass(hass)
    await hass.services.async_call(
        "input_number",
        "set_value",
        {"entity_id": LIMIT, "value": 8},
        blocking=True,
        context=Context(user_id=anna.id),
    )
    issues = ir.async_get(hass)
    await until(lambda: issues.async_get_issue("fusewise", f"second_hand_{key}"))
    issue = issues.async_get_issue("fusewise", f"second_hand_{key}")
    assert issue is not None
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
    await until(lambda: not issues.async_get_issue("fusewise", f"second_hand_{key}"))


async def test_a_mode_that_a_person_chooses_is_told_by_its_name(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    modes = {"options": ["Fast", "Eco", "Stopped"], "initial": "Stopped"}
    assert await async_setup_component(hass, "input_select", {"input_select": {"mode": modes}})
    ways = {"switch": "input_select.mode", "switch_on": "Fast", "switch_off": "Stopped"}
    key = await added(hass, site, **ways)
    await until(lambda: state_of(hass, "input_select.mode").state == "Fast")
    anna = MockUser(name="Anna", is_owner=True).add_to_hass(hass)
    issues = ir.async_get(hass)
    for mode in ("Eco", "Stopped"):
        await hass.services.async_call(
            "input_select",
            "select_option",
            {"entity_id": "input_select.mode", "option": mode},
            blocking=True,
            context=Context(user_id=anna.id),
        )
        said = "off" if mode == "Stopped" else mode

        def is_told(said: str = said) -> bool:
            issue = issues.async_get_issue("fusewise", f"second_hand_{key}")
            shown = (issue and issue.translation_placeholders) or {}
            return (shown.get("value"), shown.get("who")) == (said, "Anna")

        await until(is_told)


async def test_a_persons_hand_and_the_session_outlive_a_restart(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    key = await added(hass, site)
    await until(lambda: state_of(hass, SWITCH).state == "on")
    anna = MockUser(name="Anna", is_owner=True).add_to_hass(hass)
    await hass.services.async_call(
        "input_boolean", "turn_off", {"entity_id": SWITCH}, context=Context(user_id=anna.id)
    )
    await until(lambda: site.runtime_data.chargers[key].second_hand)
    [before] = site.runtime_data.log.sessions.within(None, None, None)
    await hass.config_entries.async_reload(site.entry_id)
    issues = ir.async_get(hass)
    await until(lambda: issues.async_get_issue("fusewise", f"second_hand_{key}"))
    await until(lambda: site.runtime_data.data)
    assert state_of(hass, SWITCH).state == "off"
    [after] = site.runtime_data.log.sessions.within(None, None, None)
    assert (after.id, after.ended) == (before.id, None)
    # The car leaves, and with it what was set for it.
    hass.states.async_set(STATUS, "disconnected")
    await until(lambda: not issues.async_get_issue("fusewise", f"second_hand_{key}"))
    [ended] = site.runtime_data.log.sessions.within(None, None, None)
    assert ended.why_ended == "gone"
    hass.states.async_set(STATUS, "connected")
    await until(lambda: state_of(hass, SWITCH).state == "on")


async def test_an_automation_that_switches_off_is_told_by_name(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    key = await added(hass, site)
    await until(lambda: state_of(hass, SWITCH).state == "on")
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
    issues = ir.async_get(hass)
    await until(lambda: issues.async_get_issue("fusewise", f"second_hand_{key}"))
    issue = issues.async_get_issue("fusewise", f"second_hand_{key}")
    assert issue is not None
    assert issue.translation_key == "second_hand_automation"
    given = issue.translation_placeholders
    assert given is not None
    assert (given["who"], given["value"]) == ("Night rate", "off")
    await until(lambda: site.runtime_data.data.chargers[key].setpoint.current == 0)
    assert state_of(hass, SWITCH).state == "off"


async def test_a_script_that_sets_the_limit_is_named_and_holds_over_a_restart(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    key = await added(hass, site)
    await until(lambda: state_of(hass, SWITCH).state == "on")
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
    issues = ir.async_get(hass)

    def told() -> dict[str, str] | None:
        issue = issues.async_get_issue("fusewise", f"second_hand_{key}")
        return None if issue is None else issue.translation_placeholders

    await until(told)
    given = told()
    assert given is not None
    assert (given["who"], given["value"]) == ("Calm evening", "7 A")
    await hass.config_entries.async_reload(site.entry_id)
    await until(told)
    await until(lambda: site.runtime_data.data)
    charger = site.runtime_data.chargers[key]
    assert charger.reading.session.maximum == 7
    assert float(state_of(hass, LIMIT).state) <= 7
    # The car leaves; the next one is nobody's business but ours.
    hass.states.async_set(STATUS, "disconnected")
    await until(lambda: not told())
    hass.states.async_set(STATUS, "connected")
    await until(lambda: charger.reading.session.maximum is None)


async def test_another_integration_that_sets_the_limit_is_told_without_a_name(
    hass: HomeAssistant,
    site: MockConfigEntry,
    thing: None,
    let_pass: Callable[[float], None],
) -> None:
    key = await added(hass, site)
    await until(lambda: state_of(hass, SWITCH).state == "on")
    await until(lambda: state_of(hass, LIMIT).state == "6.0")
    # Not at once after a command of ours: that might be what it makes of it.
    let_pass(5)
    known = state_of(hass, LIMIT)
    hass.states.async_set(LIMIT, "9", known.attributes, context=Context())
    issues = ir.async_get(hass)
    await until(lambda: issues.async_get_issue("fusewise", f"second_hand_{key}"))
    issue = issues.async_get_issue("fusewise", f"second_hand_{key}")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["value"] == "9 A"
    assert issue.translation_key == "second_hand_somebody"


async def test_what_is_told_of_a_second_hand_goes_with_its_charger(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    key = await added(hass, site)
    await until(lambda: state_of(hass, SWITCH).state == "on")
    anna = MockUser(name="Anna", is_owner=True).add_to_hass(hass)
    await hass.services.async_call(
        "input_boolean", "turn_off", {"entity_id": SWITCH}, context=Context(user_id=anna.id)
    )
    issues = ir.async_get(hass)
    await until(lambda: issues.async_get_issue("fusewise", f"second_hand_{key}"))
    hass.config_entries.async_remove_subentry(site, key)
    await until(lambda: not issues.async_get_issue("fusewise", f"second_hand_{key}"))


@pytest.mark.parametrize(
    ("own", "errors"),
    [
        ({"limit": None, "switch": None}, {"base": "entities_missing"}),
        ({"limit": "select.mode"}, {"limit": "limit_without_amperes"}),
        ({"limit": "number.share"}, {"limit": "limit_no_current"}),
        ({"switch": "select.level"}, {"switch": "switch_without_options"}),
        ({"switch_on": "on"}, {"switch_on": "switch_options_needed"}),
        ({"switch_on": "on", "switch_off": "on"}, {"switch_on": "switch_options_needed"}),
        (
            {"switch": "select.mode", "switch_on": "Fast", "switch_off": "Slow"},
            {"switch_off": "switch_option_unknown"},
        ),
        ({"limit_phases": 4}, {"limit_phases": "limit_phases_invalid"}),
        ({"renew": 1}, {"renew": "renew_invalid"}),
        ({"action": "nonsense"}, {"action": "action_invalid"}),
        ({"action": "easee.no_such"}, {"action": "action_unknown"}),
        (
            {"action": "input_number.set_value", "action_data": ["no", "parameters"]},
            {"action_data": "action_data_invalid"},
        ),
        (
            {"action": "input_number.set_value", "action_data": {"value": 3}},
            {"action_data": "action_data_invalid"},
        ),
        (
            {"action": "input_number.set_value", "action_data": {"data": {"value": "{phases}"}}},
            {"action_data": "action_data_invalid"},
        ),
        ({"action_least": 99}, {"action_least": "action_least_invalid"}),
        ({"obeys_within": 0}, {"obeys_within": "obeys_within_invalid"}),
    ],
)
async def test_entities_that_cannot_be_a_charger_are_explained(
    hass: HomeAssistant,
    site: MockConfigEntry,
    thing: None,
    own: dict[str, Any],
    errors: dict[str, str],
) -> None:
    hass.states.async_set("select.mode", "Eco", {"options": ["Eco", "Fast"]})
    hass.states.async_set("select.level", "1", {"options": ["1", "2"]})
    hass.states.async_set("number.share", "50", {"unit_of_measurement": "%"})
    step = await answer(hass, await asked(hass, site), {"identity": "entities"})
    chosen = {key: value for key, value in (OWN | own).items() if value is not None}
    step = await answer(hass, step, chosen)
    assert (step["step_id"], step["errors"]) == ("entities", errors)


async def test_a_charger_by_its_entities_is_changed_in_place(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    key = await added(hass, site)
    charger = site.runtime_data.chargers[key]
    step: Any = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"), context={"source": SOURCE_RECONFIGURE, "subentry_id": key}
    )
    assert step["step_id"] == "entities"
    shown = {str(field): field.description for field in step["data_schema"].schema}
    assert shown["limit"] == {"suggested_value": LIMIT}
    step = await answer(hass, step, OWN)
    step = await answer(hass, step, GARAGE | {"name": "Barn", "maximum": 10})
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert site.runtime_data.chargers[key] is charger
    assert site.runtime_data.controller.site.chargers[0].maximum == 10
    # Other entities make another charger.
    step = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"), context={"source": SOURCE_RECONFIGURE, "subentry_id": key}
    )
    step = await answer(hass, step, OWN | {"obeys_within": 60})
    await answer(hass, step, GARAGE)
    await hass.async_block_till_done()
    assert site.runtime_data.chargers[key] is not charger
    assert site.runtime_data.controller.site.chargers[0].slow_to_obey == 60
    # And what is taken cannot be taken twice.
    step = await answer(hass, await asked(hass, site), {"identity": "entities"})
    step = await answer(hass, step, OWN)
    assert step["errors"] == {"base": "already_configured"}


async def test_an_action_may_be_written_as_in_an_automation(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    written = {
        "action": "input_number.set_value",
        "target": {"entity_id": "input_number.limit"},
        "data": {"value": "{current}"},
    }
    key = await added(hass, site, action=written["action"], action_data=written, action_least=8)
    [charger] = site.runtime_data.controller.site.chargers
    assert charger.floor == 8
    await until(lambda: state_of(hass, LIMIT).state == "8.0")
    step: Any = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"), context={"source": SOURCE_RECONFIGURE, "subentry_id": key}
    )
    shown = {
        str(field): field.description["suggested_value"]
        for field in step["data_schema"].schema
        if field.description
    }
    assert shown["action_data"] == {"entity_id": LIMIT, "value": "{current}"}
    assert shown["action_least"] == 8


async def test_a_smart_plug_is_all_or_nothing(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    step = await answer(hass, await asked(hass, site), {"identity": "entities"})
    step = await answer(hass, step, {"switch": SWITCH, **WAYS})
    step = await answer(hass, step, {"name": "Plug", "wiring": "L2", "maximum": 10})
    await hass.async_block_till_done()
    [charger] = site.runtime_data.controller.site.chargers
    assert charger.levels == (10,)
    await until(lambda: state_of(hass, SWITCH).state == "on")


async def test_an_unknown_kind_is_offered_with_what_its_entities_seem_to_be(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    device = wallbox(
        hass,
        "made_up",
        ("number", "1_charging_current", ""),
        ("select", "1_mode", ""),
        ("sensor", "1_status", ""),
    )
    registry = er.async_get(hass)
    ids = {entry.unique_id: entry.entity_id for entry in registry.entities.values()}
    limit, mode, status = ids["1_charging_current"], ids["1_mode"], ids["1_status"]
    hass.states.async_set(limit, "16", {"unit_of_measurement": "A", "min": 8, "max": 16, "step": 2})
    hass.states.async_set(mode, "Stop", {"options": ["Stop", "Solar", "Fast"]})
    hass.states.async_set(status, "Unbesetzt")
    step = await asked(hass, site)
    [kind] = step["data_schema"].schema.values()
    assert kind.config["options"][0] == {"value": device, "label": "Wallbox (made_up)"}
    step = await answer(hass, step, {"identity": device})
    assert step["step_id"] == "entities"
    shown = {
        str(key): key.description["suggested_value"]
        for key in step["data_schema"].schema
        if key.description
    }
    assert (shown["limit"], shown["switch"], shown["status"]) == (limit, mode, status)
    assert (shown["switch_on"], shown["switch_off"]) == ("Fast", "Stop")
    said = {"currents": [], **{key: value for key, value in shown.items() if value is not None}}
    step = await answer(hass, step, said)
    # Its word for 'no car' is not known: it is asked back once that is seen.
    assert "Unbesetzt → ?" in step["description_placeholders"]["values"]
    await answer(hass, step, GARAGE)
    await hass.async_block_till_done()
    [subentry] = site.get_subentries_of_type("charger")
    assert subentry.data["vendor"] == "Maker"
    [charger] = site.runtime_data.controller.site.chargers
    assert (charger.floor, charger.step) == (8, 2)
    step = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": subentry.subentry_id},
    )
    assert step["step_id"] == "entities"
    step = await answer(hass, step, said | {"no_car": ["Unbesetzt", " "]})
    assert "Unbesetzt → Available" in step["description_placeholders"]["values"]
    await answer(hass, step, GARAGE)
    await hass.async_block_till_done()
    [made] = site.runtime_data.chargers.values()
    assert made.reading.session is None


# --- kinds that are known --------------------------------------------------------------------------


def wallbox(hass: HomeAssistant, integration: str, *entities: tuple[str, str, str]) -> str:
    """A device of another integration, in the registries as that has it: domain, unique id, key."""
    entry = MockConfigEntry(domain=integration)
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(integration, "1")},
        name="Wallbox",
        manufacturer="Maker",
        model="Model S",
        serial_number="4711",
    )
    for domain, unique_id, key in entities:
        er.async_get(hass).async_get_or_create(
            domain,
            integration,
            unique_id,
            config_entry=entry,
            device_id=device.id,
            translation_key=key or None,
            original_name=unique_id,
            object_id_base=f"box_{key or unique_id}",
        )
    return device.id


async def test_a_known_kind_is_found_and_asks_nothing_that_it_can_know(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    device = wallbox(
        hass,
        "peblar",
        ("number", "4711_charge_current_limit", "charge_current_limit"),
        ("switch", "4711_charge", "charge"),
        ("switch", "4711_force_single_phase", "force_single_phase"),
        ("sensor", "4711_cp_state", "cp_state"),
        *(("sensor", f"4711_current_phase_{n}", f"current_phase_{n}") for n in (1, 2, 3)),
        ("sensor", "4711_power_total", ""),
    )
    told: list[tuple[str, Any]] = []

    async def called(call: ServiceCall) -> None:
        told.append((call.service, call.data.get("value")))

    hass.services.async_register("number", "set_value", called)
    hass.services.async_register("switch", "turn_on", called)
    for entity in er.async_entries_for_device(er.async_get(hass), device):
        hass.states.async_set(entity.entity_id, "0", {"unit_of_measurement": "A"})
    registry = er.async_get(hass)
    ids = {entry.unique_id: entry.entity_id for entry in registry.entities.values()}
    limit, status = ids["4711_charge_current_limit"], ids["4711_cp_state"]
    hass.states.async_set(limit, "16", {"min": 6, "max": 16, "step": 1})
    hass.states.async_set(ids["4711_charge"], "off")
    hass.states.async_set(status, "suspended")
    step = await asked(hass, site)
    [kind] = step["data_schema"].schema.values()
    assert kind.config["options"][0] == {"value": device, "label": "Wallbox (Peblar)"}
    step = await answer(hass, step, {"identity": device})
    assert step["step_id"] == "found"
    shown = {str(key): key.description for key in step["data_schema"].schema}
    assert shown.keys() == {"name", "wiring", "maximum", "switches_phases", "hold_hours"}
    assert shown["name"] == {"suggested_value": "Wallbox"}
    values = step["description_placeholders"]["values"]
    assert f"- {state_of(hass, limit).name}: 16" in values
    assert "→ Paused by the charger" in values
    step = await answer(hass, step, GARAGE)
    await hass.async_block_till_done()
    [subentry] = site.get_subentries_of_type("charger")
    assert (subentry.data["vendor"], subentry.data["model"]) == ("Maker", "Model S")
    assert subentry.data["entities"]["switch"]["entity"] == ids["4711_charge"]
    await until(lambda: ("turn_on", None) in told)
    # It is not offered again; and it is no meter of the house.
    step = await asked(hass, site)
    [kind] = step["data_schema"].schema.values()
    assert [option["value"] for option in kind.config["options"]] == ["entities", "later"]
    # What it has was not chosen by hand, so only the rest can be changed.
    step = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": subentry.subentry_id},
    )
    assert step["step_id"] == "found"
    # One that was set up before phases could be switched learns it when it is changed.
    entities = {role: each for role, each in subentry.data["entities"].items() if role != "phases"}
    hass.config_entries.async_update_subentry(
        site, subentry, data={**subentry.data, "entities": entities}
    )
    learns: Any = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": subentry.subentry_id},
    )
    assert "switches_phases" in learns["data_schema"].schema


async def test_watts_between_two_line_conductors_are_told_for_what_is_between_them(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    pair = {"min": 0, "max": 7000, "step": 1, "initial": 5000, **WATTS}
    assert await async_setup_component(hass, "input_number", {"input_number": {"pair": pair}})
    hass.states.async_set("sensor.pair", "1247", WATTS)
    hass.states.async_set(STATUS, "connected")
    data: dict[str, Any] = {"supply": "wye_208", "voltage": 120.0, "rating": [100.0] * 3}
    site = site_entry(hass, house, ocpp_port, **data)
    assert await hass.config_entries.async_setup(site.entry_id)
    step = await answer(hass, await asked(hass, site), {"identity": "entities"})
    own = OWN | {"limit": "input_number.pair", "power": "sensor.pair"}
    del own["switch"]
    # Three phases is more than it has.
    step = await answer(hass, step, own | {"limit_phases": 3})
    await answer(hass, step, GARAGE | {"wiring": "L1 L2"})
    # 16 A at 208 V.
    await until(lambda: state_of(hass, "input_number.pair").state == "3325.0")
    [charger] = site.runtime_data.chargers.values()
    # What flows in by one conductor flows out by the other.
    assert charger.reading.current == pytest.approx((6, 6), abs=0.01)
