"""The watch over missing texts sees what is missing, and nothing else."""

from typing import Any, override

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_config_flow,
    mock_integration,
    mock_platform,
)
import voluptuous as vol

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from .texts import Result, Texts, missing_in_entity, missing_in_flow, missing_in_issue, watched

KNOWN: Texts = {
    "config": {
        "step": {
            "user": {
                "title": "Your fuse",
                "description": "As on {label}",
                "data": {"rating": "Rating"},
                "sections": {"more": {"name": "More", "data": {"share": "Usable share"}}},
            },
            "how": {"title": "How?", "menu_options": {"tcp": "By network"}},
            "bare": {"data": {}},
        },
        "error": {"rating_invalid": "Between 6 and 1000 A"},
        "abort": {"already_configured": "It is there already"},
    },
    "issues": {
        "silent": {"title": "{name} is silent", "description": "Look at it"},
        "mend": {"title": "Mend it", "fix_flow": {}},
        "half": {"title": "Half"},
    },
    "entity": {"sensor": {"status": {"name": "Status", "state": {"charging": "Charging"}}}},
}


def form(step: str, *fields: str, **more: Any) -> Result:
    """Return what a flow gives to Home Assistant to show a form."""
    schema = vol.Schema({vol.Required(field): str for field in fields})
    return {"type": FlowResultType.FORM, "step_id": step, "data_schema": schema, **more}


def in_flow(result: Result) -> list[str]:
    return missing_in_flow(KNOWN, "config", result)


def test_a_form_with_all_its_texts_misses_nothing() -> None:
    label = {"label": "the board"}
    errors = {"rating": "rating_invalid"}
    assert not in_flow(form("user", "rating", errors=errors, description_placeholders=label))


def test_a_field_an_error_and_a_placeholder_without_text_are_named() -> None:
    assert in_flow(form("user", "voltage", errors={"base": "offline"})) == [
        "config.step.user.data.voltage",
        "config.error.offline",
        "a value for {label} in config.step.user.description",
    ]


def test_a_form_without_any_heading_is_named() -> None:
    assert in_flow(form("bare")) == ["config.step.bare.title"]


def test_a_field_in_a_section_is_looked_for_in_the_section() -> None:
    inner: Any = vol.Schema({vol.Required("share"): str, vol.Required("hold"): str})
    schema = vol.Schema({vol.Required("more"): section(inner)})
    result = form("user", description_placeholders={"label": ""})
    assert in_flow({**result, "data_schema": schema}) == [
        "config.step.user.sections.more.data.hold"
    ]


def test_a_menu_option_without_text_is_named() -> None:
    result: Result = {
        "type": FlowResultType.MENU,
        "step_id": "how",
        "menu_options": ["tcp", "serial"],
    }
    assert in_flow(result) == ["config.step.how.menu_options.serial"]


@pytest.mark.parametrize(
    ("reason", "missing"),
    [("already_configured", []), ("no_meter", ["config.abort.no_meter"])],
)
def test_a_reason_to_stop_needs_a_text(reason: str, missing: list[str]) -> None:
    assert in_flow({"type": FlowResultType.ABORT, "reason": reason}) == missing


@pytest.mark.parametrize(
    ("key", "missing"),
    [
        ("silent", ["a value for {name} in issues.silent.title"]),
        ("mend", []),
        ("half", ["issues.half.description"]),
        ("new", ["issues.new.title", "issues.new.description"]),
    ],
)
def test_an_issue_needs_a_title_and_what_to_do(key: str, missing: list[str]) -> None:
    assert missing_in_issue(KNOWN, key, ()) == missing


async def test_an_entity_needs_a_name_and_a_text_for_each_option(hass: HomeAssistant) -> None:
    registry = er.async_get(hass)
    status = registry.async_get_or_create(
        "sensor",
        "other",
        "1",
        translation_key="status",
        capabilities={"options": ["charging", "faulted"]},
    )
    boost = registry.async_get_or_create("switch", "other", "2", translation_key="boost")
    assert missing_in_entity(KNOWN, status) == ["entity.sensor.status.state.faulted"]
    assert missing_in_entity(KNOWN, boost) == ["entity.switch.boost.name"]


async def test_what_a_running_integration_shows_is_watched(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Flow(ConfigFlow):
        @override
        async def async_step_user(
            self, user_input: dict[str, Any] | None = None
        ) -> ConfigFlowResult:
            return self.async_abort(reason="no_meter")

    mock_integration(hass, MockModule("made_up"))
    mock_platform(hass, "made_up.config_flow")
    entry = MockConfigEntry(domain="made_up")
    entry.add_to_hass(hass)

    def show() -> None:
        er.async_get(hass).async_get_or_create(
            "switch", "made_up", "1", translation_key="boost", config_entry=entry
        )
        ir.async_create_issue(
            hass,
            "made_up",
            "1",
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="half",
        )

    lacks = r"config\.abort\.no_meter, entity\.switch\.boost\.name, issues\.half\.description"
    with pytest.raises(AssertionError, match=lacks), watched(hass, monkeypatch, "made_up", KNOWN):  # noqa: PT012
        with mock_config_flow("made_up", Flow):
            await hass.config_entries.flow.async_init("made_up", context={"source": "user"})
        show()
    er.async_get(hass).async_clear_config_entry(entry.entry_id)
