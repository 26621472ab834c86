"""The dialog about a vehicle."""

from collections.abc import Mapping
from typing import Any, override

import voluptuous as vol

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import CONF_NAME, Platform
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)

from .around import vehicle_of
from .around_flow import AroundFlow, chosen, known
from .const import DOMAIN, SUBENTRY_CHARGER, SUBENTRY_VEHICLE
from .controller import steady_clock
from .devices.entity import EntityVehicle, suggest_vehicle
from .forms import FLOOR, LARGEST_CHARGER, Answers, number

MOST_KWH = 1000.0
PRESENCE = [Platform.DEVICE_TRACKER, Platform.BINARY_SENSOR, "person", "input_boolean"]
PLUG = [Platform.BINARY_SENSOR, Platform.SENSOR, "input_boolean"]
CHOSEN = (
    *("soc", "target", "target_soc", "capacity", "capacity_kwh"),
    *("presence", "plug", "maximum", "charger"),
)


class VehicleSubentryFlow(AroundFlow):
    """Add a vehicle to a site, or change one."""

    @override
    def _schema(self) -> vol.Schema:
        soc = EntitySelectorConfig(domain=Platform.SENSOR, device_class=SensorDeviceClass.BATTERY)
        target = EntitySelectorConfig(
            domain=[Platform.NUMBER, Platform.SENSOR, "input_number", Platform.SELECT]
        )
        chargers = [
            SelectOptionDict(value=subentry.subentry_id, label=subentry.title)
            for subentry in self._get_entry().get_subentries_of_type(SUBENTRY_CHARGER)
        ]
        return vol.Schema(
            {
                vol.Required(CONF_NAME): TextSelector(),
                vol.Optional("soc"): EntitySelector(soc),
                vol.Optional("capacity_kwh"): number(1, MOST_KWH, "kWh"),
                vol.Optional("capacity"): EntitySelector(
                    EntitySelectorConfig(domain=Platform.SENSOR)
                ),
                vol.Optional("target_soc", default=80): number(10, 100, "%"),
                vol.Optional("target"): EntitySelector(target),
                vol.Optional("presence"): EntitySelector(EntitySelectorConfig(domain=PRESENCE)),
                vol.Optional("plug"): EntitySelector(EntitySelectorConfig(domain=PLUG)),
                vol.Optional("cards"): TextSelector(TextSelectorConfig(multiple=True)),
                vol.Optional("maximum"): number(FLOOR, LARGEST_CHARGER, "A"),
                # A list of dots could not be taken back.
                vol.Optional("charger"): SelectSelector(
                    SelectSelectorConfig(options=chargers, mode=SelectSelectorMode.DROPDOWN)
                ),
            }
        )

    @override
    def _suggested(self) -> Mapping[str, Any]:
        taken = {
            subentry.data.get("soc")
            for entry in self.hass.config_entries.async_entries(DOMAIN, include_ignore=False)
            for subentry in entry.get_subentries_of_type(SUBENTRY_VEHICLE)
        }
        return suggest_vehicle(self.hass, taken)

    @override
    def _settings(self, answers: Answers) -> Answers:
        cards = [card.strip() for card in answers.get("cards", ())]
        return {**chosen(answers, *CHOSEN), "cards": [card for card in cards if card]}

    @override
    def _answers(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        return known(settings)

    @override
    def _read(self, settings: Answers) -> str:
        reading = EntityVehicle(self.hass, vehicle_of(settings), steady_clock).reading
        lines: list[str] = []
        if reading.soc is not None:
            target = "" if reading.target is None else f" → {reading.target:.0f} %"
            lines.append(f"- {reading.soc:.0f} %{target}")
        if reading.capacity_kwh is not None:
            lines.append(f"- {reading.capacity_kwh:g} kWh")
        for entity in filter(None, (settings["presence"], settings["plug"])):
            state = self.hass.states.get(entity)
            lines.append(f"- `{entity}`: {state.state if state else '–'}")
        return "\n".join(lines) or "- –"
