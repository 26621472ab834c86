"""The doors at which chargers knock: OCPP ports, kept open above the sites that use them.

A site that is reloaded leaves its door for a moment only, and no charger notices: the sockets belong to the
door. Several sites may share one; the last that leaves for good closes it.
"""

import asyncio
from collections.abc import Container, Iterable, Mapping
from datetime import datetime, timedelta
import errno
from functools import partial
from itertools import chain
import logging
import ssl
from typing import Any

from aiohttp import web

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY, ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_HOST, CONF_PORT, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers import discovery_flow
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.util.hass_dict import HassKey

from .const import (
    CONF_ENCRYPTION,
    CONF_IDENTITY,
    CONF_MODEL,
    CONF_OCPP,
    CONF_PASSWORD_HASH,
    CONF_SERIAL,
    CONF_VENDOR,
    CONF_VOLTAGE,
    CONF_WIRING,
    DOMAIN,
)
from .controller import steady_clock
from .devices.ocpp import (
    CentralSystem,
    CertificateError,
    ChargerSettings,
    ListenError,
    Network,
    OcppCharger,
    PasswordChange,
    StationInfo,
    Visit,
    identity_of,
)
from .listening import Address, DoorError, Listening, address_of, async_context
from .site import wiring_of
from .visits import async_forget_visits, async_tell_visit

_LOGGER = logging.getLogger(__name__)

RENEW_EVERY = timedelta(hours=12)  # certificates are renewed weeks before they end
GRACE = 10.0  # s; a reload takes less, and a charger's limit lives longer

type Caller = Mapping[str, Any]
"""Who a charger says it is: identity, vendor, model, serial number."""


def unique_id(identity: str) -> str:
    """The unique id of a charger's subentry and of its discovery."""
    return f"ocpp_{identity}"


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
        self._central = CentralSystem(steady_clock)
        self._central.subscribe(self._knocked)
        self._central.gate.watch(self._visited)
        self._owners: dict[str, str] = {}
        """identity → id of the site that the charger belongs to"""
        self._names: dict[str, str] = {}
        """identity → what its owner calls the charger"""
        self._networks: dict[str, tuple[Network, ...]] = {}
        """id of a site → from where its chargers may call"""

    async def open(self) -> None:
        """Listen. Raises DoorError."""
        self._context = context = await async_context(self._hass, self.tls)
        try:
            await self._central.start(*self.address, context)
        except ListenError as error:
            raise _door_error(error.__cause__ or error) from error

    async def renew(self, _: datetime | None = None) -> None:
        """Take a renewed certificate; the old one stays in use where that cannot be."""
        if self.tls is not None and self._context is not None:
            try:
                await self._hass.async_add_executor_job(self.tls.renew, self._context)
            except CertificateError as error:
                _LOGGER.warning("%s", error)

    async def close(self) -> None:
        """Hang up on all chargers; their limits end by themselves and their fall-backs hold."""
        await self._central.stop()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve a charger that came in by another web server."""
        return await self._central.handle(request)

    @callback
    def let(self, entry_id: str, networks: tuple[Network, ...]) -> None:
        """Have a site use it, whose chargers call from these networks."""
        self.tenants.add(entry_id)
        self._networks[entry_id] = networks
        self._open_to_networks()

    @callback
    def unlet(self, entry_id: str) -> None:
        """Have a site use it no more."""
        self.tenants.discard(entry_id)
        self._networks.pop(entry_id, None)
        self._open_to_networks()

    def _open_to_networks(self) -> None:
        self._central.gate.networks = tuple(
            dict.fromkeys(chain.from_iterable(self._networks.values()))
        )

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
        settings = ChargerSettings(
            conductors=len(wiring_of(subentry.data[CONF_WIRING])),
            voltage=entry.data[CONF_VOLTAGE],
            fallback=fallback,
        )
        return self._central.adopt(identity, settings, subentry.data.get(CONF_PASSWORD_HASH))

    def belongs_here(self, identity: str) -> bool:
        """Whether a site that uses it has this charger."""
        return identity in self._owners

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
        if (name := self._names.get(visit.identity)) is not None:
            async_tell_visit(self._hass, visit, name)

    @callback
    def _knocked(self, info: StationInfo) -> None:
        host, port = self.address
        discovery_flow.async_create_flow(
            self._hass,
            DOMAIN,
            context={"source": SOURCE_INTEGRATION_DISCOVERY},
            data={**caller_of(info), CONF_OCPP: {CONF_HOST: host, CONF_PORT: port}},
        )


class Doors:
    """All doors, above the config entries."""

    def __init__(self, hass: HomeAssistant) -> None:
        """No door is open."""
        self._hass = hass
        self._doors: dict[Address, Door] = {}
        self._renewals: dict[Address, CALLBACK_TYPE] = {}
        self._leaving: dict[str, CALLBACK_TYPE] = {}
        self._changing = asyncio.Lock()
        self._stop_listening: CALLBACK_TYPE | None = None

    @callback
    def find(self, address: Address) -> Door | None:
        """The door at an address, if it is open."""
        return self._doors.get(address)

    @callback
    def on_port(self, port: int) -> list[Door]:
        """The open doors that use a port, at whichever of this computer's addresses."""
        return [door for door in self._doors.values() if door.address[1] == port]

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve a charger that came in by Home Assistant's own web server. Strangers knock at the first door."""
        if not self._doors:
            return web.Response(status=503, text="No site of Fusewise is set up or running.\n")
        identity = identity_of(request.raw_path) or ""
        doors = list(self._doors.values())
        return await next((door for door in doors if door.belongs_here(identity)), doors[0]).handle(
            request
        )

    async def enter(self, entry_id: str, listening: Listening) -> Door:
        """Have a door open for a site. Raises DoorError."""
        self._stay(entry_id)
        address = listening.address
        async with self._changing:
            for other in list(self._doors.values()):
                alone = other.tenants <= {entry_id}
                if other.address != address or (alone and other.tls != listening.tls):
                    await self._leave(entry_id, other)
            if (door := self._doors.get(address)) is None:
                door = Door(self._hass, listening)
                await door.open()
                self._doors[address] = door
                self._renewals[address] = async_track_time_interval(
                    self._hass, door.renew, RENEW_EVERY, cancel_on_shutdown=True
                )
                self._listen()
            elif door.tls != listening.tls:
                raise _shared_otherwise(self._hass, door, entry_id)
            else:
                await door.renew()
            door.let(entry_id, listening.networks)
            return door

    @callback
    def leave_soon(self, entry_id: str) -> None:
        """A site is unloaded: unless it comes back at once, it has left."""
        self._stay(entry_id)
        self._leaving[entry_id] = async_call_later(
            self._hass,
            GRACE,
            HassJob(partial(self._leave_late, entry_id), cancel_on_shutdown=True),
        )

    async def leave(self, entry_id: str) -> None:
        """A site has left for good."""
        self._stay(entry_id)
        async with self._changing:
            for door in list(self._doors.values()):
                await self._leave(entry_id, door)

    async def _leave_late(self, entry_id: str, _now: Any) -> None:
        await self.leave(entry_id)

    async def _leave(self, entry_id: str, door: Door) -> None:
        if entry_id not in door.tenants:
            return
        door.unlet(entry_id)
        await door.dismiss(entry_id)
        if not door.tenants:
            del self._doors[door.address]
            self._renewals.pop(door.address)()
            self._listen()
            await door.close()

    def _stay(self, entry_id: str) -> None:
        if cancel := self._leaving.pop(entry_id, None):
            cancel()

    def _listen(self) -> None:
        """Hear of Home Assistant's end while there is something to close."""
        if self._doors and self._stop_listening is None:
            self._stop_listening = self._hass.bus.async_listen_once(
                EVENT_HOMEASSISTANT_STOP, self._close_all
            )
        elif not self._doors and self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None

    async def _close_all(self, _: Event) -> None:
        self._stop_listening = None
        async with self._changing:
            doors, self._doors = list(self._doors.values()), {}
            for cancel in self._renewals.values():
                cancel()
            self._renewals = {}
            await asyncio.gather(*(door.close() for door in doors))


DOORS: HassKey[Doors] = HassKey(DOMAIN)


@callback
def async_get_doors(hass: HomeAssistant) -> Doors:
    """The doors of this Home Assistant."""
    return hass.data.setdefault(DOORS, Doors(hass))


def _shared_otherwise(hass: HomeAssistant, door: Door, entry_id: str | None) -> DoorError:
    others = sorted(door.tenants - {entry_id})
    site = hass.config_entries.async_get_known_entry(others[0])
    return DoorError(CONF_ENCRYPTION, "port_shared_otherwise", site=site.title)


async def async_try_door(hass: HomeAssistant, listening: Listening, entry_id: str | None) -> None:
    """Find out whether chargers could connect here. Raises DoorError.

    `entry_id` is the site that would use it, where there is one already.
    """
    await async_context(hass, listening.tls)
    doors = async_get_doors(hass)
    address = listening.address
    if (door := doors.find(address)) is not None:
        # Shared with a site, or the site's own.
        if door.tls != listening.tls and not door.tenants <= {entry_id}:
            raise _shared_otherwise(hass, door, entry_id)
        return
    host, port = address
    taken = doors.on_port(port)
    if taken and all(door.tenants == {entry_id} for door in taken):
        port = 0  # its own port at another address: free once it has left that one
    try:
        server = await hass.loop.create_server(asyncio.Protocol, host, port)
    except (OSError, UnicodeError) as error:
        others = [entry for door in taken for entry in door.tenants - {entry_id}]
        problem = _door_error(error)
        if others and problem.key == "port_in_use":
            site = hass.config_entries.async_get_known_entry(others[0])
            raise DoorError(
                CONF_HOST, "port_shared_badly", site=site.title, address=address_of(site)[0]
            ) from error
        raise problem from error
    server.close()
    await server.wait_closed()


def _door_error(error: BaseException) -> DoorError:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return DoorError(CONF_PORT, "port_in_use")
        case errno.EACCES | errno.EPERM:
            return DoorError(CONF_PORT, "port_refused")
        case _:
            return DoorError(CONF_HOST, "listen_address_foreign")


@callback
def _dismiss_discovery(hass: HomeAssistant, identity: str) -> None:
    """Stop offering a charger that was taken in some other way."""
    flows = hass.config_entries.flow
    for flow in flows.async_progress_by_handler(
        DOMAIN, match_context={"unique_id": unique_id(identity)}
    ):
        flows.async_abort(flow["flow_id"])
