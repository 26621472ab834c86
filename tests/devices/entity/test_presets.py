"""What is known of each integration's chargers is what that integration says itself."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any

import pytest

from custom_components.fusewise.balancing.model import ChargerStatus
from custom_components.fusewise.devices.entity import PRESETS, Preset, Role
from custom_components.fusewise.devices.entity.statuses import status_of
import homeassistant
from homeassistant.core import State
from homeassistant.util.unit_conversion import ElectricCurrentConverter, PowerConverter

from .stand_ins import descriptions_of

CORE = Path(homeassistant.__file__).parent / "components"
OF_CORE = [preset for preset in PRESETS if preset.source.startswith("homeassistant/components/")]
CHARGERS_OF_CORE = [preset for preset in OF_CORE if not preset.is_plug]


def by_integration(preset: Preset) -> str:
    return preset.integration


def source_of(preset: Preset) -> str:
    """All that the integration's own source says."""
    return "\n".join(path.read_text() for path in sorted((CORE / preset.integration).glob("*.py")))


def roles_of(preset: Preset) -> Iterator[Role]:
    roles = (preset.limit, preset.limit_shown_by, preset.switch, preset.status, preset.power)
    for role in (*roles, preset.phases, preset.presence, *preset.currents):
        if role is not None:
            yield role


def texts_of(preset: Preset) -> Mapping[str, Any]:
    texts = json.loads((CORE / preset.integration / "strings.json").read_text())
    entities: Mapping[str, Any] = texts["entity"]
    return entities


def statuses_of(preset: Preset) -> set[str]:
    """Every state that the integration's status can have."""
    assert preset.status is not None
    role = preset.status
    if role.domain == "binary_sensor":
        return {"on", "off"}
    if preset.integration == "wallbox":
        [words] = re.findall(
            r"class ChargerStatus\(StrEnum\):(.*?)\n\n\n", source_of(preset), re.DOTALL
        )
        return set(re.findall(r'= "(.+?)"', words))
    return set(texts_of(preset)[role.domain][role.key]["state"])


@pytest.mark.parametrize("preset", PRESETS, ids=by_integration)
def test_each_preset_says_where_it_was_read_and_how_the_charger_is_told(preset: Preset) -> None:
    assert re.match(r"(homeassistant/components/\w+|github\.com/[\w-]+/[\w-]+): \w", preset.source)
    assert preset.limit or preset.switch or preset.action or preset.is_only_watched
    assert set(preset.statuses.values()) <= set(ChargerStatus)


@pytest.mark.parametrize("preset", CHARGERS_OF_CORE, ids=by_integration)
def test_every_role_is_an_entity_that_the_integration_has(preset: Preset) -> None:
    # Some take their entities from a library, and have only the names of them.
    texts = CORE / preset.integration / "strings.json"
    source = source_of(preset) + (texts.read_text() if texts.exists() else "")
    for role in roles_of(preset):
        assert (CORE / preset.integration / f"{role.domain}.py").exists()
        assert f'"{role.key}"' in source, role
    for file in preset.source.split(": ")[1].split(", "):
        assert (CORE / preset.integration / file).exists()


@pytest.mark.parametrize("preset", CHARGERS_OF_CORE, ids=by_integration)
def test_every_status_that_the_integration_has_is_understood(preset: Preset) -> None:
    statuses = statuses_of(preset)
    assert statuses
    for status in statuses - {"unknown", "Unknown"}:
        meant = status_of(State("sensor.status", status), preset.statuses)
        assert meant is not None, status
    # And nothing is explained that it never says.
    assert preset.statuses.keys() <= statuses


@pytest.mark.parametrize(
    "preset",
    [preset for preset in OF_CORE if preset.switch and preset.switch.domain == "select"],
    ids=by_integration,
)
def test_a_mode_that_switches_is_one_that_the_integration_has(preset: Preset) -> None:
    assert preset.switch is not None
    states = texts_of(preset)["select"][preset.switch.key]["state"]
    assert {preset.on, preset.off} <= set(states)


UNITS = {
    "limit": {*ElectricCurrentConverter.VALID_UNITS, *PowerConverter.VALID_UNITS},
    "current": ElectricCurrentConverter.VALID_UNITS,
    "power": PowerConverter.VALID_UNITS,
}


def test_the_integrations_themselves_describe_these_entities_so() -> None:
    """Their own code is run; only their libraries are stood in for."""
    roles = [
        (preset.integration, what, role)
        for preset in CHARGERS_OF_CORE
        for what, role in [
            ("limit", preset.limit),
            ("status", preset.status),
            ("power", preset.power),
            *(("current", role) for role in preset.currents),
        ]
        if role is not None
    ]
    platforms = {(integration, role.domain) for integration, _, role in roles}
    described = descriptions_of(sorted(platforms))
    seen = set()
    for integration, what, role in roles:
        for description in described[f"{integration} {role.domain}"]:
            if role.key not in (description["key"], description["translation_key"]):
                continue
            seen.add((integration, role))
            where, kind, unit = (
                f"{integration} {role}",
                description["device_class"],
                description["unit"],
            )
            if what == "status":
                assert kind in (None, "enum", "plug"), where
            elif unit is None:
                # The charger itself says it: then the kind is said, or it is a limit, which counts as amperes.
                assert what in ("limit", kind), where
            else:
                assert unit in UNITS[what], where
    # Some make an entity without a table; most do not.
    assert len(seen) >= 50
    assert len({integration for integration, _ in seen}) >= 16
