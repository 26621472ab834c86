"""Who may come in to the central system: from which networks, with which password or certificate.

It says no before a charger has said a word of OCPP, and it tells whoever listens. A right password is never
slowed down, so that nobody can lock a charger out by guessing.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
import hashlib
from http import HTTPStatus
import ipaddress
import logging
from typing import Any

from aiohttp import web

from .. import Unsubscribe
from ..listeners import Listeners
from .passwords import fits, is_slow, password_in

_LOGGER = logging.getLogger(__name__)

type Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# What a home's own networks are numbered with (RFC 1918, 4193, 3927, 4291).
PRIVATE: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
)

FIRST_DELAY = 0.5  # s until a wrong password is answered; doubled with each more
LONGEST_DELAY = 8.0  # s
MOST_DELAYED = (
    50  # answers that wait at once; more are given without waiting, and memory stays bounded
)
REMEMBERED = 1000  # callers whose failures are counted
SLOW_AT_ONCE = 2  # passwords that are hashed slowly at once: each takes a thread, its CPU, and 4 MB


class Refusal(StrEnum):
    """Why somebody may not come in; the code in the log stays the same for ever."""

    FOREIGN_NETWORK = "ocpp-foreign-network"
    PASSWORD_MISSING = "ocpp-password-missing"
    PASSWORD_WRONG = "ocpp-password-wrong"
    CERTIFICATE_OTHER = "ocpp-certificate-other"
    TOO_MANY_WAITING = "ocpp-too-many-waiting"
    UNKNOWN = "ocpp-unknown-charger"
    OTHER_VERSION = "ocpp-other-version"
    NO_IDENTITY = "ocpp-no-identity"
    NO_WEBSOCKET = "ocpp-no-websocket"


WORDS = {
    Refusal.FOREIGN_NETWORK: "calls from a network that is not allowed",
    Refusal.PASSWORD_MISSING: "calls without its password",
    Refusal.PASSWORD_WRONG: "calls with a wrong password",
    Refusal.CERTIFICATE_OTHER: "calls with the certificate of another charger",
    Refusal.TOO_MANY_WAITING: "is turned away: too many unknown chargers wait already",
    Refusal.UNKNOWN: "is turned away: it is not known, and new chargers may not introduce themselves",
    Refusal.OTHER_VERSION: "speaks no version of OCPP that Fusewise speaks",
    Refusal.NO_IDENTITY: "calls an address that does not end with a charger's identity",
    Refusal.NO_WEBSOCKET: "asks for no websocket, or not as the standard has it: this address is for chargers, with OCPP 1.6J",
}
STATUS = {
    Refusal.FOREIGN_NETWORK: HTTPStatus.FORBIDDEN,
    Refusal.PASSWORD_MISSING: HTTPStatus.UNAUTHORIZED,
    Refusal.PASSWORD_WRONG: HTTPStatus.UNAUTHORIZED,
    Refusal.CERTIFICATE_OTHER: HTTPStatus.FORBIDDEN,
    Refusal.TOO_MANY_WAITING: HTTPStatus.SERVICE_UNAVAILABLE,
    Refusal.UNKNOWN: HTTPStatus.NOT_FOUND,
    Refusal.NO_IDENTITY: HTTPStatus.NOT_FOUND,
    Refusal.NO_WEBSOCKET: HTTPStatus.UPGRADE_REQUIRED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody came to the gate."""

    identity: str
    remote: str
    refusal: Refusal | None
    """None: came in."""


class Gate:
    """Checks each connection before it is one."""

    def __init__(self) -> None:
        self.networks: tuple[Network, ...] = PRIVATE
        self._locks: dict[str, str] = {}
        self._names: dict[str, set[str]] = {}
        """identity → the names that its certificate may have"""
        self._listeners = Listeners[[Visit]]()
        self._failures: dict[tuple[str, str], int] = {}
        self._delayed = 0
        self._opened: dict[str, bytes] = {}
        self._slowly = asyncio.Semaphore(SLOW_AT_ONCE)
        self.wants_certificates = False
        """Those who come in by another way, which asks for none, need a password."""
        self.kept_of: Callable[[str], tuple[str | None, str | None] | None] = lambda _: None
        """Tells password and serial number of one who is known elsewhere and was not let in yet.

        So nobody waits in its place, and is let in with its site.
        """

    def lock(self, identity: str, password_hash: str | None, serial: str | None = None) -> None:
        """Want this password of a charger from its next connection on; None: none.

        Its certificate, where it shows one, is in the name of its identity or, as OCPP's security whitepaper
        has it, of its serial number.
        """
        self._names[identity] = _names_of(identity, serial)
        self._locks.pop(identity, None)
        if password_hash is not None:
            self._locks[identity] = password_hash

    def unlock(self, identity: str) -> None:
        """Want nothing any more of a charger that is nobody's now."""
        self._names.pop(identity, None)
        self._opened.pop(self._locks.pop(identity, ""), None)

    def watch(self, listener: Callable[[Visit], None]) -> Unsubscribe:
        """Call `listener` for everybody who comes."""
        return self._listeners.add(listener)

    async def check(self, request: web.BaseRequest, identity: str) -> web.Response | None:
        """Return None for who may come in, or the answer for who may not."""
        remote = request.remote or ""
        refusal = await self._refusal(request, identity, remote)
        return None if refusal is None else await self.refuse(identity, remote, refusal)

    def welcome(self, identity: str, remote: str) -> None:
        """Note that somebody has come in."""
        self._failures.pop((identity, remote), None)
        self._tell(Visit(identity=identity, remote=remote, refusal=None))

    async def refuse(self, identity: str, remote: str, refusal: Refusal) -> web.Response:
        """Say no, and note it; the answer waits, where somebody may be guessing."""
        failures = self.note(identity, remote, refusal)
        headers: dict[str, str] = {}
        match STATUS[refusal]:
            case HTTPStatus.UNAUTHORIZED:
                # A response and not an exception: Home Assistant's bans are for people who log in.
                headers["WWW-Authenticate"] = 'Basic realm="Fusewise"'
                if refusal is Refusal.PASSWORD_WRONG:
                    await self._slow_down(failures)
            case HTTPStatus.UPGRADE_REQUIRED:
                headers["Upgrade"] = "websocket"
        text = f"The caller {WORDS[refusal]} ({refusal}).\n"
        return web.Response(status=STATUS[refusal], headers=headers, text=text)

    def note(self, identity: str, remote: str, refusal: Refusal) -> int:
        """Log once until they come in that somebody may not, tell the listeners, return how often it was."""
        failures = self._failures.pop((identity, remote), 0) + 1
        self._failures[identity, remote] = failures
        if len(self._failures) > REMEMBERED:
            del self._failures[next(iter(self._failures))]
        _LOGGER.log(
            logging.WARNING if failures == 1 else logging.DEBUG,
            "Charge point %s at %s %s (%s)",
            identity or "without a name",
            remote,
            WORDS[refusal],
            refusal,
        )
        self._tell(Visit(identity=identity, remote=remote, refusal=refusal))
        return failures

    async def _refusal(
        self, request: web.BaseRequest, identity: str, remote: str
    ) -> Refusal | None:
        if not is_within(remote, self.networks):
            return Refusal.FOREIGN_NETWORK
        lock, mine = self._locks.get(identity), self._names.get(identity)
        if mine is None and (kept := self.kept_of(identity)) is not None:
            lock, serial = kept
            mine = _names_of(identity, serial)
        if (names := certified_names(request)) is not None:
            # The certificate has been checked by TLS; it stands in the place of a password.
            if mine is None:  # nobody's yet; it may wait, but not with what belongs to another
                is_another = any(names & others for others in self._names.values())
                return Refusal.CERTIFICATE_OTHER if is_another else None
            return None if mine & names else Refusal.CERTIFICATE_OTHER
        if lock is None:
            is_open = mine is None or not self.wants_certificates
            return None if is_open else Refusal.PASSWORD_MISSING
        given = password_in(request.headers.get("Authorization"), identity)
        if given is None:
            return Refusal.PASSWORD_MISSING
        return None if await self._opens(lock, given) else Refusal.PASSWORD_WRONG

    async def _opens(self, lock: str, given: bytes) -> bool:
        if not is_slow(lock):
            return fits(lock, given)
        key = hashlib.sha256(lock.encode() + given).digest()
        if self._opened.get(lock) == key:
            return True  # so it was before; a charger that comes back need not wait
        async with self._slowly:
            if not await asyncio.to_thread(fits, lock, given):
                return False
        self._opened[lock] = key
        return True

    async def _slow_down(self, failures: int) -> None:
        if self._delayed >= MOST_DELAYED:
            return
        self._delayed += 1
        try:
            await asyncio.sleep(min(FIRST_DELAY * 2.0 ** min(failures - 1, 10), LONGEST_DELAY))
        finally:
            self._delayed -= 1

    def _tell(self, visit: Visit) -> None:
        self._listeners.call(visit)


def _names_of(identity: str, serial: str | None) -> set[str]:
    return {identity} | ({serial} if serial else set())


def is_within(remote: str, networks: Iterable[Network]) -> bool:
    """Tell whether an address is in one of the networks."""
    try:
        address = ipaddress.ip_address(remote.partition("%")[0])
    except ValueError:
        return False
    # A server that listens on IPv6 sees IPv4 callers as ::ffff:192.0.2.1.
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in network for network in networks)


def certified_names(request: web.BaseRequest) -> frozenset[str] | None:
    """Return the names in the caller's certificate; None where it has shown none."""
    if request.transport is None:
        return None
    certificate: Mapping[str, Any] | None = request.transport.get_extra_info("peercert")
    if not certificate:
        return None
    subject = (pair for part in certificate.get("subject", ()) for pair in part)
    named = {"commonName", "serialNumber", "DNS"}
    return frozenset(
        value for key, value in (*subject, *certificate.get("subjectAltName", ())) if key in named
    )
