"""Pauses a charger that draws on when it is told 0: its transaction is ended, and another begun when there is room.

Until then it is shown as paused by its charger, and its session as the one that it was: with the vehicle that is
there, and with what people want of it. So a car that is switched off, or has what it needs, is not begun again.
"""

from dataclasses import replace

from ...balancing.model import ChargerStatus, Session
from .. import DeviceRefusedError
from .station import Station

AGAIN = 60.0  # s until it is asked once more
BOOTING = (
    60.0  # s from a start in which a charger may call an outlet free before it has looked for a car
)
LONGEST = 12 * 3600.0  # s that a pause outlives a restart; then another car may be there
WAITS = frozenset({ChargerStatus.PREPARING, ChargerStatus.FINISHING, ChargerStatus.SUSPENDED_EVSE})


class Pausing:
    """The pause of one charger."""

    def __init__(self) -> None:
        self.since: float | None = None
        """When it began; None: there is none."""
        self._session: Session | None = None
        """The one that it is a pause of, also after it."""
        self._begun_at = self._asked_at = self._booted_at = float("-inf")
        self._refusal: DeviceRefusedError | None = None
        self._is_away = False
        """The charger was started, and has seen no car yet."""

    def remember(self, identity: str, since: float, now: float) -> None:
        """Go on with a pause that a restart of Home Assistant has fallen into."""
        if self._session is None and now < since + LONGEST:
            self.since = since
            self._session = Session(id=f"{identity}-{int(since)}", started=since)

    async def begin(
        self, station: Station, transaction: int, session: Session | None, now: float
    ) -> None:
        """End the transaction of the session that is shown. Raises DeviceError."""
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
        self.since, self._session = now, session

    async def end(self, station: Station, now: float) -> None:
        """Begin another one, where it was we who ended the last. Raises DeviceError."""
        if self.since is not None and not self._is_away and now >= self._asked_at + AGAIN:
            self._asked_at = now
            await station.start()

    def goes_on(self, now: float) -> None:
        """It charges, and may: whoever ends its transaction later is not us."""
        if self.since is not None and now >= self._begun_at + AGAIN:
            self.begun()

    def begun(self) -> None:
        """Another transaction has begun; it is the same session where it was we who ended the last."""
        if self.since is None:
            self._session = None
        self.since = self._refusal = None
        self._is_away = False
        self._begun_at = self._asked_at = float("-inf")

    def ended(self) -> None:
        """A transaction has ended: by us, or the session is over."""
        if self.since is None:
            self._session = None

    def booted(self, now: float) -> None:
        """The charger was started."""
        self._booted_at = now

    def seen(self, status: ChargerStatus, now: float) -> None:
        """No transaction runs, and its outlet is so: a pause ends with the car."""
        is_starting = now < self._booted_at + BOOTING
        if status is ChargerStatus.AVAILABLE and is_starting:
            self._is_away = True
        elif status is ChargerStatus.AVAILABLE or (self._is_away and not is_starting):
            self.since = None
            self.begun()
        elif status in WAITS:
            self._is_away = False

    def shown(self, status: ChargerStatus) -> ChargerStatus:
        """The status, with a pause of ours as what it is."""
        return ChargerStatus.SUSPENDED_EVSE if self._is_on(status) else status

    def session(self, running: Session | None, status: ChargerStatus) -> Session | None:
        """The session, that goes on through pauses."""
        known = self._session
        if running is None:
            return known if self._is_on(status) else None
        return running if known is None else replace(running, id=known.id, started=known.started)

    def _is_on(self, status: ChargerStatus) -> bool:
        return self.since is not None and status in WAITS
