"""The car park of the replay, shared by the whole `decide` with a perfect meter and no delays."""

from collections.abc import Sequence
import math

from custom_components.fusewise.balancing.decide import decide
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
from custom_components.fusewise.balancing.settings import Policy, Settings

from .garage import CAR_FLOOR, CAR_MOST, PANEL, Garage, Guest, Share

__all__ = ["PATIENCE", "engine", "settings"]

PATIENCE = 2.0  # the drivers said when they leave and what they need

_NO_CAR = ChargerReading(status=ChargerStatus.AVAILABLE)


def settings(policy: Policy) -> Settings:
    """The defaults, but that nothing waits for cars to follow: a cycle is five minutes."""
    return Settings(
        policy=policy,
        patience=PATIENCE,
        hold=0.0,
        rise_spacing=0.0,
        rise_rate=math.inf,
        dead_band=0.0,
        smoothing=0.0,
        minimum_off=0.0,
    )


def engine(garage: Garage, stations: int, policy: Policy) -> Share:
    """Share by this policy; one memory lasts through the whole replay."""
    site = _site(garage, stations, settings(policy))
    names = [charger.id for charger in site.chargers]
    empty = dict.fromkeys(names, _NO_CAR)
    memory = Memory()

    def share(time: float, guests: Sequence[Guest]) -> list[float]:
        nonlocal memory
        chargers = dict(empty)
        shown = [0.0, 0.0, 0.0]
        for guest in guests:
            chargers[names[guest.car.station]] = _reading(guest, time)
            shown[garage.phase(guest.car.station)] += guest.current
        meter = MeterReading(
            current=(shown[0], shown[1], shown[2]), measured_at=time, interval=300.0
        )
        decision = decide(
            site, Snapshot(now=time, meters={"grid": meter}, chargers=chargers), memory
        )
        memory = decision.memory
        return [decision.setpoints[guest.car.station].current for guest in guests]

    return share


def _site(garage: Garage, stations: int, how: Settings) -> Site:
    panels = garage.panel(stations - 1) + 1
    circuits = [
        Circuit(id="main", rating=(garage.main,) * 3, meter="grid", usable_share=1.0),
        *(
            Circuit(
                id=f"panel {number}",
                rating=(PANEL,) * 3,
                parent="main",
                other_loads=(0.0, 0.0, 0.0),
                usable_share=1.0,
            )
            for number in range(panels)
        ),
    ]
    chargers = [
        Charger(
            id=f"station {number:02}",
            circuit=f"panel {garage.panel(number)}",
            wiring=(Phase(garage.phase(number)),),
            floor=CAR_FLOOR,
            maximum=CAR_MOST,
            slow_to_obey=0.0,
        )
        for number in range(stations)
    ]
    return Site(circuits=tuple(circuits), chargers=tuple(chargers), settings=how)


def _reading(guest: Guest, time: float) -> ChargerReading:
    return ChargerReading(
        status=ChargerStatus.FINISHING if guest.full else ChargerStatus.CHARGING,
        current=(guest.current,),
        measured_at=time,
        session=Session(
            id=str(guest.number),
            started=guest.car.arrival,
            departure=guest.departure,
            energy_needed_kwh=guest.need_kwh,
        ),
    )
