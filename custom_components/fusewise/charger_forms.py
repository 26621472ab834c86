"""What the dialogs ask about a charger, and what does not go together with the site that it is on."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigSubentry
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from .balancing.allowance import house_allowances
from .balancing.arming import arm
from .balancing.topology import topology_of
from .circuits import circuit_names
from .const import (
    CONF_CIRCUIT,
    CONF_FALLBACK,
    CONF_KIND,
    CONF_MAXIMUM,
    CONF_RATING,
    CONF_SUPPLY,
    CONF_SWITCHES_PHASES,
    CONF_WIRING,
    ENTITIES,
    MAIN_CIRCUIT,
    SUBENTRY_CHARGER,
)
from .controller import steady_clock
from .dialog import Explained
from .forms import (
    FLOOR,
    LARGEST_CHARGER,
    Answers,
    Circuits,
    Errors,
    circuit_field,
    errors_of,
    number,
)
from .site import charger_of, phases_of, rating_of, site_of, wiring_of
from .supply import SUPPLIES, wirings


def charger_schema(entry: ConfigEntry[Any]) -> vol.Schema:
    """The questions about a charger of a site."""
    return charger_schema_of(entry.data, circuit_names(entry))


def charger_schema_of(site: Mapping[str, Any], circuits: Circuits) -> vol.Schema:
    """The same, of what is known of the site and its circuits."""
    choices = wirings(SUPPLIES[site[CONF_SUPPLY]], phases_of(site[CONF_RATING]))
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            **circuit_field(CONF_CIRCUIT, circuits),
            vol.Required(CONF_WIRING, default=choices[0]): SelectSelector(
                SelectSelectorConfig(options=choices, mode=SelectSelectorMode.DROPDOWN)
            ),
            vol.Required(CONF_MAXIMUM, default=16): number(FLOOR, LARGEST_CHARGER, "A"),
            vol.Required(CONF_FALLBACK, default=FLOOR): number(0, LARGEST_CHARGER, "A"),
        }
    )


SWITCHES_PHASES = {vol.Required(CONF_SWITCHES_PHASES, default=False): BooleanSelector()}
"""The question where the charger can be told on how many phases it charges."""


def phases_errors(site: Mapping[str, Any], answers: Answers) -> Errors:
    """What cannot be right about a charger that is to switch phases."""
    phases = len(wiring_of(answers[CONF_WIRING]))
    is_pair = phases == 2 and SUPPLIES[site[CONF_SUPPLY]].has_pairs
    if answers.get(CONF_SWITCHES_PHASES) and (phases < 2 or is_pair):
        return {CONF_SWITCHES_PHASES: "switches_phases_invalid"}
    return {}


def phases_settings(answers: Answers) -> Answers:
    """What is stored of that, where it was asked."""
    asked = CONF_SWITCHES_PHASES in answers
    return {CONF_SWITCHES_PHASES: answers[CONF_SWITCHES_PHASES]} if asked else {}


def charger_errors(answers: Answers) -> Errors:
    """What cannot be right about a charger."""
    if errors := errors_of(answers):
        return errors
    if 0 < answers[CONF_FALLBACK] < FLOOR:
        return {CONF_FALLBACK: "fallback_invalid"}
    if answers[CONF_FALLBACK] > answers[CONF_MAXIMUM]:
        return {CONF_FALLBACK: "fallback_above_maximum"}
    return {}


def charger_settings(answers: Answers) -> Answers:
    """What is stored of the answers about a charger; its name is the subentry's title."""
    return {
        CONF_CIRCUIT: answers.get(CONF_CIRCUIT, MAIN_CIRCUIT),
        **{key: answers[key] for key in (CONF_WIRING, CONF_MAXIMUM, CONF_FALLBACK)},
        **phases_settings(answers),
    }


# --- beside everything else on the site ------------------------------------------------------------


def misplaced(entry: ConfigEntry[Any], answers: Answers) -> Explained:
    """Why a charger cannot be where it is said to be."""
    circuit = answers.get(CONF_CIRCUIT, MAIN_CIRCUIT)
    names = circuit_names(entry)
    if circuit not in names:
        return {CONF_CIRCUIT: "circuit_gone"}, {}
    rating = rating_of(entry, circuit)
    for phase in wiring_of(answers[CONF_WIRING]):
        if not rating[phase]:
            figures = {"circuit": names[circuit], "phase": phase.name}
            return {CONF_WIRING: "phase_not_on_circuit"}, figures
    return phases_errors(entry.data, answers), {}


def unwise(
    entry: ConfigEntry[Any], settings: Mapping[str, Any], known: ConfigSubentry | None
) -> Explained:
    """What an owner ought to know before a charger is taken in, or changed, with these settings."""
    data = {**(known.data if known else {}), **settings}
    charger = charger_of(
        entry,
        ConfigSubentry(
            data=MappingProxyType(data),
            subentry_type=SUBENTRY_CHARGER,
            title="",
            unique_id=None,
            **({"subentry_id": known.subentry_id} if known else {}),
        ),
    )
    site = site_of(entry)
    others = {other.id: other for other in site.chargers}
    site = replace(site, chargers=tuple({**others, charger.id: charger}.values()))
    topology = topology_of(site)
    chain = topology.chains[topology.circuit_index[charger.circuit]]
    names = circuit_names(entry)
    if all(topology.circuits[number].meter is None for number in chain):
        return {"base": "no_meter_above"}, {"circuit": names[charger.circuit]}
    memory = entry.runtime_data.controller.memory.circuits if _runs(entry) else {}
    keeping = {
        each.subentry_id
        for each in entry.get_subentries_of_type(SUBENTRY_CHARGER)
        if each.data.get(CONF_KIND) == ENTITIES
    }
    if data.get(CONF_KIND) == ENTITIES:
        keeping.add(charger.id)
    armed = arm(site, house_allowances(site, memory, steady_clock()), keeping)
    unfit = next((each for each in armed.unfit if each.charger == charger.id), None)
    if unfit is None:
        return {}, {}
    left = max(0.0, unfit.rating - unfit.house - unfit.others)
    return {CONF_FALLBACK: "fallback_unfit"}, {
        "circuit": names[unfit.circuit],
        "phase": unfit.phase.name,
        "rating": f"{unfit.rating:.4g}",
        "house": f"{unfit.house:.4g}",
        "others": f"{unfit.others:.4g}",
        "left": f"{left:.4g}",
    }


def proposed_fallback(entry: ConfigEntry[Any]) -> float:
    """The least that charges, where that fits beside the house and the other chargers; else a pause."""
    proposed = charger_schema(entry)({CONF_NAME: " "})
    explained, _ = unwise(entry, charger_settings(proposed), None)
    return 0.0 if CONF_FALLBACK in explained else FLOOR


def _runs(entry: ConfigEntry[Any]) -> bool:
    return entry.state is ConfigEntryState.LOADED
