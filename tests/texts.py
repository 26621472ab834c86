"""Watches that everything Fusewise says to its user is written in translations/en.json.

Home Assistant shows a bare key, or nothing at all, where a text is missing, and raises no error.
Keys are often put together while running, so this looks at what a test really made Fusewise show:
the steps of its flows, its repair issues and its entities.
"""

from collections.abc import Collection, Generator, Iterable, Mapping
from contextlib import contextmanager
from functools import cache
import json
from pathlib import Path
import re
from typing import Any

import pytest

from homeassistant.config_entries import ConfigSubentryFlowManager, OptionsFlowManager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import (
    FlowHandler,
    FlowManager,
    FlowResult,
    FlowResultType,
    section,
)
from homeassistant.helpers import entity_registry as er, issue_registry as ir

DOMAIN = "fusewise"
INTEGRATION = Path(__file__).parent.parent / "custom_components" / DOMAIN
KEY = re.compile(r"[a-z0-9_]+")  # any other option is a name that an owner gave
PLACEHOLDER = re.compile(r"{(\w+)}")

type Texts = Mapping[str, Any]
type Result = Mapping[str, Any]  # a FlowResult


@cache
def english() -> Texts:
    """Return what Fusewise says in English."""
    texts: Texts = json.loads((INTEGRATION / "translations" / "en.json").read_text())
    return texts


def lookup(known: Texts, path: str) -> Any:
    """Return what stands at a dotted path; None if nothing does."""
    here: Any = known
    for key in path.split("."):
        here = here.get(key) if isinstance(here, Mapping) else None
    return here


def missing_in_flow(known: Texts, prefix: str, result: Result) -> list[str]:
    """Return the paths of the texts that a step of a flow needs and does not have."""
    step = f"{prefix}.step.{result.get('step_id')}"
    heads = [f"{step}.title", f"{step}.description"]
    needed: list[str] = []
    match result["type"]:
        case FlowResultType.FORM:
            needed = [*_one_of(known, heads), *_fields(step, result)]
            needed += [f"{prefix}.error.{key}" for key in (result.get("errors") or {}).values()]
        case FlowResultType.MENU:
            needed = _one_of(known, heads)
            options = result["menu_options"]
            if not isinstance(options, Mapping):
                needed += [f"{step}.menu_options.{option}" for option in options]
        case FlowResultType.ABORT:
            needed = [f"{prefix}.abort.{result['reason']}"]
    given = result.get("description_placeholders") or {}
    return [*_missing(known, needed), *_unfilled(known, [*heads, *needed], given)]


def missing_in_issue(known: Texts, key: str, given: Collection[str]) -> list[str]:
    """Return the paths of the texts that a repair issue needs and does not have."""
    title, description = f"issues.{key}.title", f"issues.{key}.description"
    needed = [title]
    if lookup(known, f"issues.{key}.fix_flow") is None:
        needed.append(description)
    return [*_missing(known, needed), *_unfilled(known, [title, description], given)]


def missing_in_entity(known: Texts, entry: er.RegistryEntry) -> list[str]:
    """Return the paths of the texts that an entity needs and does not have."""
    if entry.translation_key is None:
        return []
    here = f"entity.{entry.domain}.{entry.translation_key}"
    options = filter(KEY.fullmatch, (entry.capabilities or {}).get("options", ()))
    return _missing(known, [f"{here}.name", *(f"{here}.state.{option}" for option in options)])


@contextmanager
def watched(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, domain: str, known: Texts
) -> Generator[None]:
    """Fail at the end if an integration showed something in `hass` that has no text."""
    missing: set[str] = set()
    handle_step = FlowManager._async_handle_step
    get_or_create = ir.IssueRegistry.async_get_or_create

    async def watched_step(
        manager: Any, flow: FlowHandler[Any, Any, Any], step_id: str, user_input: Any
    ) -> FlowResult[Any, Any]:
        result: FlowResult[Any, Any] = await handle_step(manager, flow, step_id, user_input)
        if (prefix := _prefix(hass, domain, manager, flow)) is not None:
            missing.update(missing_in_flow(known, prefix, result))
        return result

    def watched_issue(
        registry: ir.IssueRegistry, of: str, issue_id: str, **details: Any
    ) -> ir.IssueEntry:
        if of == domain:
            given = details.get("translation_placeholders") or {}
            missing.update(missing_in_issue(known, details["translation_key"], given))
        return get_or_create(registry, of, issue_id, **details)

    monkeypatch.setattr(FlowManager, "_async_handle_step", watched_step)
    monkeypatch.setattr(ir.IssueRegistry, "async_get_or_create", watched_issue)
    yield
    for entry in er.async_get(hass).entities.values():
        if entry.platform == domain:
            missing.update(missing_in_entity(known, entry))
    assert not missing, "translations/en.json lacks " + ", ".join(sorted(missing))


def _prefix(
    hass: HomeAssistant, domain: str, manager: Any, flow: FlowHandler[Any, Any, Any]
) -> str | None:
    """Return where a flow's texts stand; None if it is another integration's."""
    if isinstance(manager, ConfigSubentryFlowManager):
        entry_id, kind = flow.handler
        prefix = f"config_subentries.{kind}"
    elif isinstance(manager, OptionsFlowManager):
        entry_id, prefix = flow.handler, "options"
    else:
        return "config" if flow.handler == domain else None
    entry = hass.config_entries.async_get_entry(entry_id)
    return prefix if entry is not None and entry.domain == domain else None


def _fields(path: str, result: Result) -> list[str]:
    schema = result.get("data_schema")
    needed = []
    for key, kind in (schema.schema if schema is not None else {}).items():
        if isinstance(kind, section):
            needed.append(f"{path}.sections.{key}.name")
            needed += [f"{path}.sections.{key}.data.{field}" for field in kind.schema.schema]
        else:
            needed.append(f"{path}.data.{key}")
    return needed


def _one_of(known: Texts, paths: list[str]) -> list[str]:
    return [] if any(lookup(known, path) for path in paths) else paths[:1]


def _missing(known: Texts, paths: Iterable[str]) -> list[str]:
    return [path for path in paths if not isinstance(lookup(known, path), str)]


def _unfilled(known: Texts, paths: Iterable[str], given: Collection[str]) -> list[str]:
    """Return the placeholders in the texts that nobody fills in."""
    return [
        f"a value for {{{name}}} in {path}"
        for path in dict.fromkeys(paths)
        for name in PLACEHOLDER.findall(lookup(known, path) or "")
        if name not in given
    ]
