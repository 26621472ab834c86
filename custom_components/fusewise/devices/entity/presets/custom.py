"""Chargers whose integrations are not part of Home Assistant; read in their public repositories."""

from collections.abc import Sequence

from ..roles import Action, Traits
from .preset import Preset, Role

PRESETS: Sequence[Preset] = (
    Preset(
        integration="easee",
        source="github.com/nordicopen/easee_hass: services.py, services.yaml, const.py, entity.py",
        # The dynamic limit is the one that is made for automations; the others wear the flash out.
        action=Action(
            name="easee.set_charger_dynamic_limit",
            data={"device_id": "{device}", "current": "{current}"},
        ),
        limit_shown_by=Role(domain="sensor", key="dynamic_charger_limit"),
        switch=Role(domain="switch", key="is_enabled"),
        status=Role(domain="sensor", key="status"),
        statuses={
            "awaiting_start": "preparing",
            "ready_to_charge": "suspended_ev",
            "completed": "finishing",
        },
        currents=(Role(domain="sensor", key="current"),),
        power=Role(domain="sensor", key="power"),
        # Through its cloud. A restart of the charger forgets the dynamic limit.
        traits=Traits(obeys_within=30.0, minimum_interval=15.0),
    ),
    Preset(
        integration="zaptec",
        source="github.com/custom-components/zaptec: number.py, switch.py, sensor.py, entity.py",
        limit=Role(domain="number", key="charger_max_current"),
        switch=Role(domain="switch", key="operating_mode"),
        switch_follows_car=True,
        status=Role(domain="sensor", key="operating_mode"),
        statuses={
            "Disconnected": "available",
            "Connected_Requesting": "preparing",
            "Connected_Charging": "charging",
            "Connected_Finished": "finishing",
            "waiting": "preparing",
            "charge_done": "finishing",
        },
        currents=tuple(Role(domain="sensor", key=f"current_phase{n}") for n in (1, 2, 3)),
        power=Role(domain="sensor", key="total_charge_power"),
        # Through its cloud, which asks for no more than one change in fifteen minutes.
        traits=Traits(obeys_within=60.0, minimum_interval=900.0),
    ),
    Preset(
        integration="goecharger_api2",
        source="github.com/marq24/ha-goecharger-api2: const.py, __init__.py, pygoecharger_ha/keys.py",
        limit=Role(domain="number", key="amp"),
        # Its forceState: 0 neutral, 1 off, 2 on.
        switch=Role(domain="select", key="frc"),
        on="0",
        off="1",
        status=Role(domain="sensor", key="car"),
        statuses={"1": "available", "2": "charging", "3": "suspended_ev", "4": "finishing"}
        | {"0": "faulted", "5": "faulted"},
        traits=Traits(obeys_within=10.0, minimum_interval=5.0),  # read every 5 s
    ),
    Preset(
        integration="ocpp",
        source="github.com/lbbrhzn/ocpp: number.py, sensor.py",
        # It takes 0 A. Its switch starts and stops transactions, which a car may not begin again.
        limit=Role(domain="number", key="maximum_current"),
        status=Role(domain="sensor", key="status.connector.sensor"),
        power=Role(domain="sensor", key="power.active.import.sensor"),
        traits=Traits(obeys_within=10.0),
    ),
    Preset(
        integration="alfen_wallbox",
        source="github.com/leeyuentuen/alfen_wallbox: number.py, sensor.py",
        limit=Role(domain="number", key="main_normal_max_current_socket_1"),
        status=Role(domain="sensor", key="main_state_socket_1"),
        statuses={
            "Available": "available",
            "Charging Power On": "charging",
            "Finishing": "finishing",
        },
        # It is a setting that is kept in flash memory.
        traits=Traits(obeys_within=15.0, minimum_interval=60.0),
    ),
    Preset(
        integration="evcc_intg",
        source="github.com/marq24/ha-evcc: select.py, pyevcc_ha/keys.py",
        limit=Role(domain="select", key="maxcurrent"),
        switch=Role(domain="select", key="mode"),
        on="now",
        off="off",
    ),
    Preset(
        integration="myenergi",
        source="github.com/CJNE/ha-myenergi: select.py, sensor.py",
        # A Zappi takes no limit from outside; it charges fast or not.
        switch=Role(domain="select", key="charge_mode"),
        on="Fast",
        off="Stopped",
        status=Role(domain="sensor", key="plug_status"),
        statuses={
            "EV Disconnected": "available",
            "EV Connected": "preparing",
            "Waiting for EV": "suspended_ev",
            "EV Ready to Charge": "preparing",
            "Charging": "charging",
            "Fault": "faulted",
        },
        power=Role(domain="sensor", key="ct1.power"),
        traits=Traits(obeys_within=60.0, minimum_interval=60.0),
    ),
)
