"""A charger of a known kind is recognised by what its integration has registered."""

from pathlib import Path
from unittest.mock import patch

import pytest

from custom_components.fusewise.devices.entity import PRESETS, FoundCharger, find_chargers
from custom_components.fusewise.devices.entity.statuses import status_of
import homeassistant
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er

from .recorded import RECORDED, recorded, with_more

CORE = Path(homeassistant.__file__).parent / "components"


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


def test_a_wall_connector_without_its_status_is_nothing(hass: HomeAssistant) -> None:
    with patch.dict(RECORDED, {"tesla_wall_connector": [("sensor", "PGT1-current_a_a", None)]}):
        recorded(hass, "tesla_wall_connector")
    assert find_chargers(hass) == []
