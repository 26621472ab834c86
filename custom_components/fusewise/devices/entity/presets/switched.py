"""Chargers of Home Assistant that cannot be told a current: they are switched, or only watched."""

from collections.abc import Sequence

from ..roles import Traits
from .preset import Preset, Role


def _sensor(key: str) -> Role:
    return Role(domain="sensor", key=key)


def _switch(key: str) -> Role:
    return Role(domain="switch", key=key)


PRESETS: Sequence[Preset] = (
    Preset(
        integration="ohme",
        source="homeassistant/components/ohme: select.py, sensor.py, coordinator.py",
        # Only its cloud decides how much; it can be paused.
        switch=Role(domain="select", key="charge_mode"),
        on="max_charge",
        off="paused",
        status=_sensor("status"),
        statuses={
            "unplugged": "available",
            "pending_approval": "preparing",
            "plugged_in": "suspended_ev",
            "finished": "finishing",
        },
        currents=(_sensor("current"),),
        power=_sensor("power"),
        traits=Traits(obeys_within=70.0, minimum_interval=60.0),  # read every 30 to 60 s
    ),
    Preset(
        integration="exicom_spin_ble",
        source="homeassistant/components/exicom_spin_ble: switch.py, sensor.py, const.py",
        # On while a session is open.
        switch=_switch("charging"),
        switch_follows_car=True,
        status=_sensor("state"),
        statuses={
            "booting": "unavailable",
            "out_of_service": "unavailable",
            "ev_suspended": "suspended_ev",
            "evse_suspended": "suspended_evse",
        },
        currents=(_sensor("current"),),
        power=_sensor("power"),
        traits=Traits(obeys_within=70.0, minimum_interval=60.0),  # read every 60 s while it charges
    ),
    Preset(
        integration="matter",
        source="homeassistant/components/matter: switch.py, binary_sensor.py, sensor.py",
        switch=_switch("evse_charging_switch"),
        status=Role(domain="binary_sensor", key="evse_plug_state"),
        currents=(_sensor("active_current"),),
    ),
    Preset(
        integration="tesla_wall_connector",
        source="homeassistant/components/tesla_wall_connector: sensor.py, binary_sensor.py, __init__.py",
        # The car decides how much it draws: it is limited by its own integration.
        is_only_watched=True,
        status=_sensor("status"),
        statuses={
            "booting": "unavailable",
            "ready": "suspended_ev",
            "waiting_car": "suspended_ev",
        },
        currents=tuple(_sensor(f"current_{letter}_a") for letter in "abc"),
        power=_sensor("total_power_w"),
    ),
    Preset(
        integration="greencell",
        source="homeassistant/components/greencell: sensor.py",
        is_only_watched=True,
        status=_sensor("status"),
        currents=tuple(_sensor(f"current_l{n}") for n in (1, 2, 3)),
        power=_sensor("power"),
    ),
    Preset(
        integration="blue_current",
        source="homeassistant/components/blue_current: sensor.py, switch.py",
        # It can be blocked only while no car charges, which is no pause.
        is_only_watched=True,
        status=_sensor("vehicle_status"),
        statuses={
            "ready": "preparing",
            "no_power": "suspended_evse",
            "vehicle_error": "faulted",
        },
        currents=tuple(_sensor(f"actual_p{n}") for n in (1, 2, 3)),
        power=_sensor("total_kw"),
    ),
)
