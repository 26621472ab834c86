"""Lets everything fail at a home that is hard to hold, and tells what its fuse then goes through.

These are the figures of docs/safety.md: the worst of all seeds, from the moment at which the fault begins. All
of the fuse is used; with the 80 % that a new circuit may use, a tenth of the seeds is run once more.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context

from .pure import leave_home_assistant_out

leave_home_assistant_out()  # the processes begin here

from custom_components.fusewise.balancing.decide import decide  # noqa: E402
from custom_components.fusewise.balancing.restart import outlive  # noqa: E402
from custom_components.fusewise.simulation import MATRIX, Outcome, run, worst  # noqa: E402

__all__ = ["SEEDS", "faults"]

SEEDS = 100
ALL, USUAL = 1.0, 0.8  # of the rating that may be used
FEWER = 10


def faults(wanted: Callable[[str], bool], seeds: int = SEEDS) -> Iterator[tuple[str, float]]:
    """(row.figure, the worst of it over so many seeds) for each row of the matrix that is wanted."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for row in MATRIX:
            if not wanted(row):
                continue
            for name, figure in asdict(worst(pool.map(_Run(row, ALL), range(seeds)))).items():
                yield f"{row}.{name}", figure
            usual = worst(pool.map(_Run(row, USUAL), range(max(1, seeds // FEWER))))
            yield f"{row}.ampere_seconds_at_80_percent", usual.ampere_seconds


class _Run:
    """One row, to be run by a seed in a process of its own."""

    def __init__(self, row: str, usable_share: float) -> None:
        self.row, self.usable_share = row, usable_share

    def __call__(self, seed: int) -> Outcome:
        return run(MATRIX[self.row], decide, outlive, seed, self.usable_share)
