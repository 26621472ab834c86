"""Which car is at a charger, across lost lines, doubled messages and restarts of Home Assistant."""

from ...balancing.model import ChargerStatus, Session
from ..events import Attempt
from .outlets import FIRST, station_of

DRAWS = frozenset(
    {ChargerStatus.CHARGING, ChargerStatus.SUSPENDED_EV, ChargerStatus.SUSPENDED_EVSE}
)
LARGEST = 2**31  # numbers are signed 32 bit for most chargers
APART = 100_000_000  # three years of seconds between the numbers of two outlets
NEAR = APART // 10  # by which a number may be ahead of the time


def connector_of(number: int, now: float) -> int:
    """Return the connector of the station at which a transaction was, by its number."""
    return FIRST + max(0, int(now + NEAR - number) // APART)


class Transactions:
    """The running transaction of one charger.

    Its number is the second in which it began, so that it is new after a restart without a store. Those of a
    station's other outlets lie years before, so that a number tells whose it is.
    """

    def __init__(self, identity: str) -> None:
        self._identity = identity
        self._earlier = (station_of(identity)[1] - FIRST) * APART
        self._last = 0
        self._attempt: Attempt | None = None
        self._before: tuple[int, Attempt | None, float] | None = None
        self._ended: int | None = None
        self.session: Session | None = None
        self.number: int | None = None
        """None while there is no transaction, or one whose number we have not learnt yet."""

    def remember(self, number: int, attempt: Attempt | None, began: float) -> None:
        """Know the one that ran when Home Assistant was stopped; whether it still does, the charger tells."""
        if self.session is None and number != self._ended:
            self._before = (number, attempt, began)
            self._last = max(self._last, number)

    def start(self, attempt: Attempt, began: float) -> tuple[int, bool]:
        """Begin one; return its number, and whether it is new rather than told twice."""
        if self.number is not None and self._attempt == attempt:
            return self.number, False
        if self._before is not None and self._before[1] == attempt:
            # Our answer was lost with us.
            self._attempt = attempt
            self._run(self._before[0], self._before[2])
            return self._last, True
        self._attempt = attempt
        self._last = max(self._last + 1, int(began) - self._earlier) % LARGEST
        self._run(self._last, began)
        return self._last, True

    def stop(self, number: int) -> bool:
        """End one; return False where it is not the one that runs."""
        if self.session is None or self.number not in (None, number):
            return False
        self._ended = number
        self._over()
        return True

    def seen(self, number: int, now: float) -> bool:
        """Learn from a measurement which one runs; return True where that is new.

        Only where none is known: measurements come late, also those of a transaction that is over.
        """
        if self.number is not None or number <= 0 or number == self._ended:
            return False
        if self.session is None:
            before = self._before
            known = before is not None and before[0] == number
            self._run(number, before[2] if known and before is not None else now)
        else:
            # It was learnt by its status; the session stays what it was, it only gets its number.
            self.number = number
        return True

    def fits(self, status: ChargerStatus, now: float) -> bool:
        """Learn from a status whether one runs; return True where that ended one."""
        if self.session is None:
            if status in DRAWS:
                self.session = Session(id=f"{self._identity}-{int(now)}", started=now)
            return False
        # Without a number it is known by its status only; with one, a car that is gone ends it as well.
        over = status is ChargerStatus.AVAILABLE or (
            self.number is None and status in (ChargerStatus.PREPARING, ChargerStatus.FINISHING)
        )
        if over:
            self._over()
        return over

    def _run(self, number: int, began: float) -> None:
        self._before = None
        self.number = number
        self.session = Session(id=f"{self._identity}-{number}", started=began)

    def _over(self) -> None:
        self._ended = self.number if self.number is not None else self._ended
        self.number = None
        self.session = None
