"""Who lives in the demo house: three charge points with their cars, a roof, and the rest of the house.

`garage` is three-phase with a car of 11 kW; `carport` is one-phase, wired to L2, with a car of 16 A; `yard` is
three-phase and rotated (its L1 is the house's L2), with a small car of 10 A.
"""

from collections.abc import Callable

from custom_components.fusewise.simulation import Car, CarModel, Charger, House, Phase, Plant, Sun

from .record import Record
from .station import Station

VOLTAGE = 230.0
RATING = 25.0

_L1, _L2, _L3 = Phase.L1, Phase.L2, Phase.L3
WIRING = {"garage": (_L1, _L2, _L3), "carport": (_L2,), "yard": (_L2, _L3, _L1)}
_ROTATION = {"garage": "RST", "carport": "NotApplicable", "yard": "STR"}
_HARDWARE = {"garage": 16.0, "carport": 32.0, "yard": 16.0}
_CARS: dict[str, Callable[[], Car]] = {
    "garage": lambda: Car(
        CarModel(name="saloon", phases=3, maximum=16.0, battery_kwh=77.0), soc=0.35
    ),
    "carport": lambda: Car(
        CarModel(name="hatchback", phases=1, maximum=16.0, battery_kwh=40.0, slope=2.0), soc=0.5
    ),
    "yard": lambda: Car(CarModel(name="small", phases=3, maximum=10.0, battery_kwh=30.0), soc=0.4),
}


def car(charger: str) -> Car:
    """Return the car that belongs to `charger`, as it comes home."""
    return _CARS[charger]()


def build(record: Record, *, seed: int, calm: bool, hour: float) -> tuple[Plant, list[Station]]:
    """Return the house at `hour` of a day in June, all cars plugged in.

    `calm`: a constant house and a cloudless sky, so that nothing steps but what is ordered.
    """
    begins = hour * 3600
    house = House(seed=seed, begins=begins)
    if calm:
        base = (460.0, 690.0, 345.0)
        house = House(base_watts=base, appliances=(), heat_pump=None, restless=False)
    chargers = [Charger(name, wiring=WIRING[name], maximum=_HARDWARE[name]) for name in WIRING]
    for charger in chargers:
        charger.plug(car(charger.id))
    roof = Sun(seed=seed, peak_watts=(1000.0, 1000.0, 1000.0), begins=begins, clouds=not calm)
    plant = Plant(house=house, sun=roof, chargers=chargers, voltage=VOLTAGE)
    stations = [
        Station(
            charger,
            voltage=VOLTAGE,
            phase_rotation=_ROTATION[charger.id],
            record=record.note,
        )
        for charger in chargers
    ]
    return plant, stations
