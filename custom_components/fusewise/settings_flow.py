"""The dialog about how a site is balanced: what may be used of the fuse, and how that is shared."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowContext, ConfigFlowResult, OptionsFlow
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from .balancing.settings import Netting, Policy, Settings
from .const import (
    CONF_BOOSTS_PER_WEEK,
    CONF_CURRENCY,
    CONF_HOLD,
    CONF_MAXIMUM_PRICE,
    CONF_MINIMUM_OFF,
    CONF_MINIMUM_ON,
    CONF_NETTING,
    CONF_PATIENCE,
    CONF_PHASE_SPACING,
    CONF_PHASE_SWITCHES,
    CONF_POLICY,
    CONF_PRICE,
    CONF_SAFE_GRID_WATTS,
    CONF_TURN_TIME,
    CONF_USABLE_SHARE,
)
from .controller import steady_clock
from .devices import DeviceError
from .devices.entity import EntityPrice
from .dialog import Dialog, Explained
from .forms import Answers, Errors, errors_of, number
from .limit_forms import LARGEST_POWER, folded
from .site import USABLE_SHARE

NEW = Settings()
TIMES = (
    *(CONF_HOLD, CONF_TURN_TIME, CONF_MINIMUM_ON, CONF_MINIMUM_OFF),
    CONF_PHASE_SPACING,
)  # s
A_MINUTE_AT_LEAST = (CONF_TURN_TIME, CONF_PHASE_SPACING)
SECTIONS = {
    "sun": (CONF_NETTING,),
    "calm": (*TIMES, CONF_PATIENCE, CONF_PHASE_SWITCHES),
    "price": (CONF_PRICE, CONF_MAXIMUM_PRICE),
    "grid": (CONF_SAFE_GRID_WATTS,),
}
MOST_BOOSTS = 100
MOST_SWITCHES = 100
HOUR = 3600.0  # s
MOST_PATIENCE = 10.0
HIGHEST_PRICE = 1000.0  # per kWh, in any currency


def _choice(key: str, options: list[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=options, translation_key=key, mode=SelectSelectorMode.DROPDOWN)
    )


PRICES = ["sensor", "number", "input_number"]

SCHEMA = vol.Schema(
    {
        vol.Required(CONF_USABLE_SHARE, default=USABLE_SHARE): number(10, 100, "%"),
        vol.Required(CONF_POLICY, default=NEW.policy): _choice(CONF_POLICY, list(Policy)),
        vol.Optional(CONF_BOOSTS_PER_WEEK): number(0, MOST_BOOSTS, step=1),
        vol.Required("sun"): folded(
            {vol.Required(CONF_NETTING, default=NEW.netting): _choice(CONF_NETTING, list(Netting))}
        ),
        vol.Required("calm"): folded(
            {
                **{
                    vol.Required(key, default=getattr(NEW, key)): number(
                        60 if key in A_MINUTE_AT_LEAST else 0, 4 * HOUR, "s"
                    )
                    for key in TIMES
                },
                vol.Required(CONF_PATIENCE, default=NEW.patience): number(0, MOST_PATIENCE),
                vol.Required(CONF_PHASE_SWITCHES, default=NEW.phase_switches_per_day): number(
                    0, MOST_SWITCHES, step=1
                ),
            }
        ),
        vol.Required("price"): folded(
            {
                vol.Optional(CONF_PRICE): EntitySelector(EntitySelectorConfig(domain=PRICES)),
                vol.Optional(CONF_MAXIMUM_PRICE): number(0, HIGHEST_PRICE),
            }
        ),
        vol.Required("grid"): folded(
            {vol.Optional(CONF_SAFE_GRID_WATTS): number(0, LARGEST_POWER, "W")}
        ),
    }
)


def stored(answers: Answers) -> Answers:
    """What is stored of the answers."""
    boosts = answers.get(CONF_BOOSTS_PER_WEEK)
    options = {
        CONF_USABLE_SHARE: answers[CONF_USABLE_SHARE],
        CONF_POLICY: answers[CONF_POLICY],
        CONF_BOOSTS_PER_WEEK: None if boosts is None else int(boosts),
    }
    for name, keys in SECTIONS.items():
        options |= {key: answers[name].get(key) for key in keys}
    options[CONF_MAXIMUM_PRICE] = options[CONF_MAXIMUM_PRICE] or None  # 0: any price
    options[CONF_PHASE_SWITCHES] = int(options[CONF_PHASE_SWITCHES])
    # What is as it is for a new site follows that, also when a later version knows better.
    as_new = {key for key in SECTIONS["calm"] if options[key] == getattr(NEW, key)}
    return {key: None if key in as_new else value for key, value in options.items()}


def shown_of(options: Mapping[str, Any]) -> Answers:
    """What the dialog shows of what is stored."""
    known = {key: value for key, value in options.items() if value is not None}
    inner = {
        name: {key: known.pop(key) for key in keys if key in known}
        for name, keys in SECTIONS.items()
    }
    return {**known, **inner}


class SettingsFlow(Dialog[ConfigFlowContext, ConfigFlowResult, str], OptionsFlow):
    """Change how a site is balanced. Applied in place: the site's update listener takes it over."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._options: Answers = {}

    async def async_step_init(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for all of it."""
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            errors, placeholders = self._errors(user_input)
            if not errors:
                known = self.config_entry.options
                self._options = {**known, **stored(user_input)}  # some are asked elsewhere
                if self._options[CONF_PRICE] in (None, known.get(CONF_PRICE)):
                    return self.async_create_entry(data=self._options)
                return await self.async_step_price()
        shown = user_input or shown_of(self.config_entry.options)
        return self._show("init", SCHEMA, shown, errors, placeholders)

    def _errors(self, answers: Answers) -> Explained:
        """What cannot be right, and what is wrong with a price that is not known yet."""
        if errors := errors_of(answers):
            return errors, {}
        entity = answers["price"].get(CONF_PRICE)
        if entity is None:
            highest = answers["price"].get(CONF_MAXIMUM_PRICE)
            return ({}, {}) if highest is None else ({"price": "price_missing"}, {})
        if entity == self.config_entry.options.get(CONF_PRICE):
            return {}, {}
        try:
            EntityPrice(self.hass, entity, steady_clock).read()
        except DeviceError as error:
            return {"price": "price_unreadable"}, {"error": str(error)}
        return {}, {}

    async def async_step_price(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Show how the price was understood, and save it."""
        entity = self._options[CONF_PRICE]
        try:
            reading = EntityPrice(self.hass, entity, steady_clock).read()
        except DeviceError as error:
            errors, placeholders = {"price": "price_unreadable"}, {"error": str(error)}
            return self._show("init", SCHEMA, shown_of(self._options), errors, placeholders)
        self._options[CONF_CURRENCY] = reading.currency
        if user_input is not None:
            return self.async_create_entry(data=self._options)
        state = self.hass.states.get(entity)
        assert state is not None
        highest = self._options.get(CONF_MAXIMUM_PRICE)
        return self.async_show_form(
            step_id="price",
            data_schema=vol.Schema({}),
            description_placeholders={
                "entity": entity,
                "shown": f"{state.state} {state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)}",
                "price": f"{reading.price:.4g}",
                "currency": reading.currency,
                "maximum": "–" if highest is None else f"{highest:g}",
            },
        )
