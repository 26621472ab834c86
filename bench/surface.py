"""Counts what three charging cars write into Home Assistant's history: `python -m bench.surface`.

A real Home Assistant with its real recorder, and the demo house with its restless appliances, as processes.
Prints one JSON object, name → figure: rows of states and events of Fusewise's in a day, and beside them the
rows of statistics that Home Assistant makes of its sensors every five minutes and every hour.
"""

import asyncio
import json
from pathlib import Path
import sqlite3
import sys
import tempfile
from typing import Any

from demo.homeassistant import HomeAssistant
from demo.ports import free_ports
from demo.running import running

SETTLES = 90.0  # s until all cars charge, and what is written once is written
MINUTES = 6.0  # more than the five after which everything that has moved is written
DAY = 86_400.0
STATISTICS = 288 + 24  # rows a day of each sensor that has them


async def measure(minutes: float) -> dict[str, float]:
    """Run the house and count."""
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder), free_ports(4)) as (home, _):
            await asyncio.sleep(SETTLES)
            entities = await _entities(home)
            before = _rows(Path(folder), entities)
            await asyncio.sleep(minutes * 60)
            written = _rows(Path(folder), entities) - before
            states = await home.get("/api/states")
    measured = [
        state
        for state in states
        if state["entity_id"] in entities and "state_class" in state["attributes"]
    ]
    return {
        "surface.rows_per_day": round(written * DAY / (minutes * 60)),
        "surface.statistics_rows_per_day": len(measured) * STATISTICS,
    }


async def _entities(home: HomeAssistant) -> frozenset[str]:
    """The ids of Fusewise's entities."""
    async with home.socket() as ask:
        entries: list[dict[str, Any]] = await ask("config/entity_registry/list")
    return frozenset(entry["entity_id"] for entry in entries if entry["platform"] == "fusewise")


def _rows(folder: Path, entities: frozenset[str]) -> int:
    """Rows of states and events of Fusewise's in the recorder's database."""
    uri = f"file:{folder / 'home-assistant_v2.db'}?mode=ro"
    with sqlite3.connect(uri, uri=True) as database:
        by_entity = database.execute(
            "select states_meta.entity_id, count(*) from states"
            " join states_meta using (metadata_id) group by 1"
        ).fetchall()
        [(events,)] = database.execute(
            "select count(*) from events join event_types using (event_type_id)"
            " where event_types.event_type = 'fusewise_event'"
        ).fetchall()
    if "-v" in sys.argv:
        for entity, count in sorted(by_entity, key=lambda row: -row[1]):
            if entity in entities:
                sys.stderr.write(f"{count:6} {entity}\n")
    counts: list[int] = [count for entity, count in by_entity if entity in entities]
    return sum(counts) + int(events)


if __name__ == "__main__":
    minutes = next((float(word) for word in sys.argv[1:] if word[0].isdigit()), MINUTES)
    sys.stdout.write(json.dumps(asyncio.run(measure(minutes))) + "\n")
