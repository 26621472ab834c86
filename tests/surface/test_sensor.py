"""What the fuse carries, what each charger gets and why: as somebody sees it in Home Assistant."""

import asyncio
from datetime import timedelta
from enum import StrEnum
from functools import partial
import re
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)
from syrupy.assertion import SnapshotAssertion

from custom_components.fusewise import controller, coordinator, entity
from custom_components.fusewise.balancing.codes import FallbackCause, ReasonCode
from custom_components.fusewise.balancing.model import ChargerStatus, Phase
from demo.world import World
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from ..texts import INTEGRATION, english, lookup
from .house import car, connected_site, state_of, until


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage", "carport")


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site whose two charge points are connected, without cars."""
    entry = await connected_site(hass, house, ocpp_port, "garage", "carport")
    await until(lambda: hass.states.is_state("sensor.home_load_l1", "3.0"))
    await until(lambda: hass.states.is_state("sensor.garage_current_l1", "0.0"))
    await until(lambda: hass.states.is_state("sensor.carport_current_l2", "0.0"))
    return entry


def number(hass: HomeAssistant, entity_id: str) -> float:
    return float(state_of(hass, entity_id).state)


async def test_a_house_without_cars(
    hass: HomeAssistant,
    site: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    entries = er.async_entries_for_config_entry(entity_registry, site.entry_id)
    assert sorted(_in_a_line(hass, entry) for entry in entries) == snapshot


def _in_a_line(hass: HomeAssistant, entry: er.RegistryEntry) -> str:
    state = hass.states.get(entry.entity_id)
    facts = [
        entry.entity_id,
        entry.unique_id,
        entry.original_device_class,
        entry.unit_of_measurement,
        entry.entity_category,
        entry.config_subentry_id,
        f"'{state.name}' is {state.state}" if state else "disabled",
    ]
    return " | ".join(str(fact or "-") for fact in facts)


async def test_a_car_is_seen_on_the_phases_that_its_charger_is_wired_to(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    house.stations["carport"].plug(car())
    await until(lambda: hass.states.is_state("sensor.carport_status", "charging"))
    await until(lambda: number(hass, "sensor.carport_current_l2") > 5.9)
    assert not hass.states.get("sensor.carport_current_l1")
    # It is behind the fuse too, and what it takes leaves less room for nobody but itself.
    await until(lambda: number(hass, "sensor.home_load_l2") > 7.9)
    assert number(hass, "sensor.home_load_l1") == 3.0
    assert number(hass, "sensor.home_headroom_l2") == pytest.approx(18, abs=1)
    assert number(hass, "sensor.carport_setpoint") >= 6


async def test_a_reason_comes_with_its_figures(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    house.stations["carport"].plug(car())
    house.stations["garage"].plug(car())
    shown = ("sensor.garage_reason", "sensor.carport_reason")
    await until(lambda: all("shared_with" in state_of(hass, it).attributes for it in shown))
    figures = state_of(hass, "sensor.garage_reason").attributes
    # Both cars are on L2, and 80 % of 25 A are used.
    assert figures["shared_with"] == ["Carport"]
    assert (figures["phase"], figures["limit"], figures["source"]) == ("L2", 20.0, "rating")
    assert figures["bound"] == "L2 20 A"
    assert state_of(hass, "sensor.carport_reason").attributes["shared_with"] == ["Garage"]


async def test_more_than_the_fuse_carries_is_explained_by_what_is_fed_in(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    headroom = "sensor.home_headroom_l1"
    assert "fed_in" not in state_of(hass, headroom).attributes
    house.order(Phase.L1, -8.0)
    await until(lambda: number(hass, headroom) > 24)
    assert number(hass, "sensor.home_limit_l1") == 20.0
    assert state_of(hass, headroom).attributes["fed_in"] == number(hass, headroom) - 20.0


async def test_a_house_that_draws_more_than_the_limit_leaves_nothing_and_says_how_much(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    headroom = "sensor.home_headroom_l1"
    house.order(Phase.L1, 23.0)
    await until(lambda: "others_above" in state_of(hass, headroom).attributes)
    assert number(hass, headroom) == 0.0
    above = number(hass, "sensor.home_load_l1") - number(hass, "sensor.home_limit_l1")
    assert state_of(hass, headroom).attributes["others_above"] == pytest.approx(above, abs=1)


async def test_history_stays_small(
    hass: HomeAssistant, site: MockConfigEntry, house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = async_capture_events(hass, EVENT_STATE_CHANGED)
    decided = async_capture_decisions(site)
    # The house wanders by less than anybody wants to know.
    for amperes in (0.2, 0.6, 0.3, 0.5):
        house.order(Phase.L1, amperes)
        await asyncio.sleep(0.3)
    assert len(decided) >= 4
    assert not written
    # What matters is there with the meter's next sample.
    house.order(Phase.L1, 2.0)
    await until(lambda: hass.states.is_state("sensor.home_load_l1", "5.0"), within=1)
    # And what has settled is told in the end.
    house.order(Phase.L1, 1.7)
    await asyncio.sleep(0.5)
    assert hass.states.is_state("sensor.home_load_l1", "5.0")
    monkeypatch.setattr(entity, "SETTLED", 0.0)
    await until(lambda: hass.states.is_state("sensor.home_load_l1", "4.7"), within=2)


async def test_a_load_is_shown_above_its_limit_only_as_long_as_it_is(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    load = "sensor.home_load_l1"
    assert number(hass, "sensor.home_limit_l1") == 20.0
    house.order(Phase.L1, 18.4)
    await until(lambda: hass.states.is_state(load, "21.4"))
    # All of these are less than what matters elsewhere.
    for more, shown in ((17.0, "20.0"), (18.2, "21.2"), (17.4, "20.4")):
        house.order(Phase.L1, more)
        await until(partial(hass.states.is_state, load, shown))
    # A load that hovers there is no line of history with each sample.
    house.order(Phase.L1, 17.7)
    await until(lambda: site.runtime_data.data.circuits["main"].state.load[0] > 20.6)
    await asyncio.sleep(0.1)
    assert hass.states.is_state(load, "20.4")


async def test_a_loop_that_does_not_decide_any_more_is_noticed(
    hass: HomeAssistant,
    site: MockConfigEntry,
    house: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Something that must not happen happens: each cycle raises.
    with monkeypatch.context() as patch:
        patch.setattr(controller, "decide", None)
        await asyncio.sleep(0.3)
        patch.setattr(coordinator, "OVERDUE", timedelta(seconds=0.2))
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=11))
        assert hass.states.is_state("sensor.home_load_l1", STATE_UNAVAILABLE)
        assert hass.states.is_state("sensor.garage_setpoint", STATE_UNAVAILABLE)
        assert hass.states.is_state("switch.garage_boost", STATE_UNAVAILABLE)
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=22))
    # The next cycle is well again.
    await until(lambda: hass.states.is_state("sensor.home_load_l1", "3.0"))
    assert caplog.text.count("no control cycle for") == 1
    assert caplog.text.count("A control cycle failed") == 1
    assert caplog.text.count("Control cycles work again") == 1


async def test_asking_for_an_update_gives_what_is_known(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": "sensor.home_load_l1"}, blocking=True
    )
    assert hass.states.is_state("sensor.home_load_l1", "3.0")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("sensor.reason.state", ReasonCode),
        ("sensor.status.state", ChargerStatus),
        ("binary_sensor.fallback.state_attributes.cause.state", FallbackCause),
    ],
)
def test_each_word_of_balancing_is_a_sentence_for_people(path: str, words: type[StrEnum]) -> None:
    assert lookup(english(), f"entity.{path}").keys() == set(words)


def async_capture_decisions(site: MockConfigEntry) -> list[Any]:
    """The decisions that reach the entities from now on."""
    decisions: list[Any] = []
    coordinator = site.runtime_data
    site.async_on_unload(
        coordinator.async_add_listener(lambda: decisions.append(coordinator.data.decision))
    )
    return decisions


async def test_what_is_diagnostic_is_off_until_somebody_wants_it_and_italic_in_the_docs(
    hass: HomeAssistant, site: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    entries = er.async_entries_for_config_entry(entity_registry, site.entry_id)
    off = {entry.original_name for entry in entries if entry.disabled_by is not None}
    diagnostic = [entry for entry in entries if entry.entity_category is EntityCategory.DIAGNOSTIC]
    assert len(diagnostic) > 3
    assert {entry.original_name for entry in diagnostic} <= off
    page = (INTEGRATION.parent.parent / "docs" / "entities.md").read_text()
    told = {
        italic
        for cell in re.findall(r"^\| ([^|]+) \| [^|]+ \|$", page, re.MULTILINE)
        for italic in re.findall(r"\*([^*]+)\*", cell)
    }
    assert told == {name for name in off if name and not re.search(r" L[23]$", name)}
