"""The line is encrypted where its owner wants that, and certificates stand for chargers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
import logging
from pathlib import Path
import socket
import ssl
from typing import Any

import pytest
from websockets.exceptions import InvalidMessage, InvalidStatus

from custom_components.fusewise.devices.ocpp import (
    CentralSystem,
    CertificateError,
    Refusal,
    Tls,
    Visit,
    hashed,
)

from .certificates import Authority, Pem
from .conftest import Eventually
from .peer import Clock, Peer

PASSWORD = "00112233445566778899aabbccddeeff"
HOST = "127.0.0.1"

type Arrive = Callable[..., Awaitable[Peer]]
type Open = Callable[[Tls], Awaitable[CentralSystem]]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
async def open_with(clock: Clock) -> AsyncIterator[Open]:
    """Open a central system's port with TLS."""
    systems: list[CentralSystem] = []

    async def start(tls: Tls) -> CentralSystem:
        system = CentralSystem(clock, clock)
        await system.start(HOST, 0, tls.context())
        systems.append(system)
        return system

    yield start
    for system in systems:
        await system.stop()


@pytest.fixture
async def come(clock: Clock) -> AsyncIterator[Arrive]:
    """Let a charge point connect to a central system."""
    peers: list[Peer] = []

    async def connect(
        system: CentralSystem, identity: str, tls: ssl.SSLContext | None, **quirks: Any
    ) -> Peer:
        peer = Peer(identity=identity, clock=clock, tls=tls, **quirks)
        peers.append(peer)
        assert system.port is not None
        await peer.connect(system.port)
        return peer

    yield connect
    for peer in peers:
        await peer.leave()


def trusting(
    authority: Authority, *, own: Pem | None = None, newest: ssl.TLSVersion | None = None
) -> ssl.SSLContext:
    """The TLS of a charger that trusts the authority."""
    context = ssl.create_default_context(cafile=authority.path)
    if own is not None:
        context.load_cert_chain(own.certificate, own.key)
    if newest is not None:
        context.maximum_version = newest
    return context


def of_server(authority: Authority, kind: str = "ec", **changes: Any) -> Tls:
    pem = authority.issue("server", kind=kind)
    return Tls(certificate=pem.certificate, key=pem.key, **changes)


@pytest.mark.parametrize("kind", ["ec", "rsa"])
async def test_a_charger_comes_in_over_tls_with_its_password(
    authority: Authority, open_with: Open, come: Arrive, kind: str
) -> None:
    system = await open_with(of_server(authority, kind))
    charger = system.adopt("garage", password_hash=hashed(PASSWORD))
    tls = trusting(authority)
    with pytest.raises(InvalidStatus):
        await come(system, "garage", tls)
    await come(system, "garage", tls, password=PASSWORD)
    assert charger.reading.online


async def test_tls_1_2_is_a_choice(authority: Authority, open_with: Open, come: Arrive) -> None:
    old = trusting(authority, newest=ssl.TLSVersion.TLSv1_2)
    strict = await open_with(of_server(authority))
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await come(strict, "garage", old)
    lenient = await open_with(of_server(authority, allow_1_2=True))
    peer = await come(lenient, "garage", old)
    assert peer.boot_answer.status == "Pending"
    await come(lenient, "carport", trusting(authority))


async def test_a_client_certificate_stands_for_one_charger(
    authority: Authority, open_with: Open, come: Arrive
) -> None:
    system = await open_with(of_server(authority, client_authority=authority.path))
    visits: list[Visit] = []
    system.gate.watch(visits.append)
    charger = system.adopt("garage", password_hash=hashed(PASSWORD))
    own = trusting(authority, own=authority.issue("garage"))
    with pytest.raises(InvalidStatus) as refusal:
        await come(system, "carport", own)
    assert refusal.value.response.status_code == HTTPStatus.FORBIDDEN
    assert visits[-1].refusal is Refusal.CERTIFICATE_OTHER
    await come(system, "garage", own)  # no password beside it
    assert charger.reading.online


async def test_a_client_certificate_may_be_in_the_name_of_the_serial_number(
    authority: Authority, open_with: Open, come: Arrive
) -> None:
    system = await open_with(of_server(authority, client_authority=authority.path))
    own = trusting(authority, own=authority.issue("S-1"))
    # Nobody's charger may introduce itself with it; once it is somebody's, only under its own name.
    assert (await come(system, "garage", own)).boot_answer.status == "Pending"
    system.adopt("garage", serial="S-1")
    assert (await come(system, "garage", own)).boot_answer.status == "Accepted"
    system.adopt("carport", serial="S-2")
    for identity in ("carport", "stranger"):
        with pytest.raises(InvalidStatus) as refusal:
            await come(system, identity, own)
        assert refusal.value.response.status_code == HTTPStatus.FORBIDDEN


async def test_without_a_certificate_of_the_authority_nobody_comes_in(
    authority: Authority, open_with: Open, come: Arrive, tmp_path: Path
) -> None:
    system = await open_with(of_server(authority, client_authority=authority.path))
    (tmp_path / "other").mkdir()
    stranger = Authority(tmp_path / "other", "Authority").issue("garage")
    for own in (None, stranger):
        with pytest.raises((ssl.SSLError, ConnectionError, InvalidMessage)):
            await come(system, "garage", trusting(authority, own=own))
    assert not system.pending


async def test_tls_to_the_plain_port_is_closed(
    central: CentralSystem, arrive: Arrive, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    other = await arrive("carport")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await arrive("garage", tls=trusting(authority))
    assert (await other.boot()).status == "Pending"
    [told] = _complaints(caplog)
    assert told == (
        "Somebody at 127.0.0.1 begins encryption (wss://) at the port for plain text (ocpp-tls-to-plain)"
    )


async def test_plain_text_to_the_tls_port_is_closed(
    authority: Authority,
    open_with: Open,
    come: Arrive,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # asyncio reports every failed handshake while it is debugged, as it is in tests.
    asyncio.get_running_loop().set_debug(False)
    system = await open_with(of_server(authority))
    other = await come(system, "carport", trusting(authority))
    for _ in range(2):
        reader, writer = await asyncio.open_connection(HOST, system.port)
        writer.write(b"GET /garage HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            async with asyncio.timeout(5):
                assert not (await reader.read()).startswith(b"HTTP")
        except ConnectionResetError:
            pass  # closed all the same
        writer.close()
    assert (await other.boot()).status == "Pending"
    assert _complaints(caplog) == [
        "Somebody calls without encryption (ws://) at the port for encryption (ocpp-plain-to-tls)"
    ]


async def test_why_somebody_could_not_be_encrypted_with_is_told_once_for_each_reason(
    authority: Authority,
    open_with: Open,
    come: Arrive,
    caplog: pytest.LogCaptureFixture,
    eventually: Eventually,
) -> None:
    asyncio.get_running_loop().set_debug(False)
    system = await open_with(of_server(authority, client_authority=authority.path))
    old = trusting(authority, newest=ssl.TLSVersion.TLSv1_2)
    for tls in (old, old, trusting(authority)):
        with pytest.raises((ssl.SSLError, ConnectionError, InvalidMessage)):
            await come(system, "garage", tls)
    with pytest.raises(ssl.SSLError):
        await asyncio.to_thread(_shake_hands, system.port, ssl.create_default_context())
    await eventually(lambda: len(_complaints(caplog)) == 3)
    told = _complaints(caplog)
    assert [line.rpartition("with: ")[2].split(";")[0].split(",")[0] for line in told] == [
        "it knows no version of TLS that is allowed",
        "it shows no certificate",
        "it does not trust this certificate",
    ]
    assert all(line.endswith("(ocpp-tls-failed)") for line in told)


async def test_a_certificate_that_is_out_of_date_is_told_apart_from_a_foreign_one(
    authority: Authority,
    open_with: Open,
    come: Arrive,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    asyncio.get_running_loop().set_debug(False)
    system = await open_with(of_server(authority, client_authority=authority.path))
    (tmp_path / "other").mkdir()
    foreign = Authority(tmp_path / "other", "Other").issue("garage")
    for own in (authority.issue("old", days=-1), foreign, foreign):
        with pytest.raises((ssl.SSLError, ConnectionError, InvalidMessage)):
            await come(system, "garage", trusting(authority, own=own))
    assert [line.rpartition("with: ")[2] for line in _complaints(caplog)] == [
        "its certificate is out of date; give it a new one (ocpp-tls-failed)",
        "its certificate is not one of the authority that is set here (ocpp-tls-failed)",
    ]


async def test_one_who_never_ends_the_tls_handshake_delays_nobody(
    authority: Authority, open_with: Open, come: Arrive
) -> None:
    system = await open_with(of_server(authority))
    _, writer = await asyncio.open_connection(HOST, system.port)
    peer = await come(system, "garage", trusting(authority))
    assert peer.boot_answer.status == "Pending"
    writer.close()


def test_certificates_that_cannot_be_used_are_explained(
    authority: Authority, tmp_path: Path
) -> None:
    good, other = authority.issue("good"), authority.issue("other")
    nowhere, text = str(tmp_path / "nowhere.pem"), tmp_path / "text.pem"
    text.write_text("this is no certificate")
    for certificate, key in (
        (nowhere, good.key),
        (good.certificate, nowhere),
        (good.certificate, other.key),
        (str(text), good.key),
    ):
        with pytest.raises(CertificateError, match="cannot be used") as problem:
            Tls(certificate=certificate, key=key).context()
        assert problem.value.part == "certificate"
    for authority_path in (nowhere, str(text)):
        with pytest.raises(CertificateError, match="cannot be read") as problem:
            Tls(
                certificate=good.certificate, key=good.key, client_authority=authority_path
            ).context()
        assert problem.value.part == "client_authority"


def _shake_hands(port: int | None, context: ssl.SSLContext) -> None:
    """Like a charger that says why it does not want to; asyncio's own client does not."""
    with (
        socket.create_connection((HOST, port), timeout=5) as line,
        context.wrap_socket(line, server_hostname=HOST),
    ):
        pass


def _complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What an owner would find in the log, beside what the test's own clients and a busy machine say."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING
        and not record.name.startswith(("websockets", "asyncio"))
    ]
