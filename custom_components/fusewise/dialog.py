"""What all of our dialogs have in common: how a form is shown again with what was typed, and warnings."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult

from .forms import Answers, Errors, as_typed

type Explained = tuple[Errors, dict[str, str]]
"""Errors by field, and the placeholders in their texts."""


class Dialog[ContextT: FlowContext, ResultT: FlowResult[Any, Any], HandlerT](
    FlowHandler[ContextT, ResultT, HandlerT]
):
    """A dialog of Fusewise."""

    _warned: Answers | None = None
    """The answers that were warned of last."""

    def _show(
        self,
        step: str,
        schema: vol.Schema,
        shown: Mapping[str, Any] | None,
        errors: Errors,
        placeholders: Mapping[str, str] | None = None,
    ) -> ResultT:
        """Show a form, with what is known or was typed already."""
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, as_typed(shown or {})),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _once(self, answers: Answers, warning: Explained) -> Explained:
        """A warning about these answers, the first time: who sends them again wants them so."""
        if not warning[0] or answers == self._warned:
            return {}, {}
        self._warned = answers
        return warning
