"""What the sun leaves for cars: what would be exported if no car charged, as its owner nets it."""

from .loads import Load
from .model import PHASES, Battery, Snapshot
from .settings import BatteryUse, Netting, Settings
from .topology import Topology

__all__ = ["surplus"]


def surplus(topology: Topology, snapshot: Snapshot, loads: list[Load]) -> tuple[float, ...]:
    """W for cars from the sun: one figure for all phases together, or one for each.

    The load besides cars, taken negative, is what would be exported: house minus sun plus what the battery
    takes. Main fuses without a believed meter give none.
    """
    settings = topology.site.settings
    watts = [0.0] * PHASES
    believed = [loads[root] for root in topology.roots if loads[root].shown is not None]
    for load in believed:
        if load.rest is not None and settings.netting is Netting.ALL_PHASES:
            # Only the sum is measured, and it is the sum that is netted.
            watts[0] -= load.rest * topology.site.voltage
            continue
        for phase in range(PHASES):
            watts[phase] -= load.smoothed[phase] * topology.site.voltage
    help_watts = _from_battery(snapshot.battery, settings) if believed else 0.0
    if settings.netting is Netting.ALL_PHASES:
        return (max(0.0, sum(watts) + help_watts),)
    phases = [
        phase for phase in range(PHASES) if topology.circuits[topology.roots[0]].rating[phase]
    ]
    return tuple(
        max(0.0, watts[phase] + (help_watts / len(phases) if phase in phases else 0.0))
        for phase in range(PHASES)
    )


def _from_battery(battery: Battery | None, settings: Settings) -> float:
    """W that the battery's owner lets the cars have on top; negative where it discharges into the cars."""
    if battery is None:
        return 0.0
    if settings.battery is BatteryUse.BATTERY_FIRST:
        return min(0.0, battery.power)
    extra = 0.0
    if (
        settings.battery is BatteryUse.BATTERY_HELPS
        and battery.soc is not None
        and battery.soc > settings.battery_reserve
    ):
        extra = battery.maximum_discharge
    return battery.power + extra
