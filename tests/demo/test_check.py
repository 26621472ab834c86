"""The check fails whoever does not hold the fuse or does not use its room."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import pytest

from custom_components.fusewise.simulation import PHASES, Phase, Plant
from demo import clock, scene
from demo.check import HOLDS, REST, SETTLE, CheckError, Run, check, drive, judge, step_for
from demo.door import Door
from demo.record import Record
from demo.world import DT, World

from .central import Central

RATING = [25.0, 25.0, 25.0]
LATENCY = 0.3  # s between a reading and the setpoint's arrival

type Limits = dict[str, float]
type Controller = Callable[[Mapping[str, Any]], Limits]
"""From what is true at the meter and in the cars, once a second, to limits."""


def nothing(_: Mapping[str, Any]) -> Limits:
    return {}


def stops_everything(_: Mapping[str, Any]) -> Limits:
    return dict.fromkeys(scene.WIRING, 0.0)


def fixed_at_six(_: Mapping[str, Any]) -> Limits:
    return dict.fromkeys(scene.WIRING, 6.0)


def fair(sample: Mapping[str, Any], rating: float = 25.0) -> Limits:
    """Raise everybody's limit together until a phase is full."""
    cars = sample["chargers"]
    others = [sample["fuse"][p] - sum(c["current"][p] for c in cars.values()) for p in Phase]
    limits = dict.fromkeys(cars, 6.0)
    growing = set(cars)
    while growing:
        for name in growing:
            limits[name] += 0.05
        load = [others[p] + sum(limits[n] for n in cars if p in cars[n]["phases"]) for p in Phase]
        full = {p for p in Phase if load[p] > rating - 0.2}
        growing = {
            n for n in growing if not full & set(cars[n]["phases"]) and limits[n] < cars[n]["could"]
        }
    return limits


def timid(sample: Mapping[str, Any]) -> Limits:
    return fair(sample, rating=20.0)


def late(seconds: int) -> Controller:
    """Return a fair one whose readings are old."""
    readings: list[Mapping[str, Any]] = []

    def control(sample: Mapping[str, Any]) -> Limits:
        readings.append(sample)
        return fair(readings[-seconds]) if len(readings) >= seconds else {}

    return control


class Loop:
    """The demo's physics under a controller and the check's steps, faster than real time."""

    def __init__(self, control: Controller) -> None:
        self.record = Record()
        self.plant: Plant = scene.build(self.record, seed=1, calm=True, hour=10.0)[0]
        self.control = control
        self.events: list[dict[str, Any]] = []
        self.samples: list[dict[str, Any]] = []
        self._coming: list[tuple[float, Limits]] = []

    def run(self) -> dict[str, Any]:
        """As `drive` does it."""
        self._let_pass(15)  # cars come up to what they are given
        self.samples.clear()
        self._let_pass(SETTLE)
        for hold in HOLDS:
            for phase in Phase:
                self._step(phase, step_for(self.samples[-1], RATING, phase))
                self._let_pass(hold)
                self._step(phase, 0.0)
                self._let_pass(REST)
        return judge(self.samples, self.events, RATING)

    def _let_pass(self, seconds: float) -> None:
        for _ in range(round(seconds / DT)):
            sample = self.plant.step(DT)
            received = dict.fromkeys(scene.WIRING)
            entry = self.record.add(sample.time, sample, received)
            self.samples.append(entry)
            if len(self.samples) % round(1 / DT) == 0:
                for event in self.events:
                    if event["kind"] == "step" and event["readable"] is None:
                        event["readable"] = sample.time
                self._coming.append((sample.time + LATENCY, self.control(entry)))
            self._obey(sample.time)

    def _obey(self, now: float) -> None:
        while self._coming and self._coming[0][0] <= now:
            _, limits = self._coming.pop(0)
            for charger in self.plant.chargers:
                limit = limits.get(charger.id, charger.limit)
                profile = {"kind": "profile", "charger": charger.id, "before": charger.limit}
                self.events.append({**profile, "t": now, "limit": limit})
                charger.limit = limit

    def _step(self, phase: Phase, amperes: float) -> None:
        ordered = list(self.plant.house.ordered)
        before, ordered[phase] = ordered[phase], amperes
        self.plant.house.ordered = (ordered[0], ordered[1], ordered[2])
        step = {"kind": "step", "phase": phase.name, "amperes": amperes, "before": before}
        self.events.append({**step, "t": self.samples[-1]["t"], "readable": None})


def test_a_controller_that_shares_fairly_passes() -> None:
    result = Loop(fair).run()
    assert result["failures"] == []
    assert result["passed"]
    assert result["room_used_percent"] > 90
    for phase in result["phases"].values():
        assert 0 < phase["longest_above_rating_s"] < 9
        assert phase["ampere_seconds_above_rating"] > 0
        assert phase["room_used_percent"] > 85
    assert result["step_to_setpoint_s"] == {
        "median": pytest.approx(LATENCY, abs=0.11),
        "max": pytest.approx(LATENCY, abs=0.11),
        "answered": 6,
        "unanswered": 0,
    }


def test_a_controller_that_does_nothing_fails() -> None:
    result = Loop(nothing).run()
    assert not result["passed"]
    assert any("L2 stayed above its rating" in failure for failure in result["failures"])
    assert "no step of the load was answered with a lower setpoint" in result["failures"]


def test_a_controller_that_stops_everything_fails() -> None:
    result = Loop(stops_everything).run()
    assert not result["passed"]
    assert result["room_used_percent"] == 0.0
    assert any("0.0 % of the room" in failure for failure in result["failures"])


def test_a_controller_that_gives_everybody_the_least_fails() -> None:
    result = Loop(fixed_at_six).run()
    assert not result["passed"]
    assert result["room_used_percent"] < 80


def test_a_controller_that_keeps_a_fifth_back_fails() -> None:
    result = Loop(timid).run()
    assert result["room_used_percent"] < 85
    assert Loop(fair).run()["room_used_percent"] > result["room_used_percent"] + 5


def test_a_controller_that_sees_what_was_twelve_seconds_ago_fails() -> None:
    result = Loop(late(12)).run()
    assert any("stayed above its rating for" in failure for failure in result["failures"])


# --- the time from a step to its setpoint ---------------------------------------------------------


def sample(t: float, fuse: float) -> dict[str, Any]:
    charger = {"current": [0.0, 10.0, 0.0], "limit": 16.0, "phases": [1], "draws": 10.0}
    return {
        "t": t,
        "fuse": [0.0, fuse, 0.0],
        "house": [0.0, fuse - 10.0, 0.0],
        "sun": [0.0] * PHASES,
        "chargers": {"carport": {**charger, "floor": 6.0, "could": 16.0}},
    }


def step(readable: float | None, amperes: float = 8.0) -> dict[str, Any]:
    times = {"t": 10.0, "readable": readable}
    return {"kind": "step", "phase": "L2", "amperes": amperes, "before": 0.0, **times}


def profile(t: float, before: float, limit: float, charger: str = "carport") -> dict[str, Any]:
    return {"kind": "profile", "t": t, "charger": charger, "before": before, "limit": limit}


def reaction(fuse: float, *events: dict[str, Any]) -> dict[str, Any]:
    samples = [sample(t / 10, fuse) for t in range(100, 120)]
    return dict(judge(samples, events, RATING)["step_to_setpoint_s"])


def test_the_time_counts_from_when_the_step_was_readable() -> None:
    result = reaction(28.0, step(10.8), profile(11.0, 10.0, 7.0))
    assert (result["median"], result["max"]) == (0.2, 0.2)


@pytest.mark.parametrize(
    "event",
    [
        profile(10.5, 10.0, 7.0),  # before the step was readable
        profile(11.0, 7.0, 7.0),  # the same again
        profile(11.0, 7.0, 10.0),  # a rise
        profile(11.0, 10.0, 7.0, charger="garage"),  # not on this phase
        profile(26.0, 10.0, 7.0),  # too late to be an answer
    ],
)
def test_only_a_lower_setpoint_on_the_phase_in_time_is_an_answer(event: dict[str, Any]) -> None:
    result = reaction(28.0, step(10.8), event)
    assert (result["median"], result["answered"], result["unanswered"]) == (None, 0, 1)


@pytest.mark.parametrize(
    ("fuse", "event"), [(20.0, step(10.8)), (28.0, step(10.8, amperes=0.0)), (28.0, step(None))]
)
def test_a_step_that_demands_no_fall_asks_for_no_answer(fuse: float, event: dict[str, Any]) -> None:
    result = reaction(fuse, event, profile(11.0, 10.0, 7.0))
    assert (result["answered"], result["unanswered"]) == (0, 0)


# --- driving --------------------------------------------------------------------------------------


@pytest.fixture
async def url(world: World) -> AsyncIterator[str]:
    await world.meter.start(0)
    door = Door(world)
    await door.start(0)
    yield f"http://127.0.0.1:{door.port}"
    await door.stop()


async def test_driving_steps_every_phase_up_and_down(
    url: str, draws: Callable[..., Awaitable[None]]
) -> None:
    said: list[str] = []
    run = await drive(url, settle=0.1, holds=[0.5], rest=0.5, say=said.append)
    assert isinstance(run, Run)
    steps = [event for event in run.events if event["kind"] == "step"]
    assert [event["phase"] for event in steps] == ["L1", "L1", "L2", "L2", "L3", "L3"]
    assert [event["amperes"] > 0 for event in steps] == [True, False] * 3
    assert all(event["readable"] for event in steps)
    assert 30 <= len(run.samples) <= 45
    assert said[0] == "Waiting until the cars charge."
    result = judge(run.samples, run.events, run.rating)
    assert not result["passed"]  # nobody controls
    assert result["step_to_setpoint_s"]["unanswered"] == 3


async def test_the_record_begins_when_the_cars_have_charged_for_a_while(
    url: str, central: Central, draws: Callable[..., Awaitable[None]]
) -> None:
    await draws(16.0)
    driving = asyncio.create_task(drive(url, settle=1.5, holds=[]))
    await asyncio.sleep(0.7)
    await central.set_limit(0.0, "TxProfile")
    await draws(0.0)
    paused = clock.now()
    await asyncio.sleep(0.7)
    await central.set_limit(16.0, "TxProfile")
    run = await driving
    assert run.samples[0]["t"] > paused


async def test_cars_that_do_not_charge_are_named(url: str, world: World) -> None:
    world.stations["yard"].unplug()
    with pytest.raises(CheckError, match="no car is plugged in"):
        await drive(url, settle=0.1, patience=0.1)
    world.stations["yard"].plug(scene.car("yard"))
    with pytest.raises(CheckError, match="yard is "):
        await drive(url, settle=0.1, patience=0.1)


async def test_a_demo_that_is_not_there_is_named() -> None:
    with pytest.raises(CheckError, match="does not answer"):
        await drive("http://127.0.0.1:1")
    result = await check("http://127.0.0.1:1")
    assert not result["passed"]
    assert "does not answer" in result["failures"][0]
