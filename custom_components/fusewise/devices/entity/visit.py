"""The car that is at a charger made of entities: since when, what people have set for it, what it has got."""

from dataclasses import dataclass, replace

from ...balancing.model import Session
from .. import Clock
from ..events import SessionBegan, SessionEnded, SessionEvents, SessionMeasured
from .second_hand import SecondHand

__all__ = ["Stay", "Visit"]

LEFT = 12 * 3600.0  # s after which a car has left, where nothing tells whether one is there
DONE = 900.0  # s in which a car that may charge draws nothing: it is full or gone, where only its power tells
TOLD_EVERY = 5.0  # s
LONGEST_STEP = 300.0  # s: nobody knows what was charged while nothing was measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """What of it outlives a restart."""

    since: float
    present: bool = True
    limit: float | None = None
    """A that somebody else has set, and that are kept."""
    off: bool = False
    """Somebody else has switched it off."""
    mode: str | None = None
    """The one in which somebody else has had it charge, where it has several."""
    hand: SecondHand | None = None
    """Who that was."""
    drawing: bool = False
    """Where only the power tells of a car: one has begun to charge, and is not done yet."""


class Visit:
    """The car that is there now, or the one that is to come."""

    def __init__(self, identity: str, clock: Clock, *, hold: float | None, is_seen: bool) -> None:
        """`hold`: s for which a person's change is kept, None: until the car leaves. `is_seen`: that is seen."""
        self.events = SessionEvents()
        self.stay = Stay(since=clock(), present=False)
        self._identity = identity
        self._clock = clock
        self._hold = hold
        self._is_seen = is_seen
        self._register = 0.0
        self._counted_at: float | None = None
        self._told_at = 0.0
        self._drew_at = clock()

    @property
    def id(self) -> str:
        """The session's."""
        return f"{self._identity}-{self.stay.since:.0f}"

    def session(self) -> Session:
        """The session that runs."""
        maximum = 0.0 if self.stay.off else self.stay.limit
        return Session(id=self.id, started=self.stay.since, maximum=maximum)

    def resume(self, stay: Stay) -> None:
        """Go on with the car that was there before a restart."""
        self.stay = stay

    def notice(self, *, present: bool) -> bool:
        """Begin anew with each car; what was held was for the last one. Whether that has happened."""
        stay, now = self.stay, self._clock()
        if present != stay.present:
            if stay.present and self._is_seen:
                self.events.tell(SessionEnded(session=self.id, at=now, transaction=None))
            self.stay = Stay(since=now, present=present)
            if present and self._is_seen:
                self.events.tell(SessionBegan(session=self.id, at=now, register=self._register))
            return True
        if stay.hand is None:
            return False
        unseen = LEFT if not self._is_seen else None
        longest = min((s for s in (self._hold, unseen) if s is not None), default=None)
        if longest is None or now <= stay.hand.at + longest:
            return False
        if stay.drawing:
            self.events.tell(SessionEnded(session=self.id, at=now, transaction=None))
        self.stay = Stay(since=stay.since if self._is_seen else now, present=present)
        return True

    def follow(self, *, draws: bool, may: bool) -> bool:
        """Where nothing but its power tells of a car: begin and end with that. Whether one is done.

        A car that may not draw is still there.
        """
        stay, now = self.stay, self._clock()
        if draws or not may:
            self._drew_at = now
        if draws and not stay.drawing:
            self.stay = replace(stay, drawing=True)
            self.events.tell(SessionBegan(session=self.id, at=now, register=self._register))
        elif stay.drawing and now >= self._drew_at + DONE:
            self.events.tell(SessionEnded(session=self.id, at=self._drew_at, transaction=None))
            self.stay = Stay(since=now)
            return True
        return False

    def hold(self, hand: SecondHand, *, is_switch: bool) -> None:
        """Keep what somebody else has set."""
        stay = self.stay
        self.stay = replace(
            stay,
            limit=stay.limit if is_switch else hand.value,
            off=hand.value == 0.0 if is_switch else stay.off,
            mode=hand.mode or stay.mode,
            hand=hand,
        )

    def allowed(self, current: float) -> float:
        """A of these that what is held lets through."""
        if self.stay.off:
            return 0.0
        return current if self.stay.limit is None else min(current, self.stay.limit)

    def count(self, power: float | None, register: float | None) -> None:
        """Take what the charger measures: W now, and Wh in all where it counts them itself."""
        now, before = self._clock(), self._counted_at
        if register is not None:
            self._register = register
        elif power is not None and before is not None and now - before <= LONGEST_STEP:
            self._register += power * (now - before) / 3600
        self._counted_at = now
        is_told = self.stay.present and (self._is_seen or self.stay.drawing)
        if is_told and now >= self._told_at + TOLD_EVERY:
            self._told_at = now
            self.events.tell(
                SessionMeasured(
                    session=self.id, at=now, transaction=None, register=self._register, power=power
                )
            )
