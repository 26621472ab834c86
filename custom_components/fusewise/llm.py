"""Tools for conversation agents: when is the car ready, why so slow, have it ready by seven, boost it."""

from abc import abstractmethod
from collections import Counter
from datetime import time, timedelta
from itertools import count
from typing import Any, override

import voluptuous as vol

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
from homeassistant.util import dt as dt_util

from .boosting import boost
from .const import DOMAIN
from .explaining import async_get_explainer, explained
from .number import MOST_ENERGY
from .target import want_energy, want_percent
from .targets import OneCharger, loaded_sites, refusal, view_of

PROMPT = (
    "Cars charge at the chargers of Fusewise, which share the home's fuse. Use its tools to say when a car is"
    " ready or why it charges slowly, to have it ready by a time, to charge it up to a target, and to boost it."
)


TARGETS = {
    vol.Exclusive("percent", "target"): vol.All(vol.Coerce(float), vol.Range(min=0, max=100)),
    vol.Exclusive("kilowatt_hours", "target"): vol.All(
        vol.Coerce(float), vol.Range(min=0, max=MOST_ENERGY)
    ),
}


class ChargerTool(Tool):
    """A tool that is about one charger, by its name."""

    integration = DOMAIN

    def __init__(self, chargers: dict[str, OneCharger], fields: dict[Any, Any]) -> None:
        """`chargers` are those that the assistant may know of."""
        self._chargers = chargers
        self.parameters = vol.Schema({vol.Required("charger"): vol.In(sorted(chargers)), **fields})

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        asked = self.parameters(tool_input.tool_args)
        coordinator, charger = self._chargers[asked["charger"]]
        try:
            self.act((coordinator, charger), asked)
            explainer = await async_get_explainer(hass, llm_context.language)
            told = explained(coordinator, view_of(coordinator, charger), explainer)
        except HomeAssistantError as error:
            return ToolResult(data={"error": str(error)}, error=True)
        return ToolResult(data=told)

    @abstractmethod
    def act(self, one: OneCharger, asked: dict[str, Any]) -> None:
        """Do what was asked; what then is so is told."""


class ExplainTool(ChargerTool):
    """Tells when a car is ready, and why it gets what it gets."""

    name = f"{DOMAIN}__explain_charging"
    title = "Explain charging"
    description = "Tells what a car charger gives its car now and why, when the car will be ready, and when it leaves."
    annotations = ToolAnnotations(
        read_only=True, destructive=False, idempotent=True, open_world=False
    )

    @override
    def act(self, one: OneCharger, asked: dict[str, Any]) -> None:
        """Change nothing."""


class DepartureTool(ChargerTool):
    """Has a car ready by a time."""

    name = f"{DOMAIN}__set_departure"
    title = "Set departure"
    description = (
        "Says when the car at a charger leaves next, so that it is ready by then: a local time such as 07:00,"
        " today or, if that is over, tomorrow."
    )
    annotations = ToolAnnotations(destructive=False, idempotent=True, open_world=False)

    @override
    def act(self, one: OneCharger, asked: dict[str, Any]) -> None:
        coordinator, charger = one
        coordinator.wishes.change(charger, once=_next(asked["time"]))
        coordinator.show_again()


class BoostTool(ChargerTool):
    """Charges a car before the others, or no longer."""

    name = f"{DOMAIN}__boost"
    title = "Boost charging"
    description = "Charges the car at a charger before the others until it leaves, or ends that."
    annotations = ToolAnnotations(destructive=False, idempotent=True, open_world=False)

    @override
    def act(self, one: OneCharger, asked: dict[str, Any]) -> None:
        coordinator, charger = one
        if asked["on"]:
            boost(coordinator, charger)
        else:
            coordinator.wishes.change(charger, boost=None)
            coordinator.show_again()


class TargetTool(ChargerTool):
    """Says how much a car is to charge."""

    name = f"{DOMAIN}__set_target"
    title = "Set charging target"
    description = (
        "Says up to which percentage of its battery the cars at a charger charge, or how many kWh; 0 is as much as"
        " they take. Give one of the two."
    )
    annotations = ToolAnnotations(destructive=False, idempotent=True, open_world=False)

    @override
    def act(self, one: OneCharger, asked: dict[str, Any]) -> None:
        coordinator, charger = one
        if "percent" in asked:
            want_percent(coordinator, charger, asked["percent"] or None)
        elif "kilowatt_hours" in asked:
            want_energy(coordinator, charger, asked["kilowatt_hours"] or None)
        else:
            raise refusal("target_missing")


@callback
def async_get_tools(hass: HomeAssistant, llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Return the tools, for the chargers whose boost the assistant may turn on."""
    if api_id != LLM_API_ASSIST or not llm_context.assistant:
        return None
    chargers = _exposed(hass, llm_context.assistant)
    if not chargers:
        return None
    tools: list[Tool] = [
        ExplainTool(chargers, {}),
        DepartureTool(chargers, {vol.Required("time"): cv.time}),
        TargetTool(chargers, TARGETS),
        BoostTool(chargers, {vol.Optional("on", default=True): cv.boolean}),
    ]
    return LLMTools(tools=tools, prompt=PROMPT)


def _exposed(hass: HomeAssistant, assistant: str) -> dict[str, OneCharger]:
    """The chargers by what they are called; those that are called the same, with what tells them apart."""
    registry = er.async_get(hass)
    found: list[tuple[str, str, OneCharger]] = []
    for entry in loaded_sites(hass):
        for charger in entry.runtime_data.controller.site.chargers:
            boost = registry.async_get_entity_id("switch", DOMAIN, f"{charger.id}_boost")
            if boost is not None and async_should_expose(hass, assistant, boost):
                name = entry.subentries[charger.id].title
                found.append((name, entry.title, (entry.runtime_data, charger.id)))
    how_often = Counter(name for name, _, _ in found)
    named: dict[str, OneCharger] = {}
    for name, site, one in found:
        called = full = name if how_often[name] == 1 else f"{name} ({site})"
        number = count(2)
        while called in named:
            called = f"{full} {next(number)}"
        named[called] = one
    return named


def _next(clock: time) -> float:
    now = dt_util.now()
    moment = now.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return (moment if moment > now else moment + timedelta(days=1)).timestamp()
