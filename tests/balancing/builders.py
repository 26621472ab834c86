"""Small sites and snapshots in few words: whole fuses usable, nothing else on them, rises at once."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
import math
from typing import Any

from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.balancing.model import (
    Charger,
    ChargerReading,
    ChargerStatus,
    Circuit,
    MeterReading,
    PerPhase,
    Phase,
    Session,
    Site,
    Snapshot,
)
from custom_components.fusewise.balancing.settings import Policy, Settings

NOW = 1_000_000.0

INSTANT = Settings(
    policy=Policy.EQUAL,
    hold=0,
    rise_spacing=0,
    rise_rate=math.inf,
    dead_band=0,
    smoothing=0,
    minimum_on=0,
    minimum_off=0,
)


def per_phase(amperes: float | PerPhase) -> PerPhase:
    """The same on each phase, or as given."""
    return amperes if isinstance(amperes, tuple) else (amperes, amperes, amperes)


def fuse(
    rating: float | PerPhase,
    name: str = "main",
    parent: str | None = None,
    *,
    others: float | PerPhase | None = 0.0,
    meter: str | None = None,
    **rest: Any,
) -> Circuit:
    """A circuit that may be used up to its rating. `others` is what else is on it, if no meter tells."""
    told = None if others is None or meter is not None else per_phase(others)
    rest.setdefault("usable_share", 1.0)
    return Circuit(
        id=name, rating=per_phase(rating), parent=parent, meter=meter, other_loads=told, **rest
    )


def box(name: str = "a", wiring: str = "L1", circuit: str = "main", **rest: Any) -> Charger:
    """A charger of up to 32 A whose car follows at once; wiring as in "L2 L3 L1"."""
    rest = {"maximum": 32.0, "slow_to_obey": 0.0, **rest}
    phases = tuple(Phase[phase] for phase in wiring.split())
    return Charger(id=name, circuit=circuit, wiring=phases, **rest)


def house(*parts: Circuit | Charger, **settings: Any) -> Site:
    """A site of these circuits and chargers, with what settings differ from INSTANT."""
    return Site(
        circuits=tuple(part for part in parts if isinstance(part, Circuit)),
        chargers=tuple(part for part in parts if isinstance(part, Charger)),
        settings=replace(INSTANT, **settings),
    )


def car(
    *current: float,
    status: ChargerStatus = ChargerStatus.PREPARING,
    at: float = NOW,
    name: str = "session",
    plain: bool = False,
    **session: Any,
) -> ChargerReading:
    """A car that takes what it gets; `current` is what it draws on each conductor, if that is measured."""
    return ChargerReading(
        status=status,
        current=current or None,
        measured_at=at,
        session=None if plain else Session(id=name, started=session.pop("started", NOW), **session),
    )


NO_CAR = ChargerReading(status=ChargerStatus.AVAILABLE)
UNHEARD = ChargerReading(status=ChargerStatus.UNAVAILABLE, online=False)


def shows(amperes: float | PerPhase, at: float = NOW, **rest: Any) -> MeterReading:
    """What a meter shows."""
    return MeterReading(current=per_phase(amperes), measured_at=at, **rest)


def seen(
    chargers: Mapping[str, ChargerReading] | Iterable[str] = (),
    meters: Mapping[str, MeterReading] | None = None,
    now: float = NOW,
    **rest: Any,
) -> Snapshot:
    """A snapshot; chargers that are only named have a car that would take anything."""
    if not isinstance(chargers, Mapping):
        chargers = {name: car() for name in chargers}
    return Snapshot(now=now, chargers=chargers, meters=meters or {}, **rest)


def run(site: Site, *snapshots: Snapshot, memory: Memory | None = None) -> Decision:
    """The last decision, each with the memory of the one before; chargers not named have no car."""
    decision: Decision | None = None
    memory = memory or Memory()
    for snapshot in snapshots:
        everybody = {charger.id: NO_CAR for charger in site.chargers}
        decision = decide(
            site, replace(snapshot, chargers={**everybody, **snapshot.chargers}), memory
        )
        memory = decision.memory
    if decision is None:
        raise ValueError("no snapshot")
    return decision


def targets(decision: Decision) -> dict[str, float]:
    """Each charger's share."""
    return {setpoint.charger: setpoint.target for setpoint in decision.setpoints}


def told(decision: Decision) -> dict[str, float]:
    """What each charger is told."""
    return {setpoint.charger: setpoint.current for setpoint in decision.setpoints}


def why(decision: Decision, charger: str = "a") -> ReasonCode:
    """The code of a charger's reason."""
    return next(s.reason.code for s in decision.setpoints if s.charger == charger)
