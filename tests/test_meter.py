"""What cars are known to draw behind a meter: as measured, and at most what they may."""

from datetime import timedelta
from functools import partial

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.fusewise.balancing.model import (
    Charger,
    ChargerReading,
    ChargerStatus,
    PerPhase,
    Phase,
    Session,
)
from custom_components.fusewise.devices import DeviceOfflineError
from custom_components.fusewise.devices.calibration import UNCALIBRATED, Calibration
from custom_components.fusewise.devices.entity import CarsDrawn
from custom_components.fusewise.meter import (
    async_try_meter,
    calibration_of,
    cars_draw,
    cars_measured,
    stored_calibration,
)
from custom_components.fusewise.supply import SUPPLIES
from homeassistant.core import HomeAssistant

HOUSE = SUPPLIES["three_phase"]
L1, L2, L3 = Phase.L1, Phase.L2, Phase.L3
Read = partial(ChargerReading, status=ChargerStatus.CHARGING)
CHARGES = Session(id="a", started=0.0)


@pytest.mark.parametrize(
    ("wiring", "reading", "least", "most"),
    [
        # It may have taken all that it may since it was measured.
        (
            (L1, L2, L3),
            Read(current=(6, 6, 6), limit=10, session=CHARGES),
            (6, 6, 6),
            (10, 10, 10),
        ),
        # It does not follow yet.
        ((L2,), Read(current=(14,), limit=10, session=CHARGES), (0, 14, 0), (0, 14, 0)),
        # Nobody knows its limit, or its current.
        ((L2,), Read(session=CHARGES), (0, 0, 0), (0, 16, 0)),
        # Its terminals are wired to other phases than their names say.
        (
            (L3, L1, L2),
            Read(current=(6, 0, 0), limit=6, session=CHARGES),
            (0, 0, 6),
            (6, 6, 6),
        ),
        # No car is there; but who has lost its line may have got one meanwhile.
        ((L2,), Read(current=(0,), limit=10), (0, 0, 0), (0, 0, 0)),
        ((L2,), Read(current=(0,), limit=10, online=False), (0, 0, 0), (0, 10, 0)),
    ],
)
def test_a_car_counts_with_what_it_draws_at_least_and_at_most(
    wiring: tuple[Phase, ...], reading: ChargerReading, least: PerPhase, most: PerPhase
) -> None:
    charger = Charger(id="garage", circuit="main", wiring=wiring, maximum=16.0)
    drawn = cars_draw([charger], {"garage": reading}, HOUSE)
    assert drawn == CarsDrawn(least=least, most=most)


def test_cars_on_one_phase_add_up() -> None:
    chargers = [Charger(id=name, circuit="main", wiring=(L2,), maximum=16.0) for name in "ab"]
    readings = {name: Read(current=(8,), limit=8, online=True, session=CHARGES) for name in "ab"}
    drawn = cars_draw(chargers, readings, HOUSE)
    assert drawn == CarsDrawn(least=(0, 16, 0), most=(0, 16, 0))


@pytest.mark.parametrize(
    ("supply", "apart"),
    # Between two of three phases 32 A are 208 V times 32 A, and not twice 120 V; in a split phase they are.
    [("wye_208", 0.268), ("it_230", 0.268), ("split_phase", 0.0), ("three_phase", 0.0)],
)
def test_a_car_between_two_conductors_is_no_more_power_than_it_is(
    supply: str, apart: float
) -> None:
    charger = Charger(id="a", circuit="main", wiring=(L1, L2), maximum=32.0)
    reading = Read(current=(20, 20), limit=32, session=CHARGES)
    drawn = cars_draw([charger], {"a": reading}, SUPPLIES[supply])
    assert (drawn.least, drawn.most) == ((20, 20, 0), (32, 32, 0))
    shares = (drawn.least_apart / 20, drawn.most_apart / 32)
    assert shares == pytest.approx((apart, apart), abs=0.001)


def test_what_cars_draw_is_known_only_where_each_that_is_there_measures() -> None:
    chargers = [Charger(id=name, circuit="main", wiring=(L2,), maximum=16.0) for name in "ab"]
    measures = Read(current=(8,), session=CHARGES)
    # Nobody is at the other one, or nobody knows what is drawn there.
    assert cars_measured(chargers, {"a": measures, "b": Read()}) == (0, 8, 0)
    assert cars_measured(chargers, {"a": measures, "b": Read(session=CHARGES)}) is None


async def test_a_meter_that_has_said_nothing_for_minutes_is_not_taken_in(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    settings = {"kind": "entities", "l1": {"current": "sensor.l1"}}
    hass.states.async_set("sensor.l1", "7", {"unit_of_measurement": "A"})
    trial = await async_try_meter(hass, settings, [L1], 230.0)
    assert (trial.current, trial.words) == ((7, 0, 0), "- L1: 7.0 A")
    freezer.tick(timedelta(minutes=6))
    with pytest.raises(DeviceOfflineError, match="said nothing for 6 minutes"):
        await async_try_meter(hass, settings, [L1], 230.0)


def test_a_calibration_is_stored_and_read_again() -> None:
    calibration = Calibration(gain=(1.1, 1.0, 0.9), offset=(0.0, 0.2, 0.0))
    assert calibration_of({"calibration": stored_calibration(calibration)}) == calibration
    assert calibration_of({}) == UNCALIBRATED
