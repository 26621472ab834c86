"""The dialogs that set up a site, change it, and take in a charger that has called.

A site is asked for in three steps: the main fuse, its meter, how chargers connect. Then all is shown
once more with what the meter reads now, and each step can be opened again before it is saved. The
same dialogs change a site later.
"""

from collections.abc import Mapping
from typing import Any, override

import voluptuous as vol

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.helpers.typing import DiscoveryInfoType

from . import forms
from .charger_flow import ChargerSubentryFlow, charger_subentry, is_taken_in, suggested_name
from .const import (
    CONF_IDENTITY,
    CONF_METER,
    CONF_OCPP,
    CONF_RATING,
    CONF_SITE,
    CONF_UNIT_ID,
    CONF_USABLE_SHARE,
    CONF_WIRING,
    DOMAIN,
    SUBENTRY_CHARGER,
)
from .devices import DeviceError, DeviceOfflineError
from .door import DoorError, async_try_door, charger_address, unique_id
from .forms import Answers, Errors
from .meter import async_try_meter
from .site import phases_of, rating_of, wiring_of

MENU = ["save", "user", "meter", "ocpp"]


class FusewiseConfigFlow(ConfigFlow, domain=DOMAIN):
    """Set up a site, or take in a charger."""

    VERSION = 1

    def __init__(self) -> None:
        """Know nothing yet."""
        self._title: str | None = None
        self._data: Answers = {}
        self._found: Mapping[str, Any] = {}
        self._site: ConfigEntry | None = None

    # --- a site ------------------------------------------------------------------------------------

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

    async def async_step_meter(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for the grid meter, and try it."""
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            errors = forms.errors_of(user_input)
            if not errors:
                settings = forms.meter_settings(user_input)
                errors, placeholders = await self._async_meter_errors(settings)
                if not errors:
                    self._data[CONF_METER] = settings
                    return await self._async_next()
        shown = user_input or self._data.get(CONF_METER)
        return self._show("meter", forms.METER_SCHEMA, shown, errors, placeholders)

    async def _async_meter_errors(self, settings: Answers) -> tuple[Errors, dict[str, str]]:
        address = (settings[CONF_HOST], settings[CONF_PORT], settings[CONF_UNIT_ID])
        for entry in self._others():
            taken = entry.data[CONF_METER]
            if address == (taken[CONF_HOST], taken[CONF_PORT], taken[CONF_UNIT_ID]):
                return {"base": "meter_taken"}, {"site": entry.title}
        try:
            await async_try_meter(self.hass, settings, phases_of(tuple(self._data[CONF_RATING])))
        except DeviceOfflineError as error:
            return {"base": "meter_silent"}, {"error": str(error)}
        except DeviceError as error:
            return {"base": "meter_wrong"}, {"error": str(error)}
        return {}, {}

    async def async_step_ocpp(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask where chargers connect, and try to listen there."""
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            errors = forms.errors_of(user_input)
            if not errors:
                settings = forms.ocpp_settings(user_input)
                try:
                    await async_try_door(
                        self.hass,
                        (settings[CONF_HOST], settings[CONF_PORT]),
                        self.context.get("entry_id"),
                    )
                except DoorError as error:
                    errors[error.field] = error.key
                    placeholders = error.placeholders
                else:
                    self._data[CONF_OCPP] = settings
                    return await self._async_next()
        shown = user_input or self._data.get(CONF_OCPP)
        return self._show("ocpp", forms.OCPP_SCHEMA, shown, errors, placeholders)

    async def async_step_confirm(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Show what was said in plain words, and what the meter reads now."""
        ocpp = self._data[CONF_OCPP]
        placeholders = {
            "name": self._title or "",
            "fuse": forms.fuse_in_words(self._data),
            "share": f"{self._data[CONF_USABLE_SHARE]:g}",
            "address": charger_address(self.hass, (ocpp[CONF_HOST], ocpp[CONF_PORT])),
        }
        phases = phases_of(tuple(self._data[CONF_RATING]))
        try:
            values = await async_try_meter(self.hass, self._data[CONF_METER], phases)
        except DeviceError as error:
            return self.async_show_menu(
                step_id="confirm_silent",
                menu_options=["confirm", *MENU],
                description_placeholders=placeholders | {"error": str(error)},
            )
        return self.async_show_menu(
            step_id="confirm",
            menu_options=MENU,
            description_placeholders=placeholders | {"values": values},
        )

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

    async def _async_next(self) -> ConfigFlowResult:
        """Ask what is not known yet."""
        if CONF_METER not in self._data:
            return await self.async_step_meter()
        if CONF_OCPP not in self._data:
            return await self.async_step_ocpp()
        return await self.async_step_confirm()

    def _others(self) -> list[ConfigEntry]:
        """The other sites."""
        return [
            entry
            for entry in self._async_current_entries(include_ignore=False)
            if entry.entry_id != self.context.get("entry_id")
        ]

    # --- a charger that has called -----------------------------------------------------------------

    @override
    async def async_step_integration_discovery(
        self, discovery_info: DiscoveryInfoType
    ) -> ConfigFlowResult:
        """Offer a charger that nobody knows, once."""
        identity = discovery_info[CONF_IDENTITY]
        await self.async_set_unique_id(unique_id(identity))
        self._abort_if_unique_id_configured()  # somebody wants it to be ignored
        if is_taken_in(self.hass, identity):
            return self.async_abort(reason="already_configured")
        self._found = discovery_info
        self.context["title_placeholders"] = {"name": suggested_name(discovery_info)}
        return await self.async_step_site()

    async def async_step_site(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask which site the charger belongs to, where several share its port."""
        sites = {
            entry.entry_id: entry
            # A site that is just starting counts too: its chargers call before it has done so.
            for entry in self.hass.config_entries.async_entries(
                DOMAIN, include_ignore=False, include_disabled=False
            )
            if entry.data[CONF_OCPP] == self._found[CONF_OCPP]
        }
        if not sites:
            return self.async_abort(reason="no_site")
        if user_input is not None or len(sites) == 1:
            self._site = sites[user_input[CONF_SITE]] if user_input else next(iter(sites.values()))
            return await self.async_step_charger()
        options = [
            SelectOptionDict(value=entry_id, label=entry.title) for entry_id, entry in sites.items()
        ]
        selector = SelectSelector(
            SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
        )
        return self.async_show_form(
            step_id="site",
            data_schema=vol.Schema({vol.Required(CONF_SITE): selector}),
            description_placeholders={"name": suggested_name(self._found)},
        )

    async def async_step_charger(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for name, wiring and limits, and take the charger in."""
        assert self._site is not None
        errors: Errors = {}
        if user_input is not None:
            errors = forms.charger_errors(user_input)
            if not errors:
                # No longer offered: taking it in must not end this dialog before its last word.
                await self.async_set_unique_id(None)
                subentry = charger_subentry(self._found, user_input)
                self.hass.config_entries.async_add_subentry(self._site, subentry)
                return self.async_abort(
                    reason="charger_added",
                    description_placeholders={"name": subentry.title, "site": self._site.title},
                )
        shown = user_input or {CONF_NAME: suggested_name(self._found)}
        return self._show(
            "charger",
            forms.charger_schema(phases_of(rating_of(self._site))),
            shown,
            errors,
            {"identity": self._found[CONF_IDENTITY], "site": self._site.title},
        )

    # -----------------------------------------------------------------------------------------------

    def _show(
        self,
        step: str,
        schema: vol.Schema,
        shown: Mapping[str, Any] | None,
        errors: Errors,
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(
                schema, forms.worth_showing(shown or {})
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """A site has chargers."""
        return {SUBENTRY_CHARGER: ChargerSubentryFlow}
