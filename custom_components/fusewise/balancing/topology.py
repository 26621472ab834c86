"""The site as rows: which circuit and phase each charger loads, checked once for each configured site.

A row is one conductor of one circuit: number 3 × circuit + phase. A charger on a sub-panel loads the rows
of the panel and of every circuit above it.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .checks import check_charger, check_circuit, check_site
from .errors import SiteError
from .model import PHASES, Circuit, PerPhase, Phase, Site
from .steps import round_down, round_up

__all__ = ["Topology", "Wired", "topology_of"]


@dataclass(frozen=True, slots=True)
class Wired:
    """What a charger loads when its car uses certain of its conductors."""

    rows: list[tuple[int, float]]
    """(row, 1.0) of these conductors. Not to be changed."""
    phases: tuple[Phase, ...]
    watts_per_ampere: float


@dataclass(frozen=True, slots=True)
class Topology:
    """A checked site, with circuits in an order in which a feeder comes before what it feeds."""

    site: Site
    circuits: tuple[Circuit, ...]
    circuit_index: dict[str, int]
    charger_index: dict[str, int]
    chains: tuple[tuple[int, ...], ...]
    """Per circuit: itself, its feeder, … up to the main fuse."""
    feeders: tuple[int | None, ...]
    """Per circuit: the one that feeds it, where there is one."""
    present: tuple[tuple[int, ...], ...]
    """Per circuit: the phases that it has."""
    usable: tuple[PerPhase, ...]
    """Per circuit: A on each phase that it may carry, while it is cold."""
    children: tuple[tuple[int, ...], ...]
    own: tuple[tuple[int, ...], ...]
    """Per circuit: the chargers on it …"""
    own_lines: tuple[tuple[int, int, int], ...]
    """… with so many conductors on each phase, …"""
    below: tuple[tuple[int, ...], ...]
    """… and the chargers on it and on everything that it feeds."""
    metered: tuple[tuple[int, str], ...]
    """The circuits that have a meter, each with it."""
    roots: tuple[int, ...]
    unbalanced: tuple[int, ...]
    """The circuits whose phases must not be too far apart."""
    places: tuple[tuple[int, Phase | None], ...]
    """The circuit of each row and its phase, first of those in A, then of those in W: one a circuit."""
    feeds: tuple[int, ...]
    """Per charger: its circuit."""
    lines: tuple[tuple[int, ...], ...]
    """Per charger: the phase behind each of its own conductors, as plain numbers (quicker as an index)."""
    rows: tuple[tuple[tuple[int, ...], ...], ...]
    """Per charger and own conductor: the rows that it loads, its own circuit first."""
    whole: tuple[Wired, ...]
    """Per charger: what it loads through all of its conductors."""
    watts: tuple[float, ...]
    """Per charger: W for each A on each used conductor."""
    floors: tuple[float, ...]
    """Per charger: the lowest setpoint that is not below its floor."""
    tops: tuple[float, ...]
    """Per charger: the highest setpoint that is not above its maximum."""
    sorted: bool
    """The chargers are in the order of their ids."""
    meters: frozenset[str]
    switching: tuple[int, ...]
    """The chargers that can switch between one phase and all."""
    in_watts: dict[tuple[int, ...], dict[int, list[tuple[int, float]]]]
    """What `with_watts` has found for the circuits that were bounded last."""
    known: tuple[dict[tuple[bool, ...], Wired], ...]
    """Per charger: what `wired` has found."""

    def wired(self, number: int, uses: tuple[bool, ...] | None) -> Wired:
        """What a charger loads through the conductors that its car uses; None: through all."""
        if uses is None:
            return self.whole[number]
        known = self.known[number]
        found = known.get(uses)
        if found is None:
            used = uses if any(uses) else [True] * len(uses)
            wiring, lines = self.site.chargers[number].wiring, self.rows[number]
            found = known[uses] = _wired(wiring, lines, self.watts[number], used)
        return found

    def with_watts(self, bounded: tuple[int, ...]) -> dict[int, list[tuple[int, float]]]:
        """By `id` of the rows of a `Wired`: these, and those in W of the bounded circuits; filled by who needs one."""
        found = self.in_watts.get(bounded)
        if found is None:
            self.in_watts.clear()
            found = self.in_watts[bounded] = {}
        return found

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
    check_site(site)
    if not site.circuits:
        raise SiteError("the site has no circuit: give at least the main fuse")
    circuits = _feeders_first(site.circuits)
    index = {circuit.id: number for number, circuit in enumerate(circuits)}
    for circuit in circuits:
        check_circuit(circuit)
    chains: list[tuple[int, ...]] = []
    children: list[list[int]] = [[] for _ in circuits]
    for number, circuit in enumerate(circuits):
        if circuit.parent is None:
            chains.append((number,))
        else:
            feeder = index[circuit.parent]
            children[feeder].append(number)
            chains.append((number, *chains[feeder]))
    own: list[list[int]] = [[] for _ in circuits]
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
        check_charger(charger, [circuits[c] for c in chain])
        for circuit_number in chain:
            below[circuit_number].append(number)
        own[chain[0]].append(number)
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
        feeders=tuple(chain[1] if len(chain) > 1 else None for chain in chains),
        present=tuple(tuple(n for n in range(PHASES) if c.rating[n]) for c in circuits),
        usable=tuple(_usable(circuit) for circuit in circuits),
        children=tuple(map(tuple, children)),
        own=tuple(map(tuple, own)),
        own_lines=tuple(_lines(site, numbers) for numbers in own),
        below=tuple(map(tuple, below)),
        metered=tuple((n, c.meter) for n, c in enumerate(circuits) if c.meter is not None),
        places=(
            *((number, phase) for number in range(len(circuits)) for phase in Phase),
            *((number, None) for number in range(len(circuits))),
        ),
        unbalanced=tuple(n for n, c in enumerate(circuits) if c.unbalance is not None),
        roots=tuple(n for n, circuit in enumerate(circuits) if circuit.parent is None),
        feeds=tuple(feeds),
        lines=tuple(tuple(map(int, charger.wiring)) for charger in site.chargers),
        rows=tuple(rows),
        whole=tuple(
            _wired(charger.wiring, lines, each, [True] * len(lines))
            for charger, lines, each in zip(site.chargers, rows, watts, strict=True)
        ),
        watts=tuple(watts),
        floors=tuple(round_up(charger, charger.floor) for charger in site.chargers),
        tops=tuple(round_down(charger, charger.maximum) for charger in site.chargers),
        sorted=[*charger_index] == sorted(charger_index),
        in_watts={},
        known=tuple({} for _ in site.chargers),
        switching=tuple(n for n, charger in enumerate(site.chargers) if charger.switches_phases),
        meters=frozenset(c.meter for c in circuits if c.meter is not None),
    )


def _lines(site: Site, chargers: Iterable[int]) -> tuple[int, int, int]:
    wired = [phase for number in chargers for phase in site.chargers[number].wiring]
    return wired.count(Phase.L1), wired.count(Phase.L2), wired.count(Phase.L3)


def _usable(circuit: Circuit) -> PerPhase:
    one, two, three = (rating * circuit.usable_share for rating in circuit.rating)
    return one, two, three


def _wired(
    wiring: Sequence[Phase],
    lines: Sequence[Sequence[int]],
    watts: float,
    uses: Sequence[bool],
) -> Wired:
    used = [line for line, is_used in zip(lines, uses, strict=True) if is_used]
    return Wired(
        rows=[(row, 1.0) for line in used for row in line],
        phases=tuple(phase for phase, is_used in zip(wiring, uses, strict=True) if is_used),
        watts_per_ampere=watts * len(used),
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
