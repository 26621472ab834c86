"""A car park to replay sessions in: stations on three phases, sub-panels of nine, one main fuse.

Every car is a one-phase car that takes what it is told, from 6 A to 32 A, until it is full. Stations are wired
to L1, L2, L3 in turn. The same cars at the same stations meet each way to share.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import math
from statistics import fmean

from .sessions import ParkedCar

__all__ = [
    "CAR_FLOOR",
    "CAR_MOST",
    "PANEL",
    "Figures",
    "Garage",
    "Guest",
    "Share",
    "figures",
    "replay",
]

CAR_FLOOR, CAR_MOST = 6.0, 32.0  # A
VOLTAGE = 230.0
STATIONS_A_PANEL = 9
PANEL = 40.0  # A on each phase of a sub-panel
CYCLE = 300.0  # s
MET = 0.99  # of the energy: meters and rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Garage:
    """What the fuses carry, and what is known of a car: the truth, or what its driver declared."""

    main: float
    """A on each phase of the main fuse."""
    declared: bool = False

    @staticmethod
    def phase(station: int) -> int:
        return station % 3

    @staticmethod
    def panel(station: int) -> int:
        return station // STATIONS_A_PANEL


@dataclass(slots=True)
class Guest:
    """A car while it is parked: what is known of it, what it really wants, what it got."""

    number: int
    car: ParkedCar
    departure: float
    """What is known of it."""
    need_kwh: float
    """What is known of it; shrinks as it charges."""
    hungry_kwh: float
    """What it really still takes."""
    current: float = 0.0
    began: float = -math.inf
    starts: int = 0

    @property
    def full(self) -> bool:
        return self.hungry_kwh <= 1e-9


type Share = Callable[[float, Sequence[Guest]], list[float]]
"""A way to share: (time, the cars that are parked) → A for each; 0, or 6 to 32."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How good a way to share was, over all sessions."""

    energy_percent: float
    """Of what the cars would have taken."""
    met_percent: float
    """Sessions that got what they wanted."""
    worst_percent: float
    """Mean of what the worst twentieth of the sessions got."""
    starts: float
    """Per session that got anything."""


def replay(garage: Garage, cars: Sequence[ParkedCar], share: Share) -> Figures:
    """Let the cars come and go, and share in steps of five minutes."""
    waiting = sorted(enumerate(cars), key=lambda item: item[1].arrival, reverse=True)
    parked: list[Guest] = []
    gone: list[Guest] = []
    time = _cycle(waiting[-1][1].arrival)
    while waiting or parked:
        if not parked:
            time = max(time, _cycle(waiting[-1][1].arrival))
        while waiting and waiting[-1][1].arrival < time + CYCLE / 2:
            parked.append(_guest(*waiting.pop(), garage))
        if not all(
            guest.full for guest in parked
        ):  # else, as on most nights, there is nothing to share
            for guest, current in zip(parked, share(time, parked), strict=True):
                _charge(guest, current, time)
        time += CYCLE
        gone += [guest for guest in parked if guest.car.departure <= time]
        parked = [guest for guest in parked if guest.car.departure > time]
    return figures(gone)


def _cycle(time: float) -> float:
    return math.floor(time / CYCLE) * CYCLE


def _guest(number: int, car: ParkedCar, garage: Garage) -> Guest:
    return Guest(
        number=number,
        car=car,
        departure=car.declared_departure if garage.declared else car.departure,
        need_kwh=car.declared_kwh if garage.declared else car.energy_kwh,
        hungry_kwh=car.energy_kwh,
    )


def _charge(guest: Guest, current: float, time: float) -> None:
    if current > 0 and guest.current == 0:
        guest.starts += 1
        guest.began = time
    guest.current = current
    seconds = max(0.0, min(CYCLE, guest.car.departure - time))
    taken = min(guest.hungry_kwh, current * VOLTAGE * seconds / 3.6e6)
    guest.hungry_kwh -= taken
    guest.need_kwh = max(0.0, guest.need_kwh - taken)
    if guest.full:
        guest.current = 0.0


def figures(gone: Sequence[Guest]) -> Figures:
    """What came of it for these cars."""
    wanted = sum(guest.car.energy_kwh for guest in gone)
    parts = sorted(1 - guest.hungry_kwh / guest.car.energy_kwh for guest in gone)
    return Figures(
        energy_percent=100 * (1 - sum(guest.hungry_kwh for guest in gone) / wanted),
        met_percent=100 * fmean(part > MET for part in parts),
        worst_percent=100 * fmean(parts[: math.ceil(len(parts) / 20)]),
        starts=fmean(guest.starts for guest in gone),
    )
