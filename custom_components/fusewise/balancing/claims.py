"""What each session asks for: floor, ceiling, weight, urgency, tier; or why it asks for nothing.

Policies are weights and offsets on one exact sharing, and an order of groups that are served one after the
other. A charger without a car, in mode 'off', faulted or out of reach claims nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
import math

from .cars import Car
from .codes import FallbackCause, ReasonCode
from .decision import Reason
from .model import ChargerStatus, Mode, Session, Site
from .settings import Policy, Settings
from .steps import ROUNDING, round_down

__all__ = ["FALLBACK_REASON", "Claim", "Fallback", "make_claims"]

READY_EARLY = 900.0  # s: nobody leaves to the minute
LAST_MINUTE = 60.0  # s: who should have left is served as if it left now
LEAST_NEED = 1.0  # A: who needs next to nothing is still served
USUAL_NEED = (
    6.0  # A, where nobody said how much or until when: a night and a usual session on one phase
)
UNKNOWN_STAY = 8 * 3600.0  # s: a night, where nobody said when the car leaves
UNKNOWN_NEED = 10.0  # kWh: a usual session, where nobody said how much it needs
UNKNOWN_LAXITY = 6 * 3600.0  # s: that night less that session on one phase

_BOOST, _FAST, _NORMAL = (0.0,), (1.0,), (2.0,)
_NO_CAR = Reason(code=ReasonCode.NO_CAR)

type Fallback = tuple[FallbackCause, str]
"""Why a circuit does without its meter, and which one it is."""


@dataclass(slots=True)
class Claim:
    """One who asks for current. Amperes are per used conductor."""

    car: Car
    floor: float
    ceiling: float
    ceiling_code: ReasonCode
    """Why it asks for no more, …"""
    ceiling_limit: float
    """… A, or the price that is the highest for it, …"""
    ceiling_circuit: str | None
    """… and which circuit does without its meter, where that is why."""
    laxity: float
    """s: the time left minus the time needed."""
    needs: float
    """A on average from now on, so that the car is ready at its departure."""
    tier: tuple[int, int]
    """Who is admitted first: boost, then priority."""
    rank: tuple[float, ...]
    """Who is served first with what is above the floors; equals share by weight and offset."""
    weight: float
    offset: float
    placed: bool
    """It was admitted in the last cycle, whether it has begun to charge or not."""
    pinned: bool
    """It must not be stopped."""
    sun_only: bool = False
    """It may only draw what would be exported."""
    sun_above_floor: bool = False
    can_wait_until: float | None = None
    """Until then it gives way to those who need more than their floors; None: it does not."""
    rows: list[tuple[int, float]] = field(default_factory=list)
    """(row, coefficient): A and W rows that it loads."""
    tight: Sequence[tuple[int, float]] = ()
    """Those of these that have no room for everybody's floor, as long as any row has none."""


def make_claims(
    site: Site, cars: list[Car], under: list[Fallback | None], now: float, price: float | None
) -> tuple[list[Claim], list[Claim | Reason]]:
    """The claims; and by charger its claim, or why it makes none. `under` tells who is in a fall-back."""
    settings = site.settings
    asked = [
        _claims_nothing(car, now, price, settings) or _claim(car, fallback, now, price, settings)
        for car, fallback in zip(cars, under, strict=True)
    ]
    claims = [each for each in asked if isinstance(each, Claim)]
    _rank(claims, settings, now)
    return claims, asked


def _claims_nothing(car: Car, now: float, price: float | None, settings: Settings) -> Reason | None:
    status, session = car.reading.status, car.session
    if not car.reading.online:
        code = car.reading.left_alone or ReasonCode.OFFLINE
        return Reason(code=code, limit=car.reserved, until=car.reading.limit_until)
    if status is ChargerStatus.FAULTED or status is ChargerStatus.UNAVAILABLE:
        return Reason(code=ReasonCode.FAULTED)
    if not car.plugged or status is ChargerStatus.FINISHING:
        return _NO_CAR
    if session is None:
        return None
    if session.mode is Mode.OFF:
        return Reason(code=ReasonCode.OFF)
    if session.longest is not None and now - session.started >= session.longest:
        return Reason(code=ReasonCode.SESSION_OVER, limit=session.longest)
    if session.maximum_price is None or price is None or price <= session.maximum_price:
        return None
    if not _must_stay_on(car, now, settings):
        return Reason(code=ReasonCode.WAITING_PRICE, limit=session.maximum_price)
    return None


def _must_stay_on(car: Car, now: float, settings: Settings) -> bool:
    """Contactors wear: whoever charges is not paused for comfort within the first minutes, if at all."""
    if car.memory.setpoint == 0:
        return False
    on_since = car.memory.on_since
    return not car.charger.pausable or (
        on_since is not None and now - on_since < settings.minimum_on
    )


def _claim(
    car: Car, fallback: Fallback | None, now: float, price: float | None, settings: Settings
) -> Claim | Reason:
    charger, session, memory, floor = car.charger, car.session, car.memory, car.floor
    ceiling = limit = charger.maximum
    code, circuit = ReasonCode.FULL, None
    mode, dearest = (Mode.FAIR, None) if session is None else (session.mode, session.maximum_price)
    if session is not None and session.maximum is not None and session.maximum < ceiling:
        code, ceiling = ReasonCode.VEHICLE_LIMIT, session.maximum
        limit = ceiling
    if ceiling < floor - ROUNDING:
        return Reason(code=ReasonCode.VEHICLE_LIMIT, limit=ceiling)
    if car.reading.status is ChargerStatus.SUSPENDED_EV:
        code, ceiling, limit = ReasonCode.CAR_LEAVES_IT, floor, floor
    if memory.ceiling is not None and memory.ceiling < ceiling:
        code, ceiling, limit = (
            ReasonCode.CAR_LEAVES_IT,
            max(floor, memory.ceiling),
            memory.ceiling,
        )
    if dearest is not None and price is not None and price > dearest:
        code, ceiling, limit = ReasonCode.WAITING_PRICE, floor, dearest
    if fallback is not None:
        cause, circuit = fallback
        code, ceiling, limit = FALLBACK_REASON[cause], floor, floor
    ceiling = max(floor, car.top if ceiling == charger.maximum else round_down(charger, ceiling))
    boost, told = memory.boosting, memory.setpoint
    for_sun = (mode is Mode.SUN or mode is Mode.SUN_MINIMUM) and not boost
    sun_only = for_sun and mode is Mode.SUN and not _must_stay_on(car, now, settings)
    laxity, needs = _urgency(car, session, now)
    return Claim(
        car,
        floor,
        ceiling,
        code,
        limit,
        circuit,
        laxity,
        needs,
        (0 if boost else 1, -charger.priority),
        _BOOST if boost else _FAST if mode is Mode.FAST else _NORMAL,
        charger.weight,
        0.0,  # offset
        memory.on_since is not None or told > 0,
        not charger.pausable and told > 0,
        sun_only,
        for_sun and not sun_only,
        None,  # can_wait_until
        car.rows,
    )


FALLBACK_REASON = {
    FallbackCause.SILENT: ReasonCode.METER_SILENT,
    FallbackCause.STUCK: ReasonCode.METER_STUCK,
    FallbackCause.IMPOSSIBLE: ReasonCode.METER_IMPOSSIBLE,
    FallbackCause.REVERSED: ReasonCode.METER_REVERSED,
    FallbackCause.READS_LESS: ReasonCode.METER_READS_LESS,
    FallbackCause.MISSING: ReasonCode.NO_METER,
    FallbackCause.STARTING: ReasonCode.STARTING,
}


def _urgency(car: Car, session: Session | None, now: float) -> tuple[float, float]:
    """s that the car can still wait and yet be ready (Liu & Layland's slack), and A that it needs on average."""
    departure = None if session is None else session.departure
    kwh = None if session is None else session.energy_needed_kwh
    if session is None or (departure is None and kwh is None):
        # Nobody said anything: then nobody is more urgent for being slower to charge.
        return UNKNOWN_LAXITY, USUAL_NEED
    maximum, watts = car.charger.maximum, car.asked.watts_per_ampere
    most = maximum
    if session.maximum is not None:
        most = min(most, max(session.maximum, car.charger.floor))
    need = (UNKNOWN_NEED if kwh is None else kwh) * 3.6e6
    leaves = now + UNKNOWN_STAY if departure is None else departure
    laxity = leaves - now - need / (most * watts)
    if departure is None or kwh is None:
        return laxity, USUAL_NEED
    left = max(LAST_MINUTE, departure - READY_EARLY - now)
    return laxity, min(max(need / (watts * left), LEAST_NEED), maximum)


def _can_wait_until(claim: Claim, settings: Settings, now: float) -> float | None:
    """When a car that has time must begin, so that `patience` times its floor is enough; None: it has none.

    Who charges already goes on until its floor alone would be enough, so that it does not stop and go.
    """
    session = claim.car.session
    if session is None or session.departure is None or session.energy_needed_kwh is None:
        return None
    if _must_stay_on(claim.car, now, settings):
        return None
    enough = claim.floor * (min(1.0, settings.patience) if claim.placed else settings.patience)
    if claim.needs >= min(enough, claim.ceiling):
        return None
    seconds = session.energy_needed_kwh * 3.6e6 / (claim.car.asked.watts_per_ampere * enough)
    return max(now, session.departure - READY_EARLY - seconds)


def _rank(claims: list[Claim], settings: Settings, now: float) -> None:
    """Turn the policy into weights, offsets and ranks."""
    policy = settings.policy
    if policy is Policy.FAIR:
        # x = r·t with r = maximum × (1 - laxity / time left): the share falls as the relative laxity grows, and
        # at t = 1 everybody has exactly what it needs. A smoothed least-laxity first (arXiv 2102.08610) that
        # needs no δ, and in an overload leaves everybody the same part of its need instead of the same kWh.
        for claim in claims:
            claim.weight *= claim.needs
        if settings.patience:
            for claim in claims:
                claim.can_wait_until = _can_wait_until(claim, settings, now)
        return
    for claim in claims:
        session = claim.car.session
        if policy is Policy.PROPORTIONAL:
            need = session.energy_needed_kwh if session is not None else None
            claim.weight *= max(0.1, UNKNOWN_NEED if need is None else need)
        elif policy is Policy.EARLIEST_DEPARTURE:
            departure = session.departure if session is not None else None
            claim.rank += (math.inf if departure is None else departure,)
        elif policy is Policy.FIRST_COME:
            claim.rank += (session.started if session is not None else math.inf,)
        elif policy is Policy.PRIORITY:
            claim.rank += (-claim.car.charger.priority,)
