"""Every rule of Home Assistant's quality scale is answered, and what can be looked up is so."""

import re
from typing import Any

import pytest
import yaml

from custom_components.fusewise.const import PLATFORMS

from .texts import INTEGRATION, english

RULES = {
    "action-setup",
    "appropriate-polling",
    "brands",
    "common-modules",
    "config-flow-test-coverage",
    "config-flow",
    "dependency-transparency",
    "docs-actions",
    "docs-conditions",
    "docs-high-level-description",
    "docs-installation-instructions",
    "docs-removal-instructions",
    "docs-triggers",
    "entity-event-setup",
    "entity-unique-id",
    "has-entity-name",
    "runtime-data",
    "test-before-configure",
    "test-before-setup",
    "unique-config-entry",
    "action-exceptions",
    "config-entry-unloading",
    "docs-configuration-parameters",
    "docs-installation-parameters",
    "entity-unavailable",
    "integration-owner",
    "log-when-unavailable",
    "parallel-updates",
    "reauthentication-flow",
    "test-coverage",
    "devices",
    "diagnostics",
    "discovery",
    "discovery-update-info",
    "docs-data-update",
    "docs-examples",
    "docs-known-limitations",
    "docs-supported-devices",
    "docs-supported-functions",
    "docs-troubleshooting",
    "docs-use-cases",
    "dynamic-devices",
    "entity-category",
    "entity-device-class",
    "entity-disabled-by-default",
    "entity-translations",
    "exception-translations",
    "icon-translations",
    "reconfiguration-flow",
    "repair-issues",
    "stale-devices",
    "async-dependency",
    "inject-websession",
    "strict-typing",
}


def answers() -> dict[str, Any]:
    told = yaml.safe_load((INTEGRATION / "quality_scale.yaml").read_text())
    rules: dict[str, Any] = told["rules"]
    return rules


def test_each_rule_is_answered() -> None:
    assert len(RULES) == 54
    assert answers().keys() == RULES


@pytest.mark.parametrize("rule", sorted(RULES))
def test_an_exemption_says_why(rule: str) -> None:
    answer = answers()[rule]
    if answer != "done":
        assert answer["status"] in ("done", "exempt", "todo")
        assert len(answer["comment"]) > 20


def test_each_platform_says_how_many_updates_run_at_once() -> None:
    for platform in PLATFORMS:
        code = (INTEGRATION / f"{platform}.py").read_text()
        assert re.search(r"^PARALLEL_UPDATES = \d", code, re.MULTILINE), platform


def test_each_field_of_each_dialog_says_what_it_is_for() -> None:
    texts = english()
    flows = [texts["config"], texts["options"], *texts["config_subentries"].values()]
    steps = [step for flow in flows for step in flow["step"].values()]
    parts = [*steps, *(part for step in steps for part in step.get("sections", {}).values())]
    assert len(parts) > 20
    for part in parts:
        assert part.get("data", {}).keys() == part.get("data_description", {}).keys()


def test_what_an_action_raises_is_translated() -> None:
    bare = re.compile(r"(HomeAssistantError|ServiceValidationError)\((?!\s*translation_domain)[^)]")
    for file in INTEGRATION.glob("*.py"):
        assert not bare.search(file.read_text()), file.name
