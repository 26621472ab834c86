"""Vehicles that limit their own current, as chargers: the wallbox that they hang on needs none of its own."""

from collections.abc import Sequence
from dataclasses import replace

from ..roles import Traits
from .preset import Preset, Role

TESLA = {
    "limit": Role(domain="number", key="charge_state_charge_current_request"),
    # On while it charges: a car that is full turns it off.
    "switch": Role(domain="switch", key="charge_state_user_charge_enable_request"),
    "status": Role(domain="sensor", key="charge_state_charging_state"),
    "power": Role(domain="sensor", key="charge_state_charger_power"),
}
STATUSES = {
    "disconnected": "available",
    "starting": "preparing",
    "stopped": "suspended_evse",
    "complete": "finishing",
    "no_power": "suspended_ev",
}


def _tesla(integration: str, traits: Traits, *files: str) -> Preset:
    return Preset(
        integration=integration,
        source=f"homeassistant/components/{integration}: {', '.join(files)}",
        limit=TESLA["limit"],
        switch=TESLA["switch"],
        switch_follows_car=True,
        status=TESLA["status"],
        statuses=STATUSES,
        currents=(Role(domain="sensor", key="charge_state_charger_actual_current"),),
        power=TESLA["power"],
        presence=Role(domain="device_tracker", key="location"),
        traits=traits,
    )


PRESETS: Sequence[Preset] = (
    # The car is asked every 600 s, each command costs, and it may have to be woken first.
    _tesla(
        "tesla_fleet",
        Traits(obeys_within=120.0, minimum_interval=60.0),
        "number.py",
        "switch.py",
        "sensor.py",
        "device_tracker.py",
        "coordinator.py",
    ),
    # The car streams what changes.
    _tesla(
        "teslemetry",
        Traits(obeys_within=60.0, minimum_interval=30.0),
        "number.py",
        "switch.py",
        "sensor.py",
        "device_tracker.py",
    ),
    # Its cloud is asked every 10 s, and asks the car.
    replace(
        _tesla(
            "tessie",
            Traits(obeys_within=60.0, minimum_interval=30.0),
            "number.py",
            "switch.py",
            "sensor.py",
            "device_tracker.py",
            "coordinator.py",
        ),
        switch=Role(domain="switch", key="charge_state_charge_enable_request"),
    ),
)
