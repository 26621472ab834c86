"""The demo's door for scripts: look at the physics, order loads, break things. HTTP on this machine only.

    GET  /state                                    the newest sample, statuses and transactions
    GET  /samples?since=T   GET /events?since=T    the record after moment T (all without it)
    POST /step   {"phase": "L1", "amperes": 8}     the house draws that much more on L1 (0 ends it)
    POST /fault  {"kind": "meter_stop"}            see FAULTS; of a charger also {"which": "garage"}
    POST /plug   {"charger": "garage", "plugged": false}

A request that cannot be met is answered with status 400 and {"error": "what to do"}.
"""

from collections.abc import Awaitable, Callable, Mapping
import math
from typing import Any

from aiohttp import web

from custom_components.fusewise.simulation import Phase

from . import clock, scene
from .meter import MeterFault, PortInUseError
from .world import World

_METER_FAULTS = {
    "meter_stop": MeterFault.STOPPED,
    "meter_hang": MeterFault.HANGING,
    "meter_nan": MeterFault.NAN,
    "meter_freeze": MeterFault.FROZEN,
    "meter_start": MeterFault.NONE,
}
_CHARGER_FAULTS = (
    "charger_cut",  # the line is cut
    "charger_hang",  # the line looks alive and carries nothing
    "charger_restore",  # the line is whole again
    "charger_garbage",  # it says something that is not OCPP
    "charger_stop",  # its mains are gone
    "charger_start",  # and are back
)
FAULTS = (*_METER_FAULTS, *_CHARGER_FAULTS)
_MOST = 200.0  # A: more is a typing error, not a house


class _BadRequestError(Exception):
    """What was asked cannot be; the message says what can."""


class Door:
    """The HTTP server of one world."""

    def __init__(self, world: World, host: str = "127.0.0.1") -> None:
        self._world, self._host = world, host
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self, port: int) -> None:
        """Listen on `port` (0: the system chooses; see `port`). Raises PortInUseError."""
        app = web.Application(middlewares=[_explain])
        app.router.add_get("/state", self._state)
        app.router.add_get("/samples", self._samples)
        app.router.add_get("/events", self._events)
        app.router.add_post("/step", self._step)
        app.router.add_post("/fault", self._fault)
        app.router.add_post("/plug", self._plug)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, port).start()
        except OSError as error:
            await self.stop()
            raise PortInUseError(port) from error
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def _state(self, _: web.Request) -> web.Response:
        stations = {
            name: {
                "online": station.online,
                "status": station.status,
                "plugged": station.charger.car is not None,
                "soc": round(station.charger.car.soc, 4) if station.charger.car else None,
                "energy_wh": round(station.charger.energy_wh, 1),
                "closings": station.charger.closings,
                "transaction": station.transaction.id if station.transaction else None,
                "wiring": [phase.name for phase in station.charger.wiring],
                "maximum": station.charger.maximum,
            }
            for name, station in self._world.stations.items()
        }
        return web.json_response(
            {
                "now": clock.now(),
                "rating": [scene.RATING] * 3,
                "ordered": list(self._world.plant.house.ordered),
                "sample": self._world.now,
                "stations": stations,
            }
        )

    async def _samples(self, request: web.Request) -> web.Response:
        return web.json_response({"samples": self._world.record.samples(_since(request))})

    async def _events(self, request: web.Request) -> web.Response:
        return web.json_response({"events": self._world.record.events(_since(request))})

    async def _step(self, request: web.Request) -> web.Response:
        body = await _body(request)
        amperes = body.get("amperes")
        if not isinstance(amperes, int | float) or not abs(amperes) <= _MOST:
            raise _BadRequestError(f"amperes must be a number from -{_MOST:g} to {_MOST:g}.")
        if (phase := body.get("phase")) not in Phase.__members__:
            raise _BadRequestError("phase must be L1, L2 or L3.")
        return web.json_response(self._world.order(Phase[str(phase)], float(amperes)))

    async def _fault(self, request: web.Request) -> web.Response:
        body = await _body(request)
        kind = str(body.get("kind"))
        if kind in _METER_FAULTS:
            await self._world.meter.fail(_METER_FAULTS[kind])
        elif kind in _CHARGER_FAULTS:
            await self._charger_fault(kind, self._charger(body.get("which")))
        else:
            raise _BadRequestError(f"kind must be one of {', '.join(FAULTS)}.")
        return web.json_response(
            self._world.record.note("fault", fault=kind, which=body.get("which"))
        )

    async def _charger_fault(self, kind: str, name: str) -> None:
        line, station = self._world.lines[name], self._world.stations[name]
        match kind:
            case "charger_cut":
                line.cut()
            case "charger_hang":
                line.hang()
            case "charger_restore":
                line.restore()
            case "charger_garbage":
                await line.babble()
            case "charger_stop":
                station.power_off()
                line.cut()
            case "charger_start":
                station.power_on()
                line.restore()

    async def _plug(self, request: web.Request) -> web.Response:
        body = await _body(request)
        name, plugged = self._charger(body.get("charger")), body.get("plugged")
        station = self._world.stations[name]
        if not isinstance(plugged, bool):
            raise _BadRequestError("plugged must be true or false.")
        if plugged and station.charger.car is None:
            station.plug(scene.car(name))
        elif not plugged:
            station.unplug()
        return web.json_response(self._world.record.note("plug", charger=name, plugged=plugged))

    def _charger(self, name: object) -> str:
        if isinstance(name, str) and name in self._world.stations:
            return name
        raise _BadRequestError(f"The charger must be one of {', '.join(self._world.stations)}.")


@web.middleware
async def _explain(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except (_BadRequestError, PortInUseError) as error:
        return web.json_response({"error": str(error)}, status=400)


async def _body(request: web.Request) -> Mapping[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _BadRequestError("The body must be a JSON object.")
    return body


def _since(request: web.Request) -> float:
    text = request.query.get("since", "-inf")
    try:
        moment = float(text)
    except ValueError:
        moment = math.nan
    if math.isnan(moment):
        raise _BadRequestError(f"since must be a number, not {text!r}.")
    return moment
