"""Charging profiles as an OCPP 1.6 charge point keeps them: which limit is in force, and for how long.

The rules are those of OCPP 1.6, section 3.13:
- of each purpose the profile with the highest stack level that covers the moment leads;
- a TxProfile, where one covers the moment, replaces the TxDefaultProfile (that of the connector replaces
  that of connector 0, which is meant for all);
- the ChargePointMaxProfile caps both; where nothing covers the moment, only the hardware limits.

Pure: moments are seconds on any one clock, amperes are per phase.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
import math
from typing import Any

MAX_STACK_LEVEL = 8
MAX_PERIODS = 24
MAX_PROFILES = 20

CHARGE_POINT_MAX = "ChargePointMaxProfile"
TX_DEFAULT = "TxDefaultProfile"
TX = "TxProfile"
_RECURRENCE = {"Daily": 86_400.0, "Weekly": 604_800.0}
_JUST_AFTER = 1e-3  # s; an edge belongs to what follows it


class ProfileError(Exception):
    """A charging profile that this charge point cannot take; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `start` (s after its schedule's start) on, this limit."""

    start: float
    limit: float
    """In the schedule's unit."""
    phases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One charging profile."""

    id: int
    purpose: str
    stack_level: int
    unit: str
    """'A' per phase, or 'W' in all."""
    periods: tuple[Period, ...]
    start: float | None = None
    """None: relative to the beginning of the transaction."""
    duration: float | None = None
    every: float | None = None
    """s: a recurring schedule begins anew this often."""
    valid_from: float = -math.inf
    valid_to: float = math.inf
    transaction: int | None = None

    def begins(self, moment: float, transaction_began: float) -> float:
        """When the run of the schedule that could cover `moment` began."""
        if self.start is None:
            return transaction_began
        if self.every is None or moment < self.start:
            return self.start
        return self.start + (moment - self.start) // self.every * self.every

    def period(self, moment: float, transaction_began: float) -> Period | None:
        """The period that is in force at `moment`; None where the profile does not cover it."""
        elapsed = moment - self.begins(moment, transaction_began)
        if not self.valid_from <= moment < self.valid_to:
            return None
        if elapsed < 0 or (self.duration is not None and elapsed >= self.duration):
            return None
        return next((p for p in reversed(self.periods) if p.start <= elapsed), None)

    def edges(self, moment: float, transaction_began: float) -> Iterator[float]:
        """Moments around `moment` at which its limit may change."""
        yield from (self.valid_from, self.valid_to)
        first = self.begins(moment, transaction_began)
        for began in (first, first + (self.every or 0.0)):
            yield from (began + period.start for period in self.periods)
            yield began + (math.inf if self.duration is None else self.duration)


class Profiles:
    """The profiles of a charge point with one connector of `phases` phases at `voltage` (V)."""

    def __init__(self, *, phases: int, voltage: float, maximum: float) -> None:
        self._phases, self._voltage, self._maximum = phases, voltage, maximum
        self._installed: dict[tuple[int, str, int], Profile] = {}

    def install(self, connector: int, profile: Profile) -> None:
        """Keep `profile`; one with its id, or with its purpose and level, goes. Raises ProfileError."""
        if profile.purpose == CHARGE_POINT_MAX and connector != 0:
            raise ProfileError("A ChargePointMaxProfile belongs on connector 0.")
        if profile.purpose == TX and connector == 0:
            raise ProfileError("A TxProfile belongs on the connector of its transaction, not on 0.")
        kept = {at: p for at, p in self._installed.items() if p.id != profile.id}
        kept[connector, profile.purpose, profile.stack_level] = profile
        if len(kept) > MAX_PROFILES:
            raise ProfileError(f"This charge point keeps {MAX_PROFILES} profiles at most.")
        self._installed = kept

    def clear(self, wanted: Callable[[int, Profile], bool]) -> bool:
        """Forget the profiles that `wanted(connector, profile)` names; True if there was one."""
        kept = {at: p for at, p in self._installed.items() if not wanted(at[0], p)}
        found = len(kept) < len(self._installed)
        self._installed = kept
        return found

    def end_transaction(self) -> None:
        """Forget TxProfiles: they live as long as their transaction."""
        self.clear(lambda _, profile: profile.purpose == TX)

    def limit(self, moment: float, transaction_began: float | None = None) -> float:
        """A per phase that are let through at `moment`; the hardware's maximum without constraints."""
        began = moment if transaction_began is None else transaction_began
        order = ((1, TX), (1, TX_DEFAULT), (0, TX_DEFAULT))
        found = (self._leading(connector, purpose, moment, began) for connector, purpose in order)
        leading = next((amperes for amperes in found if amperes is not None), math.inf)
        cap = self._leading(0, CHARGE_POINT_MAX, moment, began)
        return min(self._maximum, leading, math.inf if cap is None else cap)

    def composite(
        self, moment: float, duration: float, transaction_began: float | None = None
    ) -> list[tuple[float, float]]:
        """What will be in force from `moment` for `duration` (s): (s from now, A per phase) at each change."""
        began = moment if transaction_began is None else transaction_began
        edges = {moment}
        for profile in self._installed.values():
            edges.update(profile.edges(moment, began))
        schedule: list[tuple[float, float]] = []
        for edge in sorted(e for e in edges if moment <= e < moment + duration):
            limit = self.limit(edge + _JUST_AFTER, began)
            if not schedule or schedule[-1][1] != limit:
                schedule.append((edge - moment, limit))
        return schedule

    def watts(self, amperes: float) -> float:
        """The power of `amperes` on each phase of this charge point."""
        return amperes * self._voltage * self._phases

    def _leading(self, connector: int, purpose: str, moment: float, began: float) -> float | None:
        candidates = [
            (profile.stack_level, profile.unit, period)
            for (where, _, _), profile in self._installed.items()
            if where == connector
            and profile.purpose == purpose
            and (period := profile.period(moment, began))
        ]
        if not candidates:
            return None
        _, unit, period = max(candidates, key=lambda candidate: candidate[0])
        phases = min(self._phases, period.phases)
        return period.limit if unit == "A" else period.limit / (self._voltage * phases)


def read_profile(
    payload: Mapping[str, Any], received: float, moment_of: Callable[[str], float]
) -> Profile:
    """Return the profile in an OCPP message (keys in snake case). Raises ProfileError.

    `moment_of` turns the message's dates into moments. A schedule that is neither relative nor says when
    it starts is taken to start when it was `received`.
    """
    schedule = payload["charging_schedule"]
    kind = payload["charging_profile_kind"]
    periods = tuple(_read_period(period) for period in schedule["charging_schedule_period"])
    if len(periods) > MAX_PERIODS:
        raise ProfileError(f"A schedule has {MAX_PERIODS} periods at most, not {len(periods)}.")
    if not periods or [p.start for p in periods] != sorted({p.start for p in periods}):
        raise ProfileError("A schedule's periods must follow each other.")
    if not 0 <= payload["stack_level"] <= MAX_STACK_LEVEL:
        raise ProfileError(f"The stack level must be from 0 to {MAX_STACK_LEVEL}.")
    if kind == "Recurring" and payload.get("recurrency_kind") not in _RECURRENCE:
        raise ProfileError("A recurring profile must say whether it is daily or weekly.")
    dates = {}
    for key, text in (
        ("start", schedule.get("start_schedule")),
        ("valid_from", payload.get("valid_from")),
        ("valid_to", payload.get("valid_to")),
    ):
        if text is not None:
            try:
                dates[key] = moment_of(text)
            except ValueError as error:
                raise ProfileError(f"{text!r} is not a date.") from error
    if kind == "Relative":
        dates.pop("start", None)
    else:
        dates.setdefault("start", received)
    return Profile(
        id=payload["charging_profile_id"],
        purpose=str(payload["charging_profile_purpose"]),
        stack_level=payload["stack_level"],
        unit=str(schedule["charging_rate_unit"]),
        periods=periods,
        duration=schedule.get("duration"),
        every=_RECURRENCE[payload["recurrency_kind"]] if kind == "Recurring" else None,
        transaction=payload.get("transaction_id"),
        **dates,
    )


def _read_period(period: Mapping[str, Any]) -> Period:
    limit = float(period["limit"])
    if not (math.isfinite(limit) and limit >= 0):
        raise ProfileError(f"A limit must be 0 or more, not {limit}.")
    return Period(
        start=float(period["start_period"]), limit=limit, phases=period.get("number_phases") or 3
    )
