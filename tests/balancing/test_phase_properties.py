"""With chargers that switch phases, on any site: no limit is exceeded, and contactors rest between two switches."""

from dataclasses import dataclass, field, replace

from hypothesis import given, strategies as st

from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.memory import ChargerMemory, Memory, Phasing
from custom_components.fusewise.balancing.model import (
    Charger,
    ChargerReading,
    ChargerStatus,
    Mode,
    PerPhase,
    Phase,
    Session,
    Site,
)
from custom_components.fusewise.balancing.phases import one_conductor

from .builders import INSTANT, NOW, box, fuse, house, run, seen, shows
from .sites import SMALL, Account, sites

SPACING, A_DAY = 60.0, 6
SLOW = 5.0
SETTINGS = replace(
    INSTANT,
    phases_down_after=5,
    phases_up_after=20,
    phase_spacing=SPACING,
    phase_switches_per_day=A_DAY,
)


@dataclass
class Point:
    """One charger with its car, as physics: it may obey or not, and its car may have one phase."""

    charger: Charger
    session: Session
    obeys: bool
    measures: bool
    car_phases: int
    phases: int
    current: float = 0.0
    switched: list[float] = field(default_factory=list)

    @property
    def uses(self) -> list[bool]:
        """Which of its conductors carry current."""
        ends = [True] * len(self.charger.wiring)
        if self.charger.switches_phases and self.phases == 1:
            ends = list(one_conductor(self.charger))
        if self.charger.line_to_line:
            return ends
        used = 0
        for number, live in enumerate(ends):
            ends[number] = live and used < self.car_phases
            used += live
        return ends

    @property
    def drawn(self) -> tuple[float, ...]:
        """A on each of its conductors."""
        return tuple(self.current if used else 0.0 for used in self.uses)

    def on(self, phase: Phase) -> float:
        """A on a conductor of the house."""
        return dict(zip(self.charger.wiring, self.drawn, strict=True)).get(phase, 0.0)

    def reading(self, now: float) -> ChargerReading:
        """What it says."""
        return ChargerReading(
            status=ChargerStatus.CHARGING if self.current else ChargerStatus.SUSPENDED_EVSE,
            current=self.drawn if self.measures else None,
            measured_at=now,
            session=self.session,
        )

    def take(self, decision: Decision, now: float) -> None:
        """Do what was decided; contactors move only while nothing flows."""
        told = next(s for s in decision.setpoints if s.charger == self.charger.id)
        if self.obeys and told.phases is not None and told.phases != self.phases:
            assert self.current == told.current == 0
            self.phases = told.phases
            self.switched.append(now)
        self.current = told.current


@st.composite
def points(draw: st.DrawFn, site: Site) -> list[Point]:
    """Somebody at every charger."""
    return [
        Point(
            charger=charger,
            session=Session(
                id="s",
                started=NOW,
                mode=draw(st.sampled_from(MODES)),
                phases=car_phases if draw(st.booleans()) else None,
            ),
            obeys=draw(st.booleans()),
            measures=draw(st.integers(0, 4)) > 0,
            car_phases=car_phases,
            phases=len(charger.wiring),
        )
        for charger, car_phases in zip(
            site.chargers,
            draw(st.lists(st.sampled_from([1, 2, 3, 3]), min_size=8, max_size=8)),
            strict=False,
        )
    ]


MODES = [Mode.FAIR, Mode.FAST, Mode.SUN, Mode.SUN_MINIMUM]


@st.composite
def switching_sites(draw: st.DrawFn) -> Site:
    """A site with a meter at its main fuse, on which whoever can switches."""
    site = draw(sites())
    root = next(circuit for circuit in site.circuits if circuit.parent is None)
    metered = replace(root, meter="m", other_loads=None, house_allowance=(3.0, 3.0, 3.0))
    return replace(
        site,
        circuits=tuple(metered if circuit is root else circuit for circuit in site.circuits),
        chargers=tuple(
            replace(
                charger,
                slow_to_obey=draw(st.sampled_from([0.0, SLOW])),
                switches_phases=not charger.line_to_line and len(charger.wiring) > 1,
                one_phase=draw(st.sampled_from([None, *charger.wiring])),
                switch_pause=draw(st.sampled_from([0.0, 10.0])),
            )
            for charger in site.chargers
        ),
        settings=replace(SETTINGS, policy=site.settings.policy),
    )


def check(site: Site, everybody: list[Point], decision: Decision, flowing: PerPhase | None) -> None:
    """What flows now fits every limit, beside what is counted for the house, and beside what it draws in truth.

    `flowing` is that on the main fuse; None where cars that do not measure may hide some of it for a moment.
    """
    by_id = {point.charger.id: point for point in everybody}
    account = Account(site, {name: point.current for name, point in by_id.items()})
    for circuit in site.circuits:
        state = next(found for found in decision.circuits if found.circuit == circuit.id)
        behind = [by_id[charger.id] for charger in account.behind(circuit)]
        cars = [sum(point.on(phase) for point in behind) for phase in Phase]
        for phase in Phase:
            flows = state.others[phase] + cars[phase]
            assert not cars[phase] or flows <= state.limit[phase] + SMALL, circuit.id
            if circuit.parent is None and flowing is not None and cars[phase]:
                assert flowing[phase] + cars[phase] <= state.limit[phase] + SMALL, phase.name
        if circuit.limit_watts is not None and any(cars):
            volts = {False: site.voltage, True: site.line_voltage / 2}
            watts = sum(sum(p.drawn) * volts[p.charger.line_to_line] for p in behind)
            assert site.voltage * sum(state.others) + watts <= circuit.limit_watts + 0.01


@given(st.data())
def test_no_limit_is_exceeded_and_contactors_rest(data: st.DataObject) -> None:
    site = data.draw(switching_sites())
    everybody = data.draw(points(site))
    # Some were seen to obey before; those who never do were not.
    memory = Memory(
        chargers={
            point.charger.id: ChargerMemory(phasing=Phasing(asked=point.phases, obeys=True))
            for point in everybody
            if point.charger.switches_phases and point.obeys and data.draw(st.booleans())
        }
    )
    now = NOW
    for _ in range(data.draw(st.integers(4, 14))):
        now += (step := data.draw(st.sampled_from([1.0, 5.0, 10.0, 30.0])))
        flowing = data.draw(st.tuples(*[st.integers(-30, 25).map(float)] * 3))
        one, two, three = (
            flowing[phase] + sum(point.on(phase) for point in everybody) for phase in Phase
        )
        readings = {point.charger.id: point.reading(now) for point in everybody}
        snapshot = seen(readings, {"m": shows((one, two, three), now)}, now=now)
        decision = run(site, snapshot, memory=memory)
        again = run(site, snapshot, memory=decision.memory)
        assert [(s.current, s.phases) for s in again.setpoints] == [
            (s.current, s.phases) for s in decision.setpoints
        ]
        memory = decision.memory
        # Until it follows what it was told, nobody knows what a car draws that does not measure.
        known = step > SLOW
        for point in everybody:
            before = point.current
            point.take(decision, now)
            known = known and (point.measures or point.current >= before)
        check(site, everybody, decision, flowing if known else None)
    for point in everybody:
        apart = [b - a for a, b in zip(point.switched, point.switched[1:], strict=False)]
        assert all(gap >= SPACING for gap in apart)
        assert len(point.switched) <= A_DAY
        assert not point.switched or point.charger.switches_phases


def test_such_chargers_do_switch() -> None:
    """Otherwise the test above would say nothing."""
    site = replace(
        house(fuse(25, meter="m"), box(wiring="L1 L2 L3", switches_phases=True, switch_pause=0.0)),
        settings=SETTINGS,
    )
    point = Point(
        charger=site.chargers[0],
        session=Session(id="s", started=NOW, mode=Mode.SUN),
        obeys=True,
        measures=True,
        car_phases=3,
        phases=3,
    )
    memory, now = Memory(), NOW
    for _ in range(20):
        now += 5
        one, two, three = (-3.0 + point.on(phase) for phase in Phase)
        snapshot = seen({"a": point.reading(now)}, {"m": shows((one, two, three), now)}, now=now)
        decision = run(site, snapshot, memory=memory)
        memory = decision.memory
        point.take(decision, now)
    assert len(point.switched) == 1
    assert point.drawn[0] > 6
