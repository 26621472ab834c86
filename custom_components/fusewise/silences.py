"""Tells, as repairs, which price or thermometer of a site is not heard any more; it counts as missing until then."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .around import thermometers_of
from .circuits import circuit_names
from .const import CONF_PRICE, DOMAIN
from .surroundings import Surroundings

__all__ = ["Silences"]

SURE_AFTER = (
    900.0  # s: a reload, a new price list or a dead radio link for a moment is nothing to mend
)

type Told = Mapping[str, tuple[str, dict[str, str]]]
"""The key of a text and its placeholders, by the id of an issue."""


class Silences:
    """What of one site's signals is silent."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Nothing is."""
        self._hass = hass
        self._entry = entry
        self._since: dict[str, float] = {}
        self._told: set[str] = set()

    @callback
    def look(self, now: float, surroundings: Surroundings) -> None:
        """Look at who says nothing."""
        silent = self._silent(surroundings)
        self._since = {issue: self._since.get(issue, now) for issue in silent}
        wrong = {issue for issue, since in self._since.items() if now - since >= SURE_AFTER}
        for issue in self._told - wrong:
            ir.async_delete_issue(self._hass, DOMAIN, issue)
        for issue in wrong - self._told:
            text, placeholders = silent[issue]
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                issue,
                is_fixable=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key=text,
                translation_placeholders=placeholders,
            )
        self._told = wrong

    @callback
    def forget(self) -> None:
        """Say no more of it: the site is unloaded."""
        for issue in self._told:
            ir.async_delete_issue(self._hass, DOMAIN, issue)
        self._told = set()

    def _silent(self, surroundings: Surroundings) -> Told:
        entry = self._entry
        found: dict[str, tuple[str, dict[str, str]]] = {}
        if surroundings.price is not None and surroundings.price_now is None:
            placeholders = {"site": entry.title, "entity": entry.options[CONF_PRICE]}
            found[f"price_silent_{entry.entry_id}"] = "price_silent", placeholders
        names, entities = circuit_names(entry), thermometers_of(entry)
        for circuit in surroundings.thermometers.keys() - surroundings.temperatures.keys():
            placeholders = {"circuit": names[circuit], "entity": entities[circuit]}
            issue = f"temperature_silent_{entry.entry_id}_{circuit}"
            found[issue] = "temperature_silent", placeholders
        return found
