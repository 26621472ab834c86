"""Registries of other integrations, as these write them."""

from typing import Any
from unittest.mock import patch

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

# Registries as the integrations write them: domain, unique id, translation key.
RECORDED: dict[str, list[tuple[str, str, str | None]]] = {
    "wallbox": [
        ("number", "max_charging_current-12345", "maximum_charging_current"),
        ("number", "icp_max_current-12345", "maximum_icp_current"),
        ("switch", "paused-12345", "pause_resume"),
        ("sensor", "status_description-12345", "status_description"),
        ("sensor", "charging_power-12345", "charging_power"),
    ],
    "tesla_fleet": [
        ("number", "LRW1-charge_state_charge_current_request", None),
        ("number", "LRW1-charge_state_charge_limit_soc", None),
        ("switch", "LRW1-charge_state_user_charge_enable_request", None),
        ("sensor", "LRW1-charge_state_charging_state", None),
        ("sensor", "LRW1-charge_state_charger_actual_current", None),
        ("sensor", "LRW1-charge_state_charger_power", None),
        ("device_tracker", "LRW1-location", None),
    ],
    "easee": [
        ("sensor", "EH123456_dynamic_charger_limit", None),
        ("sensor", "EH123456_max_charger_limit", None),
        ("switch", "EH123456_is_enabled", None),
        ("switch", "EH123456_smart_charging", None),
        ("sensor", "EH123456_status", None),
        ("sensor", "EH123456_current", None),
        ("sensor", "EH123456_circuit_current", None),
        ("sensor", "EH123456_power", None),
    ],
    "zaptec": [
        ("number", "ab-cd_charger_min_current", None),
        ("number", "ab-cd_charger_max_current", None),
        ("switch", "ab-cd_charger_operation_mode", "charger_operation_mode"),
        ("switch", "ab-cd_permanent_cable_lock", "permanent_cable_lock"),
        ("sensor", "ab-cd_charger_operation_mode", "charger_operation_mode"),
        *(("sensor", f"ab-cd_current_phase{n}", None) for n in (1, 2, 3)),
        ("sensor", "ab-cd_total_charge_power", None),
        ("sensor", "ab-cd_total_charge_power_session", None),
    ],
    "goecharger_api2": [
        ("number", "number.goe_123456_ama", "ama"),
        ("number", "number.goe_123456_amp", "amp"),
        ("select", "select.goe_123456_frc", "frc"),
        ("sensor", "sensor.goe_123456_car_value", "car_value"),
        *(("sensor", f"sensor.goe_123456_nrg_{n}", f"nrg_{n}") for n in (4, 5, 6, 11)),
    ],
    "goecharger_mqtt": [
        ("number", "go-eCharger/123456-number-ama-", None),
        ("number", "go-eCharger/123456-number-amp-", None),
        ("select", "go-eCharger/123456-select-frc-frc", None),
        ("select", "go-eCharger/123456-select-psm-psm", None),
        ("sensor", "go-eCharger/123456-sensor-car-car", None),
        ("sensor", "go-eCharger/123456-sensor-nrg-4", None),
        ("sensor", "go-eCharger/123456-sensor-nrg-11", None),
    ],
    "evbox_g4_ble": [
        ("number", "AA:BB_evb_MaximumStationCurrent", "maximum_current"),
        ("number", "AA:BB_evb_MinimumChargeCurrent", "minimum_current"),
        ("switch", "AA:BB_evb_UseBackend", "use_backend"),
        ("select", "AA:BB_led_mode", "led_mode"),
    ],
    "ocpp": [
        ("number", "number.ocpp.charger.maximum_current", None),
        ("switch", "switch.ocpp.charger.charge_control", None),
        ("sensor", "ocpp.charger.status.sensor", None),
        ("sensor", "ocpp.charger.status.connector.sensor", None),
        ("sensor", "ocpp.charger.power.active.import.sensor", None),
    ],
    "alfen_wallbox": [
        ("number", "alfen_1_max_station_current", None),
        ("number", "alfen_1_main_normal_max_current_socket_1", None),
        ("sensor", "alfen_1_main_state_socket_1", None),
        ("sensor", "alfen_1_active_power_total_socket_1", None),
    ],
    "evcc_intg": [
        ("select", "evcc_mincurrent_1_garage", "minCurrent"),
        ("select", "evcc_maxcurrent_1_garage", "maxCurrent"),
        ("select", "evcc_mode_1_garage", "mode"),
        ("binary_sensor", "evcc_connected_1_garage", "connected"),
        ("sensor", "evcc_garage_chargepower", "chargePower"),
    ],
    "myenergi": [
        ("select", "entry-16000001-charge_mode", None),
        ("sensor", "entry-16000001-plug_status", None),
        ("sensor", "entry-16000001-status", None),
    ],
    "keba": [
        ("sensor", "keba_wallbox_123_max_current", None),
        ("sensor", "keba_wallbox_123_energy_target", None),
        ("sensor", "keba_wallbox_123_charging_power", None),
        ("binary_sensor", "keba_wallbox_123_plug_state", None),
        ("binary_sensor", "keba_wallbox_123_charging_state", None),
    ],
    "shelly": [
        ("switch", "A8032ABE54DC-switch:0", None),
        ("sensor", "A8032ABE54DC-switch:0-power", None),
    ],
}


def recorded(hass: HomeAssistant, integration: str) -> dict[str, str]:
    """The registries of an integration with one charger; entity ids by unique id."""
    entry = MockConfigEntry(domain=integration)
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(integration, "1")}, name="Garage wall"
    )
    registry = er.async_get(hass)
    return {
        f"{domain} {unique_id}": registry.async_get_or_create(
            domain,
            integration,
            unique_id,
            config_entry=entry,
            device_id=device.id,
            translation_key=key,
        ).entity_id
        for domain, unique_id, key in RECORDED[integration]
    }


def with_more(integration: str, *more: tuple[str, str, str | None]) -> Any:
    """The registries of an integration with more in them."""
    return patch.dict(RECORDED, {integration: [*RECORDED[integration], *more]})
