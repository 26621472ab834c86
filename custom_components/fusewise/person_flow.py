"""The dialog about a person: whose cards may charge, and whose name stands beside the sessions."""

from typing import Any

import voluptuous as vol

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    TextSelector,
    TextSelectorConfig,
)

from .card_owners import card_owners
from .const import CONF_CARDS, CONF_PERSON
from .devices.ocpp import plain_card
from .forms import Answers, Errors

SCHEMA = vol.Schema(
    {
        vol.Required(CONF_PERSON): EntitySelector(EntitySelectorConfig(domain="person")),
        vol.Required(CONF_CARDS): TextSelector(TextSelectorConfig(multiple=True)),
    }
)


class PersonSubentryFlow(ConfigSubentryFlow):
    """Add a person to a site, or change their cards."""

    async def async_step_user(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask who it is, and which cards are theirs."""
        changes = self.source == SOURCE_RECONFIGURE
        known = self._get_reconfigure_subentry() if changes else None
        errors: Errors = {}
        placeholders = {"who": ""}
        if user_input is not None:
            cards = [card.strip() for card in user_input[CONF_CARDS] if plain_card(card)]
            data: dict[str, Any] = {CONF_PERSON: user_input[CONF_PERSON], CONF_CARDS: cards}
            owners = card_owners(self._get_entry(), but=known.subentry_id if known else None)
            others = [owners[card] for card in map(plain_card, cards) if card in owners]
            if not cards:
                errors[CONF_CARDS] = "cards_missing"
            elif others:
                errors[CONF_CARDS], placeholders["who"] = "card_taken", others[0]
            elif known is not None:
                return self.async_update_and_abort(
                    self._get_entry(),
                    known,
                    title=self._name(data),
                    unique_id=data[CONF_PERSON],
                    data=data,
                )
            elif any(
                each.unique_id == data[CONF_PERSON]
                for each in self._get_entry().subentries.values()
            ):
                errors[CONF_PERSON] = "person_taken"
            else:
                return self.async_create_entry(
                    title=self._name(data), unique_id=data[CONF_PERSON], data=data
                )
        shown = user_input or (known.data if known else {})
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(SCHEMA, shown),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_reconfigure(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Begin with what is stored."""
        return await self.async_step_user(user_input)

    def _name(self, data: Answers) -> str:
        state = self.hass.states.get(data[CONF_PERSON])
        return data[CONF_PERSON] if state is None else state.name
