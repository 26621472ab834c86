"""The dialog about a home battery."""

from collections.abc import Mapping
from typing import Any, override

import voluptuous as vol

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)

from .around import battery_of
from .around_flow import AroundFlow, chosen, known
from .balancing.settings import BatteryUse
from .const import CONF_BATTERY_USE, CONF_RESERVE
from .controller import steady_clock
from .devices.entity import EntityBattery, suggest_battery
from .forms import MEASURE, Answers, measuring, number

MOST_KWH = 1000.0
MOST_WATTS = 1_000_000.0

_SENSOR = EntitySelectorConfig(domain=[*MEASURE])

SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME, default="Battery"): TextSelector(),
        vol.Required("power"): measuring(SensorDeviceClass.POWER),
        vol.Required("negative", default=False): BooleanSelector(),
        vol.Optional("discharged"): measuring(SensorDeviceClass.POWER),
        vol.Optional("soc"): EntitySelector(_SENSOR),
        vol.Optional("capacity_kwh"): number(0.1, MOST_KWH, "kWh"),
        vol.Optional("capacity"): EntitySelector(_SENSOR),
        vol.Optional("maximum_charge"): number(0, MOST_WATTS, "W"),
        vol.Optional("maximum_discharge"): number(0, MOST_WATTS, "W"),
        vol.Required(CONF_BATTERY_USE, default=BatteryUse.CARS_FIRST.value): SelectSelector(
            SelectSelectorConfig(
                options=[use.value for use in BatteryUse], translation_key="battery_use"
            )
        ),
        vol.Required(CONF_RESERVE, default=20): number(0, 100, "%"),
    }
)


class BatterySubentryFlow(AroundFlow):
    """Add a battery to a site, or change one."""

    @override
    def _schema(self) -> vol.Schema:
        return SCHEMA

    @override
    def _suggested(self) -> Mapping[str, Any]:
        return suggest_battery(self.hass)

    @override
    def _settings(self, answers: Answers) -> Answers:
        optional = ("discharged", "soc", "capacity", "capacity_kwh")
        return {
            **{key: answers[key] for key in ("power", "negative", CONF_BATTERY_USE, CONF_RESERVE)},
            **chosen(answers, *optional, "maximum_charge", "maximum_discharge"),
        }

    @override
    def _answers(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        return known(settings)

    @override
    def _read(self, settings: Answers) -> str:
        reading = EntityBattery(self.hass, battery_of(settings), steady_clock).read()
        lines = [f"- {reading.power:+.0f} W"]
        if reading.soc is not None:
            lines.append(f"- {reading.soc:.0f} %")
        if reading.capacity_kwh is not None:
            lines.append(f"- {reading.capacity_kwh:g} kWh")
        return "\n".join(lines)
