"""Homes in which all is well, and much goes on: whose meter answers as well as it can, and must not be accused.

Everything that may hide a move of a car is there: a restless house, sun with clouds, home batteries that keep the
site or each phase at nothing or below a peak, meters that are late, slow, noisy, or show whole amperes.
"""

from collections.abc import Mapping
import random
from typing import Any

from custom_components.fusewise.balancing.model import (
    Battery as BatteryReading,
    Mode,
    PerPhase,
    Session,
    Snapshot,
)
from custom_components.fusewise.balancing.settings import Settings
from custom_components.fusewise.simulation import (
    House,
    MeterModel,
    SimulatedSite,
    Station,
    StationModel,
    Sun,
)

from .homes import Home, box, car, fuse

BATTERIES = ("none", "one phase", "three phases", "each phase")
WIRINGS = ("L1 L2 L3", "L2 L3 L1", "L1", "L2", "L3")


class Battery:
    """A home battery, in place of the house behind it: it keeps what flows through the meter at a figure.

    `kind` is where it feeds in; `keeps` (A) what flows at most, of all phases together or of each. It follows what
    flows with a delay of `lag` (s), and gives and takes `power` (A on each phase that it has) at most.
    """

    def __init__(
        self, house: House, kind: str, *, keeps: float, lag: float, power: float, shaves: bool
    ) -> None:
        self.stations: Mapping[str, Station] = {}
        self.sun: Sun | None = None
        self.house, self.kind = house, kind
        self.keeps, self.lag, self.power, self.shaves = keeps, lag, power, shaves
        self.fed = [0.0, 0.0, 0.0]
        self.shone: PerPhase = (0.0, 0.0, 0.0)

    def step(self, dt: float, voltage: float) -> PerPhase:
        """Let `dt` (s) pass; A per phase, of house and battery together."""
        load = self.house.step(dt, voltage)
        flows = [0.0, 0.0, 0.0]
        for phase in range(3):
            cars = sum(
                station.charger.load[phase]
                for station in self.stations.values()
                if station.charger.car is not None
            )
            flows[phase] = load[phase] + cars - self.shone[phase]
        wanted = self._wanted(flows)
        follows = min(1.0, dt / self.lag)
        for phase in range(3):
            self.fed[phase] += follows * (wanted[phase] - self.fed[phase])
        return load[0] - self.fed[0], load[1] - self.fed[1], load[2] - self.fed[2]

    def _wanted(self, flows: list[float]) -> list[float]:
        if self.kind == "each phase":
            return [self._bounded(amperes - self.keeps) for amperes in flows]
        total = sum(flows) - self.keeps
        if self.kind == "one phase":
            return [self._bounded(total), 0.0, 0.0]
        return [self._bounded(total / 3)] * 3

    def _bounded(self, amperes: float) -> float:
        return max(0.0 if self.shaves else -self.power, min(self.power, amperes))


class _Roof:
    """The sun, which a battery behind the same meter sees as well."""

    def __init__(self, sun: Sun, battery: Battery) -> None:
        self.sun, self.battery = sun, battery

    def step(self, dt: float, voltage: float) -> PerPhase:
        self.battery.shone = self.sun.step(dt, voltage)
        return self.battery.shone


def good_home(seed: int, hours: float) -> Home:
    """A home in which cars come and go for so long, as the seed wants it."""
    rng = random.Random(f"{seed}/good home")
    begins = rng.uniform(6.0, 14.0) * 3600.0
    house = House(
        seed=seed,
        base_watts=(rng.uniform(50, 900), rng.uniform(50, 900), rng.uniform(50, 900)),
        begins=begins,
    )
    shaves = rng.random() < 0.25
    battery = Battery(
        house,
        BATTERIES[seed % len(BATTERIES)],
        keeps=rng.uniform(9.0, 30.0) if shaves else rng.choice((0.0, 0.3)),
        lag=rng.choice((1.0, 2.0, 5.0)),
        power=rng.choice((5.0, 11.0, 22.0)) if seed % len(BATTERIES) else 0.001,
        shaves=shaves,
    )
    peak = rng.choice((0.0, 1500.0, 4000.0))
    sun = Sun(seed=seed, peak_watts=(peak, peak, peak), begins=begins)
    parts: list[Any] = [
        box(
            f"box {number}",
            rng.choice(WIRINGS),
            maximum=rng.choice((16.0, 32.0)),
        )
        for number in range(rng.randint(1, 3))
    ]
    home = Home(
        fuse(
            rng.choice((25.0, 35.0, 63.0)),
            usable_share=rng.choice((0.8, 1.0)),
            house_allowance=(13.0,) * 3,
        ),
        *parts,
        settings=Settings(),
        houses={"main": battery},
        suns={"main": _Roof(sun, battery)},
        sees_sun=rng.random() < 0.5,
        seed=seed,
        dt=1.0,
        meter=MeterModel(
            interval=rng.choice((1.0, 1.0, 2.0, 5.0, 10.0, 60.0)),
            lag=rng.choice((0.0, 0.0, 2.0, 5.0, 10.0)),
            noise=rng.choice((0.0, 0.0, 0.1, 0.3)),
            loses=rng.choice((0.0, 0.1)),
        ),
        station=StationModel(
            reports_every=rng.choice((1.0, 5.0, 5.0, 10.0, 30.0, 60.0)),
            noise=rng.choice((0.0, 0.1)),
        ),
    )
    battery.stations = home.stations
    if battery.kind != "none":  # its owner has told of it
        home.outside = Snapshot(now=0.0, battery=BatteryReading(power=0.0))
    if rng.random() < 0.4:
        home.meters["main meter"].lies = _whole
    for name in home.stations:
        at = rng.uniform(0.0, 600.0)
        while at < hours * 3600.0:
            home.at(at, _comes(home, name, rng))
            at += rng.choice((120.0, 300.0, 600.0, 1800.0))
            home.at(at, home.stations[name].unplug)
            at += rng.choice((60.0, 120.0, 600.0))
    return home


def _comes(home: SimulatedSite, name: str, rng: random.Random) -> Any:
    saloon = {
        "phases": rng.choice((1, 3)),
        "maximum": rng.choice((10.0, 16.0, 32.0)),
        "dead_time": rng.choice((0.5, 2.0, 4.0, 8.0)),
        "wake": rng.choice((0.0, 0.0, 20.0)),
    }
    soc = rng.choice((0.3, 0.6, 0.94))
    mode = rng.choice((Mode.FAIR, Mode.FAIR, Mode.SUN, Mode.SUN_MINIMUM))
    wish = Session(id="", started=0.0, mode=mode)
    return lambda: home.plug(name, car(soc=soc, **saloon), wish)


def _whole(true: PerPhase) -> PerPhase:
    one, two, three = (float(round(amperes)) for amperes in true)
    return one, two, three
