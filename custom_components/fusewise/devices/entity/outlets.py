"""Tells the outlets of one device apart: which of its entities belong to the first, and which to the second."""

from collections.abc import Iterable, Mapping, Sequence
import re

from homeassistant.const import Platform
from homeassistant.helpers import entity_registry as er

from .words import plain

__all__ = ["outlets_of"]

# What tells outlets apart in names that are the same but for that.
SERIES = ("1", "2", "3", "4"), ("left", "right"), ("links", "rechts"), ("a", "b")
MOST = 4
TELLS = {Platform.SENSOR, Platform.BINARY_SENSOR}

type Name = tuple[str, ...]
type Places = Mapping[tuple[str, Name, Name], set[str]]
"""For a domain, and what stands before and behind the place: what stands in that place."""


def outlets_of(
    entries: Sequence[er.RegistryEntry], controls: Sequence[er.RegistryEntry]
) -> list[tuple[str, list[er.RegistryEntry]]]:
    """Each outlet with its own entities; one without a name where the device has only that.

    `controls` are the entities that may be a charger's limit or switch. There are several outlets where such
    a one, and something that is measured, are there once for each of them. What belongs to all of them is left
    out: a limit for both together is none for one.
    """
    places: dict[tuple[str, Name, Name], set[str]] = {}
    for entry in entries:
        for key, word in _places(entry):
            places.setdefault(key, set()).add(word)
    for series in SERIES:
        for count in range(MOST, 1, -1):
            names = set(series[:count])
            if len(names) < count:
                continue
            told = any(_outlet(entry, places, names) for entry in controls)
            tells = any(_outlet(entry, places, names) for entry in entries if entry.domain in TELLS)
            if told and tells:
                return [
                    (name, [entry for entry in entries if _outlet(entry, places, names) == name])
                    for name in series[:count]
                ]
    return [("", list(entries))]


def _outlet(entry: er.RegistryEntry, places: Places, names: set[str]) -> str | None:
    """Which of these outlets an entity belongs to: all others have one that is called like it."""
    return next((word for key, word in _places(entry) if places[key] == names), None)


def _places(entry: er.RegistryEntry) -> Iterable[tuple[tuple[str, Name, Name], str]]:
    words = tuple(re.findall(r"[a-z]+|[0-9]+", plain(entry.unique_id)))
    for place, word in enumerate(words):
        if any(word in series for series in SERIES):
            yield (entry.domain, words[:place], words[place + 1 :]), word
