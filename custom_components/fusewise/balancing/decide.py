"""Every cycle is one pure function: what is known now, and what the last cycle left, give what is told now.

meters, chargers, wishes → limits → claims → allocation → steady → setpoints with their reasons
"""

from collections.abc import Sequence
from dataclasses import replace
import math

from .allocation import allocate
from .boosts import count_boost
from .cars import Car, is_gone, put_together, still_drawn
from .claims import Claim, Fallback, make_claims
from .codes import NoticeCode
from .decision import Decision, Notice, Reason, Setpoint
from .errors import ClockError, SnapshotError
from .headroom import measure_limits
from .heard import notices_of
from .learning import observe
from .limits import Limits, watt_row
from .loads import Load, measure_loads
from .memory import ChargerMemory, Memory, Samples
from .model import NEVER, ChargerStatus, Site, Snapshot
from .obedience import left_to_itself, told_lately
from .phase_switching import switch_phases
from .phases import advance, is_switching
from .reasons import Reasons
from .shares import Allocation
from .signals import possible_reading, possible_snapshot
from .steady import Steadied, steady
from .surplus import surplus
from .topology import Topology, topology_of
from .unbalance import cap_unbalance, watch_unbalance
from .waiting import waits_since, was_given_its_place

__all__ = ["decide"]

UNBALANCE_ROUNDS = 3  # who gets less carries less on the phase that others counted on


def decide(site: Site, snapshot: Snapshot, memory: Memory) -> Decision:
    """Who gets how much now, and why.

    Raises SiteError when the site contradicts itself, SnapshotError when the snapshot names what the site
    does not have, ClockError when it is older than the memory. A value out of the possible is no error: it
    counts as missing, and a notice or reason says so.
    """
    topology = topology_of(site)
    _check(topology, snapshot, memory)
    now, settings = snapshot.now, site.settings
    notices: list[Notice] = []
    snapshot = possible_snapshot(snapshot, notices)
    cars = _observe(topology, snapshot, memory, notices)
    loads, meters, seen = measure_loads(topology, snapshot, memory, cars)
    limits = measure_limits(topology, snapshot, memory, loads, seen)
    limits.notices.extend(notices)
    for number, meter in topology.metered:
        if meter in meters:
            limits.notices += notices_of(topology.circuits[number], meters[meter].heard)
    _count_everybody(topology, cars, limits)
    watches = watch_unbalance(topology, loads, cars, limits)
    fallbacks = _fallbacks(topology, loads)
    causes = [fallbacks[number] for number in topology.feeds]
    claims, asked = make_claims(site, cars, causes, now, snapshot.price)
    shares = _allocate(topology, snapshot, loads, limits, claims)
    for last in range(UNBALANCE_ROUNDS, -1, -1):
        # In the end nobody's current is counted on: that holds whatever the others get.
        if not cap_unbalance(watches, shares.shares, limits, counted_on=last > 0):
            break
        shares = _allocate(topology, snapshot, loads, limits, claims)
    if topology.switching:
        switch_phases(topology, cars, claims, shares, limits, watches, now)
    told = steady(cars, claims, shares, limits, settings, now, now - memory.time)
    reasons = Reasons(topology, limits, asked, shares, now)
    memory = Memory(time=now, meters=meters, circuits=limits.circuits)
    return _conclude(cars, told, asked, shares, reasons, limits, memory)


def _conclude(
    cars: Sequence[Car],
    told: Sequence[Steadied],
    asked: Sequence[Claim | Reason],
    shares: Allocation,
    reasons: Reasons,
    limits: Limits,
    memory: Memory,
) -> Decision:
    """What each charger is told, why, and what is remembered of it besides what `memory` has."""
    setpoints: list[Setpoint] = []
    remembered: dict[str, ChargerMemory] = {}
    samples: dict[str, Samples] = {}
    for car, tell, claim in zip(cars, told, asked, strict=True):
        number, name, phasing = car.number, car.charger.id, car.memory.phasing
        share = shares.shares.get(number)
        setpoints.append(
            Setpoint(
                name,
                tell.current,
                share or 0.0,
                reasons.why(number, tell),
                None if phasing is None else phasing.asked,
            )
        )
        remembered[name] = _remember(car, tell, claim, share is not None, memory.time)
        if car.samples.at > NEVER:
            samples[name] = car.samples
    return Decision(
        time=memory.time,
        setpoints=tuple(setpoints),
        circuits=tuple(limits.states),
        notices=tuple(limits.notices),
        memory=replace(memory, chargers=remembered, samples=samples),
    )


def _check(topology: Topology, snapshot: Snapshot, memory: Memory) -> None:
    if not math.isfinite(snapshot.now):
        raise SnapshotError(f"the time of the snapshot is {snapshot.now!r}")
    if math.isnan(memory.time):
        raise ClockError("the time of the last decision is not a number")
    if snapshot.now < memory.time:
        raise ClockError(
            f"the snapshot is {memory.time - snapshot.now:.1f} s older than the last decision"
        )
    for unknown in snapshot.chargers.keys() - topology.charger_index.keys():
        raise SnapshotError(f"the snapshot has charger {unknown!r}, which the site does not have")
    for unknown in snapshot.meters.keys() - topology.meters:
        raise SnapshotError(f"the snapshot has meter {unknown!r}, which no circuit of the site has")
    for unknown in snapshot.temperatures.keys() - topology.circuit_index.keys():
        raise SnapshotError(
            f"the snapshot has a temperature of circuit {unknown!r}, which the site does not have"
        )


def _observe(
    topology: Topology, snapshot: Snapshot, memory: Memory, notices: list[Notice]
) -> list[Car]:
    cars: list[Car] = []
    now, settings = snapshot.now, topology.site.settings
    readings, memories, sampled = snapshot.chargers, memory.chargers, memory.samples
    for number, charger in enumerate(topology.site.chargers):
        name = charger.id
        heard = readings.get(name)
        if heard is not None:
            heard = possible_reading(charger, heard, now, notices)
        reading, remembered, samples = observe(
            charger, heard, memories.get(name), sampled.get(name), now
        )
        session = reading.session
        boost = session is not None and session.boost
        if boost != remembered.boosting and (session is not None or is_gone(reading)):
            remembered, notice = count_boost(name, session, remembered, settings, now)
            if notice is not None:
                notices.append(notice)
        if charger.switches_phases or remembered.phasing is not None:
            remembered = advance(charger, reading, remembered, samples, now, notices)
        car = put_together(topology, number, reading, remembered, samples, now)
        if car.reserved and reading.online:
            notices.append(
                Notice(
                    code=NoticeCode.CHARGER_DISOBEYS,
                    subject=name,
                    figure=remembered.setpoint + car.reserved,
                )
            )
        cars.append(car)
    return cars


def _count_everybody(topology: Topology, cars: Sequence[Car], limits: Limits) -> None:
    """Add the rows in watts to what cars load, and take off what nobody can be told to leave."""
    bounded = tuple(
        [
            number
            for number in range(len(topology.circuits))
            if limits.capacity[watt_row(topology, number)] < math.inf
        ]
    )
    # Which circuits are bounded in watts seldom changes, and the topology keeps the rows of each `Wired`.
    known = topology.with_watts(bounded)
    for car in cars:
        rows = known.get(id(car.rows))
        if rows is None:
            chain = [
                n for n in reversed(topology.chains[topology.feeds[car.number]]) if n in bounded
            ]
            in_watts = [(watt_row(topology, number), car.watts_per_ampere) for number in chain]
            rows = known[id(car.rows)] = [*car.rows, *in_watts]
        car.rows = rows
        if car.reserved:
            for row, coefficient in car.rows:
                limits.capacity[row] -= coefficient * car.reserved
                limits.rising[row] -= coefficient * car.reserved


def _fallbacks(topology: Topology, loads: Sequence[Load]) -> list[Fallback | None]:
    """By circuit: itself, or the nearest one above it, that does without its meter."""
    found: list[Fallback | None] = []
    for circuit, chain, load in zip(topology.circuits, topology.chains, loads, strict=True):
        if load.fallback is not None:
            found.append((load.fallback, circuit.id))
        else:
            found.append(found[chain[1]] if len(chain) > 1 else None)
    return found


def _allocate(
    topology: Topology,
    snapshot: Snapshot,
    loads: list[Load],
    limits: Limits,
    claims: Sequence[Claim],
) -> Allocation:
    sun = surplus(topology, snapshot, loads)
    return allocate(topology, limits, claims, sun, snapshot.now)


def _remember(
    car: Car, told: Steadied, claim: Claim | Reason, admitted: bool, now: float
) -> ChargerMemory:
    """What the next cycle must know of this charger; the same object where nothing has changed."""
    memory = car.memory
    was, current = memory.setpoint, told.current
    online = car.reading.online
    # What it drew before we first spoke to it is no swing of ours: it may start as soon as there is room.
    first_word = memory.changed_at == NEVER
    waiting, on_since, off_since = memory.waiting_since, memory.on_since, memory.off_since
    if isinstance(claim, Reason):
        # Who is out of reach for a while keeps its place.
        if online and car.reading.status is not ChargerStatus.UNAVAILABLE:
            waiting = on_since = off_since = None
    else:
        if admitted:
            waiting = now if waiting is None else waiting
        elif claim.can_wait_until is not None:
            waiting = None  # it waits for nobody's turn: it has time
        else:
            waiting = waits_since(memory, now)
        if not admitted:
            on_since = None
        elif on_since is None or (current > 0 and not was_given_its_place(memory)):
            on_since = now  # it keeps its place from when it charges
        if current > 0:
            off_since = None
        elif was > 0 and not first_word and not is_switching(memory):
            off_since = now
    unused = memory.unused + told.unused if current == was else 0.0
    if not online and car.reading.left_alone is None:
        memory = left_to_itself(memory, car.may_draw, now)
    # What it is told when it is back is news, even if it is what it was told before.
    changed = current != was or (online and bool(memory.told) and current != memory.told[-1][1])
    if (
        not changed
        and waiting == memory.waiting_since
        and on_since == memory.on_since
        and off_since == memory.off_since
        and unused == memory.unused
    ):
        return memory
    return replace(
        memory,
        setpoint=current,
        changed_at=now if changed else memory.changed_at,
        fell_at=now if told.demanded and not first_word else memory.fell_at,
        before=max(was, still_drawn(car, now)) if changed else memory.before,
        told=told_lately(car.charger, memory, current, now) if changed and online else memory.told,
        waiting_since=waiting,
        on_since=on_since,
        off_since=off_since,
        unused=unused,
    )
