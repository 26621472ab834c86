"""The part of the set-up dialogs that asks for the grid meter, and tries it before anything is saved."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PORT

from . import meter_forms
from .balancing.model import Phase
from .charger_flow import DiscoveredChargerFlow
from .const import CONF_KIND, CONF_METER, CONF_RATING, CONF_UNIT_ID, CONF_VOLTAGE, DOMAIN, ENTITIES
from .devices import DeviceError, DeviceOfflineError
from .devices.entity import FoundMeter, find_chargers, find_meters
from .devices.modbus import METERS
from .forms import Answers, Errors
from .meter import async_try_meter
from .meter_forms import entities_of
from .site import phases_of


class MeterFlow(DiscoveredChargerFlow):
    """Ask for the grid meter."""

    _data: Answers

    @abstractmethod
    async def _async_next(self) -> ConfigFlowResult:
        """Ask what is not known yet."""

    @abstractmethod
    def _others(self) -> Iterable[ConfigEntry]:
        """The other sites."""

    @property
    def _phases(self) -> tuple[Phase, ...]:
        return phases_of(tuple(self._data[CONF_RATING]))

    def _meters_found(self) -> list[FoundMeter]:
        chargers = {found.device for found in find_chargers(self.hass) if not found.preset.is_plug}
        return find_meters(self.hass, self._phases, {DOMAIN, *chargers})

    async def async_step_meter(self, user_input: Answers | None = None) -> ConfigFlowResult:
        """Ask which meter it is, and try it."""
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        found = self._meters_found()
        shown: Mapping[str, Any] | None = user_input
        if user_input is not None:
            kind = user_input[CONF_KIND]
            if kind == ENTITIES:
                return await self.async_step_meter_entities()
            if kind in METERS:
                errors = meter_forms.meter_errors(user_input)
                settings = {} if errors else meter_forms.meter_settings(user_input)
            else:
                [chosen] = [meter for meter in found if meter.device == kind]
                settings = meter_forms.entities_settings(chosen.entities, chosen.device)
            if not errors:
                errors, placeholders = await self._async_take(settings)
                if not errors:
                    return await self._async_next()
        elif stored := self._data.get(CONF_METER):
            shown = meter_forms.meter_answers(stored, found)
        return self._show("meter", meter_forms.meter_schema(found), shown, errors, placeholders)

    async def async_step_meter_entities(
        self, user_input: Answers | None = None
    ) -> ConfigFlowResult:
        """Ask which entities the meter is made of, and try them."""
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        shown: Mapping[str, Any] | None = user_input
        if user_input is not None:
            errors, placeholders = meter_forms.entities_errors(user_input)
            if not errors:
                settings = meter_forms.entities_settings(entities_of(user_input))
                errors, placeholders = await self._async_take(settings)
                if not errors:
                    return await self._async_next()
        elif (stored := self._data.get(CONF_METER)) and stored[CONF_KIND] == ENTITIES:
            shown = stored
        schema = meter_forms.entities_schema(self._phases)
        return self._show("meter_entities", schema, shown, errors, placeholders)

    async def _async_take(self, settings: Answers) -> tuple[Errors, dict[str, str]]:
        """Keep a meter that answers; else say why it cannot be."""
        for entry in self._others():
            if _same(settings, entry.data[CONF_METER]):
                return {"base": "meter_taken"}, {"site": entry.title}
        try:
            await async_try_meter(self.hass, settings, self._phases, self._data[CONF_VOLTAGE])
        except DeviceOfflineError as error:
            return {"base": "meter_silent"}, {"error": str(error)}
        except DeviceError as error:
            return {"base": "meter_wrong"}, {"error": str(error)}
        self._data[CONF_METER] = settings
        return {}, {}


def _same(settings: Answers, taken: Answers) -> bool:
    """Whether two settings mean one meter."""
    if settings[CONF_KIND] == ENTITIES or taken[CONF_KIND] == ENTITIES:
        return bool(set(entities_of(settings)) & set(entities_of(taken)))
    return all(settings[key] == taken[key] for key in (CONF_HOST, CONF_PORT, CONF_UNIT_ID))
