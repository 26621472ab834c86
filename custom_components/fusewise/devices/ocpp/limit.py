"""The live limit in a charger, as far as its answers tell."""

from collections.abc import Iterator
from contextlib import contextmanager
import math

from .. import DeviceRefusedError


class Limit:
    """Which limit is in force and until when, and whether it must be told again.

    While an answer is awaited, or never came, the higher of the old and the new limit counts: either may be
    in force.
    """

    def __init__(self) -> None:
        self.current: float | None = None
        self.until: float | None = None
        self._wanted: float | None = None
        self._told_at = float("-inf")
        self._refusal: DeviceRefusedError | None = None
        self._refusals = 0

    def due(self, wanted: float, now: float, renewal: float, spacing: float = 0.0) -> bool:
        """Tell whether the charger must be told now: something new, or what was told `renewal` ago.

        What is higher waits until `spacing` after what was told before.

        Raises the refusal of this very limit again, until it is time to try once more: after a second at
        first, because some chargers refuse while they begin a transaction.
        """
        if wanted != self._wanted:
            is_higher = self._wanted is not None and wanted > self._wanted
            return not is_higher or now >= self._told_at + spacing
        if self._refusal is None:
            return now >= self._told_at + renewal
        if now >= self._told_at + min(2.0 ** (self._refusals - 1), renewal):
            return True
        raise self._refusal

    @contextmanager
    def told(self, wanted: float, now: float, until: float) -> Iterator[None]:
        """Tell the charger in the block; a block that ends without an error was accepted."""
        before = (self.current, self.until)
        if self.current is not None and self.until is not None and self.until > now:
            self.current, self.until = max(self.current, wanted), max(self.until, until)
        else:
            self.current, self.until = wanted, until
        self._wanted = self._refusal = None
        try:
            yield
        except DeviceRefusedError as refusal:
            self.current, self.until = before
            self._wanted, self._told_at, self._refusal = wanted, now, refusal
            self._refusals = min(self._refusals + 1, 10)
            raise
        self._refusals = 0
        self.current, self.until = wanted, until
        self._wanted, self._told_at = wanted, now

    def doubt(self) -> None:
        """Tell it again at the next opportunity: it may not be there any more."""
        self._wanted = self._refusal = None

    def forget(self) -> None:
        """Note that nothing is in force: the transaction that it belonged to is over."""
        self.doubt()
        self.current = self.until = None


def tenths(current: float) -> float:
    """Round down to 0.1 A, the finest that OCPP 1.6 has."""
    return math.floor(current * 10 + 1e-6) / 10
