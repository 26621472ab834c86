"""The dialog about a charger that has called by itself: it is offered, and taken in."""

from collections.abc import Mapping
from typing import Any, override

import voluptuous as vol

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowContext,
    ConfigFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.helpers.typing import DiscoveryInfoType

from . import charger_forms
from .callers import charger_subentry, full_name, proposed
from .const import CONF_IDENTITY, CONF_OCPP, CONF_SITE, DOMAIN
from .door import Caller, is_taken_in, siblings_of, unique_id
from .forms import Answers, Errors
from .listening import address_of, introduces
from .password_flow import PasswordFlow


class DiscoveredChargerFlow(PasswordFlow[ConfigFlowContext, ConfigFlowResult, str], ConfigFlow):
    """Take in a charger that has called by itself."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._found: Mapping[str, Any] = {}
        self._site: ConfigEntry | None = None

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
        self.context["title_placeholders"] = {"name": full_name(discovery_info)}
        return await self.async_step_site()

    async def async_step_site(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask which site the charger belongs to, where several share its port."""
        found = self._found[CONF_OCPP]
        # Another outlet of a station belongs to the site that has the first.
        others = siblings_of(self.hass, self._found[CONF_IDENTITY]).values()
        siblings, is_new = {other.subentry_id for other in others}, not others
        sites = {
            entry.entry_id: entry
            # A site that is just starting counts too: its chargers call before it has done so.
            for entry in self.hass.config_entries.async_entries(
                DOMAIN, include_ignore=False, include_disabled=False
            )
            if address_of(entry) == (found[CONF_HOST], found[CONF_PORT])
            and (introduces(entry.data[CONF_OCPP]) if is_new else siblings & {*entry.subentries})
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
            description_placeholders={"name": full_name(self._found)},
        )

    async def async_step_charger(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for name, wiring and limits, and take the charger in."""
        assert self._site is not None
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            errors, placeholders = self._explain(self._site, user_input)
            if not errors:
                return await self._async_secure(user_input)
        shown = user_input or proposed(self._site, self._found)
        return self._show(
            "charger",
            self._with_security(charger_forms.charger_schema(self._site), is_known=False),
            shown,
            errors,
            {"identity": self._found[CONF_IDENTITY], "site": self._site.title, **placeholders},
        )

    @override
    def _charger(self) -> tuple[ConfigEntry, Caller]:
        assert self._site is not None
        return self._site, self._found

    @override
    async def _async_finish(
        self, answers: Answers, security: Mapping[str, Any]
    ) -> ConfigFlowResult:
        assert self._site is not None
        # No longer offered: taking it in must not end this dialog before its last word.
        await self.async_set_unique_id(None)
        subentry = charger_subentry(self._found, answers, security)
        self.hass.config_entries.async_add_subentry(self._site, subentry)
        return self.async_abort(
            reason="charger_added",
            description_placeholders={"name": subentry.title, "site": self._site.title},
        )
