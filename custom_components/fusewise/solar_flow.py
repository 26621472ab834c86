"""The dialog about solar panels."""

from collections.abc import Mapping
from typing import Any, override

import voluptuous as vol

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from . import forms
from .around import solar_of
from .around_flow import AroundFlow
from .balancing.model import Phase
from .const import CONF_VOLTAGE, CONF_WIRING
from .controller import steady_clock
from .devices.entity import EntitySolar, suggest_solar
from .forms import Answers, Errors, measuring
from .site import phases_of, rating_of, wiring_of


class SolarSubentryFlow(AroundFlow):
    """Add solar panels to a site, or change them."""

    @override
    def _schema(self) -> vol.Schema:
        phases = phases_of(rating_of(self._get_entry()))
        names = [phase.name for phase in phases]
        wirings = [" ".join(names), *names] if len(names) > 1 else names
        return vol.Schema(
            {
                vol.Required(CONF_NAME, default="Solar"): TextSelector(),
                vol.Required("powers"): measuring(SensorDeviceClass.POWER, multiple=True),
                vol.Required(CONF_WIRING, default=wirings[0]): SelectSelector(
                    SelectSelectorConfig(options=wirings, mode=SelectSelectorMode.DROPDOWN)
                ),
                vol.Required("negative", default=False): BooleanSelector(),
            }
        )

    @override
    def _suggested(self) -> Mapping[str, Any]:
        return suggest_solar(self.hass)

    @override
    def _errors(self, answers: Answers) -> Errors:
        errors = forms.errors_of(answers)
        if not answers["powers"]:
            errors["powers"] = "powers_missing"
        elif len(answers["powers"]) not in (1, len(wiring_of(answers[CONF_WIRING]))):
            errors["powers"] = "powers_of_phases"
        return errors

    @override
    def _settings(self, answers: Answers) -> Answers:
        return {key: answers[key] for key in ("powers", CONF_WIRING, "negative")}

    @override
    def _read(self, settings: Answers) -> str:
        entry = self._get_entry()
        solar = EntitySolar(
            self.hass, solar_of(settings), steady_clock, voltage=entry.data[CONF_VOLTAGE]
        )
        reading = solar.read()
        phases = wiring_of(settings[CONF_WIRING])
        lines = [f"- {reading.power:.0f} W"]
        lines += [
            f"- {phase.name}: {reading.current[phase]:.1f} A" for phase in Phase if phase in phases
        ]
        return "\n".join(lines)
