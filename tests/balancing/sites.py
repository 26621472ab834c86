"""Random sites, and an account of them that knows nothing of how the balancer does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from custom_components.fusewise.balancing.model import Charger, Circuit, Mode, Phase, Session, Site
from custom_components.fusewise.balancing.settings import Policy

from .builders import NOW, box, fuse, house

WIRINGS = [
    "L1",
    "L2",
    "L3",
    "L1 L2",
    "L2 L3",
    "L3 L1",
    "L1 L2 L3",
    "L2 L3 L1",
    "L3 L1 L2",
]
SMALL = 1e-6


@st.composite
def circuits(draw: st.DrawFn, *, limits: bool = True) -> list[Circuit]:
    """A tree of up to five circuits, named so that their order says nothing."""
    names = draw(st.permutations(["a", "b", "c", "d", "e"]))[: draw(st.integers(1, 5))]
    found: list[Circuit] = []
    for number, name in enumerate(names):
        parent = None if number == 0 else names[draw(st.integers(0, number - 1))]
        rest: dict[str, Any] = {}
        if limits and draw(st.integers(0, 3)) == 0:
            rest["limit_watts"] = float(draw(st.integers(0, 30))) * 1000
        if limits and draw(st.integers(0, 4)) == 0:
            rest["unbalance"] = float(draw(st.sampled_from([10, 20])))
        rating = tuple(float(draw(st.integers(5, 60))) for _ in Phase)
        others = tuple(float(draw(st.sampled_from([0, 0, 0, 3, 9]))) for _ in Phase)
        found.append(
            fuse(
                (rating[0], rating[1], rating[2]),
                name,
                parent,
                others=(others[0], others[1], others[2]),
                **rest,
            )
        )
    return found


@st.composite
def chargers(draw: st.DrawFn, on: list[Circuit], *, fine: bool = False) -> list[Charger]:
    """Up to eight chargers of all kinds on these circuits."""
    names = draw(st.permutations("qrstuvwx"))[: draw(st.integers(1, 8))]
    found: list[Charger] = []
    for name in names:
        wiring = draw(st.sampled_from(WIRINGS))
        floor = float(draw(st.sampled_from([6, 6, 6, 8, 10])))
        kind: dict[str, Any] = {"step": 1e-5} if fine else draw(_kinds(floor))
        found.append(
            box(
                name,
                wiring,
                draw(st.sampled_from(on)).id,
                floor=floor,
                maximum=draw(st.sampled_from([10.0, 16.0, 32.0])),
                weight=draw(st.sampled_from([1.0, 1.0, 2.0, 0.5])),
                priority=draw(st.sampled_from([0, 0, 0, 1])),
                line_to_line=len(wiring.split()) == 2 and draw(st.booleans()),
                **kind,
            )
        )
    return found


def _kinds(floor: float) -> st.SearchStrategy[dict[str, Any]]:
    levels = tuple(level for level in (6.0, 8.0, 10.0, 13.0, 16.0, 32.0) if level >= floor)
    return st.sampled_from([{"step": 0.1}, {"step": 1.0}, {"levels": levels}])


@st.composite
def sites(draw: st.DrawFn, /, *, fine: bool = False, limits: bool = True, **settings: Any) -> Site:
    """A site with everything random; `fine`: chargers that know no steps; `limits`: in W, and of unbalance."""
    tree = draw(circuits(limits=limits))
    policy = settings.pop("policy", None) or draw(st.sampled_from(Policy))
    return house(*tree, *draw(chargers(tree, fine=fine)), policy=policy, **settings)


def sessions() -> st.SearchStrategy[Session]:
    """What a driver may want."""
    return st.builds(
        Session,
        id=st.just("session"),
        started=st.integers(0, 3).map(lambda hours: NOW - 3600 * hours),
        departure=st.none() | st.integers(-1, 12).map(lambda hours: NOW + 3600 * hours),
        energy_needed_kwh=st.none() | st.integers(0, 60).map(float),
        maximum=st.none() | st.sampled_from([4.0, 8.0, 13.0]),
        mode=st.sampled_from([Mode.FAIR, Mode.FAIR, Mode.FAST]),
        boost=st.sampled_from([False, False, False, True]),
    )


@dataclass
class Account:
    """What a site carries when its cars draw this: written anew, from the words of the model alone."""

    site: Site
    drawn: Mapping[str, float]

    def above(self, circuit_id: str | None) -> list[Circuit]:
        """The circuit and all that feed it."""
        by_id = {circuit.id: circuit for circuit in self.site.circuits}
        found: list[Circuit] = []
        while circuit_id is not None:
            found.append(by_id[circuit_id])
            circuit_id = by_id[circuit_id].parent
        return found

    def behind(self, circuit: Circuit) -> list[Charger]:
        """The chargers on it and on what it feeds."""
        return [c for c in self.site.chargers if circuit in self.above(c.circuit)]

    def others(self, circuit: Circuit, phase: Phase) -> float:
        """What its owner says of it and of what it feeds."""
        return sum(
            (each.other_loads or (0.0, 0.0, 0.0))[phase]
            for each in self.site.circuits
            if circuit in self.above(each.id)
        )

    def amperes(self, circuit: Circuit, phase: Phase) -> float:
        """All that flows on one conductor."""
        cars = sum(self.drawn[c.id] for c in self.behind(circuit) if phase in c.wiring)
        return self.others(circuit, phase) + cars

    def watts(self, circuit: Circuit) -> float:
        """All that flows into the circuit."""
        site = self.site
        cars = sum(
            self.drawn[c.id]
            * (site.line_voltage if c.line_to_line else site.voltage * len(c.wiring))
            for c in self.behind(circuit)
        )
        return cars + self.watts_of_others(circuit)

    def watts_of_others(self, circuit: Circuit) -> float:
        """What of that is not the cars'."""
        return self.site.voltage * sum(self.others(circuit, phase) for phase in Phase)

    def worst_unbalance(self, circuit: Circuit) -> float:
        """How far one phase may be above another, whichever conductors the cars turn out to use."""
        worst = 0.0
        for upper in Phase:
            for lower in Phase:
                cars = sum(
                    self.drawn[c.id]
                    for c in self.behind(circuit)
                    if upper in c.wiring and not (c.line_to_line and lower in c.wiring)
                )
                house_alone = self.others(circuit, upper) - self.others(circuit, lower)
                if upper != lower and cars:
                    worst = max(worst, house_alone + cars)
        return worst

    def broken(self) -> list[str]:
        """The limits that are exceeded."""
        found: list[str] = []
        for circuit in self.site.circuits:
            if not any(self.drawn[c.id] for c in self.behind(circuit)):
                continue  # what the house does alone is not the balancer's
            for phase in Phase:
                cars = any(self.drawn[c.id] and phase in c.wiring for c in self.behind(circuit))
                if cars and self.amperes(circuit, phase) > circuit.rating[phase] + SMALL:
                    found.append(f"{circuit.id} {phase.name}: {self.amperes(circuit, phase)} A")
            if circuit.limit_watts is not None and self.watts(circuit) > circuit.limit_watts + 0.01:
                found.append(f"{circuit.id}: {self.watts(circuit)} W")
            if (
                circuit.unbalance is not None
                and self.worst_unbalance(circuit) > circuit.unbalance + SMALL
            ):
                found.append(f"{circuit.id}: {self.worst_unbalance(circuit)} A unbalanced")
        return found
