"""A switch at each charger: boost, for the session that runs or comes next."""

from dataclasses import dataclass, replace
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import ExtraStoredData, RestoredExtraData, RestoreEntity

from .balancing.model import ChargerStatus
from .coordinator import ChargerView, FusewiseConfigEntry, FusewiseCoordinator
from .entity import ChargerEntity, FusewiseDescription, Wanted, async_keep_entities

PARALLEL_UPDATES = 0

RESTORED = ""  # the session that ran before a restart


@dataclass(frozen=True, kw_only=True)
class FusewiseSwitchDescription(SwitchEntityDescription, FusewiseDescription[ChargerView]):
    """What a switch shows."""


# No entity category: voice assistants are offered only switches that have none.
BOOST = FusewiseSwitchDescription(
    key="boost", translation_key="boost", value_fn=lambda view: view.wish.boost
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FusewiseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up a boost switch for each charger of a site."""
    coordinator = entry.runtime_data

    def wanted() -> Wanted:
        for charger in coordinator.controller.site.chargers:
            yield BoostSwitch(coordinator, charger.id)

    async_keep_entities(coordinator, "switch", async_add_entities, wanted)


class BoostSwitch(ChargerEntity, SwitchEntity, RestoreEntity):
    """Charge this car before the others, until it leaves."""

    entity_description: FusewiseSwitchDescription

    def __init__(self, coordinator: FusewiseCoordinator, charger: str) -> None:
        """Belong to a charger."""
        self._session: str | None = None
        """The session that the boost is for; None: the next one, or none yet."""
        super().__init__(coordinator, charger, BOOST)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        stored = await self.async_get_last_extra_data()
        if stored is not None and (memory := stored.as_dict()).get("boost"):
            # After a restart a session may have another id; whichever runs is the one.
            self._session = None if memory.get("session") is None else RESTORED
            self._wish(boost=True)

    @property
    @override
    def extra_restore_state_data(self) -> ExtraStoredData:
        return RestoredExtraData({"boost": self._attr_is_on, "session": self._session})

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self._session = None
        self._wish(boost=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._wish(boost=False)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        view = self._view()
        if view is not None and view.wish.boost and self._is_over(view):
            self._wish(boost=False)
        else:
            super()._handle_coordinator_update()

    def _is_over(self, view: ChargerView) -> bool:
        """Whether the session that was boosted has ended; a lost line or a restart does not end it."""
        session = view.reading.session
        if session is not None:
            self._session = self._session or session.id
            return session.id != self._session
        gone = view.reading.online and view.reading.status is ChargerStatus.AVAILABLE
        return gone and self._session is not None

    def _wish(self, *, boost: bool) -> None:
        controller = self.coordinator.controller
        controller.set_wish(self.charger, replace(controller.wish(self.charger), boost=boost))
        # The next cycle will say the same; whoever turned the switch sees it turned at once.
        self._value = boost
        self._show(boost)
        self.async_write_ha_state()

    @override
    def _show(self, value: Any) -> None:
        self._attr_is_on = value
