"""The dialogs that set up a site and change it.

A site is asked for in three steps: the main fuse, its meter, how chargers connect. Then all is shown
once more with what the meter reads now, and each step can be opened again before it is saved. The
same dialogs change a site later.
"""

from typing import override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback

from . import forms
from .battery_flow import BatterySubentryFlow
from .charger_flow import ChargerSubentryFlow
from .const import (
    CONF_KIND,
    CONF_METER,
    CONF_OCPP,
    CONF_RATING,
    CONF_USABLE_SHARE,
    CONF_VOLTAGE,
    CONF_WIRING,
    DOMAIN,
    ENTITIES,
    SUBENTRY_BATTERY,
    SUBENTRY_CHARGER,
    SUBENTRY_SOLAR,
    SUBENTRY_VEHICLE,
)
from .devices import DeviceError
from .forms import Answers, Errors
from .listening import charger_address, web_address
from .meter import async_try_meter
from .meter_forms import entities_of
from .ocpp_flow import OcppFlow
from .site import phases_of, wiring_of
from .solar_flow import SolarSubentryFlow
from .vehicle_flow import VehicleSubentryFlow

MENU = ["save", "user", "meter", "ocpp", "security"]


class FusewiseConfigFlow(OcppFlow, domain=DOMAIN):
    """Set up a site, or take in a charger that has called."""

    VERSION = 1

    def __init__(self) -> None:
        """Know nothing yet."""
        super().__init__()
        self._title: str | None = None
        self._data: Answers = {}
        self._problem = ""

    @override
    async def async_step_user(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for the main fuse."""
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        shown = user_input
        if user_input is not None:
            errors, placeholders = self._fuse_errors(user_input)
            if not errors:
                self._title = user_input[CONF_NAME].strip()
                self._data |= forms.fuse_settings(user_input)
                return await self._async_next()
        elif self._title is not None:
            shown = forms.fuse_answers(self._title, self._data)
        return self._show("user", forms.FUSE_SCHEMA, shown, errors, placeholders)

    def _fuse_errors(self, answers: Answers) -> tuple[Errors, dict[str, str]]:
        errors = forms.fuse_errors(answers)
        if errors or self.source != SOURCE_RECONFIGURE:
            return errors, {}
        phases = phases_of(tuple(forms.fuse_settings(answers)[CONF_RATING]))
        for charger in self._get_reconfigure_entry().get_subentries_of_type(SUBENTRY_CHARGER):
            for phase in wiring_of(charger.data[CONF_WIRING]):
                if phase not in phases:
                    return {forms.RATINGS[phase]: "phase_in_use"}, {"charger": charger.title}
        return {}, {}

    async def async_step_confirm(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Show what was said in plain words, and what the meter reads now."""
        settings = self._data[CONF_METER]
        phases = phases_of(tuple(self._data[CONF_RATING]))
        try:
            values = await async_try_meter(self.hass, settings, phases, self._data[CONF_VOLTAGE])
        except DeviceError as error:
            self._problem = str(error)
            return await self.async_step_confirm_silent()
        is_total = settings[CONF_KIND] == ENTITIES and entities_of(settings).is_total
        return self.async_show_menu(
            step_id="confirm_total" if is_total and len(phases) > 1 else "confirm",
            menu_options=MENU,
            description_placeholders={**self._in_words(), "values": values},
        )

    async def async_step_confirm_total(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Show the same, and what it means that the meter does not know the phases."""
        return await self.async_step_confirm()

    async def async_step_confirm_silent(
        self, user_input: Answers | None = None
    ) -> ConfigFlowResult:
        """Show the same while the meter does not answer."""
        return self.async_show_menu(
            step_id="confirm_silent",
            menu_options=["confirm", *MENU],
            description_placeholders={**self._in_words(), "error": self._problem},
        )

    def _in_words(self) -> dict[str, str]:
        ocpp = self._data[CONF_OCPP]
        return {
            "name": self._title or "",
            "fuse": forms.fuse_in_words(self._data),
            "share": f"{self._data[CONF_USABLE_SHARE]:g}",
            "address": charger_address(self.hass, ocpp),
            "web_address": web_address(self.hass),
        }

    async def async_step_save(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Save what was confirmed."""
        if self.source == SOURCE_RECONFIGURE:
            # The site's update listener takes the change over; nothing is reloaded here.
            return self.async_update_and_abort(
                self._get_reconfigure_entry(), title=self._title or "", data=self._data
            )
        return self.async_create_entry(title=self._title or "", data=self._data)

    async def async_step_reconfigure(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Begin where the first set-up ended."""
        entry = self._get_reconfigure_entry()
        self._title, self._data = entry.title, dict(entry.data)
        return await self.async_step_confirm()

    @override
    async def _async_next(self) -> ConfigFlowResult:
        """Ask what is not known yet."""
        if CONF_METER not in self._data:
            return await self.async_step_meter()
        if CONF_OCPP not in self._data:
            return await self.async_step_ocpp()
        return await self.async_step_confirm()

    @override
    def _others(self) -> list[ConfigEntry]:
        """The other sites."""
        return [
            entry
            for entry in self._async_current_entries(include_ignore=False)
            if entry.entry_id != self.context.get("entry_id")
        ]

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """A site has chargers, and what else a home has to do with its cars."""
        return {
            SUBENTRY_CHARGER: ChargerSubentryFlow,
            SUBENTRY_SOLAR: SolarSubentryFlow,
            SUBENTRY_BATTERY: BatterySubentryFlow,
            SUBENTRY_VEHICLE: VehicleSubentryFlow,
        }
