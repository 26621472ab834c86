"""Plays cycles again that were recorded at home or written by hand, and says what is decided in each.

    {"site": {…}, "settings": {…}, "memory": {…}, "cycles": [snapshot, …]}

`settings` and `memory` may be left out. Each cycle is decided with the memory that the one before it left.
docs/replay.md describes the format for people.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
import json
import math
from typing import Any

from .codec import FormatError, from_json, parse, to_json, wrong
from .decide import decide
from .decision import Decision
from .errors import BalancingError, SiteError
from .formerly import in_todays_form
from .memory import Memory
from .model import Site, Snapshot
from .settings import Settings
from .topology import topology_of

__all__ = ["Replay", "play", "read_replay", "write_decision", "write_replay"]

KEYS = ("site", "settings", "memory", "cycles")
NOTHING_REMEMBERED = Memory()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A site, its cycles in the order of time, and what was remembered before the first."""

    site: Site
    cycles: tuple[Snapshot, ...]
    memory: Memory = NOTHING_REMEMBERED


def read_replay(text: str) -> Replay:
    """Raises FormatError, which names the place that is wrong."""
    data = parse(text)
    if not isinstance(data, dict):
        raise FormatError('not a replay: it begins with {"site": …, "cycles": […]}')
    for key in data:
        if key not in KEYS:
            raise wrong((key,), f"is not known here (known are {', '.join(KEYS)})")
    for key in ("site", "cycles"):
        if key not in data:
            raise wrong((key,), "is missing")
    site = from_json(Site, data["site"], ("site",))
    if "settings" in data:
        if "settings" in data["site"]:
            raise wrong(("settings",), "stands twice: here and in the site")
        settings = from_json(Settings, data["settings"], ("settings",))
        site = replace(site, settings=settings)
    if not isinstance(data["cycles"], list):
        raise wrong(("cycles",), "is not a list of snapshots")
    memory = from_json(Memory, in_todays_form(data.get("memory", {})), ("memory",))
    _check_memory(memory)
    return Replay(
        site=site,
        cycles=tuple(
            from_json(Snapshot, _as_of_now(cycle), ("cycles", number))
            for number, cycle in enumerate(data["cycles"])
        ),
        memory=memory,
    )


def _check_memory(memory: Memory) -> None:
    """Nothing else writes a memory but the balancer: what it would never write is a mistake of the file."""
    for name, charger in memory.chargers.items():
        _check_figure(("memory", "chargers", name, "setpoint"), charger.setpoint)
    for name, circuit in memory.circuits.items():
        _check_figure(("memory", "circuits", name, "window_kwh"), circuit.window_kwh)
        for figure in circuit.heat:
            _check_figure(("memory", "circuits", name, "heat"), figure)


def _check_figure(path: tuple[str, ...], figure: float) -> None:
    if not 0 <= figure < math.inf:
        raise wrong(path, f"{figure!r} is not a figure of 0 or more")


def play(replay: Replay) -> Iterator[Decision]:
    """The decision of each cycle. Raises FormatError where a cycle cannot be decided."""
    try:
        topology_of(replay.site)
    except SiteError as error:
        raise FormatError(f"site: {error}") from error
    memory = replay.memory
    for number, snapshot in enumerate(replay.cycles):
        try:
            decision = decide(replay.site, snapshot, memory)
        except BalancingError as error:
            raise FormatError(f"cycles[{number}]: {error}") from error
        memory = decision.memory
        yield decision


def write_decision(decision: Decision) -> str:
    """One line of JSON."""
    return _line(to_json(decision))


def write_replay(site: Site, cycles: Iterable[Snapshot], memory: Memory) -> str:
    """What `read_replay` reads: a report of what happened, to be played again."""
    written = to_json(site)
    settings = written.pop("settings", {})
    return _line(
        {
            "site": written,
            "settings": settings,
            "memory": to_json(memory),
            "cycles": [to_json(snapshot) for snapshot in cycles],
        }
    )


def _line(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))


def _as_of_now(cycle: Any) -> Any:
    """Readings of which nobody says when they were taken are as old as their snapshot."""
    if not isinstance(cycle, dict) or "now" not in cycle:
        return cycle
    filled = dict(cycle)
    for kind in ("meters", "chargers"):
        if isinstance(cycle.get(kind), dict):
            filled[kind] = {
                name: {"measured_at": cycle["now"], **reading}
                if isinstance(reading, dict)
                else reading
                for name, reading in cycle[kind].items()
            }
    return filled
