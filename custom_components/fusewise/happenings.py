"""What happens at a site that people want to know of, told once each: a car plugged in, ready, too late, limited."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .balancing.codes import ReasonCode
from .balancing.model import PLUGGED, ChargerStatus
from .views import ChargerView, SiteView

LIMITED_AFTER = 60.0  # s without a pause; a kettle is no news
FREE_AFTER = 300.0  # s without a limit, before the next one is news again
DONE_AFTER = 60.0  # s for which a car takes nothing of what it may have

LIMITING = frozenset(
    {
        ReasonCode.CIRCUIT_LIMIT,
        ReasonCode.WATT_LIMIT,
        ReasonCode.GRID_LIMIT,
        ReasonCode.PEAK_TARGET,
        ReasonCode.UNBALANCE,
        ReasonCode.THERMAL,
        ReasonCode.BUSBAR,
        ReasonCode.NO_ROOM,
        ReasonCode.WAITING_TURN,
        ReasonCode.METER_SILENT,
        ReasonCode.METER_STUCK,
        ReasonCode.METER_IMPOSSIBLE,
        ReasonCode.METER_REVERSED,
        ReasonCode.METER_READS_LESS,
        ReasonCode.NO_METER,
    }
)


class Kind(StrEnum):
    """What has happened."""

    PLUGGED_IN = "plugged_in"
    CHARGING_STARTED = "charging_started"
    CHARGING_FINISHED = "charging_finished"
    WILL_BE_LATE = "will_be_late"
    LIMITED = "limited"
    CHARGER_FAULT = "charger_fault"
    FALLBACK_ENTERED = "fallback_entered"
    FALLBACK_LEFT = "fallback_left"
    GRID_LIMIT_BEGUN = "grid_limit_begun"
    GRID_LIMIT_ENDED = "grid_limit_ended"


OF_SITES = frozenset(
    {Kind.FALLBACK_ENTERED, Kind.FALLBACK_LEFT, Kind.GRID_LIMIT_BEGUN, Kind.GRID_LIMIT_ENDED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that has happened now."""

    kind: Kind
    charger: str | None = None
    """The id of the charger's subentry; None: it has happened to the site."""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class _Watched:
    """What was seen of a charger last."""

    plugged: bool
    faulted: bool
    late: bool
    started: bool
    """Its car has charged in this session, or did before anybody looked."""
    finished: bool
    limited: bool = False
    limited_since: float | None = None
    free_since: float | None = None
    idle_since: float | None = None


class Happenings:
    """Watches one site. What was so already when it looks first is no news."""

    def __init__(self) -> None:
        """Nothing has been seen yet."""
        self._chargers: dict[str, _Watched] = {}
        self._fallen_back: bool | None = None
        self._grid_limited: bool | None = None

    def look(self, view: SiteView) -> list[Happening]:
        """What has happened since the last look."""
        now = view.decision.time
        found = list(self._site(view))
        for key, charger in view.chargers.items():
            if charger.reading.online:  # while its line is lost, nobody knows
                found += [
                    Happening(kind=kind, charger=key, details=details)
                    for kind, details in self._charger(key, charger, now)
                ]
        self._chargers = {k: it for k, it in self._chargers.items() if k in view.chargers}
        return found

    def _site(self, view: SiteView) -> Iterator[Happening]:
        if not view.starting:
            causes = {state.fallback for state in view.decision.circuits} - {None}
            was, self._fallen_back = self._fallen_back, bool(causes)
            if was is False and causes:
                yield Happening(kind=Kind.FALLBACK_ENTERED, details={"cause": min(causes, key=str)})
            elif was and not causes:
                yield Happening(kind=Kind.FALLBACK_LEFT)
        limits = view.grid_limits
        before, self._grid_limited = self._grid_limited, bool(limits)
        if before is False and limits:
            told = {"source": limits[0].source, "amperes": limits[0].amperes}
            told |= {"watts": limits[0].watts}
            known = {name: value for name, value in told.items() if value is not None}
            yield Happening(kind=Kind.GRID_LIMIT_BEGUN, details=known)
        elif before and not limits:
            yield Happening(kind=Kind.GRID_LIMIT_ENDED)

    def _charger(
        self, key: str, view: ChargerView, now: float
    ) -> Iterator[tuple[Kind, Mapping[str, Any]]]:
        status = view.reading.status
        plugged, faulted = status in PLUGGED, status is ChargerStatus.FAULTED
        charges, late = status is ChargerStatus.CHARGING, bool(view.outlook.late)
        was = self._chargers.get(key)
        if was is None:
            self._chargers[key] = _Watched(
                plugged=plugged or faulted,
                faulted=faulted,
                late=late,
                started=plugged or faulted,
                finished=not charges,
            )
            return
        if plugged and not was.plugged:
            was.started = was.finished = False
            yield Kind.PLUGGED_IN, {}
        if faulted and not was.faulted:
            yield Kind.CHARGER_FAULT, {}
        if charges and not was.started:
            was.started = True
            yield Kind.CHARGING_STARTED, {}
        if was.started and not was.finished and self._is_done(was, view, now):
            was.finished = True
            energy = None if view.session is None else round(view.session.energy_wh / 1000, 2)
            yield Kind.CHARGING_FINISHED, {} if energy is None else {"energy_kwh": energy}
        if late and not was.late:
            yield Kind.WILL_BE_LATE, {}
        was.plugged, was.faulted, was.late = plugged or faulted, faulted, late
        if self._is_limited_anew(was, view, now):
            assert view.setpoint is not None
            yield Kind.LIMITED, {"reason": view.setpoint.reason.code.value}

    def _is_done(self, was: _Watched, view: ChargerView, now: float) -> bool:
        """Whether the car has all that it, or its owner, wanted; or is gone."""
        status, setpoint = view.reading.status, view.setpoint
        if status in (ChargerStatus.FINISHING, ChargerStatus.AVAILABLE):
            return True
        if setpoint is not None and setpoint.reason.code is ReasonCode.SESSION_OVER:
            return True
        takes_nothing = status is ChargerStatus.SUSPENDED_EV and setpoint and setpoint.current > 0
        if not takes_nothing:
            was.idle_since = None
            return False
        if was.idle_since is None:
            was.idle_since = now
        return now - was.idle_since >= DONE_AFTER

    def _is_limited_anew(self, was: _Watched, view: ChargerView, now: float) -> bool:
        reason = None if view.setpoint is None else view.setpoint.reason
        codes = set() if reason is None else {reason.code, reason.limited_by}
        if not codes & LIMITING or view.reading.session is None:
            was.limited_since = None
            if was.free_since is None:
                was.free_since = now
            if now - was.free_since >= FREE_AFTER:
                was.limited = False
            return False
        was.free_since = None
        if was.limited_since is None:
            was.limited_since = now
        if was.limited or now - was.limited_since < LIMITED_AFTER:
            return False
        was.limited = True
        return True
