"""The site as rows: which circuit and phase each charger loads, checked once for each configured site.

A row is one conductor of one circuit: number 3 × circuit + phase. A charger on a sub-panel loads the rows
of the panel and of every circuit above it.
"""

from collections import OrderedDict
from dataclasses import dataclass, fields
import math

from .errors import SiteError
from .model import PHASES, Charger, Circuit, DemandWindow, PerPhase, Phase, Site
from .steps import round_up

__all__ = ["Topology", "topology_of"]

POSSIBLE_RATING = 10_000.0  # A; a larger figure is a slip of the keyboard, not a fuse


@dataclass(frozen=True, slots=True)
class Topology:
    """A checked site, with circuits in an order in which a feeder comes before what it feeds."""

    site: Site
    circuits: tuple[Circuit, ...]
    circuit_index: dict[str, int]
    charger_index: dict[str, int]
    chains: tuple[tuple[int, ...], ...]
    """Per circuit: itself, its feeder, … up to the main fuse."""
    children: tuple[tuple[int, ...], ...]
    below: tuple[tuple[int, ...], ...]
    """Per circuit: the chargers on it and on everything that it feeds."""
    roots: tuple[int, ...]
    feeds: tuple[int, ...]
    """Per charger: its circuit."""
    rows: tuple[tuple[tuple[int, ...], ...], ...]
    """Per charger and own conductor: the rows that it loads, its own circuit first."""
    amp_rows: tuple[list[tuple[int, float]], ...]
    """Per charger: (row, 1.0) of all conductors. Not to be changed."""
    watts: tuple[float, ...]
    """Per charger: W for each A on each used conductor."""
    meters: frozenset[str]

    def row_name(self, row: int) -> tuple[str, Phase]:
        """Circuit and phase of a row."""
        return self.circuits[row // PHASES].id, Phase(row % PHASES)


_known: OrderedDict[int, Topology] = OrderedDict()
_KEPT = 8


def topology_of(site: Site) -> Topology:
    """The rows of a site; the same object for the same site.

    Raises SiteError naming the circuit or charger and what is wrong with it.
    """
    found = _known.get(id(site))
    if found is not None and found.site is site:
        return found
    topology = _compile(site)
    _known[id(site)] = topology
    if len(_known) > _KEPT:
        _known.popitem(last=False)
    return topology


def _compile(site: Site) -> Topology:
    _check_voltage("voltage", site.voltage)
    _check_voltage("line_voltage", site.line_voltage)
    _check_settings(site)
    if not site.circuits:
        raise SiteError("the site has no circuit: give at least the main fuse")
    circuits = _feeders_first(site.circuits)
    index = {circuit.id: number for number, circuit in enumerate(circuits)}
    for circuit in circuits:
        _check_circuit(circuit)
    chains: list[tuple[int, ...]] = []
    children: list[list[int]] = [[] for _ in circuits]
    for number, circuit in enumerate(circuits):
        if circuit.parent is None:
            chains.append((number,))
        else:
            feeder = index[circuit.parent]
            children[feeder].append(number)
            chains.append((number, *chains[feeder]))
    below: list[list[int]] = [[] for _ in circuits]
    feeds: list[int] = []
    rows: list[tuple[tuple[int, ...], ...]] = []
    watts: list[float] = []
    charger_index: dict[str, int] = {}
    for number, charger in enumerate(site.chargers):
        if charger.id in charger_index:
            raise SiteError(f"two chargers are called {charger.id!r}")
        charger_index[charger.id] = number
        if charger.circuit not in index:
            raise SiteError(
                f"charger {charger.id!r} is on circuit {charger.circuit!r}, which the site does not have"
            )
        chain = chains[index[charger.circuit]]
        _check_charger(charger, [circuits[c] for c in chain])
        for circuit_number in chain:
            below[circuit_number].append(number)
        feeds.append(chain[0])
        rows.append(tuple(tuple(c * PHASES + phase for c in chain) for phase in charger.wiring))
        # A line-to-line charger carries one current through two conductors.
        watts.append(site.line_voltage / 2 if charger.line_to_line else site.voltage)
    return Topology(
        site=site,
        circuits=circuits,
        circuit_index=index,
        charger_index=charger_index,
        chains=tuple(chains),
        children=tuple(map(tuple, children)),
        below=tuple(map(tuple, below)),
        roots=tuple(n for n, circuit in enumerate(circuits) if circuit.parent is None),
        feeds=tuple(feeds),
        rows=tuple(rows),
        amp_rows=tuple([(row, 1.0) for line in lines for row in line] for lines in rows),
        watts=tuple(watts),
        meters=frozenset(c.meter for c in circuits if c.meter is not None),
    )


def _feeders_first(circuits: tuple[Circuit, ...]) -> tuple[Circuit, ...]:
    by_id: dict[str, Circuit] = {}
    for circuit in circuits:
        if circuit.id in by_id:
            raise SiteError(f"two circuits are called {circuit.id!r}")
        by_id[circuit.id] = circuit
    ordered: dict[str, Circuit] = {}
    for circuit in circuits:
        path: list[Circuit] = []
        step: Circuit | None = circuit
        while step is not None and step.id not in ordered:
            if step in path:
                names = " → ".join(c.id for c in [*path, step])
                raise SiteError(f"circuits feed each other in a circle: {names}")
            path.append(step)
            if step.parent is None:
                step = None
            elif step.parent in by_id:
                step = by_id[step.parent]
            else:
                raise SiteError(
                    f"circuit {step.id!r} is fed by {step.parent!r}, which the site does not have"
                )
        for found in reversed(path):
            ordered[found.id] = found
    return tuple(ordered.values())


def _check_circuit(circuit: Circuit) -> None:
    name = f"circuit {circuit.id!r}"
    _check_per_phase(f"{name}: rating", circuit.rating)
    if not any(circuit.rating):
        raise SiteError(f"{name}: rating is 0 A on every phase; give what the fuse is marked with")
    if not 0 < circuit.usable_share <= 1:
        raise SiteError(
            f"{name}: usable share {circuit.usable_share!r} is not above 0 and at most 1"
        )
    for what, figures in (
        ("other loads", circuit.other_loads),
        ("house allowance", circuit.house_allowance),
    ):
        if figures is not None:
            _check_per_phase(f"{name}: {what}", figures)
    for what, figure in (
        ("limit", circuit.limit_watts),
        ("busbar rating", circuit.busbar),
        ("unbalance", circuit.unbalance),
    ):
        if figure is not None and not 0 <= figure < math.inf:
            raise SiteError(f"{name}: {what} {figure!r} is not a figure of 0 or more")
    if circuit.demand is not None:
        _check_demand(name, circuit.demand)
    _check_thermal(name, circuit)


def _check_thermal(name: str, circuit: Circuit) -> None:
    breaker, derating = circuit.breaker, circuit.derating
    if breaker is not None and not 0 < breaker.time_constant < math.inf:
        raise SiteError(
            f"{name}: the breaker's time constant {breaker.time_constant!r} s is not above 0"
        )
    if breaker is not None and not 1 < breaker.trips_at < math.inf:
        raise SiteError(f"{name}: the breaker trips at {breaker.trips_at!r}, which is not above 1")
    if derating is not None and not -math.inf < derating.starts_at < derating.stops_at < math.inf:
        raise SiteError(f"{name}: derating must end at a higher temperature than it starts at")
    if circuit.transformer is not None:
        for field in fields(circuit.transformer):
            figure = getattr(circuit.transformer, field.name)
            if not 0 < figure < math.inf:
                raise SiteError(f"{name}: the transformer's {field.name} {figure!r} is not above 0")


def _check_demand(name: str, demand: DemandWindow) -> None:
    if demand.minutes not in (15, 30, 60):
        raise SiteError(f"{name}: a demand window has 15, 30 or 60 minutes, not {demand.minutes!r}")
    if not 0 <= demand.target_watts < math.inf:
        raise SiteError(
            f"{name}: peak target {demand.target_watts!r} W is not a figure of 0 or more"
        )


def _check_charger(charger: Charger, chain: list[Circuit]) -> None:
    name = f"charger {charger.id!r}"
    phases = {phase for phase in charger.wiring if isinstance(phase, Phase)}
    if not phases or len(phases) != len(charger.wiring):
        raise SiteError(f"{name}: wiring must name one to three different phases")
    for circuit in chain:
        for phase in charger.wiring:
            if not circuit.rating[phase]:
                raise SiteError(
                    f"{name} is wired to {phase.name}, which circuit {circuit.id!r} does not have"
                )
    if charger.line_to_line and len(charger.wiring) != 2:
        raise SiteError(f"{name}: line to line needs exactly two phases")
    if not 0 < charger.floor <= charger.maximum < POSSIBLE_RATING:
        raise SiteError(
            f"{name}: floor {charger.floor!r} A and maximum {charger.maximum!r} A do not go together"
        )
    _check_setpoints(charger, name)
    if not 0 < charger.weight < math.inf:
        raise SiteError(f"{name}: weight {charger.weight!r} is not above 0")
    if not 0 <= charger.fallback <= charger.maximum:
        raise SiteError(
            f"{name}: fall-back {charger.fallback!r} A is not between 0 A and its maximum"
        )
    if not 0 <= charger.slow_to_obey < math.inf:
        raise SiteError(f"{name}: slow_to_obey {charger.slow_to_obey!r} s is not a time")


def _check_setpoints(charger: Charger, name: str) -> None:
    if not 0 < charger.step < math.inf:
        raise SiteError(f"{name}: step {charger.step!r} A is not above 0")
    if any(not 0 < level < POSSIBLE_RATING for level in charger.levels):
        raise SiteError(f"{name}: levels {charger.levels!r} must be above 0 A")
    if not charger.floor <= round_up(charger, charger.floor) <= charger.maximum:
        what = "level" if charger.levels else f"multiple of its step {charger.step!r} A"
        raise SiteError(
            f"{name}: no {what} lies between its floor {charger.floor!r} A and its maximum {charger.maximum!r} A"
        )


def _check_settings(site: Site) -> None:
    settings = site.settings
    for what in ("turn_time", "rise_rate"):
        if not getattr(settings, what) > 0:
            raise SiteError(f"settings: {what} {getattr(settings, what)!r} is not above 0")
    for what in (
        "running_bonus",
        "patience",
        "hold",
        "rise_spacing",
        "dead_band",
        "smoothing",
        "minimum_on",
        "minimum_off",
        "boosts_per_week",
        "safe_grid_watts",
    ):
        figure = getattr(settings, what)
        if figure is not None and not figure >= 0:
            raise SiteError(f"settings: {what} {figure!r} is not 0 or more")
    if not 0 <= settings.battery_reserve <= 100:
        raise SiteError(
            f"settings: battery_reserve {settings.battery_reserve!r} % is not between 0 and 100"
        )


def _check_voltage(what: str, volts: float) -> None:
    if not 50 <= volts <= 1000:
        raise SiteError(f"{what} {volts!r} V is out of the possible (50 to 1000 V)")


def _check_per_phase(what: str, figures: PerPhase) -> None:
    if len(figures) != PHASES:
        raise SiteError(
            f"{what} must give three figures, for L1, L2 and L3 (0 where there is none)"
        )
    for phase, amperes in zip(Phase, figures, strict=True):
        if not 0 <= amperes < POSSIBLE_RATING:
            raise SiteError(
                f"{what}: {amperes!r} A on {phase.name} is not between 0 A and less than"
                f" {POSSIBLE_RATING:g} A"
            )
