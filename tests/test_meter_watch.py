"""What no single sample of a meter shows is noticed in time, and taken back when it was not so."""

import pytest

from custom_components.fusewise.balancing.model import PerPhase, Phase
from custom_components.fusewise.meter_watch import MeterWatch, Seen

RATING = (25.0, 25.0, 25.0)
HOUR = 3600


class Meter:
    """A meter that is watched minute by minute."""

    def __init__(self, rating: PerPhase = RATING) -> None:
        self.watch = MeterWatch()
        self.rating = rating
        self.now = 0.0

    def shows(
        self,
        *load: PerPhase,
        seconds: int,
        cars: PerPhase | None = (0.0, 0.0, 0.0),
        sun: PerPhase | None = None,
        battery: float = 0.0,
    ) -> list[str]:
        """What is found at the end of a time in which it has shown these by turns."""
        found: list[Seen] = []
        for minute in range(seconds // 60):
            self.now += 60
            shown = load[minute % len(load)]
            found = self.watch.note(self.now, shown, cars, self.rating, sun, battery)
        return [f"{seen.key} {seen.phase.name}" for seen in found]


def test_a_meter_that_shows_less_than_the_cars_is_told_after_some_minutes() -> None:
    meter, cars = Meter(), (0.0, 16.0, 0.0)
    assert meter.shows((3, 5, 1), seconds=300, cars=cars) == []
    assert meter.shows((3, 5, 1), seconds=60, cars=cars) == ["meter_below_cars L2"]
    assert meter.shows((3, 17, 1), seconds=60, cars=cars) == []
    # Two meters never agree.
    assert meter.shows((3, 13.5, 1), seconds=600, cars=cars) == []


@pytest.mark.parametrize(("sun", "battery"), [((0.0, 12.0, 0.0), 0.0), (None, 12.0)])
def test_what_feeds_in_besides_the_grid_explains_it(sun: PerPhase | None, battery: float) -> None:
    cars = (0.0, 16.0, 0.0)
    assert Meter().shows((3, 5, 1), seconds=HOUR, cars=cars, sun=sun, battery=battery) == []


def test_nothing_is_said_while_a_car_is_not_measured() -> None:
    assert Meter().shows((0, 0, 0), seconds=HOUR, cars=None) == []


def test_a_meter_that_never_exports_while_the_sun_shines_is_told() -> None:
    meter, sun = Meter(), (8.0, 0.0, 0.0)
    up_and_down = ((3.0, 2.0, 1.0), (5.0, 4.0, 3.0))
    assert meter.shows(*up_and_down, seconds=3 * HOUR, sun=sun) == []
    found = meter.shows(*up_and_down, seconds=2 * HOUR, sun=sun)
    assert found == ["meter_never_exports L1"]
    assert meter.shows((-2, 4, 3), seconds=60, sun=sun) == []


def test_sun_that_the_cars_take_needs_not_be_exported() -> None:
    up_and_down = ((3.0, 2.0, 1.0), (5.0, 4.0, 3.0))
    assert (
        Meter().shows(*up_and_down, seconds=8 * HOUR, sun=(8.0, 0, 0), cars=(8.0, 0.0, 0.0)) == []
    )


def test_a_phase_that_never_moves_while_another_one_does_is_told() -> None:
    meter = Meter()
    moving = ((3.0, 0.0, 1.0), (6.0, 0.0, 2.0))
    assert meter.shows(*moving, seconds=11 * HOUR) == []
    assert meter.shows(*moving, seconds=2 * HOUR) == ["meter_phase_still L2"]
    assert meter.shows((3.0, 0.5, 1.0), seconds=60) == []


def test_an_empty_house_and_a_phase_that_does_not_exist_are_no_fault() -> None:
    assert Meter().shows((0, 0, 0), seconds=24 * HOUR) == []
    moving = ((3.0, 0.0, 0.0), (6.0, 0.0, 0.0))
    assert Meter((25.0, 0.0, 0.0)).shows(*moving, seconds=24 * HOUR) == []


def test_what_is_found_names_its_figures() -> None:
    watch = MeterWatch()
    found: list[Seen] = []
    for second in range(0, 400, 10):
        found = watch.note(float(second), (3, 5, 1), (0, 16, 0), RATING, None, 0.0)
    assert found == [Seen(key="meter_below_cars", phase=Phase.L2, cars=16, load=5)]


def test_a_sub_panel_may_have_a_phase_on_which_nothing_is() -> None:
    """And nobody knows whether the sun feeds into it."""
    meter, sun = Meter(), (8.0, 8.0, 8.0)
    meter.watch = MeterWatch(is_main=False)
    up_and_down = ((3.0, 0.0, 0.0), (8.0, 0.0, 0.0))
    assert meter.shows(*up_and_down, seconds=24 * HOUR, sun=sun) == []
    # A car that has drawn on it says that something is.
    meter.shows(*up_and_down, seconds=60, cars=(0.0, 8.0, 0.0), sun=sun)
    assert meter.shows(*up_and_down, seconds=60, sun=sun) == ["meter_phase_still L2"]
