"""A whole site in closed loop: cars, chargers, meters, houses and sun, and the very `decide` that runs at home.

    site = Site(
        circuits=(Circuit(id="main", rating=(25.0, 25.0, 25.0), meter="grid"),),
        chargers=(Charger(id="garage", circuit="main", wiring=(Phase.L1, Phase.L2, Phase.L3)),),
    )
    sim = SimulatedSite(site, decide, seed=1, dt=1.0, houses={"main": House(seed=1, begins=18 * 3600)})
    saloon = CarModel(name="saloon", phases=3, maximum=16.0, battery_kwh=60.0)
    sim.plug("garage", Car(saloon, soc=0.3))
    sim.change(600, sim.meters["grid"], works=False)
    sim.change(720, sim.meters["grid"], works=True)
    sim.run(4 * 3600)
    sim.cars["garage"].soc  # what the car got
    sim.fuses["main"].seconds_above  # what the fuse went through

`decide` is handed in, because a simulation knows its words only. Time is what `run` and `step` let pass, chance
comes from the seed, and the same seed repeats to the last bit. `dt` bounds how finely things follow each other:
0.1 s to see overshoots, 1 s for days. A day of three cars takes half a minute; one of fifty takes minutes, or one
with `pace=5`.

The loop is the controller's: whatever arrives wakes it, and it cycles at least every `TICK`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from heapq import heappop, heappush
import random
from typing import Protocol

from ..balancing.decision import Decision
from ..balancing.errors import ClockError
from ..balancing.memory import Memory
from ..balancing.model import NOTHING, PerPhase, Session, Site, Snapshot
from .car import Car
from .fuse import Fuse
from .line import NO_WISH, Line
from .meter import Meter, MeterModel
from .station import Station, StationModel

__all__ = ["Decide", "Dial", "Moment", "Outlive", "SimulatedSite", "Source"]

BEGINS = 1_000_000.0  # s: the first moment on the clock
METER, STATION = MeterModel(), StationModel()
TICK = 1.0  # s between two cycles at most
_MOMENT = 1e-6  # s; sums of 0.1 are not exact

type Decide = Callable[[Site, Snapshot, Memory], Decision]
type Outlive = Callable[[Memory, float], Memory]
"""What of a memory is left after a restart at that time."""


class Source(Protocol):
    """Something that draws or feeds in: a house, a roof."""

    def step(self, dt: float, voltage: float) -> PerPhase:
        """Let `dt` (s) pass; A per phase."""


class Dial:
    """A house or a roof that somebody turns by hand: it draws, or feeds in, what it is set to."""

    def __init__(self, amperes: PerPhase = NOTHING) -> None:
        self.amperes = amperes

    def step(self, dt: float, voltage: float) -> PerPhase:
        """Let `dt` (s) pass; A per phase."""
        return self.amperes


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What flows at one moment, A."""

    time: float
    """s since the simulation began."""
    fuses: Mapping[str, PerPhase]
    """Through each circuit's fuse, import positive."""
    cars: Mapping[str, float]
    """What each charger's car draws on each conductor that it uses."""


class SimulatedSite:
    """A site that lives. Its parts are open: a scenario plugs in cars, cuts lines, kills the controller."""

    def __init__(
        self,
        site: Site,
        decide: Decide,
        *,
        seed: int = 0,
        dt: float = 0.5,
        pace: float = 0.0,
        houses: Mapping[str, Source] | None = None,
        suns: Mapping[str, Source] | None = None,
        meter: MeterModel | Mapping[str, MeterModel] = METER,
        station: StationModel | Mapping[str, StationModel] = STATION,
        sees_sun: bool = False,
        outlive: Outlive | None = None,
    ) -> None:
        """`dt` is the step of physics (s), `pace` how long the loop rests between two cycles (s): for long runs.

        `houses` and `suns` hang directly on the circuits that they are keyed by. `meter` and `station` are one
        model for all, or one for each by id. `sees_sun`: the inverters are read.
        `outlive` is what of its memory the controller keeps over a restart; without it, nothing.
        """
        self.site = site
        self.dt = dt
        self.outside = Snapshot(now=0.0)
        """The rest of what the controller is told: grid limits, a price, temperatures, a battery."""
        self.controller_hangs = False
        """True: the loop does not cycle; Home Assistant is alive."""
        self.decision: Decision | None = None
        """The last one; None: there was none since the controller started."""
        self._decide = decide
        self._sees_sun = sees_sun
        self.outlive = outlive
        self.houses, self.suns = dict(houses or {}), dict(suns or {})
        self._sun: PerPhase = NOTHING
        parents = {circuit.id: circuit.parent for circuit in site.circuits}
        self._ends_first = sorted(site.circuits, key=lambda c: -_depth(c.id, parents))

        models = {
            charger.id: station if isinstance(station, StationModel) else station[charger.id]
            for charger in site.chargers
        }
        self.stations = {
            charger.id: Station(charger, models[charger.id], _rng(seed, "station", charger.id))
            for charger in site.chargers
        }
        self.lines = {
            name: Line(charger, models[name], _rng(seed, "line", name))
            for name, charger in self.stations.items()
        }
        self.meters = {
            name: Meter(
                meter if isinstance(meter, MeterModel) else meter[name], _rng(seed, "meter", name)
            )
            for name in sorted({c.meter for c in site.circuits if c.meter is not None})
        }
        self.fuses: dict[str, Fuse] = {}
        self.watch_anew()

        self._steps = self._plans = 0
        self._planned: list[tuple[float, int, Callable[[], None]]] = []
        self._controller_lives = True
        self._clock_ahead = 0.0  # of the controller
        self._memory = Memory()
        self._pace = pace
        self._cycled_at = BEGINS - TICK

    # --- what a scenario does -------------------------------------------------------------------------

    @property
    def time(self) -> float:
        """s since the simulation began."""
        return self._steps * self.dt

    @property
    def memory(self) -> Memory:
        """What the controller remembers."""
        return self._memory

    @property
    def cars(self) -> dict[str, Car]:
        """The cars that are plugged in, by charger."""
        return {
            name: station.charger.car
            for name, station in self.stations.items()
            if station.charger.car is not None
        }

    def plug(self, charger: str, car: Car, wish: Session = NO_WISH) -> None:
        """A car comes; `wish` is what its owner wants of the session."""
        self.lines[charger].wish = wish
        self.stations[charger].plug(car)

    def at(self, time: float, action: Callable[[], None]) -> None:
        """Do `action` at `time` (s since the simulation began)."""
        self._plans += 1
        heappush(self._planned, (time, self._plans, action))

    def change(self, time: float, thing: object, **attributes: object) -> None:
        """Set attributes of a part at `time`: `change(60, sim.meters["grid"], works=False)`."""
        for name in attributes:
            if not hasattr(thing, name):
                raise AttributeError(f"{thing!r} has no {name!r} to change")
        self.at(time, lambda: _set(thing, attributes))

    def watch_anew(self) -> None:
        """Forget what the fuses went through."""
        self.fuses = {circuit.id: Fuse(rating=circuit.rating) for circuit in self.site.circuits}

    def kill(self) -> None:
        """The controller is gone: nobody hears, nobody tells."""
        self._controller_lives = False
        self.decision = None
        for line in self.lines.values():
            line.restart(self._now)

    def start(self, *, clock_ahead: float = 0.0) -> None:
        """Start the controller, by a clock that may have been set meanwhile; one that runs is killed first."""
        self.kill()
        self._controller_lives, self._clock_ahead = True, clock_ahead
        keep, now = self.outlive, self._now
        self._memory = Memory() if keep is None else keep(self._memory, now)
        self._cycled_at = now - TICK - self._pace
        for line in self.lines.values():
            line.restart(now)
        for meter in self.meters.values():
            meter.restart()

    # --- time -----------------------------------------------------------------------------------------

    def run(self, seconds: float, watch: Callable[[Moment], None] | None = None) -> None:
        """Let `seconds` pass; `watch` is shown every moment."""
        for _ in range(round(seconds / self.dt)):
            moment = self.step()
            if watch is not None:
                watch(moment)

    def step(self) -> Moment:
        """Let `dt` pass: first what is planned, then physics, then what is measured, heard and told."""
        self._steps += 1
        while self._planned and self._planned[0][0] < self.time - _MOMENT:
            heappop(self._planned)[2]()
        currents = self._flow(BEGINS + self.time)
        for name, fuse in self.fuses.items():
            fuse.carry(self.time, currents[name], self.dt)
        for circuit in self.site.circuits:
            if circuit.meter is not None:
                self.meters[circuit.meter].measure(BEGINS + self.time, currents[circuit.id])
        if self._controller_lives:
            self._control()
        return Moment(
            time=self.time,
            fuses=currents,
            cars={
                name: 0.0 if station.charger.car is None else station.charger.car.current
                for name, station in self.stations.items()
            },
        )

    @property
    def _now(self) -> float:
        """By the controller's clock."""
        return BEGINS + self.time + self._clock_ahead

    def _flow(self, now: float) -> dict[str, PerPhase]:
        """Physics: what flows through each circuit."""
        dt, voltage = self.dt, self.site.voltage
        flows = {circuit.id: [0.0, 0.0, 0.0] for circuit in self.site.circuits}
        for name, house in self.houses.items():
            _add(flows[name], house.step(dt, voltage), 1)
        fed = [0.0, 0.0, 0.0]
        for name, sun in self.suns.items():
            feeds = sun.step(dt, voltage)
            _add(flows[name], feeds, -1)
            _add(fed, feeds, 1)
        self._sun = fed[0], fed[1], fed[2]
        for wired in self.site.chargers:
            station = self.stations[wired.id]
            station.step(now, dt, voltage)
            if station.charger.car is not None:
                _add(flows[wired.circuit], station.charger.load, 1)
        for circuit in self._ends_first:
            if circuit.parent is not None:
                _add(flows[circuit.parent], flows[circuit.id], 1)
        return {name: (flow[0], flow[1], flow[2]) for name, flow in flows.items()}

    def _control(self) -> None:
        """The controller: it hears, and where that woke it, decides and tells."""
        now = self._now
        woken = now >= self._cycled_at + TICK - _MOMENT
        for line in self.lines.values():
            woken |= line.step(now)
        for meter in self.meters.values():
            woken |= meter.step(now)
        if not woken or self.controller_hangs or now < self._cycled_at + self._pace - _MOMENT:
            return
        self._cycled_at = now
        try:
            decision = self._decide(self.site, self._snapshot(now), self._memory)
        except ClockError:
            # As in the real loop: a memory from the future is worthless.
            self._memory = Memory()
            return
        self.decision, self._memory = decision, decision.memory
        for setpoint in decision.setpoints:
            self.lines[setpoint.charger].tell(setpoint.current, now, setpoint.phases)

    def _snapshot(self, now: float) -> Snapshot:
        return replace(
            self.outside,
            now=now,
            meters={
                name: meter.reading
                for name, meter in self.meters.items()
                if meter.reading is not None
            },
            chargers={name: line.reading for name, line in self.lines.items()},
            sun=self._sun if self._sees_sun else None,
        )


def _add(total: list[float], current: PerPhase | list[float], sign: int) -> None:
    for phase, amperes in enumerate(current):
        total[phase] += sign * amperes


def _depth(circuit: str, parents: Mapping[str, str | None]) -> int:
    parent = parents[circuit]
    return 0 if parent is None else 1 + _depth(parent, parents)


def _set(thing: object, attributes: Mapping[str, object]) -> None:
    for name, figure in attributes.items():
        setattr(thing, name, figure)


def _rng(seed: int, kind: str, name: str) -> random.Random:
    return random.Random(f"{seed}/{kind}/{name}")
