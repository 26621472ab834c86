"""What people have asked of a charger, as it is kept: until it is over, or until they ask otherwise."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from .balancing.memory import RESUMED
from .balancing.model import ChargerReading, ChargerStatus, Mode

DAYS = 7
NO_DAY: tuple[int | None, ...] = (None,) * DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Boost:
    """Ahead of the others, until the car leaves or has what was asked for."""

    session: str | None = None
    """The session that it is for; None: the next one; RESUMED: whichever runs, after a restart."""
    until: float | None = None
    """When it ends, if the car has not left by then."""
    energy_kwh: float | None = None
    """What the car has charged when it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What people have asked of one charger. Times are those of the wall clock, seconds since the epoch."""

    mode: Mode = Mode.FAIR
    boost: Boost | None = None
    weekly: tuple[int | None, ...] = NO_DAY
    """Minutes after midnight at which the car leaves, on Monday, Tuesday, …"""
    once: float | None = None
    """The next departure, where it is another one."""
    energy_kwh: float | None = None
    """What each car is to charge; None: until it is full."""
    soc: float | None = None
    """% up to which each car is to charge, in the place of an amount."""
    maximum: float | None = None
    """A."""
    maximum_price: float | None = None
    """Per kWh; None: as the site."""
    priority: int | None = None

    @property
    def daily(self) -> int | None:
        """Minutes after midnight, where the car leaves at the same time every day."""
        first = self.weekly[0]
        return first if all(day == first for day in self.weekly) else None


NOTHING_WANTED = Wanted()


def next_departure(wanted: Wanted, now: float, zone: tzinfo) -> float | None:
    """When the car leaves next, by the wall clock; None: nobody has said."""
    if wanted.once is not None and wanted.once > now:
        return wanted.once
    if wanted.weekly == NO_DAY:
        return None
    today = datetime.fromtimestamp(now, zone).date()
    for ahead in range(DAYS + 1):
        day = today + timedelta(days=ahead)
        minutes = wanted.weekly[day.weekday()]
        if minutes is None:
            continue
        moment = datetime.combine(day, clock_time(minutes), zone).timestamp()
        if moment > now:
            return moment
    return None


def clock_time(minutes: int) -> time:
    """The time of day so many minutes after midnight."""
    return time(minutes // 60, minutes % 60)


def boosted(boost: Boost, reading: ChargerReading, now: float, charged: float) -> Boost | None:
    """The boost after a cycle; None: it is over. A lost line or a restart does not end it.

    `charged` is what the car has charged in its session, in kWh.
    """
    session = reading.session
    if boost.until is not None and now >= boost.until:
        return None
    if session is None:
        gone = reading.online and reading.status is ChargerStatus.AVAILABLE
        return None if gone and boost.session is not None else boost
    if boost.session in (None, RESUMED):
        boost = Boost(session=session.id, until=boost.until, energy_kwh=boost.energy_kwh)
    if boost.session != session.id:
        return None
    return None if boost.energy_kwh is not None and charged >= boost.energy_kwh else boost
