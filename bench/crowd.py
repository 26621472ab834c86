"""A made site with everything in use, from 5 to 1000 chargers, and what happens on it cycle after cycle.

Three levels: a main fuse, floors of a building, panels of about nine chargers. Half of the circuits have a
meter. Chargers are one-, two- and three-phase and line to line, in every wiring order; cars use fewer phases
than their chargers have; modes, priorities, steps, prices, sun, a battery, a grid operator's limit, a peak
target, unbalance and warm circuits all count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import random
from typing import Any

from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.model import (
    Battery,
    Breaker,
    Charger,
    ChargerReading,
    ChargerStatus,
    Circuit,
    DemandWindow,
    Derating,
    GridLimit,
    LimitScope,
    MeterReading,
    Mode,
    PerPhase,
    Phase,
    Session,
    Site,
    Snapshot,
    Transformer,
)
from custom_components.fusewise.balancing.settings import Policy, Settings

__all__ = ["Crowd"]

PANEL = 9  # chargers
PANELS_A_FLOOR = 6
START = 1_000_000.0  # s
KINDS: tuple[tuple[tuple[Phase, ...], bool], ...] = (
    ((Phase.L1,), False),
    ((Phase.L2,), False),
    ((Phase.L3,), False),
    ((Phase.L1, Phase.L2, Phase.L3), False),
    ((Phase.L2, Phase.L3, Phase.L1), False),
    ((Phase.L3, Phase.L1, Phase.L2), False),
    ((Phase.L1, Phase.L2), False),
    ((Phase.L2, Phase.L3), True),
)
MODES = (Mode.FAIR, Mode.FAIR, Mode.FAIR, Mode.FAST, Mode.SUN, Mode.SUN_MINIMUM)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Car:
    """Who is parked at a charger."""

    phases: int
    most: float
    session: Session


class Crowd:
    """The site, and an endless story of snapshots in which cars follow what they were told."""

    def __init__(self, chargers: int, *, seed: int = 1) -> None:
        self._rng = random.Random(seed)
        panels = -(-chargers // PANEL)
        floors = -(-panels // PANELS_A_FLOOR)
        self.site = Site(
            circuits=(
                self._main(chargers),
                *(self._floor(number, chargers / floors) for number in range(floors)),
                *(self._panel(number) for number in range(panels)),
            ),
            chargers=tuple(self._charger(number, number // PANEL) for number in range(chargers)),
            settings=Settings(policy=Policy.FAIR, boosts_per_week=3),
        )
        self._cars = {charger.id: self._car(charger) for charger in self.site.chargers}

    def snapshots(self, told: Iterator[Decision | None]) -> Iterator[Snapshot]:
        """One snapshot a second; `told` yields the last decision each time, None before the first."""
        for number, decision in enumerate(told):
            yield self._snapshot(START + number, decision)

    def _main(self, chargers: int) -> Circuit:
        amperes = 30.0 + 6.0 * chargers
        return Circuit(
            id="main",
            rating=(amperes, amperes, amperes),
            meter="meter main",
            usable_share=1.0,
            limit_watts=600.0 * amperes,
            unbalance=0.2 * amperes,
            demand=DemandWindow(minutes=15, target_watts=600.0 * amperes),
            transformer=Transformer(),
            house_allowance=(10.0, 10.0, 10.0),
        )

    def _floor(self, number: int, chargers: float) -> Circuit:
        amperes = 30.0 + 8.0 * chargers
        metered: dict[str, Any] = (
            {"meter": f"meter floor {number}"} if number % 2 else {"other_loads": (5.0, 5.0, 5.0)}
        )
        return Circuit(
            id=f"floor {number}",
            rating=(amperes, amperes, amperes),
            parent="main",
            breaker=Breaker(time_constant=120.0),
            house_allowance=(8.0, 8.0, 8.0),
            **metered,
        )

    def _panel(self, number: int) -> Circuit:
        metered: dict[str, Any] = {"meter": f"meter panel {number}"} if number % 2 == 0 else {}
        return Circuit(
            id=f"panel {number}",
            rating=(63.0, 63.0, 63.0),
            parent=f"floor {number // PANELS_A_FLOOR}",
            limit_watts=40_000.0 if number % 3 == 0 else None,
            unbalance=40.0 if number % 4 == 1 else None,
            derating=Derating() if number % 5 == 0 else None,
            house_allowance=(5.0, 5.0, 5.0),
            **metered,
        )

    def _charger(self, number: int, panel: int) -> Charger:
        rng = self._rng
        wiring, line_to_line = rng.choice(KINDS)
        steps: dict[str, Any] = rng.choice(
            ({"step": 0.1}, {"step": 1.0}, {"levels": (6.0, 8.0, 10.0, 13.0, 16.0)})
        )
        return Charger(
            id=f"charger {number:04}",
            circuit=f"panel {panel}",
            wiring=wiring,
            line_to_line=line_to_line,
            maximum=rng.choice((16.0, 32.0)),
            pausable=rng.random() > 0.05,
            priority=rng.choice((0, 0, 0, 1)),
            weight=rng.choice((1.0, 1.0, 2.0)),
            fallback_proved=True,
            **steps,
        )

    def _car(self, charger: Charger) -> _Car | None:
        rng = self._rng
        if rng.random() < 0.1:
            return None
        session = Session(
            id=f"session of {charger.id}",
            started=START - rng.uniform(0.0, 7200.0),
            departure=START + rng.uniform(0.5, 10.0) * 3600 if rng.random() < 0.8 else None,
            energy_needed_kwh=rng.uniform(2.0, 40.0) if rng.random() < 0.8 else None,
            mode=rng.choice(MODES),
            boost=rng.random() < 0.05,
            maximum_price=0.3 if rng.random() < 0.1 else None,
            longest=50_000.0,
        )
        phases = rng.choice((1, len(charger.wiring)))
        return _Car(
            phases=2 if charger.line_to_line else phases,
            most=rng.choice((10.0, 16.0, 32.0)),
            session=session,
        )

    def _snapshot(self, now: float, decision: Decision | None) -> Snapshot:
        rng = self._rng
        told = {point.charger: point.current for point in decision.setpoints} if decision else {}
        readings: dict[str, ChargerReading] = {}
        flowing = {
            circuit.id: [rng.uniform(1.0, 6.0) for _ in Phase] for circuit in self.site.circuits
        }
        for charger in self.site.chargers:
            reading = self._reading(charger, told.get(charger.id, 0.0), now)
            readings[charger.id] = reading
            for phase, amperes in zip(charger.wiring, reading.current or (), strict=False):
                flowing[charger.circuit][phase] += amperes
        return Snapshot(
            now=now,
            meters=self._meters(flowing, now),
            chargers=readings,
            grid_limits=(
                GridLimit(
                    source="operator", watts=20_000.0 + 1500.0 * len(readings), until=now + 60
                ),
                GridLimit(
                    source="steering box",
                    watts=15_000.0 + 1800.0 * len(readings),
                    scope=LimitScope.CONTROLLABLE,
                    counted_watts=2000.0,
                ),
                GridLimit(source="owner", circuit="floor 0", amperes=500.0),
            ),
            sun=(8.0, 8.0, 8.0),
            battery=Battery(power=500.0, soc=60.0, maximum_discharge=3000.0),
            price=0.25,
            temperatures={
                circuit.id: 35.0 for circuit in self.site.circuits if circuit.derating is not None
            },
        )

    def _reading(self, charger: Charger, told: float, now: float) -> ChargerReading:
        car = self._cars[charger.id]
        if car is None:
            return ChargerReading(status=ChargerStatus.AVAILABLE)
        drawn = min(told, car.most)
        return ChargerReading(
            status=ChargerStatus.CHARGING if told else ChargerStatus.SUSPENDED_EVSE,
            current=tuple(drawn if n < car.phases else 0.0 for n in range(len(charger.wiring))),
            measured_at=now,
            limit=told,
            limit_until=now + 30.0,
            session=car.session,
        )

    def _meters(self, flowing: dict[str, list[float]], now: float) -> dict[str, MeterReading]:
        """What flows into each circuit: its own, and all that it feeds."""
        for circuit in reversed(self.site.circuits):
            if circuit.parent is not None:
                for phase in Phase:
                    flowing[circuit.parent][phase] += flowing[circuit.id][phase]
        return {
            circuit.meter: MeterReading(current=_per_phase(flowing[circuit.id]), measured_at=now)
            for circuit in self.site.circuits
            if circuit.meter is not None
        }


def _per_phase(amperes: list[float]) -> PerPhase:
    one, two, three = amperes
    return one, two, three
