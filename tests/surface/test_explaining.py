"""What a charger gets is said in whole sentences, in the language of who asks."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.decision import Reason, Setpoint
from custom_components.fusewise.balancing.model import Phase
from custom_components.fusewise.explaining import async_get_explainer, explained
from custom_components.fusewise.readiness import Outlook
from custom_components.fusewise.views import ChargerView
from demo.world import World
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .house import connected_site, panel_data

GARAGE = "id_of_garage"


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    return await connected_site(hass, house, ocpp_port, "garage", panel_data("shed"))


def decided(site: MockConfigEntry, current: float, reason: Reason) -> ChargerView:
    """The charger as it would be shown, had it been decided so."""
    view: ChargerView = site.runtime_data.data.chargers[GARAGE]
    setpoint = Setpoint(charger=GARAGE, current=current, target=current, reason=reason)
    return replace(view, setpoint=setpoint)


async def said(
    hass: HomeAssistant, site: MockConfigEntry, view: ChargerView, language: str | None = None
) -> str:
    told = explained(site.runtime_data, view, await async_get_explainer(hass, language))
    return str(told["text"])


async def test_nothing_is_said_of_a_charger_that_was_added_a_moment_ago(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    view = replace(site.runtime_data.data.chargers[GARAGE], setpoint=None)
    assert await said(hass, site, view) == ""


async def test_a_limit_in_watts_and_the_panel_that_it_holds_for_are_named(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    reason = Reason(code=ReasonCode.WATT_LIMIT, circuit="id_of_shed", limit=4200.0)
    text = await said(hass, site, decided(site, 6.0, reason))
    assert text.endswith("What binds is 4200 W of Shed.")


async def test_the_warmth_of_a_breaker_that_nobody_measures_is_said_by_what_it_leaves(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    circuit = site.runtime_data.data.circuits["id_of_shed"]
    assert circuit.memory.temperature is None
    reason = Reason(code=ReasonCode.THERMAL, circuit="id_of_shed", phase=Phase.L1, limit=13.0)
    text = await said(hass, site, decided(site, 6.0, reason))
    assert text.endswith(
        "What binds is 13 A on L1 of Shed. It is so warm there that 100 % of the rating is left."
    )


async def test_what_lies_behind_a_slow_rise_is_said_too(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    reason = Reason(code=ReasonCode.RISING, limited_by=ReasonCode.CIRCUIT_LIMIT)
    text = await said(hass, site, decided(site, 6.0, reason))
    assert text == "Garage gets 6.0 A: Rises step by step. Behind that: Limited by the fuse."
    german = await said(hass, site, decided(site, 6.0, reason), "de")
    assert german.startswith("Garage bekommt 6.0 A: Steigt Schritt für Schritt.")


async def test_times_are_said_with_their_day_where_that_is_not_today(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    tomorrow = dt_util.start_of_local_day() + timedelta(days=1, hours=7)
    seconds = tomorrow.timestamp()
    reason = Reason(code=ReasonCode.WAITING_TURN, until=seconds)
    view = decided(site, 0.0, reason)
    view = replace(view, outlook=Outlook(ready_at=seconds, late=True), departure=seconds - 3600)
    text = await said(hass, site, view)
    assert f"That lasts until {tomorrow:%Y-%m-%d} 07:00." in text
    assert f"Its car is ready at about {tomorrow:%Y-%m-%d} 07:00." in text
    assert text.endswith(f"That is too late: it leaves at {tomorrow:%Y-%m-%d} 06:00.")
    explainer = await async_get_explainer(hass)
    figures = explained(site.runtime_data, view, explainer)["figures"]
    assert figures["until"] == tomorrow.isoformat()
