"""Chargers that take watts only: a sum, which a one-phase car may draw on one phase."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from custom_components.fusewise.devices.ocpp import CentralSystem, ChargerSettings, OcppCharger
from custom_components.fusewise.devices.ocpp.phases import CarPhases

from .peer import Clock, Peer, current

type Arrive = Callable[..., Awaitable[Peer]]

MAXIMUM, VOLTAGE, LEAST = 16.0, 230.0, 6.0
WATTS = {"ChargingScheduleAllowedChargingRateUnit": ("Power", True)}


class WattBox:
    """A charge point that keeps a sum of watts, with a car on some phases."""

    def __init__(self, peer: Peer, phases: int, *, divides: bool = False) -> None:
        self.peer, self.phases, self.divides = peer, phases, divides
        self.worst = 0.0
        """A that it has drawn at most on one phase."""

    def drawn(self) -> float:
        """A on each phase of the car."""
        watts = self.peer.let_through()
        over = self._told_phases() if self.divides else self.phases
        amperes = min(MAXIMUM, watts / (VOLTAGE * over))
        amperes = amperes if amperes >= LEAST else 0.0
        self.worst = max(self.worst, amperes)
        return amperes

    def _told_phases(self) -> int:
        period = self.peer.told("TxProfile")[-1]["charging_schedule"]["charging_schedule_period"][0]
        return int(period.get("number_phases", 3))

    async def measure(self, *, as_sum: bool = False) -> None:
        amperes = self.drawn()
        if as_sum:
            watts = amperes * VOLTAGE * self.phases
            value = {"value": str(watts), "measurand": "Power.Active.Import", "unit": "W"}
            await self.peer.measure(value)
        else:
            each = [amperes] * self.phases + [0.0] * (3 - self.phases)
            values = zip(each, ("L1", "L2", "L3"), strict=True)
            await self.peer.measure(*(current(a, phase) for a, phase in values))


@pytest.fixture
async def box(central: CentralSystem, arrive: Arrive, clock: Clock) -> Callable[..., Any]:
    """Let a car with so many phases begin at a charger that takes watts only."""

    async def plugged(phases: int, **more: Any) -> tuple[OcppCharger, WattBox]:
        charger = central.adopt("garage", ChargerSettings(maximum=MAXIMUM))
        peer = await arrive("garage", configuration=WATTS, maximum=11_040.0)
        await peer.start()
        clock.advance(5)
        return charger, WattBox(peer, phases, **more)

    return plugged


async def charge(
    charger: OcppCharger, box: WattBox, clock: Clock, wanted: float, seconds: int, **how: Any
) -> float:
    """Tell a limit each second, let it measure now and then; return A that the car draws then."""
    for second in range(seconds):
        clock.advance(1.0)
        await charger.apply(wanted)
        if second % 5 == 4:
            await box.measure(**how)
    return box.drawn()


@pytest.mark.parametrize("divides", [False, True])
async def test_a_one_phase_car_draws_its_limit_and_never_more(
    box: Callable[..., Any], clock: Clock, divides: bool
) -> None:
    charger, car = await box(1, divides=divides)
    assert await charge(charger, car, clock, 10.0, 30) == 10.0
    assert await charge(charger, car, clock, 7.0, 30) == 7.0
    assert car.worst == 10.0


@pytest.mark.parametrize("as_sum", [False, True])
async def test_a_car_on_three_phases_is_known_by_what_it_draws(
    box: Callable[..., Any], clock: Clock, as_sum: bool
) -> None:
    charger, car = await box(3)
    # What would be right for one phase is too little for it to begin.
    assert await charge(charger, car, clock, 10.0, 15, as_sum=as_sum) == 0.0
    assert charger.reading.floor == 0.0
    await charge(charger, car, clock, 10.0, 10, as_sum=as_sum)
    assert charger.reading.floor == MAXIMUM
    # The loop has found room for that: more than its maximum it cannot draw on any phase.
    assert await charge(charger, car, clock, MAXIMUM, 15, as_sum=as_sum) == MAXIMUM
    assert charger.reading.floor == 0.0
    assert await charge(charger, car, clock, 8.0, 15, as_sum=as_sum) == 8.0
    # The next car is a stranger again.
    await car.peer.stop()
    await car.peer.start()
    car.phases = 1
    car.worst = 0.0
    await charge(charger, car, clock, 8.0, 30)
    assert car.worst == 8.0


async def test_a_car_that_wants_nothing_does_not_keep_the_room_for_ever(
    box: Callable[..., Any], clock: Clock
) -> None:
    charger, car = await box(3)
    asked = 0
    for _ in range(60):
        await charge(charger, car, clock, 10.0, 5)
        asked += charger.reading.floor > 0
    assert 10 <= asked * 5 <= 120


async def test_the_fall_back_in_watts_is_that_of_one_phase(
    box: Callable[..., Any], clock: Clock
) -> None:
    charger, car = await box(1)
    await charger.apply(10.0)
    clock.advance(40.0)
    assert car.drawn() == charger.settings.fallback


async def test_a_car_that_goes_back_to_one_phase_is_followed(
    box: Callable[..., Any], clock: Clock
) -> None:
    charger, car = await box(3)
    await charge(charger, car, clock, MAXIMUM, 15)
    assert await charge(charger, car, clock, 8.0, 15) == 8.0
    car.phases = 1
    assert await charge(charger, car, clock, 8.0, 10) == 8.0


async def test_a_limit_in_amperes_knows_nothing_of_this(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage", ChargerSettings(maximum=MAXIMUM))
    peer = await arrive("garage")
    await peer.start()
    clock.advance(5)
    for _ in range(40):
        clock.advance(1.0)
        await charger.apply(10.0)
    assert charger.reading.floor == 0.0


@pytest.mark.parametrize(
    ("samples", "known"),
    [
        ([(10.0, 0.0, 0.0)], None),
        ([(10.0, 0.0, 0.0), (10.0, 0.0, 0.0)], 1),
        ([(10.0, 9.0, 9.0), (10.0, 9.0, 9.0)], 3),
        ([(10.0, 9.0, 9.0), (10.0, 9.0, 9.0), (10.0, 0.0, 0.0)], 1),
        ([(3.0, 3.0, 3.0), (3.0, 3.0, 3.0)], None),
        ([(10.0, 0.0, 0.0), (10.0, 9.0, 9.0)], None),
    ],
)
def test_more_phases_are_believed_by_two_samples_and_fewer_at_once(
    samples: list[tuple[float, ...]], known: int | None
) -> None:
    phases = CarPhases()
    for sample in samples:
        phases.learn(sample, is_sum=False, maximum=16.0)
    assert phases.known == known
    phases.forget()
    assert phases.known is None
