"""The fault matrix: everything that can fail at a home, one row each. docs/safety.md says what then happens."""

from collections.abc import Iterable
from dataclasses import replace
import math

from ..balancing.model import NOTHING, Circuit, GridLimit, PerPhase, Site
from .faults import EV, SUN, Fault, Scenario
from .meter import MeterModel
from .site import SimulatedSite
from .station import StationModel

__all__ = ["MATRIX"]


def nothing(sim: SimulatedSite) -> None:
    """All is well."""


def meters(*names: str, **attributes: object) -> Scenario:
    """Set attributes of these meters; of all, where none is named."""
    return lambda sim: _set((sim.meters[n] for n in names or sim.meters), attributes)


def stations(*names: str, **attributes: object) -> Scenario:
    """Set attributes of these chargers; of all, where none is named."""
    return lambda sim: _set((sim.stations[n] for n in names or sim.stations), attributes)


def lines(*names: str, **attributes: object) -> Scenario:
    """Set attributes of the lines of these chargers; of all, where none is named."""
    return lambda sim: _set((sim.lines[n] for n in names or sim.lines), attributes)


def hangs(*, controller: bool) -> Scenario:
    """Let the loop hang, or go on."""
    return lambda sim: _set([sim], {"controller_hangs": controller})


def kills(sim: SimulatedSite) -> None:
    """Kill the controller."""
    sim.kill()


def starts(sim: SimulatedSite) -> None:
    """Start the controller anew; one that runs is killed first."""
    sim.start()


def starts_an_hour_back(sim: SimulatedSite) -> None:
    """Start the controller anew, on a computer whose clock was set back meanwhile."""
    sim.start(clock_ahead=-3600.0)


def power(*, on: bool) -> Scenario:
    """Cut the power of all chargers, or let it come back."""

    def switch(sim: SimulatedSite) -> None:
        for name, station in sim.stations.items():
            station.reboot()
            station.charger.powered = on
            sim.lines[name].works = on

    return switch


def grid(*limits: GridLimit) -> Scenario:
    """Let the grid operator say this; the fuse is then judged by it."""

    def say(sim: SimulatedSite) -> None:
        sim.outside = replace(sim.outside, grid_limits=limits)
        [main] = (circuit for circuit in sim.site.circuits if circuit.id == "main")
        least = min((limit.amperes for limit in limits if limit.amperes is not None), default=None)
        sim.fuses["main"].rating = main.rating if least is None else (least, least, least)

    return say


def clouds(sim: SimulatedSite) -> None:
    """Let all sun vanish at once."""
    _set(sim.suns.values(), {"amperes": NOTHING})


def shines(amperes: float) -> Scenario:
    """Let the sun shine again."""
    return lambda sim: _set(sim.suns.values(), {"amperes": (amperes, amperes, amperes)})


def leaves(name: str) -> Scenario:
    """Let a car drive off."""
    return lambda sim: sim.stations[name].unplug()


def both(*scenarios: Scenario) -> Scenario:
    """One after the other, at the same moment."""

    def do(sim: SimulatedSite) -> None:
        for scenario in scenarios:
            scenario(sim)

    return do


def unproved(site: Site) -> Site:
    """Nobody has seen the fall-backs work."""
    chargers = tuple(replace(charger, fallback_proved=False) for charger in site.chargers)
    return replace(site, chargers=chargers)


def with_sub_panel(site: Site) -> Site:
    """Yard and carport hang on a sub-panel of 20 A with a meter of its own."""
    panel = Circuit(
        id="shed",
        rating=(20.0, 20.0, 20.0),
        parent="main",
        meter="shed",
        usable_share=site.circuits[0].usable_share,
        house_allowance=(2.0, 2.0, 2.0),
    )
    on_it = [
        charger if charger.id == "garage" else replace(charger, circuit="shed")
        for charger in site.chargers
    ]
    return replace(site, circuits=(*site.circuits, panel), chargers=tuple(on_it))


def _set(things: Iterable[object], attributes: dict[str, object]) -> None:
    for thing in things:
        for name, figure in attributes.items():
            setattr(thing, name, figure)


def _nan(current: PerPhase) -> PerPhase:
    return math.nan, current[1], current[2]


def _absurd(current: PerPhase) -> PerPhase:
    return current[0] * 1000, current[1] * 1000, current[2] * 1000


def _half(current: PerPhase) -> PerPhase:
    return current[0] / 2, current[1] / 2, current[2] / 2


def _slow(reports_every: float) -> StationModel:
    return StationModel(reports_every=reports_every)


MATRIX: dict[str, Fault] = {
    # nothing fails, and the house steps up all the same
    "house.steps": Fault(begins=nothing, ends=nothing),
    "sun.vanishes": Fault(begins=clouds, ends=shines(SUN), sun=SUN, step=0.0),
    "grid.limits": Fault(
        begins=grid(GridLimit(source="operator", amperes=16.0)), ends=grid(), step=0.0
    ),
    # meters
    "meter.silent": Fault(begins=meters(works=False), ends=meters(works=True)),
    "meter.stuck": Fault(begins=meters(frozen=True), ends=meters(frozen=False)),
    "meter.nan": Fault(begins=meters(lies=_nan), ends=meters(lies=None)),
    "meter.absurd": Fault(begins=meters(lies=_absurd), ends=meters(lies=None)),
    "meter.half": Fault(begins=meters(lies=_half), ends=meters(lies=None)),
    "meter.lossy": Fault(
        begins=nothing, ends=nothing, meter=MeterModel(loses=0.3, doubles=0.3, noise=0.1)
    ),
    "meter.lags_3s": Fault(begins=nothing, ends=nothing, meter=MeterModel(lag=3.0)),
    "meter.lags_10s": Fault(begins=nothing, ends=nothing, meter=MeterModel(lag=10.0)),
    "meter.every_10s": Fault(begins=nothing, ends=nothing, meter=MeterModel(interval=10.0)),
    "meter.every_30s": Fault(begins=nothing, ends=nothing, meter=MeterModel(interval=30.0)),
    "submeter.silent": Fault(
        begins=meters("shed", works=False), ends=meters("shed", works=True), site=with_sub_panel
    ),
    "submeter.stuck": Fault(
        begins=meters("shed", frozen=True), ends=meters("shed", frozen=False), site=with_sub_panel
    ),
    # chargers
    "charger.every_60s": Fault(begins=nothing, ends=nothing, station=_slow(60.0)),
    "charger.silent": Fault(begins=stations(measures=False), ends=stations(measures=True)),
    "charger.line_lost": Fault(begins=lines("garage", works=False), ends=lines(works=True)),
    "charger.lines_lost": Fault(begins=lines(works=False), ends=lines(works=True)),
    "charger.line_lost_unproved": Fault(
        begins=both(lines("garage", works=False), stations("garage", fallback=10.0)),
        ends=lines(works=True),
        site=unproved,
    ),
    "charger.falls_back_wrong": Fault(
        begins=both(lines("garage", works=False), stations("garage", fallback=10.0)),
        ends=lines(works=True),
    ),
    "charger.refuses": Fault(begins=stations("garage", refuses=True), ends=stations(refuses=False)),
    "charger.ignores": Fault(
        begins=stations("garage", ignores=10.0), ends=stations("garage", ignores=None)
    ),
    "charger.hangs": Fault(begins=stations("garage", answers=False), ends=stations(answers=True)),
    "charger.clock_jumps": Fault(
        begins=stations("garage", clock_ahead=3600.0), ends=stations(clock_ahead=0.0)
    ),
    "charger.power_cut": Fault(begins=power(on=False), ends=power(on=True)),
    # cars
    "car.leaves": Fault(begins=leaves("garage"), ends=nothing),
    "car.slow": Fault(
        begins=nothing, ends=nothing, car=replace(EV, dead_time=8.0, slope=1.0, stop_time=5.0)
    ),
    "car.sleeps": Fault(begins=nothing, ends=nothing, car=replace(EV, wake=60.0)),
    # the controller
    "controller.killed": Fault(begins=kills, ends=starts),
    "controller.killed_forgets": Fault(begins=kills, ends=starts, remembers=False),
    "controller.hangs": Fault(begins=hangs(controller=True), ends=hangs(controller=False)),
    "controller.restarts": Fault(begins=starts, ends=nothing),
    "controller.restarts_forgets": Fault(begins=starts, ends=nothing, remembers=False),
    "controller.clock_set_back": Fault(begins=starts_an_hour_back, ends=nothing),
    "network.down": Fault(
        begins=both(meters(works=False), lines(works=False)),
        ends=both(meters(works=True), lines(works=True)),
    ),
}
