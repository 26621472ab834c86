"""The steps that ask for a meter, wherever one is asked for; it is tried before anything is saved."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigSubentry
from homeassistant.data_entry_flow import FlowContext, FlowResult

from . import meter_forms
from .balancing.model import NOTHING, PerPhase, Phase
from .const import CONF_KIND, DOMAIN, ENTITIES, SUBENTRY_METER
from .devices import DeviceError, DeviceOfflineError
from .devices.entity import FoundMeter, find_chargers, find_meters, guess_chargers
from .devices.modbus import METERS
from .dialog import Dialog, Explained
from .forms import Answers, Errors
from .meter import async_try_meter
from .meter_forms import CONF_DEVICE, NO_METER, entities_of
from .meter_glance import Glance
from .meter_hints import MeterHints


class MeterSteps[ContextT: FlowContext, ResultT: FlowResult[Any, Any], HandlerT](
    Dialog[ContextT, ResultT, HandlerT]
):
    """Ask for a meter."""

    def __init__(self) -> None:
        """Nothing was looked at yet."""
        super().__init__()
        self._meter_hints = MeterHints()

    _meter: Answers | None = None
    """The settings of the meter, once there is one."""
    _values = ""
    """What it has shown when it was tried, in words."""
    _shown: PerPhase = NOTHING
    """The same, in A."""

    @property
    @abstractmethod
    def _phases(self) -> Sequence[Phase]:
        """The phases that it is to measure."""

    @property
    @abstractmethod
    def _voltage(self) -> float:
        """V between a phase and neutral, nominal."""

    @abstractmethod
    async def _async_metered(self) -> ResultT:
        """Go on: a meter was chosen, or none."""

    def _changed_meter(self) -> str | None:
        """The id of the meter that is changed by this dialog."""
        return None

    def _may_do_without(self) -> bool:
        """Whether it is a choice to have no meter."""
        return True

    def _meter_placeholders(self) -> dict[str, str]:
        """What stands in the text of the question."""
        return {}

    def _meters_found(self) -> list[FoundMeter]:
        known = {found.device for found in find_chargers(self.hass) if not found.preset.is_plug}
        guessed = {found.device for found in guess_chargers(self.hass, {DOMAIN, *known}, ())}
        return find_meters(self.hass, self._phases, {DOMAIN, *known}, guessed)

    async def async_step_meter(self, user_input: Answers | None = None) -> ResultT:
        """Ask which meter it is; one that Home Assistant has is tried at once."""
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        found = self._meters_found()
        shown: Mapping[str, Any] | None = user_input
        if user_input is not None:
            kind = user_input[CONF_KIND]
            if kind == ENTITIES:
                return await self.async_step_meter_entities()
            if kind == NO_METER:
                self._meter = None
                return await self._async_metered()
            if kind in METERS:
                return await self.async_step_modbus(chosen=kind)
            meter = next((meter for meter in found if meter.device == kind), None)
            if meter is None:
                errors = {CONF_KIND: "meter_gone"}
            else:
                settings = meter_forms.entities_settings(meter.entities, meter.device)
                errors, placeholders = await self._async_take(settings)
                if not errors:
                    return await self._async_metered()
        elif self._meter is not None:
            shown = meter_forms.meter_answers(self._meter, found)
        return self._show("meter", self._kinds(found), shown, errors, self._words(placeholders))

    async def async_step_modbus(
        self, user_input: Answers | None = None, *, chosen: str | None = None
    ) -> ResultT:
        """Ask how a Modbus meter is reached, and try it. Who wants another meter after all may choose it here."""
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        shown: Mapping[str, Any] | None = user_input
        if user_input is not None:
            if (kind := user_input[CONF_KIND]) not in METERS:
                return await self.async_step_meter({CONF_KIND: kind})
            errors = meter_forms.modbus_errors(user_input)
            if not errors:
                settings = meter_forms.modbus_settings(user_input)
                errors, placeholders = await self._async_take(settings)
                if not errors:
                    return await self._async_metered()
        else:
            known = self._meter if self._meter and self._meter[CONF_KIND] in METERS else {}
            shown = {**known, CONF_KIND: chosen}
        schema = self._kinds(self._meters_found()).extend(meter_forms.MODBUS)
        return self._show("modbus", schema, shown, errors, self._words(placeholders))

    def _kinds(self, found: Sequence[FoundMeter], default: str | None = None) -> vol.Schema:
        without = self._may_do_without()
        return meter_forms.meter_schema(
            self.hass, found, self._phases, may_do_without=without, default=default
        )

    def _words(self, placeholders: Mapping[str, str]) -> dict[str, str]:
        return {**self._meter_placeholders(), **placeholders}

    async def async_step_meter_entities(self, user_input: Answers | None = None) -> ResultT:
        """Ask which entities the meter is made of, and try them. Who wants another meter may choose it here."""
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        shown: Mapping[str, Any] = user_input or {}
        if user_input is not None:
            if (kind := user_input[CONF_KIND]) != ENTITIES:
                return await self.async_step_meter({CONF_KIND: kind})
            errors, placeholders = meter_forms.entities_errors(user_input)
            if not errors:
                settings = meter_forms.entities_settings(entities_of(user_input))
                errors, placeholders = await self._async_take(settings)
                if not errors:
                    return await self._async_metered()
        elif self._meter is not None and self._meter[CONF_KIND] == ENTITIES:
            shown = self._meter
        kinds = self._kinds(self._meters_found(), ENTITIES)
        schema = kinds.extend(meter_forms.entities_schema(self._phases).schema)
        return self._show("meter_entities", schema, shown, errors, self._words(placeholders))

    async def _async_take(self, settings: Answers) -> Explained:
        """Keep a meter that answers; else say why it cannot be."""
        for site, taken in self._taken():
            if meter_forms.is_same(settings, taken.data):
                return {"base": "meter_taken"}, {"site": site, "meter": taken.title}
        if explained := await self._async_try(settings):
            return explained
        self._meter = settings
        return {}, {}

    async def _async_try(self, settings: Mapping[str, Any]) -> Explained | None:
        """See what a meter shows now; what is wrong with it where it does not."""
        try:
            trial = await async_try_meter(self.hass, settings, self._phases, self._voltage)
        except DeviceOfflineError as error:
            return {"base": "meter_silent"}, {"error": str(error)}
        except DeviceError as error:
            return {"base": "meter_wrong"}, {"error": str(error)}
        self._values, self._shown = trial.words, trial.current
        return None

    def _glance(self) -> Glance:
        """What is known beside what the meter has just shown."""
        return Glance(meter=self._shown)

    async def _async_hints(self) -> str:
        """What seems wrong about what it has just shown, and what would show more."""
        return await self._meter_hints.async_look(
            self.hass,
            self._glance(),
            [] if self._is_total() else self._phases,
            self._switched_off(),
        )

    def _switched_off(self) -> tuple[str, ...]:
        """The entities with which the meter would measure each phase, if they were not disabled."""
        device = None if self._meter is None else self._meter.get(CONF_DEVICE)
        found = (it for it in self._meters_found() if it.device == device) if device else ()
        return next((meter.switched_off for meter in found), ())

    def _taken(self) -> Iterator[tuple[str, ConfigSubentry]]:
        """The meters that sites have already, but for the one that is changed; with the names of the sites."""
        for entry in self.hass.config_entries.async_entries(DOMAIN, include_ignore=False):
            for subentry in entry.get_subentries_of_type(SUBENTRY_METER):
                if subentry.subentry_id != self._changed_meter():
                    yield entry.title, subentry

    def _is_total(self) -> bool:
        """Whether the meter knows only the sum of several phases."""
        meter = self._meter
        if meter is None or meter[CONF_KIND] != ENTITIES or len(self._phases) < 2:
            return False
        return entities_of(meter).is_total

    def _meter_name(self) -> str:
        """What the meter is called until its owner calls it otherwise."""
        assert self._meter is not None
        if (kind := self._meter[CONF_KIND]) != ENTITIES:
            return METERS[kind].name
        device = self._meter.get(CONF_DEVICE)
        return next(
            (found.name for found in self._meters_found() if found.device == device), "Meter"
        )
