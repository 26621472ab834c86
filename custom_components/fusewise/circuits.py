"""The tree of a site's circuits, as its owner has set it up: names, what hangs on what, what was removed."""

from collections.abc import Iterator
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from .balancing.model import PerPhase, Phase
from .const import (
    CONF_CIRCUIT,
    CONF_PARENT,
    CONF_WIRING,
    MAIN_CIRCUIT,
    SUBENTRY_CHARGER,
    SUBENTRY_CIRCUIT,
)
from .site import rating_of, wiring_of


def circuit_names(entry: ConfigEntry[Any]) -> dict[str, str]:
    """The main fuse, by the name of the site, and the sub-panels behind it, feeders first."""
    panels = {panel.subentry_id: panel.title for panel in circuits_in_order(entry)}
    return {MAIN_CIRCUIT: entry.title, **panels}


def hanging_nowhere(entry: ConfigEntry[Any]) -> list[str]:
    """The titles of the chargers and sub-panels whose circuit was removed."""
    known = {MAIN_CIRCUIT, *entry.subentries}
    return [
        subentry.title
        for subentry in entry.subentries.values()
        if (feeder := feeder_of(subentry)) is not None and feeder not in known
    ]


def feeder_of(subentry: ConfigSubentry) -> str | None:
    """The id of the circuit that a charger or a sub-panel hangs on; None for what hangs on nothing."""
    if subentry.subentry_type == SUBENTRY_CHARGER:
        return str(subentry.data.get(CONF_CIRCUIT, MAIN_CIRCUIT))
    if subentry.subentry_type == SUBENTRY_CIRCUIT:
        return str(subentry.data[CONF_PARENT])
    return None


def circuits_in_order(entry: ConfigEntry[Any]) -> list[ConfigSubentry]:
    """The sub-panels, feeders first; those that hang on something that was removed come last."""
    waiting = list(entry.get_subentries_of_type(SUBENTRY_CIRCUIT))
    ordered: list[ConfigSubentry] = []
    known = {MAIN_CIRCUIT}
    while ready := [each for each in waiting if each.data[CONF_PARENT] in known]:
        ordered += ready
        known |= {each.subentry_id for each in ready}
        waiting = [each for each in waiting if each not in ready]
    return ordered + waiting


def behind(entry: ConfigEntry[Any], circuit: str) -> set[str]:
    """A circuit and all circuits that it feeds."""
    found = {circuit}
    for panel in circuits_in_order(entry):
        if panel.data[CONF_PARENT] in found:
            found.add(panel.subentry_id)
    return found


def fed_by(entry: ConfigEntry[Any], circuit: str) -> Iterator[tuple[str, PerPhase]]:
    """The names and ratings of the sub-panels that hang on a circuit itself."""
    for panel in entry.get_subentries_of_type(SUBENTRY_CIRCUIT):
        if panel.data[CONF_PARENT] == circuit:
            yield panel.title, rating_of(entry, panel.subentry_id)


def wired_to(entry: ConfigEntry[Any], circuit: str) -> Iterator[tuple[Phase, str]]:
    """The phases that the chargers behind a circuit are wired to, and the names of the chargers."""
    circuits = behind(entry, circuit)
    for charger in entry.get_subentries_of_type(SUBENTRY_CHARGER):
        if feeder_of(charger) in circuits:
            for phase in wiring_of(charger.data[CONF_WIRING]):
                yield phase, charger.title
