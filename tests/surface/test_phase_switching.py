"""Phase switching is offered where a charger can, shown where it is wanted, and reported where it does not happen."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.balancing.codes import NoticeCode
from custom_components.fusewise.balancing.decision import Decision, Notice
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.disobedience import Disobedience
from demo.world import World
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from ..devices.ocpp.peer import Peer, WallClock
from .house import site_entry, state_of, until

GARAGE = {"name": "Garage", "wiring": "L1 L2 L3", "maximum": 16}
OWN = {
    "limit": "input_number.limit",
    "switch": "input_boolean.charging",
    "obeys_within": 1,
    "minimum_interval": 0,
    "falls_wait_too": False,
    "limit_phases": 1,
}
ONE_PHASE = "input_boolean.one_phase"


@pytest.fixture
async def helpers(hass: HomeAssistant) -> None:
    """A charger made of helpers that are in every Home Assistant; one of them forces one phase."""
    limit = {"min": 6, "max": 32, "step": 1, "initial": 16, "unit_of_measurement": "A"}
    assert await async_setup_component(hass, "input_number", {"input_number": {"limit": limit}})
    switches = {"charging": {"initial": False}, "one_phase": {"initial": False}}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": switches})
    modes = {"options": ["slow", "fast"]}
    assert await async_setup_component(hass, "input_select", {"input_select": {"speed": modes}})


async def answer(hass: HomeAssistant, step: Any, user_input: dict[str, Any]) -> Any:
    return await hass.config_entries.subentries.async_configure(step["flow_id"], user_input)


async def asked(hass: HomeAssistant, site: MockConfigEntry, **own: Any) -> Any:
    """The question for the wiring of a charger that is made of these entities."""
    step = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"), context={"source": SOURCE_USER}
    )
    step = await answer(hass, step, {"identity": "entities"})
    return await answer(hass, step, OWN | own)


def fields(step: Any) -> set[str]:
    return {str(key) for key in step["data_schema"].schema}


async def test_where_there_are_no_three_phases_nobody_is_asked_for_them(
    hass: HomeAssistant, site: MockConfigEntry, helpers: None
) -> None:
    hass.config_entries.async_update_entry(site, data={**site.data, "rating": [25.0, 25.0, 0.0]})
    await hass.async_block_till_done()
    assert "switches_phases" not in fields(await asked(hass, site, phases=ONE_PHASE))


async def test_a_charger_whose_phases_can_be_set_may_switch_if_its_owner_wants(
    hass: HomeAssistant, site: MockConfigEntry, helpers: None
) -> None:
    step = await asked(hass, site, phases=ONE_PHASE)
    assert "switches_phases" in fields(step)
    step = await answer(hass, step, GARAGE | {"switches_phases": True})
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    [charger] = site.runtime_data.controller.site.chargers
    assert charger.switches_phases
    await until(lambda: hass.states.get("sensor.garage_phases_in_use"))
    assert state_of(hass, "sensor.garage_phases_in_use").state == "3"
    # Its owner changes their mind.
    [subentry] = site.get_subentries_of_type("charger")
    step = await site.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    step = await answer(hass, step, OWN | {"phases": ONE_PHASE})
    step = await answer(hass, step, GARAGE | {"switches_phases": False})
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    [charger] = site.runtime_data.controller.site.chargers
    assert not charger.switches_phases


async def test_it_is_not_offered_where_nothing_sets_the_phases(
    hass: HomeAssistant, site: MockConfigEntry, helpers: None
) -> None:
    assert "switches_phases" not in fields(await asked(hass, site))


async def test_a_charger_on_one_phase_has_nothing_to_switch(
    hass: HomeAssistant, site: MockConfigEntry, helpers: None
) -> None:
    step = await asked(hass, site, phases=ONE_PHASE)
    step = await answer(hass, step, GARAGE | {"wiring": "L2", "switches_phases": True})
    assert step["errors"] == {"switches_phases": "switches_phases_invalid"}
    step = await answer(hass, step, GARAGE | {"wiring": "L2", "switches_phases": False})
    assert step["type"] is FlowResultType.CREATE_ENTRY


async def test_a_select_that_does_not_speak_of_phases_is_refused(
    hass: HomeAssistant, site: MockConfigEntry, helpers: None
) -> None:
    step = await asked(hass, site, phases="input_select.speed")
    assert step["step_id"] == "entities"
    assert step["errors"] == {"phases": "phases_without_options"}


@pytest.mark.parametrize("can", [True, False])
async def test_an_ocpp_charger_is_offered_it_where_it_says_that_it_can(
    hass: HomeAssistant, house: World, ocpp_port: int, can: bool
) -> None:
    entry = site_entry(hass, house, ocpp_port, "garage")
    assert await hass.config_entries.async_setup(entry.entry_id)
    says = {"ConnectorSwitch3to1PhaseSupported": (str(can), True)}
    peer = Peer(identity="garage", clock=WallClock(), configuration=says)
    [subentry] = entry.get_subentries_of_type("charger")
    try:
        await peer.connect(ocpp_port)
        charger = entry.runtime_data.chargers[subentry.subentry_id]
        # It may be armed before it was asked what it can do.
        await until(lambda: charger.armed is not None and charger.switches_phases is can)
        step: Any = await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
        assert ("switches_phases" in fields(step)) is can
        if can:
            answers = GARAGE | {"fallback": 6, "security": "unchanged", "switches_phases": True}
            step = await answer(hass, step, answers)
            assert step["reason"] == "reconfigure_successful"
            await hass.async_block_till_done()
            [configured] = entry.runtime_data.controller.site.chargers
            assert configured.switches_phases
    finally:
        await peer.leave()


async def test_one_that_does_something_else_is_reported_until_it_obeys(hass: HomeAssistant) -> None:
    disobedience, issues = Disobedience(hass), ir.async_get(hass)
    notice = Notice(code=NoticeCode.PHASES_DISOBEYED, subject="a")
    seen = Decision(time=0.0, setpoints=(), circuits=(), notices=(notice,), memory=Memory())
    fine = Decision(time=1.0, setpoints=(), circuits=(), notices=(), memory=Memory())
    disobedience.decided(seen, {"a": "Garage"})
    issue = issues.async_get_issue("fusewise", "phases_a")
    assert issue is not None
    assert issue.translation_placeholders == {"name": "Garage"}
    disobedience.decided(fine, {"a": "Garage"})
    assert issues.async_get_issue("fusewise", "phases_a") is None
    disobedience.decided(seen, {"a": "Garage"})
    disobedience.forget()
    assert issues.async_get_issue("fusewise", "phases_a") is None
