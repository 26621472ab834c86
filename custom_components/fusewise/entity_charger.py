"""The chargers of a site that Home Assistant already has: what is stored of them, and what they are made of."""

from collections.abc import Container, Iterator, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from .const import (
    CONF_FLOOR,
    CONF_IDENTITY,
    CONF_KIND,
    CONF_LEVELS,
    CONF_PAUSABLE,
    CONF_SLOW_TO_OBEY,
    CONF_STEP,
    CONF_WIRING,
    DOMAIN,
    ENTITIES,
    SUBENTRY_CHARGER,
)
from .controller import steady_clock
from .devices.entity import (
    Action,
    ChargerEntities,
    EntityCharger,
    Limit,
    LimitKnob,
    Phases,
    Stay,
    Switch,
    Traits,
)
from .forms import FLOOR
from .site import conductor_voltage, is_line_to_line, wiring_of

CONF_ENTITIES = "entities"

type Stored = dict[str, Any]


def is_entity_charger(subentry: ConfigSubentry) -> bool:
    """Whether a charger is made of entities."""
    return subentry.data.get(CONF_KIND) == ENTITIES


def stored_of(entities: ChargerEntities) -> Stored:
    """What is stored of a charger's entities."""
    limit, switch, traits = entities.limit, entities.switch, entities.traits
    stored: Stored = {
        "status": entities.status,
        "statuses": dict(entities.statuses),
        "currents": list(entities.currents),
        "power": entities.power,
        "energy": entities.energy,
        "hold": entities.hold,
        "presence": entities.presence,
        "traits": {
            "obeys_within": traits.obeys_within,
            "minimum_interval": traits.minimum_interval,
            "falls_wait_too": traits.falls_wait_too,
            "renew": traits.renew,
        },
    }
    if entities.arm is not None:
        stored["arm"] = {"name": entities.arm.name, "data": dict(entities.arm.data)}
    if limit is not None:
        stored["limit"] = {
            "entity": limit.entity,
            "shown_by": limit.shown_by,
            "phases": limit.phases,
        }
        if limit.action is not None:
            stored["limit"]["action"] = {
                "name": limit.action.name,
                "takes_zero": limit.action.takes_zero,
                "least": limit.action.least,
                "data": dict(limit.action.data),
            }
    if (phases := entities.phases) is not None:
        action = phases.action
        stored["phases"] = {
            "entity": phases.entity,
            "one": phases.one,
            "all": phases.all,
            "action": action and {"name": action.name, "data": dict(action.data)},
            "shown_by": phases.shown_by,
            "one_shown": phases.one_shown,
            "all_shown": phases.all_shown,
        }
    if switch is not None:
        stored["switch"] = {
            "entity": switch.entity,
            "on": switch.on,
            "off": switch.off,
            "follows_car": switch.follows_car,
        }
    return stored


def entities_of(stored: Mapping[str, Any]) -> ChargerEntities:
    """The entities that are stored of a charger."""
    limit: Limit | None = None
    if (kept := stored.get("limit")) is not None:
        action = kept.get("action")
        limit = Limit(
            entity=kept["entity"],
            shown_by=kept["shown_by"],
            phases=kept.get("phases", 1),
            action=None if action is None else Action(**action),
        )
    return ChargerEntities(
        phases=_phases_of(stored),
        limit=limit,
        switch=None if (kept := stored.get("switch")) is None else Switch(**kept),
        status=stored["status"],
        statuses=stored["statuses"],
        currents=tuple(stored["currents"]),
        power=stored["power"],
        energy=stored.get("energy"),
        arm=None if (kept := stored.get("arm")) is None else Action(**kept),
        hold=stored.get("hold"),
        presence=stored.get("presence"),
        traits=Traits(**stored["traits"]),
    )


def _phases_of(stored: Mapping[str, Any]) -> Phases | None:
    if (kept := stored.get("phases")) is None:
        return None
    action = kept["action"]
    return Phases(**{**kept, "action": None if action is None else Action(**action)})


def abilities_of(
    hass: HomeAssistant, entities: ChargerEntities, maximum: float, voltage: float
) -> Stored:
    """What is stored of what a charger can be told, as its entities show it now."""
    traits = entities.traits
    slow = traits.obeys_within + (traits.minimum_interval if traits.falls_wait_too else 0.0)
    if entities.limit is None:
        # It lets through all or nothing.
        return {
            CONF_FLOOR: FLOOR,
            CONF_LEVELS: [maximum],
            CONF_STEP: 1.0,
            CONF_SLOW_TO_OBEY: slow,
            CONF_PAUSABLE: True,
        }
    knob = LimitKnob(hass, entities.limit, voltage)
    return {
        CONF_FLOOR: min(max(FLOOR, knob.least), maximum),
        CONF_LEVELS: [level for level in knob.levels if FLOOR <= level <= maximum],
        CONF_STEP: knob.step,
        CONF_SLOW_TO_OBEY: slow,
        CONF_PAUSABLE: entities.switch is not None or knob.can_pause,
    }


def taken_entities(hass: HomeAssistant, *, but: str | None = None) -> Iterator[str]:
    """The entities of the chargers that sites have already, except of the one with this subentry id."""
    for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False):
        for subentry in entry.get_subentries_of_type(SUBENTRY_CHARGER):
            if is_entity_charger(subentry) and subentry.subentry_id != but:
                yield from entities_of(subentry.data[CONF_ENTITIES])


class EntityChargers:
    """The chargers of one site that are made of entities; each lives until its settings change."""

    def __init__(self, hass: HomeAssistant, site: ConfigEntry[Any]) -> None:
        """`site` tells between which conductors there are how many volts."""
        self._hass = hass
        self._site = site
        self._chargers: dict[str, EntityCharger] = {}
        self._stays: dict[str, Stay] = {}

    def resume(self, stays: Mapping[str, Stay]) -> None:
        """Know again who was there before a restart."""
        self._stays = dict(stays)

    def stays(self) -> dict[str, Stay]:
        """Who is there."""
        return {key: charger.stay for key, charger in self._chargers.items()}

    @callback
    def admit(self, subentry: ConfigSubentry) -> EntityCharger:
        """The charger that a subentry describes: the same one while it is made of the same."""
        wiring = wiring_of(subentry.data[CONF_WIRING])
        conductors = len(wiring)
        entities = entities_of(subentry.data[CONF_ENTITIES]).wired(conductors)
        known = self._chargers.get(subentry.subentry_id)
        if known is not None:
            if (known.entities, known.conductors) == (entities, conductors):
                return known
            self._stays[subentry.subentry_id] = known.stay
            known.close()
        charger = EntityCharger(
            self._hass,
            subentry.data[CONF_IDENTITY],
            entities,
            steady_clock,
            conductors=conductors,
            voltage=conductor_voltage(self._site.data, wiring),
            line_to_line=is_line_to_line(self._site, wiring),
        )
        if (stay := self._stays.pop(subentry.subentry_id, None)) is not None:
            charger.resume(stay)
        self._chargers[subentry.subentry_id] = charger
        return charger

    @callback
    def dismiss(self, *, but: Container[str] = ()) -> None:
        """Let go of those whose subentries are gone."""
        for key in [key for key in self._chargers if key not in but]:
            self._chargers.pop(key).close()
