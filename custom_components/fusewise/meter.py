"""A meter of a site: on Home Assistant's shared Modbus connection, or made of its entities; and what it shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from modbus_connection import ModbusTcpParams, ModbusUnit

from homeassistant.components.modbus import async_get_temporary_unit
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .balancing.model import Charger, ChargerReading, MeterReading, PerPhase, Phase
from .const import CONF_CALIBRATION, CONF_INTERVAL, CONF_KIND, CONF_UNIT_ID, ENTITIES
from .controller import steady_clock
from .devices import DeviceError, DeviceOfflineError
from .devices.calibration import UNCALIBRATED, Calibration
from .devices.entity import CarsDrawn, EntityMeter
from .devices.modbus import METERS, ModbusMeter
from .meter_forms import entities_of
from .supply import Supply

SILENT_IN_DIALOG = 300.0  # s; a slower meter cannot hold a fuse

type Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a meter has shown when it was tried."""

    current: PerPhase
    words: str
    """Phase by phase, to be compared with its display."""


async def async_try_meter(
    hass: HomeAssistant, settings: Settings, phases: Iterable[Phase], voltage: float
) -> Trial:
    """What a meter reads now. Raises DeviceError."""
    phases, calibration = list(phases), calibration_of(settings)
    if settings[CONF_KIND] == ENTITIES:
        l1, l2, l3 = (1.0 if phase in phases else 0.0 for phase in Phase)
        meter = entity_meter(hass, settings, (l1, l2, l3), voltage)
        reading = meter.read()
        if (silence := steady_clock() - reading.measured_at) > SILENT_IN_DIALOG:
            raise DeviceOfflineError(
                f"Its entities have said nothing for {silence / 60:.0f} minutes. Check the device that "
                "they belong to."
            )
        return _trial(calibration.applied(reading), meter.voltage, phases)
    try:
        async with async_get_temporary_unit(
            hass, link_of(settings), settings[CONF_UNIT_ID]
        ) as unit:
            modbus = modbus_meter(unit, settings)
            reading = await modbus.read()
    except HomeAssistantError as error:
        raise DeviceError(str(error)) from error
    return _trial(calibration.applied(reading), modbus.voltage, phases)


def calibration_of(settings: Settings) -> Calibration:
    """How what a meter shows is corrected."""
    stored = settings.get(CONF_CALIBRATION)
    if stored is None:
        return UNCALIBRATED
    (g1, g2, g3), (o1, o2, o3) = stored["gain"], stored["offset"]
    return Calibration(gain=(g1, g2, g3), offset=(o1, o2, o3))


def stored_calibration(calibration: Calibration) -> dict[str, list[float]]:
    """What is stored of that."""
    return {"gain": list(calibration.gain), "offset": list(calibration.offset)}


def cars_draw(
    chargers: Iterable[Charger], readings: Mapping[str, ChargerReading], supply: Supply
) -> CarsDrawn:
    """What cars draw, at least and at most: as measured, and up to what they were allowed."""
    least, most = [0.0] * len(Phase), [0.0] * len(Phase)
    least_apart = most_apart = 0.0
    for charger in chargers:
        reading = readings[charger.id]
        measured = reading.current or (0.0,) * len(charger.wiring)
        allowed = charger.maximum if reading.limit is None else reading.limit
        idle = reading.online and reading.session is None
        highest = measured if idle else tuple(max(amperes, allowed) for amperes in measured)
        for phase, low, high in zip(charger.wiring, measured, highest, strict=False):
            least[phase] += low
            most[phase] += high
        if supply.has_pairs and len(charger.wiring) == 2:
            least_apart += (2 - supply.ratio) * min(measured)
            most_apart += (2 - supply.ratio) * min(highest)
    return CarsDrawn(
        least=(least[0], least[1], least[2]),
        most=(most[0], most[1], most[2]),
        least_apart=least_apart,
        most_apart=most_apart,
    )


def cars_measured(
    chargers: Iterable[Charger], readings: Mapping[str, ChargerReading]
) -> PerPhase | None:
    """A that cars draw on each phase; None where one of them does not measure."""
    drawn = [0.0] * len(Phase)
    for charger in chargers:
        reading = readings[charger.id]
        if reading.current is None:
            if reading.session is not None:
                return None
            continue
        for phase, amperes in zip(charger.wiring, reading.current, strict=False):
            drawn[phase] += amperes
    return drawn[0], drawn[1], drawn[2]


def _trial(reading: MeterReading, voltage: PerPhase, phases: Iterable[Phase]) -> Trial:
    words = "\n".join(
        f"- {phase.name}: {reading.current[phase]:.1f} A"
        + (f", {voltage[phase]:.0f} V" if voltage[phase] else "")
        for phase in phases
    )
    return Trial(current=reading.current, words=words)


def entity_meter(
    hass: HomeAssistant, settings: Settings, rating: PerPhase, voltage: float
) -> EntityMeter:
    """A meter that is made of entities."""
    return EntityMeter(hass, entities_of(settings), steady_clock, rating=rating, voltage=voltage)


def link_of(settings: Settings) -> ModbusTcpParams:
    """How a Modbus meter is reached."""
    return ModbusTcpParams(host=settings[CONF_HOST], port=settings[CONF_PORT])


def modbus_meter(unit: ModbusUnit, settings: Settings) -> ModbusMeter:
    """A meter on a Modbus unit."""
    return ModbusMeter(
        unit,
        METERS[settings[CONF_KIND]],
        steady_clock,
        unit_id=settings[CONF_UNIT_ID],
        interval=settings[CONF_INTERVAL],
    )
