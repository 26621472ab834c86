"""The dialogs that set up a site and change it.

A new site asks for what only its owner knows: the main fuse and the supply. The meter is looked for, the rest
is proposed. Then all is shown in plain words with what the meter reads now, and each part can be opened again
before it is saved.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import override

import voluptuous as vol

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowContext,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback

from . import circuit_forms, limit_forms, meter_forms
from .balancing.model import Phase
from .battery_flow import BatterySubentryFlow
from .charger_flow import ChargerSubentryFlow
from .circuit_flow import CircuitSubentryFlow
from .circuits import fed_by, wired_to
from .const import (
    CONF_CIRCUIT,
    CONF_OCPP,
    CONF_RATING,
    CONF_USABLE_SHARE,
    CONF_VOLTAGE,
    DOMAIN,
    MAIN_CIRCUIT,
    SUBENTRY_BATTERY,
    SUBENTRY_CHARGER,
    SUBENTRY_CIRCUIT,
    SUBENTRY_METER,
    SUBENTRY_PERSON,
    SUBENTRY_SOLAR,
    SUBENTRY_VEHICLE,
)
from .dialog import Explained
from .discovered_charger_flow import DiscoveredChargerFlow
from .forms import Answers, Errors, errors_of
from .found_chargers_flow import FoundChargersSteps
from .listening import charger_address, web_address
from .meter_flow import MeterSubentryFlow
from .meter_steps import MeterSteps
from .migration import MINOR_VERSION, VERSION
from .ocpp_flow import OcppSteps
from .ocpp_forms import PROPOSED
from .person_flow import PersonSubentryFlow
from .settings_flow import SettingsFlow
from .site import USABLE_SHARE, meters_of, phases_of
from .solar_flow import SolarSubentryFlow
from .summary import Outline, async_summary, outline_of
from .vehicle_flow import VehicleSubentryFlow


class FusewiseConfigFlow(
    OcppSteps,
    FoundChargersSteps,
    MeterSteps[ConfigFlowContext, ConfigFlowResult, str],
    DiscoveredChargerFlow,
    domain=DOMAIN,
):
    """Set up a site, or take in a charger that has called."""

    VERSION = VERSION
    MINOR_VERSION = MINOR_VERSION

    def __init__(self) -> None:
        """Know nothing yet."""
        super().__init__()
        self._title: str | None = None
        self._data: Answers = {CONF_OCPP: PROPOSED}
        self._asked_for_meter = False

    # --- the main fuse -----------------------------------------------------------------------------

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
                self._data |= circuit_forms.fuse_settings(user_input)
                return await self._async_next()
        elif self._title is not None:
            shown = circuit_forms.fuse_answers(self._title, self._data)
        schema = circuit_forms.fuse_schema(shown or {})
        return self._show("user", schema, shown, errors, placeholders)

    def _fuse_errors(self, answers: Answers) -> Explained:
        errors = circuit_forms.fuse_errors(answers)
        if errors or self.source != SOURCE_RECONFIGURE:
            return errors, {}
        entry = self._get_reconfigure_entry()
        rating = circuit_forms.fuse_settings(answers)[CONF_RATING]
        for phase, charger in wired_to(entry, MAIN_CIRCUIT):
            if not rating[phase]:
                figures = {"charger": charger, "phase": phase.name}
                return {circuit_forms.PHASES: "phase_in_use"}, figures
        for panel, below in fed_by(entry, MAIN_CIRCUIT):
            if any(amperes > own for amperes, own in zip(below, rating, strict=True)):
                figures = {"panel": panel, "rating": circuit_forms.in_words(below)}
                return {CONF_RATING: "rating_below_panel"}, figures
        return {}, {}

    async def async_step_limits(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask what binds at the main fuse besides its rating."""
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        shown = user_input or limit_forms.limits_answers(self._data)
        if user_input is not None:
            errors = errors_of(user_input) or limit_forms.limits_errors(
                user_input, self._data[CONF_RATING]
            )
            if not errors:
                errors, placeholders = limit_forms.thermometer_errors(
                    self.hass, user_input, self._data
                )
            if not errors:
                self._data |= limit_forms.limits_settings(user_input)
                return await self._async_next()
        schema = vol.Schema(limit_forms.limits_fields(shown))
        return self._show("limits", schema, shown, errors, placeholders)

    # --- the meter ---------------------------------------------------------------------------------

    @property
    @override
    def _phases(self) -> Sequence[Phase]:
        return phases_of(self._data[CONF_RATING])

    @property
    @override
    def _voltage(self) -> float:
        return float(self._data[CONF_VOLTAGE])

    @override
    async def _async_metered(self) -> ConfigFlowResult:
        self._asked_for_meter = True
        return await self._async_next()

    # --- the end -----------------------------------------------------------------------------------

    @override
    async def _async_next(self) -> ConfigFlowResult:
        """Ask what is not known yet."""
        if self.source != SOURCE_RECONFIGURE:
            if not self._asked_for_meter:
                return await self.async_step_meter()
            if not self._asked_for_chargers and (self._chargers_found() or self._only_watched()):
                return await self.async_step_chargers()
            if self._waiting:
                return await self.async_step_found()
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Show what was said in plain words, and what the meter reads now."""
        menu = ["save", "user", "limits", "ocpp", "security"]
        if self.source != SOURCE_RECONFIGURE:
            # Later each has a dialog of its own.
            menu[2:2] = ["meter", "chargers"] if self._chargers_found() else ["meter"]
        if self._meter is None:
            step, now = "confirm_unmeasured", {}
        elif (wrong := await self._async_try(self._meter)) is not None:
            step, now = "confirm_silent", {"error": wrong[1]["error"]}
            menu.insert(0, "confirm")
        else:
            step = "confirm_total" if self._is_total() else "confirm"
            now = {"values": self._values, "hints": await self._async_hints()}
        ocpp = self._data[CONF_OCPP]
        return self.async_show_menu(
            step_id=step,
            menu_options=menu,
            description_placeholders={
                **now,
                "summary": await async_summary(self.hass, self._outline()),
                "address": charger_address(self.hass, ocpp),
                "web_address": web_address(self.hass),
            },
        )

    # Menus of their own, because a step has one text.
    async_step_confirm_total = async_step_confirm
    async_step_confirm_silent = async_step_confirm
    async_step_confirm_unmeasured = async_step_confirm

    def _outline(self) -> Outline:
        """What the site consists of."""
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
            return replace(
                outline_of(entry), name=self._title or "", rating=self._data[CONF_RATING]
            )
        return Outline(
            name=self._title or "",
            rating=self._data[CONF_RATING],
            meter=None if self._meter is None else self._meter_name(),
            chargers=tuple(charger["title"] for charger in self._taken_in),
        )

    async def async_step_save(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Save what was confirmed."""
        errors, placeholders = await self._async_door_errors(self._data[CONF_OCPP])
        if errors:
            return self._show_ocpp(self._data[CONF_OCPP], errors, placeholders)
        title = self._title or ""
        if self.source == SOURCE_RECONFIGURE:
            # The site's update listener takes the change over; nothing is reloaded here.
            return self.async_update_and_abort(
                self._get_reconfigure_entry(), title=title, data=self._data
            )
        return self.async_create_entry(
            title=title,
            data=self._data,
            options={CONF_USABLE_SHARE: USABLE_SHARE},
            subentries=self._subentries(),
        )

    def _subentries(self) -> list[ConfigSubentryData]:
        if self._meter is None:
            return self._taken_in
        return [
            *self._taken_in,
            ConfigSubentryData(
                data={CONF_CIRCUIT: MAIN_CIRCUIT, **self._meter},
                subentry_type=SUBENTRY_METER,
                title=self._meter_name(),
                unique_id=meter_forms.meter_unique_id(self._meter),
            ),
        ]

    async def async_step_reconfigure(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Begin where the first set-up ended."""
        entry = self._get_reconfigure_entry()
        self._title, self._data = entry.title, dict(entry.data)
        if (meter := meters_of(entry).get(MAIN_CIRCUIT)) is not None:
            self._meter = dict(entry.subentries[meter].data)
        return await self.async_step_confirm()

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> SettingsFlow:
        """How the site is balanced."""
        return SettingsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """What belongs to a site."""
        return {
            SUBENTRY_CHARGER: ChargerSubentryFlow,
            SUBENTRY_CIRCUIT: CircuitSubentryFlow,
            SUBENTRY_METER: MeterSubentryFlow,
            SUBENTRY_SOLAR: SolarSubentryFlow,
            SUBENTRY_BATTERY: BatterySubentryFlow,
            SUBENTRY_VEHICLE: VehicleSubentryFlow,
            SUBENTRY_PERSON: PersonSubentryFlow,
        }
