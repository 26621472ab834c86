"""Which outlet a message of OCPP 1.6 is about: 0 is the station as a whole, unless a charger calls its only one so."""

from ....balancing.model import ChargerStatus
from ..outlets import FIRST
from .profiles import STATION

# What a station as a whole can be (OCPP 1.6, 4.9); more than that only an outlet can.
OF_STATION = (ChargerStatus.AVAILABLE, ChargerStatus.UNAVAILABLE, ChargerStatus.FAULTED)


class Connectors:
    """What one charge point has shown of its connector ids."""

    def __init__(self) -> None:
        self._names_first = False
        self._measures_first = False
        self._zero_is_first = False

    def of_status(self, connector: int, status: ChargerStatus | None) -> int | None:
        """Return the outlet that a status is of; None where it is the station's."""
        if connector != STATION:
            self._names_first = True
            self._zero_is_first = False
            return connector
        # That of the station is wrong on some (Autel), and tells nothing of a car.
        if status is not None and status not in OF_STATION and not self._names_first:
            self._zero_is_first = True
        return FIRST if self._zero_is_first else None

    def of_start(self, connector: int) -> int:
        """Return the outlet at which a transaction begins: there is none at a station as a whole."""
        if connector != STATION:
            return connector
        self._zero_is_first = not self._names_first
        return FIRST

    def of_measurement(self, connector: int, runs_at: int | None, is_shared: bool) -> int | None:
        """Return the outlet that was measured, of whose transaction at best; None: all of them together."""
        if connector == FIRST:
            self._measures_first = True
        if runs_at is not None:
            return runs_at
        if connector != STATION:
            return connector
        # Some measure for the station only; where both do, the station's may be those of more.
        return None if is_shared or self._measures_first else FIRST
