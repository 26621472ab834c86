"""The grid meter of a site, on Home Assistant's shared Modbus connection."""

from collections.abc import Iterable, Mapping
from typing import Any

from modbus_connection import ModbusTcpParams, ModbusUnit

from homeassistant.components.modbus import async_get_temporary_unit, async_get_unit
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from .balancing.model import Phase
from .const import CONF_INTERVAL, CONF_KIND, CONF_METER, CONF_UNIT_ID
from .controller import steady_clock
from .devices import DeviceError
from .devices.modbus import METERS, ModbusMeter

type Settings = Mapping[str, Any]


@callback
def async_open_meter(hass: HomeAssistant, entry: ConfigEntry[Any]) -> ModbusMeter:
    """The meter of a site. Raises HomeAssistantError where its link is used with other settings."""
    settings: Settings = entry.data[CONF_METER]
    unit = async_get_unit(hass, entry, _link(settings), settings[CONF_UNIT_ID])
    return _meter(unit, settings)


async def async_try_meter(hass: HomeAssistant, settings: Settings, phases: Iterable[Phase]) -> str:
    """What a meter reads now, phase by phase, to be compared with its display. Raises DeviceError."""
    try:
        async with async_get_temporary_unit(hass, _link(settings), settings[CONF_UNIT_ID]) as unit:
            meter = _meter(unit, settings)
            reading = await meter.read()
    except HomeAssistantError as error:
        raise DeviceError(str(error)) from error
    return "\n".join(
        f"- {phase.name}: {reading.current[phase]:.1f} A, {meter.voltage[phase]:.0f} V"
        for phase in phases
    )


def _link(settings: Settings) -> ModbusTcpParams:
    return ModbusTcpParams(host=settings[CONF_HOST], port=settings[CONF_PORT])


def _meter(unit: ModbusUnit, settings: Settings) -> ModbusMeter:
    return ModbusMeter(
        unit,
        METERS[settings[CONF_KIND]],
        steady_clock,
        unit_id=settings[CONF_UNIT_ID],
        interval=settings[CONF_INTERVAL],
    )
