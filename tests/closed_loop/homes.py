"""Small homes that live: a fuse of which all is used, chargers whose cars take 4 s to follow, a house on a dial."""

from collections.abc import Callable
from typing import Any

from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.model import Charger, Circuit, PerPhase, Phase, Site
from custom_components.fusewise.balancing.restart import outlive
from custom_components.fusewise.simulation import Car, CarModel, Dial, Moment, SimulatedSite

DT = 0.1  # s
REACTS = 4.0  # s of dead time, as IEC 61851-1 has it at most 5
HEARD = 1.0 + 0.3 + 2 * DT  # s: a meter's interval, a message, and two steps of the simulation


def per_phase(amperes: float | PerPhase) -> PerPhase:
    """The same on each phase, or as given."""
    return amperes if isinstance(amperes, tuple) else (amperes, amperes, amperes)


def fuse(rating: float | PerPhase = 25.0, name: str = "main", **rest: Any) -> Circuit:
    """A metered circuit of which all may be used."""
    return Circuit(
        id=name,
        rating=per_phase(rating),
        **{"meter": f"{name} meter", "usable_share": 1.0, **rest},
    )


def box(
    name: str = "garage", wiring: str = "L1 L2 L3", circuit: str = "main", **rest: Any
) -> Charger:
    """A charger of 16 A with a proved fall-back of 6 A."""
    phases = tuple(Phase[phase] for phase in wiring.split())
    rest = {"maximum": 16.0, "fallback_proved": True, **rest}
    return Charger(id=name, circuit=circuit, wiring=phases, **rest)


def car(soc: float = 0.3, starts_after: float = 0.0, **model: Any) -> Car:
    """A car that takes whatever it gets, on three phases."""
    figures = {"phases": 3, "maximum": 32.0, "battery_kwh": 60.0, **model}
    return Car(CarModel(name="saloon", **figures), soc=soc, starts_after=starts_after)


class Home(SimulatedSite):
    """A site that lives, with a house (and sun) that is set by hand."""

    def __init__(
        self,
        *parts: Circuit | Charger,
        house: float | PerPhase = 4.0,
        sun: float | PerPhase = 0.0,
        settings: Any = None,
        **rest: Any,
    ) -> None:
        circuits = tuple(part for part in parts if isinstance(part, Circuit)) or (fuse(),)
        chargers = tuple(part for part in parts if isinstance(part, Charger))
        site = Site(circuits=circuits, chargers=chargers)
        if settings is not None:
            site = Site(circuits=circuits, chargers=chargers, settings=settings)
        self.house, self.sun = Dial(per_phase(house)), Dial(per_phase(sun))
        root = circuits[0].id
        rest = {"houses": {root: self.house}, "suns": {root: self.sun}, "dt": DT, **rest}
        super().__init__(site, decide, outlive=outlive, **rest)

    def told(self, charger: str = "garage") -> float:
        """A that the controller wants of this charger; 0 where there is none."""
        setpoints = self.decision.setpoints if self.decision is not None else ()
        return next((s.current for s in setpoints if s.charger == charger), 0.0)

    def drawn(self, charger: str = "garage") -> float:
        """A that its car draws on each conductor."""
        found = self.stations[charger].charger.car
        return 0.0 if found is None else found.current

    def settle(self, seconds: float = 120.0) -> None:
        """Let everything come to rest, and watch the fuses from then on."""
        self.run(seconds)
        self.watch_anew()

    def forget(self) -> None:
        """From now on the controller starts without any memory."""
        self.outlive = None

    def until(self, happens: Callable[[Moment], bool], within: float) -> float:
        """Let time pass until that happens; how long it took (s). Fails if it does not."""
        begun = self.time
        while self.time < begun + within:
            if happens(self.step()):
                return self.time - begun
        raise AssertionError(f"it did not happen within {within} s")


def reversals(course: list[float], least: float = 0.3) -> int:
    """How often a course of currents turns around by more than `least` A."""
    turns, direction, extreme = 0, 0, course[0]
    for amperes in course:
        if direction >= 0 and amperes < extreme - least:
            turns, direction, extreme = turns + (direction > 0), -1, amperes
        elif direction <= 0 and amperes > extreme + least:
            turns, direction, extreme = turns + (direction < 0), 1, amperes
        elif direction * (amperes - extreme) > 0 or direction == 0:
            extreme = amperes if direction else extreme
    return turns
