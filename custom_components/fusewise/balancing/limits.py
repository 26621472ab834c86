"""What each circuit and phase has left for cars, and whose limit that is, by row."""

from dataclasses import dataclass, field
import math

from .codes import ReasonCode
from .decision import CircuitState, Notice
from .loads import Load
from .memory import CircuitMemory
from .model import PHASES, Phase
from .topology import Topology

__all__ = ["TOLERANCE", "Limits", "watt_row"]

TOLERANCE = 1.13  # IEC 60898-1: a breaker carries 1.13 × its rating for an hour without tripping


@dataclass(slots=True)
class Limits:
    """Capacities for cars, by row: three a circuit in A, then one a circuit in W, then what `add_row` adds."""

    capacity: list[float]
    rising: list[float]
    """The same with the moving average of the other loads: what a rise may count on."""
    loads: list[Load]
    """The other loads, by circuit."""
    voltage: float
    exact: list[bool]
    """What the other loads are is known exactly: see `Load.exact`."""
    code: list[ReasonCode]
    """Which kind of limit makes the row's capacity."""
    figure: list[float]
    """That limit, in A or W."""
    source: list[str]
    """Whose it is."""
    until: list[float | None]
    """When it ends, where it does."""
    places: list[tuple[int, Phase | None]]
    """The circuit, and the phase where it is one phase's."""
    states: list[CircuitState] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    circuits: dict[str, CircuitMemory] = field(default_factory=dict)

    def add_row(self, circuit: int, phase: Phase | None) -> int:
        """One row more; its number."""
        self.capacity.append(math.inf)
        self.rising.append(math.inf)
        self.exact.append(True)
        self.code.append(ReasonCode.CIRCUIT_LIMIT)
        self.figure.append(math.inf)
        self.source.append("")
        self.until.append(None)
        self.places.append((circuit, phase))
        return len(self.places) - 1

    def bound(
        self,
        row: int,
        figure: float,
        taken: float,
        smoothed: float,
        code: ReasonCode,
        source: str,
        until: float | None = None,
    ) -> None:
        """Bound a row: `figure` in all, of which other loads take `taken` now and `smoothed` on average."""
        left, rising = figure - taken, figure - smoothed
        if left < self.capacity[row]:
            self.capacity[row] = left
            self.code[row] = code
            self.figure[row] = figure
            self.source[row] = source
            self.until[row] = until
        self.rising[row] = min(self.rising[row], rising)


def watt_row(topology: Topology, circuit: int) -> int:
    """The number of a circuit's row in watts."""
    return len(topology.circuits) * PHASES + circuit
