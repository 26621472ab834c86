"""Which car is at a charger, across doubled messages, lost lines and restarts."""

from collections.abc import Awaitable, Callable

import pytest

from custom_components.fusewise.balancing.model import ChargerStatus
from custom_components.fusewise.devices.ocpp import CentralSystem, ChargerSettings, Way

from .conftest import Eventually
from .peer import Clock, Peer, current

type Arrive = Callable[..., Awaitable[Peer]]


async def test_a_transaction_is_a_session(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.tell_status("Preparing")
    before = charger.reading
    assert (before.status, before.session) == (ChargerStatus.PREPARING, None)
    answer = await peer.start()
    assert answer.id_tag_info["status"] == "Accepted"
    session = charger.reading.session
    assert session is not None
    assert session.started == clock.now
    await peer.stop()
    assert charger.reading.session is None


async def test_transactions_never_have_the_same_number(
    central: CentralSystem, arrive: Arrive
) -> None:
    central.adopt("garage")
    peer = await arrive("garage")
    numbers, sessions = [], set()
    for k in range(5):
        numbers.append((await peer.start(meter_start=k)).transaction_id)
        session = central.chargers["garage"].reading.session
        assert session is not None
        sessions.add(session.id)
        await peer.stop()
    assert len(set(numbers)) == len(sessions) == 5
    assert all(0 < number < 2**31 for number in numbers)


async def test_a_start_that_is_sent_twice_is_one_transaction(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    stamp = peer.stamp()
    first = await peer.start(timestamp=stamp)
    session = charger.reading.session
    second = await peer.start(timestamp=stamp)
    assert first.transaction_id == second.transaction_id
    assert charger.reading.session == session


async def test_a_start_of_a_charger_without_a_clock_is_new_each_time(
    central: CentralSystem, arrive: Arrive
) -> None:
    central.adopt("garage")
    peer = await arrive("garage")
    stamp = "1970-01-01T00:00:00Z"
    first = await peer.start(timestamp=stamp)
    await peer.stop()
    second = await peer.start(timestamp=stamp)
    assert first.transaction_id != second.transaction_id
    assert central.chargers["garage"].reading.session is not None


@pytest.mark.parametrize("stamp", ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31"])
async def test_a_stamp_that_cannot_be_means_now(
    central: CentralSystem, arrive: Arrive, clock: Clock, stamp: str
) -> None:
    """A limit that counts from the begin would else live for half a century, or begin in eight thousand years."""
    charger = central.adopt("garage", ChargerSettings(way=Way.TX_RELATIVE))
    peer = await arrive("garage")
    await peer.start(timestamp=stamp)
    session = charger.reading.session
    assert session is not None
    assert session.started == clock()
    await charger.apply(9.0)
    [told] = peer.told("TxProfile")
    assert told["charging_schedule"]["duration"] == 30


async def test_a_stop_that_comes_late_or_twice_leaves_the_next_session_alone(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    old = peer.transaction
    await peer.stop()
    await peer.start(meter_start=1)
    new = peer.transaction
    session = charger.reading.session
    peer.transaction = old
    await peer.stop()
    assert charger.reading.session == session
    peer.transaction = new
    await peer.stop()
    assert charger.reading.session is None


async def test_a_session_survives_a_lost_line(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    session = charger.reading.session
    await peer.cut()
    await eventually(lambda: not charger.reading.online)
    peer.boots = False
    assert central.port is not None
    await peer.connect(central.port)
    await peer.tell_status()
    await peer.measure(current(10.0))
    assert charger.reading.session == session


async def test_a_transaction_that_runs_already_is_learnt_when_the_charger_comes(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    """Home Assistant was restarted while a car charged."""
    charger = central.adopt("garage")
    peer = await arrive(
        "garage", status="Charging", transaction=4711, meter_values=[current(9.5, "L1")]
    )
    await eventually(lambda: charger.reading.current is not None)
    assert charger.reading.status is ChargerStatus.CHARGING
    assert charger.reading.session is not None
    await charger.apply(8.0)
    assert peer.told("TxProfile")[0]["transaction_id"] == 4711
    assert peer.let_through() == 8.0
    await peer.stop()
    assert charger.reading.session is None


async def test_a_transaction_is_learnt_by_its_status_alone(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", status="SuspendedEV", transaction=4711)
    await eventually(lambda: charger.reading.session is not None)
    await charger.apply(8.0)
    assert "transaction_id" not in peer.told("TxProfile")[0]
    assert peer.let_through() == 8.0
    # Its number comes with the first measurement: the session stays the same, the limit names it.
    session = charger.reading.session
    await peer.measure(current(8.0))
    assert charger.reading.session == session
    await charger.apply(8.0)
    assert peer.told("TxProfile")[1]["transaction_id"] == 4711


async def test_a_transaction_is_learnt_by_its_measurements_alone(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", transaction=4711)
    await peer.measure(current(8.0))
    assert charger.reading.session is not None
    await charger.apply(7.0)
    assert peer.told("TxProfile")[0]["transaction_id"] == 4711


@pytest.mark.parametrize("number", [-1, 0])
async def test_a_number_that_stands_for_none_is_no_transaction(
    central: CentralSystem, arrive: Arrive, number: int
) -> None:
    """Some say -1 for a session that they have begun without a line, and some 0 where there is none."""
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.measure(current(8.0), transaction=number)
    assert charger.reading.session is None


async def test_a_session_that_was_learnt_by_its_status_ends_by_it(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage", status="Charging")
    await eventually(lambda: charger.reading.session is not None)
    await peer.tell_status("Finishing")
    assert charger.reading.session is None


async def test_a_session_with_a_number_goes_on_until_its_end_is_told(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    session = charger.reading.session
    for status in ("Preparing", "Finishing"):
        await peer.tell_status(status)
        assert charger.reading.session == session
    await peer.stop()
    assert charger.reading.session is None


async def test_a_car_that_is_gone_ends_its_session(central: CentralSystem, arrive: Arrive) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    await peer.measure(current(10.0, "L1"))
    await peer.tell_status("Available")
    assert charger.reading.session is None
    assert charger.reading.current == (0.0, 0.0, 0.0)


async def test_measurements_of_a_transaction_that_is_over_do_not_bring_it_back(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    number = peer.transaction
    await peer.stop()
    await peer.measure(current(10.0), ago=3.0, transaction=number)
    assert charger.reading.session is None


async def test_what_happens_at_a_connector_that_is_not_served_is_not_let_through(
    central: CentralSystem, arrive: Arrive, caplog: pytest.LogCaptureFixture
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    answer = await peer.start(connector_id=2)
    assert answer.id_tag_info["status"] == "Blocked"
    await peer.tell_status("Charging", connector=2)
    assert charger.reading.session is None
    assert "connector 2, which is not added to Fusewise (ocpp-refused)" in caplog.text


async def test_the_status_of_the_station_is_not_that_of_its_connector(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.tell_status("Preparing")
    await peer.tell_status("Faulted", connector=0)
    assert charger.reading.status is ChargerStatus.PREPARING


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("SuspendedEVSE", ChargerStatus.SUSPENDED_EVSE),
        ("SuspendedEV", ChargerStatus.SUSPENDED_EV),
        ("Finishing", ChargerStatus.FINISHING),
        ("Reserved", ChargerStatus.UNAVAILABLE),
        ("Unavailable", ChargerStatus.UNAVAILABLE),
        ("Faulted", ChargerStatus.FAULTED),
    ],
)
async def test_every_status_of_the_standard_is_known(
    central: CentralSystem, arrive: Arrive, said: str, status: ChargerStatus
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.tell_status(said)
    assert charger.reading.status is status
