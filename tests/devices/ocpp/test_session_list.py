"""Each session is on the list once, with its energy counted once, whatever the charger does."""

from collections.abc import Awaitable, Callable
from typing import Any

from ocpp.v16 import call as _call
import pytest

from custom_components.fusewise.devices.ocpp import CentralSystem, OcppCharger
from custom_components.fusewise.session_record import SessionRecord
from custom_components.fusewise.sessions import GONE, NEXT, Sessions

from .conftest import Eventually
from .peer import Clock, Peer, current

call: Any = _call

type Arrive = Callable[..., Awaitable[Peer]]


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()


@pytest.fixture
def charger(central: CentralSystem, sessions: Sessions) -> OcppCharger:
    """The garage's charger, whose sessions are listed."""
    charger = central.adopt("garage")
    charger.events.subscribe(lambda event: sessions.take("garage", event))
    return charger


def energy(register: float, **more: Any) -> dict[str, Any]:
    return {"value": str(register), "measurand": "Energy.Active.Import.Register"} | more


def only(sessions: Sessions) -> SessionRecord:
    [record] = sessions.within(None, None, None)
    return record


async def stop(peer: Peer, register: int, ago: float = 0.0, **more: Any) -> None:
    peer.status = "Finishing"
    message = {
        "meter_stop": register,
        "transaction_id": peer.transaction,
        "reason": "EVDisconnected",
    }
    await peer.say(call.StopTransaction(timestamp=peer.stamp(ago), **(message | more)))


async def test_a_session_is_listed_with_all_that_is_known_of_it(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive, clock: Clock
) -> None:
    peer = await arrive("garage")
    began = clock()
    await peer.start(id_tag="CARD", meter_start=1000)
    clock.advance(60)
    await peer.measure(energy(1100), *(current(16.0, phase) for phase in ("L1", "L2", "L3")))
    running = only(sessions)
    assert sessions.open("garage") is running
    assert (running.energy_wh, running.ended) == (100.0, None)
    clock.advance(60)
    await stop(peer, 1250)
    record = only(sessions)
    assert record.energy_wh == 250.0
    assert record.peak_w == pytest.approx(3 * 16 * 230)
    assert (record.card, record.why_ended, record.is_settled) == ("CARD", "EVDisconnected", True)
    assert record.began == pytest.approx(began, abs=1.0)
    assert record.ended == pytest.approx(clock(), abs=1.0)
    assert sessions.open("garage") is None


async def test_a_doubled_start_and_a_doubled_end_are_one_session(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive, clock: Clock
) -> None:
    peer = await arrive("garage")
    stamp = peer.stamp()
    await peer.start(timestamp=stamp)
    await peer.start(timestamp=stamp)
    clock.advance(100)
    await stop(peer, 500)
    ended = only(sessions).ended
    clock.advance(100)
    await stop(peer, 900)
    assert (only(sessions).energy_wh, only(sessions).ended) == (500.0, ended)


async def test_a_late_end_corrects_an_assumed_one(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive, clock: Clock
) -> None:
    peer = await arrive("garage")
    await peer.start()
    clock.advance(600)
    await peer.measure(energy(1000))
    await peer.tell_status("Available")
    assert only(sessions).why_ended == GONE
    clock.advance(600)
    await stop(peer, 1200, ago=700)
    record = only(sessions)
    assert (record.energy_wh, record.why_ended) == (1200.0, "EVDisconnected")
    assert record.ended == pytest.approx(clock() - 700, abs=1.0)


async def test_what_was_charged_while_the_line_was_lost_is_counted_once(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive, clock: Clock, eventually: Eventually
) -> None:
    peer = await arrive("garage")
    await peer.start(meter_start=5000)
    await peer.measure(energy(5100))
    transaction = peer.transaction
    await peer.cut()
    await eventually(lambda: not charger.reading.online)
    clock.advance(3600)
    again = await arrive("garage", boots=False, transaction=transaction, status="Charging")
    await again.measure(energy(9100))
    await again.measure(energy(7000), ago=1800)  # what it had kept comes late
    await again.measure(energy(9200))
    assert only(sessions).energy_wh == 4200.0


async def test_a_meter_that_begins_at_zero_again_takes_no_energy_away(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive, clock: Clock
) -> None:
    peer = await arrive("garage")
    await peer.start(meter_start=70_000)
    for register in (71_000, 71_500, 40, 540):
        clock.advance(300)
        await peer.measure(energy(register))
    assert only(sessions).energy_wh == 1500 + 40 + 500


@pytest.mark.parametrize(
    ("meter_start", "registers", "expected"),
    [
        pytest.param(70_000, (71_000, 0, 71_200), 1200, id="shows zero once, as it starts"),
        pytest.param(70_000, (0, 400, 800, 70_900), 900, id="tells the session's in between"),
        pytest.param(9_000_000, (0, 400, 800, 9_000_900), 900, id="the same, with much behind it"),
        pytest.param(0, (9_000_000, 9_000_500), 500, id="has no meter at the begin"),
    ],
)
async def test_a_meter_that_shows_now_this_and_now_that_counts_nothing_twice(
    charger: OcppCharger,
    sessions: Sessions,
    arrive: Arrive,
    clock: Clock,
    meter_start: int,
    registers: tuple[int, ...],
    expected: float,
) -> None:
    peer = await arrive("garage")
    await peer.start(meter_start=meter_start)
    for register in registers[:-1]:
        clock.advance(300)
        await peer.measure(energy(register))
    clock.advance(300)
    await stop(peer, registers[-1])
    assert only(sessions).energy_wh == expected


async def test_a_meter_that_shakes_counts_nothing_twice(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive, clock: Clock
) -> None:
    peer = await arrive("garage")
    await peer.start(meter_start=70_000)
    for register in (70_100, 70_099, 70_200):
        clock.advance(300)
        await peer.measure(energy(register))
    assert only(sessions).energy_wh == pytest.approx(200, abs=1.0)


@pytest.mark.parametrize(
    "values",
    [
        [energy(1.5, unit="kWh")],
        [{"value": "1500"}],  # the standard's default is the energy, in Wh
        [energy(500, phase=phase) for phase in ("L1", "L2", "L3")],
        [energy(1500), energy(1400, location="EV")],
    ],
)
async def test_energy_is_read_in_every_form_that_chargers_send(
    charger: OcppCharger,
    sessions: Sessions,
    arrive: Arrive,
    values: list[dict[str, Any]],
) -> None:
    peer = await arrive("garage")
    await peer.start()
    await peer.measure(*values)
    assert only(sessions).energy_wh == 1500.0


@pytest.mark.parametrize("value", ["-5", "NaN", "inf", "1e300", "much"])
async def test_energy_that_cannot_be_counts_as_missing(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive, value: str
) -> None:
    peer = await arrive("garage")
    await peer.start()
    await peer.measure({"value": value, "measurand": "Energy.Active.Import.Register"})
    assert only(sessions).energy_wh == 0.0


async def test_a_session_goes_on_after_a_restart_of_home_assistant(
    charger: OcppCharger,
    sessions: Sessions,
    arrive: Arrive,
    clock: Clock,
    eventually: Eventually,
) -> None:
    peer = await arrive("garage")
    stamp = peer.stamp()
    await peer.start(timestamp=stamp, id_tag="CARD")
    await peer.measure(energy(100))
    before, transaction = only(sessions), peer.transaction
    assert transaction is not None
    # A central system that knows nothing, and what was on disk.
    anew = CentralSystem(clock, clock)
    await anew.start("127.0.0.1", 0)
    read = Sessions([record.stored() for record in sessions.records])
    running = read.open("garage")
    assert running == before
    follower = anew.adopt("garage")
    follower.remember(transaction, running.attempt, running.began)
    follower.events.subscribe(lambda event: read.take("garage", event))
    clock.advance(30)
    assert anew.port is not None
    for again_started in (True, False):
        again = Peer(
            identity="garage", clock=clock, boots=False, transaction=transaction, status="Charging"
        )
        await again.connect(anew.port)
        if again_started:
            # It had not heard our answer.
            answer = await again.start(timestamp=stamp, id_tag="CARD")
            assert answer.transaction_id == transaction
        await again.measure(energy(400))
        await again.leave()
    record = only(read)
    assert (record.id, record.energy_wh, record.began) == (before.id, 400.0, before.began)
    assert follower.reading.session is not None
    assert follower.reading.session.started == before.began
    await anew.stop()


async def test_a_session_that_a_restart_finds_by_its_number_keeps_its_begin(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    charger.remember(77, None, clock() - 900)
    peer = await arrive("garage", transaction=77, status="Charging")
    await peer.measure(energy(400))
    session = charger.reading.session
    assert session is not None
    assert session.started == clock() - 900


async def test_a_session_that_is_found_by_its_status_is_the_one_that_ran_before(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive, clock: Clock
) -> None:
    peer = await arrive("garage")
    await peer.start()
    await peer.measure(energy(100))
    await peer.leave()
    # After a restart: a charger whose measurements name no transaction.
    system = CentralSystem(clock, clock)
    await system.start("127.0.0.1", 0)
    read = Sessions([record.stored() for record in sessions.records])
    system.adopt("garage").events.subscribe(lambda event: read.take("garage", event))
    clock.advance(60)
    again = Peer(identity="garage", clock=clock, boots=False, status="Charging")
    assert system.port is not None
    await again.connect(system.port)
    await again.tell_status("Charging")
    await again.measure(energy(250))
    assert only(read).energy_wh == 250.0
    await again.leave()
    await system.stop()


async def test_a_start_that_comes_after_its_status_is_the_same_session(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive, clock: Clock
) -> None:
    peer = await arrive("garage")
    await peer.tell_status("Charging")
    await peer.measure(energy(1300))
    await peer.start(meter_start=1000, id_tag="CARD", timestamp=peer.stamp(600))
    await stop(peer, 1400)
    record = only(sessions)
    assert (record.card, record.energy_wh) == ("CARD", 400.0)


async def test_a_start_in_the_very_second_of_its_status_is_the_same_session(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive, clock: Clock
) -> None:
    peer = await arrive("garage")
    await peer.tell_status("Charging")
    await peer.start(id_tag="CARD", meter_start=1000)
    clock.advance(600)
    await stop(peer, 1500)
    record = only(sessions)
    assert (record.card, record.energy_wh, record.transaction) == ("CARD", 500.0, peer.transaction)


async def test_what_was_charged_without_a_line_counts_though_the_charger_knows_no_number(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive, clock: Clock
) -> None:
    """It tells all of it afterwards, with -1 where it got no number."""
    peer = await arrive("garage")
    clock.advance(7200)
    await peer.start(meter_start=1000, timestamp=peer.stamp(7000))
    await peer.measure(energy(5000), ago=3000, transaction=-1)
    assert only(sessions).energy_wh == 4000.0
    await stop(peer, 9000, ago=100, transaction_id=-1)
    record = only(sessions)
    assert (record.energy_wh, record.why_ended) == (8000.0, "EVDisconnected")
    assert charger.reading.session is None


async def test_a_session_whose_end_never_came_ends_where_the_next_begins(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive, clock: Clock
) -> None:
    peer = await arrive("garage")
    await peer.start()
    clock.advance(60)
    await peer.measure(energy(100))
    last_heard = clock()
    clock.advance(3600)
    await peer.start(meter_start=100)
    first, second = sessions.within(None, None, None)
    assert (first.why_ended, second.ended) == (NEXT, None)
    assert first.ended == pytest.approx(last_heard, abs=1.0)


async def test_a_charger_without_power_ends_its_session_when_it_is_back(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive, clock: Clock
) -> None:
    peer = await arrive("garage")
    await peer.start()
    await peer.measure(energy(100))
    await peer.cut()
    clock.advance(900)
    again = await arrive("garage", transaction=peer.transaction)
    await stop(again, 120, ago=890, reason="PowerLoss")
    record = only(sessions)
    assert (record.why_ended, record.energy_wh) == ("PowerLoss", 120.0)


async def test_what_happens_while_nobody_listens_is_told_later(
    central: CentralSystem, sessions: Sessions, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    leave = charger.events.subscribe(lambda event: sessions.take("garage", event))
    leave()
    await peer.start()
    await stop(peer, 500)
    assert not sessions.within(None, None, None)
    charger.events.subscribe(lambda event: sessions.take("garage", event))
    assert only(sessions).energy_wh == 500.0


@pytest.mark.parametrize("listens", ["always", "after the end", "after the echo"])
async def test_a_status_that_overtakes_the_end_of_its_session_is_no_other_session(
    central: CentralSystem, sessions: Sessions, arrive: Arrive, clock: Clock, listens: str
) -> None:
    """It was asked for before the end; during a reload nobody listens for a moment."""
    charger = central.adopt("garage")

    def listen() -> Callable[[], None]:
        return charger.events.subscribe(lambda event: sessions.take("garage", event))

    leave = listen()
    peer = await arrive("garage")
    await peer.start(meter_start=1000)
    clock.advance(600)
    await peer.measure(energy(2000))
    if listens != "always":
        leave()
    await stop(peer, 2500)
    if listens == "after the end":
        listen()
    await peer.tell_status("Charging")
    if listens == "after the echo":
        listen()
    await peer.measure(energy(2500))
    await peer.measure(energy(2400), ago=1)  # it came late
    assert only(sessions).energy_wh == 1500.0
    clock.advance(5)
    await peer.tell_status("Finishing")
    await peer.start(meter_start=2500)
    await stop(peer, 2600)
    assert [record.energy_wh for record in sessions.within(None, None, None)] == [1500.0, 100.0]


@pytest.mark.parametrize("proof", ["a meter that counts", "a current", "time", "a long time"])
async def test_a_car_that_goes_on_after_the_end_of_its_session_is_listed_with_what_it_charges(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive, clock: Clock, proof: str
) -> None:
    peer = await arrive("garage")
    await peer.start(meter_start=1000)
    clock.advance(600)
    await stop(peer, 2500)
    peer.transaction = None
    await peer.tell_status("Charging")
    assert only(sessions).why_ended
    match proof:
        case "a meter that counts":
            await peer.measure(energy(2600))
        case "a current":
            await peer.measure(current(7.0, "L1"))
        case "time":
            clock.advance(61)
            await peer.measure(energy(2500))
        case _:
            clock.advance(61)
            await peer.tell_status("Available")
    assert len(sessions.records) == 2
    await peer.measure(energy(2600))
    first, second = sessions.within(None, None, None)
    assert (first.energy_wh, second.ended is None) == (1500.0, proof != "a long time")
    assert second.energy_wh == (0.0 if proof == "a long time" else 100.0)


async def test_an_end_that_a_reload_has_not_heard_of_yet_ends_it_for_good(
    central: CentralSystem, sessions: Sessions, arrive: Arrive
) -> None:
    """What was stored says that it runs; a start like the one before is another session."""
    charger = central.adopt("garage")
    leave = charger.events.subscribe(lambda event: sessions.take("garage", event))
    peer = await arrive("garage")
    stamp = peer.stamp()  # a clock that stands still
    await peer.start(timestamp=stamp)
    leave()
    await stop(peer, 500)
    running = sessions.open("garage")
    assert running is not None
    assert running.transaction is not None
    charger.remember(running.transaction, running.attempt, running.began)
    charger.events.subscribe(lambda event: sessions.take("garage", event))
    await peer.start(timestamp=stamp)
    await stop(peer, 700)
    assert [record.energy_wh for record in sessions.within(None, None, None)] == [500.0, 700.0]


async def test_an_end_that_nobody_knows_changes_nothing(
    charger: OcppCharger, sessions: Sessions, arrive: Arrive
) -> None:
    peer = await arrive("garage", transaction=4711)
    await stop(peer, 500)
    assert not sessions.within(None, None, None)


def test_sessions_are_found_by_time_and_charger() -> None:
    sessions = Sessions(
        {"id": f"{charger}-{began}", "charger": charger, "began": began, "ended": ended}
        for charger, began, ended in (("a", 100.0, 200.0), ("b", 150.0, 300.0), ("a", 400.0, None))
    )

    def found(begin: float | None, end: float | None, *chargers: str) -> list[str]:
        return [record.id for record in sessions.within(begin, end, chargers or None)]

    assert found(None, None) == ["a-100.0", "b-150.0", "a-400.0"]
    assert found(250, 400) == ["b-150.0"]
    assert found(10_000, None) == ["a-400.0"]  # it still runs
    assert found(None, None, "a") == ["a-100.0", "a-400.0"]


def test_what_a_newer_version_has_stored_is_read_all_the_same() -> None:
    stored = {"id": "a-1", "charger": "a", "began": 1.0, "attempt": ["CARD", 0, "x"], "new": 1}
    [record] = Sessions([stored]).within(None, None, None)
    assert record.attempt == ("CARD", 0, "x")


def test_what_has_bound_a_session_is_counted() -> None:
    sessions = Sessions([{"id": "a-1", "charger": "a", "began": 1.0}])
    for reason in ("fuse", "fuse", "car"):
        sessions.limited("a", reason, 2.0)
    sessions.limited("nobody", "fuse", 2.0)
    [record] = sessions.within(None, None, None)
    assert record.limited_by == {"fuse": 4.0, "car": 2.0}
