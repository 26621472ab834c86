"""Pauses a charger that draws on when it is told 0: its transaction is ended, and another begun when there is room.

Until then it is shown as paused by its charger, and asks for current like any car that waits.
"""

from ...balancing.model import ChargerStatus
from .. import DeviceRefusedError
from .station import Station

AGAIN = 60.0  # s until it is asked once more
WAITS = frozenset({ChargerStatus.PREPARING, ChargerStatus.FINISHING, ChargerStatus.SUSPENDED_EVSE})


class Pausing:
    """The pause of one charger."""

    def __init__(self) -> None:
        self._is_on = False
        self._begun_at = self._asked_at = float("-inf")
        self._refusal: DeviceRefusedError | None = None

    async def begin(self, station: Station, transaction: int, now: float) -> None:
        """End the transaction. Raises DeviceError."""
        if now < self._begun_at + AGAIN:
            if self._refusal is not None:
                raise self._refusal
            return
        self._begun_at, self._refusal = now, None
        try:
            await station.stop(transaction)
        except DeviceRefusedError as refusal:
            self._refusal = refusal
            raise
        self._is_on = True

    async def end(self, station: Station, now: float) -> None:
        """Begin another one, where it was we who ended the last. Raises DeviceError."""
        if self._is_on and now >= self._asked_at + AGAIN:
            self._asked_at = now
            await station.start()

    def over(self) -> None:
        """Another transaction has begun, or the car is gone."""
        self._is_on, self._refusal = False, None
        self._begun_at = self._asked_at = float("-inf")

    def shown(self, status: ChargerStatus) -> ChargerStatus:
        """The status, with a pause of ours as what it is."""
        return ChargerStatus.SUSPENDED_EVSE if self._is_on and status in WAITS else status
