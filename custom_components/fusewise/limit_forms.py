"""What the dialogs ask about the limits that a circuit may have besides its rating."""

from collections.abc import Mapping, Sequence
from typing import Any

import voluptuous as vol

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from .const import (
    CONF_BREAKER_TIME_CONSTANT,
    CONF_BUSBAR,
    CONF_DEMAND_MINUTES,
    CONF_DERATES_FROM,
    CONF_DERATES_TO,
    CONF_LIMIT_WATTS,
    CONF_PEAK_TARGET,
    CONF_TEMPERATURE,
    CONF_TRANSFORMER,
    CONF_UNBALANCE,
)
from .controller import steady_clock
from .devices.entity import EntityThermometer
from .dialog import Explained
from .forms import FLOOR, Answers, Errors, measuring, number
from .site import DERATES

LARGEST_RATING = 1000.0  # A: above it somebody has typed mA or W
LARGEST_POWER = 2_000_000.0  # W

LIMITS = "limits"
ADVANCED = "advanced"

NO_WINDOW = "none"
WINDOWS = (NO_WINDOW, "15", "30", "60")

LIMIT_KEYS = (CONF_LIMIT_WATTS, CONF_UNBALANCE, CONF_PEAK_TARGET)
WARMTH_KEYS = (CONF_TEMPERATURE, CONF_DERATES_FROM, CONF_DERATES_TO)
ADVANCED_KEYS = (CONF_BUSBAR, CONF_BREAKER_TIME_CONSTANT, *WARMTH_KEYS)
COOLEST, HOTTEST = 10.0, 150.0  # °C between which anything in a panel derates


def folded(
    fields: Mapping[vol.Marker, Any], shown: Mapping[str, Any] | None = None, name: str = ""
) -> section:
    """A section that is folded away while nothing is set in it."""
    return section(vol.Schema(dict(fields)), {"collapsed": not (shown or {}).get(name)})


def limits_fields(shown: Mapping[str, Any]) -> dict[vol.Marker, Any]:
    """The sections with the limits that a circuit may have besides its rating."""
    watts = number(0, LARGEST_POWER, "W")
    limits = {
        vol.Optional(CONF_LIMIT_WATTS): watts,
        vol.Optional(CONF_UNBALANCE): number(0, LARGEST_RATING, "A"),
        vol.Required(CONF_DEMAND_MINUTES, default=NO_WINDOW): SelectSelector(
            SelectSelectorConfig(
                options=list(WINDOWS),
                translation_key="demand_minutes",
                mode=SelectSelectorMode.DROPDOWN,
            )
        ),
        vol.Optional(CONF_PEAK_TARGET): watts,
    }
    advanced = {
        vol.Optional(CONF_BUSBAR): number(FLOOR, LARGEST_RATING, "A"),
        vol.Optional(CONF_BREAKER_TIME_CONSTANT): number(60, 36_000, "s"),
        vol.Required(CONF_TRANSFORMER, default=False): BooleanSelector(),
        vol.Optional(CONF_TEMPERATURE): measuring(SensorDeviceClass.TEMPERATURE),
        vol.Optional(CONF_DERATES_FROM): number(COOLEST, HOTTEST, "°C"),
        vol.Optional(CONF_DERATES_TO): number(COOLEST, HOTTEST, "°C"),
    }
    return {
        vol.Required(LIMITS): folded(limits, _set(shown, LIMITS), LIMITS),
        vol.Required(ADVANCED): folded(advanced, _set(shown, ADVANCED), ADVANCED),
    }


def _set(shown: Mapping[str, Any], name: str) -> Answers:
    """The section without what means nothing."""
    unset = (None, False, NO_WINDOW)
    return {name: {key: value for key, value in shown.get(name, {}).items() if value not in unset}}


def limits_errors(answers: Answers, rating: Sequence[float]) -> Errors:
    """What cannot be right about limits beside this rating."""
    limits, advanced = answers[LIMITS], answers[ADVANCED]
    has_window = limits[CONF_DEMAND_MINUTES] != NO_WINDOW
    if has_window and CONF_PEAK_TARGET not in limits:
        return {LIMITS: "peak_target_missing"}
    if CONF_PEAK_TARGET in limits and not has_window:
        return {LIMITS: "demand_minutes_missing"}
    if advanced.get(CONF_BUSBAR, LARGEST_RATING) < max(rating):
        return {ADVANCED: "busbar_below_rating"}
    return _warmth_errors(advanced)


def _warmth_errors(advanced: Mapping[str, Any]) -> Errors:
    begins = advanced.get(CONF_DERATES_FROM, DERATES.starts_at)
    if advanced.get(CONF_DERATES_TO, DERATES.stops_at) <= begins:
        return {ADVANCED: "derates_to_below_from"}
    if CONF_TEMPERATURE not in advanced and advanced.keys() & set(WARMTH_KEYS):
        return {ADVANCED: "temperature_missing"}
    return {}


def thermometer_errors(
    hass: HomeAssistant, answers: Answers, known: Mapping[str, Any]
) -> Explained:
    """What is wrong with a thermometer that is not known yet."""
    entity = answers[ADVANCED].get(CONF_TEMPERATURE)
    if entity is None or entity == known.get(CONF_TEMPERATURE):
        return {}, {}
    if EntityThermometer(hass, entity, steady_clock).reading is not None:
        return {}, {}
    state = hass.states.get(entity)
    unit = "" if state is None else state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, "")
    said = "–" if state is None else f"{state.state} {unit}".strip()
    return {ADVANCED: "temperature_unreadable"}, {"entity": entity, "said": said}


def limits_settings(answers: Answers) -> Answers:
    """What is stored of the answers about limits; None for what was left blank."""
    limits, advanced = answers[LIMITS], answers[ADVANCED]
    minutes = limits[CONF_DEMAND_MINUTES]
    return {
        **{key: limits.get(key) for key in LIMIT_KEYS},
        **{key: advanced.get(key) for key in ADVANCED_KEYS},
        CONF_DEMAND_MINUTES: None if minutes == NO_WINDOW else int(minutes),
        CONF_TRANSFORMER: advanced[CONF_TRANSFORMER],
    }


def limits_answers(settings: Mapping[str, Any]) -> Answers:
    """What a dialog shows of the limits that are stored."""

    def stored(keys: Sequence[str]) -> Answers:
        return {key: settings[key] for key in keys if settings.get(key) is not None}

    window = settings.get(CONF_DEMAND_MINUTES)
    return {
        LIMITS: {
            **stored(LIMIT_KEYS),
            CONF_DEMAND_MINUTES: NO_WINDOW if window is None else str(window),
        },
        ADVANCED: {
            **stored(ADVANCED_KEYS),
            CONF_TRANSFORMER: settings.get(CONF_TRANSFORMER, False),
        },
    }
