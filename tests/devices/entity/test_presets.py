"""What is known of each integration's chargers is what that integration says itself."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.balancing.model import ChargerStatus
from custom_components.fusewise.devices.entity import (
    PRESETS,
    FoundCharger,
    Preset,
    Role,
    find_chargers,
)
from custom_components.fusewise.devices.entity.statuses import status_of
import homeassistant
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er

CORE = Path(homeassistant.__file__).parent / "components"
OF_CORE = [preset for preset in PRESETS if preset.source.startswith("homeassistant/components/")]
CHARGERS_OF_CORE = [preset for preset in OF_CORE if not preset.is_plug]


def by_integration(preset: Preset) -> str:
    return preset.integration


def source_of(preset: Preset) -> str:
    """All that the integration's own source says."""
    return "\n".join(path.read_text() for path in sorted((CORE / preset.integration).glob("*.py")))


def roles_of(preset: Preset) -> Iterator[Role]:
    roles = (preset.limit, preset.limit_shown_by, preset.switch, preset.status, preset.power)
    for role in (*roles, preset.presence, *preset.currents):
        if role is not None:
            yield role


def texts_of(preset: Preset) -> Mapping[str, Any]:
    texts = json.loads((CORE / preset.integration / "strings.json").read_text())
    entities: Mapping[str, Any] = texts["entity"]
    return entities


def statuses_of(preset: Preset) -> set[str]:
    """Every state that the integration's status can have."""
    assert preset.status is not None
    role = preset.status
    if role.domain == "binary_sensor":
        return {"on", "off"}
    if preset.integration == "wallbox":
        [words] = re.findall(
            r"class ChargerStatus\(StrEnum\):(.*?)\n\n\n", source_of(preset), re.DOTALL
        )
        return set(re.findall(r'= "(.+?)"', words))
    return set(texts_of(preset)[role.domain][role.key]["state"])


@pytest.mark.parametrize("preset", PRESETS, ids=by_integration)
def test_each_preset_says_where_it_was_read_and_how_the_charger_is_told(preset: Preset) -> None:
    assert re.match(r"(homeassistant/components/\w+|github\.com/[\w-]+/[\w-]+): \w", preset.source)
    assert preset.limit or preset.switch or preset.action or preset.is_only_watched
    assert set(preset.statuses.values()) <= set(ChargerStatus)


@pytest.mark.parametrize("preset", CHARGERS_OF_CORE, ids=by_integration)
def test_every_role_is_an_entity_that_the_integration_has(preset: Preset) -> None:
    source = source_of(preset)
    for role in roles_of(preset):
        assert (CORE / preset.integration / f"{role.domain}.py").exists()
        assert f'"{role.key}"' in source, role
    for file in preset.source.split(": ")[1].split(", "):
        assert (CORE / preset.integration / file).exists()


@pytest.mark.parametrize("preset", CHARGERS_OF_CORE, ids=by_integration)
def test_every_status_that_the_integration_has_is_understood(preset: Preset) -> None:
    statuses = statuses_of(preset)
    assert statuses
    for status in statuses - {"unknown", "Unknown"}:
        meant = status_of(State("sensor.status", status), preset.statuses)
        assert meant is not None, status
    # And nothing is explained that it never says.
    assert preset.statuses.keys() <= statuses


@pytest.mark.parametrize(
    "preset",
    [preset for preset in OF_CORE if preset.switch and preset.switch.domain == "select"],
    ids=by_integration,
)
def test_a_mode_that_switches_is_one_that_the_integration_has(preset: Preset) -> None:
    assert preset.switch is not None
    states = texts_of(preset)["select"][preset.switch.key]["state"]
    assert {preset.on, preset.off} <= set(states)


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


def found_in(hass: HomeAssistant) -> FoundCharger:
    [found] = find_chargers(hass)
    assert found.name == "Garage wall"
    return found


@pytest.mark.parametrize(
    ("integration", "limit", "switch", "status", "power"),
    [
        ("wallbox", "max_charging_current-12345", "paused-12345", "status_description-12345",
         "charging_power-12345"),
        ("tesla_fleet", "LRW1-charge_state_charge_current_request",
         "LRW1-charge_state_user_charge_enable_request", "LRW1-charge_state_charging_state",
         "LRW1-charge_state_charger_power"),
        ("easee", None, "EH123456_is_enabled", "EH123456_status", "EH123456_power"),
        ("zaptec", "ab-cd_charger_max_current", "ab-cd_charger_operation_mode",
         "ab-cd_charger_operation_mode", "ab-cd_total_charge_power"),
        ("goecharger_api2", "number.goe_123456_amp", "select.goe_123456_frc",
         "sensor.goe_123456_car_value", "sensor.goe_123456_nrg_11"),
        ("goecharger_mqtt", "go-eCharger/123456-number-amp-", "go-eCharger/123456-select-frc-frc",
         "go-eCharger/123456-sensor-car-car", "go-eCharger/123456-sensor-nrg-11"),
        ("evbox_g4_ble", "AA:BB_evb_MaximumStationCurrent", None, None, None),
        ("ocpp", "number.ocpp.charger.maximum_current", None,
         "ocpp.charger.status.connector.sensor", "ocpp.charger.power.active.import.sensor"),
        ("alfen_wallbox", "alfen_1_main_normal_max_current_socket_1", None,
         "alfen_1_main_state_socket_1", "alfen_1_active_power_total_socket_1"),
        ("evcc_intg", "evcc_maxcurrent_1_garage", "evcc_mode_1_garage", "evcc_connected_1_garage",
         "evcc_garage_chargepower"),
        ("myenergi", None, "entry-16000001-charge_mode", "entry-16000001-plug_status", None),
        ("shelly", None, "A8032ABE54DC-switch:0", None, "A8032ABE54DC-switch:0-power"),
    ],
)  # fmt: skip
def test_a_charger_is_recognised_by_its_registry(
    hass: HomeAssistant,
    integration: str,
    limit: str | None,
    switch: str | None,
    status: str | None,
    power: str | None,
) -> None:
    ids = recorded(hass, integration)
    names = {entity: name.split(" ", 1)[1] for name, entity in ids.items()}
    found = found_in(hass)
    assert found.preset.integration == integration
    entities = found.entities
    assert names.get((entities.limit and entities.limit.entity) or "") == limit
    assert names.get((entities.switch and entities.switch.entity) or "") == switch
    assert names.get(entities.status or "") == status
    assert names.get(entities.power or "") == power


def test_an_easee_is_told_by_its_action_for_this_device(hass: HomeAssistant) -> None:
    ids = recorded(hass, "easee")
    found = found_in(hass)
    limit = found.entities.limit
    assert limit is not None
    assert limit.action is not None
    assert limit.action.name == "easee.set_charger_dynamic_limit"
    assert limit.action.filled(10.0) == {"device_id": found.device, "current": 10}
    assert limit.shown_by == ids["sensor EH123456_dynamic_charger_limit"]
    assert found.entities.currents == (ids["sensor EH123456_current"],)


def test_a_keba_is_recognised_without_a_device(hass: HomeAssistant) -> None:
    registry = er.async_get(hass)
    for domain, unique_id, _ in RECORDED["keba"]:
        registry.async_get_or_create(domain, "keba", unique_id)
    [found] = find_chargers(hass)
    assert (found.device, found.name) == ("keba", "KEBA")
    assert found.entities.limit is not None
    assert found.entities.limit.shown_by == "sensor.keba_keba_wallbox_123_max_current"
    assert found.entities.status == "binary_sensor.keba_keba_wallbox_123_plug_state"
    arm = found.entities.arm
    assert arm is not None
    assert arm.filled(6.0) == {
        "failsafe_timeout": 60,
        "failsafe_fallback": 6,
        "failsafe_persist": 0,
    }
    # As the integration's own source has it.
    source = (CORE / "keba" / "__init__.py").read_text()
    assert all(f'"{key}"' in source for key in arm.data)


def test_a_vehicle_tells_where_it_is(hass: HomeAssistant) -> None:
    ids = recorded(hass, "tesla_fleet")
    assert found_in(hass).entities.presence == ids["device_tracker LRW1-location"]


def test_what_is_no_charger_is_not_taken_for_one(hass: HomeAssistant) -> None:
    # An Equalizer of Easee has no switch, and a Tesla without a vehicle is a battery.
    for integration, kept in (("easee", "status"), ("tesla_fleet", "charger_power")):
        RECORDED[integration], all_of_it = (
            [entity for entity in RECORDED[integration] if entity[1].endswith(kept)],
            RECORDED[integration],
        )
        try:
            recorded(hass, integration)
        finally:
            RECORDED[integration] = all_of_it
    assert find_chargers(hass) == []


def test_smart_plugs_come_last(hass: HomeAssistant) -> None:
    recorded(hass, "shelly")
    recorded(hass, "zaptec")
    assert [found.preset.integration for found in find_chargers(hass)] == ["zaptec", "shelly"]


def with_more(integration: str, *more: tuple[str, str, str | None]) -> Any:
    """The registries of an integration with more in them."""
    return patch.dict(RECORDED, {integration: [*RECORDED[integration], *more]})


def test_each_loadpoint_of_evcc_is_a_charger(hass: HomeAssistant) -> None:
    more = (
        ("select", "evcc_maxcurrent_2_garage2", "maxCurrent"),
        ("select", "evcc_mode_2_garage2", "mode"),
        ("binary_sensor", "evcc_connected_2_garage2", "connected"),
        ("sensor", "evcc_garage2_chargepower", "chargePower"),
    )
    with with_more("evcc_intg", *more):
        ids = recorded(hass, "evcc_intg")
    first, second = find_chargers(hass)
    assert [first.name, second.name] == ["Garage wall garage", "Garage wall garage2"]
    assert first.device == second.device
    assert first.id != second.id
    for found, number, name in ((first, 1, "garage"), (second, 2, "garage2")):
        entities = found.entities
        assert entities.limit is not None
        assert entities.limit.entity == ids[f"select evcc_maxcurrent_{number}_{name}"]
        assert entities.switch is not None
        assert entities.switch.entity == ids[f"select evcc_mode_{number}_{name}"]
        assert entities.power == ids[f"sensor evcc_{name}_chargepower"]


def test_each_socket_of_an_alfen_is_a_charger(hass: HomeAssistant) -> None:
    more = (
        ("number", "alfen_1_main_normal_max_current_socket_2", None),
        ("sensor", "alfen_1_main_state_socket_2", None),
        *(("sensor", f"alfen_1_current_l{n}_socket_2", None) for n in (1, 2, 3)),
    )
    with with_more("alfen_wallbox", *more):
        ids = recorded(hass, "alfen_wallbox")
    _, second = find_chargers(hass)
    assert second.name == "Garage wall socket_2"
    assert second.entities.status == ids["sensor alfen_1_main_state_socket_2"]
    assert second.entities.currents == tuple(
        ids[f"sensor alfen_1_current_l{n}_socket_2"] for n in (1, 2, 3)
    )


def test_an_older_zaptec_is_recognised_too(hass: HomeAssistant) -> None:
    with patch.dict(
        RECORDED,
        {
            "zaptec": [
                ("number", "ab-cd_charger_max_current", None),
                ("switch", "ab-cd_operating_mode", "charging"),
                ("sensor", "ab-cd_operating_mode", None),
            ]
        },
    ):
        ids = recorded(hass, "zaptec")
    entities = found_in(hass).entities
    assert entities.switch is not None
    assert entities.switch.entity == ids["switch ab-cd_operating_mode"]
    assert entities.status == ids["sensor ab-cd_operating_mode"]


@pytest.mark.parametrize(
    ("options", "on", "off"),
    [
        (["neutral", "dont_charge", "charge"], "neutral", "dont_charge"),
        (["Neutral", "Don't charge", "Charge"], "Neutral", "Don't charge"),
    ],
)
def test_a_mode_is_called_as_the_version_calls_it(
    hass: HomeAssistant, options: list[str], on: str, off: str
) -> None:
    ids = recorded(hass, "goecharger_mqtt")
    mode = ids["select go-eCharger/123456-select-frc-frc"]
    hass.states.async_set(mode, options[0], {"options": options})
    switch = found_in(hass).entities.switch
    assert switch is not None
    assert (switch.on, switch.off) == (on, off)


@pytest.mark.parametrize(
    ("integration", "said", "means"),
    [
        ("zaptec", "connected_finished", "finishing"),
        ("zaptec", "Connected_Finished", "finishing"),
        ("goecharger_api2", "Warte auf Fahrzeug", "suspended_ev"),
        ("goecharger_api2", "Inaktiv/Frei", "available"),
        ("goecharger_mqtt", "wait_for_car", "suspended_ev"),
        ("myenergi", "EV ready to charge", "preparing"),
        ("alfen_wallbox", "Charging Power Off Suspended", "suspended_evse"),
        ("alfen_wallbox", "Error Temperature", "faulted"),
        ("easee", "awaiting_authorization", "preparing"),
        ("easee", "error_overcurrent", "faulted"),
    ],
)
def test_what_versions_say_in_their_own_ways_means_the_same(
    integration: str, said: str, means: str
) -> None:
    [preset] = [preset for preset in PRESETS if preset.integration == integration]
    assert status_of(State("sensor.status", said), preset.statuses) == means
