"""What each circuit may carry now, and what of it is left for cars.

A limit is the least of the rating × usable share, thermal derating, grid limits, limits in watts and the
peak target; what is left of it after the other loads is the headroom.
"""

from dataclasses import dataclass, field
import math

from .cars import Car
from .loads import EMPTY, LONGEST_STEP, Load
from .model import (
    NOTHING,
    PHASES,
    Circuit,
    CircuitMemory,
    CircuitState,
    DemandWindow,
    GridLimit,
    LimitScope,
    Memory,
    Notice,
    NoticeCode,
    PerPhase,
    ReasonCode,
    Snapshot,
)
from .thermal import allowed_share, warm
from .topology import POSSIBLE_RATING, Topology

__all__ = ["Limits", "measure_limits", "watt_row"]

TOLERANCE = 1.13  # IEC 60898-1: a breaker carries 1.13 × its rating for an hour without tripping
LAST_SECONDS = 60.0  # of a demand window count as this long, so that its end allows no burst
POSSIBLE_WATTS = 10e6


@dataclass(slots=True)
class Limits:
    """Capacities for cars, by row: three rows a circuit in A, then one a circuit in W."""

    capacity: list[float]
    rising: list[float]
    """The same with the moving average of the other loads: what a rise may count on."""
    code: list[ReasonCode]
    """Which kind of limit makes the row's capacity."""
    figure: list[float]
    """That limit, in A or W."""
    source: list[str]
    """Whose it is."""
    states: list[CircuitState] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    circuits: dict[str, CircuitMemory] = field(default_factory=dict)

    def bound(
        self, row: int, figure: float, taken: float, smoothed: float, code: ReasonCode, source: str
    ) -> None:
        """Bound a row: `figure` in all, of which other loads take `taken` now and `smoothed` on average."""
        if figure - taken < self.capacity[row]:
            self.capacity[row] = figure - taken
            self.code[row] = code
            self.figure[row] = figure
            self.source[row] = source
        self.rising[row] = min(self.rising[row], figure - smoothed)


def watt_row(topology: Topology, circuit: int) -> int:
    """The number of a circuit's row in watts."""
    return len(topology.circuits) * PHASES + circuit


def measure_limits(
    topology: Topology, snapshot: Snapshot, memory: Memory, loads: list[Load], cars: list[Car]
) -> Limits:
    """The capacity of every row, the state of every circuit, and what to remember of it."""
    count = len(topology.circuits)
    rows = count * (PHASES + 1)
    limits = Limits(
        capacity=[math.inf] * rows,
        rising=[math.inf] * rows,
        code=[ReasonCode.CIRCUIT_LIMIT] * rows,
        figure=[math.inf] * rows,
        source=["rating"] * rows,
    )
    grid = _grid_limits(topology, snapshot, limits.notices)
    elapsed = min(LONGEST_STEP, max(0.0, snapshot.now - memory.time))
    for number, (circuit, load) in enumerate(zip(topology.circuits, loads, strict=True)):
        remembered = memory.circuits.get(circuit.id, EMPTY)
        flowing = load.shown or _flowing(load, [cars[n] for n in topology.below[number]])
        remembered = _advance(topology, circuit, remembered, load, flowing, snapshot.now, elapsed)
        limits.circuits[circuit.id] = remembered
        mine = grid.get(number, ())
        allowed = _bound_amperes(topology, number, snapshot, limits, load, remembered, mine)
        _bound_watts(topology, number, snapshot, limits, load, remembered, mine)
        limits.states.append(_state(topology, number, limits, load, allowed))
        if load.shown is not None:
            _notice_load(circuit, load.shown, limits.notices)
    return limits


def _flowing(load: Load, cars: list[Car]) -> PerPhase:
    """What a circuit without a meter is taken to carry."""
    flowing = list(load.others)
    for car in cars:
        drawn = car.memory.sample or (car.may_draw,) * len(car.charger.wiring)
        for phase, amperes in zip(car.charger.wiring, drawn, strict=True):
            flowing[phase] += amperes
    return flowing[0], flowing[1], flowing[2]


def _advance(
    topology: Topology,
    circuit: Circuit,
    remembered: CircuitMemory,
    load: Load,
    flowing: PerPhase,
    now: float,
    elapsed: float,
) -> CircuitMemory:
    """The circuit's memory after this cycle: averages, the demand window, what is warm."""
    window, used = remembered.window, remembered.window_kwh
    if circuit.demand is not None:
        window = int(now // (60 * circuit.demand.minutes))
        watts = max(0.0, sum(flowing) * topology.site.voltage)
        fresh = min(elapsed, now - window * 60 * circuit.demand.minutes)
        used = (used if window == remembered.window else 0.0) + watts * fresh / 3.6e6
    heat, oil = remembered.heat, remembered.oil
    if circuit.breaker is not None or circuit.transformer is not None:
        heat, oil = warm(circuit, remembered, flowing, elapsed)
    others = load.others if load.shown is not None else remembered.others
    worst = remembered.worst
    if load.shown is not None:
        one, two, three = (max(a, b) for a, b in zip(worst, load.others, strict=True))
        worst = (one, two, three)
    return CircuitMemory(
        others=others,
        smoothed=load.smoothed,
        worst=worst,
        window=window,
        window_kwh=used,
        heat=heat,
        oil=oil,
    )


def _bound_amperes(
    topology: Topology,
    number: int,
    snapshot: Snapshot,
    limits: Limits,
    load: Load,
    remembered: CircuitMemory,
    grid: tuple[GridLimit, ...],
) -> PerPhase:
    """Bound the circuit's three rows; returns what the circuit may carry on each phase."""
    circuit = topology.circuits[number]
    # Floors in a fall-back may use the rating: the house counts with the most that it draws there.
    usable = 1.0 if load.fallback is not None else circuit.usable_share
    share = allowed_share(circuit, remembered, snapshot.temperatures.get(circuit.id))
    allowed = [0.0] * PHASES
    for phase in range(PHASES):
        row = number * PHASES + phase
        others, smoothed = load.others[phase], load.smoothed[phase]
        rating = circuit.rating[phase]
        figure = rating * usable * share[phase]
        code = ReasonCode.THERMAL if share[phase] < 1 else ReasonCode.CIRCUIT_LIMIT
        limits.bound(row, figure, others, smoothed, code, "rating")
        allowed[phase] = figure
        sun = snapshot.sun[phase] if snapshot.sun is not None and circuit.parent is None else 0.0
        house = max(others + sun, 0.0)
        if others < 0 or sun > 0:
            # The sun may vanish within a second: what cars then draw stays within what the fuse bears.
            averaged = max(smoothed + sun, 0.0)
            limits.bound(
                row, TOLERANCE * rating, house, averaged, ReasonCode.CIRCUIT_LIMIT, "sun may vanish"
            )
        if circuit.busbar is not None:
            limits.bound(
                row, circuit.busbar, house, max(smoothed + sun, 0.0), ReasonCode.BUSBAR, "busbar"
            )
        for limit in grid:
            if limit.amperes is not None:
                counted = limit.scope is LimitScope.ALL
                limits.bound(
                    row,
                    limit.amperes,
                    others if counted else limit.counted_watts / topology.site.voltage / PHASES,
                    smoothed if counted else limit.counted_watts / topology.site.voltage / PHASES,
                    ReasonCode.GRID_LIMIT,
                    limit.source,
                )
                allowed[phase] = min(allowed[phase], limit.amperes) if counted else allowed[phase]
    return allowed[0], allowed[1], allowed[2]


def _bound_watts(
    topology: Topology,
    number: int,
    snapshot: Snapshot,
    limits: Limits,
    load: Load,
    remembered: CircuitMemory,
    grid: tuple[GridLimit, ...],
) -> None:
    circuit = topology.circuits[number]
    row = watt_row(topology, number)
    voltage = topology.site.voltage
    others, smoothed = sum(load.others) * voltage, sum(load.smoothed) * voltage
    if circuit.limit_watts is not None:
        limits.bound(row, circuit.limit_watts, others, smoothed, ReasonCode.WATT_LIMIT, "limit")
    if circuit.demand is not None:
        figure = _allowed_by_window(circuit.demand, remembered, snapshot.now)
        limits.bound(row, figure, others, smoothed, ReasonCode.PEAK_TARGET, "peak target")
    for limit in grid:
        if limit.watts is not None:
            if limit.scope is LimitScope.ALL:
                limits.bound(
                    row, limit.watts, others, smoothed, ReasonCode.GRID_LIMIT, limit.source
                )
            else:
                counted = limit.counted_watts
                limits.bound(
                    row, limit.watts, counted, counted, ReasonCode.GRID_LIMIT, limit.source
                )


def _allowed_by_window(demand: DemandWindow, remembered: CircuitMemory, now: float) -> float:
    """W until the window's end that keep its mean at the target, after what it has used already."""
    length = 60.0 * demand.minutes
    left = max(LAST_SECONDS, (remembered.window + 1) * length - now)
    return max(0.0, (demand.target_watts * length - remembered.window_kwh * 3.6e6) / left)


def _grid_limits(
    topology: Topology, snapshot: Snapshot, notices: list[Notice]
) -> dict[int, tuple[GridLimit, ...]]:
    """The limits in force by circuit; what is out of the possible is refused and reported."""
    found: dict[int, list[GridLimit]] = {}
    for limit in snapshot.grid_limits:
        if limit.circuit is not None and limit.circuit not in topology.circuit_index:
            notices.append(_refused(limit, f"no circuit {limit.circuit!r}"))
            continue
        if (problem := _impossible(limit)) is not None:
            notices.append(_refused(limit, problem))
            continue
        if limit.begins is not None and snapshot.now < limit.begins:
            continue
        in_force = limit
        if limit.until is not None and snapshot.now >= limit.until:
            safe = topology.site.settings.safe_grid_watts
            if not limit.sender_silent or safe is None:
                continue
            in_force = GridLimit(
                source=f"{limit.source} (silent)", circuit=limit.circuit, watts=safe
            )
        where = (
            topology.roots if limit.circuit is None else (topology.circuit_index[limit.circuit],)
        )
        for number in where:
            found.setdefault(number, []).append(in_force)
    return {number: tuple(limits) for number, limits in found.items()}


def _impossible(limit: GridLimit) -> str | None:
    if limit.amperes is None and limit.watts is None:
        return "neither amperes nor watts"
    if limit.amperes is not None and not 0 <= limit.amperes <= POSSIBLE_RATING:
        return f"{limit.amperes!r} A is out of the possible"
    if limit.watts is not None and not 0 <= limit.watts <= POSSIBLE_WATTS:
        return f"{limit.watts!r} W is out of the possible"
    if not 0 <= limit.counted_watts <= POSSIBLE_WATTS:
        return f"{limit.counted_watts!r} W counted is out of the possible"
    if any(time is not None and math.isnan(time) for time in (limit.begins, limit.until)):
        return "its time is not a number"
    return None


def _refused(limit: GridLimit, problem: str) -> Notice:
    return Notice(
        code=NoticeCode.BAD_VALUE, subject=limit.source, detail=f"grid limit refused: {problem}"
    )


def _state(
    topology: Topology, number: int, limits: Limits, load: Load, allowed: PerPhase
) -> CircuitState:
    rows = range(number * PHASES, number * PHASES + PHASES)
    circuit = topology.circuits[number]
    present = [row for row in rows if circuit.rating[row % PHASES]]
    tightest = min(present, key=limits.capacity.__getitem__)
    watts = watt_row(topology, number)
    code = limits.code[tightest]
    if (
        limits.capacity[watts]
        < sum(max(0.0, limits.capacity[row]) for row in present) * topology.site.voltage
    ):
        code = limits.code[watts]
    one, two, three = (limits.capacity[row] if row in present else 0.0 for row in rows)
    return CircuitState(
        circuit=circuit.id,
        load=load.shown,
        others=load.others if present else NOTHING,
        limit=allowed,
        headroom=(one, two, three),
        source=code,
        fallback=load.fallback,
    )


def _notice_load(circuit: Circuit, load: PerPhase, notices: list[Notice]) -> None:
    for amperes, rating in zip(load, circuit.rating, strict=True):
        if amperes > rating:
            notices.append(Notice(code=NoticeCode.OVER_RATING, subject=circuit.id, figure=amperes))
        elif -amperes > rating:
            # A fuse blows either way, but stopping cars would make it worse.
            notices.append(
                Notice(code=NoticeCode.EXPORT_ABOVE_RATING, subject=circuit.id, figure=amperes)
            )
