"""What the dialogs about the sun, a battery and a vehicle share: ask, show what is read now, and save."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME

from . import forms
from .devices import DeviceError
from .forms import Answers, Errors


class AroundFlow(ConfigSubentryFlow):
    """Add one of these, or change it."""

    def __init__(self) -> None:
        """Know nothing yet."""
        super().__init__()
        self._title = ""
        self._data: Answers = {}
        self._values = ""

    @abstractmethod
    def _schema(self) -> vol.Schema:
        """The questions."""

    @abstractmethod
    def _suggested(self) -> Mapping[str, Any]:
        """What is likely to be meant, from what Home Assistant has."""

    @abstractmethod
    def _settings(self, answers: Answers) -> Answers:
        """What is stored of the answers; its name is the subentry's title."""

    def _answers(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the dialog shows of what is stored."""
        return settings

    def _errors(self, answers: Answers) -> Errors:
        """What cannot be right about the answers."""
        return forms.errors_of(answers)

    @abstractmethod
    def _read(self, settings: Answers) -> str:
        """What it shows now, in words. Raises DeviceError."""

    async def async_step_user(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask for its entities, and what no entity tells."""
        errors: Errors = {}
        placeholders = {"error": ""}
        if user_input is not None:
            errors = self._errors(user_input)
            if not errors:
                self._title, self._data = user_input[CONF_NAME].strip(), self._settings(user_input)
                try:
                    self._values = self._read(self._data)
                except DeviceError as error:
                    errors["base"], placeholders["error"] = "not_read", str(error)
                else:
                    return self._confirm()
            shown: Mapping[str, Any] = forms.as_typed(user_input)
        elif self._title:
            shown = {CONF_NAME: self._title, **self._answers(self._data)}
        else:
            shown = self._suggested()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(self._schema(), shown),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_reconfigure(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Begin with what is stored."""
        subentry = self._get_reconfigure_subentry()
        self._title, self._data = subentry.title, dict(subentry.data)
        return await self.async_step_user()

    async def async_step_confirm(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Look again."""
        try:
            self._values = self._read(self._data)
        except DeviceError as error:
            self._values = f"- {error}"
        return self._confirm()

    def _confirm(self) -> SubentryFlowResult:
        """Show what it reads now, and ask whether that is right."""
        return self.async_show_menu(
            step_id="confirm",
            menu_options=["save", "confirm", "user"],
            description_placeholders={"name": self._title, "values": self._values},
        )

    async def async_step_save(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Save what was confirmed."""
        if self.source == SOURCE_RECONFIGURE:
            # The site's update listener takes the change over; nothing is reloaded here.
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=self._title,
                data=self._data,
            )
        return self.async_create_entry(title=self._title, data=self._data)


def chosen(answers: Mapping[str, Any], *keys: str) -> Answers:
    """What was answered of these; what was left out is None."""
    return {key: answers.get(key) for key in keys}


def known(settings: Mapping[str, Any]) -> Answers:
    """What is stored, without what is not known."""
    return {key: value for key, value in settings.items() if value is not None}
