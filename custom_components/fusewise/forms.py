"""What the set-up dialogs have in common: number fields, and how they say that an answer cannot be.

Each dialog has a schema, what it shows when something is known already, and what it makes of the answers.
"""

from collections.abc import Mapping
import math
import re
from typing import Any, Self, override

import voluptuous as vol

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.loader import IntegrationNotLoaded, async_get_loaded_integration

from .devices.entity import UNITS

type Answers = dict[str, Any]
type Errors = dict[str, str]

OF_PHASE = re.compile("_l[123]$")  # a field for one phase is explained like that for all

MEASURE = [Platform.SENSOR, Platform.NUMBER, "input_number"]
FLOOR = 6.0  # A: no car charges with less (IEC 61851-1)
LARGEST_CHARGER = 500.0  # A


class Refused(float):
    """NaN in the place of an answer that cannot be; what was typed is kept, to be shown again."""

    typed: Any

    def __new__(cls, typed: Any) -> Self:
        """Remember what was typed."""
        self = super().__new__(cls, math.nan)
        self.typed = typed
        return self


class Number(NumberSelector):
    """A number field whose errors are ours: what is no number within its bounds arrives as `Refused`.

    Home Assistant would answer 'expected float' or 'Value -5.0 is too small', in English only; the
    dialog can say what a sensible answer would be, in the user's language.
    """

    @override
    def __call__(self, data: Any) -> float:
        try:
            value = super().__call__(data)
        except vol.Invalid:
            return Refused(data)
        whole = self.config["step"] == 1
        return (
            value if math.isfinite(value) and (not whole or value.is_integer()) else Refused(data)
        )


def number(
    least: float, most: float, unit: str | None = None, *, step: float | None = None
) -> Number:
    """A field for a number within bounds."""
    config = NumberSelectorConfig(
        min=least, max=most, step=step or "any", mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return Number(config)


def errors_of(answers: Mapping[str, Any]) -> Errors:
    """Every field that was left blank or did not get a number that it can take.

    Home Assistant shows no error beside a field in a section, so a section has the error of its first one.
    """
    errors: Errors = {}
    for field, value in answers.items():
        if isinstance(value, Mapping):
            if inner := errors_of(value):
                errors[field] = next(iter(inner.values()))
        elif isinstance(value, Refused) or (isinstance(value, str) and not value.strip()):
            errors[field] = f"{OF_PHASE.sub('', field)}_invalid"
    return errors


def as_typed(answers: Mapping[str, Any]) -> Answers:
    """The answers as a dialog shows them again."""
    return {
        field: as_typed(value)
        if isinstance(value, Mapping)
        else value.typed
        if isinstance(value, Refused)
        else value
        for field, value in answers.items()
    }


def integration_name(hass: HomeAssistant, domain: str) -> str:
    """What Home Assistant calls an integration: 'HomeWizard' rather than 'homewizard'."""
    try:
        return async_get_loaded_integration(hass, domain).name
    except IntegrationNotLoaded:
        return domain


def labelled(hass: HomeAssistant, name: str, domain: str) -> str:
    """A device as a list names it: with its integration, unless it is called so itself."""
    integration = integration_name(hass, domain)
    return name if integration.casefold() in name.casefold() else f"{name} ({integration})"


# --- circuits --------------------------------------------------------------------------------------

type Circuits = Mapping[str, str]
"""Names by id; the main fuse comes first."""


def circuit_field(
    field: str, circuits: Circuits, *, always: bool = False
) -> dict[vol.Marker, SelectSelector]:
    """The question for a circuit, where there is more than the main fuse."""
    if len(circuits) < 2 and not always:
        return {}
    options = [SelectOptionDict(value=key, label=name) for key, name in circuits.items()]
    selector = SelectSelector(
        SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
    )
    return {vol.Required(field, default=next(iter(circuits))): selector}


def measuring(*kinds: SensorDeviceClass, multiple: bool = False) -> EntitySelector:
    """A choice among what measures these kinds; some tell theirs only by their unit, as helpers do."""
    units = sorted({unit for kind in kinds for unit in UNITS[kind] if unit is not None})
    return EntitySelector(
        EntitySelectorConfig(
            domain=MEASURE,
            filter=[
                {"domain": Platform.SENSOR, "device_class": [*kinds]},
                {"domain": MEASURE, "unit_of_measurement": units},
            ],
            multiple=multiple,
        )
    )
