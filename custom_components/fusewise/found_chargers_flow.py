"""The part of the set-up dialogs that proposes the chargers that Home Assistant already has."""

from abc import abstractmethod

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowContext, ConfigFlowResult, ConfigSubentryData
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from . import entity_charger_forms as entity_forms
from .charger_forms import phases_errors
from .const import CONF_IDENTITY, MAIN_CIRCUIT, SUBENTRY_CHARGER
from .devices.entity import FoundCharger, find_chargers
from .dialog import Dialog
from .entity_charger import taken_entities
from .forms import Answers, Errors, errors_of, labelled
from .hints import async_hint

CONF_CHARGERS = "chargers"


class FoundChargersSteps(Dialog[ConfigFlowContext, ConfigFlowResult, str]):
    """Ask which of the chargers that were found belong to the site, and how each is wired."""

    _data: Answers
    _title: str | None
    _asked_for_chargers = False

    def __init__(self) -> None:
        """None was chosen yet."""
        super().__init__()
        self._waiting: list[FoundCharger] = []
        self._taken_in: list[ConfigSubentryData] = []

    @abstractmethod
    async def _async_next(self) -> ConfigFlowResult:
        """Ask what is not known yet."""

    def _chargers_found(self) -> dict[str, FoundCharger]:
        """The chargers of known kinds that no site has yet, by their ids."""
        taken = set(taken_entities(self.hass))
        return {
            found.id: found
            for found in find_chargers(self.hass)
            if not (found.preset.is_plug or found.is_only_watched)
            and taken.isdisjoint(found.entities)
        }

    def _only_watched(self) -> list[str]:
        """The names of those that can be seen, and not limited."""
        return [found.name for found in find_chargers(self.hass) if found.is_only_watched]

    async def async_step_chargers(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask which of them charge cars here."""
        self._asked_for_chargers = True
        found = self._chargers_found()
        if user_input is not None:
            chosen = user_input.get(CONF_CHARGERS, [])
            self._waiting = [found[device] for device in chosen if device in found]
            self._taken_in = []
            return await self._async_next()
        options = [
            SelectOptionDict(
                value=device, label=labelled(self.hass, each.name, each.preset.integration)
            )
            for device, each in found.items()
        ]
        selector = SelectSelector(
            SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
        )
        asked = {vol.Optional(CONF_CHARGERS, default=list(found)): selector} if found else {}
        watched = self._only_watched()
        names = ", ".join(watched)
        hints = await async_hint(self.hass, "chargers_watched", chargers=names) if watched else ""
        return self._show("chargers", vol.Schema(asked), {}, {}, {"hints": hints})

    async def async_step_found(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for name, wiring and maximum of the next one."""
        device = self._waiting[0]
        errors: Errors = {}
        if user_input is not None:
            errors = errors_of(user_input) or phases_errors(self._data, user_input)
            if not errors:
                data = entity_forms.found_data(
                    self.hass, device.entities, device, user_input, self._data
                )
                self._taken_in.append(
                    ConfigSubentryData(
                        data=data,
                        subentry_type=SUBENTRY_CHARGER,
                        title=entity_forms.name_of(user_input),
                        unique_id=data[CONF_IDENTITY],
                    )
                )
                del self._waiting[0]
                return await self._async_next()
        return self._show(
            "found",
            entity_forms.found_schema(
                self._data, {MAIN_CIRCUIT: self._title or ""}, device.entities
            ),
            user_input or {CONF_NAME: device.name},
            errors,
            {
                **await entity_forms.async_found_placeholders(self.hass, device.entities),
                "hints": await entity_forms.async_hints(self.hass, device.entities, device),
                "device": device.name,
            },
        )
