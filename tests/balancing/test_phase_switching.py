"""A charger goes to one phase where its floor on all does not fit, back when it does, and its contactors last."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from custom_components.fusewise.balancing.codes import NoticeCode, ReasonCode
from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.errors import SiteError
from custom_components.fusewise.balancing.memory import ChargerMemory, Memory, Phasing
from custom_components.fusewise.balancing.model import (
    Charger,
    ChargerReading,
    ChargerStatus,
    GridLimit,
    Mode,
    PerPhase,
    Phase,
    Session,
    Site,
    Snapshot,
)
from custom_components.fusewise.balancing.phases import one_conductor
from custom_components.fusewise.balancing.restart import outlive

from .builders import NOW, box, car, fuse, house, per_phase, run, seen, shows, why

STEP = 5.0  # s between two cycles
SUN = {"netting": "all_phases"}


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


# --- the sun -----------------------------------------------------------------------------------------


def test_too_little_sun_for_three_phases_charges_on_one() -> None:
    home = life(with_sun(2500), mode=Mode.SUN)
    home.run(30)
    assert home.told == 0
    assert home.asked() == 3
    home.until(lambda: home.told > 0, 120)
    assert home.asked() == 1
    assert home.current == [10.8, 0, 0]
    assert home.why is ReasonCode.ONE_PHASE_SUN


def test_while_it_switches_it_says_so() -> None:
    home = life(with_sun(2500), mode=Mode.SUN)
    home.until(lambda: home.why is ReasonCode.SWITCHING_PHASES, 120)
    assert home.told == 0
    took = home.until(lambda: home.told > 0, 120)
    assert home.charger.switch_pause <= took <= home.charger.switch_pause + 3 * STEP


def test_enough_sun_for_three_phases_for_long_enough_brings_them_back() -> None:
    home = life(with_sun(2500), mode=Mode.SUN)
    home.until(lambda: home.told > 0, 200)
    home.house = with_sun(6000)
    home.run(280)
    assert home.asked() == 1
    assert home.told == 16
    home.until(lambda: home.asked() == 3 and home.told > 0, 600)
    assert home.told == pytest.approx(8.6)
    assert len(home.switches) == 2


def test_a_gap_in_the_clouds_brings_nobody_back_to_three_phases() -> None:
    home = life(with_sun(2500), mode=Mode.SUN)
    home.until(lambda: home.told > 0, 200)
    for _ in range(10):
        home.house = with_sun(6000)
        home.run(200)
        home.house = with_sun(3000)
        home.run(60)
    assert home.asked() == 1
    assert len(home.switches) == 1


def test_without_sun_for_one_phase_nothing_is_switched() -> None:
    home = life(with_sun(1000), mode=Mode.SUN)
    home.run(1200)
    assert home.told == 0
    assert home.switches == []


def test_sun_plus_minimum_takes_less_from_the_grid_on_one_phase() -> None:
    home = life(with_sun(500), mode=Mode.SUN_MINIMUM)
    home.run(30)
    assert home.current == [6, 6, 6]
    home.until(lambda: home.asked() == 1 and home.told > 0, 200)
    assert home.current == [6, 0, 0]
    assert home.why is ReasonCode.ONE_PHASE_SUN


def test_where_each_phase_is_netted_by_itself_one_phase_takes_its_own_sun() -> None:
    home = life((-8.0, -2.0, -2.0), mode=Mode.SUN, settings={"netting": "per_phase"})
    home.until(lambda: home.told > 0, 200)
    assert home.asked() == 1
    assert home.told == pytest.approx(8)


def test_who_wants_no_sun_any_more_goes_back_to_three_phases_at_once() -> None:
    home = life(with_sun(2500), mode=Mode.SUN, settings={"phase_spacing": 0})
    home.until(lambda: home.told > 0, 200)
    home.mode = Mode.FAST
    assert home.until(lambda: home.asked() == 3 and home.told > 0, 120) < 60
    assert home.told == 16


# --- the fuse ----------------------------------------------------------------------------------------


def proved(home: Life) -> Life:
    """The same, when the charger was seen to charge on one phase."""
    known = Phasing(asked=3, obeys=True)
    home.memory = Memory(chargers={home.charger.id: ChargerMemory(phasing=known)})
    return home


def test_a_full_phase_leaves_the_car_charging_on_another() -> None:
    home = proved(life((2.0, 22.0, 2.0)))
    home.until(lambda: home.told > 0, 200)
    assert home.asked() == 1
    assert home.current == [16, 0, 0]
    assert home.why is ReasonCode.ONE_PHASE_LIMIT
    assert max(home.worst) <= 25


def test_and_goes_back_when_the_other_phases_have_room_for_long_enough() -> None:
    home = proved(life((2.0, 22.0, 2.0)))
    home.until(lambda: home.told > 0, 200)
    home.house = (2.0, 4.0, 2.0)
    home.run(290)
    assert home.asked() == 1
    home.until(lambda: home.asked() == 3 and home.told > 0, 600)
    assert home.current == [16, 16, 16]


def test_a_charger_that_was_never_seen_to_obey_counts_on_all_phases() -> None:
    home = life((2.0, 22.0, 2.0), obeys=False)
    home.run(3600)
    assert home.told == 0
    assert max(home.worst) <= 25


def test_once_it_was_seen_to_charge_on_one_phase_a_full_phase_does_not_stop_it() -> None:
    home = life(with_sun(5000), mode=Mode.SUN)
    home.run(30)
    assert home.current == [7.2, 7.2, 7.2]
    home.house = with_sun(2500)
    home.until(lambda: home.asked() == 1 and home.told > 0, 1200)
    home.run(30)
    assert home.phasing.obeys is True
    home.mode, home.house = Mode.FAIR, (2.0, 22.0, 2.0)
    home.run(60)
    assert home.current == [16, 0, 0]


def test_on_one_phase_a_car_that_does_not_measure_hides_no_load_on_the_others() -> None:
    # Its charger was seen to obey when it still measured.
    site = house(fuse(25, meter="grid"), switcher(slow_to_obey=5.0), box("b", "L2"))
    one_phase = Phasing(asked=1, obeys=True, since=NOW, switches=(NOW,))
    memory = Memory(chargers={"a": ChargerMemory(phasing=one_phase)})
    mine = other = 0.0
    for step in range(1, 8):
        now, kettle = NOW + 10 * step, 12.0 if step > 4 else 0.0
        readings = {
            "a": car(status=ChargerStatus.CHARGING),
            "b": car(other, at=now, status=ChargerStatus.CHARGING),
        }
        meters = {"grid": shows((mine, kettle + other, 0.0), now)}
        decision = run(site, seen(readings, meters, now=now), memory=memory)
        memory = decision.memory
        mine, other = (setpoint.current for setpoint in decision.setpoints)
        assert kettle + other <= 25
    assert (mine, other) == (16, 13)


def test_one_phase_that_has_no_room_either_is_no_way_out() -> None:
    home = proved(life((22.0, 22.0, 2.0)))
    home.run(1200)
    assert home.told == 0
    assert home.switches == []


def test_a_vehicle_of_one_phase_counts_on_the_one_that_its_charger_uses_then() -> None:
    charger = switcher(one_phase=Phase.L3, slow_to_obey=5.0)
    site = house(fuse(25, meter="grid"), charger, box("b", "L3"))
    one_phase = Phasing(asked=1, obeys=True, since=NOW, switches=(NOW,))
    memory = Memory(chargers={"a": ChargerMemory(phasing=one_phase)})
    readings = {"a": car(phases=1), "b": car()}
    decision = run(site, seen(readings, {"grid": shows(0.0)}), memory=memory)
    assert sum(setpoint.current for setpoint in decision.setpoints) <= 25


def test_the_phase_that_it_uses_then_may_be_another_one() -> None:
    home = proved(life((22.0, 2.0, 22.0), charger=switcher(one_phase=Phase.L2)))
    home.until(lambda: home.asked() == 1, 200)
    home.run(60)
    assert home.told == 16


def test_the_grid_operators_watts_are_enough_for_one_phase() -> None:
    limit = GridLimit(source="operator", watts=3600)
    home = proved(life(rest={"grid_limits": (limit,)}))
    home.until(lambda: home.told > 0, 200)
    assert home.asked() == 1
    assert home.told == pytest.approx(15.6)
    assert home.why is ReasonCode.ONE_PHASE_LIMIT


def test_4_2_kilowatts_are_enough_for_three_phases() -> None:
    limit = GridLimit(source="operator", watts=4200)
    home = proved(life(rest={"grid_limits": (limit,)}))
    home.run(1200)
    assert home.asked() == 3
    assert home.told == 6


def test_no_phase_may_be_further_above_another_than_the_site_allows() -> None:
    home = life(with_sun(2500), mode=Mode.SUN, circuit={"unbalance": 8.0})
    home.until(lambda: home.told > 0, 200)
    assert home.asked() == 1
    home.run(60)
    assert home.told == 8
    alone = life(with_sun(2500), mode=Mode.SUN, circuit={"unbalance": 5.0})
    alone.run(1200)
    assert alone.switches == []


# --- need --------------------------------------------------------------------------------------------


def test_a_car_that_is_ready_in_time_on_one_phase_stays_there() -> None:
    home = proved(
        life(
            (2.0, 22.0, 2.0),
            session={"departure": NOW + 10 * 3600, "energy_needed_kwh": 15.0},
        )
    )
    home.until(lambda: home.told > 0, 200)
    home.house = (2.0, 2.0, 2.0)
    home.run(3600)
    assert home.asked() == 1


def test_a_car_that_would_be_late_on_one_phase_gets_all() -> None:
    home = proved(
        life(
            (2.0, 22.0, 2.0),
            session={"departure": NOW + 3 * 3600, "energy_needed_kwh": 15.0},
        )
    )
    home.until(lambda: home.told > 0, 200)
    home.house = (2.0, 2.0, 2.0)
    home.until(lambda: home.asked() == 3 and home.told > 0, 1200)


def test_a_one_phase_car_is_never_switched() -> None:
    home = life(with_sun(6000), mode=Mode.SUN, car_phases=1)
    home.run(60)
    for watts in (2500, 500, 6000) * 3:
        home.house = with_sun(watts)
        home.run(900)
    assert home.switches == []


# --- contactors --------------------------------------------------------------------------------------


def test_two_switches_are_well_apart() -> None:
    home = life(with_sun(2500), mode=Mode.SUN)
    for number in range(40):
        home.house = with_sun(6000 if number % 2 else 2500)
        home.run(330)
    apart = [b - a for a, b in zip(home.switches, home.switches[1:], strict=False)]
    assert len(home.switches) > 3
    assert min(apart) >= home.site.settings.phase_spacing


def test_so_many_in_a_day_and_the_last_is_the_way_back() -> None:
    settings = {"phase_switches_per_day": 4, "phase_spacing": 60, "phases_up_after": 60}
    home = life(with_sun(2500), mode=Mode.SUN, settings=settings)
    for number in range(30):
        home.house = with_sun(6000 if number % 2 else 2500)
        home.run(600)
    assert len(home.switches) == 4
    assert home.phases == 3


def test_none_at_all_where_its_owner_wants_none() -> None:
    home = life(with_sun(2500), mode=Mode.SUN, settings={"phase_switches_per_day": 0})
    home.run(1200)
    assert home.switches == []


def test_a_charger_that_may_switch_no_more_is_brought_back_to_all_phases() -> None:
    home = life(with_sun(2500), mode=Mode.SUN)
    home.until(lambda: home.told > 0, 200)
    home.mode = Mode.FAST
    home.site = replace(
        home.site, chargers=(replace(home.site.chargers[0], switches_phases=False),)
    )
    home.until(lambda: home.phases == 3 and home.told > 0, 120)
    assert home.asked() is None
    home.run(60)
    assert home.current == [16, 16, 16]


def test_a_car_that_must_not_be_paused_is_not_switched_while_it_charges() -> None:
    home = life(with_sun(500), mode=Mode.SUN_MINIMUM, charger=switcher(pausable=False))
    home.run(1800)
    assert home.told == 6
    assert home.switches == []


def test_a_restart_forgets_neither_the_phases_nor_the_wear() -> None:
    home = life(with_sun(2500), mode=Mode.SUN, tells=True)
    home.until(lambda: home.told > 0, 200)
    home.step()
    later = outlive(home.memory, home.now + 7200)
    found = later.chargers[home.charger.id].phasing
    assert found is not None
    assert (found.asked, found.switches, found.to) == (1, tuple(home.switches), None)


@pytest.mark.parametrize("restarts", [True, False])
def test_who_fell_back_to_all_phases_meanwhile_is_counted_there_and_not_accused(
    restarts: bool,
) -> None:
    home = life(with_sun(5000), mode=Mode.SUN)
    home.run(30)
    home.house = with_sun(2500)
    home.until(lambda: home.asked() == 1 and home.told > 0, 1200)
    home.run(30)
    assert home.phasing.obeys is True
    if restarts:
        home.memory = outlive(home.memory, home.now + 60)
    else:
        lost = ChargerReading(
            status=ChargerStatus.UNAVAILABLE, online=False, limit=home.told, limit_until=home.now
        )
        gone = Snapshot(
            now=home.now, meters={"grid": shows(0.0, home.now)}, chargers={home.charger.id: lost}
        )
        home.memory = decide(home.site, gone, home.memory).memory
    home.now += 60
    home.phases = 3
    home.step()
    assert home.asked() == 3
    assert home.memory.chargers[home.charger.id].uses is None
    home.run(60)
    assert home.phasing.obeys is True
    home.until(lambda: home.asked() == 1 and home.told > 0, 1200)


def test_a_line_that_is_lost_for_a_moment_changes_no_phases() -> None:
    home = life(with_sun(2500), mode=Mode.SUN)
    home.until(lambda: home.told > 0, 200)
    lost = ChargerReading(status=ChargerStatus.CHARGING, online=False, limit_until=home.now + 20)
    gone = Snapshot(
        now=home.now, meters={"grid": shows(0.0, home.now)}, chargers={home.charger.id: lost}
    )
    home.memory = decide(home.site, gone, home.memory).memory
    assert home.phasing.asked == 1


def test_a_car_that_goes_on_drawing_is_not_switched_under_load() -> None:
    home = life(with_sun(500), mode=Mode.SUN_MINIMUM, charger=switcher(slow_to_obey=5.0))
    home.run(60)
    reading = ChargerReading(
        status=ChargerStatus.CHARGING, session=Session(id="s", started=NOW, mode=home.mode)
    )
    memory = home.memory
    for second in range(600):
        now = home.now + second
        stuck = replace(reading, current=(6.0, 6.0, 6.0), measured_at=now)
        snapshot = Snapshot(
            now=now, meters={"grid": shows(6.0, now)}, chargers={home.charger.id: stuck}
        )
        decision = decide(home.site, snapshot, memory)
        memory = decision.memory
        assert decision.setpoints[0].phases == 3


# --- chargers that do something else -----------------------------------------------------------------


def test_a_charger_that_does_not_switch_is_noticed_and_left_alone_for_a_day() -> None:
    home = life(with_sun(2500), mode=Mode.SUN, obeys=False)
    home.until(lambda: home.told > 0, 200)
    home.run(10)
    assert home.decision is not None
    codes = [notice.code for notice in home.decision.notices]
    assert NoticeCode.PHASES_DISOBEYED in codes
    assert home.asked() == 3
    assert home.phasing.obeys is False
    switches = home.phasing.switches
    home.run(7200)
    assert home.phasing.switches == switches


def test_a_charger_that_says_it_is_still_on_three_phases_is_waited_for() -> None:
    home = life(with_sun(2500), mode=Mode.SUN, tells=True, obeys=False, measures=False)
    home.until(lambda: home.phasing.to == 1 == home.phasing.asked, 200)
    home.run(home.charger.switch_pause + 30)
    assert home.told == 0
    home.run(60)
    assert home.phasing.obeys is False
    assert home.asked() == 3


def test_a_charger_that_tells_its_phases_goes_on_once_it_tells_the_new_ones() -> None:
    home = life(with_sun(2500), mode=Mode.SUN, tells=True)
    home.until(lambda: home.told > 0, 200)
    assert home.current == [10.8, 0, 0]


def test_one_that_somebody_else_has_switched_stays_as_they_want_it() -> None:
    home = life(with_sun(6000), mode=Mode.SUN, tells=True)
    home.run(60)
    home.phases = 1
    home.step()
    assert home.asked() == 1
    assert home.switches == []


def test_one_that_is_on_one_phase_when_it_is_first_heard_of_is_not_switched_under_load() -> None:
    home = life(tells=True, phases=1)
    home.step()
    assert home.asked() == 1


def test_phases_that_cannot_be_count_as_not_told() -> None:
    home = life(tells=True, obeys=False)
    home.phases = 7
    home.step()
    assert home.decision is not None
    assert NoticeCode.BAD_VALUE in [notice.code for notice in home.decision.notices]
    assert home.asked() == 3


@pytest.mark.parametrize(
    ("wiring", "rest", "message"),
    [
        ("L1", {}, "three phases"),
        ("L1 L2", {"line_to_line": True}, "three phases"),
        ("L1 L2", {"one_phase": Phase.L3}, "L3"),
        ("L1 L2 L3", {"switch_pause": -1.0}, "switch_pause"),
    ],
)
def test_a_charger_that_cannot_be_is_refused(
    wiring: str, rest: dict[str, Any], message: str
) -> None:
    site = house(fuse(25), box(wiring=wiring, switches_phases=True, **rest))
    with pytest.raises(SiteError, match=message):
        decide(site, Snapshot(now=NOW), Memory())
