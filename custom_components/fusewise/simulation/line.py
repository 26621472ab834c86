"""The line to a charger, from the controller's end: setpoints out and renewed, statuses and samples in.

One call is under way at a time, as OCPP-J has it; the newest setpoint waits for its answer. A setpoint lives
for `LIFE` and is renewed at a third of that by nobody but the loop. While an answer is awaited, or never came,
the higher of the old and the new setpoint counts, because either may be in force.
"""

from collections import deque
from dataclasses import dataclass, field, replace
import random

from ..balancing.model import ChargerReading, ChargerStatus, Session
from .station import Measurement, Station, StationModel

__all__ = ["LIFE", "Line"]

LIFE = 30.0  # s that a live setpoint lives
ANSWER_TIME = 5.0  # s; without an answer for longer, the call has failed
STAMP = 1.0  # s: stamps are whole seconds, and taken as late as they may have been
NO_WISH = Session(id="", started=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A setpoint that is under way. Times are on the controller's clock."""

    current: float
    ends: float
    arrives: float
    gives_up: float
    phases: int | None
    before: tuple[float | None, float | None]
    """The limit that was known, and its end, before it was sent."""


@dataclass(slots=True)
class _Known:
    """What is forgotten when another controller takes over."""

    status: ChargerStatus = ChargerStatus.UNAVAILABLE
    session: Session | None = None
    number: int = 0
    """Of the session, as the charger counts; 0: none."""
    current: tuple[float, ...] | None = None
    measured_at: float = 0.0
    limit: float | None = None
    limit_until: float | None = None
    wanted: float = 0.0
    phases: int | None = None
    """On how many it was told to charge last; None: it cannot switch."""
    told: float | None = None
    """A that it has accepted; None: it must be told."""
    told_at: float = 0.0
    refused: float | None = None
    retry_at: float = 0.0
    wait: float = 1.0
    """s until a refused setpoint is tried again; doubles."""
    call: _Call | None = None
    clock_ahead: float = 0.0
    """s, of the charger, as its stamps show it."""
    samples: deque[tuple[float, Measurement]] = field(default_factory=deque)
    """On the way: (when it arrives, what)."""


class Line:
    """What the controller knows of a charger, and how it tells it. Times are on the controller's clock."""

    def __init__(self, station: Station, model: StationModel, rng: random.Random) -> None:
        self.station = station
        self.works = True
        """False: the cable is out, or the network is down."""
        self.wish = NO_WISH
        """What the owner wants of a session; its id and its beginning do not matter."""
        self.sent = 0
        """How many setpoints were sent, renewals included."""
        self._model = model
        self._rng = rng
        self._known = _Known()
        self._online = True
        self._connects_at: float | None = None

    @property
    def reading(self) -> ChargerReading:
        """What is known of the charger now."""
        known = self._known
        return ChargerReading(
            status=known.status,
            online=self._online,
            current=known.current,
            measured_at=known.measured_at,
            limit=known.limit,
            limit_until=known.limit_until,
            session=known.session,
            phases=self.station.charger.phases if self._model.tells_phases else None,
        )

    def restart(self, now: float) -> None:
        """Another controller takes over: it knows nothing, and the charger has to come back to it."""
        self._known = _Known()
        self._online, self._connects_at = False, now + self._model.connects_after

    def tell(self, current: float, now: float, phases: int | None = None) -> None:
        """Let through at most `current` A on so many phases: sent where it is new, or must be renewed."""
        known = self._known
        known.wanted = current
        if phases != known.phases:
            known.phases, known.told = phases, None
        due = current != known.told or now >= known.told_at + LIFE / 3
        refused = current == known.refused and now < known.retry_at
        if not due or refused or known.call is not None:
            return
        if not self._online or known.session is None:
            return
        known.call = _Call(
            current=current,
            ends=now + LIFE,
            arrives=now + self._model.latency,
            gives_up=now + ANSWER_TIME,
            phases=phases,
            before=(known.limit, known.limit_until),
        )
        in_force = known.limit_until is not None and known.limit_until > now
        known.limit = max(known.limit or 0.0, current) if in_force else current
        known.limit_until = known.call.ends
        known.told, known.told_at = None, now
        self.sent += 1

    def step(self, now: float) -> bool:
        """Carry what is on the way at `now`; True: something came that wakes the controller."""
        woken = self._connect(now)
        self._carry_call(now)
        self._listen(now)
        return self._hear(now) or woken

    # --- inside ---------------------------------------------------------------------------------------

    def _connect(self, now: float) -> bool:
        known = self._known
        if not self.works:
            was, self._online = self._online, False
            self._connects_at = known.call = None
            known.samples.clear()
            return was
        if self._online:
            return False
        if self._connects_at is None:
            self._connects_at = now + self._model.connects_after
        if now < self._connects_at:
            return False
        self._online, self._connects_at, known.told = True, None, None
        return True

    def _carry_call(self, now: float) -> None:
        known = self._known
        call = known.call
        if call is None or now < call.arrives:
            return
        if not self.station.answers:
            if now >= call.gives_up:
                known.call = None
            return
        known.call = None
        # Begun a moment ago, because a setpoint that begins in the future is not in force.
        ends = call.ends + known.clock_ahead
        if self.station.take(call.current, ends - LIFE - STAMP, ends, call.phases):
            known.told = known.limit = call.current
            known.limit_until = call.ends
            known.refused, known.wait = None, 1.0
        else:
            known.limit, known.limit_until = call.before
            known.refused, known.retry_at = call.current, now + known.wait
            known.wait = min(2 * known.wait, LIFE / 3)
        if (known.wanted, known.phases) != (call.current, call.phases):
            known.told = None
            self.tell(known.wanted, now, known.phases)

    def _listen(self, now: float) -> None:
        """Take what the charger has to say onto the line."""
        known = self._known
        sample = self.station.say()
        if sample is None or not self._online or self._rng.random() < self._model.loses:
            return
        known.samples.append((now + self._model.latency, sample))
        if self._rng.random() < self._model.doubles:
            known.samples.append((now + 2 * self._model.latency, sample))

    def _hear(self, now: float) -> bool:
        known = self._known
        if not self._online or not self.station.answers:
            return False
        woken = self._hear_status(now)
        while known.samples and known.samples[0][0] <= now:
            self._take_sample(known.samples.popleft()[1], now)
            woken = True
        return woken

    def _take_sample(self, sample: Measurement, now: float) -> None:
        known = self._known
        ahead = sample.taken_at + STAMP / 2 - now
        if abs(ahead - known.clock_ahead) > 2 * STAMP:
            known.clock_ahead = ahead
            known.told = None  # it was told in a time that is not the charger's
        at = min(now, sample.taken_at - known.clock_ahead + STAMP)
        if at >= known.measured_at:
            known.current, known.measured_at = sample.current, at

    def _hear_status(self, now: float) -> bool:
        known = self._known
        station = self.station
        number = station.session if station.in_transaction else 0
        if (station.status, number) == (known.status, known.number):
            return False
        known.status = station.status
        if number != known.number:
            known.number = number
            known.limit = known.limit_until = known.told = None
            known.session = (
                replace(self.wish, id=f"{station.charger.id} {number}", started=now)
                if number
                else None
            )
            if not number and known.current is not None:
                known.current, known.measured_at = (0.0,) * len(known.current), now
        return True
