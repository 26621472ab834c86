"""The dialog about how a site is balanced: what may be used of the fuse, and how that is shared."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowContext, ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode

from .balancing.settings import Netting, Policy, Settings
from .const import (
    CONF_BOOSTS_PER_WEEK,
    CONF_HOLD,
    CONF_MINIMUM_OFF,
    CONF_MINIMUM_ON,
    CONF_NETTING,
    CONF_POLICY,
    CONF_SAFE_GRID_WATTS,
    CONF_TURN_TIME,
    CONF_USABLE_SHARE,
)
from .dialog import Dialog
from .forms import Answers, Errors, errors_of, number
from .limit_forms import LARGEST_POWER, folded
from .site import USABLE_SHARE

NEW = Settings()
TIMES = (CONF_HOLD, CONF_TURN_TIME, CONF_MINIMUM_ON, CONF_MINIMUM_OFF)  # s
SECTIONS = {
    "sun": (CONF_NETTING,),
    "calm": TIMES,
    "grid": (CONF_SAFE_GRID_WATTS,),
}
MOST_BOOSTS = 100
HOUR = 3600.0  # s


def _choice(key: str, options: list[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=options, translation_key=key, mode=SelectSelectorMode.DROPDOWN)
    )


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
                vol.Required(key, default=getattr(NEW, key)): number(
                    60 if key == CONF_TURN_TIME else 0, 4 * HOUR, "s"
                )
                for key in TIMES
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
    # What is as it is for a new site follows that, also when a later version knows better.
    as_new = {key for key in TIMES if options[key] == getattr(NEW, key)}
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

    async def async_step_init(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask for all of it."""
        errors: Errors = {}
        if user_input is not None:
            errors = errors_of(user_input)
            if not errors:
                return self.async_create_entry(data=stored(user_input))
        shown = user_input or shown_of(self.config_entry.options)
        return self._show("init", SCHEMA, shown, errors)
