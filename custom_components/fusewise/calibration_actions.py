"""The action that calibrates a meter by what an installer's clamp meter shows."""

from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)

from .balancing.meters import silent_after
from .balancing.model import Phase
from .const import CONF_CALIBRATION, DOMAIN
from .controller import steady_clock
from .coordinator import FusewiseConfigEntry
from .devices.calibration import CalibrationError
from .meter import calibration_of, stored_calibration
from .targets import DEVICES, refusal, the_only

CALIBRATE_METER: Final = "calibrate_meter"
ATTR_PHASE: Final = "phase"
ATTR_CLAMP: Final = "clamp"

SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): DEVICES,
        vol.Required(ATTR_PHASE): vol.In([phase.name for phase in Phase]),
        vol.Required(ATTR_CLAMP): vol.All(vol.Coerce(float), vol.Range(min=-10_000, max=10_000)),
    }
)


@callback
def async_register_calibration_actions(hass: HomeAssistant) -> None:
    """Register it."""

    async def calibrate(call: ServiceCall) -> ServiceResponse:
        return _calibrate(hass, call.data)

    hass.services.async_register(
        DOMAIN,
        CALIBRATE_METER,
        calibrate,
        schema=SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


def _calibrate(hass: HomeAssistant, asked: dict[str, Any]) -> dict[str, Any]:
    entry, subentry = _meter(hass, asked[ATTR_DEVICE_ID])
    phase, clamp = Phase[asked[ATTR_PHASE]], asked[ATTR_CLAMP]
    meter = entry.runtime_data.meters[subentry.subentry_id]
    reading = meter.uncalibrated
    if reading is None or steady_clock() - reading.measured_at > silent_after(reading):
        raise refusal("calibration_silent", name=subentry.title)
    before, shown = calibration_of(subentry.data), reading.current[phase]
    try:
        after = before.fitted(phase, shown, clamp)
    except CalibrationError as error:
        figures = {"shown": f"{before.corrected(phase, shown):.1f}", "clamp": f"{clamp:.1f}"}
        raise refusal(error.why, name=subentry.title, **figures) from error
    # The site's update listener takes it over in place.
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, CONF_CALIBRATION: stored_calibration(after)}
    )
    return {
        "meter": subentry.title,
        "phase": phase.name,
        "before": {
            "gain": round(before.gain[phase], 4),
            "offset": before.offset[phase],
            "current": round(before.corrected(phase, shown), 2),
        },
        "after": {
            "gain": round(after.gain[phase], 4),
            "offset": after.offset[phase],
            "current": round(after.corrected(phase, shown), 2),
        },
    }


def _meter(
    hass: HomeAssistant, device_ids: list[str]
) -> tuple[FusewiseConfigEntry, ConfigSubentry]:
    """The meter that a device stands for."""
    one = the_only(hass, device_ids)
    if one.owner not in one.entry.runtime_data.meters:
        raise one.refused("not_a_meter")
    return one.entry, one.entry.subentries[one.owner]
