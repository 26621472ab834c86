"""A charger that does not go together with its circuit, its fuse or its meter is explained where it is typed."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.balancing.model import Phase
from demo.world import World
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant

from .calling import said_by_hand
from .house import charger_data, entity_meter, only_charger, panel_data, site_entry, stored_site

YARD = {
    "name": "Yard",
    "circuit": "id_of_shed",
    "wiring": "L1 L2 L3",
    "maximum": 16,
    "fallback": 6,
    "security": "no_password",
}


async def asked(hass: HomeAssistant, site: MockConfigEntry) -> Any:
    flows = hass.config_entries.subentries
    context: Any = {"source": SOURCE_USER}
    step = await flows.async_init((site.entry_id, "charger"), context=context)
    return await said_by_hand(hass, step, "yard")


async def answer(hass: HomeAssistant, step: Any, user_input: dict[str, Any]) -> Any:
    flows = hass.config_entries.subentries
    return await flows.async_configure(step["flow_id"], user_input)


def stored(hass: HomeAssistant, **more: Any) -> MockConfigEntry:
    entry = MockConfigEntry(entry_id="id_of_home", title="Home", **more)
    entry.add_to_hass(hass)
    return entry


async def test_a_charger_hangs_on_the_panel_that_was_chosen(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    site = site_entry(hass, house, ocpp_port, panel_data("shed"))
    assert await hass.config_entries.async_setup(site.entry_id)
    step = await answer(hass, await asked(hass, site), YARD)
    assert step["data"]["circuit"] == "id_of_shed"
    await hass.async_block_till_done()
    [charger] = site.runtime_data.controller.site.chargers
    assert charger.circuit == "id_of_shed"


async def test_a_phase_that_the_panel_does_not_have_is_told(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    shed = panel_data("shed", rating=[16.0, 16.0, 0.0])
    site = site_entry(hass, house, ocpp_port, shed)
    assert await hass.config_entries.async_setup(site.entry_id)
    step = await answer(hass, await asked(hass, site), YARD)
    assert step["errors"] == {"wiring": "phase_not_on_circuit"}
    assert step["description_placeholders"] == {"circuit": "Shed", "phase": "L3"}
    # Meanwhile the panel is removed.
    hass.config_entries.async_remove_subentry(site, "id_of_shed")
    step = await answer(hass, step, YARD | {"wiring": "L1"})
    assert step["errors"] == {"circuit": "circuit_gone"}


async def test_a_fall_back_that_does_not_fit_is_told_once_with_what_is_left(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    shed = panel_data("shed", other_loads=[5.0, 5.0, 5.0])
    site = site_entry(hass, house, ocpp_port, shed, charger_data("garage", circuit="id_of_shed"))
    assert await hass.config_entries.async_setup(site.entry_id)
    step = await answer(hass, await asked(hass, site), YARD)
    assert step["errors"] == {"fallback": "fallback_unfit"}
    assert step["description_placeholders"] == {
        "circuit": "Shed",
        "phase": "L1",
        "rating": "16",
        "house": "5",
        "others": "6",
        "left": "5",
    }
    # One that pauses fits.
    mended = await answer(hass, step, YARD | {"fallback": 0})
    assert mended["data"]["fallback"] == 0


async def test_who_wants_it_so_submits_it_once_more(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    shed = panel_data("shed", other_loads=[12.0, 12.0, 12.0])
    site = site_entry(hass, house, ocpp_port, shed)
    assert await hass.config_entries.async_setup(site.entry_id)
    step = await answer(hass, await asked(hass, site), YARD)
    assert step["errors"] == {"fallback": "fallback_unfit"}
    step = await answer(hass, step, YARD | {"fallback": 8})
    assert step["errors"] == {"fallback": "fallback_unfit"}
    step = await answer(hass, step, YARD | {"fallback": 8})
    assert step["data"]["fallback"] == 8


async def test_a_charger_behind_no_meter_is_told_once(hass: HomeAssistant, ocpp_port: int) -> None:
    shed = panel_data("shed")
    site = stored(hass, **stored_site(1, ocpp_port, entity_meter("id_of_nowhere"), shed))
    assert await hass.config_entries.async_setup(site.entry_id)
    step = await answer(hass, await asked(hass, site), YARD)
    assert step["errors"] == {"base": "no_meter_above"}
    assert step["description_placeholders"] == {"circuit": "Shed"}
    step = await answer(hass, step, YARD)
    assert step["data"]["circuit"] == "id_of_shed"


async def test_a_charger_made_of_entities_is_explained_likewise(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    shed = panel_data("shed", rating=[16.0, 16.0, 0.0])
    site = site_entry(hass, house, ocpp_port, shed)
    assert await hass.config_entries.async_setup(site.entry_id)
    hass.states.async_set("switch.plug", "off")
    flows = hass.config_entries.subentries
    step: Any = await flows.async_init((site.entry_id, "charger"), context={"source": SOURCE_USER})
    step = await answer(hass, step, {"identity": "entities"})
    ways = {"obeys_within": 1, "minimum_interval": 0, "falls_wait_too": False, "limit_phases": 1}
    step = await answer(hass, step, {"switch": "switch.plug", **ways})
    said = {"name": "Plug", "circuit": "id_of_shed", "wiring": "L3", "maximum": 10}
    step = await answer(hass, step, said | {"maximum": 5})
    assert step["errors"] == {"maximum": "maximum_invalid"}
    step = await answer(hass, step, said)
    assert step["errors"] == {"wiring": "phase_not_on_circuit"}
    # It cannot be armed, so what it keeps is not asked to fit.
    step = await answer(hass, step, said | {"wiring": "L2"})
    assert step["data"]["circuit"] == "id_of_shed"


@pytest.mark.parametrize(
    ("supply", "voltage", "rating", "wirings", "wiring", "pair"),
    [
        ("split_phase", 120.0, [100.0, 100.0, 0.0], ["L1 L2", "L1", "L2"], "L1 L2", 240.0),
        (
            "wye_208",
            120.0,
            [100.0, 100.0, 100.0],
            ["L1 L2", "L1 L3", "L2 L3", "L1 L2 L3"],
            "L2 L3",
            207.8,
        ),
        ("it_230", 133.0, [63.0, 63.0, 63.0], ["L1 L2", "L1 L3", "L2 L3"], "L1 L3", 230.4),
    ],
)
async def test_a_charger_may_be_between_two_line_conductors(
    hass: HomeAssistant,
    house: World,
    ocpp_port: int,
    supply: str,
    voltage: float,
    rating: list[float],
    wirings: list[str],
    wiring: str,
    pair: float,
) -> None:
    data: dict[str, Any] = {"supply": supply, "voltage": voltage, "rating": rating}
    site = site_entry(hass, house, ocpp_port, **data)
    assert await hass.config_entries.async_setup(site.entry_id)
    step = await asked(hass, site)
    choice = {str(key): kind for key, kind in step["data_schema"].schema.items()}["wiring"]
    assert choice.config["options"][: len(wirings)] == wirings
    said = {key: value for key, value in YARD.items() if key != "circuit"}
    await answer(hass, step, said | {"wiring": wiring})
    await hass.async_block_till_done()
    [charger] = site.runtime_data.controller.site.chargers
    assert charger.line_to_line
    assert charger.wiring == tuple(Phase[name] for name in wiring.split())
    settings = site.runtime_data.chargers[only_charger(site).subentry_id].settings
    assert settings.line_to_line
    assert round(settings.voltage, 1) == pair


# The house may take 10 A of the 25 A; a charger that goes on with 12 A leaves nobody 6 A.
@pytest.mark.parametrize(("other", "proposed"), [(6.0, 6), (12.0, 0)])
async def test_a_fall_back_is_proposed_that_fits(
    hass: HomeAssistant, house: World, ocpp_port: int, other: float, proposed: float
) -> None:
    site = site_entry(hass, house, ocpp_port, charger_data("garage", fallback=other))
    assert await hass.config_entries.async_setup(site.entry_id)
    step = await asked(hass, site)
    shown = {str(key): key.description for key in step["data_schema"].schema}
    assert shown["fallback"] == {"suggested_value": proposed}
