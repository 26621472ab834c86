"""The dialogs about a charger that Home Assistant already has: one that was found, or one by its entities."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import SelectOptionDict
from homeassistant.loader import Integration, async_get_integrations

from . import entity_charger_forms as entity_forms, forms, own_entities_forms as own_forms
from .charger_forms import misplaced, unwise
from .circuits import circuit_names
from .const import CONF_IDENTITY, CONF_KIND, DOMAIN, ENTITIES
from .devices.entity import ChargerEntities, FoundCharger, find_chargers, guess_chargers
from .dialog import Dialog, Explained
from .entity_charger import CONF_ENTITIES, entities_of, taken_entities
from .entity_charger_forms import CONF_DEVICE, CONF_GUESS
from .forms import Answers, Errors


class EntityChargerFlow(
    Dialog[SubentryFlowContext, SubentryFlowResult, tuple[str, str]], ConfigSubentryFlow
):
    """Add or change a charger that is made of entities."""

    def __init__(self) -> None:
        """Know nothing yet."""
        super().__init__()
        self._chosen: ChargerEntities | None = None
        self._device: FoundCharger | None = None

    async def _async_found_options(self) -> list[SelectOptionDict]:
        """The chargers to choose from, and the choice to name one by its entities."""
        taken = set(self._taken())
        options = [
            SelectOptionDict(
                value=found.id,
                label=forms.labelled(self.hass, found.name, found.preset.integration),
            )
            for found in await self._async_find()
            if taken.isdisjoint(found.entities)
        ]
        options.append(SelectOptionDict(value=ENTITIES, label="Another one: choose its entities"))
        return options

    async def _async_find(self) -> list[FoundCharger]:
        """Those of known kinds first, then what looks like a charger, and smart plugs last."""
        known = find_chargers(self.hass)
        platforms = {entry.platform for entry in er.async_get(self.hass).entities.values()}
        integrations = await async_get_integrations(self.hass, platforms - {DOMAIN})
        clouds = {
            domain
            for domain, integration in integrations.items()
            if isinstance(integration, Integration)
            and (integration.iot_class or "").startswith("cloud")
        }
        devices = {found.device for found in known}
        plugs = [found for found in known if found.preset.is_plug]
        return [
            *(found for found in known if not found.preset.is_plug),
            *guess_chargers(self.hass, {DOMAIN, *devices}, clouds),
            *plugs,
        ]

    async def _async_chosen(self, choice: str) -> SubentryFlowResult | None:
        """Go on with a charger of Home Assistant; None where the choice is none."""
        if choice == ENTITIES:
            return await self.async_step_entities()
        for found in await self._async_find():
            if found.id == choice:
                self._device, self._chosen = found, found.entities
                if found.is_only_watched:
                    return await self.async_step_watched()
                if found.is_guess:
                    return await self.async_step_entities()
                return await self.async_step_found()
        return None

    async def async_step_watched(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Say that nothing can limit it, and what helps."""
        assert self._device is not None
        device = self._device
        cars = [found.name for found in find_chargers(self.hass) if found.entities.presence]
        return self.async_show_menu(
            step_id="watched",
            menu_options=["user", "entities"],
            description_placeholders={
                "device": device.name,
                "integration": forms.integration_name(self.hass, device.preset.integration),
                "values": await entity_forms.async_values_of(self.hass, device.entities),
                "cars": ", ".join(cars) or "–",
            },
        )

    async def async_step_entities(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask which entities the charger is made of."""
        errors: Errors = {}
        shown: Mapping[str, Any] = {}
        if user_input is not None:
            errors = own_forms.own_errors(self.hass, user_input)
            if not errors:
                chosen = own_forms.own_entities(self.hass, user_input)
                if set(chosen) & set(self._taken()):
                    errors["base"] = "already_configured"
                else:
                    self._chosen = chosen
                    return await self.async_step_found()
            shown = forms.as_typed(user_input)
        elif self.source == SOURCE_RECONFIGURE:
            stored = self._get_reconfigure_subentry().data[CONF_ENTITIES]
            shown = own_forms.own_answers(entities_of(stored))
        elif self._chosen is not None:
            shown = own_forms.own_answers(self._chosen)
        return self.async_show_form(
            step_id="entities",
            data_schema=self.add_suggested_values_to_schema(own_forms.OWN_SCHEMA, shown),
            errors=errors,
        )

    async def async_step_found(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask for name, wiring and maximum: what no entity tells."""
        assert self._chosen is not None
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        shown: Mapping[str, Any] | None = user_input
        if user_input is not None:
            errors, placeholders = self._explain_found(user_input)
            if not errors:
                return self._keep(user_input)
        elif self.source == SOURCE_RECONFIGURE:
            subentry = self._get_reconfigure_subentry()
            hold = entities_of(subentry.data[CONF_ENTITIES]).hold
            hours = {} if hold is None else {entity_forms.HOLD_HOURS: hold / 3600}
            shown = {CONF_NAME: subentry.title, **subentry.data, **hours}
        else:
            shown = {CONF_NAME: self._device.name if self._device else None}
        entry = self._get_entry()
        return self._show(
            "found",
            entity_forms.found_schema(entry.data, circuit_names(entry), self._chosen),
            shown,
            errors,
            {
                **await entity_forms.async_found_placeholders(self.hass, self._chosen),
                "hints": await entity_forms.async_hints(self.hass, self._chosen, self._device),
                **placeholders,
            },
        )

    def _explain_found(self, answers: Answers) -> Explained:
        """What is wrong with the answers, or unwise and not yet told."""
        if errors := forms.errors_of(answers):
            return errors, {}
        entry = self._get_entry()
        if (explained := misplaced(entry, answers))[0]:
            return explained
        settings = {CONF_KIND: ENTITIES, **self._settings(answers)}
        known = self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None
        return self._once(answers, unwise(entry, settings, known))

    def _settings(self, answers: Answers) -> Answers:
        assert self._chosen is not None
        site = self._get_entry().data
        return entity_forms.found_updates(self.hass, self._chosen, answers, site)

    async def _async_reconfigure_entities(self) -> SubentryFlowResult:
        """Change one: its entities too, where they were chosen by hand."""
        data = self._get_reconfigure_subentry().data
        if data[CONF_DEVICE] is None or data.get(CONF_GUESS):
            return await self.async_step_entities()
        self._chosen = chosen = entities_of(data[CONF_ENTITIES])
        found = (each for each in find_chargers(self.hass) if each.device == data[CONF_DEVICE])
        if chosen.phases is None and (known := next(found, None)) is not None:
            # It was set up before that could be told.
            self._chosen = replace(chosen, phases=known.entities.phases)
        return await self.async_step_found()

    def _keep(self, answers: Answers) -> SubentryFlowResult:
        assert self._chosen is not None
        title, entry = entity_forms.name_of(answers), self._get_entry()
        if self.source == SOURCE_RECONFIGURE:
            subentry, settings = self._get_reconfigure_subentry(), self._settings(answers)
            return self.async_update_and_abort(entry, subentry, title=title, data_updates=settings)
        data = entity_forms.found_data(self.hass, self._chosen, self._device, answers, entry.data)
        return self.async_create_entry(title=title, data=data, unique_id=data[CONF_IDENTITY])

    def _taken(self) -> Iterator[str]:
        """The entities of the chargers that sites have already, but for the one that is changed."""
        changed = self._reconfigure_subentry_id if self.source == SOURCE_RECONFIGURE else None
        return taken_entities(self.hass, but=changed)
