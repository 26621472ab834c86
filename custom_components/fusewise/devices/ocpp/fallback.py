"""The fall-back that lies in a charger: written once, before anything else, and again only when it changes."""

import contextlib

from .. import Clock, DeviceRefusedError
from .learnt import Learnt
from .settings import ChargerSettings
from .station import Station
from .ways import Way

ARM_AGAIN = 300.0  # s until a fall-back that was refused is tried again


class Fallback:
    """That of one charger."""

    def __init__(self, now: Clock) -> None:
        self.armed: float | None = None
        """A that it has accepted."""
        self.armed_as = ""
        """How that was written: way, unit, phases."""
        self.is_clean = False
        """What others have left in it was taken away."""
        self._now = now
        self._refused: tuple[float, DeviceRefusedError] | None = None

    def remember(self, learnt: Learnt) -> None:
        """Go on with what lay in it before a restart."""
        self.is_clean = learnt.is_clean
        self.armed, self.armed_as = learnt.armed, learnt.armed_as

    def doubt(self) -> None:
        """Try again what was refused."""
        self._refused = None

    def forget(self) -> None:
        """It is not there any more, or lies beneath what the charger does not obey."""
        self.armed = self._refused = None

    async def arm(
        self,
        station: Station,
        wanted: float,
        settings: ChargerSettings,
        way: Way,
        *,
        may_clear: bool,
    ) -> None:
        """Write it, where it is not that already. Raises DeviceError."""
        # Whatever car comes: it may have one phase.
        phases = settings.conductors if settings.fallback >= settings.maximum else 1
        unit = f"W{phases}" if station.in_watts else "A"
        armed_as = f"{way} {unit} {settings.conductors}"
        if station.is_shared:
            armed_as += " for itself"
        has_to_clear = may_clear and not self.is_clean
        if self.armed == wanted and self.armed_as == armed_as and not has_to_clear:
            return
        if self._refused is not None and self._now() < self._refused[0]:
            raise self._refused[1]
        if has_to_clear:
            # What others have left in it might hold beneath our limits, or above them.
            with contextlib.suppress(DeviceRefusedError):
                await station.clear()
            self.is_clean = True
        try:
            await station.set_fallback(wanted, phases, settings.wiring, way)
        except DeviceRefusedError as refusal:
            self.armed = None
            self._refused = (self._now() + ARM_AGAIN, refusal)
            raise
        if self.armed_as.startswith(Way.STATION_MAX) and way is not Way.STATION_MAX:
            await station.forget_maximum()
        self.armed, self.armed_as, self._refused = wanted, armed_as, None
