"""What the entities of a charger show is understood: its status, what its car draws, where it is."""

from typing import Any

import pytest

from custom_components.fusewise.balancing.model import ChargerStatus
from homeassistant.core import Context

from .things import ALL, Open, Thing, status


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("disconnected", ChargerStatus.AVAILABLE),
        ("Not Connected", ChargerStatus.AVAILABLE),
        ("awaiting_start", ChargerStatus.PREPARING),
        ("SuspendedEVSE", ChargerStatus.SUSPENDED_EVSE),
        ("Paused", ChargerStatus.SUSPENDED_EVSE),
        ("completed", ChargerStatus.FINISHING),
        ("error", ChargerStatus.FAULTED),
        ("something new", ChargerStatus.PREPARING),
        ("sleepy", ChargerStatus.SUSPENDED_EV),
    ],
)
async def test_a_status_is_understood(
    opened: Open, thing: Thing, shown: str, expected: ChargerStatus
) -> None:
    thing.show("sensor.status", shown)
    charger = opened(**ALL, statuses={"sleepy": "suspended_ev"})
    assert charger.reading.status is expected
    # Only where a car may be, there is a session.
    plugged = expected not in (ChargerStatus.AVAILABLE, ChargerStatus.FAULTED)
    assert (charger.reading.session is not None) is plugged


@pytest.mark.parametrize("missing", ["unavailable", "unknown"])
async def test_a_status_that_is_missing_is_what_it_was(
    opened: Open, thing: Thing, missing: str
) -> None:
    thing.show("sensor.status", missing)
    charger = opened(**ALL)
    assert status(charger) is ChargerStatus.PREPARING  # a car may be there
    thing.show("sensor.status", "disconnected")
    thing.show("sensor.status", missing)
    assert status(charger) is ChargerStatus.AVAILABLE


@pytest.mark.parametrize(
    ("currents", "power", "limit", "expected"),
    [
        ((8, 8, 0), None, 16, (8, 8, 0)),
        ((8,), 5520, 16, (8, 8, 8)),
        ((8,), 1840, 16, (8, 0, 0)),
        ((8,), None, 16, None),
        ((0.2,), None, 16, (0.2, 0.2, 0.2)),
        ((), 11040, 16, (16, 16, 16)),
        ((), 3680, 16, None),  # one phase with 16 A, or three with 5.3 A
        ((), 115, 16, (0.5 / 3, 0.5 / 3, 0.5 / 3)),
        ((8, "unavailable", 8), None, 16, None),
        (("nan",), 5520, 16, None),
    ],
)
async def test_what_a_car_draws_is_told_only_as_far_as_it_is_known(
    opened: Open, thing: Thing, currents: tuple[Any, ...], power: Any, limit: float, expected: Any
) -> None:
    thing.show("number.limit", limit)
    for number, value in enumerate(currents):
        thing.show(f"sensor.l{number}", value, unit_of_measurement="A")
    roles: dict[str, Any] = {"currents": tuple(f"sensor.l{n}" for n in range(len(currents)))}
    if power is not None:
        thing.show("sensor.power", power / 1000, unit_of_measurement="kW")
        roles["power"] = "sensor.power"
    charger = opened(**ALL, **roles)
    drawn = charger.reading.current
    assert drawn == (None if expected is None else pytest.approx(expected))


async def test_a_measurement_is_as_old_as_its_last_report(opened: Open, thing: Thing) -> None:
    thing.show("sensor.l1", 6, unit_of_measurement="A")
    charger = opened(conductors=1, **ALL, currents=("sensor.l1",))
    thing.now = 1050
    thing.show("sensor.l1", 6)  # the same again
    assert charger.reading.measured_at == 1050
    thing.now = 1060
    thing.show("sensor.l1", "unknown")
    assert (charger.reading.measured_at, charger.reading.current) == (1050, None)


async def test_a_vehicle_that_is_elsewhere_is_left_alone(opened: Open, thing: Thing) -> None:
    thing.show("device_tracker.car", "not_home")
    thing.show("sensor.l1", 200, unit_of_measurement="A")  # a fast charger on the motorway
    charger = opened(conductors=1, **ALL, currents=("sensor.l1",), presence="device_tracker.car")
    reading = charger.reading
    assert (reading.status, reading.online) == (ChargerStatus.AVAILABLE, True)
    assert (reading.current, reading.limit, reading.session) == (None, None, None)
    await charger.apply(0)
    thing.show("number.limit", 32, context=Context(user_id="anna"))
    assert thing.told() == []
    assert charger.second_hand is None
    # It comes home; where nobody knows, it is where it was.
    thing.show("device_tracker.car", "home")
    thing.show("device_tracker.car", "unavailable")
    await charger.apply(0)
    assert thing.told() == [("switch.charging", "turn_off")]


async def test_a_charger_that_calls_a_pause_finished_may_charge_again(
    opened: Open, thing: Thing
) -> None:
    """A Zaptec shows connected_finished for a car that is full and for one that was paused."""
    charger = opened(**ALL)
    await charger.apply(0)
    thing.show("sensor.status", "finished")
    assert status(charger) is ChargerStatus.SUSPENDED_EVSE
    # It may go on, and takes its time until it does.
    await charger.apply(10)
    thing.now += 100
    assert status(charger) is ChargerStatus.SUSPENDED_EV
    thing.show("sensor.status", "charging")
    assert status(charger) is ChargerStatus.CHARGING
    # What ends while it may charge is the car's own doing, also after a pause.
    thing.show("sensor.status", "finished")
    assert status(charger) is ChargerStatus.FINISHING
    await charger.apply(0)
    assert status(charger) is ChargerStatus.FINISHING


async def test_a_car_that_does_not_go_on_after_a_pause_is_full(opened: Open, thing: Thing) -> None:
    charger = opened(**ALL)
    await charger.apply(0)
    thing.show("sensor.status", "finished")
    await charger.apply(10)
    assert status(charger) is ChargerStatus.SUSPENDED_EV
    thing.now += 300
    assert status(charger) is ChargerStatus.FINISHING
    await charger.apply(0)
    assert status(charger) is ChargerStatus.FINISHING
