"""One charger that can switch phases lives with its car for some hours, behind a meter."""

from dataclasses import dataclass, field
from typing import Any

from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.memory import ChargerMemory, Memory, Phasing
from custom_components.fusewise.balancing.model import (
    Charger,
    ChargerReading,
    ChargerStatus,
    Mode,
    PerPhase,
    Session,
    Site,
    Snapshot,
)
from custom_components.fusewise.balancing.phases import one_conductor

from .builders import NOW, box, fuse, house, per_phase, shows, why

STEP = 5.0  # s between two cycles


def switcher(**rest: Any) -> Charger:
    """A three-phase charger of 16 A that can switch to one phase."""
    return box(wiring="L1 L2 L3", maximum=16.0, switches_phases=True, **rest)


@dataclass
class Life:
    """One charger with a car that follows at once, behind a meter; `house` (A) is what else flows."""

    site: Site
    house: PerPhase
    mode: Mode = Mode.FAIR
    obeys: bool = True
    tells: bool = False
    measures: bool = True
    car_phases: int = 3
    session: dict[str, Any] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)
    """What else is in the snapshots."""
    phases: int = 3
    now: float = NOW
    memory: Memory = field(default_factory=Memory)
    decision: Decision | None = None
    switches: list[float] = field(default_factory=list)
    worst: PerPhase = (0.0, 0.0, 0.0)

    @property
    def charger(self) -> Charger:
        """The one that lives."""
        return self.site.chargers[0]

    @property
    def told(self) -> float:
        """A."""
        return 0.0 if self.decision is None else self.decision.setpoints[0].current

    def asked(self) -> int | None:
        """On how many phases it is to charge."""
        return None if self.decision is None else self.decision.setpoints[0].phases

    @property
    def why(self) -> ReasonCode:
        """The code of its reason."""
        assert self.decision is not None
        return why(self.decision, self.charger.id)

    @property
    def phasing(self) -> Phasing:
        """What is remembered of its phases."""
        found = self.memory.chargers[self.charger.id].phasing
        assert found is not None
        return found

    @property
    def current(self) -> list[float]:
        """A on each of its own conductors."""
        if self.phases == 1:
            uses = one_conductor(self.charger)
        else:
            uses = tuple(n < self.car_phases for n in range(3))
        return [round(self.told, 3) if used else 0.0 for used in uses]

    def step(self) -> None:
        """One cycle."""
        self.now += STEP
        drawn = self.current
        flowing = [self.house[0], self.house[1], self.house[2]]
        for phase, amperes in zip(self.charger.wiring, drawn, strict=True):
            flowing[phase] += amperes
        one, two, three = flowing
        self.worst = (max(self.worst[0], one), max(self.worst[1], two), max(self.worst[2], three))
        reading = ChargerReading(
            status=ChargerStatus.CHARGING if max(drawn) else ChargerStatus.SUSPENDED_EVSE,
            current=tuple(drawn) if self.measures else None,
            measured_at=self.now,
            phases=self.phases if self.tells else None,
            session=Session(id="s", started=NOW, mode=self.mode, **self.session),
        )
        snapshot = Snapshot(
            now=self.now,
            meters={"grid": shows((one, two, three), self.now)},
            chargers={self.charger.id: reading},
            **self.rest,
        )
        self.decision = decide(self.site, snapshot, self.memory)
        again = decide(self.site, snapshot, self.decision.memory)
        assert again.setpoints == self.decision.setpoints
        self.memory = self.decision.memory
        asked = self.asked()
        if self.obeys and asked is not None and asked != self.phases:
            assert self.told == 0.0, "contactors are not moved under load"
            assert max(drawn) == 0.0
            self.phases = asked
            self.switches.append(self.now)

    def run(self, seconds: float) -> None:
        """So many seconds."""
        until = self.now + seconds
        while self.now < until:
            self.step()

    def until(self, happens: Any, within: float) -> float:
        """Until that is so; how long it took (s)."""
        begun = self.now
        while self.now < begun + within:
            self.step()
            if happens():
                return self.now - begun
        raise AssertionError(f"it did not happen within {within} s; {self.why}, {self.told} A")


def life(
    amperes: float | PerPhase = 0.0,
    *,
    charger: Charger | None = None,
    rating: float = 25.0,
    circuit: dict[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
    **rest: Any,
) -> Life:
    """A site with one such charger behind its meter; negative amperes are the sun's."""
    site = house(
        fuse(rating, meter="grid", **(circuit or {})), charger or switcher(), **(settings or {})
    )
    return Life(site, per_phase(amperes), **rest)


def with_sun(watts: float) -> PerPhase:
    """What flows when the sun feeds in so much more than the house takes."""
    each = -watts / 230.0 / 3
    return each, each, each


def proved(home: Life) -> Life:
    """The same, when the charger was seen to charge on one phase."""
    known = Phasing(asked=3, obeys=True)
    home.memory = Memory(chargers={home.charger.id: ChargerMemory(phasing=known)})
    return home
