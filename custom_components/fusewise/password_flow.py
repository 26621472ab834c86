"""The part of a charger's dialogs that makes its password, shows it once, and sets it in the charger."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import FlowContext, FlowResult
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from .charger_forms import charger_errors, charger_settings, misplaced, unwise
from .const import CONF_IDENTITY, CONF_OCPP, CONF_PASSWORD_HASH, CONF_SECURITY
from .devices.ocpp import FIRST, PasswordChange, hashed, new_password, password_can_be, station_of
from .dialog import Dialog, Explained
from .door import Caller, siblings_of
from .doors import async_get_doors
from .forms import Answers, Errors
from .listening import address_of, charger_address, web_address

WITH_PASSWORD, OWN_PASSWORD, WITHOUT_PASSWORD, AS_IT_IS = (
    "password",
    "own_password",
    "no_password",
    "unchanged",
)
CONF_PASSWORD = "password"
OWN_SCHEMA = vol.Schema(
    {vol.Required(CONF_PASSWORD): TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))}
)

NOTHING_TO_ASK = vol.Schema({})


def with_security(schema: vol.Schema, *, is_known: bool) -> vol.Schema:
    """The questions about a charger, and the one about its password."""
    options = [WITH_PASSWORD, OWN_PASSWORD, WITHOUT_PASSWORD]
    if is_known:
        options.insert(0, AS_IT_IS)
    selector = SelectSelector(
        SelectSelectorConfig(
            options=options, translation_key="charger_security", mode=SelectSelectorMode.LIST
        )
    )
    return schema.extend({vol.Required(CONF_SECURITY, default=options[0]): selector})


class PasswordFlow[ContextT: FlowContext, ResultT: FlowResult[Any, Any], HandlerT](
    Dialog[ContextT, ResultT, HandlerT]
):
    """Give a charger its password, where it shall have one."""

    _answers: Answers
    _password: str

    @abstractmethod
    def _charger(self) -> tuple[ConfigEntry, Caller]:
        """The site and the charger that this is about."""

    @abstractmethod
    async def _async_finish(self, answers: Answers, security: Mapping[str, Any]) -> ResultT:
        """Store the answers; `security` is what is stored of the password."""

    def _with_security(self, schema: vol.Schema, *, is_known: bool) -> vol.Schema:
        """The questions about a charger, with that about its password unless another outlet's is its too."""
        _, caller = self._charger()
        if self._first_outlet(caller) is not None:
            return schema
        return with_security(schema, is_known=is_known)

    def _first_outlet(self, caller: Caller) -> ConfigSubentry | None:
        """The charger whose password another outlet of the same station has."""
        first, connector = station_of(caller[CONF_IDENTITY])
        return None if connector == FIRST else siblings_of(self.hass, first).get(first)

    def _explain(
        self, entry: ConfigEntry[Any], answers: Answers, known: ConfigSubentry | None = None
    ) -> Explained:
        """What is wrong with the answers about a charger, or unwise and not yet told."""
        if errors := charger_errors(answers):
            return errors, {}
        if (explained := misplaced(entry, answers))[0]:
            return explained
        return self._once(answers, unwise(entry, charger_settings(answers), known))

    async def _async_secure(self, answers: Answers) -> ResultT:
        """Go on with valid answers."""
        if (first := self._first_outlet(self._charger()[1])) is not None:
            # A copy, for the case that the first is removed.
            kept = {CONF_PASSWORD_HASH: first.data.get(CONF_PASSWORD_HASH)}
            return await self._async_finish(answers, kept)
        wanted = answers[CONF_SECURITY]
        if wanted == WITH_PASSWORD:
            self._answers, self._password = answers, new_password()
            return await self.async_step_password()
        if wanted == OWN_PASSWORD:
            self._answers = answers
            return await self.async_step_own_password()
        security = {} if wanted == AS_IT_IS else {CONF_PASSWORD_HASH: None}
        return await self._async_finish(answers, security)

    async def async_step_own_password(self, user_input: Answers | None = None) -> ResultT:
        """Ask for a password that somebody has thought of, or that is in the charger already."""
        errors: Errors = {}
        if user_input is not None:
            self._password = user_input[CONF_PASSWORD]
            if password_can_be(self._password):
                return await self.async_step_password({})
            errors[CONF_PASSWORD] = "own_password_invalid"
        return self.async_show_form(
            step_id="own_password",
            data_schema=OWN_SCHEMA,
            errors=errors,
            description_placeholders={"name": self._answers[CONF_NAME].strip()},
        )

    async def async_step_password(self, user_input: Answers | None = None) -> ResultT:
        """Show the password, then try to set it in the charger."""
        if user_input is None:
            return self._show_password("password")
        entry, caller = self._charger()
        door = async_get_doors(self.hass).find(address_of(entry))
        change = PasswordChange.REFUSED
        if door is not None:
            change = await door.change_password(caller[CONF_IDENTITY], self._password)
        match change:
            case PasswordChange.TAKEN:
                return await self._async_keep()
            case PasswordChange.AFTER_RESTART:
                return await self.async_step_password_restart()
        return await self.async_step_password_by_hand()

    async def async_step_password_restart(self, user_input: Answers | None = None) -> ResultT:
        """Tell that the charger uses it once it has been restarted."""
        if user_input is None:
            return self._show_password("password_restart")
        return await self._async_keep()

    async def async_step_password_by_hand(self, user_input: Answers | None = None) -> ResultT:
        """Tell that it has to be typed into the charger, where that has a field for it."""
        return self.async_show_menu(
            step_id="password_by_hand",
            menu_options=["password_typed", "without_password"],
            description_placeholders=self._password_words(),
        )

    async def async_step_password_typed(self, user_input: Answers | None = None) -> ResultT:
        """Keep it: from now on the charger needs it."""
        return await self._async_keep()

    async def async_step_without_password(self, user_input: Answers | None = None) -> ResultT:
        """Go on without: the charger cannot be given one."""
        return await self._async_finish(self._answers, {CONF_PASSWORD_HASH: None})

    async def _async_keep(self) -> ResultT:
        password_hash = await self.hass.async_add_executor_job(hashed, self._password)
        return await self._async_finish(self._answers, {CONF_PASSWORD_HASH: password_hash})

    def _show_password(self, step: str) -> ResultT:
        return self.async_show_form(
            step_id=step,
            data_schema=NOTHING_TO_ASK,
            description_placeholders=self._password_words(),
        )

    def _password_words(self) -> dict[str, str]:
        entry, caller = self._charger()
        return {
            "name": self._answers[CONF_NAME].strip(),
            "identity": caller[CONF_IDENTITY],
            "password": self._password,
            "address": charger_address(self.hass, entry.data[CONF_OCPP]),
            "web_address": web_address(self.hass),
        }
