"""The hardware edge: what a charger and a meter are to the controller, whatever they speak.

A way to speak (OCPP, Modbus, Home Assistant entities) is a sub-package that offers these two shapes.
The controller asks `reading`, is woken through `subscribe`, and calls `Charger.apply` in every cycle.
"""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from ..balancing.model import ChargerReading, MeterReading

type Clock = Callable[[], float]
"""Seconds since the epoch on a clock that never jumps; every `measured_at` is taken from it."""

type Unsubscribe = Callable[[], None]


class DeviceError(Exception):
    """A device cannot do what was asked; the message says what its owner can do about it."""


class DeviceOfflineError(DeviceError):
    """The device does not answer, or its line is lost."""


class DeviceRefusedError(DeviceError):
    """The device answered, and said no."""


class Meter(Protocol):
    """Something that measures the current on each phase of a circuit."""

    @property
    def reading(self) -> MeterReading | None:
        """The newest sample; None before the first. It is not taken back when the meter falls silent."""

    def subscribe(self, listener: Callable[[], None]) -> Unsubscribe:
        """Call `listener` in the event loop after each new sample."""

    async def run(self) -> None:
        """Read for ever. Cancelled when the site is unloaded; survives every failure of the device."""


class Charger(Protocol):
    """Something that lets a car draw up to a current."""

    @property
    def reading(self) -> ChargerReading:
        """What is known now."""

    def subscribe(self, listener: Callable[[], None]) -> Unsubscribe:
        """Call `listener` in the event loop when a status, a session, a line or a measurement changes."""

    async def apply(self, current: float) -> None:
        """Let through at most `current` A per phase; 0 pauses.

        Called in every cycle, also with an unchanged current: the device sends only what is new, or what
        must be renewed so that the limit stays in force. Because nothing but this call renews it, a
        controller that has stopped lets the charger return to its fall-back.

        Raises DeviceError when the charger cannot be told, or does not accept.
        """


@runtime_checkable
class SwitchesPhases(Protocol):
    """What a charger can do besides, if it can: charge on one of its phases only."""

    def ask_for_phases(self, phases: int) -> None:
        """Charge on so many of its conductors from the next `apply` on, which says if it cannot be told.

        Called before each `apply`, also with an unchanged number. It changes only while the car is paused.
        """
