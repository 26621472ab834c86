"""Binary sensors: whether something is wrong that its owner ought to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .balancing.codes import FallbackCause
from .balancing.model import ChargerStatus
from .coordinator import FusewiseConfigEntry
from .describing import moment
from .entity import (
    ChargerEntity,
    FusewiseDescription,
    FusewiseEntity,
    SiteEntity,
    Wanted,
    async_keep_entities,
)
from .views import ChargerView, SiteView

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class FusewiseBinarySensorDescription[ViewT](
    BinarySensorEntityDescription, FusewiseDescription[ViewT]
):
    """What a binary sensor shows."""


def _is_fallen_back(view: SiteView) -> bool | None:
    """Whether a circuit does without its meter."""
    causes = {circuit.fallback for circuit in view.decision.circuits} - {None}
    # No alarm for the moment after a start in which the meter has not been read yet.
    return None if view.starting and causes == {FallbackCause.STARTING} else bool(causes)


def _fallen_back(view: SiteView) -> Mapping[str, Any]:
    fallen = [circuit for circuit in view.circuits.values() if circuit.state.fallback is not None]
    if not fallen:
        return {}
    return {
        "circuits": [circuit.name for circuit in fallen],
        "cause": fallen[0].state.fallback,
    }


def _trouble(view: ChargerView) -> str | None:
    """What is wrong with a charger; None: nothing."""
    if not view.reading.online:
        return "offline"
    if view.reading.status is ChargerStatus.FAULTED:
        return "faulted"
    return None if view.problem is None else "refused"


def _trouble_told(view: ChargerView) -> Mapping[str, Any]:
    if view.awaited:
        return {}
    told = {"cause": _trouble(view), "message": view.problem and str(view.problem)}
    return {name: text for name, text in told.items() if text}


def _grid_limit(view: SiteView) -> Mapping[str, Any]:
    """The limits from outside, one after the other where there are several."""
    if not view.grid_limits:
        return {}
    limit = view.grid_limits[0]
    told = {
        "source": ", ".join(limit.source for limit in view.grid_limits),
        "amperes": limit.amperes,
        "watts": limit.watts,
        "until": None if limit.until is None else moment(limit.until),
    }
    return {name: value for name, value in told.items() if value is not None}


SITE_BINARY_SENSORS: tuple[FusewiseBinarySensorDescription[SiteView], ...] = (
    FusewiseBinarySensorDescription(
        key="fallback",
        translation_key="fallback",
        device_class=BinarySensorDeviceClass.PROBLEM,
        value_fn=_is_fallen_back,
        attributes_fn=_fallen_back,
    ),
    FusewiseBinarySensorDescription(
        key="grid_limit",
        translation_key="grid_limit",
        value_fn=lambda view: bool(view.grid_limits),
        attributes_fn=_grid_limit,
    ),
)

CHARGER_BINARY_SENSORS: tuple[FusewiseBinarySensorDescription[ChargerView], ...] = (
    FusewiseBinarySensorDescription(
        key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        value_fn=lambda view: None if view.awaited else _trouble(view) is not None,
        attributes_fn=_trouble_told,
    ),
    FusewiseBinarySensorDescription(
        key="late",
        translation_key="late",
        device_class=BinarySensorDeviceClass.PROBLEM,
        value_fn=lambda view: view.outlook.late,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FusewiseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors of a site and its chargers."""
    coordinator = entry.runtime_data

    def wanted() -> Wanted:
        for description in SITE_BINARY_SENSORS:
            yield SiteBinarySensor(coordinator, description)
        for charger in coordinator.controller.site.chargers:
            for described in CHARGER_BINARY_SENSORS:
                yield ChargerBinarySensor(coordinator, charger.id, described)

    await async_keep_entities(coordinator, "binary_sensor", async_add_entities, wanted)


class FusewiseBinarySensor[ViewT](FusewiseEntity[ViewT], BinarySensorEntity):
    """A binary sensor of Fusewise."""

    entity_description: FusewiseBinarySensorDescription[ViewT]

    @override
    def _show(self, value: Any) -> None:
        self._attr_is_on = value


class SiteBinarySensor(FusewiseBinarySensor[SiteView], SiteEntity):
    """A binary sensor of the site."""


class ChargerBinarySensor(FusewiseBinarySensor[ChargerView], ChargerEntity):
    """A binary sensor of a charger."""
