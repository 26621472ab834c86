"""What was set up in Home Assistant, in the words of balancing: one site is one config entry."""

from collections.abc import Mapping
from dataclasses import replace
from math import sqrt
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from .balancing.model import Charger, Circuit, PerPhase, Phase, Site
from .const import (
    CONF_FALLBACK,
    CONF_FLOOR,
    CONF_HOUSE_ALLOWANCE,
    CONF_KIND,
    CONF_LEVELS,
    CONF_MAXIMUM,
    CONF_PAUSABLE,
    CONF_RATING,
    CONF_SLOW_TO_OBEY,
    CONF_STEP,
    CONF_USABLE_SHARE,
    CONF_VOLTAGE,
    CONF_WIRING,
    ENTITIES,
    GRID_METER,
    MAIN_CIRCUIT,
    SUBENTRY_CHARGER,
)


def site_of(entry: ConfigEntry[Any]) -> Site:
    """The site that a config entry and its subentries describe."""
    voltage = entry.data[CONF_VOLTAGE]
    return Site(
        circuits=(
            Circuit(
                id=MAIN_CIRCUIT,
                rating=rating_of(entry),
                meter=GRID_METER,
                usable_share=entry.data[CONF_USABLE_SHARE] / 100,
                house_allowance=_per_phase(entry.data[CONF_HOUSE_ALLOWANCE]),
            ),
        ),
        chargers=tuple(map(charger_of, entry.get_subentries_of_type(SUBENTRY_CHARGER))),
        voltage=voltage,
        line_voltage=voltage * sqrt(3),
    )


def charger_of(subentry: ConfigSubentry) -> Charger:
    """The charger that a subentry describes; its id is the subentry's."""
    data: Mapping[str, Any] = subentry.data
    charger = _charger(subentry)
    if data.get(CONF_KIND) != ENTITIES:
        return charger
    return replace(
        charger,
        floor=data.get(CONF_FLOOR, charger.floor),
        levels=tuple(data[CONF_LEVELS]),
        step=data[CONF_STEP],
        slow_to_obey=data[CONF_SLOW_TO_OBEY],
        pausable=data[CONF_PAUSABLE],
    )


def _charger(subentry: ConfigSubentry) -> Charger:
    data: Mapping[str, Any] = subentry.data
    return Charger(
        id=subentry.subentry_id,
        circuit=MAIN_CIRCUIT,
        wiring=wiring_of(data[CONF_WIRING]),
        maximum=data[CONF_MAXIMUM],
        fallback=data[CONF_FALLBACK],
    )


def rating_of(entry: ConfigEntry[Any]) -> PerPhase:
    """A of the main fuse on each phase; 0 where the phase does not exist."""
    return _per_phase(entry.data[CONF_RATING])


def phases_of(rating: PerPhase) -> tuple[Phase, ...]:
    """The phases that exist."""
    return tuple(phase for phase in Phase if rating[phase] > 0)


def wiring_of(text: str) -> tuple[Phase, ...]:
    """The house conductors behind the charger's own, from a choice such as 'L2 L3 L1'."""
    return tuple(Phase[name] for name in text.split())


def _per_phase(values: list[float]) -> PerPhase:
    l1, l2, l3 = values
    return (l1, l2, l3)
