"""What the dialogs ask about a circuit: the main fuse, or a sub-panel behind it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import voluptuous as vol

from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from .balancing.model import PerPhase, Phase
from .const import (
    CONF_HOUSE_ALLOWANCE,
    CONF_OTHER_LOADS,
    CONF_PARENT,
    CONF_RATING,
    CONF_SUPPLY,
    CONF_VOLTAGE,
    PHASE_KEYS,
)
from .forms import FLOOR, Answers, Circuits, Errors, circuit_field, errors_of, number
from .limit_forms import LARGEST_RATING, folded, limits_fields
from .supply import SUPPLIES

HOUSE_SHARE = (
    0.4  # of the rating, that a house is taken to draw at most until its owner knows better
)

PHASES = "phases"
HOUSE = "house"


def _per_phase(key: str, least: float = 0.0) -> dict[vol.Marker, Any]:
    fields: dict[vol.Marker, Any] = {}
    for phase in PHASE_KEYS:
        fields[vol.Optional(f"{key}_{phase}")] = number(least, LARGEST_RATING, "A")
    return fields


# --- the main fuse ---------------------------------------------------------------------------------


def fuse_schema(shown: Mapping[str, Any]) -> vol.Schema:
    """The questions about the main fuse; only the first ones need an answer."""
    return vol.Schema(
        {
            vol.Required(CONF_NAME, default="Home"): TextSelector(),
            vol.Required(CONF_SUPPLY, default="three_phase"): SelectSelector(
                SelectSelectorConfig(
                    options=list(SUPPLIES),
                    translation_key="supply",
                    mode=SelectSelectorMode.DROPDOWN,
                )
            ),
            vol.Required(CONF_RATING, default=25): number(FLOOR, LARGEST_RATING, "A"),
            vol.Required(PHASES): folded(
                {
                    **_per_phase(CONF_RATING),
                    vol.Optional(CONF_VOLTAGE): number(100, 300, "V"),
                },
                shown,
                PHASES,
            ),
            vol.Required(HOUSE): folded(_per_phase(CONF_HOUSE_ALLOWANCE), shown, HOUSE),
        }
    )


def fuse_errors(answers: Answers) -> Errors:
    """What cannot be right about the main fuse."""
    if errors := errors_of(answers):
        return errors
    existing = SUPPLIES[answers[CONF_SUPPLY]].phases
    errors = rating_errors(answers, existing)
    if not errors:
        settings = fuse_settings(answers)
        drawn = zip(settings[CONF_HOUSE_ALLOWANCE], settings[CONF_RATING], strict=True)
        if any(allowance > rating for allowance, rating in drawn):
            errors[HOUSE] = "house_allowance_above_rating"
    return errors


def fuse_settings(answers: Answers) -> Answers:
    """What is stored of the answers about the main fuse."""
    supply = SUPPLIES[answers[CONF_SUPPLY]]
    rating = ratings_of(answers, supply.phases)
    return {
        CONF_RATING: rating,
        CONF_SUPPLY: answers[CONF_SUPPLY],
        CONF_VOLTAGE: answers[PHASES].get(CONF_VOLTAGE, supply.voltage),
        CONF_HOUSE_ALLOWANCE: [
            # A phase that does not exist carries no house either.
            answers[HOUSE].get(f"{CONF_HOUSE_ALLOWANCE}_{phase}", round(HOUSE_SHARE * amperes))
            if amperes
            else 0.0
            for phase, amperes in zip(PHASE_KEYS, rating, strict=True)
        ],
    }


def fuse_answers(name: str, settings: Mapping[str, Any]) -> Answers:
    """What the main fuse's dialog shows of what is stored."""
    supply = SUPPLIES[settings[CONF_SUPPLY]]
    phases = rating_answers(settings[CONF_RATING], supply.phases)
    if settings[CONF_VOLTAGE] != supply.voltage:
        phases[PHASES][CONF_VOLTAGE] = settings[CONF_VOLTAGE]
    house = zip(PHASE_KEYS, settings[CONF_HOUSE_ALLOWANCE], settings[CONF_RATING], strict=True)
    return {
        CONF_NAME: name,
        CONF_SUPPLY: settings[CONF_SUPPLY],
        **phases,
        HOUSE: {
            f"{CONF_HOUSE_ALLOWANCE}_{phase}": drawn for phase, drawn, exists in house if exists
        },
    }


# --- ratings ---------------------------------------------------------------------------------------


def rating_errors(answers: Answers, existing: Collection[Phase]) -> Errors:
    """What cannot be right about ratings on a supply with these phases."""
    typed = answers[PHASES]
    for phase, key in zip(Phase, PHASE_KEYS, strict=True):
        amperes = typed.get(f"{CONF_RATING}_{key}", 0.0)
        if amperes and phase not in existing:
            return {PHASES: "phase_not_supplied"}
        if 0 < amperes < FLOOR:
            return {PHASES: "rating_invalid"}
    return {} if any(ratings_of(answers, existing)) else {PHASES: "rating_invalid"}


def ratings_of(answers: Answers, existing: Collection[Phase]) -> list[float]:
    """A on each phase: as typed for all, or for the one."""
    return [
        answers[PHASES].get(f"{CONF_RATING}_{key}", answers[CONF_RATING])
        if phase in existing
        else 0.0
        for phase, key in zip(Phase, PHASE_KEYS, strict=True)
    ]


def rating_answers(rating: Sequence[float], existing: Collection[Phase]) -> Answers:
    """What a dialog shows of ratings: one figure, and those that differ from it."""
    highest = max(rating)
    differing = {
        f"{CONF_RATING}_{key}": amperes
        for phase, key, amperes in zip(Phase, PHASE_KEYS, rating, strict=True)
        if phase in existing and amperes != highest
    }
    return {CONF_RATING: highest, PHASES: differing}


def in_words(rating: Sequence[float] | PerPhase) -> str:
    """A rating as an electrician writes it: 3 × 25 A."""
    ratings = [amperes for amperes in rating if amperes]
    if len(set(ratings)) == 1:
        return f"{len(ratings)} × {ratings[0]:g} A"
    return " + ".join(f"{amperes:g} A" for amperes in ratings)


# --- a sub-panel -----------------------------------------------------------------------------------


def panel_schema(feeders: Circuits, shown: Mapping[str, Any]) -> vol.Schema:
    """The questions about a sub-panel that one of these circuits feeds."""
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            **circuit_field(CONF_PARENT, feeders),
            vol.Required(CONF_RATING, default=16): number(FLOOR, LARGEST_RATING, "A"),
            vol.Required(PHASES): folded(_per_phase(CONF_RATING), shown, PHASES),
            **limits_fields(shown),
        }
    )


def others_schema(phases: Sequence[Phase]) -> vol.Schema:
    """The question what draws current on a sub-panel besides its chargers."""
    keys = [PHASE_KEYS[phase] for phase in phases]
    return vol.Schema(
        {vol.Optional(f"{CONF_OTHER_LOADS}_{key}"): number(0, LARGEST_RATING, "A") for key in keys}
    )


def others_settings(answers: Answers) -> list[float] | None:
    """A on each phase; None where nothing was said."""
    typed = [answers.get(f"{CONF_OTHER_LOADS}_{key}") for key in PHASE_KEYS]
    return None if all(each is None for each in typed) else [each or 0.0 for each in typed]


def others_answers(settings: Mapping[str, Any]) -> Answers:
    """What the dialog shows of what is stored."""
    stored = settings.get(CONF_OTHER_LOADS) or ()
    return {
        f"{CONF_OTHER_LOADS}_{key}": each for key, each in zip(PHASE_KEYS, stored, strict=False)
    }
