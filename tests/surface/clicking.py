"""The dialogs that set a site up, answered as far as a test needs."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section

FUSE = {"name": "Home", "supply": "three_phase", "rating": 25, "phases": {}, "house": {}}
NO_METER = {"kind": "no_meter"}


async def answer(hass: HomeAssistant, step: Any, user_input: dict[str, Any]) -> Any:
    return await hass.config_entries.flow.async_configure(step["flow_id"], user_input)


async def asked_for_the_fuse(hass: HomeAssistant) -> Any:
    return await hass.config_entries.flow.async_init("fusewise", context={"source": SOURCE_USER})


async def asked_for_the_meter(hass: HomeAssistant) -> Any:
    return await answer(hass, await asked_for_the_fuse(hass), FUSE)


async def answer_modbus(hass: HomeAssistant, step: Any, meter: dict[str, Any]) -> Any:
    """Choose the kind of a Modbus meter, then say how it is reached."""
    step = await answer(hass, step, {"kind": meter["kind"]})
    assert (step["step_id"], step["errors"]) == ("modbus", {})
    return await answer(hass, step, meter)


async def at_the_end(hass: HomeAssistant, meter: dict[str, Any]) -> Any:
    """The menu with all that was said; until a port is asked for, it is the usual one."""
    return await answer_modbus(hass, await asked_for_the_meter(hass), meter)


async def asked_for_the_port(hass: HomeAssistant, meter: dict[str, Any]) -> Any:
    return await answer(hass, await at_the_end(hass, meter), {"next_step_id": "ocpp"})


def suggested(schema: Any) -> dict[str, Any]:
    """What a form shows in its fields, and in the fields of its sections."""
    shown: dict[str, Any] = {}
    for key, kind in schema.schema.items():
        if isinstance(kind, section):
            shown[str(key)] = suggested(kind.schema)
        elif key.description is not None:
            shown[str(key)] = key.description["suggested_value"]
    return shown
