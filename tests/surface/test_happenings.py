"""What happens at a site is told once each: to automations, and to the log book in plain words."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
import voluptuous as vol

from custom_components.fusewise import happenings, logbook
from custom_components.fusewise.condition import CONDITIONS
from custom_components.fusewise.happenings import Kind
from custom_components.fusewise.telling import EVENT
from custom_components.fusewise.trigger import TRIGGERS
from demo.world import World
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import condition, translation, trigger

from ..texts import english
from .house import car, connected_site, device_of, until

GARAGE, HOME = "id_of_garage", "id_of_home"


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


@pytest.fixture
async def site(
    hass: HomeAssistant, house: World, ocpp_port: int, monkeypatch: pytest.MonkeyPatch
) -> MockConfigEntry:
    """A site with a charge point that has no car; a minute is a moment."""
    monkeypatch.setattr(happenings, "LIMITED_AFTER", 0.1)
    return await connected_site(hass, house, ocpp_port, "garage")


async def automate(
    hass: HomeAssistant, site: MockConfigEntry, kind: str, owner: str
) -> list[dict[str, Any]]:
    """An automation on a trigger of ours; what it was told."""
    told: list[dict[str, Any]] = []

    async def act(variables: dict[str, Any], context: Any = None) -> None:
        told.append(variables["trigger"])

    options = {"device_id": device_of(hass, site, owner).id}
    config = [{"platform": f"fusewise.{kind}", "options": options}]
    checked = await trigger.async_validate_trigger_config(hass, config)
    remove = await trigger.async_initialize_triggers(
        hass, checked, act, "test", "test", lambda *_: None
    )
    assert remove is not None
    site.async_on_unload(remove)
    return told


async def holds(hass: HomeAssistant, site: MockConfigEntry, name: str, owner: str) -> bool:
    options = {"device_id": [device_of(hass, site, owner).id]}
    config = {"condition": f"fusewise.{name}", "options": options}
    checked = await condition.async_validate_condition_config(hass, config)
    checker = await condition.async_from_config(hass, checked)
    try:
        return bool(checker(hass))
    finally:
        checker.async_unload()


async def test_a_car_is_followed_from_plugging_in_to_leaving(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    plugged = await automate(hass, site, "plugged_in", GARAGE)
    started = await automate(hass, site, "charging_started", HOME)
    finished = await automate(hass, site, "charging_finished", GARAGE)
    assert not await holds(hass, site, "is_plugged_in", GARAGE)
    house.stations["garage"].plug(car())
    await until(lambda: started)
    assert (len(plugged), plugged[0]["name"]) == (1, "Garage")
    assert plugged[0]["device_id"] == device_of(hass, site, GARAGE).id
    await until(lambda: hass.states.is_state("sensor.garage_status", "charging"))
    assert await holds(hass, site, "is_plugged_in", HOME)
    assert await holds(hass, site, "is_charging", GARAGE)
    assert not finished
    house.stations["garage"].unplug()
    await until(lambda: finished)
    assert "energy_kwh" in finished[0]
    assert (len(plugged), len(started), len(finished)) == (1, 1, 1)


async def test_a_limit_from_outside_begins_and_ends(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    begun = await automate(hass, site, "grid_limit_begun", HOME)
    ended = await automate(hass, site, "grid_limit_ended", HOME)
    limit = {"amperes": 10, "why": "§14a"}
    await hass.services.async_call("fusewise", "limit_grid", limit, blocking=True)
    await until(lambda: begun)
    assert (begun[0]["source"], begun[0]["amperes"]) == ("§14a", 10.0)
    assert await holds(hass, site, "has_grid_limit", HOME)
    await hass.services.async_call("fusewise", "lift_grid_limit", {}, blocking=True)
    await until(lambda: ended)
    assert not await holds(hass, site, "has_grid_limit", GARAGE)


async def test_a_car_that_gets_less_for_a_while_is_limited_once(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    limited = await automate(hass, site, "limited", GARAGE)
    await hass.services.async_call("fusewise", "limit_grid", {"amperes": 10}, blocking=True)
    house.stations["garage"].plug(car())
    await until(lambda: limited, within=20)
    assert limited[0]["reason"] in {"grid_limit", "rising", "hold"}
    assert await holds(hass, site, "is_limited", GARAGE)
    assert len(limited) == 1


async def test_a_meter_that_falls_silent_makes_the_site_fall_back_and_come_back(
    hass: HomeAssistant, site: MockConfigEntry, house: World, let_pass: Any
) -> None:
    entered = await automate(hass, site, "fallback_entered", HOME)
    left = await automate(hass, site, "fallback_left", GARAGE)  # it is true of all its chargers
    let_pass(11.0)  # the site is not starting any more
    await until(lambda: not site.runtime_data.data.starting)
    await until(lambda: hass.states.is_state("binary_sensor.home_fall_back", "off"))
    port = house.meter.port
    await house.meter.stop()
    let_pass(60.0)
    await until(lambda: entered)
    assert entered[0]["cause"] == "silent"
    assert await holds(hass, site, "is_falling_back", HOME)
    await house.meter.start(port)
    await until(lambda: left, within=20)


async def test_what_is_wrong_with_a_device_is_said_where_it_is_chosen(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    options = {"options": {"device_id": ["nobody"]}}
    with pytest.raises(vol.Invalid, match="no charger or site"):
        await trigger.async_validate_trigger_config(
            hass, [{"platform": "fusewise.limited"} | options]
        )
    with pytest.raises(vol.Invalid, match="no charger or site"):
        await condition.async_validate_condition_config(
            hass, {"condition": "fusewise.is_charging"} | options
        )


async def test_a_reload_is_no_news(
    hass: HomeAssistant, site: MockConfigEntry, house: World
) -> None:
    house.stations["garage"].plug(car())
    await until(lambda: hass.states.is_state("sensor.garage_status", "charging"))
    told = async_capture_events(hass, EVENT)
    assert await hass.config_entries.async_reload(site.entry_id)
    await until(lambda: hass.states.is_state("sensor.garage_status", "charging"))
    assert told == []


def written(hass: HomeAssistant, told: dict[str, Any]) -> str:
    """What the log book says of something that has happened at the garage."""
    describe: dict[str, Any] = {}
    logbook.async_describe_events(hass, lambda _, event, how: describe.update({event: how}))
    entry = describe[EVENT](Event(EVENT, {"name": "Garage"} | told))
    assert entry["name"] == "Garage"
    return str(entry["message"])


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"type": "plugged_in"}, "has a car plugged in"),
        ({"type": "charging_finished", "energy_kwh": 12.5}, "finished charging: 12.5 kWh"),
        ({"type": "charging_finished"}, "finished charging"),
        (
            {"type": "limited", "reason": "circuit_limit"},
            "gives its car less than it could take: Limited by the fuse",
        ),
        (
            {"type": "grid_limit_begun", "amperes": 10.0, "source": "§14a"},
            "is limited from outside to 10 A: §14a",
        ),
        (
            {"type": "grid_limit_begun", "watts": 4200.0, "source": "§14a"},
            "is limited from outside to 4200 W: §14a",
        ),
        ({"type": "grid_limit_begun", "source": "§14a"}, "is limited from outside: §14a"),
    ],
)
async def test_the_log_book_speaks_plainly(
    hass: HomeAssistant, site: MockConfigEntry, told: dict[str, Any], message: str
) -> None:
    assert written(hass, told) == message


async def test_the_log_book_speaks_the_language_of_the_house(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    translation.async_setup(hass)  # as Home Assistant does when it starts
    told = {"type": "limited", "reason": "circuit_limit"}
    await hass.config.async_update(language="nl")
    await hass.async_block_till_done()
    assert written(hass, told).endswith("kunnen nemen: Begrensd door de zekering")
    await hass.config.async_update(language="pl")  # a language that Fusewise does not speak
    await hass.async_block_till_done()
    assert written(hass, told).endswith("could take: Limited by the fuse")


def test_each_of_them_has_words() -> None:
    assert set(TRIGGERS) == set(Kind) == english()["triggers"].keys()
    assert {f"log_{kind}" for kind in Kind} <= english()["common"].keys()
    assert CONDITIONS.keys() == english()["conditions"].keys()
