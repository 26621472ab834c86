"""How a charger is told its limit: every make obeys something else, and some only say that they do.

The first way that a charger accepts is used. What its meter then shows decides: where it goes on drawing
more, the next way is tried, each of them once, and its owner is told.
"""

from enum import StrEnum
import math

SETTLING = (
    15.0  # s from a new limit until a sample tells whether it is obeyed; slow cars ramp for 10 s
)
SURE = 2  # samples in a row
TOLERANCE = 1.0  # A
TOLERANCE_SHARE = 0.1
STUCK_TIME = 40.0  # s at the fall-back, though the limit is higher
STUCK_WITHIN = 0.5  # A around it
STUCK_BELOW = 0.9  # A; the loop hands on what a car leaves, down to 1 A above what it draws


class Way(StrEnum):
    """A way to tell a limit that ends by itself, and the fall-back beneath it."""

    TX = "tx"
    """A TxProfile over a TxDefaultProfile: what the standard has them for."""
    TX_RELATIVE = "tx_relative"
    """The same, counted from the start of the transaction: older firmware of Wallbox takes no other."""
    TX_DEFAULT = "tx_default"
    """A TxDefaultProfile over another: for chargers that accept a TxProfile without effect (go-e)."""
    STATION_MAX = "station_max"
    """A ChargePointMaxProfile over another: for chargers that take nothing else."""
    SINGLE = "single"
    """A TxDefaultProfile that is the limit first and the fall-back then: for chargers that keep one profile only."""


STACKED = frozenset({Way.TX_DEFAULT, Way.STATION_MAX})
"""Ways in which limit and fall-back have one purpose, so that it takes two levels of the stack."""
LASTING = STACKED | {Way.SINGLE}
"""Ways whose limits do not end with a transaction, and are written to flash, which wears."""


class Trouble(StrEnum):
    """What is told of a charger's limits; the code in the log stays the same for ever."""

    OTHER_WAY = "ocpp-other-way"


class Obedience:
    """Finds out by samples whether a charger does what it was told."""

    def __init__(self) -> None:
        self._limit = math.inf
        self._since = math.inf
        self._disobeyed = 0
        self._stuck_since: float | None = None

    def told(self, limit: float | None, now: float) -> None:
        """Note the limit in force; None: there is none."""
        limit = math.inf if limit is None else limit
        if limit != self._limit:
            self._limit, self._since, self._disobeyed = limit, now, 0

    def has_settled(self, at: float) -> bool:
        """Tell whether a sample of that moment shows what the limit makes of the car."""
        return at >= self._since + SETTLING

    def disobeys(self, drawn: float, at: float) -> bool:
        """Take a sample, in A of the conductor that carries most; return True once it is sure."""
        if at < self._since + SETTLING:
            return False
        too_much = drawn > self._limit + max(TOLERANCE, TOLERANCE_SHARE * self._limit)
        self._disobeyed = self._disobeyed + 1 if too_much else 0
        return self._disobeyed >= SURE

    def is_stuck(self, drawn: float, armed: float | None, at: float) -> bool:
        """Tell whether the car has drawn just the fall-back for a while, though it might draw more.

        It may be a car that wants no more: so this is a reason to try the other ways once, not to complain.
        """
        if armed is None or armed <= 0 or math.isinf(self._limit):
            stays = False
        else:
            stays = abs(drawn - armed) <= STUCK_WITHIN and self._limit >= armed + STUCK_BELOW
        if not stays:
            self._stuck_since = None
        elif self._stuck_since is None:
            self._stuck_since = at
        return self._stuck_since is not None and at >= self._stuck_since + STUCK_TIME

    def again(self, now: float) -> None:
        """Give it the time to settle once more, because it is told in another way."""
        self._since, self._disobeyed, self._stuck_since = now, 0, None
