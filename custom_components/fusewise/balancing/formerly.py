"""A memory that an earlier version has written, in today's form: nobody's recordings become unreadable."""

from collections.abc import Mapping
from typing import Any

__all__ = ["in_todays_form"]

SAMPLES = {
    "sample": "current",
    "sample_at": "at",
    "earlier": "earlier",
    "earlier_at": "earlier_at",
}
"""What stood among the rest of a charger's memory, and what it is called among its samples."""


def in_todays_form(memory: Any) -> Any:
    """What was read of a memory's JSON, with each charger's samples apart; what is no memory stays as it is."""
    chargers = memory.get("chargers") if isinstance(memory, Mapping) else None
    if not isinstance(chargers, Mapping) or "samples" in memory:
        return memory
    rest: dict[str, Any] = {}
    samples: dict[str, Any] = {}
    for name, charger in chargers.items():
        rest[name] = charger
        if isinstance(charger, Mapping) and not SAMPLES.keys().isdisjoint(charger):
            rest[name] = {key: value for key, value in charger.items() if key not in SAMPLES}
            samples[name] = {new: charger[old] for old, new in SAMPLES.items() if old in charger}
    return {**memory, "chargers": rest, "samples": samples} if samples else memory
