"""Hints that a dialog shows beside what it asks, in the user's language."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN


async def async_hint(hass: HomeAssistant, key: str, **words: str) -> str:
    """A text to stand at the end of a dialog's, with a line between."""
    texts = await async_get_translations(hass, hass.config.language, "common", {DOMAIN})
    return "\n\n" + texts[f"component.{DOMAIN}.common.{key}"].format(**words)


def listed(entities: tuple[str, ...]) -> str:
    """Entities, as a sentence names them."""
    return ", ".join(f"`{entity}`" for entity in entities)
