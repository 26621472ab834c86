"""What each charger is armed with for the time when nobody controls it: the sum must fit every fuse.

If Home Assistant is gone, every charger returns to its fall-back, and nobody looks at a meter. So the
fall-backs together with all that the house may draw have to fit the rating, on every circuit and phase.
Whoever does not fit pauses instead: its fall-back is 0 A.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .model import NOTHING, PHASES, Charger, PerPhase, Phase, Site
from .per_phase import plus
from .topology import Topology, topology_of

__all__ = ["Armed", "Unfit", "arm"]

ROUNDING = 1e-6  # A


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """Why a charger is not armed: the first conductor that has no room for its fall-back."""

    charger: str
    fallback: float
    """A that its owner wanted."""
    circuit: str
    phase: Phase
    rating: float
    house: float
    """A that the house may draw."""
    others: float
    """A with which others are armed there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Armed:
    """The fall-back of every charger, and who did not fit."""

    fallbacks: Mapping[str, float]
    """A by charger; its owner's figure, or 0."""
    unfit: tuple[Unfit, ...] = ()


def arm(site: Site, house: Mapping[str, PerPhase], failed: Collection[str] = ()) -> Armed:
    """What each charger is armed with. Who has the higher priority, and then who stands first, goes first.

    `house` is A that the house may draw by circuit, where that is known (`house_allowances`). Those who
    `failed` were seen not to fall back: they take their maximum from the others, whatever they are armed with.
    """
    topology = topology_of(site)
    figures = _house(topology, house)
    armed = [0.0] * (len(topology.circuits) * PHASES)
    for number, charger in enumerate(site.chargers):
        if charger.id in failed:
            _load(topology, number, charger.maximum, armed)
    fallbacks: dict[str, float] = {}
    unfit: list[Unfit] = []
    order = sorted(enumerate(site.chargers), key=lambda numbered: -numbered[1].priority)
    for number, charger in order:
        if charger.id in failed:
            fallbacks[charger.id] = charger.fallback
            continue
        row = _full_row(topology, number, charger, figures, armed)
        if row is None:
            fallbacks[charger.id] = charger.fallback
            _load(topology, number, charger.fallback, armed)
        else:
            fallbacks[charger.id] = 0.0
            unfit.append(_unfit(topology, charger, row, figures[row], armed[row]))
    return Armed(fallbacks=fallbacks, unfit=tuple(unfit))


def _house(topology: Topology, known: Mapping[str, PerPhase]) -> list[float]:
    """A that the house may draw, by row. Where nobody knows, all that may be on the feeder; at worst all."""
    figures: list[PerPhase] = []
    for number, circuit in enumerate(topology.circuits):  # feeders come first
        figure = _said(topology, number, known)
        if figure is None:
            chain = topology.chains[number]
            figure = figures[chain[1]] if len(chain) > 1 else circuit.rating
        one, two, three = map(min, figure, circuit.rating, strict=True)
        figures.append((one, two, three))
    return [amperes for figure in figures for amperes in figure]


def _said(topology: Topology, number: int, known: Mapping[str, PerPhase]) -> PerPhase | None:
    circuit = topology.circuits[number]
    if circuit.id in known:
        return known[circuit.id]
    if circuit.other_loads is None:
        return None
    # What hangs on the circuit itself was said; what is known of those that it feeds comes on top.
    return plus(circuit.other_loads, _said_below(topology, number, known))


def _said_below(topology: Topology, number: int, known: Mapping[str, PerPhase]) -> PerPhase:
    total = NOTHING
    for child in topology.children[number]:
        said = _said(topology, child, known)
        total = plus(total, _said_below(topology, child, known) if said is None else said)
    return total


def _full_row(
    topology: Topology, number: int, charger: Charger, house: list[float], armed: list[float]
) -> int | None:
    """The first row without room for the charger's fall-back."""
    if charger.fallback == 0:
        return None
    for row, coefficient in topology.whole[number].rows:
        rating = topology.circuits[row // PHASES].rating[row % PHASES]
        if house[row] + armed[row] + coefficient * charger.fallback > rating + ROUNDING:
            return row
    return None


def _load(topology: Topology, number: int, amperes: float, armed: list[float]) -> None:
    for row, coefficient in topology.whole[number].rows:
        armed[row] += coefficient * amperes


def _unfit(topology: Topology, charger: Charger, row: int, house: float, armed: float) -> Unfit:
    circuit, phase = topology.row_name(row)
    return Unfit(
        charger=charger.id,
        fallback=charger.fallback,
        circuit=circuit,
        phase=phase,
        rating=topology.circuits[row // PHASES].rating[phase],
        house=house,
        others=armed,
    )
