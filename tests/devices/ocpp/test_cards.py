"""Who may charge at a charger: everybody, those with known cards, or cars without any card."""

from collections.abc import Awaitable, Callable
from typing import Any

import ocpp.v16
import pytest

from custom_components.fusewise.devices.ocpp import CentralSystem, ChargerSettings, autostart
from custom_components.fusewise.devices.ocpp.cards import TAG, may_charge, plain_card

from .conftest import Eventually
from .peer import Peer

call: Any = ocpp.v16.call

type Arrive = Callable[..., Awaitable[Peer]]

KNOWN = ChargerSettings(cards=frozenset({"04A1B2", "001122334455"}))
FREE = ChargerSettings(is_free=True)


@pytest.mark.parametrize(
    ("card", "status"),
    [
        ("04a1b2", "Accepted"),
        ("04:A1:B2", "Accepted"),
        ("VID:001122334455", "Accepted"),
        (TAG, "Accepted"),
        ("04A1B3", "Invalid"),
        ("VID:", "Invalid"),
    ],
)
async def test_only_known_cards_may_charge_where_their_owner_wants_that(
    central: CentralSystem, arrive: Arrive, caplog: pytest.LogCaptureFixture, card: str, status: str
) -> None:
    central.adopt("garage", KNOWN)
    peer = await arrive("garage")
    answer = await peer.say(call.Authorize(id_tag=card))
    assert answer.id_tag_info["status"] == status
    assert ("(ocpp-card-refused)" in caplog.text) is (status == "Invalid")


async def test_a_car_that_begins_with_another_card_is_watched_and_limited_all_the_same(
    central: CentralSystem, arrive: Arrive
) -> None:
    charger = central.adopt("garage", KNOWN)
    peer = await arrive("garage")
    answer = await peer.start(id_tag="04A1B3")
    assert answer.id_tag_info["status"] == "Invalid"
    assert charger.reading.session is not None
    # One that has no clue of cards goes on charging: it gets its limit.
    peer.transaction = answer.transaction_id
    await charger.apply(7.0)
    assert peer.let_through() == 7.0
    central.adopt("garage", ChargerSettings())
    assert (await peer.start(id_tag="04A1B3")).id_tag_info["status"] == "Accepted"


async def test_where_no_card_is_needed_a_car_is_started(
    central: CentralSystem, arrive: Arrive, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autostart, "WAIT", 0.02)
    monkeypatch.setattr(autostart, "AGAIN", 0.02)
    central.adopt("garage", FREE)
    peer = await arrive("garage", refuses=True)
    await peer.tell_status("Preparing")
    await eventually(lambda: len(started(peer)) == autostart.TIMES)
    await peer.tell_status("Available")
    peer.refuses = False
    await peer.tell_status("Preparing")
    await eventually(lambda: len(started(peer)) == autostart.TIMES + 1)
    assert started(peer)[-1] == {"id_tag": TAG, "connector_id": 1}
    await peer.start(id_tag=TAG)
    # What somebody has ended is not begun again, until another car comes.
    before = len(started(peer))
    await peer.stop()
    await peer.tell_status("Preparing")
    await peer.tell_status("Available")
    assert len(started(peer)) == before
    await peer.tell_status("Preparing")
    await eventually(lambda: len(started(peer)) > before)


async def test_a_charger_that_starts_by_itself_or_needs_cards_is_left_alone(
    central: CentralSystem, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autostart, "WAIT", 0.02)
    central.adopt("garage", FREE)
    central.adopt("carport", KNOWN)
    quick, locked = await arrive("garage"), await arrive("carport")
    for peer in (quick, locked):
        await peer.tell_status("Preparing")
    await quick.start()
    asked = len(started(quick))  # 1 where it was slower than we are patient in this test
    for _ in range(10):
        await quick.boot()
        await locked.boot()
    assert len(started(quick)) == asked <= 1
    assert not started(locked)


def started(peer: Peer) -> list[dict[str, Any]]:
    return [payload for action, payload in peer.heard if action == "RemoteStartTransaction"]


def test_an_empty_card_is_nobodys() -> None:
    assert plain_card("VID:") == ""
    assert not may_charge("", frozenset({""}))
    assert may_charge("", None)
