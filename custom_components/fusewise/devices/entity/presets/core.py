"""Chargers whose integrations are part of Home Assistant; read there, in 2026.11."""

from collections.abc import Sequence

from ..roles import Action, Traits
from .preset import Preset, Role


def _number(key: str) -> Role:
    return Role(domain="number", key=key)


def _sensor(key: str) -> Role:
    return Role(domain="sensor", key=key)


def _switch(key: str) -> Role:
    return Role(domain="switch", key=key)


PRESETS: Sequence[Preset] = (
    Preset(
        integration="peblar",
        source="homeassistant/components/peblar: number.py, switch.py, sensor.py, coordinator.py",
        limit=_number("charge_current_limit"),
        # Setting a limit of 6 A or more turns it on as well.
        switch=_switch("charge"),
        phases=_switch("force_single_phase"),
        status=_sensor("cp_state"),
        statuses={
            "no_ev_connected": "available",
            "suspended": "suspended_evse",
            "invalid": "faulted",
        },
        currents=tuple(_sensor(f"current_phase_{n}") for n in (1, 2, 3)),
        power=_sensor("power_total"),
        traits=Traits(obeys_within=12.0),  # read every 10 s
    ),
    Preset(
        integration="besen",
        source="homeassistant/components/besen: number.py, switch.py, sensor.py",
        limit=_number("charging_current"),
        switch=_switch("charging"),
        switch_follows_car=True,
        status=_sensor("plug_state"),
        statuses={"connected_unlocked": "preparing", "connected_locked": "preparing"},
        currents=tuple(_sensor(f"l{n}_current") for n in (1, 2, 3)),
        power=_sensor("charging_power"),
    ),
    Preset(
        integration="openevse",
        source="homeassistant/components/openevse: number.py, select.py, sensor.py, coordinator.py",
        limit=_number("charge_rate"),
        # Without a car it waits in either state.
        switch=Role(domain="select", key="override_state"),
        on="active",
        off="disabled",
        status=_sensor("status"),
        statuses={
            "not_connected": "available",
            "sleeping": "suspended_evse",
            "disabled": "suspended_evse",
            "diode_check_failed": "faulted",
            "gfci_fault": "faulted",
            "gfci_self_test_failure": "faulted",
            "no_ground": "faulted",
            "over_temperature": "faulted",
            "stuck_relay": "faulted",
            "vent_required": "faulted",
        },
        currents=(_sensor("charging_current"),),
        power=_sensor("charging_power"),
    ),
    Preset(
        integration="wallbox",
        source="homeassistant/components/wallbox: number.py, switch.py, const.py, coordinator.py",
        limit=_number("maximum_charging_current"),
        switch=_switch("pause_resume"),
        switch_follows_car=True,
        status=_sensor("status_description"),
        statuses={
            "Disconnected": "available",
            "Ready": "available",
            "Locked": "available",
            "Locked, car connected": "preparing",
            "Scheduled": "suspended_evse",
            "Paused": "suspended_evse",
            "Waiting": "suspended_ev",
            "Waiting for car demand": "suspended_ev",
            "Waiting in queue by Power Sharing": "suspended_evse",
            "Waiting in queue by Power Boost": "suspended_evse",
            "Waiting in queue by Eco-Smart": "suspended_evse",
            "Waiting MID failed": "faulted",
            "Waiting MID safety margin exceeded": "faulted",
            "Updating": "unavailable",
            "Discharging": "charging",
        },
        power=_sensor("charging_power"),
        # Its cloud is asked every 90 s, and blocks who asks or tells more often.
        traits=Traits(obeys_within=100.0, minimum_interval=90.0),
    ),
    Preset(
        integration="v2c",
        source="homeassistant/components/v2c: number.py, switch.py, binary_sensor.py, coordinator.py",
        limit=_number("intensity"),
        switch=_switch("paused"),
        on="off",
        off="on",
        status=Role(domain="binary_sensor", key="connected"),
        power=_sensor("charge_power"),
        traits=Traits(obeys_within=8.0),  # read every 5 s
    ),
    Preset(
        integration="lektrico",
        source="homeassistant/components/lektrico: number.py, switch.py, sensor.py, coordinator.py",
        limit=_number("dynamic_limit"),
        phases=_switch("force_single_phase"),
        status=_sensor("state"),
        statuses={
            "locked": "available",
            "need_auth": "preparing",
            "paused": "suspended_evse",
            "paused_by_scheduler": "suspended_evse",
            "updating_firmware": "unavailable",
        },
        currents=tuple(_sensor(f"current_l{n}") for n in (1, 2, 3)),
        power=_sensor("power"),
        traits=Traits(obeys_within=15.0),  # read every 10 s
    ),
    Preset(
        integration="technove",
        source="homeassistant/components/technove: number.py, switch.py, sensor.py, const.py",
        limit=_number("max_current"),
        # On while a session runs, and no car can begin one against it.
        switch=_switch("session_active"),
        switch_follows_car=True,
        status=_sensor("status"),
        statuses={
            "plugged_charging": "charging",
            "plugged_waiting": "preparing",
            "high_tariff_period": "suspended_evse",
            "out_of_activation_period": "suspended_evse",
            "evse_fault": "faulted",
            "ground_fault": "faulted",
            "pilot_fault": "faulted",
            "ventilation_required": "faulted",
        },
        currents=(_sensor("current"),),
        traits=Traits(obeys_within=10.0),  # read every 5 s
    ),
    Preset(
        integration="silla_prism",
        source="homeassistant/components/silla_prism: number.py, select.py, sensor.py",
        limit=_number("user_current"),
        switch=Role(domain="select", key="charging_mode"),
        on="normal",
        off="pause",
        status=_sensor("status"),
        statuses={"waiting": "preparing"},
        currents=(_sensor("current"),),
        power=_sensor("power"),
    ),
    Preset(
        integration="nrgkick",
        source="homeassistant/components/nrgkick: number.py, switch.py, sensor.py, const.py",
        limit=_number("current_set"),
        switch=_switch("charging_enabled"),
        phases=_number("phase_count"),
        one_phase="1",
        all_phases="3",
        status=_sensor("status"),
        statuses={"standby": "available", "wakeup": "preparing"},
        currents=tuple(_sensor(f"l{n}_current") for n in (1, 2, 3)),
        power=_sensor("total_active_power"),
        traits=Traits(obeys_within=35.0),
    ),
    Preset(
        integration="victron_gx",
        source="homeassistant/components/victron_gx: number.py, switch.py, sensor.py, strings.json",
        # It is taken only in the mode 'manual'.
        limit=_number("evcharger_set_current"),
        switch=_switch("evcharger_charge"),
        status=_sensor("evcharger_status"),
        statuses={
            "charging_limit": "charging",
            "start_charging": "preparing",
            "waiting_for_rfid": "preparing",
            **dict.fromkeys(
                (
                    "low_soc",
                    "switching_to_1_phase",
                    "switching_to_3_phase",
                    "waiting_for_start",
                    "waiting_for_sun",
                ),
                "suspended_evse",
            ),
            **dict.fromkeys(
                (
                    "cp_input_test_error",
                    "ground_test_error",
                    "overheating_detected",
                    "overvoltage_detected",
                    "residual_current_detected",
                    "undervoltage_detected",
                    "welded_contacts_test_error",
                ),
                "faulted",
            ),
            **{f"reserved{number}": "unavailable" for number in range(15, 20)},
        },
        power=_sensor("evcharger_power"),
    ),
    Preset(
        integration="tuya",
        source="homeassistant/components/tuya: number.py, switch.py, sensor.py, strings.json",
        limit=_number("charging_current"),
        switch=_switch("switch"),
        status=_sensor("charger_status"),
        statuses={
            "charger_free": "available",
            "charger_insert": "preparing",
            "charger_wait": "preparing",
            "charger_charging": "charging",
            "charger_pause": "suspended_evse",
            "charger_end": "finishing",
            "charger_fault": "faulted",
            "charger_free_fault": "faulted",
        },
        power=_sensor("total_power"),
        traits=Traits(obeys_within=20.0, minimum_interval=10.0),  # through its cloud
    ),
    Preset(
        integration="keba",
        source="homeassistant/components/keba: __init__.py, sensor.py, binary_sensor.py",
        # Set up in YAML and without a device. Its library says: 0 A, or 6 to 63 A; 0 A pauses.
        has_device=False,
        action=Action(name="keba.set_current", data={"current": "{current}"}, takes_zero=True),
        limit_shown_by=_sensor("max_current"),
        status=Role(domain="binary_sensor", key="plug_state"),
        power=_sensor("charging_power"),
        # Its failsafe: it hears from its integration every 5 s, for as long as Home Assistant lives. Not
        # persistent, and a restart of its integration disarms it.
        arm=Action(
            name="keba.set_failsafe",
            data={
                "failsafe_timeout": 60,
                "failsafe_fallback": "{current}",
                "failsafe_persist": 0,
            },
        ),
        traits=Traits(obeys_within=15.0),  # read every 5 s; the change waits a second
    ),
    Preset(
        integration="shelly",
        source="homeassistant/components/shelly: switch.py, sensor.py",
        is_plug=True,
        switch=_switch("switch:0"),
        power=_sensor("switch:0-power"),
    ),
)
