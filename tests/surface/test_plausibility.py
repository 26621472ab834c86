"""What a meter shows and cannot be right is told with what to check."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.balancing.codes import NoticeCode, ReasonCode
from custom_components.fusewise.balancing.decision import CircuitState, Notice
from custom_components.fusewise.balancing.model import (
    Charger,
    ChargerReading,
    ChargerStatus,
    Circuit,
    PerPhase,
    Phase,
    Site,
)
from custom_components.fusewise.plausibility import Plausibility
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .house import entity_meter, stored_site, until


def meter_of(**quantities: str) -> ConfigSubentryDataWithId:
    return entity_meter(l1=quantities)


async def loaded(
    hass: HomeAssistant, ocpp_port: int, meter: ConfigSubentryDataWithId
) -> MockConfigEntry:
    rating = [25.0, 0.0, 0.0]
    allowance = [10.0, 0.0, 0.0]
    stored = stored_site(1, ocpp_port, meter, rating=rating, house_allowance=allowance)
    entry = MockConfigEntry(entry_id="home", title="Home", **stored)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


@pytest.mark.parametrize(
    ("current", "voltage", "issue", "shown"),
    [
        (5, 120, "meter_voltage", {"voltage": "120", "nominal": "230", "phase": "L1"}),
        (5000, 230, "meter_current", {}),
    ],
)
async def test_what_cannot_be_becomes_a_repair_that_goes_by_itself(
    hass: HomeAssistant,
    ocpp_port: int,
    let_pass: Callable[[float], None],
    current: float,
    voltage: float,
    issue: str,
    shown: dict[str, str],
) -> None:
    def show(amperes: float, volts: float) -> None:
        hass.states.async_set("sensor.a", str(amperes), {"unit_of_measurement": "A"})
        hass.states.async_set("sensor.v", str(volts), {"unit_of_measurement": "V"})

    show(current, voltage)
    meter = meter_of(current="sensor.a", voltage="sensor.v")
    entry = await loaded(hass, ocpp_port, meter)
    issues = ir.async_get(hass)
    await until(lambda: entry.runtime_data.data)
    assert not issues.async_get_issue("fusewise", f"{issue}_home")
    let_pass(61)
    show(current, voltage)
    await until(lambda: issues.async_get_issue("fusewise", f"{issue}_home"))
    told = issues.async_get_issue("fusewise", f"{issue}_home")
    assert told is not None
    assert told.translation_placeholders == {"site": "Home", **shown}
    show(5, 230)
    await until(lambda: not issues.async_get_issue("fusewise", f"{issue}_home"))


async def test_a_finding_of_the_watch_becomes_a_repair(hass: HomeAssistant, ocpp_port: int) -> None:
    """A phase that is dead, told by a real site; the hours are the watch's own."""
    site = Site(circuits=(Circuit(id="main", rating=(25.0, 25.0, 0.0), meter="grid"),))
    watch = Plausibility(hass, "home", "Home")
    for hour in range(26):
        load = (3.0 + 3.0 * (hour % 2), 0.0, 0.0)
        state = CircuitState(
            circuit="main",
            load=load,
            others=load,
            limit=(20.0, 20.0, 0.0),
            headroom=(17.0, 20.0, 0.0),
            source=ReasonCode.CIRCUIT_LIMIT,
        )
        watch.look(hour * 1800.0, site, [state], {"main": (230.0, 230.0, 0.0)}, {})
    issue = ir.async_get(hass).async_get_issue("fusewise", "meter_phase_still_home")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["phase"] == "L2"
    watch.forget()
    assert not ir.async_get(hass).async_get_issue("fusewise", "meter_phase_still_home")


async def test_a_meter_that_speaks_too_seldom_is_told_with_what_that_costs(
    hass: HomeAssistant,
) -> None:
    site = Site(circuits=(Circuit(id="main", rating=(25.0, 25.0, 25.0), meter="grid"),))
    state = CircuitState(
        circuit="main",
        load=(3.0, 3.0, 3.0),
        others=(3.0, 3.0, 3.0),
        limit=(20.0, 20.0, 20.0),
        headroom=(17.0, 17.0, 17.0),
        source=ReasonCode.CIRCUIT_LIMIT,
    )
    watch, issues = Plausibility(hass, "home", "Home"), ir.async_get(hass)

    def after(second: float, interval: float) -> ir.IssueEntry | None:
        watch.look(second, site, [state], {}, {}, intervals={"main": interval})
        return issues.async_get_issue("fusewise", "meter_slow_home")

    # A smart meter's ten seconds are no reason to do anything, nor is one long silence.
    assert after(0, 10.4) is None
    assert after(600, 10.4) is None
    assert after(601, 60.2) is None
    told = after(700, 60.2)
    assert told is not None
    assert told.translation_placeholders == {"site": "Home", "interval": "60"}
    assert after(710, 10.0) is None


@pytest.mark.parametrize(
    ("code", "details", "told"),
    [
        (NoticeCode.METER_REVERSED, ["L2"], {"phase": "L2"}),
        (NoticeCode.METER_REVERSED, ["L1", "L2", "L3"], {"phase": "L1, L2, L3"}),
        (NoticeCode.METER_READS_LESS, ["L1"], {"phase": "L1", "share": "50"}),
        (NoticeCode.METER_SWAPPED, ["L2 L1"], {"phase": "L2", "seen_on": "L1"}),
    ],
)
async def test_what_the_loop_finds_out_about_a_meter_becomes_a_repair(
    hass: HomeAssistant, code: NoticeCode, details: list[str], told: dict[str, str]
) -> None:
    circuit = Circuit(id="main", rating=(25.0, 25.0, 25.0), meter="grid")
    site, watch = Site(circuits=(circuit,)), Plausibility(hass, "home", "Home")
    state = CircuitState(
        circuit="main",
        load=None,
        others=(13.0, 13.0, 13.0),
        limit=(20.0, 20.0, 20.0),
        headroom=(7.0, 7.0, 7.0),
        source=ReasonCode.CIRCUIT_LIMIT,
    )
    notices = [Notice(code=code, subject="main", figure=0.5, detail=detail) for detail in details]
    watch.look(0.0, site, [state], {}, {}, notices=notices)
    issues = ir.async_get(hass)
    found = issues.async_get_issue("fusewise", f"{code}_home")
    assert found is not None
    assert found.translation_key == code
    assert found.translation_placeholders == {"site": "Home", **told}
    watch.look(1.0, site, [state], {}, {})
    assert not issues.async_get_issue("fusewise", f"{code}_home")


async def test_the_meter_of_a_sub_panel_is_watched_too(hass: HomeAssistant) -> None:
    """A garage whose meter shows the car on another phase, and the house's meter that is right."""
    site = Site(
        circuits=(
            Circuit(id="main", rating=(25.0, 25.0, 25.0), meter="grid"),
            Circuit(id="garage", parent="main", rating=(16.0, 16.0, 16.0), meter="sub"),
        ),
        chargers=(Charger(id="wall", circuit="garage", wiring=(Phase.L2,)),),
    )
    watch = Plausibility(hass, "home", "Home")

    def state(circuit: str, load: PerPhase) -> CircuitState:
        return CircuitState(
            circuit=circuit,
            load=load,
            others=load,
            limit=(16.0, 16.0, 16.0),
            headroom=(16.0, 16.0, 16.0),
            source=ReasonCode.CIRCUIT_LIMIT,
        )

    now = 1.0
    reading = ChargerReading(status=ChargerStatus.CHARGING, online=True, current=(10.0,))
    watch.look(
        now,
        site,
        [state("main", (3.0, 2.0, 1.0)), state("garage", (10.0, 0.0, 0.0))],
        {},
        {"wall": reading},
        notices=[Notice(code=NoticeCode.METER_SWAPPED, subject="garage", detail="L2 L1")],
        names={"garage": "Garage panel"},
    )
    issues = ir.async_get(hass)
    issue = issues.async_get_issue("fusewise", "meter_swapped_home_garage")
    assert issue is not None
    assert issue.translation_placeholders == {
        "site": "Garage panel",
        "phase": "L2",
        "seen_on": "L1",
    }
    assert not issues.async_get_issue("fusewise", "meter_swapped_home")
    # A panel that has no meter any more is not watched, and nothing is said of it.
    bare = replace(site, circuits=(site.circuits[0], replace(site.circuits[1], meter=None)))
    watch.look(now, bare, [state("main", (3.0, 2.0, 1.0))], {}, {"wall": reading})
    assert not issues.async_get_issue("fusewise", "meter_swapped_home_garage")
