"""Chargers whose integrations are not part of Home Assistant; read in their public repositories."""

from collections.abc import Sequence

from ..roles import Action, Traits
from .preset import Preset, Role

PRESETS: Sequence[Preset] = (
    Preset(
        integration="easee",
        source="github.com/nordicopen/easee_hass: services.py, services.yaml, const.py, entity.py",
        # The dynamic limit is the one that is made for automations; the others wear the flash out. It can be
        # given a time to live (time_to_live, in minutes), which is of no use here: when it ends, the limit is
        # lifted and the charger goes up to its own maximum (issues 663 and 684), and an unchanged limit is not
        # sent, so it cannot be renewed in time. Without it, the limit stays.
        action=Action(
            name="easee.set_charger_dynamic_limit",
            data={"device_id": "{device}", "current": "{current}"},
        ),
        # These two are disabled in Home Assistant until somebody enables them.
        limit_shown_by=Role(domain="sensor", key="dynamic_charger_limit"),
        currents=(Role(domain="sensor", key="current"),),
        switch=Role(domain="switch", key="is_enabled"),
        phases_action=Action(
            name="easee.set_charger_phase_mode",
            data={"device_id": "{device}", "phase_mode": "{phases}"},
        ),
        one_phase="1_phase",
        all_phases="3_phase",
        phases_shown_by=Role(domain="sensor", key="phase_mode"),
        one_phase_shown="single",
        all_phases_shown="three",
        status=Role(domain="sensor", key="status"),
        statuses={
            "awaiting_start": "preparing",
            "awaiting_authorization": "preparing",
            "awaiting_scheduled_start": "suspended_evse",
            "awaiting_smart_start": "suspended_evse",
            "awaiting_load_balancing": "suspended_evse",
            "paused_due_to_equalizer": "suspended_evse",
            "ready_to_charge": "suspended_ev",
            "completed": "finishing",
            "de_authorizing": "finishing",
            "start_charging": "preparing",
            "erratic_ev": "faulted",
            "offline": "unavailable",
            "searching_for_master": "unavailable",
        },
        power=Role(domain="sensor", key="power"),
        # Through its cloud. A restart of the charger forgets the dynamic limit.
        traits=Traits(obeys_within=30.0, minimum_interval=15.0),
    ),
    Preset(
        integration="zaptec",
        source="github.com/custom-components/zaptec: number.py, switch.py, sensor.py, entity.py, const.py",
        limit=Role(domain="number", key="charger_max_current"),
        switch=Role(domain="switch", key="charger_operation_mode|operating_mode"),
        # On while it charges, and not there while neither command would be valid.
        switch_follows_car=True,
        status=Role(domain="sensor", key="charger_operation_mode|operating_mode"),
        statuses={
            "disconnected": "available",
            "connected_requesting": "preparing",
            "connected_charging": "charging",
            "connected_finished": "finishing",
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
        source="github.com/marq24/ha-goecharger-api2: const.py, __init__.py, select.py, sensor.py, "
        "pygoecharger_ha/const.py",
        limit=Role(domain="number", key="amp"),
        # Its forceState: 0 neutral, 1 off, 2 on.
        switch=Role(domain="select", key="frc"),
        # Its phaseSwitchMode: 0 as its own sun charging wants, 1 one phase, 2 three.
        phases=Role(domain="select", key="psm"),
        one_phase="1",
        all_phases="2",
        on="0",
        off="1",
        # The number is disabled until somebody enables it; what it means is said in English or German.
        status=Role(domain="sensor", key="car|car_value"),
        statuses={"1": "available", "2": "charging", "3": "suspended_ev", "4": "finishing"}
        | {"0": "faulted", "5": "faulted"}
        | {"Idle": "available", "Inaktiv/Frei": "available"}
        | {"Charging": "charging", "Laden": "charging"}
        | {"Wait for car": "suspended_ev", "Waiting for car": "suspended_ev"}
        | {"Warte auf Fahrzeug": "suspended_ev"}
        | {"Complete": "finishing", "Abgeschlossen": "finishing"}
        | {"Error": "faulted", "Fehler": "faulted", "Unbekannt/Fehler": "faulted"}
        | {"Unknown/Error": "faulted"},
        # Of the list that the charger calls nrg.
        currents=tuple(Role(domain="sensor", key=f"nrg_{n}") for n in (4, 5, 6)),
        power=Role(domain="sensor", key="nrg_11"),
        traits=Traits(obeys_within=10.0, minimum_interval=5.0),  # read every 5 s
    ),
    Preset(
        integration="goecharger_mqtt",
        source="github.com/syssi/homeassistant-goecharger-mqtt: entity.py, definitions/__init__.py, "
        "definitions/number.py, definitions/select.py, definitions/sensor.py",
        limit=Role(domain="number", key="number-amp-"),
        switch=Role(domain="select", key="select-frc-frc"),
        on="neutral|Neutral",
        off="dont_charge|Don't charge",
        status=Role(domain="sensor", key="sensor-car-car"),
        statuses={
            "idle": "available",
            "wait_for_car": "suspended_ev",
            "complete": "finishing",
            "unknown_error": "faulted",
        },
        currents=tuple(Role(domain="sensor", key=f"sensor-nrg-{n}") for n in (4, 5, 6)),
        power=Role(domain="sensor", key="sensor-nrg-11"),
        traits=Traits(obeys_within=10.0, minimum_interval=5.0),  # tells what changes
    ),
    Preset(
        integration="ocpp",
        source="github.com/lbbrhzn/ocpp: number.py, sensor.py",
        # It takes 0 A, and shows what it was told, also where the charger has refused it: only the measured
        # power tells. Its switch starts and stops transactions, which a car may not begin again. Each
        # connector is a device of its own.
        limit=Role(domain="number", key="maximum_current"),
        status=Role(domain="sensor", key="status.connector.sensor"),
        power=Role(domain="sensor", key="power.active.import.sensor"),
        traits=Traits(obeys_within=10.0),
    ),
    Preset(
        integration="alfen_wallbox",
        source="github.com/leeyuentuen/alfen_wallbox: number.py, sensor.py",
        parts=r"main_normal_max_current_(socket_\d)$",
        limit=Role(domain="number", key="main_normal_max_current_{part}"),
        status=Role(domain="sensor", key="main_state_{part}"),
        statuses={
            **dict.fromkeys(
                (
                    "Available",
                    "Wait for EV Connect",
                    "NFC Available",
                    "Wait for Disconnect PP",
                    # The cable is locked in the charger, and at no car.
                    "Cable Connected",
                    "Cable Connected Timeout",
                ),
                "available",
            ),
            **dict.fromkeys(
                (
                    "EV Connected",
                    "EV Connected Unauthorized",
                    "NFC Authorised",
                    "Button Activated",
                    "Charging Test Relays",
                    "Charging Power Starting",
                    "Charging Wakeup",
                    "Charging Wait for EV Reconnect",
                    "Charging Recover from Outage",
                    "Wait for Start Metervalue",
                ),
                "preparing",
            ),
            **dict.fromkeys(
                ("Charging Power On", "Charging Power On Simplified", "Charging Type E"),
                "charging",
            ),
            "Charging Power Off": "suspended_ev",
            **dict.fromkeys(
                (
                    "Charging Power Off Low Max Current",
                    "Charging Power Off Suspended",
                    "Charging Power Off Ventilating",
                    "Charging Suspended Type E",
                    "Charging Low Max Current Type E",
                    "Suspended",
                ),
                "suspended_evse",
            ),
            **dict.fromkeys(
                (
                    "Finishing",
                    "Charging Terminating",
                    "Wait for Disconnect",
                    "Wait for Disconnect Type E",
                    "Wait for Release Authorisation",
                    "Wait for Stop Metervalue",
                ),
                "finishing",
            ),
            **dict.fromkeys(("Booting", "Inoperative", "Reserved"), "unavailable"),
        },
        currents=tuple(Role(domain="sensor", key=f"current_l{n}_{{part}}") for n in (1, 2, 3)),
        power=Role(domain="sensor", key="active_power_total_{part}"),
        # It is a setting that is kept in flash memory.
        traits=Traits(obeys_within=15.0, minimum_interval=60.0),
    ),
    Preset(
        integration="evcc_intg",
        source="github.com/marq24/ha-evcc: select.py, sensor.py, binary_sensor.py, const.py, "
        "pyevcc_ha/const.py",
        # Its loadpoints are of one device, or have one each, as versions differ.
        parts=r"max_?current_\d+_(.+)$",
        limit=Role(domain="select", key="maxcurrent"),
        # 0 is as evcc wants; it has that choice only where its charger can switch.
        phases=Role(domain="select", key="phasesconfigured"),
        one_phase="1",
        all_phases="3",
        switch=Role(domain="select", key="mode"),
        on="now",
        off="off",
        status=Role(domain="binary_sensor", key="connected"),
        currents=tuple(Role(domain="sensor", key=f"chargecurrents_{n}") for n in (0, 1, 2)),
        power=Role(domain="sensor", key="chargepower"),
        # evcc tells the charger in its own rhythm of half a minute.
        traits=Traits(obeys_within=45.0),
    ),
    Preset(
        integration="myenergi",
        source="github.com/CJNE/ha-myenergi: select.py, sensor.py; github.com/CJNE/pymyenergi: zappi.py",
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
        # All its own clamps together; older versions have the first one only.
        power=Role(domain="sensor", key="power-ct_internal_load|power-internal_load|ct1.power"),
        traits=Traits(obeys_within=60.0, minimum_interval=60.0),
    ),
    *(
        Preset(
            integration=integration,
            source="github.com/CReimer/evbox-g4-ble: number.py, sensor.py, switch.py, const.py, entity.py",
            # What the installer sets, over Bluetooth: the maximum of the station, 6 to 32 A, kept in its memory.
            # It has neither a switch nor a status, and measures nothing.
            limit=Role(domain="number", key="evb_maximumstationcurrent|maximum_current"),
            traits=Traits(obeys_within=60.0, minimum_interval=300.0),  # read every 5 minutes
        )
        for integration in ("evbox_g4_ble", "evbox_elvi_ble")
    ),
)
