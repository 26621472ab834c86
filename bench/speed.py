"""How long a whole `decide` takes, by the number of chargers, and what the bare sharing and a linear program take.

Times are of this process alone (CPU time of the thread), so that a busy machine spoils them less.
"""

from collections.abc import Callable, Iterator
import math
from statistics import linear_regression, median
import time

from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.balancing.model import PHASES
from custom_components.fusewise.balancing.sharing import Part, share
from custom_components.fusewise.balancing.topology import topology_of

from .crowd import Crowd
from .exact import max_min

__all__ = ["SIZES", "decisions", "sharing"]

SIZES = {5: 600, 20: 400, 200: 150, 1000: 60}
"""Chargers, and how many cycles of them are timed."""
WARM_UP = 0.2  # of the cycles: the first find an empty site


def decisions(wanted: Callable[[str], bool]) -> Iterator[tuple[str, float]]:
    """The figures by name: chargers_5.median_ms and so on."""
    medians: dict[int, float] = {}
    for chargers, cycles in SIZES.items():
        if not (wanted(f"chargers_{chargers}") or wanted("growth_exponent")):
            continue
        times = timed(Crowd(chargers), cycles)
        medians[chargers] = 1e3 * median(times)
        yield f"chargers_{chargers}.median_ms", medians[chargers]
        yield f"chargers_{chargers}.p99_ms", 1e3 * percentile(times, 0.99)
        yield from sharing(chargers, medians[chargers])
    if len(medians) == len(SIZES):
        yield "growth_exponent", exponent({n: ms for n, ms in medians.items() if n > min(SIZES)})


def timed(crowd: Crowd, cycles: int) -> list[float]:
    """s that each of the last cycles took."""
    decision: Decision | None = None
    memory = Memory()

    def told() -> Iterator[Decision | None]:
        while True:
            yield decision

    times: list[float] = []
    for snapshot in crowd.snapshots(told()):
        begun = time.thread_time()
        decision = decide(crowd.site, snapshot, memory)
        times.append(time.thread_time() - begun)
        memory = decision.memory
        if len(times) >= cycles:
            break
    return times[int(WARM_UP * len(times)) :]


def percentile(values: list[float], part: float) -> float:
    """The value that this part of them does not exceed."""
    return sorted(values)[math.ceil(part * len(values)) - 1]


def exponent(by_size: dict[int, float]) -> float:
    """p of time = a × size^p, by least squares of the logarithms."""
    sizes = [math.log(size) for size in by_size]
    return linear_regression(sizes, [math.log(ms) for ms in by_size.values()]).slope


def sharing(chargers: int, decide_ms: float) -> Iterator[tuple[str, float]]:
    """The exact sharing alone on the same site, with everybody there, and the same as linear programs."""
    capacity, parts = problem(Crowd(chargers))
    begun = time.thread_time()
    rounds = max(1, 2000 // chargers)
    for _ in range(rounds):
        shares, _ = share(capacity, parts)
    share_ms = 1e3 * (time.thread_time() - begun) / rounds
    begun = time.thread_time()
    exact = max_min(capacity, parts)
    lp_ms = 1e3 * (time.thread_time() - begun)
    yield f"chargers_{chargers}.sharing_ms", share_ms
    yield f"chargers_{chargers}.linear_program_ms", lp_ms
    yield f"chargers_{chargers}.decide_times_sharing", decide_ms / share_ms
    yield f"chargers_{chargers}.linear_program_times_sharing", lp_ms / share_ms
    yield (
        f"chargers_{chargers}.largest_difference_amperes",
        max(abs(a - b) for a, b in zip(shares, exact, strict=True)),
    )


def problem(crowd: Crowd) -> tuple[list[float], list[Part]]:
    """The rows of the tree, and a part of it for each charger, from nothing up to its maximum."""
    topology = topology_of(crowd.site)
    capacity = [
        0.5 * circuit.rating[phase] for circuit in topology.circuits for phase in range(PHASES)
    ]
    parts = [
        Part(0.0, charger.maximum, loads.rows, charger.weight)
        for charger, loads in zip(crowd.site.chargers, topology.whole, strict=True)
    ]
    return capacity, parts
