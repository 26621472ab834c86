"""A high price pauses the cars and a warm panel lowers them; both say so, and when they say nothing any more."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise import silences
from demo.world import World
from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from .house import Hurry, car, charger_data, connected_site, panel_data, state_of, until
from .test_settings_flow import AS_NEW, CALM

PANEL = "id_of_barn"
PRICE, WARMTH = "sensor.exchange", "sensor.busbar"
CENTS, CELSIUS = {"unit_of_measurement": "ct/kWh"}, {"unit_of_measurement": "°C"}
AT_ONCE = CALM | {"minimum_on": 0, "minimum_off": 0}


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int, hurry: Hurry) -> MockConfigEntry:
    """A charger on a sub-panel of 3 × 20 A, 80 % of which may be used."""
    parts = (panel_data("barn", 20.0), charger_data("garage", circuit=PANEL))
    return await connected_site(hass, house, ocpp_port, *parts)


async def settled(hass: HomeAssistant, site: MockConfigEntry, **said: Any) -> Any:
    """Change how the site is balanced; the last step of the dialog."""
    flows = hass.config_entries.options
    step: Any = await flows.async_init(site.entry_id)
    return await flows.async_configure(step["flow_id"], AS_NEW | {"calm": AT_ONCE} | said)


async def priced(hass: HomeAssistant, site: MockConfigEntry, maximum: float | None = None) -> Any:
    price = {"price_entity": PRICE} | ({} if maximum is None else {"maximum_price": maximum})
    step = await settled(hass, site, price=price)
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "price")
    shown = step["description_placeholders"]
    step = await hass.config_entries.options.async_configure(step["flow_id"], {})
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    return shown


async def explained(hass: HomeAssistant) -> str:
    told = await hass.services.async_call(
        "fusewise", "explain", {}, blocking=True, return_response=True
    )
    return str(told)


async def put(hass: HomeAssistant, number: str, value: float) -> None:
    told = {"entity_id": number, "value": value}
    await hass.services.async_call("number", "set_value", told, blocking=True)


def charges(hass: HomeAssistant) -> bool:
    return float(state_of(hass, "sensor.garage_setpoint").state) >= 6


# --- the price -------------------------------------------------------------------------------------


async def test_a_car_waits_while_electricity_is_too_dear_and_says_so(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    hass.states.async_set(PRICE, "41.2", CENTS)
    shown = await priced(hass, site)
    # The dialog shows how it was understood.
    assert shown["shown"] == "41.2 ct/kWh"
    assert (shown["price"], shown["currency"], shown["maximum"]) == ("0.412", "EUR", "–")
    await until(lambda: hass.states.get("sensor.home_price"))
    price = state_of(hass, "sensor.home_price")
    assert (price.state, price.attributes["unit_of_measurement"]) == ("0.412", "EUR/kWh")
    house.stations["garage"].plug(car())
    await until(lambda: charges(hass))
    await put(hass, "number.home_maximum_price", 0.3)
    await until(lambda: hass.states.is_state("sensor.garage_reason", "waiting_price"))
    assert state_of(hass, "sensor.garage_setpoint").state == "0.0"
    assert state_of(hass, "sensor.garage_reason").attributes["limit"] == 0.3
    told = await explained(hass)
    assert "Waits for a lower price" in told
    assert "Electricity costs 0.412 EUR/kWh, and at most 0.3 is wanted." in told
    # One charger may pay more than the others.
    await put(hass, "number.garage_maximum_price", 0.5)
    await until(lambda: charges(hass))
    await put(hass, "number.garage_maximum_price", 0)
    await until(lambda: not charges(hass))
    # It charges when the price falls, and at any price that nobody knows.
    hass.states.async_set(PRICE, "12", CENTS)
    await until(lambda: charges(hass))
    hass.states.async_set(PRICE, "41", CENTS)
    await until(lambda: not charges(hass))
    for missing in ("unavailable", "1e9"):
        hass.states.async_set(PRICE, missing, CENTS)
        await until(lambda: charges(hass))
        assert hass.states.is_state("sensor.home_price", "unavailable")
        hass.states.async_set(PRICE, "41", CENTS)
        await until(lambda: not charges(hass))
    # No maximum again.
    await put(hass, "number.home_maximum_price", 0)
    assert site.options["maximum_price"] is None
    await until(lambda: charges(hass))


async def test_the_maximum_price_of_the_dialog_is_that_of_the_number(
    hass: HomeAssistant, site: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    hass.states.async_set(PRICE, "0.2", {"unit_of_measurement": "NOK/kWh"})
    coordinator = site.runtime_data
    shown = await priced(hass, site, 1.5)
    assert (shown["currency"], shown["maximum"]) == ("NOK", "1.5")
    await until(lambda: hass.states.is_state("number.home_maximum_price", "1.5"))
    assert site.runtime_data is coordinator
    # The same once more asks for no confirmation, also while the price is gone; without it the entities go.
    hass.states.async_remove(PRICE)
    step = await settled(hass, site, price={"price_entity": PRICE, "maximum_price": 2})
    assert step["type"] is FlowResultType.CREATE_ENTRY
    assert (site.options["currency"], site.options["maximum_price"]) == ("NOK", 2)
    await settled(hass, site, price={})
    await until(lambda: hass.states.get("number.home_maximum_price") is None)
    gone = ("number.home_maximum_price", "number.garage_maximum_price", "sensor.home_price")
    await until(lambda: not any(entity_registry.async_get(each) for each in gone))


@pytest.mark.parametrize(
    ("said", "state", "error"),
    [
        ({"maximum_price": 0.3}, None, "price_missing"),
        ({"maximum_price": -1}, None, "maximum_price_invalid"),
        ({"price_entity": PRICE}, None, "price_unreadable"),
        ({"price_entity": PRICE}, ("unavailable", CENTS), "price_unreadable"),
        ({"price_entity": PRICE}, ("5", {"unit_of_measurement": "W"}), "price_unreadable"),
    ],
)
async def test_what_is_no_price_is_explained_where_it_is_chosen(
    hass: HomeAssistant, site: MockConfigEntry, said: Any, state: Any, error: str
) -> None:
    if state is not None:
        hass.states.async_set(PRICE, *state)
    step = await settled(hass, site, price=said)
    assert step["errors"] == {"price": error}
    assert site.options.get("price_entity") is None


async def test_a_price_that_goes_while_it_is_shown_is_not_saved(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    hass.states.async_set(PRICE, "41.2", CENTS)
    step = await settled(hass, site, price={"price_entity": PRICE})
    assert step["step_id"] == "price"
    hass.states.async_remove(PRICE)
    step = await hass.config_entries.options.async_configure(step["flow_id"], {})
    assert (step["step_id"], step["errors"]) == ("init", {"price": "price_unreadable"})
    assert site.options.get("price_entity") is None


# --- the warmth ------------------------------------------------------------------------------------


async def warmed(hass: HomeAssistant, site: MockConfigEntry, **advanced: Any) -> Any:
    """Change the sub-panel's limits; the last step of the dialog."""
    flows = hass.config_entries.subentries
    context: Any = {"source": SOURCE_RECONFIGURE, "subentry_id": PANEL}
    step: Any = await flows.async_init((site.entry_id, "circuit"), context=context)
    answers = {
        "name": "Barn",
        "rating": 20,
        "phases": {},
        "limits": {"demand_minutes": "none"},
        "advanced": {"transformer": False, **advanced},
    }
    step = await flows.async_configure(step["flow_id"], answers)
    if step.get("step_id") == "others":
        step = await flows.async_configure(
            step["flow_id"], {f"other_loads_l{n}": 0 for n in (1, 2, 3)}
        )
    await hass.async_block_till_done()
    return step


async def test_a_hot_busbar_lowers_the_car_and_says_so(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    await settled(hass, site)
    house.stations["garage"].plug(car())
    await until(lambda: float(state_of(hass, "sensor.garage_setpoint").state) > 12)
    hass.states.async_set(WARMTH, "28", CELSIUS)
    step = await warmed(hass, site, temperature=WARMTH)
    assert step["reason"] == "reconfigure_successful"
    await until(lambda: hass.states.is_state("sensor.barn_temperature", "28.0"))
    assert hass.states.is_state("sensor.barn_left_by_the_warmth", "100")
    # Halfway between 30 °C and 80 °C: √½ of 80 % of 20 A.
    hass.states.async_set(WARMTH, "55", CELSIUS)
    await until(lambda: hass.states.is_state("sensor.barn_left_by_the_warmth", "71"))
    await until(lambda: float(state_of(hass, "sensor.garage_setpoint").state) <= 20 * 0.8 * 0.7072)
    assert charges(hass)
    await until(lambda: hass.states.is_state("sensor.garage_reason", "thermal"))
    assert hass.states.is_state("sensor.barn_limit_in_force", "thermal")
    told = await explained(hass)
    assert "Limited because the circuit is warm" in told
    assert "It is 55 °C there, so 71 % of the rating is left." in told
    hass.states.async_set(WARMTH, "85", CELSIUS)
    await until(lambda: not charges(hass))
    # Who says nothing any more has said the last word.
    hass.states.async_set(WARMTH, "unavailable")
    await hass.async_block_till_done()
    assert hass.states.is_state("sensor.barn_temperature", "85.0")
    assert not charges(hass)
    hass.states.async_set(WARMTH, "25", CELSIUS)
    await until(lambda: charges(hass))
    # Without the sensor its entities go.
    await warmed(hass, site)
    await until(lambda: hass.states.get("sensor.barn_temperature") is None)


async def test_a_thermometer_beside_a_transformer_measures_the_air(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    hass.states.async_set(WARMTH, "35", CELSIUS)
    await warmed(hass, site, temperature=WARMTH, transformer=True)
    [panel] = [it for it in site.runtime_data.controller.site.circuits if it.id == PANEL]
    assert (panel.derating, panel.transformer is None) == (None, False)
    await warmed(hass, site, temperature=WARMTH, transformer=True, derates_to=70)
    [panel] = [it for it in site.runtime_data.controller.site.circuits if it.id == PANEL]
    assert panel.derating is not None
    assert (panel.derating.starts_at, panel.derating.stops_at) == (30, 70)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"temperature": "sensor.nobody"}, "temperature_unreadable"),
        ({"temperature": PRICE}, "temperature_unreadable"),
        ({"derates_from": 40}, "temperature_missing"),
        ({"temperature": WARMTH, "derates_from": 90}, "derates_to_below_from"),
        ({"temperature": WARMTH, "derates_from": 500}, "derates_from_invalid"),
        ({"temperature": WARMTH, "derates_to": 1}, "derates_to_invalid"),
    ],
)
async def test_what_cannot_be_of_a_thermometer_is_explained(
    hass: HomeAssistant, site: MockConfigEntry, said: Any, error: str
) -> None:
    hass.states.async_set(PRICE, "41.2", CENTS)
    hass.states.async_set(WARMTH, "28", CELSIUS)
    step = await warmed(hass, site, **said)
    assert step["errors"] == {"advanced": error}


async def test_the_main_fuse_has_its_own_thermometer(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    flows = hass.config_entries.flow
    context: Any = {"source": SOURCE_RECONFIGURE, "entry_id": site.entry_id}
    step: Any = await flows.async_init("fusewise", context=context)
    step = await flows.async_configure(step["flow_id"], {"next_step_id": "limits"})
    limits = {"limits": {"demand_minutes": "none"}}
    wrong = limits | {"advanced": {"transformer": False, "temperature": WARMTH}}
    step = await flows.async_configure(step["flow_id"], wrong)
    assert step["errors"] == {"advanced": "temperature_unreadable"}
    assert step["description_placeholders"] == {"entity": WARMTH, "said": "–"}
    hass.states.async_set(WARMTH, "113", {"unit_of_measurement": "°F"})
    step = await flows.async_configure(step["flow_id"], wrong)
    await flows.async_configure(step["flow_id"], {"next_step_id": "save"})
    await hass.async_block_till_done()
    await until(lambda: hass.states.is_state("sensor.home_temperature", "45.0"))


# --- silence ---------------------------------------------------------------------------------------


async def test_a_price_and_a_thermometer_that_say_nothing_are_told_until_they_speak(
    hass: HomeAssistant,
    site: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    issue_registry: ir.IssueRegistry,
) -> None:
    monkeypatch.setattr(silences, "SURE_AFTER", 0.0)
    hass.states.async_set(PRICE, "41.2", CENTS)
    hass.states.async_set(WARMTH, "28", CELSIUS)
    await priced(hass, site)
    await warmed(hass, site, temperature=WARMTH)

    def told(issue: str) -> ir.IssueEntry | None:
        return issue_registry.async_get_issue("fusewise", issue)

    price, warmth = "price_silent_id_of_home", f"temperature_silent_id_of_home_{PANEL}"
    assert not told(price)
    hass.states.async_set(PRICE, "unavailable")
    hass.states.async_remove(WARMTH)
    await until(lambda: told(price) and told(warmth))
    issue = told(warmth)
    assert issue is not None
    assert issue.translation_placeholders == {"circuit": "Barn", "entity": WARMTH}
    hass.states.async_set(WARMTH, "28", CELSIUS)
    await until(lambda: told(warmth) is None)
    assert await hass.config_entries.async_unload(site.entry_id)
    assert told(price) is None
