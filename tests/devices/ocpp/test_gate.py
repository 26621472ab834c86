"""Chargers come in with their passwords, from the networks that are allowed; nobody else does."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from http import HTTPStatus
import ipaddress
import logging

from aiohttp import ClientSession, WSServerHandshakeError
import pytest
from websockets.exceptions import InvalidStatus

from custom_components.fusewise.devices.ocpp import (
    CentralSystem,
    PasswordChange,
    Refusal,
    Visit,
    central_system,
    gate,
    hashed,
    new_password,
)
from custom_components.fusewise.devices.ocpp.passwords import fits

from .conftest import Eventually
from .peer import Peer

type Arrive = Callable[..., Awaitable[Peer]]

PASSWORD = "00112233445566778899aabbccddeeff"


@pytest.fixture
def visits(central: CentralSystem, monkeypatch: pytest.MonkeyPatch) -> list[Visit]:
    """What the gate tells of everybody who comes; wrong passwords are slowed down a little only."""
    monkeypatch.setattr(gate, "FIRST_DELAY", 0.01)
    told: list[Visit] = []
    central.gate.watch(told.append)
    return told


async def refused(arrive: Arrive, identity: str, password: str | bytes | None) -> InvalidStatus:
    with pytest.raises(InvalidStatus) as refusal:
        await arrive(identity, password=password)
    return refusal.value


@pytest.mark.parametrize(
    "shown",
    [PASSWORD, PASSWORD.upper(), bytes.fromhex(PASSWORD)],
    ids=["as it was typed", "in capitals", "as the bytes that it stands for"],
)
async def test_a_charger_comes_in_with_its_password(
    central: CentralSystem, arrive: Arrive, visits: list[Visit], shown: str | bytes
) -> None:
    central.adopt("garage", password_hash=hashed(PASSWORD))
    peer = await arrive("garage", password=shown)
    assert peer.boot_answer.status == "Accepted"
    assert visits == [Visit(identity="garage", remote="127.0.0.1", refusal=None)]


async def test_a_password_may_hold_colons_and_bytes_that_are_no_text(
    central: CentralSystem, arrive: Arrive, visits: list[Visit]
) -> None:
    raw = b"\xff:\x00:" + bytes(range(12))
    central.adopt("garage", password_hash=hashed(raw.hex()))
    assert (await arrive("garage", password=raw)).boot_answer.status == "Accepted"
    assert not visits[-1].refusal


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        (None, Refusal.PASSWORD_MISSING),
        ("", Refusal.PASSWORD_WRONG),
        (PASSWORD[:-1], Refusal.PASSWORD_WRONG),
        (PASSWORD[:-1] + "0", Refusal.PASSWORD_WRONG),
        (b"\xff" * 500, Refusal.PASSWORD_WRONG),
    ],
)
async def test_without_its_password_nobody_is_a_charger(
    central: CentralSystem,
    arrive: Arrive,
    visits: list[Visit],
    shown: str | bytes | None,
    why: Refusal,
) -> None:
    charger = central.adopt("garage", password_hash=hashed(PASSWORD))
    refusal = await refused(arrive, "garage", shown)
    assert refusal.response.status_code == HTTPStatus.UNAUTHORIZED
    assert refusal.response.headers["WWW-Authenticate"].startswith("Basic ")
    assert visits == [Visit(identity="garage", remote="127.0.0.1", refusal=why)]
    assert not charger.reading.online


@pytest.mark.parametrize(
    "header", ["Basic", "Basic ???", "Bearer abc", "Basic " + base64.b64encode(b"garage").decode()]
)
async def test_a_header_that_is_no_password_counts_as_none(
    central: CentralSystem, visits: list[Visit], header: str
) -> None:
    central.adopt("garage", password_hash=hashed(PASSWORD))
    async with ClientSession(headers={"Authorization": header}) as session:
        with pytest.raises(WSServerHandshakeError) as refusal:
            await session.ws_connect(
                f"http://127.0.0.1:{central.port}/garage", protocols=["ocpp1.6"]
            )
    assert refusal.value.status == HTTPStatus.UNAUTHORIZED
    assert visits[-1].refusal is Refusal.PASSWORD_MISSING


async def test_a_stranger_with_the_same_identity_does_not_take_a_chargers_line_away(
    central: CentralSystem, arrive: Arrive, visits: list[Visit]
) -> None:
    charger = central.adopt("garage", password_hash=hashed(PASSWORD))
    peer = await arrive("garage", password=PASSWORD)
    await refused(arrive, "garage", "guess")
    await peer.start()
    await charger.apply(10.0)
    assert peer.let_through() == 10.0
    assert [visit.refusal for visit in visits] == [None, Refusal.PASSWORD_WRONG]


async def test_wrong_passwords_are_slowed_down_and_a_right_one_is_not(
    central: CentralSystem, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "FIRST_DELAY", 0.2)
    monkeypatch.setattr(gate, "LONGEST_DELAY", 0.8)
    central.adopt("garage", password_hash=hashed(PASSWORD))
    now = asyncio.get_running_loop().time
    waited = []
    for _ in range(4):
        before = now()
        await refused(arrive, "garage", "guess")
        waited.append(now() - before)
    assert waited[0] >= 0.2
    assert 0.8 <= waited[3] < 1.6  # not for ever
    before = now()
    await arrive("garage", password=PASSWORD)
    assert now() - before < 0.6
    before = now()
    await refused(arrive, "garage", "guess")
    assert now() - before < 0.6  # counted anew


async def test_a_flood_of_guesses_at_a_password_of_ones_own_leaves_threads_to_others(
    central: CentralSystem, arrive: Arrive, visits: list[Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is hashed slowly, and Home Assistant has 64 threads for everybody."""
    central.adopt("garage", password_hash=hashed("thought of by me"))
    busy = most = 0

    def counted(lock: str, given: bytes) -> bool:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        fit = fits(lock, given)
        busy -= 1
        return fit

    monkeypatch.setattr(gate, "fits", counted)
    await asyncio.gather(*(refused(arrive, "garage", f"guess {n}") for n in range(12)))
    assert 1 <= most <= 2
    await arrive("garage", password="thought of by me")


async def test_a_flood_of_wrong_passwords_does_not_pile_up(
    central: CentralSystem, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "FIRST_DELAY", 1.5)
    monkeypatch.setattr(gate, "MOST_DELAYED", 3)
    central.adopt("garage", password_hash=hashed(PASSWORD))
    waiting = [asyncio.create_task(refused(arrive, "garage", "guess")) for _ in range(8)]
    done, delayed = await asyncio.wait(waiting, timeout=0.8)
    assert (len(done), len(delayed)) == (5, 3)
    assert (await arrive("garage", password=PASSWORD)).boot_answer.status == "Accepted"
    await asyncio.gather(*delayed)


async def test_only_so_many_callers_are_remembered(
    central: CentralSystem, arrive: Arrive, visits: list[Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "REMEMBERED", 2)
    for name in ("one", "two", "three"):
        central.adopt(name, password_hash=hashed(PASSWORD))
        await refused(arrive, name, "guess")
    assert len(visits) == 3
    assert len(central.gate._failures) == 2


async def test_who_calls_in_vain_is_logged_once_with_a_code(
    central: CentralSystem, arrive: Arrive, visits: list[Visit], caplog: pytest.LogCaptureFixture
) -> None:
    central.adopt("garage", password_hash=hashed(PASSWORD))
    for _ in range(3):
        await refused(arrive, "garage", "a guess that is secret")
    ours = [record for record in caplog.records if record.name.startswith("custom_components")]
    logged = [record for record in ours if record.levelno >= logging.WARNING]
    assert [record.getMessage() for record in logged] == [
        "Charge point garage at 127.0.0.1 calls with a wrong password (ocpp-password-wrong)"
    ]
    assert len(visits) == 3
    assert "a guess that is secret" not in caplog.text


async def test_who_calls_from_a_foreign_network_is_turned_away(
    central: CentralSystem, arrive: Arrive, visits: list[Visit]
) -> None:
    central.gate.networks = (ipaddress.ip_network("192.0.2.0/24"),)
    refusal = await refused(arrive, "garage", None)
    assert refusal.response.status_code == HTTPStatus.FORBIDDEN
    assert visits[-1].refusal is Refusal.FOREIGN_NETWORK
    assert not central.pending


@pytest.mark.parametrize(
    ("remote", "private"),
    [
        ("192.168.1.20", True),
        ("10.1.2.3", True),
        ("::ffff:192.168.1.20", True),
        ("fe80::1%eth0", True),
        ("fd00::1", True),
        ("203.0.113.9", False),
        ("::ffff:203.0.113.9", False),
        ("2001:db8::1", False),
        ("", False),
    ],
)
def test_private_networks_are_those_of_a_home(remote: str, private: bool) -> None:
    assert gate.is_within(remote, gate.PRIVATE) is private


async def test_an_unknown_charger_is_offered_whatever_password_it_shows(
    central: CentralSystem, arrive: Arrive
) -> None:
    peer = await arrive("garage", password="another system's")
    assert peer.boot_answer.status == "Pending"
    assert list(central.pending) == ["garage"]


async def test_an_unknown_charger_gets_404_where_new_ones_may_not_introduce_themselves(
    central: CentralSystem, arrive: Arrive, visits: list[Visit], eventually: Eventually
) -> None:
    waiting = await arrive("waiting")
    central.adopt("garage")
    peer = await arrive("garage")
    central.lets_wait = lambda identity: identity == "expected"
    await central.send_strangers_away()
    assert await waiting.closed() == 1001
    refusal = await refused(arrive, "waiting", None)
    assert refusal.response.status_code == HTTPStatus.NOT_FOUND
    assert visits[-1] == Visit(identity="waiting", remote="127.0.0.1", refusal=Refusal.UNKNOWN)
    await eventually(lambda: not central.pending)
    assert (await peer.boot()).status == "Accepted"
    assert (await arrive("expected")).boot_answer.status == "Pending"


async def test_unknown_chargers_without_end_do_not_fill_the_memory(
    central: CentralSystem, arrive: Arrive, visits: list[Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(central_system, "MOST_WAITING", 2)
    central.adopt("garage")
    await arrive("one")
    await arrive("two")
    await arrive("two")  # back before its loss was noticed
    refusal = await refused(arrive, "three", None)
    assert refusal.response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert visits[-1].refusal is Refusal.TOO_MANY_WAITING
    assert (await arrive("garage")).boot_answer.status == "Accepted"


async def test_a_charger_takes_its_password_before_it_is_adopted(
    central: CentralSystem, arrive: Arrive, eventually: Eventually, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    password = new_password()
    peer = await arrive("garage")
    assert await central.change_password("garage", password) is PasswordChange.TAKEN
    charger = central.adopt("garage", password_hash=hashed(password))
    assert charger.reading.online  # the line that its owner has seen
    assert peer.configuration["AuthorizationKey"][0] == password
    await peer.leave()
    await eventually(lambda: not charger.reading.online)
    await refused(arrive, "garage", None)
    await arrive("garage", password=bytes.fromhex(password))
    assert charger.reading.online
    ours = [
        record.getMessage() for record in caplog.records if record.name.startswith("custom_comp")
    ]
    assert any("a message with a password" in text for text in ours)
    assert not [text for text in ours if password in text]


@pytest.mark.parametrize(
    ("quirks", "expected"),
    [
        ({"restarts_for": frozenset({"AuthorizationKey"})}, PasswordChange.AFTER_RESTART),
        ({"configuration": {"AuthorizationKey": ("", True)}}, PasswordChange.REFUSED),
    ],
)
async def test_what_becomes_of_a_password_is_told(
    central: CentralSystem, arrive: Arrive, quirks: dict[str, object], expected: PasswordChange
) -> None:
    await arrive("garage", **quirks)
    assert await central.change_password("garage", PASSWORD) is expected


async def test_a_charger_that_is_not_there_cannot_be_given_a_password(
    central: CentralSystem,
) -> None:
    assert await central.change_password("garage", PASSWORD) is PasswordChange.REFUSED


async def test_a_charger_that_answers_no_call_cannot_be_given_a_password(
    central: CentralSystem, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.fusewise.devices.ocpp.rpc.ANSWER_TIME", 0.1)
    await arrive("garage", silent=frozenset({"ChangeConfiguration"}))
    assert await central.change_password("garage", PASSWORD) is PasswordChange.REFUSED


def test_a_hash_is_another_each_time_and_tells_nothing() -> None:
    assert hashed(PASSWORD) != hashed(PASSWORD)
    assert PASSWORD not in hashed(PASSWORD)
    assert len({new_password() for _ in range(10)}) == 10


def test_every_refusal_has_its_words_and_its_answer() -> None:
    assert gate.WORDS.keys() == set(Refusal)
    # That is told over the websocket, whose handshake has been completed.
    assert gate.STATUS.keys() == set(Refusal) - {Refusal.OTHER_VERSION}
