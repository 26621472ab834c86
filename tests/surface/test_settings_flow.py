"""How a site is balanced is changed by clicking, in place."""

from typing import Any

import pytest
import voluptuous as vol

from custom_components.fusewise.balancing.settings import Netting, Policy, Settings
from custom_components.fusewise.settings_flow import SCHEMA
from demo.world import World
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section

from .house import site_entry

NEW = Settings()
CALM_KEYS = ("hold", "turn_time", "minimum_on", "minimum_off", "patience")
CALM = {key: getattr(NEW, key) for key in CALM_KEYS}
AS_NEW = {
    "usable_share": 80,
    "policy": "fair",
    "sun": {"netting": "all_phases"},
    "calm": CALM,
    "price": {},
    "grid": {},
}


async def test_what_is_changed_counts_at_once_and_the_rest_stays_as_it_was(
    hass: HomeAssistant, house: World, ocpp_port: int
) -> None:
    entry = site_entry(hass, house, ocpp_port, "garage")
    assert await hass.config_entries.async_setup(entry.entry_id)
    coordinator = entry.runtime_data
    assert coordinator.controller.site.settings == Settings()
    flows = hass.config_entries.options
    step: Any = await flows.async_init(entry.entry_id)
    assert (step["type"], step["step_id"], step["errors"]) == (FlowResultType.FORM, "init", {})
    step = await flows.async_configure(step["flow_id"], AS_NEW)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert coordinator.controller.site.settings == Settings()
    step = await flows.async_init(entry.entry_id)
    step = await flows.async_configure(
        step["flow_id"],
        AS_NEW
        | {
            "usable_share": 95,
            "policy": "priority",
            "boosts_per_week": 2,
            "sun": {"netting": "per_phase"},
            "calm": CALM | {"hold": 45},
            "grid": {"safe_grid_watts": 4200},
        },
    )
    await hass.async_block_till_done()
    assert entry.runtime_data is coordinator
    site = coordinator.controller.site
    assert site.circuits[0].usable_share == 0.95
    assert site.settings == Settings(
        policy=Policy.PRIORITY,
        boosts_per_week=2,
        netting=Netting.PER_PHASE,
        hold=45,
        safe_grid_watts=4200,
    )
    # Only what differs is kept, so that the rest follows a later version.
    assert (entry.options["hold"], entry.options["turn_time"]) == (45, None)
    # It shows what it knows, so that clearing a field clears it.
    step = await flows.async_init(entry.entry_id)
    shown = {str(key): key.description for key in step["data_schema"].schema}
    assert shown["boosts_per_week"] == {"suggested_value": 2}
    step = await flows.async_configure(step["flow_id"], AS_NEW)
    await hass.async_block_till_done()
    assert coordinator.controller.site.settings == Settings()


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"usable_share": 0}, {"usable_share": "usable_share_invalid"}),
        ({"usable_share": 101}, {"usable_share": "usable_share_invalid"}),
        ({"boosts_per_week": 2.5}, {"boosts_per_week": "boosts_per_week_invalid"}),
        ({"calm": CALM | {"hold": -1}}, {"calm": "hold_invalid"}),
        ({"calm": CALM | {"turn_time": 1}}, {"calm": "turn_time_invalid"}),
        ({"grid": {"safe_grid_watts": "x"}}, {"grid": "safe_grid_watts_invalid"}),
    ],
)
async def test_what_cannot_be_is_explained_where_it_is_typed(
    hass: HomeAssistant, house: World, ocpp_port: int, wrong: Any, errors: dict[str, str]
) -> None:
    entry = site_entry(hass, house, ocpp_port)
    flows = hass.config_entries.options
    step: Any = await flows.async_init(entry.entry_id)
    step = await flows.async_configure(step["flow_id"], AS_NEW | wrong)
    assert step["errors"] == errors
    assert entry.options == {"usable_share": 80}


def test_a_section_has_no_default_that_hides_what_is_known_of_its_fields() -> None:
    """Home Assistant's frontend would show the default, and saving would lose the fields."""
    sections = [marker for marker, kind in SCHEMA.schema.items() if isinstance(kind, section)]
    assert {str(marker) for marker in sections} == {"sun", "calm", "price", "grid"}
    assert all(marker.default is vol.UNDEFINED for marker in sections)
