"""The dialogs about one charger: adding one by hand, changing one."""

from collections.abc import Mapping
from typing import Any, override

import voluptuous as vol

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentry,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from . import charger_forms
from .callers import charger_data, full_name, proposed
from .const import CONF_IDENTITY, CONF_OCPP, CONF_SWITCHES_PHASES
from .devices.ocpp import OcppCharger, outlet, station_of
from .door import Caller, caller_of, is_taken_in, unique_id
from .doors import async_get_doors
from .entity_charger import is_entity_charger
from .entity_charger_flow import EntityChargerFlow
from .forms import Answers, Errors
from .listening import address_of, charger_address, web_address
from .ocpp_charger_forms import section_settings, with_sections
from .password_flow import PasswordFlow

LATER = "later"


class ChargerSubentryFlow(
    EntityChargerFlow, PasswordFlow[SubentryFlowContext, SubentryFlowResult, tuple[str, str]]
):
    """Add a charger to a site, or change one."""

    def __init__(self) -> None:
        """Know nothing yet."""
        super().__init__()
        self._caller: Caller = {}

    async def async_step_user(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask which charger, among those that wait and those that will come."""
        if self._get_entry().state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="site_not_loaded")
        waiting = self._waiting()
        if user_input is not None:
            choice = user_input[CONF_IDENTITY]
            if choice == LATER:
                return await self.async_step_later()
            if (step := await self._async_chosen(choice)) is not None:
                return step
            return await self._async_take(choice, waiting)
        options = [
            SelectOptionDict(value=identity, label=full_name(caller))
            for identity, caller in waiting.items()
        ]
        options += await self._async_found_options()
        options.append(SelectOptionDict(value=LATER, label="One that will connect later"))
        # No words of one's own here: the list would show each choice as the id behind it.
        choices = SelectSelectorConfig(
            options=options,
            mode=SelectSelectorMode.DROPDOWN,
            translation_key="charger_choice",
        )
        return self.async_show_form(
            step_id="user",
            data_schema=vol.Schema(
                {vol.Required(CONF_IDENTITY, default=options[0]["value"]): SelectSelector(choices)}
            ),
            description_placeholders=self._addresses(),
        )

    async def async_step_later(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask for the identity of one that has not called yet."""
        errors: Errors = {}
        if user_input is not None:
            identity = outlet(*station_of(user_input[CONF_IDENTITY].strip()))
            if not identity:
                errors[CONF_IDENTITY] = "identity_invalid"
            elif is_taken_in(self.hass, identity):
                errors[CONF_IDENTITY] = "already_configured"
            else:
                return await self._async_take(identity, self._waiting())
        schema = vol.Schema({vol.Required(CONF_IDENTITY): TextSelector()})
        return self._show("later", schema, user_input, errors, self._addresses())

    def _waiting(self) -> dict[str, Caller]:
        """Those that have connected and belong to nobody, by identity."""
        door = async_get_doors(self.hass).find(address_of(self._get_entry()))
        return {info.identity: caller_of(info) for info in door.waiting} if door else {}

    def _addresses(self) -> dict[str, str]:
        """Where a charger is to call."""
        return {
            "address": charger_address(self.hass, self._get_entry().data[CONF_OCPP]),
            "web_address": web_address(self.hass),
        }

    async def _async_take(self, identity: str, waiting: Mapping[str, Caller]) -> SubentryFlowResult:
        self._caller = waiting.get(identity, {CONF_IDENTITY: identity})
        return await self.async_step_details()

    async def async_step_reconfigure(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Change a charger."""
        if is_entity_charger(self._get_reconfigure_subentry()):
            return await self._async_reconfigure_entities()
        return await self.async_step_details()

    async def async_step_details(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask for name, wiring and limits."""
        entry = self._get_entry()
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        known = self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None
        shown: Mapping[str, Any] | None = user_input
        if user_input is not None:
            errors, placeholders = self._explain(entry, user_input, known)
            if not errors:
                return await self._async_secure(user_input)
        elif known is not None:
            shown = {CONF_NAME: known.title, **known.data}
        else:
            shown = proposed(entry, self._caller)
        schema = self._with_security(
            charger_forms.charger_schema(entry), is_known=known is not None
        )
        if known is not None:
            if self._can_switch_phases(known):
                schema = schema.extend(charger_forms.SWITCHES_PHASES)
            # what few have to change is not asked at first
            schema = with_sections(schema)
        return self._show("details", schema, shown, errors, placeholders)

    def _can_switch_phases(self, known: ConfigSubentry) -> bool:
        """What a charger says once it is connected; or what was true when it was last asked."""
        if known.data.get(CONF_SWITCHES_PHASES):
            return True
        if self._get_entry().state is not ConfigEntryState.LOADED:
            return False
        charger = self._get_entry().runtime_data.chargers.get(known.subentry_id)
        return isinstance(charger, OcppCharger) and bool(charger.switches_phases)

    @override
    def _charger(self) -> tuple[ConfigEntry, Caller]:
        known = self.source == SOURCE_RECONFIGURE
        return self._get_entry(), (self._get_reconfigure_subentry().data if known else self._caller)

    @override
    async def _async_finish(
        self, answers: Answers, security: Mapping[str, Any]
    ) -> SubentryFlowResult:
        entry = self._get_entry()
        name = answers[CONF_NAME].strip()
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                entry,
                self._get_reconfigure_subentry(),
                title=name,
                data_updates={
                    **charger_forms.charger_settings(answers),
                    **section_settings(answers),
                    **security,
                },
            )
        return self.async_create_entry(
            title=name,
            data=charger_data(self._caller, answers, security),
            unique_id=unique_id(self._caller[CONF_IDENTITY]),
        )
