"""Charging on one phase by OCPP: numberPhases is told, the charger accepts, and its meter says whether it obeys."""

from collections.abc import Awaitable, Callable

import pytest

from custom_components.fusewise.balancing.codes import NoticeCode
from custom_components.fusewise.balancing.decide import decide
from custom_components.fusewise.balancing.decision import Decision
from custom_components.fusewise.balancing.memory import Memory
from custom_components.fusewise.balancing.model import (
    Charger,
    Circuit,
    MeterReading,
    Mode,
    Phase,
    Site,
    Snapshot,
)
from custom_components.fusewise.devices import SwitchesPhases
from custom_components.fusewise.devices.ocpp import CentralSystem, ChargerSettings, OcppCharger
from custom_components.fusewise.wish import Wish, with_wish

from .conftest import Eventually
from .peer import Clock, Peer, current

type Arrive = Callable[..., Awaitable[Peer]]

CAN = {"ConnectorSwitch3to1PhaseSupported": ("true", True)}
SITE = Site(
    circuits=(Circuit(id="main", rating=(25.0, 25.0, 25.0), meter="grid", usable_share=1.0),),
    chargers=(
        Charger(
            id="garage",
            circuit="main",
            wiring=(Phase.L1, Phase.L2, Phase.L3),
            switches_phases=True,
        ),
    ),
)


class Car:
    """A three-phase car at the charger, which switches or only says so; and the sun over the house."""

    def __init__(self, peer: Peer, charger: OcppCharger, clock: Clock, *, obeys: bool) -> None:
        self.peer, self.charger, self.clock, self.obeys = peer, charger, clock, obeys
        self.sun = 3.0
        """A on each phase."""
        self.memory = Memory()
        self.decision: Decision | None = None
        self.phases = 3

    def drawn(self) -> list[float]:
        """A on each conductor, of what the last profile allows."""
        live = self.peer.told("TxProfile")
        if live and self.obeys:
            period = live[-1]["charging_schedule"]["charging_schedule_period"][0]
            phases = int(period.get("number_phases", self.phases))
            if phases != self.phases:
                assert self.peer.let_through() == 0.0, "contactors are not moved under load"
                self.phases = phases
        amperes = min(16.0, self.peer.let_through())
        amperes = amperes if amperes >= 6.0 else 0.0
        return [amperes if n < self.phases else 0.0 for n in range(3)]

    async def live(self, seconds: int) -> None:
        """Measure, decide and tell, every five seconds."""
        for _ in range(seconds // 5):
            self.clock.advance(5.0)
            drawn = self.drawn()
            count = len(self.peer.heard)
            await self.peer.measure(*(current(a, f"L{n}") for n, a in enumerate(drawn, start=1)))
            now = self.clock()
            one, two, three = (amperes - self.sun for amperes in drawn)
            reading = with_wish(self.charger.reading, Wish(mode=Mode.SUN))
            snapshot = Snapshot(
                now=now,
                meters={"grid": MeterReading(current=(one, two, three), measured_at=now)},
                chargers={"garage": reading},
            )
            self.decision = decide(SITE, snapshot, self.memory)
            self.memory = self.decision.memory
            told = self.decision.setpoints[0]
            assert told.phases is not None
            assert isinstance(self.charger, SwitchesPhases)
            self.charger.ask_for_phases(told.phases)
            await self.charger.apply(told.current)
            assert len(self.peer.heard) >= count


@pytest.fixture
async def plugged(
    central: CentralSystem, arrive: Arrive, clock: Clock, eventually: Eventually
) -> Callable[..., Awaitable[Car]]:
    """A car begins at a charger that says that it can switch."""

    async def begin(*, obeys: bool) -> Car:
        charger = central.adopt("garage", ChargerSettings(maximum=16.0, fallback=0.0))
        peer = await arrive("garage", configuration=CAN)
        await eventually(lambda: charger.switches_phases)
        await peer.start()
        return Car(peer, charger, clock, obeys=obeys)

    return begin


async def test_one_that_obeys_charges_on_one_phase_by_the_sun_and_on_three_when_it_shines(
    plugged: Callable[..., Awaitable[Car]],
) -> None:
    car = await plugged(obeys=True)
    await car.live(200)
    assert car.phases == 1
    one, two, three = car.drawn()
    assert 8.0 <= one <= 9.0
    assert (two, three) == (0.0, 0.0)
    car.sun = 9.0
    await car.live(900)
    assert car.phases == 3
    assert min(car.drawn()) >= 8.0


async def test_one_that_accepts_and_does_not_obey_is_noticed_and_told_three_again(
    plugged: Callable[..., Awaitable[Car]],
) -> None:
    car = await plugged(obeys=False)
    await car.live(300)
    assert car.decision is not None
    codes = [notice.code for notice in car.decision.notices]
    assert NoticeCode.PHASES_DISOBEYED in codes
    assert car.decision.setpoints[0].phases == 3
    period = car.peer.told("TxProfile")[-1]["charging_schedule"]["charging_schedule_period"][0]
    assert period["number_phases"] == 3
    told = {
        profile["charging_schedule"]["charging_schedule_period"][0]["number_phases"]
        for profile in car.peer.told("TxProfile")
    }
    assert told == {1, 3}


async def test_one_that_nobody_asks_is_told_no_phases(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage", ChargerSettings(maximum=16.0))
    peer = await arrive("garage", configuration=CAN)
    await peer.start()
    await charger.apply(10.0)
    period = peer.told("TxProfile")[-1]["charging_schedule"]["charging_schedule_period"][0]
    assert "number_phases" not in period


async def test_another_number_of_phases_is_told_at_once_and_the_same_one_is_not_repeated(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage", ChargerSettings(maximum=16.0))
    peer = await arrive("garage", configuration=CAN)
    await peer.start()
    for phases in (3, 3, 1, 1, 3):
        charger.ask_for_phases(phases)
        await charger.apply(0.0)
    told = [
        profile["charging_schedule"]["charging_schedule_period"][0]["number_phases"]
        for profile in peer.told("TxProfile")
    ]
    assert told == [3, 1, 3]


@pytest.mark.parametrize(
    ("configuration", "vendor", "can"),
    [
        (CAN, "Peer", True),
        ({"ConnectorSwitch3to1PhaseSupported": ("TRUE", True)}, "Peer", True),
        ({"ConnectorSwitch3to1PhaseSupported": ("false", True)}, "Peer", False),
        ({}, "Peer", False),
        ({}, "go-e", True),
        (CAN | {"ChargingScheduleAllowedChargingRateUnit": ("Power", True)}, "Peer", False),
    ],
)
async def test_whether_it_can_is_what_it_says_or_what_is_known_of_its_make(
    central: CentralSystem,
    arrive: Arrive,
    eventually: Eventually,
    configuration: dict[str, tuple[str, bool]],
    vendor: str,
    can: bool,
) -> None:
    charger = central.adopt("garage", ChargerSettings(maximum=16.0))
    assert charger.switches_phases is None
    await arrive("garage", configuration=configuration, vendor=vendor)
    await eventually(lambda: charger.armed is not None)
    assert charger.switches_phases is can


async def test_a_sum_of_all_phases_proves_nothing_of_one(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage", ChargerSettings(maximum=16.0))
    peer = await arrive("garage", configuration=CAN)
    await peer.start()
    power = {"value": "2300", "measurand": "Power.Active.Import", "unit": "W"}
    known: list[bool] = []
    for phases in (3, 1, 3):
        charger.ask_for_phases(phases)
        await peer.measure(power)
        known.append(charger.reading.current is not None)
    assert known == [True, False, True]
