"""Chargers of integrations that nobody here has heard of: in other languages, in other units, with less than others have."""

from typing import Any

import pytest

from custom_components.fusewise.devices.entity import guess_chargers
from homeassistant.core import HomeAssistant

from .test_generic import NONE, Its, Roles, current, device, number, power

# Of each: what its device is called, its entities as they are registered, and the roles that they have.
UNHEARD_OF: dict[str, tuple[str, list[Its], Roles]] = {
    "a German one": (
        "Wallbox Carport",
        [
            Its("number", "wb77_1", "current", "A", name="Maximaler Ladestrom"),
            Its("number", "wb77_2", "current", "A", name="Minimaler Ladestrom"),
            Its("number", "wb77_3", "current", "A", name="Hausanschluss Absicherung"),
            Its("switch", "wb77_4", name="Laden freigegeben"),
            Its("switch", "wb77_5", name="Kindersicherung"),
            Its("sensor", "wb77_6", "enum", name="Ladezustand", state="lädt"),
            Its("sensor", "wb77_7", "current", "A", name="Strom L1"),
            Its("sensor", "wb77_8", "current", "A", name="Strom L2"),
            Its("sensor", "wb77_9", "current", "A", name="Strom L3"),
            Its("sensor", "wb77_10", "power", "kW", name="Ladeleistung"),
        ],
        {
            "limit": "number wb77_1",
            "switch": "switch wb77_4",
            "status": "sensor wb77_6",
            "currents": [f"sensor wb77_{n}" for n in (7, 8, 9)],
            "power": "sensor wb77_10",
        },
    ),
    "a car that sets its own current": (
        "iX3",
        [
            Its(
                "select",
                "b_ac",
                name="AC charging limit",
                state="16",
                options=("6", "10", "16", "32"),
            ),
            Its("switch", "b_charging", name="Charging", state="on"),
            Its("sensor", "b_status", name="Charging status", state="charging"),
            Its("sensor", "b_soc", "battery", "%", name="Remaining battery percent"),
            Its("device_tracker", "b_at", name="iX3", state="home"),
        ],
        {
            "limit": "select b_ac",
            "switch": "switch b_charging",
            "status": "sensor b_status",
            "presence": "device_tracker b_at",
        },
    ),
    "one whose mode starts and stops": (
        "EV Charger V1",
        [
            number("v_max_charge_current"),
            Its(
                "select",
                "v_mode",
                name="Mode",
                state="standby",
                options=("start_charge", "stop_charge", "boost_charge"),
            ),
            Its("sensor", "v_status", name="Status", state="charging"),
        ],
        {
            "limit": "number v_max_charge_current",
            "switch": "select v_mode",
            "off": "stop_charge",
            "status": "sensor v_status",
        },
    ),
    "a Dutch one whose limit is a select": (
        "Laadpaal",
        [
            Its(
                "select",
                "lp_max",
                name="Laadstroom",
                state="16 A",
                options=("6 A", "10 A", "13 A", "16 A (3,7 kW)"),
            ),
            Its("switch", "lp_on", name="Opladen toegestaan"),
            Its("switch", "lp_led", name="Verlichting"),
            Its("binary_sensor", "lp_car", "plug", name="Auto aangesloten", state="on"),
            Its("sensor", "lp_w", "power", "W", name="Laadvermogen"),
        ],
        {
            "limit": "select lp_max",
            "switch": "switch lp_on",
            "status": "binary_sensor lp_car",
            "power": "sensor lp_w",
        },
    ),
    "a French one in milliamperes": (
        "Borne de recharge",
        [
            Its("number", "b-1", "current", "mA", name="Courant de charge maximal"),
            Its("switch", "b-2", name="Autoriser la charge"),
            Its("sensor", "b-3", None, None, name="État de la borne", state="branché"),
        ],
        {"limit": "number b-1", "switch": "switch b-2", "status": "sensor b-3"},
    ),
    "a Norwegian one in watts": (
        "Elbillader",
        [
            Its("number", "e.1", "power", "W", name="Maks ladeeffekt"),
            Its("switch", "e.2", name="Lading"),
            Its("sensor", "e.3", "enum", name="Tilstand", state="Tilkoblet"),
            Its("sensor", "e.4", "power", "W", name="Effekt"),
        ],
        {
            "limit": "number e.1",
            "switch": "switch e.2",
            "status": "sensor e.3",
            "power": "sensor e.4",
        },
    ),
    "one that is switched by a select in German": (
        "Ladestation",
        [
            Its("select", "s_betriebsart", state="Aus", options=("Aus", "Sofort", "Überschuss")),
            Its("sensor", "s_leistung", "power", "W"),
        ],
        {"switch": "select s_betriebsart", "off": "Aus", "power": "sensor s_leistung"},
    ),
    "one that pauses at 0 and has nothing else": (
        "EV Charger",
        [number("x1_dynamic_charge_current")],
        {"limit": "number x1_dynamic_charge_current"},
    ),
    "one that can be switched only, with its power": (
        "Outdoor car charger",
        [Its("switch", "plug7"), power("plug7_power"), Its("sensor", "plug7_v", "voltage", "V")],
        {"switch": "switch plug7", "power": "sensor plug7_power"},
    ),
    "one that measures the power of each phase": (
        "Garage EVSE",
        [
            number("evse-9_maxcurrent", None, None),
            *(power(f"evse-9_power_l{n}") for n in (1, 2, 3)),
            Its("sensor", "evse-9_state", state="C2"),
        ],
        {
            "limit": "number evse-9_maxcurrent",
            "status": "sensor evse-9_state",
            "currents": [f"sensor evse-9_power_l{n}" for n in (1, 2, 3)],
        },
    ),
    "one in whose ids all begin with the house": (
        "Home EVSE",
        [
            number("home_evse_grid_fuse_limit"),
            number("home_evse_charge_current"),
            Its("switch", "home_evse_enable"),
            Its("sensor", "home_evse_vehicle_state", state="Not Connected"),
            current("home_evse_current_1"),
            current("home_evse_current_2"),
            current("home_evse_current_3"),
            power("home_evse_power"),
        ],
        {
            "limit": "number home_evse_charge_current",
            "switch": "switch home_evse_enable",
            "status": "sensor home_evse_vehicle_state",
            "currents": [f"sensor home_evse_current_{n}" for n in (1, 2, 3)],
            "power": "sensor home_evse_power",
        },
    ),
    "an ESPHome box at an EVBox": (  # its names as in ajvdw/evbox
        "laadpunt",
        [
            Its(
                "select",
                "mac-select-operation_mode",
                state="Min",
                options=("Off", "Min", "Solar", "Max", "On"),
            ),
            *(current(f"mac-sensor-evse_phase{n}_current") for n in (1, 2, 3)),
            current("mac-sensor-evse_calculated_current"),
            Its("sensor", "mac-sensor-evse_total_energy", "energy", "kWh"),
        ],
        {
            "switch": "select mac-select-operation_mode",
            "off": "Off",
            "currents": [f"sensor mac-sensor-evse_phase{n}_current" for n in (1, 2, 3)],
        },
    ),
    "an inverted switch in Dutch": (
        "Laadstation",
        [number("q_laadstroom"), Its("switch", "q_pauzeer_laden")],
        {"limit": "number q_laadstroom", "switch": "switch q_pauzeer_laden", "off": "on"},
    ),
    "a Spanish one": (
        "Cargador del coche",
        [
            Its("number", "c1", "current", "A", name="Corriente de carga"),
            Its("switch", "c2", name="Carga activada"),
            Its("sensor", "c3", "enum", name="Estado", state="Cargando"),
            Its("sensor", "c4", "power", "kW", name="Potencia de carga"),
        ],
        {"limit": "number c1", "switch": "switch c2", "status": "sensor c3", "power": "sensor c4"},
    ),
    "a Finnish one": (
        "Latausasema",
        [
            Its("number", "f1", "current", "A", name="Latausvirta"),
            Its("switch", "f2", name="Lataus"),
            Its("sensor", "f3", "enum", name="Tila", state="Lataa"),
        ],
        {"limit": "number f1", "switch": "switch f2", "status": "sensor f3"},
    ),
    "a Czech one": (
        "Wallbox garáž",
        [
            Its("number", "c1", "current", "A", name="Nabíjecí proud"),
            Its("switch", "c2", name="Nabíjení"),
            Its("sensor", "c3", "enum", name="Stav", state="Nabíjí"),
        ],
        {"limit": "number c1", "switch": "switch c2", "status": "sensor c3"},
    ),
    "one that asks for a card, and whose sensors are told by their units only": (
        "Smart EVSE",
        [
            Its("number", "se_override_current", None, "A"),
            Its("switch", "se_authentication"),
            Its("sensor", "se_state", state="Connected to EV"),
            *(Its("sensor", f"se_evcurrent_l{n}", None, "A") for n in (1, 2, 3)),
            *(current(f"se_mains_current_l{n}") for n in (1, 2, 3)),
        ],
        {
            "limit": "number se_override_current",
            "status": "sensor se_state",
            "currents": [f"sensor se_evcurrent_l{n}" for n in (1, 2, 3)],
        },
    ),
    # Named as their integrations name them.
    "Heidelberg Energy Control": (
        "Heidelberg Energy Control",
        [
            number("hd_charging_current_limit"),
            number("hd_standby_current"),
            Its("sensor", "hd_charging_state", "enum", state="A1"),
            *(current(f"hd_current_phase_{n}") for n in (1, 2, 3)),
            power("hd_charging_power"),
            Its("switch", "hd_remote_lock"),
            Its("switch", "hd_logic_charging_enabled"),
        ],
        {
            "limit": "number hd_charging_current_limit",
            "switch": "switch hd_logic_charging_enabled",
            "status": "sensor hd_charging_state",
            "currents": [f"sensor hd_current_phase_{n}" for n in (1, 2, 3)],
            "power": "sensor hd_charging_power",
        },
    ),
    "Hypervolt": (
        "Hypervolt",
        [
            number("max_current_1"),
            Its("switch", "charging_1"),
            Its("select", "charge_mode_1", state="Eco", options=("Boost", "Eco", "Super Eco")),
            current("charger_current_1x"),
            current("ct_current_1x"),
            Its("binary_sensor", "car_plugged_1", "plug", state="on"),
        ],
        {
            "limit": "number max_current_1",
            "switch": "switch charging_1",
            "status": "binary_sensor car_plugged_1",
            "currents": ["sensor charger_current_1x"],
        },
    ),
    "Wattpilot": (
        "Wattpilot garage",
        [
            number("wp1-amp"),
            Its("select", "wp1-lmo", state="Eco", options=("Default", "Eco", "Next Trip")),
            Its("select", "wp1-frc", state="Neutral", options=("Neutral", "Off", "On")),
            Its("sensor", "wp1-car", "enum", state="Charging", name="Car status"),
            *(current(f"wp1-nrg_amp{n}") for n in (1, 2, 3)),
            power("wp1-nrg_ptotal"),
        ],
        {
            "limit": "number wp1-amp",
            "switch": "select wp1-frc",
            "off": "Off",
            "status": "sensor wp1-car",
            "currents": [f"sensor wp1-nrg_amp{n}" for n in (1, 2, 3)],
            "power": "sensor wp1-nrg_ptotal",
        },
    ),
    "openWB": (
        "openWB CP4",
        [
            number("openwb_cp4_instant_charging_current"),
            number("openwb_cp4_pv_charging_min_current"),
            Its(
                "select",
                "openwb_cp4_chargemode",
                state="Stop",
                options=("Instant Charging", "PV Charging", "Stop"),
            ),
            Its("binary_sensor", "openwb_cp4_plug_state", "plug", state="on"),
            *(current(f"openwb_cp4_strom_phase_{n}") for n in (1, 2, 3)),
            power("openwb_cp4_power"),
        ],
        {
            "limit": "number openwb_cp4_instant_charging_current",
            "switch": "select openwb_cp4_chargemode",
            "off": "Stop",
            "status": "binary_sensor openwb_cp4_plug_state",
            "currents": [f"sensor openwb_cp4_strom_phase_{n}" for n in (1, 2, 3)],
            "power": "sensor openwb_cp4_power",
        },
    ),
    "ABB Terra AC": (
        "ABB Terra AC",
        [
            number("t_set_charging_current_limit"),
            number("t_communication_timeout", "s", None),
            Its("sensor", "t_charging_state", "enum", state="B2"),
            Its("switch", "t_start_stop_charging"),
            power("t_active_power"),
        ],
        {
            "limit": "number t_set_charging_current_limit",
            "switch": "switch t_start_stop_charging",
            "status": "sensor t_charging_state",
            "power": "sensor t_active_power",
        },
    ),
    "Charge Amps": (
        "Charge Amps HALO",
        [
            number("ca_1_max_current"),
            Its("switch", "ca_1_connector_mode", name="Connector enabled"),
            Its("sensor", "ca_1_status", "enum", state="Connected"),
            power("ca_1_power"),
        ],
        {
            "limit": "number ca_1_max_current",
            "switch": "switch ca_1_connector_mode",
            "status": "sensor ca_1_status",
            "power": "sensor ca_1_power",
        },
    ),
    "a Swedish one with a select in bare figures": (
        "Laddbox",
        [
            Its(
                "select", "l_1", name="Laddström", state="10", options=("6", "8", "10", "13", "16")
            ),
            Its("select", "l_2", name="LED", state="på", options=("av", "på")),
            Its("sensor", "l_3", "enum", name="Status", state="Frånkopplad"),
            Its("switch", "l_4", name="Laddning tillåten"),
        ],
        {"limit": "select l_1", "status": "sensor l_3", "switch": "switch l_4"},
    ),
}


@pytest.mark.parametrize("which", UNHEARD_OF)
def test_the_entities_of_one_get_their_roles(hass: HomeAssistant, which: str) -> None:
    name, entities, roles = UNHEARD_OF[which]
    ids = device(hass, "unheard_of", *entities, name=name)
    [found] = guess_chargers(hass, (), ())
    names = {entity: it for it, entity in ids.items()}
    made = found.entities
    assert {
        "limit": made.limit and names[made.limit.entity or ""],
        "switch": made.switch and names[made.switch.entity],
        "status": made.status and names[made.status],
        "currents": [names[entity] for entity in made.currents],
        "power": made.power and names[made.power],
        "presence": made.presence and names[made.presence],
        "off": made.switch and made.switch.off if "off" in roles else None,
    } == NONE | roles


@pytest.mark.parametrize(
    ("name", "entities"),
    [
        ("Hausbatterie", [Its("number", "a", "current", "A", name="Maximaler Ladestrom Batterie")]),
        ("Spülmaschine", [Its("switch", "a"), power("a_power")]),
        ("Handy", [Its("sensor", "laden", "enum", name="Ladezustand", state="lädt")]),
        ("Carport light", [Its("switch", "carport"), power("carport_power")]),
        ("Solar charger", [Its("sensor", "a_status", "enum", state="charging"), power("a_power")]),
        ("Wallbox", [Its("sensor", "a_status", "enum", state="charging")]),
        (
            "Hybrid",
            [
                number("h_battery_charge_current"),
                Its("sensor", "h_status", "enum", state="charging"),
            ],
        ),
        (
            "Kia",
            [
                Its("number", "kia_ac_charge_limit", None, "%"),
                Its("binary_sensor", "kia_ev_plugged", "plug", state="on"),
                Its("sensor", "kia_ev_battery", "battery", "%"),
            ],
        ),
    ],
)
def test_what_only_sounds_like_one_is_not_offered(
    hass: HomeAssistant, name: str, entities: list[Any]
) -> None:
    device(hass, "unheard_of", *entities, name=name)
    assert guess_chargers(hass, (), ()) == []


def test_one_that_can_only_be_watched_is_found_and_known_to_be_that(hass: HomeAssistant) -> None:
    device(
        hass,
        "unheard_of",
        Its("sensor", "z_status", "enum", state="charging"),
        power("z_power"),
        name="Wallbox of the cloud",
    )
    [found] = guess_chargers(hass, (), ())
    assert found.is_only_watched
    assert found.entities.status is not None
