"""The dialogs that add a sub-panel to a site, and change one."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME

from . import circuit_forms, limit_forms, meter_forms
from .balancing.model import Phase
from .circuits import behind, circuit_names, fed_by, wired_to
from .const import (
    CONF_CIRCUIT,
    CONF_OTHER_LOADS,
    CONF_PARENT,
    CONF_RATING,
    CONF_VOLTAGE,
    MAIN_CIRCUIT,
    SUBENTRY_CIRCUIT,
    SUBENTRY_METER,
)
from .dialog import Explained
from .forms import Answers, Circuits, Errors, errors_of
from .meter_steps import MeterSteps
from .site import meters_of, phases_of, rating_of


class CircuitSubentryFlow(
    MeterSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]], ConfigSubentryFlow
):
    """Add a sub-panel to a site, or change one."""

    def __init__(self) -> None:
        """Know nothing yet."""
        super().__init__()
        self._name = ""
        self._data: Answers = {}

    async def async_step_user(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask what feeds it and what it carries; then for its meter."""
        errors: Errors = {}
        placeholders: dict[str, str] = {}
        shown = user_input
        if user_input is not None:
            errors, placeholders = self._errors(user_input)
            if not errors:
                self._name = user_input[CONF_NAME].strip()
                self._data |= self._settings(user_input)
                return await self._async_next()
        elif self._data:
            shown = self._answers()
        schema = circuit_forms.panel_schema(self._feeders(), shown or {})
        return self._show("user", schema, shown, errors, placeholders)

    async def async_step_reconfigure(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Change one. Its meter has a dialog of its own."""
        subentry = self._get_reconfigure_subentry()
        self._name, self._data = subentry.title, dict(subentry.data)
        return await self.async_step_user()

    async def _async_next(self) -> SubentryFlowResult:
        if self.source != SOURCE_RECONFIGURE:
            return await self.async_step_meter()
        if self._get_reconfigure_subentry().subentry_id in meters_of(self._get_entry()):
            return await self._async_save()
        return await self.async_step_others()

    @override
    async def _async_metered(self) -> SubentryFlowResult:
        return (
            await self.async_step_others()
            if self._meter is None
            else await self.async_step_confirm()
        )

    async def async_step_others(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Ask what else hangs on it, because no meter tells."""
        errors: Errors = {}
        if user_input is not None:
            errors = errors_of(user_input)
            if not errors and 0 < len(user_input) < len(self._phases):
                errors = {"base": "other_loads_missing"}
            if not errors:
                self._data[CONF_OTHER_LOADS] = circuit_forms.others_settings(user_input)
                return await self._async_save()
        return self._show(
            "others",
            circuit_forms.others_schema(self._phases),
            user_input or circuit_forms.others_answers(self._data),
            errors,
            {"name": self._name, "feeder": self._feeders()[self._data[CONF_PARENT]]},
        )

    async def async_step_confirm(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Show what was said, and what its meter reads now."""
        return self.async_show_menu(
            step_id="confirm",
            menu_options=["save", "user", "meter"],
            description_placeholders={
                "name": self._name,
                "rating": circuit_forms.in_words(self._data[CONF_RATING]),
                "feeder": self._feeders()[self._data[CONF_PARENT]],
                "meter": self._meter_name(),
                "values": self._values,
                "hints": await self._async_hints(),
            },
        )

    async def async_step_save(self, user_input: Answers | None = None) -> SubentryFlowResult:
        """Save what was confirmed."""
        return await self._async_save()

    async def _async_save(self) -> SubentryFlowResult:
        entry = self._get_entry()
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                entry, self._get_reconfigure_subentry(), title=self._name, data=self._data
            )
        if self._meter is None:
            return self.async_create_entry(title=self._name, data=self._data)
        # The meter has to know what it measures, so we make both, and the id.
        circuit = ConfigSubentry(
            data=MappingProxyType(self._data),
            subentry_type=SUBENTRY_CIRCUIT,
            title=self._name,
            unique_id=None,
        )
        meter = ConfigSubentry(
            data=MappingProxyType({CONF_CIRCUIT: circuit.subentry_id, **self._meter}),
            subentry_type=SUBENTRY_METER,
            title=self._meter_name(),
            unique_id=meter_forms.meter_unique_id(self._meter),
        )
        for subentry in (circuit, meter):
            self.hass.config_entries.async_add_subentry(entry, subentry)
        return self.async_abort(
            reason="circuit_added",
            description_placeholders={"name": circuit.title, "meter": meter.title},
        )

    # --- what is typed -----------------------------------------------------------------------------

    def _settings(self, answers: Answers) -> Answers:
        feeder = answers.get(CONF_PARENT, MAIN_CIRCUIT)
        return {
            CONF_PARENT: feeder,
            CONF_RATING: circuit_forms.ratings_of(answers, self._existing(feeder)),
            **limit_forms.limits_settings(answers),
        }

    def _answers(self) -> Answers:
        return {
            CONF_NAME: self._name,
            CONF_PARENT: self._data[CONF_PARENT],
            **circuit_forms.rating_answers(
                self._data[CONF_RATING], self._existing(self._data[CONF_PARENT])
            ),
            **limit_forms.limits_answers(self._data),
        }

    def _errors(self, answers: Answers) -> Explained:
        """What cannot be right about a sub-panel."""
        if errors := errors_of(answers):
            return errors, {}
        feeder = answers.get(CONF_PARENT, MAIN_CIRCUIT)
        if feeder not in self._feeders():
            return {CONF_PARENT: "feeder_gone"}, {}
        if errors := circuit_forms.rating_errors(answers, self._existing(feeder)):
            return errors, {}
        rating = circuit_forms.ratings_of(answers, self._existing(feeder))
        if errors := limit_forms.limits_errors(answers, rating):
            return errors, {}
        unread = limit_forms.thermometer_errors(self.hass, answers, self._data)
        if unread[0]:
            return unread
        return self._beside_others(feeder, rating)

    def _beside_others(self, feeder: str, rating: Sequence[float]) -> Explained:
        """What does not go together with what is above it and behind it."""
        entry = self._get_entry()
        above = rating_of(entry, feeder)
        for phase in Phase:
            if rating[phase] > above[phase]:
                field = circuit_forms.PHASES if len(set(filter(None, rating))) > 1 else CONF_RATING
                figures = {"feeder": self._feeders()[feeder], "rating": f"{above[phase]:g}"}
                return {field: "rating_above_feeder"}, figures
        if self.source == SOURCE_RECONFIGURE:
            panel = self._get_reconfigure_subentry().subentry_id
            for phase, title in wired_to(entry, panel):
                if not rating[phase]:
                    return {circuit_forms.PHASES: "phase_in_use"}, {
                        "charger": title,
                        "phase": phase.name,
                    }
            for title, below in fed_by(entry, panel):
                if any(amperes > own for amperes, own in zip(below, rating, strict=True)):
                    return {CONF_RATING: "rating_below_panel"}, {
                        "panel": title,
                        "rating": circuit_forms.in_words(below),
                    }
        return {}, {}

    def _feeders(self) -> Circuits:
        """What can feed it: neither itself nor what it feeds."""
        entry = self._get_entry()
        without = (
            behind(entry, self._get_reconfigure_subentry().subentry_id)
            if self.source == SOURCE_RECONFIGURE
            else ()
        )
        return {key: name for key, name in circuit_names(entry).items() if key not in without}

    def _existing(self, circuit: str) -> Sequence[Phase]:
        return phases_of(rating_of(self._get_entry(), circuit))

    @property
    @override
    def _phases(self) -> Sequence[Phase]:
        l1, l2, l3 = self._data[CONF_RATING]
        return phases_of((l1, l2, l3))

    @property
    @override
    def _voltage(self) -> float:
        return float(self._get_entry().data[CONF_VOLTAGE])

    @override
    def _meter_placeholders(self) -> dict[str, str]:
        return {"circuit": self._name}
