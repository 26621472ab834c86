"""The dialogs about one charger: taking in one that has called, adding one by hand, changing one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, override

import voluptuous as vol

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowContext,
    ConfigFlowResult,
    ConfigSubentry,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.helpers.typing import DiscoveryInfoType

from . import charger_forms
from .const import (
    CONF_IDENTITY,
    CONF_MODEL,
    CONF_OCPP,
    CONF_SERIAL,
    CONF_SITE,
    CONF_SWITCHES_PHASES,
    CONF_VENDOR,
    DOMAIN,
    SUBENTRY_CHARGER,
)
from .devices.ocpp import FIRST, OcppCharger, outlet, station_of
from .door import Caller, caller_of, is_taken_in, siblings_of, unique_id
from .doors import async_get_doors
from .entity_charger import is_entity_charger
from .entity_charger_flow import EntityChargerFlow
from .forms import Answers, Errors
from .listening import address_of, charger_address, introduces, web_address
from .ocpp_charger_forms import section_settings, with_sections
from .password_flow import PasswordFlow


def suggested_name(caller: Caller) -> str:
    """A name for a charger that nobody has named yet."""
    _, connector = station_of(caller[CONF_IDENTITY])
    said = [caller[key] for key in (CONF_VENDOR, CONF_MODEL) if caller.get(key)]
    if said and connector != FIRST:
        said.append(str(connector))
    return " ".join(said) or str(caller[CONF_IDENTITY])


def full_name(caller: Caller) -> str:
    """What tells it from another one of the same make."""
    name, identity = suggested_name(caller), caller[CONF_IDENTITY]
    return name if name == identity else f"{name} ({identity})"


def charger_data(caller: Caller, answers: Answers, security: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a charger's subentry."""
    said = {key: caller.get(key) for key in (CONF_VENDOR, CONF_MODEL, CONF_SERIAL)}
    return {
        CONF_IDENTITY: caller[CONF_IDENTITY],
        **said,
        **charger_forms.charger_settings(answers),
        **section_settings(answers),
        **security,
    }


def charger_subentry(
    caller: Caller, answers: Answers, security: Mapping[str, Any]
) -> ConfigSubentry:
    """A subentry for a charger that was discovered."""
    return ConfigSubentry(
        data=MappingProxyType(charger_data(caller, answers, security)),
        subentry_type=SUBENTRY_CHARGER,
        title=answers[CONF_NAME].strip(),
        unique_id=unique_id(caller[CONF_IDENTITY]),
    )


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
        shown = user_input or {CONF_NAME: suggested_name(self._found)}
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
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="site_not_loaded")
        door = async_get_doors(self.hass).find(address_of(entry))
        waiting = {info.identity: caller_of(info) for info in door.waiting} if door else {}
        errors: Errors = {}
        if user_input is not None:
            identity = outlet(*station_of(user_input[CONF_IDENTITY].strip()))
            if (step := await self._async_chosen(identity)) is not None:
                return step
            if not identity:
                errors[CONF_IDENTITY] = "identity_invalid"
            elif is_taken_in(self.hass, identity):
                errors[CONF_IDENTITY] = "already_configured"
            else:
                self._caller = waiting.get(identity, {CONF_IDENTITY: identity})
                return await self.async_step_details()
        options = [
            SelectOptionDict(value=identity, label=full_name(caller))
            for identity, caller in waiting.items()
        ]
        options += await self._async_found_options()
        return self.async_show_form(
            step_id="user",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_IDENTITY): SelectSelector(
                        SelectSelectorConfig(
                            options=options, custom_value=True, translation_key="charger_choice"
                        )
                    )
                }
            ),
            errors=errors,
            description_placeholders={
                "address": charger_address(self.hass, entry.data[CONF_OCPP]),
                "web_address": web_address(self.hass),
            },
        )

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
            shown = {CONF_NAME: suggested_name(self._caller)}
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
