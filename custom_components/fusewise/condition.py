"""Conditions for automations: a car is plugged in, charges, will be late; a charger is limited; a limit is in force."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Unpack, override

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import Condition, ConditionCheckParams, ConditionConfig
from homeassistant.helpers.typing import ConfigType

from .balancing.model import PLUGGED, ChargerStatus
from .happenings import LIMITING
from .targets import loaded_sites
from .views import ChargerView, SiteView
from .watched_devices import checked_devices, owners_of_all


class FusewiseCondition(Condition):
    """Holds where it does at one of the chosen chargers or sites; a site stands for its chargers."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return checked_devices(hass, config)

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Know the chosen devices."""
        super().__init__(hass, config)
        assert config.options is not None
        self._devices: list[str] = config.options[ATTR_DEVICE_ID]

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        chosen = owners_of_all(self._hass, self._devices)
        return any(
            self._holds(entry.runtime_data.data, entry.entry_id, chosen)
            for entry in loaded_sites(self._hass)
            if entry.runtime_data.last_update_success
        )

    @abstractmethod
    def _holds(self, view: SiteView, site: str, chosen: set[str]) -> bool:
        """Whether it holds at a site, where `chosen` are the ids of what was chosen."""


def _of_charger(holds: Callable[[ChargerView], bool]) -> type[Condition]:
    class OfCharger(FusewiseCondition):
        @override
        def _holds(self, view: SiteView, site: str, chosen: set[str]) -> bool:
            return any(
                holds(charger)
                for key, charger in view.chargers.items()
                if site in chosen or key in chosen
            )

    return OfCharger


def _of_site(holds: Callable[[SiteView], bool]) -> type[Condition]:
    class OfSite(FusewiseCondition):
        @override
        def _holds(self, view: SiteView, site: str, chosen: set[str]) -> bool:
            return (site in chosen or bool(chosen & view.chargers.keys())) and holds(view)

    return OfSite


def _is_limited(view: ChargerView) -> bool:
    if view.setpoint is None:
        return False
    reason = view.setpoint.reason
    return reason.code in LIMITING or reason.limited_by in LIMITING


CONDITIONS = {
    "is_plugged_in": _of_charger(lambda view: view.reading.status in PLUGGED),
    "is_charging": _of_charger(lambda view: view.reading.status is ChargerStatus.CHARGING),
    "will_be_late": _of_charger(lambda view: bool(view.outlook.late)),
    "is_limited": _of_charger(_is_limited),
    "is_boosted": _of_charger(lambda view: view.wanted.boost is not None),
    "has_fault": _of_charger(lambda view: view.reading.status is ChargerStatus.FAULTED),
    "is_falling_back": _of_site(
        lambda view: any(state.fallback is not None for state in view.decision.circuits)
    ),
    "has_grid_limit": _of_site(lambda view: bool(view.grid_limits)),
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions of Fusewise."""
    return CONDITIONS
