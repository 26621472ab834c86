"""Registries of many makes, each with what is to be made of it: the set-up finds the right entity for each role.

They are written as their integrations write them, from what is public; none is in this tree or known by name.
A wrong role here would be a wrong guess in somebody's home, so each is looked at as a whole.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.fusewise.devices.entity import (
    FoundCharger,
    FoundMeter,
    find_meters,
    guess_chargers,
)
from homeassistant.core import HomeAssistant

from .test_generic import Its, device

type Registries = dict[str, dict[str, Any]]


def registries(name: str) -> Registries:
    read: Registries = json.loads(
        (Path(__file__).parent / "registries" / f"{name}.json").read_text("utf-8")
    )
    return read


CHARGERS, METERS = registries("chargers"), registries("meters")


def charger_found(found: FoundCharger, names: dict[str, str]) -> dict[str, Any]:
    """Its entities by their role, as their integration calls them; only what there is."""
    made = found.entities
    roles: dict[str, Any] = {
        "outlet": found.part,
        "limit": made.limit and names[made.limit.entity or ""],
        "switch": made.switch and names[made.switch.entity],
        "off": made.switch and made.switch.off,
        "phases": made.phases and made.phases.entity and names[made.phases.entity],
        "one_phase": made.phases and made.phases.one,
        "status": made.status and names[made.status],
        "currents": [names[entity] for entity in made.currents],
        "power": made.power and names[made.power],
        "energy": made.energy and names[made.energy],
    }
    return {role: it for role, it in roles.items() if it}


def meter_found(found: FoundMeter, names: dict[str, str]) -> dict[str, Any]:
    """Its entities by phase and quantity."""
    parts = zip(
        ("L1", "L2", "L3", "total"), (*found.entities.phases, found.entities.total), strict=True
    )
    roles = ("current", "power", "exported", "voltage")
    shown = {
        part: {role: names[it] for role in roles if (it := getattr(quantities, role)) is not None}
        for part, quantities in parts
    }
    return {part: quantities for part, quantities in shown.items() if quantities}


def registered(hass: HomeAssistant, integration: str, recorded: dict[str, Any]) -> dict[str, str]:
    """Put it into the registries; its unique ids by entity id."""
    entities = [_entity(*each) for each in recorded["entities"]]
    ids = device(hass, integration, *entities, name=recorded["name"])
    return {entity: called.split(" ", 1)[1] for called, entity in ids.items()}


def _entity(
    domain: str,
    unique_id: str,
    kind: str | None = None,
    unit: str | None = None,
    state: str = "0",
    options: tuple[str, ...] = (),
    name: str | None = None,
) -> Its:
    return Its(domain, unique_id, kind, unit, state, tuple(options), name)


@pytest.mark.parametrize("make", CHARGERS)
def test_the_entities_of_a_charger_get_their_roles(hass: HomeAssistant, make: str) -> None:
    names = registered(hass, make, CHARGERS[make])
    found = [charger_found(each, names) for each in guess_chargers(hass, (), ())]
    assert found == CHARGERS[make]["found"]


@pytest.mark.parametrize("make", METERS)
def test_a_meter_is_made_of_what_flows_at_the_grid(hass: HomeAssistant, make: str) -> None:
    names = registered(hass, make, METERS[make])
    found = [meter_found(each, names) for each in find_meters(hass, range(3), ())]
    assert found == METERS[make]["found"]


@pytest.mark.parametrize("make", [make for make, its in CHARGERS.items() if its["found"]])
def test_what_a_charger_measures_of_itself_is_no_meter_of_the_house(
    hass: HomeAssistant, make: str
) -> None:
    names = registered(hass, make, CHARGERS[make])
    chargers = {found.device for found in guess_chargers(hass, (), ())}
    for meter in find_meters(hass, range(3), (), chargers):
        entities = [names[entity] for entity in meter.entities]
        assert all("grid" in entity or "house" in entity for entity in entities)
