"""What the pages for users offer to copy is what Home Assistant takes, and what Fusewise has."""

import json
from pathlib import Path
import re
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from demo.world import World
from homeassistant.components.automation import entities_in_automation
from homeassistant.components.automation.config import async_validate_config_item
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from .house import device_of, let_call, site_entry, until

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = [
    yaml.safe_load(block)
    for page in ("automations.md", "actions.md")
    for block in re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
]


@pytest.fixture
def identities() -> tuple[str, ...]:
    return ("garage",)


@pytest.fixture
async def site(hass: HomeAssistant, house: World, ocpp_port: int) -> MockConfigEntry:
    """The site that the page speaks of."""
    entry = site_entry(hass, house, ocpp_port, "garage")
    for domain in ("persistent_notification", "tag", "zone"):
        assert await async_setup_component(hass, domain, {})
    contact = {"input_boolean": {"grid_dimmed": {"initial": True}}}
    assert await async_setup_component(hass, "input_boolean", contact)
    assert await hass.config_entries.async_setup(entry.entry_id)
    let_call(house)
    await until(lambda: hass.states.is_state("sensor.garage_status", "available"))
    return entry


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 5


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["alias"])
async def test_an_example_is_taken_and_does_what_it_says(
    hass: HomeAssistant,
    site: MockConfigEntry,
    example: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    written = json.dumps({"id": "copied", **example})
    for words, owner in {
        "the charger's device": "id_of_garage",
        "the site's device": site.entry_id,
    }.items():
        written = written.replace(words, device_of(hass, site, owner).id)
    config = json.loads(written)
    assert await async_validate_config_item(hass, "copied", config)
    assert await async_setup_component(hass, "automation", {"automation": [config]})
    (automation,) = hass.states.async_entity_ids("automation")
    assert hass.states.is_state(automation, "on")
    for entity in entities_in_automation(hass, automation):
        assert hass.states.get(entity), f"the page names {entity}, which nobody has"
    named = set(re.findall(r"states?(?:_attr|_translated)?\('([\w.]+)'", str(example)))
    assert not {entity for entity in named if hass.states.get(entity) is None}
    await hass.services.async_call(
        "automation",
        "trigger",
        {"entity_id": automation, "skip_condition": True},
        blocking=True,
    )
    await hass.async_block_till_done()
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": automation}, blocking=True
    )
    errors = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert not errors
