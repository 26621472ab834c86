"""A door at which chargers knock: one OCPP port, whose sockets outlive the sites that use it.

Who is known comes in. Who is not may introduce themselves, as long as an owner lets new chargers do that:
they are offered to people, and get nothing until somebody accepts them.
"""

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from itertools import chain
import logging
import ssl
from typing import Any

from aiohttp import web

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant, callback

from .const import (
    CONF_IDENTITY,
    CONF_MAXIMUM,
    CONF_MODEL,
    CONF_OCPP,
    CONF_PASSWORD_HASH,
    CONF_SERIAL,
    CONF_VENDOR,
    CONF_VOLTAGE,
    CONF_WIRING,
    DOMAIN,
    SUBENTRY_CHARGER,
)
from .controller import steady_clock
from .devices.ocpp import (
    CentralSystem,
    CertificateError,
    ChargerSettings,
    ListenError,
    OcppCharger,
    PasswordChange,
    StationInfo,
    Visit,
    station_of,
)
from .listening import Listening, async_context, door_error
from .ocpp_charger_forms import access_of, telling_of
from .offering import Offers
from .site import is_line_to_line, line_voltage_of, wiring_of
from .visits import async_forget_visits, async_tell_visit

_LOGGER = logging.getLogger(__name__)

type Caller = Mapping[str, Any]
"""Who a charger says it is: identity, vendor, model, serial number."""


def unique_id(identity: str) -> str:
    """The unique id of a charger's subentry and of its discovery."""
    return f"ocpp_{identity}"


def is_taken_in(hass: HomeAssistant, identity: str) -> bool:
    """Whether a site has this charger already, loaded or not."""
    return any(
        subentry.unique_id == unique_id(identity)
        for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        for subentry in entry.get_subentries_of_type(SUBENTRY_CHARGER)
    )


def siblings_of(hass: HomeAssistant, identity: str) -> dict[str, ConfigSubentry]:
    """The chargers that are outlets of the same station, by their identities, and the one itself."""
    station, _ = station_of(identity)
    return {
        subentry.data[CONF_IDENTITY]: subentry
        for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        for subentry in entry.get_subentries_of_type(SUBENTRY_CHARGER)
        if station_of(subentry.data[CONF_IDENTITY])[0] == station
    }


def caller_of(info: StationInfo) -> Caller:
    """What is stored of what a charger says of itself."""
    return {
        CONF_IDENTITY: info.identity,
        CONF_VENDOR: info.vendor,
        CONF_MODEL: info.model,
        CONF_SERIAL: info.serial,
    }


class Door:
    """One port, open while a site uses it."""

    def __init__(self, hass: HomeAssistant, listening: Listening) -> None:
        """Not open yet."""
        self.address = listening.address
        self.tls = listening.tls
        self.tenants: set[str] = set()
        """Ids of the sites that use it."""
        self._hass = hass
        self._context: ssl.SSLContext | None = None
        self._offers = Offers(hass)
        self._central = CentralSystem(steady_clock)
        self._central.subscribe(self._knocked)
        self._central.gate.watch(self._visited)
        self._central.gate.kept_of = self._kept_of
        self._central.gate.wants_certificates = bool(self.tls and self.tls.client_authority)
        self._central.lets_wait = self._lets_wait
        self._owners: dict[str, str] = {}
        """identity → id of the site that the charger belongs to"""
        self._names: dict[str, str] = {}
        """identity → what its owner calls the charger"""
        self._listening: dict[str, Listening] = {}
        """id of a site → from where its chargers may call, and whether new ones may"""

    async def open(self) -> None:
        """Listen. Raises DoorError."""
        self._context = context = await async_context(self._hass, self.tls)
        try:
            await self._central.start(*self.address, context)
        except ListenError as error:
            raise door_error(error.__cause__ or error) from error

    async def renew(self, _: datetime | None = None) -> None:
        """Take a renewed certificate; the old one stays in use where that cannot be."""
        if self.tls is not None and self._context is not None:
            try:
                await self._hass.async_add_executor_job(self.tls.renew, self._context)
            except CertificateError as error:
                _LOGGER.warning("%s", error)

    async def close(self) -> None:
        """Hang up on all chargers; their limits end by themselves and their fall-backs hold."""
        self._offers.close()
        await self._central.stop()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve a charger that came in by another web server."""
        return await self._central.handle(request)

    async def let(self, entry_id: str, listening: Listening) -> None:
        """Have a site use it, whose chargers call from these networks."""
        self.tenants.add(entry_id)
        self._listening[entry_id] = listening
        await self._admit_callers()

    async def unlet(self, entry_id: str) -> None:
        """Have a site use it no more."""
        self.tenants.discard(entry_id)
        self._listening.pop(entry_id, None)
        await self._admit_callers()

    async def _admit_callers(self) -> None:
        networks = chain.from_iterable(site.networks for site in self._listening.values())
        self._central.gate.networks = tuple(dict.fromkeys(networks))
        await self._central.send_strangers_away()

    def _lets_wait(self, identity: str) -> bool:
        """Whether one whom no running site has may come in: a new one, or one whose site is just starting."""
        introduces = any(site.new_chargers for site in self._listening.values())
        return introduces or bool(siblings_of(self._hass, identity))

    def _kept_of(self, identity: str) -> tuple[str | None, str | None] | None:
        """Password and serial number of a charger whose site is not running."""
        outlets = siblings_of(self._hass, identity)
        first = outlets.get(identity) or next(iter(outlets.values()), None)
        if first is None:
            return None
        return first.data.get(CONF_PASSWORD_HASH), first.data.get(CONF_SERIAL)

    @property
    def waiting(self) -> Iterable[StationInfo]:
        """The chargers that have connected and belong to nobody."""
        return self._central.pending.values()

    @callback
    def admit(
        self, entry: ConfigEntry[Any], subentry: ConfigSubentry, fallback: float
    ) -> OcppCharger:
        """Let a charger of a site in, or give one that is in its changed settings.

        `fallback` is A that it is armed with: what its owner wishes, or less where that does not fit.
        """
        identity: str = subentry.data[CONF_IDENTITY]
        self._owners[identity] = entry.entry_id
        self._names[identity] = subentry.title
        _dismiss_discovery(self._hass, identity)
        wiring = wiring_of(subentry.data[CONF_WIRING])
        line_to_line = is_line_to_line(entry, wiring)
        settings = ChargerSettings(
            conductors=len(wiring),
            line_to_line=line_to_line,
            voltage=line_voltage_of(entry) if line_to_line else entry.data[CONF_VOLTAGE],
            maximum=subentry.data[CONF_MAXIMUM],
            fallback=fallback,
            **telling_of(subentry.data),
            **access_of(entry, subentry.data),
        )
        # All outlets of a station come in by one line, with the password of the first.
        first = siblings_of(self._hass, identity).get(station_of(identity)[0], subentry)
        return self._central.adopt(
            identity,
            settings,
            first.data.get(CONF_PASSWORD_HASH),
            first.data.get(CONF_SERIAL),
        )

    def belongs_here(self, identity: str) -> bool:
        """Whether a site that uses it has this charger, or an outlet of it."""
        return any(station_of(owned)[0] == identity for owned in self._owners)

    async def change_password(self, identity: str, password: str) -> PasswordChange:
        """Let a charger that is connected use this password from its next connection on."""
        return await self._central.change_password(identity, password)

    async def dismiss(self, entry_id: str, *, but: Container[str] = ()) -> None:
        """Let the chargers of a site go, except those with these identities."""
        gone = [key for key, owner in self._owners.items() if owner == entry_id and key not in but]
        for identity in gone:
            del self._owners[identity], self._names[identity]
            async_forget_visits(self._hass, identity)
            await self._central.release(identity)

    @callback
    def _visited(self, visit: Visit) -> None:
        names = (name for key, name in self._names.items() if station_of(key)[0] == visit.identity)
        if (name := next(names, None)) is not None:
            async_tell_visit(self._hass, visit, name)

    @callback
    def _knocked(self, info: StationInfo) -> None:
        host, port = self.address
        self._offers.offer({**caller_of(info), CONF_OCPP: {CONF_HOST: host, CONF_PORT: port}})


@callback
def _dismiss_discovery(hass: HomeAssistant, identity: str) -> None:
    """Stop offering a charger that was taken in some other way."""
    flows = hass.config_entries.flow
    for flow in flows.async_progress_by_handler(
        DOMAIN, match_context={"unique_id": unique_id(identity)}
    ):
        flows.async_abort(flow["flow_id"])
