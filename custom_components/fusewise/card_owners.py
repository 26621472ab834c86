"""Whose card it is: cards belong to people and to vehicles."""

from typing import Any

from homeassistant.config_entries import ConfigEntry

from .const import CONF_CARDS, SUBENTRY_PERSON, SUBENTRY_VEHICLE
from .devices.ocpp import plain_card


def card_owners(entry: ConfigEntry[Any], *, but: str | None = None) -> dict[str, str]:
    """Card, in its plain form → the name of whose it is; `but` is the subentry of somebody who does not count."""
    return {
        plain: owner.title
        for owner in entry.subentries.values()
        if owner.subentry_type in (SUBENTRY_PERSON, SUBENTRY_VEHICLE) and owner.subentry_id != but
        for card in owner.data.get(CONF_CARDS, ())
        if (plain := plain_card(card))
    }


def owner_of(entry: ConfigEntry[Any], card: str | None) -> str | None:
    """The name of whose card it is."""
    return None if card is None else card_owners(entry).get(plain_card(card))
