"""What each circuit may carry now, and what of it is left for cars: the headroom.

A limit is the least of the rating × usable share, thermal derating, grid limits, limits in watts and the
peak target; what is left of it after the other loads is the headroom.
"""

import math

from .allowance import house_allowance
from .codes import NoticeCode, ReasonCode
from .decision import CircuitState, Notice
from .grid import limits_in_force
from .history import advance, carried
from .limits import TOLERANCE, Limits, watt_row
from .loads import EMPTY, Load
from .memory import CircuitMemory, Memory
from .model import NOTHING, PHASES, Circuit, DemandWindow, GridLimit, LimitScope, PerPhase, Snapshot
from .per_phase import higher, lower, minus
from .seen import Seen
from .thermal import COLD, allowed_share
from .topology import Topology

__all__ = ["measure_limits"]

LAST_SECONDS = 60.0  # of a demand window count as this long, so that its end allows no burst


def measure_limits(
    topology: Topology, snapshot: Snapshot, memory: Memory, loads: list[Load], seen: list[Seen]
) -> Limits:
    """The capacity of every row, the state of every circuit, and what to remember of it."""
    rows = len(topology.places)
    exact = [load.exact for load in loads]
    limits = Limits(
        capacity=[math.inf] * rows,
        rising=[math.inf] * rows,
        loads=loads,
        voltage=topology.site.voltage,
        exact=[*[each for each in exact for _ in range(PHASES)], *exact],
        code=[ReasonCode.CIRCUIT_LIMIT] * rows,
        figure=[math.inf] * rows,
        source=["rating"] * rows,
        until=[None] * rows,
        places=list(topology.places),
    )
    grid = limits_in_force(topology, snapshot, limits.notices)
    elapsed = snapshot.now - memory.time
    voltage = topology.site.voltage
    for number, (circuit, load) in enumerate(zip(topology.circuits, loads, strict=True)):
        remembered = memory.circuits.get(circuit.id, EMPTY)
        flowing = carried(circuit, load, seen[number])
        remembered = advance(circuit, remembered, load, flowing, snapshot, elapsed, voltage)
        limits.circuits[circuit.id] = remembered
        mine = grid.get(number, ())
        allowed = _bound_by_rating(topology, number, limits, load, remembered)
        _bound_fed(topology, number, snapshot, limits, load, remembered)
        if mine:
            allowed = _bound_by_grid(topology, number, limits, load, allowed, mine)
        _bound_watts(topology, number, snapshot, limits, load, remembered, mine)
        limits.states.append(_state(topology, number, limits, load, allowed, snapshot.now))
        if load.shown is not None:
            _notice_load(circuit, load.shown, limits.notices)
    return limits


def _bound_by_rating(
    topology: Topology, number: int, limits: Limits, load: Load, remembered: CircuitMemory
) -> PerPhase:
    """The first bound of the circuit's three rows; returns what the circuit may carry on each phase."""
    circuit, first, end = topology.circuits[number], number * PHASES, (number + 1) * PHASES
    allowed = _usable(topology, number, load, remembered)
    share = allowed_share(circuit, remembered)
    if share != COLD:
        allowed = allowed[0] * share[0], allowed[1] * share[1], allowed[2] * share[2]
        limits.code[first:end] = [
            ReasonCode.THERMAL if each < 1 else ReasonCode.CIRCUIT_LIMIT for each in share
        ]
    limits.capacity[first:end] = minus(allowed, load.others)
    limits.rising[first:end] = minus(allowed, load.expected)
    limits.figure[first:end] = allowed
    return allowed


def _usable(topology: Topology, number: int, load: Load, remembered: CircuitMemory) -> PerPhase:
    """A of the rating that may be used on each phase, warm or cold."""
    rating, usable = topology.circuits[number].rating, topology.usable[number]
    if load.fallback is not None:
        # Only floors are let through, and the house counts with the most that it draws.
        return rating
    if remembered.jump == NOTHING:
        return usable
    # Between two samples of a slow meter the house may rise as it did before.
    return higher(lower(usable, minus(rating, remembered.jump)), NOTHING)


def _bound_fed(
    topology: Topology,
    number: int,
    snapshot: Snapshot,
    limits: Limits,
    load: Load,
    remembered: CircuitMemory,
) -> None:
    """Bound the rows where the sun hides load that flows all the same, and may vanish."""
    circuit = topology.circuits[number]
    # The sun is at the main fuse, and wherever a busbar is said to be fed from both sides. A meter shows the
    # load less the sun; what an owner says is the load.
    fed = load.shown is not None and (circuit.parent is None or circuit.busbar is not None)
    measured = snapshot.sun if fed else None
    if measured is None and circuit.busbar is None and min(load.others) >= 0:
        return
    sun = measured or NOTHING
    share = allowed_share(circuit, remembered)
    for phase in range(PHASES):
        row = number * PHASES + phase
        code = ReasonCode.THERMAL if share[phase] < 1 else ReasonCode.CIRCUIT_LIMIT
        others, smoothed = load.others[phase], load.expected[phase]
        hidden = max(remembered.sun[phase], remembered.sun_before[phase]) if measured else 0.0
        house, averaged = max(others + sun[phase], 0.0), max(smoothed + hidden, 0.0)
        if others < 0 or sun[phase] > 0:
            # The sun may vanish within a second: what cars then draw stays within what the fuse bears.
            borne = TOLERANCE * circuit.rating[phase] * share[phase]
            limits.bound(row, borne, house, averaged, code, "sun may vanish")
        if circuit.busbar is not None:
            limits.bound(row, circuit.busbar, house, averaged, ReasonCode.BUSBAR, "busbar")


def _bound_by_grid(
    topology: Topology,
    number: int,
    limits: Limits,
    load: Load,
    allowed: PerPhase,
    grid: tuple[GridLimit, ...],
) -> PerPhase:
    """Bound the rows by limits in amperes from outside; returns what the circuit may carry with them."""
    for limit in grid:
        amperes = limit.amperes
        if amperes is None:
            continue
        taken, averaged = load.others, load.expected
        if limit.scope is LimitScope.ALL:
            allowed = lower(allowed, (amperes, amperes, amperes))
        else:
            present = len(topology.present[number])
            each = limit.counted_watts / topology.site.voltage / present
            taken = averaged = each, each, each
        for phase in range(PHASES):
            limits.bound(
                number * PHASES + phase,
                amperes,
                taken[phase],
                averaged[phase],
                ReasonCode.GRID_LIMIT,
                limit.source,
                limit.until,
            )
    return allowed


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
    if circuit.limit_watts is None and circuit.demand is None and not grid:
        return
    row = watt_row(topology, number)
    voltage = topology.site.voltage
    others = (sum(load.others) - load.doubled) * voltage
    smoothed = (sum(load.expected) - load.doubled) * voltage
    if circuit.limit_watts is not None:
        limits.bound(row, circuit.limit_watts, others, smoothed, ReasonCode.WATT_LIMIT, "limit")
    if circuit.demand is not None:
        figure = _allowed_by_window(circuit.demand, remembered, snapshot.now)
        ends = (remembered.window + 1) * 60.0 * circuit.demand.minutes
        limits.bound(row, figure, others, smoothed, ReasonCode.PEAK_TARGET, "peak target", ends)
    for limit in grid:
        if limit.watts is None:
            continue
        everything = limit.scope is LimitScope.ALL
        limits.bound(
            row,
            limit.watts,
            others if everything else limit.counted_watts,
            smoothed if everything else limit.counted_watts,
            ReasonCode.GRID_LIMIT,
            limit.source,
            limit.until,
        )


def _allowed_by_window(demand: DemandWindow, remembered: CircuitMemory, now: float) -> float:
    """W until the window's end that keep its mean at the target, after what it has used already."""
    length = 60.0 * demand.minutes
    left = max(LAST_SECONDS, (remembered.window + 1) * length - now)
    return max(0.0, (demand.target_watts * length - remembered.window_kwh * 3.6e6) / left)


def _state(
    topology: Topology, number: int, limits: Limits, load: Load, allowed: PerPhase, now: float
) -> CircuitState:
    circuit, first = topology.circuits[number], number * PHASES
    present = topology.present[number]
    left = limits.capacity[first : first + PHASES]
    tightest = min(present, key=left.__getitem__)
    code = limits.code[first + tightest]
    watts = watt_row(topology, number)
    in_watts = limits.capacity[watts]
    if in_watts < math.inf and (
        in_watts < sum([max(0.0, left[phase]) for phase in present]) * topology.site.voltage
    ):
        code = limits.code[watts]
    if len(present) < PHASES:
        left = [amperes if phase in present else 0.0 for phase, amperes in enumerate(left)]
    return CircuitState(
        circuit.id,
        load.shown,
        load.others,
        allowed,
        (left[0], left[1], left[2]),
        code,
        load.fallback,
        house_allowance(circuit, limits.circuits[circuit.id], now),
    )


def _notice_load(circuit: Circuit, load: PerPhase, notices: list[Notice]) -> None:
    for amperes, rating in zip(load, circuit.rating, strict=True):
        if -rating <= amperes <= rating:
            continue
        if amperes > rating:
            notices.append(Notice(code=NoticeCode.OVER_RATING, subject=circuit.id, figure=amperes))
        else:
            # A fuse blows either way, but stopping cars would make it worse.
            notices.append(
                Notice(code=NoticeCode.EXPORT_ABOVE_RATING, subject=circuit.id, figure=amperes)
            )
