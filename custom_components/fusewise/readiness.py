"""When each car will be ready, and whether that is in time for its departure."""

from dataclasses import dataclass
from math import exp

from .balancing.model import PLUGGED, Charger, ChargerReading, Site

AVERAGE = 300.0  # s: the time constant of the power that a car is taken to go on with
LATE_AFTER = 180.0  # s for which a car is seen to be late, before anybody is alarmed
MARGIN = 300.0  # s by which an estimate may be off
CHARGES = 500.0  # W: less is a car that only keeps itself warm


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is to be expected of a car."""

    ready_at: float | None = None
    """None: nobody knows what it needs, or it does not charge."""
    late: bool | None = None
    """Whether it will not be ready at its departure; None: it leaves at a time, but nobody knows what it needs.

    Where no car is, or nobody has said when it leaves, there is nothing to be late for.
    """


class Readiness:
    """What is to be expected of one charger's cars."""

    def __init__(self) -> None:
        """Nothing has been seen yet."""
        self._session: str | None = None
        self._power: float | None = None
        self._seen_at = 0.0
        self._late_since: float | None = None

    def look(
        self,
        now: float,
        reading: ChargerReading,
        need: float | None,
        departure: float | None,
        power: float | None,
        most: float,
    ) -> Outlook:
        """The outlook of a car that needs `need` kWh, draws `power` W now and could draw `most`."""
        session = reading.session
        if session is None or reading.status not in PLUGGED:
            self._session = self._power = self._late_since = None
            return Outlook(late=False if reading.online else None)
        if session.id != self._session:
            self._session, self._power, self._late_since = session.id, None, None
        self._average(now, power)
        if need is None:
            return Outlook(late=False if departure is None else None)
        if need == 0:
            self._late_since = None
            return Outlook(late=False)
        charges = self._power is not None and self._power >= CHARGES
        ready_at = now + need * 3.6e6 / self._power if charges and self._power else None
        if departure is None:
            return Outlook(ready_at=ready_at, late=False)
        # Whoever waits for its turn may still get all that it can use.
        expected = ready_at if ready_at is not None else now + need * 3.6e6 / most
        return Outlook(ready_at=ready_at, late=self._is_late(now, expected, departure))

    def _average(self, now: float, power: float | None) -> None:
        if power is None or power < CHARGES:
            self._power = None
        elif self._power is None:
            self._power = power
        else:
            self._power += (power - self._power) * (1 - exp(-(now - self._seen_at) / AVERAGE))
        self._seen_at = now

    def _is_late(self, now: float, expected: float, departure: float) -> bool:
        """Late is who is expected late for a while; who was late is in time again at the departure itself."""
        was = self._late_since is not None and now - self._late_since >= LATE_AFTER
        if expected <= departure + (0.0 if was else MARGIN):
            self._late_since = None
            return False
        if self._late_since is None:
            self._late_since = now
        return now - self._late_since >= LATE_AFTER


def power_of(site: Site, charger: Charger, reading: ChargerReading) -> float | None:
    """W that a car draws, from the current on each of its charger's conductors."""
    if reading.current is None:
        return None
    if charger.line_to_line:
        return max(reading.current, default=0.0) * site.line_voltage
    return sum(reading.current) * site.voltage


def most_of(site: Site, charger: Charger, maximum: float | None) -> float:
    """W that a charger can deliver."""
    amperes = charger.maximum if maximum is None else min(maximum, charger.maximum)
    if charger.line_to_line:
        return amperes * site.line_voltage
    return amperes * site.voltage * len(charger.wiring)
