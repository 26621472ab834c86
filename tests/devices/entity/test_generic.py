"""A charger of an integration that nobody has described is found by what its entities are called and measure."""

from dataclasses import dataclass
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.devices.entity import FoundCharger, guess_chargers
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er


@dataclass(frozen=True)
class Its:
    """An entity of another integration, as that puts it into the registry."""

    domain: str
    unique_id: str
    kind: str | None = None
    unit: str | None = None
    state: str = "0"
    options: tuple[str, ...] = ()
    name: str | None = None


def number(unique_id: str, unit: str | None = "A", kind: str | None = "current") -> Its:
    return Its("number", unique_id, kind, unit)


def current(unique_id: str) -> Its:
    return Its("sensor", unique_id, "current", "A")


def power(unique_id: str, unit: str = "W") -> Its:
    return Its("sensor", unique_id, "power", unit)


def device(
    hass: HomeAssistant, integration: str, *entities: Its, name: str = "It", model: str = ""
) -> dict[str, str]:
    """Its entity ids by unique id."""
    entry = MockConfigEntry(domain=integration)
    entry.add_to_hass(hass)
    made = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(integration, name)},
        name=name,
        model=model or None,
    )
    ids: dict[str, str] = {}
    for it in entities:
        registered = er.async_get(hass).async_get_or_create(
            it.domain,
            integration,
            it.unique_id,
            config_entry=entry,
            device_id=made.id,
            original_device_class=it.kind,
            original_name=it.name,
            unit_of_measurement=it.unit,
        )
        attributes: dict[str, Any] = {"unit_of_measurement": it.unit} if it.unit else {}
        if it.options:
            attributes["options"] = list(it.options)
        hass.states.async_set(registered.entity_id, it.state, attributes)
        ids[f"{it.domain} {it.unique_id}"] = registered.entity_id
    return ids


def guessed(hass: HomeAssistant, *clouds: str) -> list[FoundCharger]:
    return guess_chargers(hass, (), clouds)


type Roles = dict[str, str | list[str] | None]

NONE: Roles = {
    "limit": None,
    "switch": None,
    "status": None,
    "currents": [],
    "power": None,
    "presence": None,
    "off": None,
}
KNOWN: dict[str, tuple[list[Its], Roles]] = {
    # Home Assistant's own, of which no preset is needed
    "technove": (
        [
            number("mac_max_current"),
            Its("switch", "mac_auto_charge"),
            Its("switch", "mac_session_active"),
            Its("sensor", "mac_voltage_in", "voltage", "V"),
            current("mac_max_station_current"),
            current("mac_current"),
            Its("sensor", "mac_status", "enum", state="plugged_charging"),
            Its("sensor", "mac_rssi", "signal_strength", "dBm"),
            Its("binary_sensor", "mac_is_battery_protected"),
        ],
        {
            "limit": "number mac_max_current",
            "switch": "switch mac_session_active",
            "status": "sensor mac_status",
            "currents": ["sensor mac_current"],
        },
    ),
    "silla_prism": (
        [
            number("p_user_current"),
            Its("select", "p_charging_mode", state="normal", options=("solar", "normal", "paused")),
            Its("sensor", "p_status", "enum", state="idle"),
            Its("sensor", "p_error", "enum", state="none"),
            power("p_power"),
            power("p_grid_power"),
            current("p_current"),
            current("p_pilot"),
            Its("binary_sensor", "p_online", "connectivity", state="on"),
        ],
        {
            "limit": "number p_user_current",
            "switch": "select p_charging_mode",
            "status": "sensor p_status",
            "currents": ["sensor p_current"],
            "power": "sensor p_power",
        },
    ),
    "tessie": (
        [
            number("vin-charge_state_charge_current_request"),
            number("vin-charge_state_charge_limit_soc", "%", "battery"),
            Its("switch", "vin-vehicle_state_sentry_mode"),
            Its("switch", "vin-charge_state_charge_enable_request"),
            Its("sensor", "vin-charge_state_charging_state", "enum", state="Stopped"),
            power("vin-charge_state_charger_power", "kW"),
            current("vin-charge_state_charger_actual_current"),
            Its("device_tracker", "vin-location", state="home"),
        ],
        {
            "limit": "number vin-charge_state_charge_current_request",
            "switch": "switch vin-charge_state_charge_enable_request",
            "status": "sensor vin-charge_state_charging_state",
            "currents": ["sensor vin-charge_state_charger_actual_current"],
            "power": "sensor vin-charge_state_charger_power",
            "presence": "device_tracker vin-location",
        },
    ),
    # others: by MQTT, ESPHome, Tuya, and of their own
    "mqtt": (
        [
            number("evse_min_charge_current"),
            number("evse_charge_current_override"),
            number("evse_max_circuit_current"),
            Its("select", "evse_mode", state="Off", options=("Off", "Normal", "Solar", "Smart")),
            Its("sensor", "evse_evplugstate", state="Disconnected"),
            current("evse_ev_current_l1"),
            current("evse_ev_current_l2"),
            current("evse_ev_current_l3"),
            current("evse_mains_current_l1"),
            power("evse_ev_charge_power"),
        ],
        {
            "limit": "number evse_charge_current_override",
            "switch": "select evse_mode",
            "status": "sensor evse_evplugstate",
            "currents": [f"sensor evse_ev_current_l{n}" for n in (1, 2, 3)],
            "power": "sensor evse_ev_charge_power",
        },
    ),
    "tuya_local": (
        [
            Its("switch", "abc_charging_control"),
            Its("switch", "abc_child_lock"),
            number("abc_charging_current_limit"),
            number("abc_delayed_start", "h", "duration"),
            Its("sensor", "abc_charging_status", "enum", state="available"),
            power("abc_power", "kW"),
        ],
        {
            "limit": "number abc_charging_current_limit",
            "switch": "switch abc_charging_control",
            "status": "sensor abc_charging_status",
            "power": "sensor abc_power",
        },
    ),
    "evbox_livo": (
        [
            Its("select", "box_max_current", state="16 A", options=("6 A", "10 A", "16 A")),
            Its("switch", "box_pause_charging"),
            Its("binary_sensor", "box_cable", "plug", state="on"),
            power("box_charging_power"),
        ],
        {
            "limit": "select box_max_current",
            "switch": "switch box_pause_charging",
            "off": "on",
            "status": "binary_sensor box_cable",
            "power": "sensor box_charging_power",
        },
    ),
    "huawei_solar": (
        [
            number("sn_charger_max_charging_power", "kW", "power"),
            number("sn_storage_maximum_charging_power", "W", "power"),
            Its("switch", "sn_charger_charging"),
            power("sn_charger_power"),
        ],
        {
            "limit": "number sn_charger_max_charging_power",
            "switch": "switch sn_charger_charging",
            "power": "sensor sn_charger_power",
        },
    ),
}


@pytest.mark.parametrize("integration", KNOWN)
def test_its_entities_get_their_roles(hass: HomeAssistant, integration: str) -> None:
    entities, roles = KNOWN[integration]
    ids = device(hass, integration, *entities, name="Charger of the house")
    [found] = guessed(hass)
    names = {entity: name for name, entity in ids.items()}
    made = found.entities
    assert found.is_guess
    assert {
        "limit": made.limit and names[made.limit.entity or ""],
        "switch": made.switch and names[made.switch.entity],
        "status": made.status and names[made.status],
        "currents": [names[entity] for entity in made.currents],
        "power": made.power and names[made.power],
        "presence": made.presence and names[made.presence],
        "off": made.switch and made.switch.off if "off" in roles else None,
    } == NONE | roles


def test_a_cloud_is_taken_to_be_slow(hass: HomeAssistant) -> None:
    device(hass, "voltie", number("x_charging_current"), name="EV charger")
    [slow], [quick] = guessed(hass, "voltie"), guessed(hass)
    assert slow.entities.traits.obeys_within == 60
    assert quick.entities.traits.obeys_within == 15


@pytest.mark.parametrize(
    "entities",
    [
        [Its("switch", "p-1"), power("p-1-power")],  # a plug that is called something else
        [number("battery_charge_current"), number("battery_discharge_current"), power("pv")],
        [number("fan_speed", "%", None)],
        [Its("sensor", "phone_charger_type"), Its("switch", "phone_wifi")],
    ],
)
def test_what_is_no_charger_is_not_offered(hass: HomeAssistant, entities: list[Its]) -> None:
    device(hass, "growatt", *entities, name="Thing")
    assert guessed(hass) == []


def test_a_device_that_is_known_or_ours_is_not_guessed_again(hass: HomeAssistant) -> None:
    device(hass, "fusewise", number("garage_charging_current"), name="Garage charger")
    device(hass, "other", number("charging_current"), name="Wallbox")
    [other] = guess_chargers(hass, {"fusewise"}, ())
    assert other.name == "Wallbox"
    assert guess_chargers(hass, {"fusewise", other.device}, ()) == []


def test_a_disabled_entity_has_no_role(hass: HomeAssistant) -> None:
    ids = device(hass, "other", number("charging_current"), name="Wallbox")
    er.async_get(hass).async_update_entity(
        ids["number charging_current"], disabled_by=er.RegistryEntryDisabler.USER
    )
    assert guessed(hass) == []
