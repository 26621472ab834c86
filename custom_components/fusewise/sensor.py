"""Sensors: what the fuse carries and has to spare, and what each charger gets and why."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfElectricCurrent, UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .balancing.model import ChargerStatus, CircuitState, PerPhase, Phase, ReasonCode
from .const import PHASE_KEYS
from .coordinator import ChargerView, FusewiseConfigEntry, SiteView
from .entity import (
    ChargerEntity,
    FusewiseDescription,
    FusewiseEntity,
    SiteEntity,
    Wanted,
    async_keep_entities,
)
from .proving import ProofState
from .site import phases_of

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class FusewiseSensorDescription[ViewT](SensorEntityDescription, FusewiseDescription[ViewT]):
    """What a sensor shows."""


def _current[ViewT](
    key: str,
    value_fn: Callable[[ViewT], float | None],
    *,
    phase: Phase | None = None,
    available_fn: Callable[[ViewT], bool] = lambda _: True,
    detail: bool = False,
    significant: float = 0.5,
) -> FusewiseSensorDescription[ViewT]:
    """A sensor in amperes; a `detail` is diagnostic, and off until somebody wants it."""
    return FusewiseSensorDescription(
        key=key if phase is None else f"{key}_{PHASE_KEYS[phase]}",
        translation_key=key,
        phase=phase,
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC if detail else None,
        entity_registry_enabled_default=not detail,
        value_fn=lambda view: _rounded(value_fn(view)),
        available_fn=available_fn,
        significant=significant,
    )


def _rounded(amperes: float | None) -> float | None:
    # Meters tell more digits than they know, and each new digit would be a line of history.
    return None if amperes is None else round(amperes, 1)


def _of_main(
    key: str,
    value_fn: Callable[[CircuitState], PerPhase | None],
    phase: Phase,
    *,
    detail: bool = False,
) -> FusewiseSensorDescription[SiteView]:
    """A sensor of the main fuse on one phase."""

    def on_phase(view: SiteView) -> float | None:
        values = value_fn(view.main)
        return None if values is None else values[phase]

    return _current(
        key,
        on_phase,
        phase=phase,
        available_fn=lambda view: value_fn(view.main) is not None,
        detail=detail,
        significant=1.0,
    )


def site_sensors(phase: Phase) -> Iterator[FusewiseSensorDescription[SiteView]]:
    """The sensors of a site on one phase."""
    yield _of_main("load", lambda circuit: circuit.load, phase)
    yield _of_main("headroom", lambda circuit: circuit.headroom, phase)
    yield _of_main("others", lambda circuit: circuit.others, phase, detail=True)
    yield _of_main("limit", lambda circuit: circuit.limit, phase, detail=True)
    yield _of_main("allowance", lambda circuit: circuit.allowance, phase, detail=True)


def _measured(phase: Phase) -> FusewiseSensorDescription[ChargerView]:
    """The current that a charger measures, by the house's phase and not by its own terminal."""

    def on_phase(view: ChargerView) -> float | None:
        current = view.reading.current
        if current is None:
            return None
        return dict(zip(view.charger.wiring, current, strict=False)).get(phase)

    return _current("current", on_phase, phase=phase, available_fn=_online)


def _online(view: ChargerView) -> bool:
    return view.reading.online


def _why(view: ChargerView) -> Mapping[str, Any]:
    """The figures behind a reason."""
    if view.setpoint is None:
        return {}
    reason = view.setpoint.reason
    figures = {
        "circuit": reason.circuit,
        "phase": None if reason.phase is None else reason.phase.name,
        "limit": _rounded(reason.limit),
        "source": reason.source,
        "shared_with": list(view.shares_with),
        "until": None if reason.until is None else dt_util.utc_from_timestamp(round(reason.until)),
    }
    return {name: figure for name, figure in figures.items() if figure}


def _energy(view: ChargerView) -> float | None:
    return None if view.session is None else round(view.session.energy_wh / 1000, 2)


def _session_told(view: ChargerView) -> Mapping[str, Any]:
    """When the session began and ended, and why."""
    if (session := view.session) is None:
        return {}
    told = {
        "began": dt_util.utc_from_timestamp(round(session.began)),
        "ended": session.ended and dt_util.utc_from_timestamp(round(session.ended)),
        "why_ended": session.why_ended,
    }
    return {name: value for name, value in told.items() if value is not None}


def _proof(view: ChargerView) -> Mapping[str, Any]:
    """What the last test of the fall-back has shown, and when."""
    if (proof := view.proof) is None:
        return {}
    return {
        "tested": dt_util.utc_from_timestamp(round(proof.at)),
        "tested_fallback": proof.fallback,
        **({"seconds": proof.seconds} if proof.proved else {}),
    }


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
        attributes_fn=_why,
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
        significant=0.1,
    ),
    FusewiseSensorDescription(
        key="fallback_test",
        translation_key="fallback_test",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in ProofState],
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda view: view.proof_state,
        attributes_fn=_proof,
    ),
    _current("setpoint", lambda view: None if view.setpoint is None else view.setpoint.current),
    _current(
        "target", lambda view: None if view.setpoint is None else view.setpoint.target, detail=True
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FusewiseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of a site and its chargers."""
    coordinator = entry.runtime_data

    def wanted() -> Wanted:
        site = coordinator.controller.site
        for phase in phases_of(site.circuits[0].rating):
            for description in site_sensors(phase):
                yield SiteSensor(coordinator, description)
        for charger in site.chargers:
            for measured in (*CHARGER_SENSORS, *map(_measured, sorted(charger.wiring))):
                yield ChargerSensor(coordinator, charger.id, measured)

    async_keep_entities(coordinator, "sensor", async_add_entities, wanted)


class FusewiseSensor[ViewT](FusewiseEntity[ViewT], SensorEntity):
    """A sensor of Fusewise."""

    entity_description: FusewiseSensorDescription[ViewT]

    @override
    def _show(self, value: Any) -> None:
        self._attr_native_value = value


class SiteSensor(FusewiseSensor[SiteView], SiteEntity):
    """A sensor of the site."""


class ChargerSensor(FusewiseSensor[ChargerView], ChargerEntity):
    """A sensor of a charger."""
