"""A charger that calls is offered, taken in and changed while everything else goes on."""

from types import MappingProxyType
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.balancing.model import Phase
from custom_components.fusewise.devices.ocpp import preparing
from demo.world import World
from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_USER, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .calling import said_by_hand
from .house import (
    HOST,
    charger_data,
    device_of,
    let_call,
    only_charger,
    site_entry,
    stored_site,
    until,
)

GARAGE = {
    "name": "Garage",
    "wiring": "L2 L3 L1",
    "maximum": 16,
    "fallback": 6,
    "security": "no_password",
}


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """A site without chargers, at whose port the garage's charge point knocks."""
    entry = site_entry(hass, house, ocpp_port)
    assert await hass.config_entries.async_setup(entry.entry_id)
    let_call(house)
    return entry


def offered(hass: HomeAssistant) -> list[Any]:
    return hass.config_entries.flow.async_progress_by_handler("fusewise")


async def discovered(hass: HomeAssistant) -> Any:
    """The dialog of the first charger that was discovered."""
    await until(lambda: offered(hass))
    return await hass.config_entries.flow.async_configure(offered(hass)[0]["flow_id"])


async def answer(hass: HomeAssistant, step: Any, user_input: dict[str, Any]) -> Any:
    return await hass.config_entries.flow.async_configure(step["flow_id"], user_input)


async def added_by_hand(hass: HomeAssistant, site: MockConfigEntry, identity: str) -> Any:
    """The dialog that asks for the details of a charger that was chosen by hand."""
    step = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"), context={"source": SOURCE_USER}
    )
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "user")
    return await said_by_hand(hass, step, identity)


async def test_a_charger_that_calls_is_taken_in_without_a_reload(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    coordinator = site.runtime_data
    step = await discovered(hass)
    assert offered(hass)[0]["context"]["title_placeholders"] == {
        "name": "Fusewise demo 3-phase 16 A (garage)"
    }
    assert (step["step_id"], step["errors"]) == ("charger", {})
    assert step["description_placeholders"] == {"identity": "garage", "site": "Home"}
    step = await answer(hass, step, GARAGE)
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "charger_added")
    [subentry] = site.get_subentries_of_type("charger")
    assert (subentry.title, subentry.unique_id) == ("Garage", "ocpp_garage")
    assert subentry.data == {
        "identity": "garage",
        "vendor": "Fusewise demo",
        "model": "3-phase 16 A",
        "serial": "garage",
        "circuit": "main",
        "wiring": "L2 L3 L1",
        "maximum": 16,
        "fallback": 6,
        "password_hash": None,
    }
    # It is in: its line is accepted, its fall-back written, its entities are there.
    await until(lambda: house.stations["garage"].online)
    assert site.runtime_data is coordinator
    await until(lambda: coordinator.chargers[subentry.subentry_id].armed == 6.0)
    [charger] = coordinator.controller.site.chargers
    assert charger.wiring == (Phase.L2, Phase.L3, Phase.L1)
    await until(lambda: hass.states.get("sensor.garage_setpoint"))
    # What it tells only now, at its first accepted boot, is shown too.
    await until(lambda: device_of(hass, site, subentry.subentry_id).sw_version == "1.0")
    assert not offered(hass)


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("maximum", 5, "maximum_invalid"),
        ("maximum", "abc", "maximum_invalid"),
        ("fallback", -5, "fallback_invalid"),
        ("fallback", 3, "fallback_invalid"),
        ("fallback", 20, "fallback_above_maximum"),
        ("name", "", "name_invalid"),
    ],
)
async def test_a_charger_that_cannot_be_is_explained_beside_its_field(
    hass: HomeAssistant, site: MockConfigEntry, field: str, value: Any, error: str
) -> None:
    step = await answer(hass, await discovered(hass), GARAGE | {field: value})
    assert (step["step_id"], step["errors"]) == ("charger", {field: error})
    step = await added_by_hand(hass, site, "yard")
    step = await hass.config_entries.subentries.async_configure(
        step["flow_id"], GARAGE | {field: value}
    )
    assert (step["step_id"], step["errors"]) == ("details", {field: error})


async def test_each_site_is_asked_for_where_several_share_a_port(
    hass: HomeAssistant, site: MockConfigEntry, ocpp_port: int
) -> None:
    barn = MockConfigEntry(title="Barn", **stored_site(1, ocpp_port, rating=[16.0, 0.0, 0.0]))
    barn.add_to_hass(hass)
    step = await discovered(hass)
    assert step["step_id"] == "site"
    [options] = [kind.config["options"] for kind in step["data_schema"].schema.values()]
    assert [option["label"] for option in options] == ["Home", "Barn"]
    step = await answer(hass, step, {"site": barn.entry_id})
    # The barn has one phase, so there is nothing else to be wired to.
    wirings = {str(key): kind for key, kind in step["data_schema"].schema.items()}["wiring"]
    assert wirings.config["options"] == ["L1"]
    step = await answer(hass, step, GARAGE | {"wiring": "L1"})
    assert step["description_placeholders"] == {"name": "Garage", "site": "Barn"}
    assert not site.get_subentries_of_type("charger")
    assert only_charger(barn).title == "Garage"


async def test_a_charger_that_is_ignored_stays_so(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    step = await discovered(hass)
    await hass.config_entries.flow.async_init(
        "fusewise",
        context={"source": SOURCE_IGNORE},
        data={"unique_id": "ocpp_garage", "title": "Garage"},
    )
    assert step["flow_id"] not in [flow["flow_id"] for flow in offered(hass)]
    # It comes back, and boots anew.
    house.lines["garage"].cut()
    house.lines["garage"].restore()
    door = site.runtime_data.door
    await until(lambda: not door.waiting)
    await until(lambda: door.waiting)
    await hass.async_block_till_done()
    assert not offered(hass)


async def test_a_charger_is_offered_again_after_it_was_removed(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    await answer(hass, await discovered(hass), GARAGE)
    subentry_id = only_charger(site).subentry_id
    hass.config_entries.async_remove_subentry(site, subentry_id)
    await until(lambda: offered(hass))
    assert site.runtime_data.controller.site.chargers == ()
    assert site.runtime_data.chargers == {}


async def test_a_charger_without_any_site_tells_that_one_is_needed(
    hass: HomeAssistant, ocpp_port: int
) -> None:
    step: Any = await hass.config_entries.flow.async_init(
        "fusewise",
        context={"source": "integration_discovery"},
        data={"identity": "garage", "ocpp": {"host": HOST, "port": ocpp_port}},
    )
    assert step["reason"] == "no_site"


async def test_a_charger_of_another_site_is_not_offered(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    site_entry(hass, house, ocpp_port, "garage")
    step: Any = await hass.config_entries.flow.async_init(
        "fusewise",
        context={"source": "integration_discovery"},
        data={"identity": "garage", "ocpp": {"host": HOST, "port": ocpp_port}},
    )
    assert step["reason"] == "already_configured"


async def test_a_waiting_charger_is_added_by_hand_and_no_longer_offered(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    await until(lambda: offered(hass))
    step: Any = await hass.config_entries.subentries.async_init(
        (site.entry_id, "charger"), context={"source": SOURCE_USER}
    )
    [kind] = step["data_schema"].schema.values()
    assert kind.config["options"] == [
        {"value": "garage", "label": "Fusewise demo 3-phase 16 A (garage)"},
        {"value": "entities", "label": "Another one: choose its entities"},
        {"value": "later", "label": "One that will connect later"},
    ]
    assert not kind.config["custom_value"]  # or the list would show ids in the place of names
    assert step["description_placeholders"]["address"].startswith(f"ws://{HOST}:")
    subentries = hass.config_entries.subentries
    step = await subentries.async_configure(step["flow_id"], {"identity": "garage"})
    step = await subentries.async_configure(step["flow_id"], GARAGE)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert not offered(hass)
    assert only_charger(site).unique_id == "ocpp_garage"


async def test_a_charger_can_be_added_before_it_calls(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    step = await added_by_hand(hass, site, " yard ")
    assert step["step_id"] == "details"
    step = await hass.config_entries.subentries.async_configure(step["flow_id"], GARAGE)
    assert step["data"]["identity"] == "yard"
    await until(lambda: hass.states.get("binary_sensor.garage_problem"))


@pytest.mark.parametrize(
    ("identity", "error"), [("  ", "identity_invalid"), ("garage", "already_configured")]
)
async def test_a_charger_that_cannot_be_added_is_explained(
    hass: HomeAssistant, site: MockConfigEntry, identity: str, error: str
) -> None:
    await answer(hass, await discovered(hass), GARAGE)
    step = await added_by_hand(hass, site, identity)
    assert step["errors"] == {"identity": error}


async def test_nothing_can_be_added_to_a_site_that_does_not_run(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port)
    step = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "charger"), context={"source": SOURCE_USER}
    )
    assert step["reason"] == "site_not_loaded"


async def test_a_charger_is_changed_in_place(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port, "garage")
    assert await hass.config_entries.async_setup(entry.entry_id)
    let_call(house)
    coordinator = entry.runtime_data
    subentry = only_charger(entry)
    charger = coordinator.chargers[subentry.subentry_id]
    await until(lambda: charger.reading.online)
    await until(lambda: hass.states.get("sensor.garage_current_l3"))
    step: Any = await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    shown = {str(key): key.description for key in step["data_schema"].schema}
    assert shown["wiring"] == {"suggested_value": "L2 L3 L1"}
    step = await hass.config_entries.subentries.async_configure(
        step["flow_id"], GARAGE | {"name": "Barn", "wiring": "L2", "fallback": 8}
    )
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await hass.async_block_till_done()
    # The same coordinator, the same charger on the same line.
    assert entry.runtime_data is coordinator
    assert coordinator.chargers[subentry.subentry_id] is charger
    assert charger.reading.online
    assert charger.settings.fallback == 8
    await until(lambda: coordinator.data.chargers[subentry.subentry_id].charger.wiring == (1,))
    await hass.async_block_till_done()
    # What it is not wired to any more has no entity any more.
    assert hass.states.get("sensor.garage_current_l2")
    assert not hass.states.get("sensor.garage_current_l3")
    assert device_of(hass, entry, subentry.subentry_id).name == "Barn"


@pytest.mark.parametrize("switches", [True, False])
async def test_a_charger_is_changed_while_its_site_does_not_run(
    hass: HomeAssistant, house: World, ocpp_port: int, switches: bool
) -> None:
    known = charger_data("garage", switches_phases=switches)
    entry = site_entry(hass, house, ocpp_port, known)
    step: Any = await entry.start_subentry_reconfigure_flow(hass, known["subentry_id"])
    # Nobody can ask it now: what it could do holds.
    assert ("switches_phases" in step["data_schema"].schema) is switches
    step = await hass.config_entries.subentries.async_configure(
        step["flow_id"], GARAGE | {"name": "Barn"}
    )
    assert step["reason"] == "reconfigure_successful"
    assert only_charger(entry).title == "Barn"


async def test_an_owner_says_who_may_charge_and_how_the_charger_is_told(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port, "garage")
    car = ConfigSubentry(
        data=MappingProxyType({"cards": ["04:A1"]}),
        subentry_type="vehicle",
        title="Saloon",
        unique_id=None,
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    subentry = only_charger(entry)
    charger = entry.runtime_data.chargers[subentry.subentry_id]
    assert (charger.settings.cards, charger.settings.way, charger.settings.life) == (None, None, 30)

    async def changed(**answers: Any) -> Any:
        step: Any = await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
        step = await hass.config_entries.subentries.async_configure(
            step["flow_id"], GARAGE | {"security": "unchanged"} | answers
        )
        await hass.async_block_till_done()
        return step

    step = await changed(
        access={"mode": "known_cards", "cards": ["04-b2", " "]},
        telling={"way": "station_max", "unit": "watts", "life": 60},
    )
    assert step["reason"] == "reconfigure_successful"
    settings = charger.settings
    assert settings.cards == {"04B2"}
    assert (settings.way, settings.unit, settings.life) == ("station_max", "W", 60)
    # The cards of the site's vehicles count too, as soon as they are there.
    hass.config_entries.async_add_subentry(entry, car)
    await hass.async_block_till_done()
    assert charger.settings.cards == {"04B2", "04A1"}
    await changed(
        access={"mode": "no_card"}, telling={"way": "automatic", "unit": "automatic", "life": 30}
    )
    assert charger.settings.is_free
    assert (charger.settings.cards, charger.settings.way, charger.settings.unit) == (None,) * 3
    step = await changed(telling={"way": "automatic", "unit": "automatic", "life": 5})
    assert step["errors"] == {"telling": "life_invalid"}


async def test_what_a_charger_has_taught_is_kept_and_goes_with_its_site(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preparing, "BOOT_WAIT", 60.0)  # on a busy machine, too, it boots only once
    entry = site_entry(hass, house, ocpp_port, "garage")
    hass_storage["fusewise.learnt.id_of_home"] = {
        "version": 1,
        "key": "fusewise.learnt.id_of_home",
        "data": {"id_of_garage": {"way": "tx_default", "tried": ["tx"], "is_clean": True}},
    }
    assert await hass.config_entries.async_setup(entry.entry_id)
    charger = entry.runtime_data.chargers["id_of_garage"]
    assert charger.way == "tx_default"
    let_call(house)
    # Whoever boots may have forgotten what it was armed with before.
    await until(lambda: charger.info is not None and charger.armed == 6.0)
    assert await hass.config_entries.async_unload(entry.entry_id)
    kept = hass_storage["fusewise.learnt.id_of_home"]["data"]["id_of_garage"]
    assert (kept["way"], kept["armed"]) == ("tx_default", 6.0)
    await hass.config_entries.async_remove(entry.entry_id)
    assert "fusewise.learnt.id_of_home" not in hass_storage
