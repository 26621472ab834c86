"""The two charging profiles of OCPP 1.6 that keep a fuse whole when nobody is there to watch it.

The default profile (TxDefaultProfile, lowest in the stack, without an end) is the fall-back that stays in
the charger. The live profile (TxProfile) lies above it and ends by itself, unless it is renewed.
"""

import math

from ocpp.v16 import call, datatypes
from ocpp.v16.enums import (
    ChargingProfileKindType as Kind,
    ChargingProfilePurposeType as Purpose,
    ChargingRateUnitType as Unit,
)

from ..clock import written
from ..limit import tenths
from ..measurands import Wiring
from ..station import LiveLimit

STATION, CONNECTOR = 0, 1  # connector ids

# Small numbers: some chargers take no id above MaxChargingProfilesInstalled.
FALLBACK_ID, LIVE_ID = 1, 2


def fallback(current: float, unit: Unit, wiring: Wiring) -> call.SetChargingProfile:
    """Return the default profile.

    Relative: it counts from the start of each transaction, so a charger whose clock stands in 1970 obeys it.
    """
    return call.SetChargingProfile(
        connector_id=STATION,
        cs_charging_profiles=datatypes.ChargingProfile(
            charging_profile_id=FALLBACK_ID,
            stack_level=0,
            charging_profile_purpose=Purpose.tx_default_profile,
            charging_profile_kind=Kind.relative,
            charging_schedule=datatypes.ChargingSchedule(
                charging_rate_unit=unit,
                charging_schedule_period=[_period(current, unit, wiring)],
            ),
        ),
    )


def live(limit: LiveLimit, unit: Unit, wiring: Wiring, highest: int) -> call.SetChargingProfile:
    """Return the live profile; `highest` is the charger's ChargeProfileMaxStackLevel."""
    return call.SetChargingProfile(
        connector_id=CONNECTOR,
        cs_charging_profiles=datatypes.ChargingProfile(
            charging_profile_id=LIVE_ID,
            transaction_id=limit.transaction,
            # A TxProfile outranks the default one also at level 0, which is all that some have.
            stack_level=min(1, highest),
            charging_profile_purpose=Purpose.tx_profile,
            charging_profile_kind=Kind.absolute,
            charging_schedule=datatypes.ChargingSchedule(
                charging_rate_unit=unit,
                start_schedule=written(limit.starts),
                duration=limit.duration,
                charging_schedule_period=[_period(limit.current, unit, wiring)],
            ),
        ),
    )


def _period(current: float, unit: Unit, wiring: Wiring) -> datatypes.ChargingSchedulePeriod:
    if unit == Unit.amps:
        return datatypes.ChargingSchedulePeriod(start_period=0, limit=tenths(current))
    return datatypes.ChargingSchedulePeriod(
        start_period=0,
        # Watts are those of all phases together, and three where nothing else is said.
        limit=float(math.floor(current * wiring.watts_per_ampere + 1e-6)),
        number_phases=None if wiring.conductors == 3 else _phases(wiring),
    )


def _phases(wiring: Wiring) -> int:
    return 1 if wiring.line_to_line else wiring.conductors
