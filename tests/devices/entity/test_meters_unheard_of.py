"""Meters of integrations that nobody here has heard of: how they name phases, directions and units."""

import pytest

from custom_components.fusewise.devices.entity import FoundMeter, find_meters
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .test_generic import Its, device

KINDS = {"A": "current", "mA": "current", "V": "voltage", "W": "power", "kW": "power"}


def its(unique_id: str, unit: str = "W", name: str | None = None) -> Its:
    return Its("sensor", unique_id, KINDS[unit], unit, name=name)


def found(
    hass: HomeAssistant, *entities: Its, phases: int = 3
) -> tuple[FoundMeter, dict[str, str]]:
    """The one meter that is found, and its unique ids by entity id."""
    ids = device(hass, "unheard_of", *entities, name="Meter")
    [meter] = find_meters(hass, range(phases), ())
    return meter, {entity: name.removeprefix("sensor ") for name, entity in ids.items()}


PHASES = {
    "P1 to P3, import and export": (
        [its(f"e_p{n}pos", name=f"Power P{n} import") for n in (1, 2, 3)]
        + [its(f"e_p{n}neg", name=f"Power P{n} export") for n in (1, 2, 3)],
        {"power": "e_p2pos", "exported": "e_p2neg"},
    ),
    "a heat pump's own at the main fuse": (
        [its(f"4008{n}", "A", name=f"Current BE{n}") for n in (1, 2, 3)]
        + [its("43084", name="Compressor power")],
        {"current": "40082"},
    ),
    "German, in words only": (
        [its(f"id{n}", name=f"Leistung Phase {n}") for n in (1, 2, 3)]
        + [its(f"iv{n}", "V", name=f"Spannung Phase {n}") for n in (1, 2, 3)]
        + [its("it", name="Gesamtleistung")],
        {"power": "id2", "voltage": "iv2"},
    ),
    "Dutch, import and export": (
        [its(f"p1_{n}", name=f"Vermogen verbruik fase {n}") for n in (1, 2, 3)]
        + [its(f"p2_{n}", name=f"Vermogen teruglevering fase {n}") for n in (1, 2, 3)],
        {"power": "p1_2", "exported": "p2_2"},
    ),
    # DSMR by ESPHome: delivered to the house, returned by it
    "a P1 reader of ESPHome": (
        [its(f"mac-power_delivered_l{n}", "kW") for n in (1, 2, 3)]
        + [its(f"mac-power_returned_l{n}", "kW") for n in (1, 2, 3)]
        + [its(f"mac-current_l{n}", "A") for n in (1, 2, 3)]
        + [its("mac-power_delivered", "kW"), its("mac-power_returned", "kW")],
        {
            "power": "mac-power_delivered_l2",
            "exported": "mac-power_returned_l2",
            "current": "mac-current_l2",
        },
    ),
    "used and delivered": (
        [its(f"x_used_l{n}") for n in (1, 2, 3)] + [its(f"x_delivered_l{n}") for n in (1, 2, 3)],
        {"power": "x_used_l2", "exported": "x_delivered_l2"},
    ),
    "from the grid and to it": (
        [its(f"x_from_grid_l{n}") for n in (1, 2, 3)] + [its(f"x_to_grid_l{n}") for n in (1, 2, 3)],
        {"power": "x_from_grid_l2", "exported": "x_to_grid_l2"},
    ),
    "Finnish": (
        [its(f"f{n}", name=f"Teho vaihe {n}") for n in (1, 2, 3)],
        {"power": "f2"},
    ),
    "only told by their units": (
        [Its("sensor", f"y_l{n}_amps", None, "A") for n in (1, 2, 3)]
        + [Its("sensor", f"y_l{n}_volts", None, "V") for n in (1, 2, 3)],
        {"current": "y_l2_amps", "voltage": "y_l2_volts"},
    ),
    "bare numbers": (
        [its(f"meter_current_{n}", "mA") for n in (1, 2, 3)] + [its("meter_power")],
        {"current": "meter_current_2"},
    ),
    "letters": (
        [its(f"m_phase_{letter}_power") for letter in "abc"] + [its("m_total_power")],
        {"power": "m_phase_b_power"},
    ),
    # Named as their integrations name them.
    "an Enphase Envoy": (
        [its(f"e_net_consumption_l{n}") for n in (1, 2, 3)]
        + [its(f"e_consumption_l{n}") for n in (1, 2, 3)]
        + [its(f"e_production_l{n}") for n in (1, 2, 3)],
        # The production is the sun's, and is in the net already.
        {"power": "e_net_consumption_l2"},
    ),
    "a Fronius Smart Meter": (
        [its(f"x-current_ac_phase_{n}", "A") for n in (1, 2, 3)]
        + [its(f"x-power_real_phase_{n}") for n in (1, 2, 3)]
        + [its(f"x-power_apparent_phase_{n}") for n in (1, 2, 3)]
        + [its(f"x-voltage_ac_phase_to_phase_{n}{n % 3 + 1}", "V") for n in (1, 2, 3)]
        + [its(f"x-voltage_ac_phase_{n}", "V") for n in (1, 2, 3)],
        {
            "current": "x-current_ac_phase_2",
            "power": "x-power_real_phase_2",
            "voltage": "x-voltage_ac_phase_2",
        },
    ),
    "a Huawei meter": (
        [its(f"sn_grid_{letter}_power") for letter in "abc"]
        + [its(f"sn_grid_{letter}_voltage", "V") for letter in "abc"]
        + [its("sn_power_meter_active_power")],
        {"power": "sn_grid_b_power", "voltage": "sn_grid_b_voltage"},
    ),
    "a SolarEdge meter": (
        [its(f"m1_ac_power_{letter}") for letter in "abc"]
        + [its(f"m1_ac_voltage_{letter}n", "V") for letter in "abc"]
        + [its(f"m1_ac_voltage_{letters}", "V") for letters in ("ab", "bc", "ca")]
        + [its("m1_ac_power")],
        {"power": "m1_ac_power_b", "voltage": "m1_ac_voltage_bn"},
    ),
    "an SMA energy meter": (
        [its(f"active_power_draw_l{n}") for n in (1, 2, 3)]
        + [its(f"active_power_feed_l{n}") for n in (1, 2, 3)]
        + [its("power_supplied"), its("power_absorbed")],
        {"power": "active_power_draw_l2", "exported": "active_power_feed_l2"},
    ),
    "a Norwegian AMS reader": (
        [its(f"ams_i{n}", "A") for n in (1, 2, 3)]
        + [its(f"ams_u{n}", "V") for n in (1, 2, 3)]
        + [its("ams_p")],
        {"current": "ams_i2", "voltage": "ams_u2"},
    ),
    "letters of lines": (
        [its(f"m_power_line_{letter}") for letter in "rst"] + [its("m_total_power")],
        {"power": "m_power_line_s"},
    ),
    "an inverter's meter at the grid": (
        [its(f"solar_inverter_grid_power_l{n}") for n in (1, 2, 3)]
        + [its(f"solar_inverter_power_l{n}") for n in (1, 2, 3)],
        {"power": "solar_inverter_grid_power_l2"},
    ),
    "voltages between phases beside those of phases": (
        [its(f"q_voltage_l{n}_l{n % 3 + 1}", "V") for n in (1, 2, 3)]
        + [its(f"q_voltage_l{n}_n", "V") for n in (1, 2, 3)]
        + [its(f"q_power_l{n}") for n in (1, 2, 3)],
        {"power": "q_power_l2", "voltage": "q_voltage_l2_n"},
    ),
}


@pytest.mark.parametrize("which", PHASES)
def test_the_phases_are_told_apart(hass: HomeAssistant, which: str) -> None:
    entities, l2 = PHASES[which]
    meter, names = found(hass, *entities)
    assert not meter.entities.is_total
    quantities = meter.entities.phases[1]
    roles = ("current", "power", "exported", "voltage")
    shown = {role: getattr(quantities, role) for role in roles}
    assert {role: names[it] for role, it in shown.items() if it is not None} == l2


TOTALS = {
    "a net power": ([its("grid_power"), its("home_battery_power")], {"power": "grid_power"}),
    "in both directions": (
        [its("power_import", "kW"), its("power_export", "kW")],
        {"power": "power_import", "exported": "power_export"},
    ),
    "bought and sold": (
        [its("m_power_buy"), its("m_power_sell")],
        {"power": "m_power_buy", "exported": "m_power_sell"},
    ),
    "to the grid, in words, and from it": (
        [its("m1", name="Power to grid"), its("m2", name="Power from grid")],
        {"power": "m2", "exported": "m1"},
    ),
    "German, in and out": (
        [its("m1", name="Leistung Bezug"), its("m2", name="Leistung Lieferung")],
        {"power": "m1", "exported": "m2"},
    ),
    "German, in both directions": (
        [its("a", name="Netzbezug Leistung"), its("b", name="Einspeisung Leistung")],
        {"power": "a", "exported": "b"},
    ),
    "of an inverter that tells what it makes": (
        [its("inv_grid_power"), its("inv_production")],
        {"power": "inv_grid_power"},
    ),
    "of a house and what its roof makes": (
        [its("e_consumption"), its("e_production")],
        {"power": "e_consumption", "exported": "e_production"},
    ),
    "of an inverter that has more": (
        [its("inv_power"), its("inv_pv_power"), its("inv_grid_power"), its("inv_load_power_max")],
        {"power": "inv_grid_power"},
    ),
    "supplied and absorbed": (
        [its("power_supplied"), its("power_absorbed")],
        {"power": "power_absorbed", "exported": "power_supplied"},
    ),
    # Two clamps for two things are no phases.
    "beside channels": (
        [its("em_power_1"), its("em_power_2"), its("em_power")],
        {"power": "em_power"},
    ),
}


@pytest.mark.parametrize("which", TOTALS)
def test_a_total_is_taken_where_there_is_nothing_better(hass: HomeAssistant, which: str) -> None:
    entities, total = TOTALS[which]
    meter, names = found(hass, *entities)
    assert meter.entities.is_total
    shown = {"power": meter.entities.total.power, "exported": meter.entities.total.exported}
    assert {role: names[it] for role, it in shown.items() if it is not None} == total


def test_the_channels_of_a_meter_for_many_things_are_no_total(hass: HomeAssistant) -> None:
    device(hass, "unheard_of", its("iota_input_1"), its("iota_input_2"), name="Meter")
    assert find_meters(hass, range(3), ()) == []


def test_on_one_phase_a_numbered_channel_is_not_taken_for_it(hass: HomeAssistant) -> None:
    channels = [its(f"em_power_{n}") for n in (1, 2, 3)]
    meter, names = found(hass, *channels, its("em_power"), phases=1)
    assert names[meter.entities.total.power or ""] == "em_power"


def test_the_legs_of_a_split_phase_home_may_be_numbered_or_lettered(hass: HomeAssistant) -> None:
    meter, names = found(hass, its("vue_power_1"), its("vue_power_2"), its("vue_power"), phases=2)
    first, second, _ = meter.entities.phases
    assert [names[leg.power or ""] for leg in (first, second)] == ["vue_power_1", "vue_power_2"]


def test_phases_that_are_switched_off_are_named(hass: HomeAssistant) -> None:
    entities = [its("power"), *(its(f"power_l{n}") for n in (1, 2, 3))]
    ids = device(hass, "unheard_of", *entities, name="Meter")
    off = [ids[f"sensor power_l{n}"] for n in (1, 2, 3)]
    for entity in off:
        er.async_get(hass).async_update_entity(entity, disabled_by=er.RegistryEntryDisabler.USER)
    [meter] = find_meters(hass, range(3), ())
    assert meter.entities.is_total
    assert list(meter.switched_off) == off
    # One phase alone would be of no use.
    er.async_get(hass).async_remove(off[2])
    hass.states.async_remove(off[2])
    [meter] = find_meters(hass, range(3), ())
    assert meter.switched_off == ()


def without_device(hass: HomeAssistant, entity_id: str, unit: str, *, registered: bool) -> str:
    """A sensor that YAML has made: a template, MQTT, Modbus."""
    shown = {"unit_of_measurement": unit, "device_class": KINDS[unit]}
    if registered:
        er.async_get(hass).async_get_or_create(
            "sensor",
            "template",
            f"id_{entity_id}",
            suggested_object_id=entity_id.removeprefix("sensor."),
            original_device_class=KINDS[unit],
            original_name=entity_id.removeprefix("sensor.").replace("_", " "),
            unit_of_measurement=unit,
        )
    hass.states.async_set(entity_id, "1", shown)
    return entity_id


@pytest.mark.parametrize("registered", [True, False])
def test_sensors_that_belong_to_no_device_are_joined_by_their_names(
    hass: HomeAssistant, registered: bool
) -> None:
    kind = {"registered": registered}
    for n in (1, 2, 3):
        without_device(hass, f"sensor.mains_current_l{n}", "A", **kind)
        without_device(hass, f"sensor.mains_l{n}_voltage", "V", **kind)
        without_device(hass, f"sensor.sauna_power_l{n}", "W", **kind)
    without_device(hass, "sensor.grid_import_power", "kW", **kind)
    without_device(hass, "sensor.grid_export_power", "kW", **kind)
    without_device(hass, "sensor.dryer_power", "W", **kind)
    without_device(hass, "sensor.pv_power", "W", **kind)
    mains, sauna, grid = find_meters(hass, range(3), ())
    integration = "template" if registered else "YAML"
    assert [meter.name for meter in (mains, sauna, grid)] == ["Mains", "Sauna", "Grid"]
    assert {meter.integration for meter in (mains, sauna, grid)} == {integration}
    assert mains.entities.phases[1].current == "sensor.mains_current_l2"
    assert mains.entities.phases[1].voltage == "sensor.mains_l2_voltage"
    assert grid.entities.total.power == "sensor.grid_import_power"
    assert grid.entities.total.exported == "sensor.grid_export_power"


def test_what_only_a_number_tells_apart_is_no_sum(hass: HomeAssistant) -> None:
    clamps = [its(f"in-{row}{n}", name=f"Clamp {row}{n}") for row in "ab" for n in (1, 2, 3)]
    device(hass, "unheard_of", *clamps, name="Clamps")
    device(hass, "unheard_of", *(its(f"s-{n}-power") for n in (1, 2)), name="Two sockets")
    assert find_meters(hass, range(3), ()) == []


def test_what_is_fed_through_to_other_loads_is_no_export(hass: HomeAssistant) -> None:
    power, through = its("p_grid", name="Grid power"), its("p_feed", name="Feed through power")
    meter, ids = found(hass, power, through)
    assert [ids[entity] for entity in meter.entities] == ["p_grid"]


def test_what_a_car_charges_with_is_not_the_house(hass: HomeAssistant) -> None:
    device(hass, "unheard_of", its("car_p", "kW", name="Charging power"), name="Car")
    assert find_meters(hass, range(3), ()) == []
