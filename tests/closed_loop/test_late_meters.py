"""A meter that shows what was true seconds ago, and does not say so, makes nobody swing and nobody pause."""

import pytest

from custom_components.fusewise.simulation import MeterModel, Moment, StationModel

from .homes import HEARD, REACTS, Home, box, car

FALLS = 2.0  # s that a car takes to fall by 8 A
NAMES = "garage", "carport"


class Turns:
    """Counts how often each charger's setpoint changes its direction."""

    def __init__(self, home: Home) -> None:
        self.of = dict.fromkeys(NAMES, 0)
        self._home = home
        self._told = {name: home.told(name) for name in NAMES}
        self._ways: dict[str, int] = {}

    def __call__(self, moment: Moment) -> None:
        for name in NAMES:
            change = self._home.told(name) - self._told[name]
            self._told[name] += change
            if abs(change) > 0.2:
                way = 1 if change > 0 else -1
                self.of[name] += self._ways.get(name, way) != way
                self._ways[name] = way


@pytest.mark.parametrize(
    ("lag", "every"),
    [
        *((lag, 1.0) for lag in (0.0, 2.0, 4.0, 6.0)),
        *((lag, 5.0) for lag in (0.0, 2.0, 6.0)),
        *((lag, 10.0) for lag in (0.0, 4.0)),
        *((lag, 60.0) for lag in (0.0, 2.0, 4.0, 6.0)),
    ],
)
def test_a_late_meter_makes_no_car_swing(lag: float, every: float) -> None:
    home = Home(
        *(box(name) for name in NAMES),
        house=(8.0, 9.0, 8.0),
        meter=MeterModel(lag=lag),
        station=StationModel(reports_every=every),
        dt=0.25,
    )
    for name in NAMES:
        home.plug(name, car())
    home.run(240.0)
    quiet = Turns(home)
    home.watch_anew()
    home.run(200.0, quiet)
    assert max(quiet.of.values()) <= 1  # it may try once what is left
    assert home.fuses["main"].seconds_above == 0.0
    stepped = Turns(home)
    home.house.amperes = (8.0, 13.0, 12.0)
    home.run(150.0, stepped)
    home.house.amperes = (8.0, 9.0, 8.0)
    home.run(200.0, stepped)
    assert max(stepped.of.values()) <= 3  # down and up are one; each may be corrected once
    assert home.fuses["main"].longest_above <= HEARD + lag + REACTS + FALLS
    assert min(home.drawn(name) for name in NAMES) > 6.0
