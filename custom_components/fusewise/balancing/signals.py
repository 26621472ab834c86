"""What is out of the possible counts as missing, and is noticed: NaN, a price of 1e9, a sample from tomorrow."""

from dataclasses import replace
import math
from typing import Any

from .codes import NoticeCode
from .decision import Notice
from .model import NEVER, Battery, Charger, ChargerReading, PerPhase, Session, Snapshot

__all__ = ["POSSIBLE_AHEAD", "possible_reading", "possible_snapshot"]

POSSIBLE_AHEAD = 1.0  # s that two clocks in one house may differ without one of them being wrong
POSSIBLE_PRICE = 1000.0  # per kWh, in any currency
POSSIBLE_AMPERES = 10_000.0
POSSIBLE_WATTS = 10e6
COLDEST, HOTTEST = -60.0, 250.0  # °C
TIMES_MAXIMUM = 10.0  # a charger that measures more measures nonsense
STANDBY = -1.0  # A: so far below zero a meter at zero may show
LONG_AGO, FAR_OFF = -1e12, 1e12  # s
POSSIBLE_KWH = 10_000.0
SESSION = {
    "started": (LONG_AGO, FAR_OFF),
    "departure": (LONG_AGO, FAR_OFF),
    "energy_needed_kwh": (0.0, POSSIBLE_KWH),
    "maximum": (0.0, POSSIBLE_AMPERES),
    "phases": (1, 3),
    "maximum_price": (-math.inf, math.inf),
    "longest": (0.0, math.inf),
}
"""The least and the most of each figure of a session."""


def possible_snapshot(snapshot: Snapshot, notices: list[Notice]) -> Snapshot:
    """The snapshot without what cannot be. Readings of chargers are looked at one by one, elsewhere."""
    noticed = len(notices)
    sun = _sun(snapshot.sun, notices)
    battery = _battery(snapshot.battery, notices)
    price = _number("price", "per kWh", snapshot.price, -POSSIBLE_PRICE, POSSIBLE_PRICE, notices)
    temperatures = {
        circuit: possible
        for circuit, celsius in snapshot.temperatures.items()
        if (possible := _number(circuit, "°C", celsius, COLDEST, HOTTEST, notices)) is not None
    }
    if sun == snapshot.sun and len(notices) == noticed:
        return snapshot  # as nearly always
    return replace(snapshot, sun=sun, battery=battery, price=price, temperatures=temperatures)


def possible_reading(
    charger: Charger, reading: ChargerReading, now: float, notices: list[Notice]
) -> ChargerReading:
    """The reading of one charger without what cannot be; itself, as nearly always, where all can be."""
    if reading.current is not None and not _possible_sample(charger, reading, now):
        notices.append(
            _bad(charger.id, f"current {reading.current!r} A at {reading.measured_at!r}")
        )
        reading = replace(reading, current=None)
    if reading.limit is not None and not 0 <= reading.limit < POSSIBLE_AMPERES:
        notices.append(_bad(charger.id, f"limit {reading.limit!r} A"))
        reading = replace(reading, limit=None)
    if reading.phases is not None and not 1 <= reading.phases <= len(charger.wiring):
        notices.append(_bad(charger.id, f"phases {reading.phases!r}"))
        reading = replace(reading, phases=None)
    if not 0 <= reading.floor < POSSIBLE_AMPERES:
        notices.append(_bad(charger.id, f"floor {reading.floor!r} A"))
        reading = replace(reading, floor=0.0)
    if reading.limit_until is not None and math.isnan(reading.limit_until):
        notices.append(_bad(charger.id, "the end of its limit is not a time"))
        reading = replace(reading, limit_until=None)
    if reading.session is not None and not _possible_session(reading.session):
        session = _mended(charger.id, reading.session, now, notices)
        reading = replace(reading, session=session)
    return reading


def _possible_sample(charger: Charger, reading: ChargerReading, now: float) -> bool:
    sample, most = reading.current or (), TIMES_MAXIMUM * charger.maximum
    for amperes in sample:
        # NaN is not between anything. A loop, because `all` of a generator takes three times as long.
        if not STANDBY <= amperes <= most:
            return False
    in_time = NEVER < reading.measured_at <= now + POSSIBLE_AHEAD
    return in_time and len(sample) == len(charger.wiring)


def _possible_session(it: Session) -> bool:
    """Whether all is within `SESSION`: asked of every car in every cycle, so written out. NaN is not within."""
    return (
        LONG_AGO <= it.started <= FAR_OFF
        and (it.departure is None or LONG_AGO <= it.departure <= FAR_OFF)
        and (it.energy_needed_kwh is None or 0 <= it.energy_needed_kwh <= POSSIBLE_KWH)
        and (it.maximum is None or 0 <= it.maximum <= POSSIBLE_AMPERES)
        and (it.phases is None or 1 <= it.phases <= 3)
        and (it.maximum_price is None or not math.isnan(it.maximum_price))
        and (it.longest is None or it.longest >= 0)
    )


def _mended(charger: str, session: Session, now: float, notices: list[Notice]) -> Session:
    figures = {
        name: _number(charger, name, getattr(session, name), *bounds, notices)
        for name, bounds in SESSION.items()
    }
    started = figures.pop("started")
    return replace(session, **figures, started=now if started is None else started)


def _sun(sun: PerPhase | None, notices: list[Notice]) -> PerPhase | None:
    if sun is None:
        return None
    if len(sun) != 3 or not all(-POSSIBLE_AMPERES < a < POSSIBLE_AMPERES for a in sun):
        notices.append(_bad("sun", f"{sun!r} A"))
        return None
    one, two, three = [max(0.0, amperes) for amperes in sun]  # at night an inverter draws a little
    return one, two, three


def _battery(battery: Battery | None, notices: list[Notice]) -> Battery | None:
    if battery is None:
        return None
    power = _number("battery", "power", battery.power, -POSSIBLE_WATTS, POSSIBLE_WATTS, notices)
    if power is None:
        return None
    soc = _number("battery", "soc", battery.soc, 0.0, 100.0, notices)
    most = battery.maximum_discharge
    discharge = _number("battery", "maximum_discharge", most, 0.0, POSSIBLE_WATTS, notices)
    if (soc, discharge) == (battery.soc, most):
        return battery
    return Battery(power=power, soc=soc, maximum_discharge=discharge or 0.0)


def _number(
    subject: str, what: str, figure: Any, least: float, most: float, notices: list[Notice]
) -> Any:
    if figure is None or least <= figure <= most:
        return figure
    notices.append(_bad(subject, f"{what} {figure!r}"))
    return None


def _bad(subject: str, what: str) -> Notice:
    return Notice(code=NoticeCode.BAD_VALUE, subject=subject, detail=f"out of the possible: {what}")
