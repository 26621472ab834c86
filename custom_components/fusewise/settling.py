"""Leaves a charger alone for a moment after it was connected, until it is known what its car draws."""

from collections.abc import Iterable
from dataclasses import replace

from .balancing.codes import ReasonCode
from .balancing.model import NEVER, ChargerReading, ChargerStatus
from .devices import Meter

__all__ = ["Settling", "left_alone"]

SETTLES = 10.0  # s that a charger is left alone at most, until it is known what its car draws


class Settling:
    """Which chargers of a site are known by now."""

    def __init__(self) -> None:
        """None is."""
        self._settled: dict[str, float] = {}
        """Since when each charger is connected; NEVER once it is known what its car draws."""

    def settle(
        self, chargers: dict[str, ChargerReading], meters: Iterable[Meter], now: float
    ) -> None:
        """Wait a moment until it is known what a car draws that charged before we heard of it.

        Until its charger has measured, and a meter has seen the same moment, it could only be paused to be
        safe. Its limit, or its fall-back, holds it all the same.
        """
        readings = [meter.reading for meter in meters]
        for key, reading in chargers.items():
            if not reading.online:
                self._settled.pop(key, None)
                continue
            since = self._settled.setdefault(key, now)
            if since == NEVER:
                continue
            unknown = reading.current is None or any(
                seen is not None and seen.measured_at < reading.measured_at for seen in readings
            )
            if unknown and reading.status is ChargerStatus.CHARGING and now - since < SETTLES:
                chargers[key] = left_alone(reading, ReasonCode.STARTING)
            elif reading.status is not ChargerStatus.UNAVAILABLE:
                self._settled[key] = NEVER


def left_alone(reading: ChargerReading, reason: ReasonCode) -> ChargerReading:
    """The reading of a charger that is told nothing for this reason."""
    return replace(reading, online=False, left_alone=reason)
