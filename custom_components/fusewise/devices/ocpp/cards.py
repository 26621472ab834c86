"""Who may charge: everybody, or those whose cards are known."""

import re

TAG = "FUSEWISE"  # whose card a session has that was started from Home Assistant


def plain_card(card: str) -> str:
    """Return a card or an address without what each charger puts between and before its figures (VID:, colons)."""
    return re.sub(r"[^0-9A-Z]", "", card.upper().removeprefix("VID:").removeprefix("VID"))


def may_charge(card: str, cards: frozenset[str] | None) -> bool:
    """Tell whether a card is one of those, in their plain form; None: all are."""
    return cards is None or card == TAG or plain_card(card) in cards - {""}
