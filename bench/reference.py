"""The plain ways to share that the engine is measured beside, a dozen lines each.

Each gives 0 or 6 to 32 A, within the main fuse and the sub-panels, and knows what the engine knows.
"""

from collections.abc import Callable, Sequence

from .garage import CAR_FLOOR, CAR_MOST, PANEL, VOLTAGE, Garage, Guest, Share

__all__ = ["REFERENCES", "laxity"]

RUNNING_BONUS = 900.0  # s of laxity that a charging car is ahead
SMOOTHING = 3600.0  # s of laxity that 32 A are worth (δ of arXiv 2102.08610)

type Order = Callable[[float, Guest], float]


def laxity(time: float, guest: Guest) -> float:
    """s that a car may still wait and yet be ready."""
    return guest.departure - time - guest.need_kwh * 3.6e6 / (CAR_MOST * VOLTAGE)


def _in_turn(order: Order) -> Callable[[Garage], Share]:
    """One after the other takes all that it can use."""

    def make(garage: Garage) -> Share:
        def share(time: float, guests: Sequence[Guest]) -> list[float]:
            fuses = _Fuses(garage)
            found = dict.fromkeys((guest.number for guest in guests), 0.0)
            for guest in sorted(_hungry(guests), key=lambda guest: order(time, guest)):
                amperes = min(CAR_MOST, fuses.room(guest))
                if amperes >= CAR_FLOOR:
                    fuses.take(guest, amperes)
                    found[guest.number] = amperes
            return list(found.values())

        return share

    return make


def _floors_first(order: Order, offset: Order) -> Callable[[Garage], Share]:
    """As many as fit get their floor, in order; the rest goes in steps of 1 A to who stands lowest.

    A car stands at its offset (s) and a part of `SMOOTHING` more for each ampere that it has.
    """

    def make(garage: Garage) -> Share:
        def share(time: float, guests: Sequence[Guest]) -> list[float]:
            fuses = _Fuses(garage)
            found = dict.fromkeys((guest.number for guest in guests), 0.0)
            growing: list[Guest] = []
            for guest in sorted(_hungry(guests), key=lambda guest: order(time, guest)):
                if fuses.room(guest) >= CAR_FLOOR:
                    fuses.take(guest, CAR_FLOOR)
                    found[guest.number] = CAR_FLOOR
                    growing.append(guest)
            while growing:
                first = min(
                    growing,
                    key=lambda guest: (
                        offset(time, guest) + found[guest.number] * SMOOTHING / CAR_MOST
                    ),
                )
                step = min(1.0, CAR_MOST - found[first.number], fuses.room(first))
                if step <= 1e-9:
                    growing.remove(first)
                    continue
                fuses.take(first, step)
                found[first.number] += step
            return list(found.values())

        return share

    return make


class _Fuses:
    """What the main fuse and the sub-panels have left, by phase."""

    def __init__(self, garage: Garage) -> None:
        self._garage = garage
        self._left: dict[tuple[int, int], float] = {}

    def _rows(self, guest: Guest) -> tuple[tuple[int, int], tuple[int, int]]:
        station = guest.car.station
        phase = self._garage.phase(station)
        main, panel = (-1, phase), (self._garage.panel(station), phase)
        self._left.setdefault(main, self._garage.main)
        self._left.setdefault(panel, PANEL)
        return main, panel

    def room(self, guest: Guest) -> float:
        return min(self._left[row] for row in self._rows(guest))

    def take(self, guest: Guest, amperes: float) -> None:
        for row in self._rows(guest):
            self._left[row] -= amperes


def _hungry(guests: Sequence[Guest]) -> list[Guest]:
    return [guest for guest in guests if not guest.full]


def _arrival(time: float, guest: Guest) -> float:
    return guest.car.arrival


def _departure(time: float, guest: Guest) -> float:
    return guest.departure


def _settled_laxity(time: float, guest: Guest) -> float:
    return laxity(time, guest) - (RUNNING_BONUS if guest.current else 0.0)


def _nothing(time: float, guest: Guest) -> float:
    return 0.0


REFERENCES: dict[str, Callable[[Garage], Share]] = {
    "plain_first_come": _in_turn(_arrival),
    "plain_equal": _floors_first(_arrival, _nothing),
    "plain_edf": _in_turn(_departure),
    "plain_llf": _in_turn(laxity),
    "plain_sllf": _floors_first(_settled_laxity, laxity),
}
