"""A charger that has called, or will call: what to name it, and what is stored of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_NAME

from . import charger_forms
from .const import (
    CONF_FALLBACK,
    CONF_IDENTITY,
    CONF_MODEL,
    CONF_SERIAL,
    CONF_VENDOR,
    SUBENTRY_CHARGER,
)
from .devices.ocpp import FIRST, station_of
from .door import Caller, unique_id
from .forms import Answers
from .ocpp_charger_forms import section_settings


def suggested_name(caller: Caller) -> str:
    """A name for a charger that nobody has named yet."""
    _, connector = station_of(caller[CONF_IDENTITY])
    said = [caller[key] for key in (CONF_VENDOR, CONF_MODEL) if caller.get(key)]
    if said and connector != FIRST:
        said.append(str(connector))
    return " ".join(said) or str(caller[CONF_IDENTITY])


def full_name(caller: Caller) -> str:
    """What tells it from another one of the same make."""
    name, identity = suggested_name(caller), caller[CONF_IDENTITY]
    return name if name == identity else f"{name} ({identity})"


def proposed(site: ConfigEntry[Any], caller: Caller) -> Answers:
    """What a charger's dialog shows before anything was said."""
    return {
        CONF_NAME: suggested_name(caller),
        CONF_FALLBACK: charger_forms.proposed_fallback(site),
    }


def charger_data(caller: Caller, answers: Answers, security: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a charger's subentry."""
    said = {key: caller.get(key) for key in (CONF_VENDOR, CONF_MODEL, CONF_SERIAL)}
    return {
        CONF_IDENTITY: caller[CONF_IDENTITY],
        **said,
        **charger_forms.charger_settings(answers),
        **section_settings(answers),
        **security,
    }


def charger_subentry(
    caller: Caller, answers: Answers, security: Mapping[str, Any]
) -> ConfigSubentry:
    """A subentry for a charger that was discovered."""
    return ConfigSubentry(
        data=MappingProxyType(charger_data(caller, answers, security)),
        subentry_type=SUBENTRY_CHARGER,
        title=answers[CONF_NAME].strip(),
        unique_id=unique_id(caller[CONF_IDENTITY]),
    )
