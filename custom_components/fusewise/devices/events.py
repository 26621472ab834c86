"""What happens to the session at a charger, told to whoever keeps the list of sessions."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from . import Unsubscribe

KEPT = 200  # events that wait while nobody listens: a reload takes a second


class EnergyBy(StrEnum):
    """How it is known what a charger's cars have charged."""

    METER = "meter"
    """It counts that itself."""
    POWER = "power"
    """By its power over time: an estimate."""
    NOTHING = "nothing"


type Attempt = tuple[str, int, str]
"""Card, meter and time at the start: what a charger says again when it has not heard our answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionBegan:
    """A car has begun, or was found charging."""

    session: str
    """The session's id, the same in all its events."""
    at: float
    transaction: int | None = None
    """None: it was found by its status only."""
    attempt: Attempt | None = None
    """None: it was found, not started."""
    register: float | None = None
    """Wh that the charger's meter showed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMeasured:
    """The meter was read while a car was there."""

    session: str
    at: float
    transaction: int | None
    register: float | None
    power: float | None
    """W."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded:
    """A car has ended; or a charger tells late, or once more, that it had."""

    session: str | None
    """None: it is not the one that runs; `transaction` tells which."""
    at: float
    transaction: int | None
    register: float | None = None
    why: str | None = None
    """The charger's own word; None: it has not told, the car was just gone."""


type SessionEvent = SessionBegan | SessionMeasured | SessionEnded


class SessionEvents:
    """Hands events to one listener, and keeps the newest while there is none."""

    def __init__(self) -> None:
        self._listener: Callable[[SessionEvent], object] | None = None
        self._waiting: deque[SessionEvent] = deque(maxlen=KEPT)

    def tell(self, event: SessionEvent) -> None:
        """Hand an event over."""
        if self._listener is None:
            self._waiting.append(event)
        else:
            self._listener(event)

    def subscribe(self, listener: Callable[[SessionEvent], object]) -> Unsubscribe:
        """Call `listener` with what has waited, and with each event from now on."""
        self._listener = listener
        while self._waiting:
            listener(self._waiting.popleft())

        def unsubscribe() -> None:
            if self._listener is listener:
                self._listener = None

        return unsubscribe
