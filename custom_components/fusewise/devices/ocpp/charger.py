"""A charger that has come in by OCPP: what is known of it, and the limit that holds it.

Two limits are in the charger. The fall-back is written once, before anything else, and stays: it holds when
nobody renews the live limit. The live limit exists while a car charges (OCPP 1.6 has it in transactions
only), ends by itself, and only `apply` renews it. A car that plugs in therefore starts at the fall-back, for
the moment until its transaction has begun: that wakes the controller, which applies the car's setpoint.
"""

from collections.abc import Callable, Sequence
import logging
import math
from typing import override

from ...balancing.model import ChargerReading, ChargerStatus
from .. import Charger, Clock, DeviceOfflineError, Unsubscribe
from ..events import Attempt, SessionEvents
from ..listeners import Listeners
from .autostart import Autostart
from .clock import ChargerClock
from .learnt import Learnt
from .measurands import MeterValues
from .preparing import Preparation
from .quirks import quirk_of
from .session_teller import SessionTeller
from .settings import ChargerSettings
from .station import Station, StationInfo
from .telling import Teller
from .transactions import Transactions
from .ways import Way
from .wishes import Wishes

_LOGGER = logging.getLogger(__name__)


class OcppCharger(Wishes, Charger):
    """An adopted charger, whether it is connected or not."""

    def __init__(self, identity: str, settings: ChargerSettings, clock: Clock) -> None:
        self.identity = identity
        self.settings = settings
        self.clock = ChargerClock()
        self.info: StationInfo | None = None
        self.events = SessionEvents()
        self.notices: dict[str, str] = {}
        """What it has told last of its firmware and its diagnostics."""
        self._now = clock
        self._station: Station | None = None
        self._status = ChargerStatus.UNAVAILABLE
        self._current: tuple[float, ...] | None = None
        self._measured_at = 0.0
        self._transactions = Transactions(identity)
        self._teller = Teller(identity, settings, self.clock, self._transactions, clock)
        self._preparation = Preparation(self, self._teller)
        self._sessions = SessionTeller(
            self.events, self._transactions, self.clock, clock, self._power
        )
        self._autostart = Autostart(self.start)
        self._listeners = Listeners[[]]()

    # --- for the controller ---------------------------------------------------------------------------

    @property
    @override
    def reading(self) -> ChargerReading:
        return ChargerReading(
            status=self._teller.pausing.shown(self._status),
            online=self._station is not None,
            current=self._current,
            measured_at=self._measured_at,
            limit=self._teller.limit.current,
            limit_until=self._teller.limit.until,
            session=self._teller.pausing.session(self._transactions.session, self._status),
            floor=self._teller.floor,
        )

    @override
    def subscribe(self, listener: Callable[[], None]) -> Unsubscribe:
        return self._listeners.add(listener)

    @override
    async def apply(self, current: float) -> None:
        if not (math.isfinite(current) and current >= 0.0):
            raise ValueError(f"{current} A is no limit")
        async with self._teller.turn:
            await self._teller.apply(self._connection(), current)

    @override
    def _connection(self) -> Station:
        if self._station is None:
            raise DeviceOfflineError(
                f"{self.identity} is not connected; alone it lets {self.settings.fallback:g} A "
                "through. Check its power and network, and the server address in its settings."
            )
        return self._station

    def ask_for_phases(self, phases: int) -> None:
        """Charge on so many conductors from the next limit on; its meter shows whether it does."""
        self._teller.ask_for_phases(phases)

    @property
    def switches_phases(self) -> bool | None:
        """Whether it says, or is known, to switch between one phase and three; None: it is not connected."""
        return None if self._station is None else self._station.switches_phases

    @property
    @override
    def transaction(self) -> int | None:
        return self._transactions.number

    @property
    def armed(self) -> float | None:
        """A of the fall-back that the charger has accepted; None: none."""
        return self._teller.armed

    @property
    def way(self) -> Way:
        """How it is told its limits."""
        return self._teller.way

    @property
    def step(self) -> float:
        """A that its limits are multiples of, as far as that is known."""
        return self._teller.traits.step(self.settings, quirk_of(self.info))

    @property
    def pauses(self) -> bool:
        """Whether a limit of 0 stops its car, as far as that is known."""
        return self._teller.traits.pauses(self.settings, quirk_of(self.info))

    @property
    def learnt(self) -> Learnt:
        """What was found out about it, and outlives a restart."""
        return self._teller.learnt

    def remember_learnt(self, learnt: Learnt) -> None:
        """Go on with what was found out before a restart."""
        self._teller.remember(learnt)

    # --- for the central system -----------------------------------------------------------------------

    def configure(self, settings: ChargerSettings) -> None:
        """Take over changed settings; they count from the next `apply`."""
        if settings == self.settings:
            return
        if not settings.is_free:
            self._autostart.rest()
        other_unit = settings.unit != self.settings.unit
        self._teller.configure(settings)
        self.settings = settings
        if other_unit and self._station is not None:
            self._preparation.begin(self._station)

    def connected(self, station: Station) -> None:
        """Take the newest connection."""
        self._station = station
        self._teller.doubt()
        self._preparation.begin(station)
        self._changed()

    def disconnected(self, station: Station) -> None:
        """Note that a connection is gone. Its limit stays in force until it ends, so it stays known."""
        if self._station is station:
            self._station = None
            self._autostart.rest()
            self._preparation.stop()
            self._changed()

    def booted(self, station: Station, told: float) -> None:
        """Note that the charger was started: what it had in its memory may be gone."""
        self.info = station.info
        self.clock.told(told, self._now())
        if (
            not self._preparation.has_asked()
        ):  # else it has only told its name; what it had it still has
            self._teller.booted()
        self._preparation.begin(station)

    def status_changed(self, status: ChargerStatus) -> None:
        """Take a status of its connector."""
        self._status = status
        before, now = self._transactions.session, self._now()
        number = self._transactions.number
        if self._transactions.fits(status, now):
            self._idle()
            if before is not None:
                self._sessions.gone(before, number)
        self._sessions.found(before)
        if self._transactions.session is not None:
            self._autostart.begun()
            if before is None:
                self._teller.pausing.begun()
        else:
            self._teller.pausing.seen(status, now)
            if status is ChargerStatus.PREPARING and self.settings.is_free:
                self._autostart.plugged()
            elif status is ChargerStatus.AVAILABLE:
                self._autostart.gone()
        self._changed()

    def noted(self, what: str, status: str) -> None:
        """Note how far it is with its firmware or its diagnostics, in its own word."""
        _LOGGER.info("Charger %s: %s %a", self.identity, what, status[:50])
        self.notices[what] = status[:50]

    def remember(self, number: int, attempt: Attempt | None, began: float) -> None:
        """Know the transaction that ran when Home Assistant was stopped."""
        self._transactions.remember(number, attempt, began)

    def started(self, attempt: Attempt, stamp: float | None) -> int:
        """Begin a transaction; return its number, which is the same for the same attempt."""
        now = self._now()
        if stamp is not None:
            self.clock.observe(stamp, now)
        began = now if stamp is None else self.clock.ours(stamp, now)
        number, is_new = self._transactions.start(attempt, began)
        self._autostart.begun()
        if is_new:
            self._teller.started()
            session = self._transactions.session
            assert session is not None
            self._sessions.started(session, attempt)
            self._changed()
        return number

    def stopped(self, number: int, stamp: float | None, register: float | None, why: str) -> None:
        """End a transaction; one that is not known, or over already, changes nothing here."""
        session = self._transactions.session
        is_over = self._transactions.stop(number)
        self._sessions.stopped(session if is_over else None, number, stamp, register, why)
        if is_over:
            self._idle()
            self._changed()

    def runs(self, number: object) -> bool:
        """Tell whether this is the number of the running transaction."""
        return number is not None and number == self._transactions.number

    def measured(self, transaction: object, values: MeterValues) -> None:
        """Take measurements, and the transaction that they were taken in."""
        now, before, samples = self._now(), self._transactions.session, values.samples
        if isinstance(transaction, int) and self._transactions.seen(transaction, now):
            self._teller.limit.doubt()
        for sample in samples:
            if sample.stamp is not None and self.clock.observe(sample.stamp, now):
                self._teller.limit.doubt()  # it was given in a time that is not the charger's
        for sample in samples:
            at = now if sample.stamp is None else self.clock.ours(sample.stamp, now)
            # Samples from before a lost connection come late.
            if at >= self._measured_at:
                # A sum does not tell on which phases it is, once it may be on one.
                knows = not (sample.is_sum and self._teller.spread.asked == 1)
                self._current, self._measured_at = sample.current if knows else None, at
                if self._station is not None:
                    self._teller.judge(self._station, sample, at)
        self._sessions.found(before)
        self._sessions.measured(transaction, values)
        self._changed()

    def _idle(self) -> None:
        """No transaction: no live limit, and the contactor is open."""
        self._teller.ended()
        if self._current is not None:
            self._current = (0.0,) * len(self._current)
            self._measured_at = self._now()

    def prepared(self) -> None:
        """Note that it is known what it can do, and that it is armed, or not."""
        self._changed()

    def _changed(self) -> None:
        self._listeners.call()

    def _power(self, current: Sequence[float]) -> float:
        return self.settings.wiring.watts_per_ampere * sum(current) / len(current)
