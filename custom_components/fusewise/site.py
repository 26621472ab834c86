"""What was set up in Home Assistant, in the words of balancing: one site is one config entry.

The main fuse stands in the entry itself; sub-panels, meters and chargers are its subentries, and their ids are
those of balancing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from .balancing.model import (
    Breaker,
    Charger,
    Circuit,
    DemandWindow,
    Derating,
    PerPhase,
    Phase,
    Site,
    Transformer,
)
from .balancing.settings import Netting, Policy, Settings
from .const import (
    CONF_BOOSTS_PER_WEEK,
    CONF_BREAKER_TIME_CONSTANT,
    CONF_BUSBAR,
    CONF_CIRCUIT,
    CONF_DEMAND_MINUTES,
    CONF_DERATES_FROM,
    CONF_DERATES_TO,
    CONF_FALLBACK,
    CONF_FLOOR,
    CONF_HOLD,
    CONF_HOUSE_ALLOWANCE,
    CONF_KIND,
    CONF_LEVELS,
    CONF_LIMIT_WATTS,
    CONF_MAXIMUM,
    CONF_MINIMUM_OFF,
    CONF_MINIMUM_ON,
    CONF_NETTING,
    CONF_OTHER_LOADS,
    CONF_PARENT,
    CONF_PATIENCE,
    CONF_PAUSABLE,
    CONF_PEAK_TARGET,
    CONF_PHASE_SPACING,
    CONF_PHASE_SWITCHES,
    CONF_POLICY,
    CONF_RATING,
    CONF_SAFE_GRID_WATTS,
    CONF_SLOW_TO_OBEY,
    CONF_STEP,
    CONF_SUPPLY,
    CONF_SWITCHES_PHASES,
    CONF_TEMPERATURE,
    CONF_TRANSFORMER,
    CONF_TURN_TIME,
    CONF_UNBALANCE,
    CONF_USABLE_SHARE,
    CONF_VOLTAGE,
    CONF_WIRING,
    ENTITIES,
    MAIN_CIRCUIT,
    SUBENTRY_CHARGER,
    SUBENTRY_CIRCUIT,
    SUBENTRY_METER,
)
from .supply import SUPPLIES

type Data = Mapping[str, Any]

DERATES = Derating()
USABLE_SHARE = 80.0  # %: for a site that nobody knows yet
OWN = (
    *(CONF_BOOSTS_PER_WEEK, CONF_SAFE_GRID_WATTS),
    *(CONF_HOLD, CONF_MINIMUM_ON, CONF_MINIMUM_OFF, CONF_TURN_TIME, CONF_PATIENCE),
    *(CONF_PHASE_SPACING, CONF_PHASE_SWITCHES),
)


def site_of(entry: ConfigEntry[Any]) -> Site:
    """The site that a config entry and its subentries describe; the main fuse comes first."""
    circuits = tuple(_circuits(entry))
    chargers = tuple(
        charger_of(entry, subentry) for subentry in entry.get_subentries_of_type(SUBENTRY_CHARGER)
    )
    return Site(
        circuits=(*circuits, *_removed(circuits, chargers)),
        chargers=chargers,
        voltage=entry.data[CONF_VOLTAGE],
        line_voltage=line_voltage_of(entry),
        settings=settings_of(entry.options),
    )


def settings_of(options: Data) -> Settings:
    """How a site wants to be balanced; what its owner has not set is as it is for a new site."""
    own = {key: options[key] for key in OWN if options.get(key) is not None}
    return Settings(
        policy=Policy(options.get(CONF_POLICY, Policy.FAIR)),
        netting=Netting(options.get(CONF_NETTING, Netting.ALL_PHASES)),
        **own,
    )


def line_voltage_of(entry: ConfigEntry[Any]) -> float:
    """V between two line conductors, nominal."""
    return _line_voltage(entry.data)


def _line_voltage(site: Data) -> float:
    return float(site[CONF_VOLTAGE] * SUPPLIES[site[CONF_SUPPLY]].ratio)


def conductor_voltage(site: Data, wiring: tuple[Phase, ...]) -> float:
    """V by which a charger's power is the currents on its conductors, nominal: between two of them, half of it on each."""
    return _line_voltage(site) / 2 if is_pair(site, wiring) else float(site[CONF_VOLTAGE])


# --- circuits --------------------------------------------------------------------------------------


def _circuits(entry: ConfigEntry[Any]) -> Iterator[Circuit]:
    meters = meters_of(entry)
    share = entry.options.get(CONF_USABLE_SHARE, USABLE_SHARE) / 100
    allowance = _per_phase(entry.data[CONF_HOUSE_ALLOWANCE])
    meter = meters.get(MAIN_CIRCUIT)
    yield Circuit(
        id=MAIN_CIRCUIT,
        rating=rating_of(entry),
        meter=meter,
        usable_share=share,
        house_allowance=allowance,
        # Where no meter tells, what the house draws at most counts all the time.
        other_loads=allowance if meter is None else None,
        **_limits(entry.data),
    )
    for subentry in entry.get_subentries_of_type(SUBENTRY_CIRCUIT):
        data, meter = subentry.data, meters.get(subentry.subentry_id)
        others = data.get(CONF_OTHER_LOADS)
        figure = None if others is None else _per_phase(others)
        yield Circuit(
            id=subentry.subentry_id,
            rating=_per_phase(data[CONF_RATING]),
            parent=data[CONF_PARENT],
            meter=meter,
            usable_share=share,
            house_allowance=None if meter is None else figure,
            other_loads=figure if meter is None else None,
            **_limits(data),
        )


def _limits(data: Data) -> dict[str, Any]:
    """What binds a circuit besides its rating."""
    minutes, time_constant = data.get(CONF_DEMAND_MINUTES), data.get(CONF_BREAKER_TIME_CONSTANT)
    return {
        "limit_watts": data.get(CONF_LIMIT_WATTS),
        "unbalance": data.get(CONF_UNBALANCE),
        "busbar": data.get(CONF_BUSBAR),
        "demand": minutes
        and DemandWindow(minutes=int(minutes), target_watts=data[CONF_PEAK_TARGET]),
        "breaker": time_constant and Breaker(time_constant=time_constant),
        "transformer": Transformer() if data.get(CONF_TRANSFORMER) else None,
        "derating": _derating(data),
    }


def _derating(data: Data) -> Derating | None:
    """What a thermometer does; beside a transformer it only tells how warm the air is, unless figures are given."""
    figures = [data.get(key) for key in (CONF_DERATES_FROM, CONF_DERATES_TO)]
    if not data.get(CONF_TEMPERATURE) or (data.get(CONF_TRANSFORMER) and figures == [None, None]):
        return None
    begins, ends = figures
    return Derating(
        starts_at=DERATES.starts_at if begins is None else begins,
        stops_at=DERATES.stops_at if ends is None else ends,
    )


def _removed(circuits: tuple[Circuit, ...], chargers: tuple[Charger, ...]) -> Iterator[Circuit]:
    """In the place of each circuit that was removed while something was behind it: nothing may flow there.

    What it carried is known to nobody any more, so its chargers wait until their owner says where they are.
    """
    known = {circuit.id for circuit in circuits}
    wanted = [circuit.parent or MAIN_CIRCUIT for circuit in circuits]
    wanted += [charger.circuit for charger in chargers]
    main = circuits[0]
    for gone in dict.fromkeys(name for name in wanted if name not in known):
        yield Circuit(id=gone, rating=main.rating, parent=MAIN_CIRCUIT, limit_watts=0.0)


def meters_of(entry: ConfigEntry[Any]) -> dict[str, str]:
    """The id of the meter of each circuit that has one, by the id of the circuit."""
    found: dict[str, str] = {}
    for subentry in entry.get_subentries_of_type(SUBENTRY_METER):
        found.setdefault(subentry.data[CONF_CIRCUIT], subentry.subentry_id)
    return found


# --- chargers --------------------------------------------------------------------------------------


def charger_of(entry: ConfigEntry[Any], subentry: ConfigSubentry) -> Charger:
    """The charger that a subentry describes; its id is the subentry's."""
    data = subentry.data
    wiring = wiring_of(data[CONF_WIRING])
    line_to_line = is_line_to_line(entry, wiring)
    charger = Charger(
        id=subentry.subentry_id,
        circuit=data.get(CONF_CIRCUIT, MAIN_CIRCUIT),
        wiring=wiring,
        line_to_line=line_to_line,
        # On one phase nothing is left to switch, whatever was said before it was wired otherwise.
        switches_phases=bool(data.get(CONF_SWITCHES_PHASES))
        and len(wiring) > 1
        and not line_to_line,
        maximum=data[CONF_MAXIMUM],
        fallback=data[CONF_FALLBACK],
    )
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


def is_line_to_line(entry: ConfigEntry[Any], wiring: tuple[Phase, ...]) -> bool:
    """Whether a charger that is wired so has two line conductors and no neutral."""
    return is_pair(entry.data, wiring)


def is_pair(site: Data, wiring: tuple[Phase, ...]) -> bool:
    """The same, of what is known of the site."""
    return SUPPLIES[site[CONF_SUPPLY]].has_pairs and len(wiring) == 2


def wiring_of(text: str) -> tuple[Phase, ...]:
    """The house conductors behind the charger's own, from a choice such as 'L2 L3 L1'."""
    return tuple(Phase[name] for name in text.split())


# --- ratings ---------------------------------------------------------------------------------------


def rating_of(entry: ConfigEntry[Any], circuit: str = MAIN_CIRCUIT) -> PerPhase:
    """A of a circuit on each phase, of the main fuse by default; 0 where the phase does not exist."""
    if circuit in entry.subentries:
        return _per_phase(entry.subentries[circuit].data[CONF_RATING])
    return _per_phase(entry.data[CONF_RATING])


def phases_of(rating: Sequence[float]) -> tuple[Phase, ...]:
    """The phases that exist."""
    return tuple(phase for phase in Phase if rating[phase] > 0)


def _per_phase(values: list[float]) -> PerPhase:
    l1, l2, l3 = values
    return (l1, l2, l3)
