"""The two charging profiles of OCPP 1.6 that keep a fuse whole when nobody is there to watch it.

The default profile (TxDefaultProfile, lowest in the stack, without an end) is the fall-back that stays in
the charger. The live profile (TxProfile) lies above it and ends by itself, unless it is renewed. Where a
charger obeys something else, both have that purpose, the live one higher in the stack.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import math
from typing import Any

from ocpp.v16 import call, datatypes
from ocpp.v16.enums import (
    ChargingProfileKindType as Kind,
    ChargingProfilePurposeType as Purpose,
    ChargingRateUnitType as Unit,
)

from ..clock import written
from ..limit import tenths
from ..measurands import Wiring
from ..outlets import FIRST
from ..shapes import number_of
from ..station import LiveLimit
from ..ways import Way

STATION = 0  # the connector id of all of them

LONG_AGO = 1_577_836_800.0  # 2020: before the clock of any charger that has been told the time

PURPOSES = {
    Way.TX: Purpose.tx_profile,
    Way.TX_RELATIVE: Purpose.tx_profile,
    Way.TX_DEFAULT: Purpose.tx_default_profile,
    Way.STATION_MAX: Purpose.charge_point_max_profile,
    Way.SINGLE: Purpose.tx_default_profile,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The outlet that profiles are for."""

    connector: int = FIRST
    is_shared: bool = False
    """Other outlets of the station have profiles of their own."""

    @property
    def outside(self) -> int:
        """The connector id of what does not belong to a transaction."""
        return self.connector if self.is_shared else STATION

    # Small numbers: some chargers take no id above MaxChargingProfilesInstalled.

    @property
    def fallback_id(self) -> int:
        """The id of its default profile."""
        return 2 * self.connector - 1

    @property
    def live_id(self) -> int:
        """The id of its live profile."""
        return 2 * self.connector


ALONE = Target()


def fallback(
    current: float,
    phases: int,
    unit: Unit,
    wiring: Wiring,
    way: Way = Way.TX,
    target: Target = ALONE,
) -> call.SetChargingProfile:
    """Return the default profile.

    Relative: it counts from the start of each transaction, so a charger whose clock stands in 1970 obeys it.
    """
    return call.SetChargingProfile(
        connector_id=target.outside,
        cs_charging_profiles=datatypes.ChargingProfile(
            charging_profile_id=target.fallback_id,
            stack_level=0,
            charging_profile_purpose=(
                Purpose.charge_point_max_profile
                if way is Way.STATION_MAX
                else Purpose.tx_default_profile
            ),
            # There is no transaction from which the station's maximum could count.
            charging_profile_kind=(Kind.absolute if way is Way.STATION_MAX else Kind.relative),
            charging_schedule=datatypes.ChargingSchedule(
                charging_rate_unit=unit,
                start_schedule=written(LONG_AGO) if way is Way.STATION_MAX else None,
                charging_schedule_period=[_period(current, phases, unit, wiring)],
            ),
        ),
    )


def no_default() -> call.ClearChargingProfile:
    """Return what takes the default profile away, so that it does not hold beneath a station's maximum."""
    return call.ClearChargingProfile(
        charging_profile_purpose=Purpose.tx_default_profile, connector_id=STATION
    )


def no_maximum() -> call.ClearChargingProfile:
    """Return what takes the station's maximum away, so that it does not hold above other limits."""
    return call.ClearChargingProfile(
        charging_profile_purpose=Purpose.charge_point_max_profile, connector_id=STATION
    )


def single(
    limit: LiveLimit, unit: Unit, wiring: Wiring, target: Target = ALONE
) -> call.SetChargingProfile:
    """Return a profile that is the limit for its life, and the fall-back from then on."""
    later = _period(limit.fallback, 1, unit, wiring)
    later.start_period = limit.duration
    return call.SetChargingProfile(
        connector_id=target.outside,
        cs_charging_profiles=datatypes.ChargingProfile(
            charging_profile_id=target.fallback_id,
            stack_level=0,
            charging_profile_purpose=Purpose.tx_default_profile,
            charging_profile_kind=Kind.absolute,
            charging_schedule=datatypes.ChargingSchedule(
                charging_rate_unit=unit,
                start_schedule=written(limit.starts),
                charging_schedule_period=[
                    _period(limit.current, limit.phases, unit, wiring),
                    later,
                ],
            ),
        ),
    )


def live(
    limit: LiveLimit,
    unit: Unit,
    wiring: Wiring,
    highest: int,
    way: Way = Way.TX,
    target: Target = ALONE,
) -> call.SetChargingProfile:
    """Return the live profile; `highest` is the charger's ChargeProfileMaxStackLevel."""
    of_transaction = way in (Way.TX, Way.TX_RELATIVE)
    relative = way is Way.TX_RELATIVE
    return call.SetChargingProfile(
        connector_id=target.connector if of_transaction else target.outside,
        cs_charging_profiles=datatypes.ChargingProfile(
            charging_profile_id=target.live_id,
            transaction_id=limit.transaction if of_transaction else None,
            # A TxProfile outranks the default one also at level 0, which is all that some have.
            stack_level=min(1, highest),
            charging_profile_purpose=PURPOSES[way],
            charging_profile_kind=Kind.relative if relative else Kind.absolute,
            charging_schedule=datatypes.ChargingSchedule(
                charging_rate_unit=unit,
                start_schedule=None if relative else written(limit.starts),
                duration=limit.duration + (limit.elapsed if relative else 0),
                charging_schedule_period=[
                    _period(limit.current, limit.phases, unit, wiring, limit.asked_phases)
                ],
            ),
        ),
    )


def shown(answer: Mapping[str, Any], asked: Unit, wiring: Wiring) -> float | None:
    """Return A that a composite schedule begins with; None where it says nothing that can be used."""
    match answer:
        case {"chargingSchedule": {"chargingSchedulePeriod": [{**period}, *_], **schedule}}:
            limit = number_of(period.get("limit"))
            unit = schedule.get("chargingRateUnit") or asked
        case _:
            return None
    if limit is None or limit < 0:
        return None
    if unit == Unit.amps:
        return limit
    phases = number_of(period.get("numberPhases")) or wiring.conductors
    return limit / (wiring.voltage * (1.0 if wiring.line_to_line else phases))


def _period(
    current: float, phases: int, unit: Unit, wiring: Wiring, asked_phases: int | None = None
) -> datatypes.ChargingSchedulePeriod:
    if unit == Unit.amps:
        # Three are said too: whoever was told one stays there where nothing is said.
        return datatypes.ChargingSchedulePeriod(
            start_period=0, limit=tenths(current), number_phases=asked_phases
        )
    # Watts are those of all phases together; three are meant where nothing else is said. Both kinds of charger
    # keep to it: the one that counts watts, and the one that divides them by the phases that it is told.
    phases = 1 if wiring.line_to_line else phases
    watts = current * wiring.voltage * phases
    return datatypes.ChargingSchedulePeriod(
        start_period=0,
        limit=float(math.floor(watts + 1e-6)),
        number_phases=None if phases == 3 else phases,
    )
