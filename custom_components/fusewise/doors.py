"""The doors of this Home Assistant, kept open above the sites that use them.

A site that is reloaded leaves its door for a moment only, and no charger notices: the sockets belong to the
door. Several sites may share one; the last that leaves for good closes it.
"""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

from aiohttp import web

from homeassistant.const import CONF_HOST, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.util.hass_dict import HassKey

from .const import CONF_ENCRYPTION, DOMAIN
from .devices.ocpp import identity_in, listened_on
from .door import Door
from .listening import Address, DoorError, Listening, address_of, async_context, door_error

RENEW_EVERY = timedelta(hours=12)  # certificates are renewed weeks before they end
GRACE = 10.0  # s; a reload takes less, and a charger's limit lives longer


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
        identity = identity_in(request) or ""
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
                # Before it opens: who calls in that very moment is welcome too.
                await door.let(entry_id, listening)
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
            await door.let(entry_id, listening)
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
        await door.unlet(entry_id)
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
        # Only bound: a charger that calls just now shall be refused, and call again soon, rather than be let in
        # by a server that says nothing, and wait for minutes.
        server = await hass.loop.create_server(
            asyncio.Protocol, listened_on(host), port, start_serving=False
        )
    except (OSError, UnicodeError) as error:
        others = [entry for door in taken for entry in door.tenants - {entry_id}]
        problem = door_error(error)
        if others and problem.key == "port_in_use":
            site = hass.config_entries.async_get_known_entry(others[0])
            raise DoorError(
                CONF_HOST, "port_shared_badly", site=site.title, address=address_of(site)[0]
            ) from error
        raise problem from error
    server.close()
    await server.wait_closed()
