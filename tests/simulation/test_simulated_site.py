"""The whole site in closed loop."""

from dataclasses import replace
import inspect
from textwrap import dedent

import pytest

from custom_components.fusewise import simulation
from custom_components.fusewise.balancing import model
from custom_components.fusewise.balancing.codes import ReasonCode
from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.decision import Decision, Reason, Setpoint
from custom_components.fusewise.balancing.errors import ClockError
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.balancing.model import (
    Charger,
    Circuit,
    GridLimit,
    PerPhase,
    Phase,
    Site,
    Snapshot,
)
from custom_components.fusewise.simulation import (
    Car,
    CarModel,
    House,
    MeterModel,
    Moment,
    SimulatedSite,
    StationModel,
    site as module,
)

L1, L2, L3 = Phase
CAR = CarModel(name="saloon", phases=3, maximum=16.0, battery_kwh=60.0)


def main() -> Circuit:
    return Circuit(id="main", rating=(25.0, 25.0, 25.0), meter="grid", usable_share=1.0)


SITE = Site(
    circuits=(main(),),
    chargers=(
        Charger(id="garage", circuit="main", wiring=(L1, L2, L3), fallback=6.0),
        Charger(id="carport", circuit="main", wiring=(L2,), fallback=6.0),
    ),
)


class Always:
    """Tells every charger the same, and remembers what it saw."""

    def __init__(self, amperes: float) -> None:
        self.amperes = amperes
        self.snapshots: list[Snapshot] = []
        self.memories: list[Memory] = []

    def __call__(self, site: Site, snapshot: Snapshot, memory: Memory) -> Decision:
        if snapshot.now < memory.time:
            raise ClockError("backwards")
        self.snapshots.append(snapshot)
        self.memories.append(memory)
        return Decision(
            time=snapshot.now,
            setpoints=tuple(
                Setpoint(
                    charger=charger.id,
                    current=self.amperes,
                    target=self.amperes,
                    reason=Reason(code=ReasonCode.FULL),
                )
                for charger in site.chargers
            ),
            circuits=(),
            notices=(),
            memory=Memory(time=snapshot.now),
        )


def quiet_house(watts: float = 690.0) -> House:
    return House(base_watts=(watts, watts, watts), appliances=(), heat_pump=None, restless=False)


def test_the_example_of_the_module_runs() -> None:
    example = dedent((inspect.getdoc(module) or "").split("\n\n")[1])
    names = {**vars(model), **vars(simulation), "Charger": model.Charger, "decide": decide}
    example = example.replace("4 * 3600", "900")
    exec(example, names)  # noqa: S102 - the documentation is code
    sim = names["sim"]
    assert isinstance(sim, SimulatedSite)
    assert sim.cars["garage"].soc > 0.3


def test_what_cars_and_house_draw_flows_through_every_fuse_above_them() -> None:
    site = Site(
        circuits=(
            main(),
            Circuit(id="shed", rating=(20.0, 20.0, 20.0), parent="main"),
            Circuit(id="far", rating=(20.0, 20.0, 20.0), parent="shed"),
        ),
        chargers=(Charger(id="garage", circuit="far", wiring=(L2, L3, L1)),),
    )
    sim = SimulatedSite(
        site, Always(10.0), houses={"main": quiet_house(230.0), "shed": quiet_house(460.0)}
    )
    sim.plug("garage", Car(replace(CAR, phases=1)))
    sim.run(30)
    moment = sim.step()
    assert moment.fuses["far"] == (0.0, 10.0, 0.0)
    assert moment.fuses["shed"] == pytest.approx((2.0, 12.0, 2.0))
    assert moment.fuses["main"] == pytest.approx((3.0, 13.0, 3.0))
    assert moment.cars == {"garage": 10.0}


def test_the_sun_is_taken_off_and_shown_where_it_is_measured() -> None:
    always = Always(6.0)
    sim = SimulatedSite(
        SITE,
        always,
        houses={"main": quiet_house(230.0)},
        suns={"main": quiet_house(460.0)},
        sees_sun=True,
    )
    assert sim.step().fuses["main"] == pytest.approx((-1.0, -1.0, -1.0))
    sim.run(5)
    assert always.snapshots[-1].sun == pytest.approx((2.0, 2.0, 2.0))


def test_the_same_seed_repeats_to_the_last_bit() -> None:
    def run(seed: int) -> list[PerPhase]:
        sim = SimulatedSite(
            SITE,
            decide,
            seed=seed,
            houses={"main": House(seed=3)},
            meter=MeterModel(noise=0.2, loses=0.1, jitter=0.3),
            station=StationModel(noise=0.1, loses=0.1),
        )
        sim.plug("garage", Car(CAR))
        flows: list[PerPhase] = []
        sim.run(120, lambda moment: flows.append(moment.fuses["main"]))
        return flows

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_whatever_arrives_wakes_the_loop_and_without_it_a_tick_does() -> None:
    busy, idle = Always(6.0), Always(6.0)
    SimulatedSite(SITE, busy, dt=0.1, meter=MeterModel(interval=0.5)).run(10)
    unmetered = replace(SITE, circuits=(replace(main(), meter=None),))
    SimulatedSite(unmetered, idle, dt=0.1, station=StationModel(reports_every=60.0)).run(10)
    assert len(busy.snapshots) >= 20
    assert 9 <= len(idle.snapshots) <= 13
    paced = Always(6.0)
    SimulatedSite(SITE, paced, dt=0.5, pace=5.0).run(100)
    assert 19 <= len(paced.snapshots) <= 21


def test_things_happen_when_they_are_planned_in_their_order() -> None:
    sim = SimulatedSite(SITE, Always(6.0))
    happened: list[tuple[str, float]] = []
    sim.at(5.0, lambda: happened.append(("later", sim.time)))
    sim.at(2.0, lambda: happened.append(("first", sim.time)))
    sim.at(2.0, lambda: happened.append(("second", sim.time)))
    sim.change(3.0, sim.meters["grid"], works=False)
    sim.run(2.9)
    assert sim.meters["grid"].works
    sim.run(5)
    assert [name for name, _ in happened] == ["first", "second", "later"]
    assert [at for _, at in happened] == pytest.approx([2.5, 2.5, 5.5])
    assert not sim.meters["grid"].works


def test_what_is_not_there_cannot_be_changed() -> None:
    sim = SimulatedSite(SITE, Always(6.0))
    with pytest.raises(AttributeError, match="has no 'broken' to change"):
        sim.change(1.0, sim.meters["grid"], broken=True)


def test_a_killed_controller_leaves_the_chargers_to_their_fall_backs() -> None:
    sim = SimulatedSite(SITE, Always(12.0))
    sim.plug("garage", Car(CAR))
    sim.run(30)
    assert sim.step().cars["garage"] == 12.0
    sim.kill()
    assert sim.decision is None
    sim.run(45)
    assert sim.step().cars["garage"] == 6.0
    sim.start()
    sim.run(30)
    assert sim.step().cars["garage"] == 12.0


def test_a_hung_controller_does_not_cycle_and_does_not_forget() -> None:
    always = Always(12.0)
    sim = SimulatedSite(SITE, always)
    sim.plug("garage", Car(CAR))
    sim.run(30)
    sim.controller_hangs = True
    cycles = len(always.snapshots)
    sim.run(45)
    assert len(always.snapshots) == cycles
    assert sim.step().cars["garage"] == 6.0
    sim.controller_hangs = False
    sim.run(15)
    assert sim.step().cars["garage"] == 12.0


def test_a_restarted_controller_remembers_what_it_is_said_to_outlive() -> None:
    forgetting, remembering = Always(6.0), Always(6.0)
    for always, sim in (
        (forgetting, SimulatedSite(SITE, forgetting)),
        (remembering, SimulatedSite(SITE, remembering, outlive=lambda memory, now: memory)),
    ):
        sim.run(10)
        before = len(always.memories)
        sim.start()
        sim.run(2)
        assert (always.memories[before] == Memory()) is (always is forgetting)


def test_a_controller_whose_clock_went_back_forgets() -> None:
    always = Always(6.0)
    sim = SimulatedSite(SITE, always, outlive=lambda memory, now: memory)
    sim.run(10)
    before = len(always.memories)
    sim.start(clock_ahead=-3600.0)
    sim.run(5)
    assert always.memories[before] == Memory()
    assert always.snapshots[-1].now < always.snapshots[before - 1].now


def test_the_controller_hears_what_comes_from_outside() -> None:
    always = Always(6.0)
    sim = SimulatedSite(SITE, always)
    limit = GridLimit(source="operator", amperes=10.0)
    sim.outside = replace(sim.outside, grid_limits=(limit,))
    sim.run(2)
    assert always.snapshots[-1].grid_limits == (limit,)


def test_watching_anew_forgets_what_the_fuses_went_through() -> None:
    sim = SimulatedSite(SITE, Always(6.0), houses={"main": quiet_house(6900.0)})
    sim.run(5)
    assert sim.fuses["main"].seconds_above == 5.0
    sim.watch_anew()
    assert sim.fuses["main"].seconds_above == 0.0


def test_models_may_differ_from_charger_to_charger_and_from_meter_to_meter() -> None:
    sim = SimulatedSite(
        SITE,
        Always(6.0),
        meter={"grid": MeterModel(interval=10.0)},
        station={"garage": StationModel(), "carport": StationModel(reports_every=30.0)},
    )
    for name in sim.stations:
        sim.plug(name, Car(CAR))
    changes: dict[str, set[float]] = {"garage": set(), "carport": set()}

    def watch(moment: Moment) -> None:
        for name, line in sim.lines.items():
            if moment.time > 10:
                changes[name].add(line.reading.measured_at)

    sim.run(130, watch)
    assert len(changes["garage"]) > 20
    assert len(changes["carport"]) <= 6
    assert sim.meters["grid"].reading is not None
    assert sim.meters["grid"].reading.interval == 10.0
