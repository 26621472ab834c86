"""Triggers for automations: a car was plugged in, started, finished, will be late; a limit or a fall-back began."""

from typing import Any, ClassVar, override

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.trigger import Trigger, TriggerActionRunner, TriggerConfig
from homeassistant.helpers.typing import ConfigType

from .happenings import OF_SITES, Kind
from .telling import ATTR_NAME, ATTR_OWNER, ATTR_SITE, ATTR_TYPE, EVENT
from .watched_devices import checked_devices, owners_of_all, sites_of_all


class HappeningTrigger(Trigger):
    """Fires when something has happened at one of the chosen chargers or sites."""

    kind: ClassVar[Kind]

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return checked_devices(hass, config)

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Know the chosen devices."""
        super().__init__(hass, config)
        assert config.options is not None
        self._devices: list[str] = config.options[ATTR_DEVICE_ID]

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: Any = None
    ) -> CALLBACK_TYPE:
        # What happens to a site happens to each of its chargers.
        of_site = self.kind in OF_SITES
        owners = (sites_of_all if of_site else owners_of_all)(self._hass, self._devices)

        @callback
        def happened(event: Event[Any]) -> None:
            told = dict(event.data)
            if told[ATTR_TYPE] == self.kind and owners & {told[ATTR_OWNER], told[ATTR_SITE]}:
                words = self.kind.value.replace("_", " ")
                run_action(told, f"{told[ATTR_NAME]}: {words}", event.context)

        return self._hass.bus.async_listen(EVENT, happened)


def _on(happening: Kind) -> type[Trigger]:
    class OnHappening(HappeningTrigger):
        kind = happening

    return OnHappening


TRIGGERS = {kind.value: _on(kind) for kind in Kind}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers of Fusewise."""
    return TRIGGERS
