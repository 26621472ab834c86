"""A vehicle's dialog shows what its entities say now, and is shown again as it was stored."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant

from .test_around import PERCENT, ROOF, SAVE, WATTS, added, answer, asked, suggested

VAN: dict[str, Any] = {"name": "Van", "soc": "sensor.van", "target_soc": 80, "capacity_kwh": 50}


async def test_where_it_is_and_whether_it_is_plugged_in_is_shown_in_its_own_words(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    hass.states.async_set("sensor.van", "62", PERCENT)
    hass.states.async_set("device_tracker.van", "not_home")
    told = VAN | {"presence": "device_tracker.van", "plug": "sensor.gone"}
    _, values = await added(hass, site, "vehicle", told)
    assert values.splitlines()[2:] == ["- `device_tracker.van`: not_home", "- `sensor.gone`: –"]


@pytest.mark.parametrize(
    ("plug", "state", "plugged"),
    [
        ("binary_sensor.plug", "on", True),
        ("binary_sensor.plug", "off", False),
        ("sensor.plug", "charging", True),
        ("sensor.plug", "Disconnected", False),
        ("sensor.plug", "a word that nobody knows", None),
        ("sensor.plug", "unavailable", None),
    ],
)
async def test_its_own_word_for_its_cable_is_understood(
    hass: HomeAssistant, site: MockConfigEntry, plug: str, state: str, plugged: bool | None
) -> None:
    hass.states.async_set(plug, state)
    key, _ = await added(hass, site, "vehicle", {"name": "Van", "plug": plug})
    reading = site.runtime_data.surroundings.vehicles[key].reading
    assert reading.plugged is plugged
    assert (reading.plugged_since is not None) is bool(plugged)


async def test_it_is_changed_from_what_is_stored(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    hass.states.async_set("sensor.van", "62", PERCENT)
    key, _ = await added(hass, site, "vehicle", VAN | {"cards": ["04:A1"]})
    step = await asked(hass, site, "vehicle", key)
    shown = suggested(step)
    assert (shown["name"], shown["target_soc"], shown["cards"]) == ("Van", 80, ["04:A1"])
    step = await answer(hass, await answer(hass, step, VAN | {"name": "Bus"}), SAVE)
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert site.subentries[key].title == "Bus"
    assert site.runtime_data.surroundings.vehicles[key].cards == ()


async def test_solar_panels_are_changed_from_what_is_stored(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    hass.states.async_set("sensor.pv", "6900", WATTS)
    key, _ = await added(hass, site, "solar", ROOF)
    shown = suggested(await asked(hass, site, "solar", key))
    assert (shown["name"], shown["powers"]) == ("Roof", ["sensor.pv"])


async def test_what_looks_wrong_is_looked_at_again_and_changed_before_it_is_saved(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    hass.states.async_set("sensor.battery", "-850", WATTS)
    said = {"name": "Cellar", "power": "sensor.battery", "capacity_kwh": 10}
    step = await answer(hass, await asked(hass, site, "battery"), said)
    assert step["description_placeholders"]["values"] == "- -850 W\n- 10 kWh"
    hass.states.async_set("sensor.battery", "-900", WATTS)
    step = await answer(hass, step, {"next_step_id": "confirm"})
    assert step["description_placeholders"]["values"].startswith("- -900 W")
    hass.states.async_remove("sensor.battery")
    step = await answer(hass, step, {"next_step_id": "confirm"})
    assert "no entity sensor.battery" in step["description_placeholders"]["values"]
    step = await answer(hass, step, {"next_step_id": "user"})
    shown = suggested(step)
    assert (shown["name"], shown["power"], shown["capacity_kwh"]) == (
        "Cellar",
        "sensor.battery",
        10,
    )
    hass.states.async_set("sensor.battery", "-900", WATTS)
    step = await answer(hass, await answer(hass, step, said | {"negative": True}), SAVE)
    assert (step["title"], step["data"]["negative"]) == ("Cellar", True)
