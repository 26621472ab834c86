"""The dialogs that add a meter to a site, and change one."""

from collections.abc import Sequence
from typing import override

import voluptuous as vol

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import TextSelector

from . import meter_forms
from .balancing.model import Phase
from .circuits import circuit_names
from .const import CONF_CALIBRATION, CONF_CIRCUIT, CONF_VOLTAGE, MAIN_CIRCUIT
from .forms import Answers, Errors, circuit_field, errors_of
from .meter import calibration_of, stored_calibration
from .meter_glance import Glance
from .meter_steps import MeterSteps
from .site import meters_of, phases_of, rating_of


class MeterSubentryFlow(
    MeterSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]], ConfigSubentryFlow
):
    """Add a meter to a site, or change one."""

    def __init__(self) -> None:
        """Measure the main fuse until something else is said."""
        super().__init__()
        self._circuit = MAIN_CIRCUIT
        self._name: str | None = None

    async def async_step_user(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask what it measures, where that is not clear; then which one it is."""
        free = self._unmeasured()
        if not free:
            return self.async_abort(reason="all_measured")
        self._circuit = next(iter(free))
        return await self.async_step_place() if len(free) > 1 else await self.async_step_meter()

    async def async_step_place(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask which circuit it measures."""
        free = self._unmeasured()
        if user_input is not None and user_input[CONF_CIRCUIT] in free:
            self._circuit = user_input[CONF_CIRCUIT]
            return await self.async_step_meter()
        return self._show(
            "place",
            vol.Schema(circuit_field(CONF_CIRCUIT, free, always=True)),
            {CONF_CIRCUIT: self._circuit} if self._circuit in free else {},
            {},
        )

    async def async_step_reconfigure(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Begin with what is known, and what it shows now."""
        subentry = self._get_reconfigure_subentry()
        settings = dict(subentry.data)
        self._circuit = settings.pop(CONF_CIRCUIT)
        self._name, self._meter = subentry.title, settings
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Show what it reads now."""
        assert self._meter is not None
        names = circuit_names(self._get_entry())
        placeholders = {
            "name": self._name or self._meter_name(),
            "circuit": names.get(self._circuit, "–"),
        }
        others = self._unmeasured().keys() - {self._circuit}
        menu = ["save", "name", *(["place"] if others else []), "calibration", "meter"]
        if (wrong := await self._async_try(self._meter)) is not None:
            placeholders["error"] = wrong[1]["error"]
            return self.async_show_menu(
                step_id="confirm_silent",
                menu_options=["confirm", *menu],
                description_placeholders=placeholders,
            )
        return self.async_show_menu(
            step_id="confirm_total" if self._is_total() else "confirm",
            menu_options=["save", "confirm", *menu[1:]],
            description_placeholders={
                **placeholders,
                "values": self._values,
                "hints": await self._async_hints(),
            },
        )

    # Menus of their own, because a step has one text.
    async_step_confirm_total = async_step_confirm
    async_step_confirm_silent = async_step_confirm

    async def async_step_name(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask what it is called."""
        errors: Errors = {}
        if user_input is not None:
            errors = errors_of(user_input)
            if not errors:
                self._name = user_input[CONF_NAME].strip()
                return await self.async_step_confirm()
        schema = vol.Schema({vol.Required(CONF_NAME): TextSelector()})
        shown = user_input or {CONF_NAME: self._name or self._meter_name()}
        return self._show("name", schema, shown, errors)

    async def async_step_calibration(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask how what it shows is to be corrected."""
        assert self._meter is not None
        errors: Errors = {}
        calibration = calibration_of(self._meter)
        if user_input is not None:
            errors = errors_of(user_input)
            if not errors:
                after = meter_forms.calibration_answered(user_input, calibration)
                self._meter = {**self._meter, CONF_CALIBRATION: stored_calibration(after)}
                return await self.async_step_confirm()
        schema = meter_forms.calibration_schema(self._phases)
        shown = user_input or meter_forms.calibration_answers(calibration)
        return self._show("calibration", schema, shown, errors)

    async def async_step_save(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Save what was confirmed."""
        assert self._meter is not None
        data = {CONF_CIRCUIT: self._circuit, **self._meter}
        title = self._name or self._meter_name()
        unique_id = meter_forms.meter_unique_id(self._meter)
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=title,
                data=data,
                unique_id=unique_id,
            )
        return self.async_create_entry(title=title, data=data, unique_id=unique_id)

    @property
    @override
    def _phases(self) -> Sequence[Phase]:
        return phases_of(rating_of(self._get_entry(), self._circuit))

    @property
    @override
    def _voltage(self) -> float:
        return float(self._get_entry().data[CONF_VOLTAGE])

    @override
    def _glance(self) -> Glance:
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED or self._circuit not in circuit_names(entry):
            return super()._glance()
        glance: Glance = entry.runtime_data.beside_meters.glance(self._circuit, self._shown)
        return glance

    @override
    async def _async_metered(self) -> SubentryFlowResult:
        return await self.async_step_confirm()

    @override
    def _may_do_without(self) -> bool:
        return False

    @override
    def _changed_meter(self) -> str | None:
        return self._reconfigure_subentry_id if self.source == SOURCE_RECONFIGURE else None

    @override
    def _meter_placeholders(self) -> dict[str, str]:
        return {"circuit": circuit_names(self._get_entry()).get(self._circuit, "–")}

    def _unmeasured(self) -> dict[str, str]:
        """The circuits that have no meter, and the one that this meter measures."""
        entry = self._get_entry()
        measured = meters_of(entry)
        return {
            circuit: name
            for circuit, name in circuit_names(entry).items()
            if measured.get(circuit) in (None, self._changed_meter())
        }
