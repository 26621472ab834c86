"""Puts into Home Assistant's log book, in plain words, what happens at a site."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .telling import ATTR_NAME, ATTR_TYPE, EVENT


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event[Any]], dict[str, Any]]], None],
) -> None:
    """Describe the events of Fusewise."""

    @callback
    def describe(event: Event[Any]) -> dict[str, Any]:
        return {
            LOGBOOK_ENTRY_NAME: event.data[ATTR_NAME],
            LOGBOOK_ENTRY_MESSAGE: _message(hass, event.data),
        }

    async_describe_event(DOMAIN, EVENT, describe)


def _message(hass: HomeAssistant, told: Mapping[str, Any]) -> str:
    """What is told, in the language of the house: the log book takes words, not their keys."""
    key, words = f"log_{told[ATTR_TYPE]}", {"source": told.get("source", "")}
    if "energy_kwh" in told:
        key, words["energy"] = f"{key}_energy", f"{told['energy_kwh']:g}"
    for unit in ("amperes", "watts"):
        if unit in told:
            key, words["limit"] = f"{key}_{unit}", f"{told[unit]:g}"
            break
    if "reason" in told:
        words["reason"] = _text(hass, "entity", f"sensor.reason.state.{told['reason']}")
    return _text(hass, "common", key).format(**words)


def _text(hass: HomeAssistant, category: str, key: str) -> str:
    texts = async_get_cached_translations(hass, hass.config.language, category, DOMAIN)
    return texts.get(f"component.{DOMAIN}.{category}.{key}", key)
