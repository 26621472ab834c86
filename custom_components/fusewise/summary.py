"""A site in plain words, such as: Main fuse 3 × 25 A, measured by the P1 reader; garage 3 × 16 A; two chargers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .circuit_forms import in_words
from .circuits import circuits_in_order
from .const import CONF_RATING, DOMAIN, MAIN_CIRCUIT, SUBENTRY_CHARGER
from .site import meters_of, rating_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A sub-panel, as far as a sentence tells it."""

    name: str
    rating: Sequence[float]
    meter: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A site, as far as a sentence tells it."""

    name: str
    rating: Sequence[float]
    meter: str | None = None
    """The name of the meter; None where there is none."""
    panels: tuple[Panel, ...] = ()
    chargers: tuple[str, ...] = ()


def outline_of(entry: ConfigEntry[Any]) -> Outline:
    """What a site that is set up consists of."""
    meters = {circuit: entry.subentries[meter].title for circuit, meter in meters_of(entry).items()}
    return Outline(
        name=entry.title,
        rating=rating_of(entry),
        meter=meters.get(MAIN_CIRCUIT),
        panels=tuple(
            Panel(
                name=panel.title,
                rating=panel.data[CONF_RATING],
                meter=meters.get(panel.subentry_id),
            )
            for panel in circuits_in_order(entry)
        ),
        chargers=tuple(charger.title for charger in entry.get_subentries_of_type(SUBENTRY_CHARGER)),
    )


async def async_summary(hass: HomeAssistant, site: Outline) -> str:
    """A site in the words of Home Assistant's language."""
    texts = await async_get_translations(hass, hass.config.language, "common", {DOMAIN})

    def say(key: str, **values: str) -> str:
        return texts[f"component.{DOMAIN}.common.summary_{key}"].format(**values)

    def part(kind: str, rating: Sequence[float], meter: str | None, name: str) -> str:
        measured = f"{kind}_measured" if meter is not None else f"{kind}_unmeasured"
        return say(measured, name=name, rating=in_words(rating), meter=meter or "")

    number = len(site.chargers)
    chargers = {0: "no_charger", 1: "one_charger"}.get(number, "chargers")
    names = ", ".join(site.chargers)
    parts = [
        part("main_fuse", site.rating, site.meter, site.name),
        *(part("panel", panel.rating, panel.meter, panel.name) for panel in site.panels),
        say(chargers, number=str(number), names=names),
    ]
    return f"{'; '.join(parts)}."
