"""The live limit: sent when it is new, renewed while somebody applies it, and gone by itself."""

from collections.abc import Awaitable, Callable

import pytest

from custom_components.fusewise.devices.ocpp import CentralSystem, ChargerSettings

from .conftest import Eventually
from .peer import MAXIMUM, Clock, Peer, current

type Arrive = Callable[..., Awaitable[Peer]]


async def test_the_live_limit_is_renewed_at_a_third_of_its_life_and_only_by_apply(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage", ChargerSettings(life=30.0))
    peer = await arrive("garage")
    await peer.start()
    for second in range(21):
        await charger.apply(10.0)
        assert len(peer.told("TxProfile")) == 1 + second // 10
        assert peer.let_through() == 10.0
        clock.advance(1.0)
    # Nobody applies any more: it ends by itself, and not later than 30 s after the last renewal.
    clock.advance(29.0 - 1.0)
    assert len(peer.told("TxProfile")) == 3
    clock.advance(1.0)
    assert peer.let_through() == 6.0


async def test_a_changed_limit_is_sent_at_once(central: CentralSystem, arrive: Arrive) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    for amperes in (16.0, 6.0, 0.0, 6.0, 7.3):
        await charger.apply(amperes)
        assert peer.let_through() == amperes
        assert charger.reading.limit == amperes
    assert len(peer.told("TxProfile")) == 5


async def test_limits_are_rounded_down_to_a_tenth_of_an_ampere(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    await charger.apply(9.19)
    assert peer.let_through() == 9.1
    await charger.apply(9.1)
    assert len(peer.told("TxProfile")) == 1


@pytest.mark.parametrize("nonsense", [float("nan"), float("inf"), -1.0])
async def test_nonsense_is_no_limit(central: CentralSystem, nonsense: float) -> None:
    with pytest.raises(ValueError, match="no limit"):
        await central.adopt("garage").apply(nonsense)


async def test_the_reading_tells_what_was_accepted_and_when_it_ends(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage", ChargerSettings(life=30.0))
    peer = await arrive("garage")
    assert charger.reading.limit is None
    await peer.start()
    await charger.apply(12.0)
    reading = charger.reading
    assert reading.limit == 12.0
    assert reading.limit_until is not None
    clock.now = reading.limit_until - 0.1
    assert peer.let_through() == 12.0
    clock.now = reading.limit_until + 0.1
    assert peer.let_through() == 6.0


@pytest.mark.parametrize("ahead", [0.0, 3600.0, -7.25, -56 * 365 * 86400.0])
async def test_a_limit_is_in_force_whatever_the_chargers_clock_shows(
    central: CentralSystem, arrive: Arrive, clock: Clock, ahead: float
) -> None:
    charger = central.adopt("garage", ChargerSettings(life=30.0))
    peer = await arrive("garage", ahead=ahead)
    await peer.start()
    await peer.measure(current(0.0))
    await charger.apply(12.0)
    assert peer.let_through() == 12.0
    clock.advance(25.0)
    assert peer.let_through() == 12.0
    clock.advance(5.0)
    assert peer.let_through() == 6.0


async def test_a_limit_is_told_again_when_the_charger_turns_out_to_have_another_time(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage", ChargerSettings(life=30.0))
    peer = await arrive("garage", ahead=-3000.0)
    await peer.start()
    await charger.apply(12.0)
    assert peer.let_through() == 6.0
    clock.advance(1.0)
    await peer.measure(current(6.0))
    await charger.apply(12.0)
    assert peer.let_through() == 12.0


async def test_a_start_that_waited_for_the_line_does_not_tell_the_time(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.tell_status("Charging")
    await peer.start(timestamp=peer.stamp(ago=1800.0))
    await charger.apply(12.0)
    assert peer.let_through() == 12.0
    session = charger.reading.session
    assert session is not None
    assert session.started == pytest.approx(clock.now - 1800.0, abs=1.0)


async def test_a_clock_that_is_set_back_is_followed(
    central: CentralSystem, arrive: Arrive, clock: Clock
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    peer.ahead = -600.0
    for _ in range(9):
        clock.advance(5.0)
        await peer.measure(current(12.0))
        await charger.apply(12.0)
    assert peer.let_through() == 12.0


async def test_without_a_transaction_no_live_limit_is_sent_and_the_fallback_holds(
    central: CentralSystem, arrive: Arrive, eventually: Eventually
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await eventually(lambda: charger.armed == 6.0)
    await charger.apply(16.0)
    assert peer.told("TxProfile") == []
    assert peer.let_through() == 6.0
    assert charger.reading.limit is None


async def test_the_end_of_a_transaction_ends_its_limit(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage")
    peer = await arrive("garage")
    await peer.start()
    await charger.apply(16.0)
    await peer.stop()
    assert charger.reading.limit is None
    first = peer.told("TxProfile")[0]["transaction_id"]
    await peer.start(meter_start=1)
    await charger.apply(16.0)
    assert peer.let_through() == 16.0
    assert peer.told("TxProfile")[1]["transaction_id"] != first


def test_the_peer_lets_its_maximum_through_without_profiles(clock: Clock) -> None:
    assert Peer(identity="x", clock=clock).let_through() == MAXIMUM
