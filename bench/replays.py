"""Replays a month of charging sessions with each policy and each plain way to share, beside the most that is possible.

Four cells: 40 A and 63 A on each phase, and cars of which the truth is known or what their drivers had declared.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict
import os

from custom_components.fusewise.balancing.settings import Policy

from .engine import engine
from .exact import energy_bound
from .garage import Figures, Garage, Share, replay
from .pure import leave_home_assistant_out
from .reference import REFERENCES
from .sessions import ParkedCar

__all__ = ["CELLS", "WAYS", "replays"]

CELLS: dict[str, Garage] = {
    f"{known}_{amperes:.0f}": Garage(main=amperes, declared=known == "declared")
    for known in ("true", "declared")
    for amperes in (40.0, 63.0)
}
POLICIES = [policy for policy in Policy if policy is not Policy.PRIORITY]  # nobody has one here
WAYS = [*(policy.value for policy in POLICIES), *REFERENCES]


def replays(
    cars: Sequence[ParkedCar], wanted: Callable[[str], bool]
) -> Iterator[tuple[str, float]]:
    """The figures by name: true_40.bound_percent, true_40.fair.energy_percent, and so on."""
    bounds: dict[float, float] = {}
    workers = max(1, os.process_cpu_count() or 1)
    with ProcessPoolExecutor(workers, initializer=leave_home_assistant_out) as pool:
        jobs: list[tuple[str, str, Future[Figures]]] = [
            (cell, way, pool.submit(figures_of, garage, cars, way))
            for cell, garage in CELLS.items()
            for way in WAYS
            if wanted(f"{cell}.{way}")
        ]
        for cell, way, job in jobs:
            garage = CELLS[cell]
            if garage.main not in bounds:
                bounds[garage.main] = energy_bound(garage, cars)
            bound = bounds[garage.main]
            figures = job.result()
            yield f"{cell}.bound_percent", bound
            for name, figure in asdict(figures).items():
                yield f"{cell}.{way}.{name}", figure
            yield f"{cell}.{way}.of_bound_percent", 100 * figures.energy_percent / bound


def figures_of(garage: Garage, cars: Sequence[ParkedCar], way: str) -> Figures:
    """One way to share in one cell."""
    return replay(garage, cars, _share(garage, cars, way))


def _share(garage: Garage, cars: Sequence[ParkedCar], way: str) -> Share:
    if way in REFERENCES:
        return REFERENCES[way](garage)
    return engine(garage, max(car.station for car in cars) + 1, Policy(way))
