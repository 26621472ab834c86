"""A fall-back counts as proved when it was seen to work, and nobody's car or fuse pays for the test."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

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
    Phase,
    Session,
    Site,
    Snapshot,
)
from custom_components.fusewise.proving import PAUSE, SETTLED_ON, ProofState, Prover

NOW = 1_000_000.0
LIFE = 30.0  # s
L1 = Phase.L1


def one(name: str, **rest: Any) -> Charger:
    return Charger(id=name, circuit="main", wiring=(L1,), maximum=16.0, **rest)


@dataclass
class Box:
    """A charger and its car, as far as a test of the fall-back sees them."""

    maximum: float = 16.0
    fallback: float = 6.0
    falls_back: bool = True
    obeys_after: float = 2.0
    """s after the limit's end."""
    measures_every: float = 5.0
    wants: float = 16.0
    online: bool = True
    status: ChargerStatus = ChargerStatus.CHARGING
    session: str = "session"
    boost: bool = False
    limit: float = 0.0
    until: float = 0.0
    told: list[float] = field(default_factory=list)
    """When it was told something."""
    sample: float = 0.0
    measured_at: float = 0.0

    def drawn(self, now: float) -> float:
        """A that flow."""
        if self.status is not ChargerStatus.CHARGING:
            return 0.0
        live = now < self.until + self.obeys_after
        alone = self.fallback if self.falls_back else self.maximum
        return min(self.wants, self.limit if live else alone)

    def tell(self, amperes: float, now: float) -> None:
        """Renew at a third of the life, like the real one."""
        if self.online and (amperes != self.limit or now >= self.until - LIFE * 2 / 3):
            self.limit, self.until = amperes, now + LIFE
            self.told.append(now)

    def reading(self, now: float) -> ChargerReading:
        if now >= self.measured_at + self.measures_every:
            self.sample, self.measured_at = self.drawn(now), now
        return ChargerReading(
            status=self.status,
            online=self.online,
            current=(self.sample,),
            measured_at=self.measured_at,
            limit=self.limit,
            limit_until=self.until,
            session=Session(id=self.session, started=NOW, boost=self.boost),
        )


@dataclass
class Loop:
    """What the controller does, and a meter that sees everything."""

    site: Site
    boxes: dict[str, Box]
    house: float = 1.0
    prover: Prover = field(default_factory=Prover)
    now: float = NOW
    tested: str | None = None
    decision: Decision | None = None
    meter: bool = True
    seen: list[tuple[float, float]] = field(default_factory=list)
    """(time, A through the fuse)."""

    def cycle(self) -> None:
        self.now += 1.0
        now, boxes = self.now, self.boxes
        readings = {name: box.reading(now) for name, box in boxes.items()}
        self.tested = self.prover.step(self.site, readings, self.decision, now)
        if self.tested is not None:
            left = replace(readings[self.tested], online=False, left_alone=ReasonCode.PROVING)
            readings[self.tested] = left
        flows = self.house + sum(box.drawn(now) for box in boxes.values())
        self.seen.append((now, flows))
        meters = {}
        if self.meter:
            meters = {"grid": MeterReading(current=(flows, 0.0, 0.0), measured_at=now)}
        memory = Memory() if self.decision is None else self.decision.memory
        snapshot = Snapshot(now=now, meters=meters, chargers=readings)
        self.decision = decide(self.site, snapshot, memory)
        for setpoint in self.decision.setpoints:
            if setpoint.charger != self.tested:
                boxes[setpoint.charger].tell(setpoint.current, now)

    def run(self, seconds: float, until: Callable[[], object] = lambda: False) -> float:
        """Let time pass; return the seconds until something was so."""
        begun = self.now
        while self.now < begun + seconds and not until():
            self.cycle()
        return self.now - begun

    def state(self, name: str = "a") -> ProofState:
        return self.prover.state(next(c for c in self.site.chargers if c.id == name))

    def why(self, name: str = "a") -> ReasonCode:
        assert self.decision is not None
        return next(s.reason.code for s in self.decision.setpoints if s.charger == name)


def loop(*chargers: Charger, rating: float = 32.0, **boxes: Box) -> Loop:
    main = Circuit(id="main", rating=(rating, rating, rating), meter="grid", usable_share=1.0)
    return Loop(site=Site(circuits=(main,), chargers=chargers), boxes=boxes)


def alone(**box: Any) -> Loop:
    """One charger whose car has charged for some minutes."""
    house = loop(one("a"), a=Box(**box))
    house.run(60)
    return house


def test_no_test_begins_while_a_car_falls_for_another_reason() -> None:
    house = alone(measures_every=20.0)
    box = house.boxes["a"]
    house.run(20, lambda: box.measured_at == house.now)
    house.prover.ask("a")
    # It was told little more than the fall-back since it was sampled.
    box.tell(7.0, house.now)
    house.cycle()
    assert (box.sample, house.tested) == (16.0, None)
    assert house.run(120, lambda: house.state() is ProofState.PROVED) < 60


def test_a_charger_is_tested_unasked_once_its_car_has_charged_for_a_while() -> None:
    house = loop(one("a"), a=Box())
    assert house.state() is ProofState.NOT_PROVED
    begun = house.run(600, lambda: house.tested)
    assert SETTLED_ON <= begun < SETTLED_ON + 60
    assert house.state() is ProofState.RUNNING
    last = house.boxes["a"].told[-1]
    house.run(60, lambda: not house.tested)
    assert house.state() is ProofState.PROVED
    proof = house.prover.proofs["a"]
    # It was told nothing until its current had fallen …
    assert (proof.fallback, proof.at) == (6.0, house.now)
    assert LIFE <= proof.seconds <= LIFE + 2 + 5
    assert proof.at - last == pytest.approx(proof.seconds, abs=1)
    # … and is told something at once afterwards; it is not tested again.
    assert house.boxes["a"].told[-1] == house.now
    assert house.run(3600, lambda: house.tested) == 3600


def test_while_it_is_tested_the_reason_says_so() -> None:
    house = alone()
    house.prover.ask("a")
    house.run(60, lambda: house.tested)
    house.cycle()
    assert house.why() is ReasonCode.PROVING


def test_a_test_that_was_asked_for_begins_at_the_next_renewal() -> None:
    house = alone()
    house.prover.ask("a")
    assert house.state() is ProofState.WAITING
    assert house.run(60, lambda: house.tested) <= LIFE / 3 + 1
    house.run(60, lambda: not house.tested)
    assert house.state() is ProofState.PROVED


def test_a_proved_charger_can_be_tested_again() -> None:
    house = alone()
    for _ in range(2):
        house.prover.ask("a")
        house.run(120, lambda: house.state() is ProofState.PROVED)
    assert house.prover.proofs["a"].at > NOW + 100


def test_a_car_that_draws_little_more_than_the_fall_back_shows_nothing() -> None:
    house = alone(wants=7.5)
    house.prover.ask("a")
    assert house.run(600, lambda: house.tested) == 600
    assert house.state() is ProofState.WAITING
    house.boxes["a"].wants = 12.0
    assert house.run(120, lambda: house.tested) < 120


def test_a_charger_that_does_not_fall_back_fails_and_is_renewed() -> None:
    house = alone(falls_back=False)
    house.boxes["a"].wants = 12.0
    house.run(30)
    house.prover.ask("a")
    house.run(60, lambda: house.tested)
    took = house.run(120, lambda: not house.tested)
    assert house.state() is ProofState.FAILED
    assert LIFE + 14 <= took <= LIFE + 17
    assert not house.prover.proofs["a"].proved
    assert not house.prover.has_proved(one("a"))
    assert house.boxes["a"].told[-1] == house.now
    # It is not tested again by itself: its owner has to do something first.
    assert house.run(3600, lambda: house.tested) == 3600


def test_a_charger_that_rises_instead_of_falling_is_told_at_once() -> None:
    house = loop(one("a"), rating=18.0, a=Box(falls_back=False))
    house.house = 6.0
    house.run(60)
    assert house.boxes["a"].limit <= 12
    house.prover.ask("a")
    # Alone it may draw what the fuse bears for an hour: 1.13 × 18 A.
    house.house = 4.0
    house.run(120, lambda: house.tested)
    house.boxes["a"].limit = 10.0
    house.seen.clear()
    house.run(120, lambda: not house.tested)
    house.run(20)
    assert house.state() is ProofState.FAILED
    above = [at for at, flows in house.seen if flows > 18.0]
    assert len(above) <= 8
    assert max(flows for _, flows in house.seen) <= 1.13 * 18.0


def test_a_car_that_is_on_its_way_up_when_the_test_begins_does_not_make_it_fail() -> None:
    house = alone(measures_every=1.0)
    box = house.boxes["a"]
    house.run(20, lambda: box.told[-1] == house.now)
    house.run(8)
    box.wants = 11.0
    house.prover.ask("a")
    house.run(3, lambda: house.tested)
    assert (house.tested, box.sample) == ("a", 11.0)
    box.wants = box.limit = 16.0
    house.run(60, lambda: not house.tested)
    assert house.state() is ProofState.PROVED


def test_a_fall_before_its_time_is_the_cars_own() -> None:
    house = alone()
    house.prover.ask("a")
    house.run(60, lambda: house.tested)
    house.run(8)
    house.boxes["a"].wants = 6.0
    house.run(60, lambda: not house.tested)
    assert house.state() is ProofState.WAITING
    assert house.prover.proofs == {}
    assert house.boxes["a"].told[-1] >= house.now - LIFE / 3


@pytest.mark.parametrize(
    "disturb",
    [
        lambda house: setattr(house.boxes["a"], "online", False),
        lambda house: setattr(house.boxes["a"], "status", ChargerStatus.SUSPENDED_EV),
        lambda house: setattr(house.boxes["a"], "status", ChargerStatus.FINISHING),
        lambda house: setattr(house.boxes["a"], "session", "another"),
        lambda house: setattr(house.boxes["a"], "boost", True),
        lambda house: setattr(house.boxes["b"], "boost", True),
        lambda house: setattr(house, "meter", False),
        lambda house: setattr(house, "house", 30.0),
        lambda house: setattr(house, "site", replace(house.site, chargers=house.site.chargers[1:])),
        lambda house: setattr(
            house, "site", replace(house.site, chargers=(one("a", fallback=8.0), one("b")))
        ),
    ],
    ids=[
        *("line lost", "car pauses", "session over", "another car", "boost", "another's boost"),
        *("meter silent", "house rises", "charger removed", "armed otherwise"),
    ],
)
def test_what_comes_between_ends_a_test_without_a_result(disturb: Callable[[Loop], None]) -> None:
    house = loop(one("a"), one("b"), rating=40.0, a=Box(), b=Box())
    house.run(60)
    house.prover.ask("a")
    house.run(120, lambda: house.tested)
    assert house.tested == "a"
    house.run(3)
    disturb(house)
    house.boxes = {c.id: house.boxes[c.id] for c in house.site.chargers}
    assert house.run(20, lambda: not house.tested) <= 15
    assert house.prover.proofs == {}


def test_a_test_is_given_up_at_once_when_the_house_needs_the_room() -> None:
    house = alone()
    house.prover.ask("a")
    house.run(60, lambda: house.tested)
    house.house = 26.0  # of 32 A, beside a car that draws 16 A
    begun = house.now
    house.run(10, lambda: not house.tested)
    assert house.now - begun <= 2
    assert house.boxes["a"].limit <= 6
    assert house.boxes["a"].told[-1] == house.now


def test_a_test_that_was_given_up_is_tried_again_later() -> None:
    house = loop(one("a"), a=Box())
    house.run(600, lambda: house.tested)
    house.boxes["a"].online = False
    house.run(2)
    house.boxes["a"].online = True
    pause = house.run(2000, lambda: house.tested)
    assert PAUSE <= pause <= PAUSE + 120


def test_no_test_where_the_others_would_have_to_stop_if_it_fails() -> None:
    house = loop(one("a"), one("b"), rating=20.0, a=Box(), b=Box())
    house.run(60)
    house.prover.ask("a")
    assert house.run(300, lambda: house.tested) == 300
    # Once the other car has gone there is room, for what the fuse bears.
    house.boxes["b"].status = ChargerStatus.AVAILABLE
    assert house.run(60, lambda: house.tested) < 60


def test_no_test_where_the_fuse_would_not_bear_its_failure() -> None:
    house = loop(one("a"), rating=13.0, a=Box())
    house.run(60)
    house.prover.ask("a")
    assert house.run(300, lambda: house.tested) == 300


def test_no_test_where_one_that_is_out_of_reach_may_draw_the_rest() -> None:
    house = loop(one("a"), one("b"), rating=32.0, a=Box(), b=Box())
    house.run(60)
    house.boxes["b"].online = False
    house.boxes["b"].wants = 0.0
    house.run(60)
    house.prover.ask("a")
    assert house.run(300, lambda: house.tested) == 300
    house.boxes["b"].online = True
    assert house.run(120, lambda: house.tested) < 120


def test_two_chargers_are_tested_one_after_the_other() -> None:
    house = loop(one("a"), one("b"), rating=40.0, a=Box(), b=Box())
    tested: list[str | None] = []
    while house.now < NOW + 900:
        house.cycle()
        if not tested or tested[-1] != house.tested:
            tested.append(house.tested)
    assert [name for name in tested if name] == ["a", "b"]
    assert [house.state(name) for name in "ab"] == [ProofState.PROVED, ProofState.PROVED]


def test_the_others_are_balanced_as_always_beside_what_the_tested_one_may_draw() -> None:
    house = loop(one("a"), one("b"), rating=32.0, a=Box(), b=Box())
    house.run(120)
    house.prover.ask("a")
    house.run(60, lambda: house.tested)
    assert house.boxes["b"].drawn(house.now) > 6
    house.run(10)
    house.house = 4.5
    house.run(60, lambda: not house.tested)
    assert house.state() is ProofState.PROVED
    assert house.boxes["b"].limit <= 32 - 4.5 - 16
    above = [at for at, flows in house.seen if flows > 32.0]
    assert len(above) <= 8


def test_a_charger_that_measures_seldom_is_proved_too() -> None:
    house = alone(measures_every=30.0)
    house.prover.ask("a")
    house.run(120, lambda: house.state() is ProofState.PROVED)
    assert house.prover.proofs["a"].seconds <= LIFE + 32


def test_a_charger_that_stops_measuring_shows_nothing() -> None:
    house = alone()
    house.prover.ask("a")
    house.run(60, lambda: house.tested)
    house.boxes["a"].measures_every = 1e6
    house.run(200, lambda: not house.tested)
    assert house.state() is ProofState.WAITING
    assert house.prover.proofs == {}


def test_another_fall_back_has_to_be_proved_anew() -> None:
    house = alone()
    house.prover.ask("a")
    house.run(120, lambda: house.state() is ProofState.PROVED)
    assert house.prover.state(one("a", fallback=0.0)) is ProofState.NOT_PROVED
    house.prover.forget({})
    assert house.state() is ProofState.NOT_PROVED


def test_a_fall_back_to_nothing_is_proved_by_a_pause() -> None:
    house = loop(one("a", fallback=0.0), a=Box(fallback=0.0))
    house.run(60)
    house.prover.ask("a")
    house.run(120, lambda: house.state() is ProofState.PROVED)
    assert house.prover.proofs["a"].fallback == 0.0
