"""What the sensors of a charger show: what it does, gets and measures, why, and when its car is ready."""

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import UnitOfEnergy

from .balancing.codes import ReasonCode
from .balancing.model import ChargerStatus, Phase
from .const import MAIN_CIRCUIT
from .dead_bands import ENERGY, MOMENT
from .describing import FusewiseSensorDescription, current, moment, power, rounded
from .devices.events import EnergyBy
from .proving import ProofState
from .views import ChargerView

PRICES = frozenset({ReasonCode.WAITING_PRICE})  # whose limit is no current
USED = 1.0  # A: a conductor with less carries a charger's standby, not a car
FULL_MINUTES = 300  # s: an estimate is not known to the second


def measured(phase: Phase) -> FusewiseSensorDescription[ChargerView]:
    """The current that a charger measures, by the house's phase and not by its own terminal."""

    def on_phase(view: ChargerView) -> float | None:
        amperes = view.reading.current
        if amperes is None:
            return None
        return dict(zip(view.charger.wiring, amperes, strict=False)).get(phase)

    return current("current", on_phase, phase=phase, available_fn=_online)


def _online(view: ChargerView) -> bool:
    return view.reading.online


def why(view: ChargerView) -> dict[str, Any]:
    """The figures behind a reason."""
    if view.setpoint is None:
        return {}
    reason = view.setpoint.reason
    figures = {
        "circuit": view.limited_in,
        "phase": None if reason.phase is None else reason.phase.name,
        "limit": reason.limit if reason.code in PRICES else rounded(reason.limit),
        "bound": _bound(view),
        "source": reason.source,
        "shared_with": list(view.shares_with),
        "limited_by": reason.limited_by,
        "until": None if reason.until is None else moment(reason.until),
    }
    return {name: figure for name, figure in figures.items() if figure}


def _bound(view: ChargerView) -> str | None:
    """Where which current binds, at a glance: 'L2 24 A', 'Garage L2 16 A'."""
    if view.setpoint is None:
        return None
    reason = view.setpoint.reason
    if reason.limit is None or reason.circuit is None or reason.code in PRICES:
        return None
    if reason.phase is None:
        figure = f"{reason.limit / 1000:.1f} kW"
    else:
        figure = f"{reason.phase.name} {reason.limit:.0f} A"
    return figure if reason.circuit == MAIN_CIRCUIT else f"{view.limited_in} {figure}"


def _energy(view: ChargerView) -> float | None:
    if view.session is None or view.energy_by is EnergyBy.NOTHING:
        return None
    return round(view.session.energy_wh / 1000, 2)


def _estimated(view: ChargerView) -> Mapping[str, Any]:
    """Whether what it has charged is only reckoned from its power."""
    return {"estimated": True} if view.energy_by is EnergyBy.POWER else {}


def _session_told(view: ChargerView) -> Mapping[str, Any]:
    """When the session began and ended, and why."""
    if (session := view.session) is None:
        return _estimated(view)
    told = {
        **_estimated(view),
        "began": moment(session.began),
        "ended": session.ended and moment(session.ended),
        "why_ended": session.why_ended,
    }
    return {name: value for name, value in told.items() if value is not None}


def _proof(view: ChargerView) -> Mapping[str, Any]:
    """What the last test of the fall-back has shown, and when."""
    if (proof := view.proof) is None:
        return {}
    return {
        "tested": moment(proof.at),
        "tested_fallback": proof.fallback,
        **({"seconds": proof.seconds} if proof.proved else {}),
    }


def _ready_at(view: ChargerView) -> datetime | None:
    ready_at = view.outlook.ready_at
    return None if ready_at is None else moment(ceil(ready_at / FULL_MINUTES) * FULL_MINUTES)


CHARGER_SENSORS: tuple[FusewiseSensorDescription[ChargerView], ...] = (
    FusewiseSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in ChargerStatus],
        value_fn=lambda view: view.reading.status,
        available_fn=_online,
    ),
    FusewiseSensorDescription(
        key="reason",
        translation_key="reason",
        device_class=SensorDeviceClass.ENUM,
        options=[code.value for code in ReasonCode],
        value_fn=lambda view: None if view.setpoint is None else view.setpoint.reason.code,
        attributes_fn=why,
    ),
    FusewiseSensorDescription(
        key="session_energy",
        translation_key="session_energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=2,
        value_fn=_energy,
        attributes_fn=_session_told,
        significant=ENERGY,
    ),
    FusewiseSensorDescription(
        key="energy",
        translation_key="energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=1,
        value_fn=lambda view: (
            None if view.energy_by is EnergyBy.NOTHING else round(view.energy_kwh, 2)
        ),
        attributes_fn=_estimated,
        significant=ENERGY,
    ),
    FusewiseSensorDescription(
        key="ready_at",
        translation_key="ready_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_ready_at,
        significant=MOMENT,
    ),
    FusewiseSensorDescription(
        key="fallback_test",
        translation_key="fallback_test",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in ProofState],
        value_fn=lambda view: view.proof_state,
        attributes_fn=_proof,
    ),
    power("power", lambda view: view.power, available_fn=_online),
    current("setpoint", lambda view: None if view.setpoint is None else view.setpoint.current),
    current(
        "target", lambda view: None if view.setpoint is None else view.setpoint.target, detail=True
    ),
)


def _phases(view: ChargerView) -> int | None:
    """What it is seen to use; while nothing flows, what it is to use."""
    used = sum(amperes > USED for amperes in view.reading.current or ())
    return used or (None if view.setpoint is None else view.setpoint.phases)


# Only where it can switch between one phase and all.
PHASES_IN_USE: FusewiseSensorDescription[ChargerView] = FusewiseSensorDescription(
    key="phases",
    translation_key="phases",
    value_fn=_phases,
    available_fn=_online,
)

# Only where the site has a quota.
BOOSTS_LEFT: FusewiseSensorDescription[ChargerView] = FusewiseSensorDescription(
    key="boosts_left", translation_key="boosts_left", value_fn=lambda view: view.boosts_left
)
