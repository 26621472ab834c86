"""What the set-up dialogs ask, and how they say that an answer cannot be right.

Each dialog has a schema, what it shows when something is known already, and what it makes of the answers.
"""

from collections.abc import Mapping, Sequence
from itertools import permutations
import math
from typing import Any, Self, override

import voluptuous as vol

from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from .balancing.model import Phase
from .const import (
    CONF_FALLBACK,
    CONF_HOUSE_ALLOWANCE,
    CONF_MAXIMUM,
    CONF_RATING,
    CONF_USABLE_SHARE,
    CONF_VOLTAGE,
    CONF_WIRING,
    PHASE_KEYS,
)

type Answers = dict[str, Any]
type Errors = dict[str, str]

FLOOR = 6.0  # A: no car charges with less (IEC 61851-1)
LARGEST_RATING = 1000.0  # A: above it somebody has typed mA or W
LARGEST_CHARGER = 500.0  # A

RATINGS = tuple(f"{CONF_RATING}_{phase}" for phase in PHASE_KEYS)
ALLOWANCES = tuple(f"{CONF_HOUSE_ALLOWANCE}_{phase}" for phase in PHASE_KEYS)


class Refused(float):
    """NaN in the place of an answer that cannot be; what was typed is kept, to be shown again."""

    typed: Any

    def __new__(cls, typed: Any) -> Self:
        """Remember what was typed."""
        self = super().__new__(cls, math.nan)
        self.typed = typed
        return self


class Number(NumberSelector):
    """A number field whose errors are ours: what is no number within its bounds arrives as `Refused`.

    Home Assistant would answer 'expected float' or 'Value -5.0 is too small', in English only; the
    dialog can say what a sensible answer would be, in the user's language.
    """

    @override
    def __call__(self, data: Any) -> float:
        try:
            value = super().__call__(data)
        except vol.Invalid:
            return Refused(data)
        whole = self.config["step"] == 1
        return (
            value if math.isfinite(value) and (not whole or value.is_integer()) else Refused(data)
        )


def number(
    least: float, most: float, unit: str | None = None, *, step: float | None = None
) -> Number:
    """A field for a number within bounds."""
    config = NumberSelectorConfig(
        min=least, max=most, step=step or "any", mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return Number(config)


def errors_of(answers: Mapping[str, Any]) -> Errors:
    """Every field that was left blank or did not get a number that it can take."""
    return {
        field: f"{field.removesuffix(_phase_of(field))}_invalid"
        for field, value in answers.items()
        if isinstance(value, Refused) or (isinstance(value, str) and not value.strip())
    }


def _phase_of(field: str) -> str:
    return field[-3:] if field in RATINGS + ALLOWANCES else ""


def as_typed(answers: Mapping[str, Any]) -> Answers:
    """The answers as a dialog shows them again."""
    return {
        field: value.typed if isinstance(value, Refused) else value
        for field, value in answers.items()
    }


# --- the site --------------------------------------------------------------------------------------

FUSE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME, default="Home"): TextSelector(),
        vol.Required(RATINGS[0], default=25): number(FLOOR, LARGEST_RATING, "A"),
        vol.Required(RATINGS[1], default=25): number(0, LARGEST_RATING, "A"),
        vol.Required(RATINGS[2], default=25): number(0, LARGEST_RATING, "A"),
        vol.Required(CONF_VOLTAGE, default=230): number(100, 300, "V"),
        vol.Required(CONF_USABLE_SHARE, default=80): number(10, 100, "%"),
        **{vol.Required(key, default=10): number(0, LARGEST_RATING, "A") for key in ALLOWANCES},
    }
)


def fuse_errors(answers: Answers) -> Errors:
    """What cannot be right about the main fuse."""
    errors = errors_of(answers)
    for rating, allowance in zip(RATINGS, ALLOWANCES, strict=True):
        if 0 < answers[rating] < FLOOR:
            errors[rating] = "rating_invalid"
        elif answers[allowance] > answers[rating] > 0:
            errors[allowance] = "house_allowance_above_rating"
    return errors


def fuse_settings(answers: Answers) -> Answers:
    """What is stored of the answers about the main fuse."""
    rating = [answers[key] for key in RATINGS]
    allowance = [answers[key] for key in ALLOWANCES]
    return {
        CONF_RATING: rating,
        CONF_VOLTAGE: answers[CONF_VOLTAGE],
        CONF_USABLE_SHARE: answers[CONF_USABLE_SHARE],
        # A phase that does not exist carries no house either.
        CONF_HOUSE_ALLOWANCE: [
            amperes if exists else 0.0 for amperes, exists in zip(allowance, rating, strict=True)
        ],
    }


def fuse_answers(name: str, settings: Mapping[str, Any]) -> Answers:
    """What the main fuse's dialog shows of what is stored."""
    return {
        CONF_NAME: name,
        **dict(zip(RATINGS, settings[CONF_RATING], strict=True)),
        **{key: settings[key] for key in (CONF_VOLTAGE, CONF_USABLE_SHARE)},
        **dict(zip(ALLOWANCES, settings[CONF_HOUSE_ALLOWANCE], strict=True)),
    }


def fuse_in_words(settings: Mapping[str, Any]) -> str:
    """The rating as an electrician writes it: 3 × 25 A."""
    ratings = [rating for rating in settings[CONF_RATING] if rating]
    if len(set(ratings)) == 1:
        return f"{len(ratings)} × {ratings[0]:g} A"
    return " + ".join(f"{rating:g} A" for rating in ratings)


# --- a charger -------------------------------------------------------------------------------------


def charger_schema(phases: Sequence[Phase]) -> vol.Schema:
    """The questions about a charger on a site that has these phases."""
    wirings = [
        " ".join(phase.name for phase in order)
        for count in sorted({len(phases), 1}, reverse=True)
        for order in permutations(phases, count)
    ]
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_WIRING, default=wirings[0]): SelectSelector(
                SelectSelectorConfig(options=wirings, mode=SelectSelectorMode.DROPDOWN)
            ),
            vol.Required(CONF_MAXIMUM, default=16): number(FLOOR, LARGEST_CHARGER, "A"),
            vol.Required(CONF_FALLBACK, default=FLOOR): number(0, LARGEST_CHARGER, "A"),
        }
    )


def charger_errors(answers: Answers) -> Errors:
    """What cannot be right about a charger."""
    errors = errors_of(answers)
    if 0 < answers[CONF_FALLBACK] < FLOOR:
        errors[CONF_FALLBACK] = "fallback_invalid"
    elif answers[CONF_FALLBACK] > answers[CONF_MAXIMUM]:
        errors[CONF_FALLBACK] = "fallback_above_maximum"
    return errors


def charger_settings(answers: Answers) -> Answers:
    """What is stored of the answers about a charger; its name is the subentry's title."""
    return {key: answers[key] for key in (CONF_WIRING, CONF_MAXIMUM, CONF_FALLBACK)}
