"""Limits from outside that are in force now: the grid operator's, an energy manager's, an owner's."""

from dataclasses import replace
import math

from .checks import POSSIBLE_RATING
from .codes import NoticeCode
from .decision import Notice
from .model import GridLimit, Snapshot
from .topology import Topology

__all__ = ["limits_in_force"]

POSSIBLE_WATTS = 10e6


def limits_in_force(
    topology: Topology, snapshot: Snapshot, notices: list[Notice]
) -> dict[int, tuple[GridLimit, ...]]:
    """The limits in force by circuit; what is out of the possible is refused and reported."""
    found: dict[int, list[GridLimit]] = {}
    for limit in snapshot.grid_limits:
        problem = _impossible(topology, limit)
        if problem is not None:
            notices.append(
                Notice(
                    code=NoticeCode.BAD_VALUE,
                    subject=limit.source,
                    detail=f"grid limit refused: {problem}",
                )
            )
            continue
        in_force = _in_force(limit, snapshot.now, topology.site.settings.safe_grid_watts)
        if in_force is None:
            continue
        where = (
            topology.roots if limit.circuit is None else (topology.circuit_index[limit.circuit],)
        )
        for number in where:
            found.setdefault(number, []).append(in_force)
    return {number: tuple(limits) for number, limits in found.items()}


def _in_force(limit: GridLimit, now: float, safe: float | None) -> GridLimit | None:
    if limit.begins is not None and now < limit.begins:
        return None
    if limit.until is None or now < limit.until:
        return limit
    if not limit.sender_silent or safe is None:
        return None
    # Its end came without a word, and nobody is there to ask: what it counts stays, how much becomes safe.
    source = f"{limit.source} (silent)"
    return replace(limit, source=source, amperes=None, watts=safe, until=None)


def _impossible(topology: Topology, limit: GridLimit) -> str | None:
    if limit.circuit is not None and limit.circuit not in topology.circuit_index:
        return f"no circuit {limit.circuit!r}"
    if limit.amperes is None and limit.watts is None:
        return "neither amperes nor watts"
    if limit.amperes is not None and not 0 <= limit.amperes < POSSIBLE_RATING:
        return f"{limit.amperes!r} A is out of the possible"
    if limit.watts is not None and not 0 <= limit.watts <= POSSIBLE_WATTS:
        return f"{limit.watts!r} W is out of the possible"
    if not 0 <= limit.counted_watts <= POSSIBLE_WATTS:
        return f"{limit.counted_watts!r} W counted is out of the possible"
    if math.isnan(limit.begins or 0.0) or math.isnan(limit.until or 0.0):
        return "its time is not a number"
    if limit.begins is not None and limit.until is not None and limit.until <= limit.begins:
        return "it ends before it begins"
    return None
