"""Tells whoever keeps the list of sessions what happens to the one at a charger."""

from collections.abc import Callable, Sequence

from ...balancing.model import Session
from .. import Clock
from ..events import Attempt, SessionBegan, SessionEnded, SessionEvents, SessionMeasured
from .clock import ChargerClock
from .measurands import MeterValues
from .transactions import Transactions


class SessionTeller:
    """Puts what a charger says into events, in our own time."""

    def __init__(
        self,
        events: SessionEvents,
        transactions: Transactions,
        clock: ChargerClock,
        now: Clock,
        power: Callable[[Sequence[float]], float],
    ) -> None:
        """`clock` is the charger's own; `power` is W of the currents on its conductors."""
        self._events = events
        self._transactions = transactions
        self._clock = clock
        self._now = now
        self._power = power

    def started(self, session: Session, attempt: Attempt) -> None:
        """A transaction has begun."""
        self._events.tell(
            SessionBegan(
                session=session.id,
                at=session.started,
                transaction=self._transactions.number,
                attempt=attempt,
                register=float(attempt[1]) if attempt[1] >= 0 else None,
            )
        )

    def found(self, before: Session | None) -> None:
        """A session may have been found rather than started; `before` is what was known."""
        session = self._transactions.session
        if session is not None and before is None:
            self._events.tell(
                SessionBegan(
                    session=session.id,
                    at=session.started,
                    transaction=self._transactions.number,
                )
            )

    def gone(self, session: Session, number: int | None) -> None:
        """No car is there any more, and nobody has told an end."""
        self._events.tell(SessionEnded(session=session.id, at=self._now(), transaction=number))

    def stopped(
        self,
        session: Session | None,
        number: int,
        stamp: float | None,
        register: float | None,
        why: str,
    ) -> None:
        """A transaction has ended; None: one that is not known, or is over already."""
        self._events.tell(
            SessionEnded(
                session=None if session is None else session.id,
                at=self._ours(stamp),
                transaction=number,
                register=register,
                why=why,
            )
        )

    def measured(self, transaction: object, values: MeterValues) -> None:
        """The meter was read."""
        session = self._transactions.session
        if session is None or transaction not in (None, self._transactions.number):
            return  # of no session, or of one that is over
        powers = {sample.stamp: self._power(sample.current) for sample in values.samples}
        registers = {register.stamp: register.energy for register in values.registers}
        for stamp in dict.fromkeys([*powers, *registers]):
            self._events.tell(
                SessionMeasured(
                    session=session.id,
                    at=self._ours(stamp),
                    transaction=self._transactions.number,
                    register=registers.get(stamp),
                    power=powers.get(stamp),
                )
            )

    def _ours(self, stamp: float | None) -> float:
        now = self._now()
        return now if stamp is None else self._clock.ours(stamp, now)
