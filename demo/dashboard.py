"""The demo's dashboard, of Home Assistant's own cards: the fuse, the cars, and why each gets what it gets."""

from collections.abc import Iterable, Mapping
from typing import Any

PATH = "fusewise-demo"
TITLE = "Fusewise"

type Card = dict[str, Any]
type Entities = Mapping[tuple[str | None, str], str]
"""Entity ids by (subentry id or None, key)."""


def dashboard(rating: float, chargers: Iterable[tuple[str, str]], entities: Entities) -> Card:
    """Lovelace's configuration. `chargers` are (subentry id, name)."""
    chargers = list(chargers)
    sections = [_fuse(rating, entities)]
    sections += [_charger(subentry, name, entities) for subentry, name in chargers]
    sections.append(_over_time(chargers, entities))
    view = {
        "title": TITLE,
        "path": "home",
        "type": "sections",
        "max_columns": 3,
        "sections": sections,
    }
    return {"title": TITLE, "views": [view]}


def _section(title: str, icon: str, cards: list[Card], span: int = 1) -> Card:
    heading = {"type": "heading", "heading": title, "icon": icon}
    return {"type": "grid", "cards": [heading, *cards], "column_span": span}


def _fuse(rating: float, entities: Entities) -> Card:
    cards: list[Card] = [
        {
            "type": "gauge",
            "entity": entities[None, f"load_{phase}"],
            "name": phase.upper(),
            "min": -rating,
            "max": rating * 1.2,
            "needle": True,
            "severity": {"green": -rating, "yellow": rating * 0.9, "red": rating},
            "grid_options": {"columns": 4},
        }
        for phase in ("l1", "l2", "l3")
    ]
    cards += [
        {
            "type": "tile",
            "entity": entities[None, f"headroom_{phase}"],
            "name": f"Left for cars, {phase.upper()}",
            "vertical": True,
            "grid_options": {"columns": 4, "rows": 2},
        }
        for phase in ("l1", "l2", "l3")
    ]
    cards.append(
        {"type": "tile", "entity": entities[None, "fallback"], "grid_options": {"columns": 12}}
    )
    return _section(f"Main fuse, 3 × {rating:g} A", "mdi:fuse", cards)


def _over_time(chargers: list[tuple[str, str]], entities: Entities) -> Card:
    loads = [
        {"entity": entities[None, f"load_{phase}"], "name": f"Fuse {phase.upper()}"}
        for phase in ("l1", "l2", "l3")
    ]
    setpoints = [
        {"entity": entities[subentry, "setpoint"], "name": name} for subentry, name in chargers
    ]
    graphs = {"What the fuse carries": loads, "What each charger is told": setpoints}
    cards: list[Card] = [
        {
            "type": "history-graph",
            "title": title,
            "entities": shown,
            "hours_to_show": 0.1,
            "grid_options": {"columns": 12},
        }
        for title, shown in graphs.items()
    ]
    return _section("The last minutes", "mdi:chart-line", cards, span=2)


def _charger(subentry: str, name: str, entities: Entities) -> Card:
    def tile(key: str, columns: int = 6, **more: Any) -> Card:
        return {
            "type": "tile",
            "entity": entities[subentry, key],
            "grid_options": {"columns": columns},
            **more,
        }

    currents = [
        tile(key, 4, name=key[-2:].upper(), vertical=True, grid_options={"columns": 4, "rows": 2})
        for key in ("current_l1", "current_l2", "current_l3")
        if (subentry, key) in entities
    ]
    return _section(
        name,
        "mdi:ev-station",
        [
            tile("setpoint", name="Setpoint"),
            tile("status", name="Status"),
            tile("reason", 12, name="Why"),
            *currents,
            tile(
                "boost", 12, name="Boost", features=[{"type": "toggle"}], features_position="inline"
            ),
        ],
    )
