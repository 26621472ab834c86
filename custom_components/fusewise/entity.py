"""What all entities of Fusewise share: their device, and when a new value is worth writing."""

from abc import abstractmethod
import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import batched, groupby
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .balancing.model import Phase, Site
from .const import DOMAIN, MAIN_CIRCUIT
from .coordinator import FusewiseConfigEntry, FusewiseCoordinator
from .dead_bands import ABOVE, SETTLED
from .views import ChargerView, CircuitView, SiteView

FIGURES = frozenset({"limit", "fed_in", "others_above"})  # attributes that move with every sample
TOGETHER = 5  # entities that are added in one turn of the event loop: about 2 ms


@dataclass(frozen=True, kw_only=True)
class FusewiseDescription[ViewT](EntityDescription):
    """What an entity shows of a site or a charger."""

    value_fn: Callable[[ViewT], Any]
    attributes_fn: Callable[[ViewT], Mapping[str, Any]] = lambda _: {}
    available_fn: Callable[[ViewT], bool] = lambda _: True
    significant: float | timedelta | None = None
    """A figure that moves by less is not worth a line of history at once; None: every change is."""
    limit_fn: Callable[[ViewT], float | None] | None = None
    """The limit that people compare the figure with: whether it is above is worth a line at once."""
    phase: Phase | None = None
    """The phase that its name tells."""


class FusewiseEntity[ViewT](CoordinatorEntity[FusewiseCoordinator]):
    """Shows one thing about a site or a charger.

    The loop decides every second and on each meter sample. A value is written at once when it differs
    by something that matters (see dead_bands.py), and otherwise now and then if it differs at all.
    """

    entity_description: FusewiseDescription[ViewT]
    _attr_has_entity_name = True
    _attr_available = False
    subentry: str | None = None
    """The id of the subentry that the entity belongs to; None: to the site."""

    def __init__(
        self, coordinator: FusewiseCoordinator, owner: str, description: FusewiseDescription[ViewT]
    ) -> None:
        """`owner` is the id of the config entry or the subentry that the entity belongs to."""
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_unique_id = f"{owner}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, owner)})
        if description.phase is not None:
            self._attr_translation_placeholders = {"phase": description.phase.name}
        self._value: Any = None
        self._written_at = 0.0
        self._take()

    @abstractmethod
    def _view(self) -> ViewT | None:
        """What the entity is about, as it is now; None: it is not there."""

    @abstractmethod
    def _show(self, value: Any) -> None:
        """Make a value the entity's state."""

    @property
    @override
    def available(self) -> bool:
        return self._attr_available

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        if self._take():
            self.async_write_ha_state()

    def _take(self) -> bool:
        """Take over what is known now; False when it is not worth writing."""
        view = self._view() if self.coordinator.last_update_success else None
        description = self.entity_description
        if view is None or not description.available_fn(view):
            was, self._attr_available = self._attr_available, False
            return was
        value, attributes = description.value_fn(view), dict(description.attributes_fn(view))
        if self._attr_available:
            if value == self._value and attributes == self._attr_extra_state_attributes:
                return False
            is_settled = self.coordinator.published_at - self._written_at >= SETTLED
            if not (is_settled or self._matters(view, value, attributes)):
                return False
        self._attr_available = True
        self._attr_extra_state_attributes = attributes
        self._value, self._written_at = value, self.coordinator.published_at
        self._show(value)
        return True

    def _matters(self, view: ViewT, value: Any, attributes: Mapping[str, Any]) -> bool:
        """Whether what is new is worth writing at once."""
        if _without_figures(attributes) != _without_figures(self._attr_extra_state_attributes):
            return True
        description, was = self.entity_description, self._value
        if description.significant is None or value is None or was is None:
            return bool(value != was)
        limit = None if description.limit_fn is None else description.limit_fn(view)
        is_told = limit is None or _is_above(was, limit) == _is_above(value, limit)
        return bool(abs(value - was) >= (description.significant if is_told else ABOVE))


def _is_above(amperes: float, limit: float) -> bool:
    return amperes > limit + ABOVE


def _without_figures(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if name not in FIGURES}


class SiteEntity(FusewiseEntity[SiteView]):
    """Shows something about the site."""

    def __init__(
        self, coordinator: FusewiseCoordinator, description: FusewiseDescription[SiteView]
    ) -> None:
        """Belong to the site's device."""
        super().__init__(coordinator, coordinator.config_entry.entry_id, description)

    @override
    def _view(self) -> SiteView | None:
        return self.coordinator.data


class CircuitEntity(FusewiseEntity[CircuitView]):
    """Shows something about a circuit; the main fuse is the site's."""

    def __init__(
        self,
        coordinator: FusewiseCoordinator,
        circuit: str,
        description: FusewiseDescription[CircuitView],
    ) -> None:
        """Belong to the device of the circuit with this id."""
        self.circuit = circuit
        self.subentry = None if circuit == MAIN_CIRCUIT else circuit
        owner = coordinator.config_entry.entry_id if self.subentry is None else circuit
        super().__init__(coordinator, owner, description)

    @override
    def _view(self) -> CircuitView | None:
        return self.coordinator.data.circuits.get(self.circuit)


class ChargerEntity(FusewiseEntity[ChargerView]):
    """Shows something about a charger."""

    def __init__(
        self,
        coordinator: FusewiseCoordinator,
        charger: str,
        description: FusewiseDescription[ChargerView],
    ) -> None:
        """Belong to the device of the charger with this subentry id."""
        self.subentry = self.charger = charger
        super().__init__(coordinator, charger, description)

    @override
    def _view(self) -> ChargerView | None:
        return self.coordinator.data.chargers.get(self.charger)


class AroundEntity[ViewT](FusewiseEntity[ViewT]):
    """Shows something about solar panels, a battery or a vehicle."""

    def __init__(
        self,
        coordinator: FusewiseCoordinator,
        subentry: str,
        description: FusewiseDescription[ViewT],
        find: Callable[[SiteView], Mapping[str, ViewT | None]],
    ) -> None:
        """Belong to the device of a subentry; `find` its kind among what is known."""
        self.subentry = self._key = subentry
        self._find = find
        super().__init__(coordinator, subentry, description)

    @override
    def _view(self) -> ViewT | None:
        return self._find(self.coordinator.data).get(self._key)


class WishEntity(ChargerEntity):
    """Shows what people want of a charger, and takes what they want instead."""

    def _want(self, **changes: Any) -> None:
        """Want something else; whoever said so sees it at once."""
        self.coordinator.wishes.change(self.charger, **changes)
        self.coordinator.show_again()


type Entity = SiteEntity | CircuitEntity | ChargerEntity | AroundEntity[Any]
type Wanted = Iterable[Entity]


class _Keeper:
    """Has the entities of one platform that a site and its chargers want."""

    def __init__(
        self,
        coordinator: FusewiseCoordinator,
        platform: str,
        add: AddConfigEntryEntitiesCallback,
        wanted: Callable[[], Wanted],
    ) -> None:
        self._coordinator = coordinator
        self._platform = platform
        self._add = add
        self._wanted = wanted
        self._known: set[str] = set()
        self._configured: object = None
        self._walks = False

    @callback
    def look(self) -> None:
        """See whether the site has changed."""
        if not self._walks and self._configured is not self._coordinator.controller.site:
            entry, hass = self._coordinator.config_entry, self._coordinator.hass
            entry.async_create_task(hass, self.change())

    async def change(self) -> None:
        """Have the entities that are wanted now."""
        self._walks = True
        try:
            while self._configured is not (site := self._coordinator.controller.site):
                if await self._walk(site):
                    self._configured = site
        finally:
            self._walks = False

    async def _walk(self, site: Site) -> bool:
        """Add who is new, a few at a time, and remove who is not wanted any more. False: others are by now."""
        entry, found = self._coordinator.config_entry, set[str]()
        for subentry, group in groupby(self._wanted(), lambda entity: entity.subentry):
            for some in batched(group, TOGETHER, strict=False):
                if site is not self._coordinator.controller.site:
                    return False
                if subentry is None or subentry in entry.subentries:
                    each = {entity.unique_id: entity for entity in some if entity.unique_id}
                    new = [each[unique_id] for unique_id in each if unique_id not in self._known]
                    if new:
                        self._add(new, config_subentry_id=subentry)
                    self._known |= each.keys()
                    found |= each.keys()
                await asyncio.sleep(0)  # the loop that holds the fuse has its turn
        registry = er.async_get(self._coordinator.hass)
        for unique_id in self._known - found:
            if entity_id := registry.async_get_entity_id(self._platform, DOMAIN, unique_id):
                registry.async_remove(entity_id)
        self._known = found
        return True


async def async_keep_entities(
    coordinator: FusewiseCoordinator,
    platform: str,
    async_add_entities: AddConfigEntryEntitiesCallback,
    wanted: Callable[[], Wanted],
) -> None:
    """Have the entities that the site and its chargers want now, and again whenever they change."""
    keeper = _Keeper(coordinator, platform, async_add_entities, wanted)
    coordinator.config_entry.async_on_unload(coordinator.async_add_listener(keeper.look))
    await keeper.change()


async def async_keep_wishes[DescriptionT: FusewiseDescription[ChargerView]](
    entry: FusewiseConfigEntry,
    platform: str,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: Callable[[FusewiseCoordinator, str, DescriptionT], WishEntity],
    *descriptions: DescriptionT,
) -> None:
    """Have one entity of each description at each charger, for what people want of it."""
    coordinator = entry.runtime_data

    def wanted() -> Wanted:
        for charger in coordinator.controller.site.chargers:
            for description in descriptions:
                yield make(coordinator, charger.id, description)

    await async_keep_entities(coordinator, platform, async_add_entities, wanted)
