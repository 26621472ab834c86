"""What the dialogs ask about an OCPP charger beside its wiring: who may charge there, and how it is told its limits."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigEntry
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)

from .card_owners import card_owners
from .const import (
    CONF_ACCESS,
    CONF_CARDS,
    CONF_LIFE,
    CONF_MODE,
    CONF_PAUSE,
    CONF_SPACING,
    CONF_STEP,
    CONF_TELLING,
    CONF_UNIT,
    CONF_WAY,
)
from .devices.ocpp import Way, plain_card
from .forms import Answers, number

AUTOMATIC = "automatic"
WAYS = (AUTOMATIC, *(way.value for way in Way))
UNITS = {AUTOMATIC: None, "amperes": "A", "watts": "W"}
STEPS = {AUTOMATIC: None, "tenths": 0.1, "whole": 1.0}
PAUSES = {AUTOMATIC: None, "zero": True, "session": False}
EVERY_CARD, NO_CARD, KNOWN_CARDS = ACCESSES = ("every_card", "no_card", "known_cards")
LIFE = 30  # s


def _choice(options: tuple[str, ...], key: str) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options), translation_key=key, mode=SelectSelectorMode.DROPDOWN
        )
    )


ACCESS_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_MODE, default=EVERY_CARD): _choice(ACCESSES, "charger_access"),
        vol.Optional(CONF_CARDS): TextSelector(TextSelectorConfig(multiple=True)),
    }
)
TELLING_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_WAY, default=AUTOMATIC): _choice(WAYS, "charger_way"),
        vol.Required(CONF_UNIT, default=AUTOMATIC): _choice(tuple(UNITS), "charger_unit"),
        vol.Required(CONF_LIFE, default=LIFE): number(10, 900, "s", step=1),
        vol.Required(CONF_STEP, default=AUTOMATIC): _choice(tuple(STEPS), "charger_step"),
        vol.Required(CONF_PAUSE, default=AUTOMATIC): _choice(tuple(PAUSES), "charger_pause"),
        vol.Required(CONF_SPACING, default=0): number(0, 10, "s", step=1),
    }
)


def with_sections(schema: vol.Schema) -> vol.Schema:
    """The questions about a charger, and those that few have to answer."""
    return schema.extend(
        {
            vol.Optional(CONF_ACCESS): section(ACCESS_SCHEMA, {"collapsed": True}),
            vol.Optional(CONF_TELLING): section(TELLING_SCHEMA, {"collapsed": True}),
        }
    )


def section_settings(answers: Answers) -> Answers:
    """What is stored of the sections."""
    stored: Answers = {}
    if (access := answers.get(CONF_ACCESS)) is not None:
        cards = [card.strip() for card in access.get(CONF_CARDS, ())]
        stored[CONF_ACCESS] = {**access, CONF_CARDS: [card for card in cards if card]}
    if (telling := answers.get(CONF_TELLING)) is not None:
        stored[CONF_TELLING] = dict(telling)
    return stored


def telling_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """How a charger is told its limits, as its owner wants that, in the words of ChargerSettings."""
    telling: Mapping[str, Any] = data.get(CONF_TELLING, {})
    way = telling.get(CONF_WAY, AUTOMATIC)
    return {
        "way": None if way == AUTOMATIC else Way(way),
        "unit": UNITS[telling.get(CONF_UNIT, AUTOMATIC)],
        "life": float(telling.get(CONF_LIFE, LIFE)),
        "step": STEPS[telling.get(CONF_STEP, AUTOMATIC)],
        "pauses": PAUSES[telling.get(CONF_PAUSE, AUTOMATIC)],
        "spacing": float(telling.get(CONF_SPACING, 0)),
    }


def access_of(entry: ConfigEntry[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Who may charge at a charger, in the words of ChargerSettings."""
    access: Mapping[str, Any] = data.get(CONF_ACCESS, {})
    mode = access.get(CONF_MODE, EVERY_CARD)
    known = allowed_cards(entry, access.get(CONF_CARDS, ()))
    return {"cards": known if mode == KNOWN_CARDS else None, "is_free": mode == NO_CARD}


def allowed_cards(entry: ConfigEntry[Any], own: list[str]) -> frozenset[str]:
    """The cards that may charge: those that the charger has, and those of the site's people and vehicles."""
    return frozenset(map(plain_card, own)) - {""} | frozenset(card_owners(entry))
