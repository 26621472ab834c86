"""The part of the set-up dialogs that asks how chargers connect, and tries to listen there."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowContext, ConfigFlowResult

from . import forms, ocpp_forms
from .const import CONF_OCPP
from .dialog import Dialog, Explained
from .doors import async_try_door
from .forms import Answers, Errors
from .listening import DoorError, listening_of


class OcppSteps(Dialog[ConfigFlowContext, ConfigFlowResult, str]):
    """Ask where chargers connect, and who may."""

    _data: Answers

    @abstractmethod
    async def _async_next(self) -> ConfigFlowResult:
        """Ask what is not known yet."""

    async def async_step_ocpp(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask where chargers connect."""
        known = self._data[CONF_OCPP]
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            errors = forms.errors_of(user_input)
            if not errors:
                settings = {**known, **ocpp_forms.ocpp_settings(user_input)}
                errors, placeholders = await self._async_door_errors(settings)
                if not errors:
                    self._data[CONF_OCPP] = settings
                    return await self._async_next()
        return self._show_ocpp(user_input or known, errors, placeholders)

    def _show_ocpp(
        self, shown: Mapping[str, Any], errors: Errors, placeholders: Mapping[str, str]
    ) -> ConfigFlowResult:
        return self._show("ocpp", ocpp_forms.OCPP_SCHEMA, shown, errors, placeholders)

    async def async_step_security(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask who may connect, and whether that is encrypted."""
        known = self._data[CONF_OCPP]
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            errors = ocpp_forms.security_errors(user_input)
            if not errors:
                settings = {**known, **ocpp_forms.security_settings(user_input)}
                errors, placeholders = await self._async_door_errors(settings)
                if not errors:
                    self._data[CONF_OCPP] = settings
                    return await self._async_next()
        shown = user_input or ocpp_forms.security_answers(known)
        return self._show("security", ocpp_forms.SECURITY_SCHEMA, shown, errors, placeholders)

    async def _async_door_errors(self, settings: Answers) -> Explained:
        try:
            listening = listening_of(self.hass, settings)
            await async_try_door(self.hass, listening, self.context.get("entry_id"))
        except DoorError as error:
            return {error.field: error.key}, error.placeholders
        return {}, {}
