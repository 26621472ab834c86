"""The dialogs about one charger: adding one by hand, and changing one.

A charger that calls by itself is offered as discovered (config_flow); the questions are the same.
"""

from types import MappingProxyType
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import SelectOptionDict, SelectSelector, SelectSelectorConfig

from . import forms
from .const import CONF_IDENTITY, CONF_MODEL, CONF_SERIAL, CONF_VENDOR, DOMAIN, SUBENTRY_CHARGER
from .door import Caller, address_of, async_get_doors, caller_of, charger_address, unique_id
from .forms import Answers, Errors
from .site import phases_of, rating_of


def is_taken_in(hass: HomeAssistant, identity: str) -> bool:
    """Whether a site has this charger already, loaded or not."""
    return any(
        subentry.unique_id == unique_id(identity)
        for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        for subentry in entry.get_subentries_of_type(SUBENTRY_CHARGER)
    )


def suggested_name(caller: Caller) -> str:
    """A name for a charger that nobody has named yet."""
    said = [caller[key] for key in (CONF_VENDOR, CONF_MODEL) if caller.get(key)]
    return " ".join(said) or str(caller[CONF_IDENTITY])


def charger_data(caller: Caller, answers: Answers) -> dict[str, Any]:
    """The data of a charger's subentry."""
    said = {key: caller.get(key) for key in (CONF_VENDOR, CONF_MODEL, CONF_SERIAL)}
    return {CONF_IDENTITY: caller[CONF_IDENTITY], **said, **forms.charger_settings(answers)}


def charger_subentry(caller: Caller, answers: Answers) -> ConfigSubentry:
    """A subentry for a charger that was discovered."""
    return ConfigSubentry(
        data=MappingProxyType(charger_data(caller, answers)),
        subentry_type=SUBENTRY_CHARGER,
        title=answers[CONF_NAME].strip(),
        unique_id=unique_id(caller[CONF_IDENTITY]),
    )


class ChargerSubentryFlow(ConfigSubentryFlow):
    """Add a charger to a site, or change one."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._caller: Caller = {}

    async def async_step_user(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask which charger, among those that wait and those that will come."""
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="site_not_loaded")
        door = async_get_doors(self.hass).find(address_of(entry))
        waiting = {info.identity: caller_of(info) for info in door.waiting} if door else {}
        errors: Errors = {}
        if user_input is not None:
            identity = user_input[CONF_IDENTITY].strip()
            if not identity:
                errors[CONF_IDENTITY] = "identity_invalid"
            elif is_taken_in(self.hass, identity):
                errors[CONF_IDENTITY] = "already_configured"
            else:
                self._caller = waiting.get(identity, {CONF_IDENTITY: identity})
                return await self.async_step_details()
        options = [
            SelectOptionDict(value=identity, label=f"{suggested_name(caller)} ({identity})")
            for identity, caller in waiting.items()
        ]
        return self.async_show_form(
            step_id="user",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_IDENTITY): SelectSelector(
                        SelectSelectorConfig(options=options, custom_value=True)
                    )
                }
            ),
            errors=errors,
            description_placeholders={"address": charger_address(self.hass, address_of(entry))},
        )

    async def async_step_reconfigure(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Change a charger."""
        return await self.async_step_details()

    async def async_step_details(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask for name, wiring and limits."""
        entry = self._get_entry()
        errors: Errors = {}
        if user_input is not None:
            errors = forms.charger_errors(user_input)
            if not errors:
                return self._save(entry, user_input)
            shown = forms.worth_showing(user_input)
        elif self.source == SOURCE_RECONFIGURE:
            subentry = self._get_reconfigure_subentry()
            shown = {CONF_NAME: subentry.title, **subentry.data}
        else:
            shown = {CONF_NAME: suggested_name(self._caller)}
        schema = forms.charger_schema(phases_of(rating_of(entry)))
        return self.async_show_form(
            step_id="details",
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors=errors,
        )

    def _save(self, entry: ConfigEntry, answers: Answers) -> SubentryFlowResult:
        name = answers[CONF_NAME].strip()
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                entry,
                self._get_reconfigure_subentry(),
                title=name,
                data_updates=forms.charger_settings(answers),
            )
        return self.async_create_entry(
            title=name,
            data=charger_data(self._caller, answers),
            unique_id=unique_id(self._caller[CONF_IDENTITY]),
        )
