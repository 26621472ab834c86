"""A meter made of entities is as good as they are, and no better."""

import asyncio
from collections.abc import AsyncGenerator, Callable
import contextlib
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.fusewise.balancing.model import PerPhase
from custom_components.fusewise.devices.calibration import Calibration
from custom_components.fusewise.devices.entity import (
    CarsDrawn,
    EntityMeter,
    MeterEntities,
    Quantities,
)
from homeassistant.core import HomeAssistant

RATING = (25.0, 25.0, 25.0)
NONE = Quantities()

type Open = Callable[..., Any]


class Clock:
    """The controller's clock, set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def opened(hass: HomeAssistant, clock: Clock) -> AsyncGenerator[Open]:
    """Opens a meter and lets it listen."""
    running: list[asyncio.Task[None]] = []

    async def open_(entities: MeterEntities, **more: Any) -> EntityMeter:
        meter = EntityMeter(hass, entities, clock, **({"rating": RATING} | more))
        running.append(asyncio.create_task(meter.run()))
        await asyncio.sleep(0)
        return meter

    yield open_
    for task in running:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def show(hass: HomeAssistant, entity: str, value: object, unit: str | None = None) -> None:
    attributes = {"unit_of_measurement": unit} if unit else {}
    hass.states.async_set(f"sensor.{entity}", str(value), attributes)


async def settle() -> None:
    """Let the meter put together what came at one time."""
    await asyncio.sleep(0.07)


def phases(*fields: str) -> MeterEntities:
    l1, l2, l3 = (
        Quantities(**{field: f"sensor.{field}_{phase}" for field in fields})
        for phase in ("l1", "l2", "l3")
    )
    return MeterEntities(phases=(l1, l2, l3))


def three(hass: HomeAssistant, field: str, *values: object, unit: str) -> None:
    for phase, value in zip(("l1", "l2", "l3"), values, strict=True):
        show(hass, f"{field}_{phase}", value, unit)


@pytest.mark.parametrize(
    ("unit", "values"),
    [("A", (3.2, -1.5, 0)), ("mA", (3200, -1500, 0)), (None, (3.2, -1.5, 0))],
)
async def test_currents_are_read_in_any_unit(
    hass: HomeAssistant, opened: Open, unit: Any, values: tuple[float, ...]
) -> None:
    three(hass, "current", *values, unit=unit)
    meter = await opened(phases("current"))
    assert meter.reading.current == pytest.approx((3.2, -1.5, 0))


@pytest.mark.parametrize(("unit", "values"), [("W", (460, -230, 0)), ("kW", (0.46, -0.23, 0))])
async def test_a_power_and_a_voltage_make_a_current(
    hass: HomeAssistant, opened: Open, unit: str, values: tuple[float, ...]
) -> None:
    three(hass, "power", *values, unit=unit)
    three(hass, "voltage", 230, 230, 230, unit="V")
    meter = await opened(phases("power", "voltage"))
    assert meter.reading.current == pytest.approx((2, -1, 0))
    assert meter.voltage == (230, 230, 230)


@pytest.mark.parametrize("voltage", [None, "unavailable", 12, 2300])
async def test_a_power_without_a_believable_voltage_is_counted_on_the_safe_side(
    hass: HomeAssistant, opened: Open, voltage: Any
) -> None:
    three(hass, "power", 2070, -2530, 0, unit="W")
    fields = ["power"]
    if voltage is not None:
        three(hass, "voltage", voltage, voltage, voltage, unit="V")
        fields.append("voltage")
    meter = await opened(phases(*fields))
    # The most that 2070 W can be, and the least that may be exported.
    assert meter.reading.current == pytest.approx((10, -10, 0))


async def test_imported_and_exported_may_be_two_entities(hass: HomeAssistant, opened: Open) -> None:
    three(hass, "power", 0.46, 0, 0, unit="kW")
    three(hass, "exported", 0, 0.92, 0, unit="kW")
    three(hass, "voltage", 230, 230, 230, unit="V")
    meter = await opened(phases("power", "exported", "voltage"))
    assert meter.reading.current == pytest.approx((2, -4, 0))


async def test_a_current_without_sign_gets_it_from_the_power(
    hass: HomeAssistant, opened: Open
) -> None:
    # A Dutch smart meter: whole amperes without a sign, beside watts.
    three(hass, "current", 3, 2, 5, unit="A")
    three(hass, "power", 500, 598, -920, unit="W")
    three(hass, "voltage", 230, 230, 230, unit="V")
    meter = await opened(phases("current", "power", "voltage"))
    assert meter.reading.current == pytest.approx((3, 2.6, -4))


async def test_a_total_alone_is_counted_on_every_phase_but_for_the_cars(
    hass: HomeAssistant,
) -> None:
    show(hass, "total", 3 * 16 * 230 + 460, "W")
    show(hass, "voltage", 230, "V")
    total = Quantities(power="sensor.total", voltage="sensor.voltage")
    meter = EntityMeter(hass, MeterEntities(total=total), lambda: 0.0, rating=RATING)
    meter.cars_draw = lambda: CarsDrawn(least=(16, 16, 16), most=(16, 16, 16))
    assert meter.read().current == pytest.approx((18, 18, 18))
    # A car on one phase.
    show(hass, "total", 16 * 230 + 460, "W")
    meter.cars_draw = lambda: CarsDrawn(least=(0, 16, 0), most=(0, 16, 0))
    assert meter.read().current == pytest.approx((2, 18, 2))
    assert meter.read().rest == pytest.approx(2)


async def test_a_car_that_rises_between_its_samples_is_not_taken_for_the_house(
    hass: HomeAssistant,
) -> None:
    show(hass, "total", (3 * 6 + 2) * 230, "W")
    show(hass, "voltage", 230, "V")
    total = Quantities(power="sensor.total", voltage="sensor.voltage")
    meter = EntityMeter(hass, MeterEntities(total=total), lambda: 0.0, rating=RATING)
    meter.cars_draw = lambda: CarsDrawn(least=(6, 6, 6), most=(6, 6, 6))
    assert meter.read().current == pytest.approx((8, 8, 8))
    # It was told 10 A, and its own sample is not there yet.
    meter.cars_draw = lambda: CarsDrawn(least=(6, 6, 6), most=(10, 10, 10))
    show(hass, "total", (3 * 10 + 2) * 230, "W")
    assert meter.read().current == pytest.approx((12, 12, 12))
    # More than the car can have taken is the house, and shows at once.
    show(hass, "total", (3 * 10 + 7) * 230, "W")
    assert meter.read().current == pytest.approx((17, 17, 17))


async def test_a_sun_that_only_the_total_shows_makes_no_room(
    hass: HomeAssistant, opened: Open
) -> None:
    show(hass, "total", -5000, "W")
    meter = await opened(MeterEntities(total=Quantities(power="sensor.total")))
    assert meter.reading.current == (0, 0, 0)
    # But it is told what is left over in all, for those who want the sun alone.
    assert meter.reading.rest == pytest.approx(-5000 / 230 / 1.1)
    meter.calibration = Calibration(gain=(1.1, 1.1, 1.1))
    assert meter.reading.rest == pytest.approx(-5000 / 230)


async def test_a_house_on_one_phase_is_measured_by_its_total(
    hass: HomeAssistant, opened: Open
) -> None:
    show(hass, "total", -4.6, "kW")
    show(hass, "voltage", 230, "V")
    total = Quantities(power="sensor.total", voltage="sensor.voltage")
    meter = await opened(MeterEntities(total=total), rating=(35.0, 0.0, 0.0))
    assert meter.reading.current == pytest.approx((-20, 0, 0))


async def test_a_phase_that_does_not_exist_needs_no_entity(
    hass: HomeAssistant, opened: Open
) -> None:
    show(hass, "current_l1", 4, "A")
    l1 = Quantities(current="sensor.current_l1")
    entities = MeterEntities(phases=(l1, NONE, NONE))
    meter = await opened(entities, rating=(35.0, 0.0, 0.0))
    assert meter.reading.current == (4, 0, 0)
    meter = await opened(entities)
    assert meter.reading is None
    assert "Nothing measures L2" in str(meter.problem)


async def test_an_unchanged_value_that_is_reported_again_is_fresh(
    hass: HomeAssistant, opened: Open, clock: Clock
) -> None:
    three(hass, "current", 3, 2, 1, unit="A")
    meter = await opened(phases("current"))
    heard: list[float] = []
    unsubscribe = meter.subscribe(lambda: heard.append(meter.reading.measured_at))
    for _ in range(6):
        clock.now += 2
        three(hass, "current", 3, 2, 1, unit="A")
        await settle()
    assert heard == [1002, 1004, 1006, 1008, 1010, 1012]
    # And how often it comes is learnt.
    assert meter.reading.interval == 2
    unsubscribe()
    three(hass, "current", 3, 2, 1, unit="A")
    await settle()
    assert len(heard) == 6


async def test_one_outage_does_not_make_a_meter_slow(
    hass: HomeAssistant, opened: Open, clock: Clock
) -> None:
    three(hass, "current", 3, 2, 1, unit="A")
    meter = await opened(phases("current"))
    assert meter.reading.interval == 10  # not known yet
    for gap in (1, 1, 600, 1, 1):
        clock.now += gap
        three(hass, "current", 3, 2, 1, unit="A")
        await settle()
    assert meter.reading.interval == pytest.approx(1, abs=0.3)  # and a slow machine
    for _ in range(8):
        clock.now += 7200
        three(hass, "current", 3, 2, 1, unit="A")
        await settle()
    assert meter.reading.interval == 300


async def test_a_telegram_is_one_sample(hass: HomeAssistant, opened: Open, clock: Clock) -> None:
    three(hass, "power", 100, 0, 0, unit="W")
    three(hass, "exported", 0, 0, 0, unit="W")
    meter = await opened(phases("power", "exported"))
    heard: list[Any] = []
    meter.subscribe(lambda: heard.append(meter.reading.current))
    clock.now += 1
    three(hass, "power", 0, 0, 0, unit="W")
    three(hass, "exported", 100, 0, 0, unit="W")
    await settle()
    assert len(heard) == 1


async def test_a_phase_that_freezes_makes_the_whole_meter_old(
    hass: HomeAssistant, opened: Open, clock: Clock
) -> None:
    three(hass, "current", 3, 2, 1, unit="A")
    meter = await opened(phases("current"))
    for _ in range(6):
        clock.now += 1
        three(hass, "current", 3, 2, 1, unit="A")
        await settle()
    frozen_at = clock.now
    for _ in range(8):
        clock.now += 1
        show(hass, "current_l1", 4, "A")
        show(hass, "current_l3", 1, "A")
        await settle()
    assert meter.reading.measured_at == frozen_at


async def test_an_old_voltage_does_not_make_the_meter_old(
    hass: HomeAssistant, opened: Open, clock: Clock
) -> None:
    three(hass, "power", 230, 0, 0, unit="W")
    three(hass, "voltage", 230, 230, 230, unit="V")
    meter = await opened(phases("power", "voltage"))
    for _ in range(20):
        clock.now += 1
        three(hass, "power", 230, 0, 0, unit="W")
        await settle()
    assert meter.reading.measured_at == clock.now


async def test_what_was_said_before_the_start_is_as_old_as_it_is(
    hass: HomeAssistant, opened: Open, freezer: FrozenDateTimeFactory
) -> None:
    three(hass, "current", 3, 2, 1, unit="A")
    freezer.tick(timedelta(minutes=2))
    meter = await opened(phases("current"))
    assert meter.reading.measured_at == pytest.approx(880, abs=0.5)


@pytest.mark.parametrize("value", ["unavailable", "unknown", "warm", "nan", "inf", ""])
async def test_what_is_no_number_is_missing(
    hass: HomeAssistant, opened: Open, clock: Clock, value: str
) -> None:
    three(hass, "current", 3, 2, 1, unit="A")
    meter = await opened(phases("current"))
    clock.now += 1
    show(hass, "current_l2", value, "A")
    await settle()
    # The last sample stays, and gets older.
    assert (meter.reading.current, meter.reading.measured_at) == (
        (3, 2, 1),
        pytest.approx(1000, abs=0.5),
    )
    assert f"sensor.current_l2 is {value!r}" in str(meter.problem)
    show(hass, "current_l2", 2.5, "A")
    await settle()
    assert meter.problem is None
    assert meter.reading.current == (3, 2.5, 1)


async def test_an_entity_that_vanishes_is_named(
    hass: HomeAssistant, opened: Open, clock: Clock
) -> None:
    three(hass, "current", 3, 2, 1, unit="A")
    meter = await opened(phases("current"))
    clock.now += 1
    hass.states.async_remove("sensor.current_l3")
    await settle()
    assert meter.reading.measured_at == pytest.approx(1000, abs=0.5)
    assert "There is no entity sensor.current_l3" in str(meter.problem)


async def test_an_entity_that_changes_its_unit_is_still_understood(
    hass: HomeAssistant, opened: Open
) -> None:
    three(hass, "current", 3, 2, 1, unit="A")
    meter = await opened(phases("current"))
    three(hass, "current", 4000, 3000, 2000, unit="mA")
    await settle()
    assert meter.reading.current == (4, 3, 2)
    three(hass, "current", 20, 20, 20, unit="°C")
    await settle()
    assert meter.reading.current == (4, 3, 2)
    assert "is in °C, which is no current" in str(meter.problem)


async def test_a_total_may_be_a_current(hass: HomeAssistant, opened: Open) -> None:
    show(hass, "total", 6, "A")
    meter = await opened(MeterEntities(total=Quantities(current="sensor.total")))
    assert meter.reading.current == (6, 6, 6)
    assert meter.reading.rest == 6


async def test_a_house_behind_a_total_hides_behind_no_car_between_two_phases(
    hass: HomeAssistant,
) -> None:
    # 120/208 V: a car takes 32 A between L1 and L2, and the house 8 A on L1.
    show(hass, "total", 32 * 208 + 8 * 120, "W")
    show(hass, "voltage", 120, "V")
    total = Quantities(power="sensor.total", voltage="sensor.voltage")
    entities = MeterEntities(total=total)
    meter = EntityMeter(hass, entities, lambda: 0.0, rating=(100.0,) * 3, voltage=120.0)
    apart = 32 * (2 - 208 / 120)
    cars: PerPhase = (32, 32, 0)
    meter.cars_draw = lambda: CarsDrawn(least=cars, most=cars, least_apart=apart, most_apart=apart)
    assert meter.read().current == pytest.approx((40, 40, 8))


async def test_a_total_of_a_split_phase_counts_a_load_between_both_legs_on_each(
    hass: HomeAssistant,
) -> None:
    # 120/240 V: a car takes 32 A between both legs, and an oven 20 A.
    show(hass, "total", (32 + 20) * 240, "W")
    total = Quantities(power="sensor.total")
    entities = MeterEntities(total=total)
    meter = EntityMeter(hass, entities, lambda: 0.0, rating=(100.0, 100.0, 0.0), voltage=120.0)
    cars: PerPhase = (32, 32, 0)
    meter.cars_draw = lambda: CarsDrawn(least=cars, most=cars)
    leg = meter.read().current[0]
    # On the safe side: nobody knows that it is not all on one leg, nor the voltage.
    assert leg >= 32 + 20
    assert meter.read().current == pytest.approx((leg, leg, 0))
