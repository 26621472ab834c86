"""A meter that Home Assistant already has is found, shown, tried and used, by clicking."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .clicking import FUSE, answer
from .house import HOST, MENU_SAVE, state_of, until

UNITS = {"current": "A", "power": "W", "voltage": "V"}


class Device:
    """A device of another integration, with its sensors in the registries as that integration has them."""

    def __init__(self, hass: HomeAssistant, integration: str, name: str) -> None:
        self.hass, self.integration = hass, integration
        self.entry = MockConfigEntry(domain=integration, title=name)
        self.entry.add_to_hass(hass)
        self.id = self.part(name).id
        self.ids: dict[str, str] = {}

    def part(self, name: str, **more: Any) -> Any:
        return dr.async_get(self.hass).async_get_or_create(
            config_entry_id=self.entry.entry_id,
            identifiers={(self.integration, name)},
            name=name,
            **more,
        )

    def sensor(self, unique_id: str, kind: str, value: float, *, device: str | None = None) -> str:
        entity = er.async_get(self.hass).async_get_or_create(
            "sensor",
            self.integration,
            unique_id,
            config_entry=self.entry,
            device_id=device or self.id,
            original_device_class=kind,
            unit_of_measurement=UNITS[kind],
        )
        self.hass.states.async_set(
            entity.entity_id, str(value), {"unit_of_measurement": UNITS[kind]}
        )
        self.ids[unique_id] = entity.entity_id
        return entity.entity_id


@pytest.fixture
def p1(hass: HomeAssistant) -> Device:
    """A HomeWizard P1 meter (unique ids as in its integration's sensor.py)."""
    device = Device(hass, "homewizard", "P1 meter")
    for number, amperes in ((1, 3.2), (2, -4), (3, 0)):
        device.sensor(f"HWE-P1_abc_active_power_l{number}_w", "power", amperes * 230)
        device.sensor(f"HWE-P1_abc_active_voltage_l{number}_v", "voltage", 230)
        device.sensor(f"HWE-P1_abc_active_current_l{number}_a", "current", abs(amperes))
    device.sensor("HWE-P1_abc_active_power_w", "power", -184)
    device.sensor("HWE-P1_abc_monthly_power_peak_w", "power", 6000)
    return device


async def asked_for_the_meter(hass: HomeAssistant, **fuse: Any) -> Any:
    step = await hass.config_entries.flow.async_init("fusewise", context={"source": SOURCE_USER})
    return await answer(hass, step, FUSE | fuse)


async def with_port(hass: HomeAssistant, step: Any, ocpp_port: int) -> Any:
    """The menu at the end, after a port was chosen that nobody uses."""
    step = await answer(hass, step, {"next_step_id": "ocpp"})
    return await answer(hass, step, {"host": HOST, "port": ocpp_port})


def offered(step: Any) -> dict[str, str]:
    """The meters to choose from: id and label."""
    kinds = {str(key): kind for key, kind in step["data_schema"].schema.items()}["kind"]
    return {option["value"]: option["label"] for option in kinds.config["options"]}


async def test_a_meter_that_is_there_is_found_and_shown_with_what_it_reads(
    hass: HomeAssistant, p1: Device, ocpp_port: int
) -> None:
    step = await asked_for_the_meter(hass)
    assert offered(step) == {
        p1.id: "P1 meter (homewizard)",
        "sdm630": "Eastron SDM630",
        "entities": "Entities that I choose",
        "no_meter": "No meter",
    }
    step = await answer(hass, step, {"kind": p1.id})
    step = await with_port(hass, step, ocpp_port)
    assert step["step_id"] == "confirm"
    assert step["description_placeholders"]["values"] == (
        "- L1: 3.2 A, 230 V\n- L2: -4.0 A, 230 V\n- L3: 0.0 A, 230 V"
    )
    step = await answer(hass, step, MENU_SAVE)
    entry = step["result"]
    assert entry.state is ConfigEntryState.LOADED
    [meter] = entry.get_subentries_of_type("meter")
    assert (meter.title, meter.unique_id) == ("P1 meter", f"device_{p1.id}")
    stored = dict(meter.data)
    assert stored.pop("circuit") == "main"
    assert stored.pop("kind") == "entities"
    assert stored.pop("device") == p1.id
    assert stored.keys() == {"l1", "l2", "l3"}
    assert stored["l2"] == {
        "current": p1.ids["HWE-P1_abc_active_current_l2_a"],
        "power": p1.ids["HWE-P1_abc_active_power_l2_w"],
        "voltage": p1.ids["HWE-P1_abc_active_voltage_l2_v"],
    }
    # It is what the site runs on.
    await until(lambda: hass.states.get("sensor.home_load_l2"))
    await until(lambda: state_of(hass, "sensor.home_load_l2").state == "-4.0")
    p1.sensor("HWE-P1_abc_active_power_l1_w", "power", 2300)
    await until(lambda: state_of(hass, "sensor.home_load_l1").state == "10.0")
    # The same dialog shows which one it is.
    step = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "meter"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": meter.subentry_id},
    )
    assert step["step_id"] == "confirm"
    chosen: Any = await hass.config_entries.subentries.async_configure(
        step["flow_id"], {"next_step_id": "meter"}
    )
    shown = {str(key): key.description for key in chosen["data_schema"].schema}
    assert shown["kind"] == {"suggested_value": p1.id}


@pytest.mark.parametrize(
    ("integration", "sensors", "l3"),
    [
        (  # unique ids from that integration's sensor.py
            "dsmr",
            [
                (f"serial_instantaneous_{what}_l{n}{way}", kind)
                for n in (1, 2, 3)
                for what, way, kind in (
                    ("active_power", "_positive", "power"),
                    ("active_power", "_negative", "power"),
                    ("current", "", "current"),
                    ("voltage", "", "voltage"),
                )
            ]
            + [("serial_current_electricity_usage", "power")],
            {
                "power": "serial_instantaneous_active_power_l3_positive",
                "exported": "serial_instantaneous_active_power_l3_negative",
                "current": "serial_instantaneous_current_l3",
                "voltage": "serial_instantaneous_voltage_l3",
            },
        ),
        (
            "tibber",
            [(f"home_rt_currentL{n}", "current") for n in (1, 2, 3)]
            + [(f"home_rt_voltagePhase{n}", "voltage") for n in (1, 2, 3)]
            + [("home_rt_power", "power"), ("home_rt_powerProduction", "power")]
            + [("home_rt_averagePower", "power"), ("home_rt_maxPower", "power")],
            {"current": "home_rt_currentL3", "voltage": "home_rt_voltagePhase3"},
        ),
        (
            "shelly",
            [
                (f"A4CF12-em:0-{letter}_{what}", kind)
                for letter in "abc"
                for what, kind in (
                    ("act_power", "power"),
                    ("aprt_power", "power"),
                    ("current", "current"),
                    ("voltage", "voltage"),
                )
            ]
            + [("A4CF12-em:0-total_act_power", "power"), ("A4CF12-em:0-n_current", "current")],
            {
                "power": "A4CF12-em:0-c_act_power",
                "current": "A4CF12-em:0-c_current",
                "voltage": "A4CF12-em:0-c_voltage",
            },
        ),
        (
            "p1_monitor",
            [
                (f"x_{what}_phase_l{n}", kind)
                for n in (1, 2, 3)
                for what, kind in (("power_consumed", "power"), ("power_produced", "power"))
            ],
            {"power": "x_power_consumed_phase_l3", "exported": "x_power_produced_phase_l3"},
        ),
    ],
)
async def test_the_phases_of_known_meters_are_told_apart(
    hass: HomeAssistant, integration: str, sensors: list[Any], l3: dict[str, str], ocpp_port: int
) -> None:
    device = Device(hass, integration, "Meter")
    for unique_id, kind in sensors:
        device.sensor(unique_id, kind, 230 if kind == "voltage" else 1)
    step = await asked_for_the_meter(hass)
    step = await answer(hass, step, {"kind": device.id})
    step = await with_port(hass, step, ocpp_port)
    step = await answer(hass, step, MENU_SAVE)
    [meter] = step["result"].get_subentries_of_type("meter")
    assert meter.data["l3"] == {key: device.ids[it] for key, it in l3.items()}


async def test_a_meter_whose_phases_are_devices_of_their_own_is_one(hass: HomeAssistant) -> None:
    device = Device(hass, "shelly", "3EM")
    for letter in "abc":
        part = device.part(f"3EM phase {letter.upper()}", via_device_id=device.id)
        device.sensor(f"A4-em:0-{letter}_act_power", "power", 100, device=part.id)
    # And two meters behind one gateway are two.
    zigbee = Device(hass, "zha", "Gateway")
    for name in ("Shed", "Barn"):
        part = zigbee.part(name, via_device_id=zigbee.id)
        zigbee.sensor(f"{name}-current_l1", "current", 1, device=part.id)
    step = await asked_for_the_meter(hass)
    assert list(offered(step).values()) == [
        "3EM (shelly)",
        "Eastron SDM630",
        "Entities that I choose",
        "No meter",
    ]
    step = await asked_for_the_meter(hass, supply="one_phase")
    assert {"Shed (zha)", "Barn (zha)"} <= set(offered(step).values())


async def test_a_meter_that_is_removed_while_it_is_chosen_is_told(
    hass: HomeAssistant, p1: Device
) -> None:
    step = await asked_for_the_meter(hass)
    dr.async_get(hass).async_remove_device(p1.id)
    await hass.async_block_till_done()
    step = await answer(hass, step, {"kind": p1.id})
    assert (step["step_id"], step["errors"]) == ("meter", {"kind": "meter_gone"})


BY_HAND = {"kind": "entities"}


async def test_entities_may_be_chosen_by_hand(
    hass: HomeAssistant, p1: Device, ocpp_port: int
) -> None:
    step = await answer(hass, await asked_for_the_meter(hass), BY_HAND)
    assert (step["step_id"], step["errors"]) == ("meter_entities", {})
    step = await answer(hass, step, {"l1": {}, "l2": {}, "l3": {}, "total": {}})
    assert step["errors"] == {"base": "entities_missing"}
    power = {n: {"power": p1.ids[f"HWE-P1_abc_active_power_l{n}_w"]} for n in (1, 2, 3)}
    step = await answer(hass, step, {"l1": power[1], "l2": power[2], "l3": {}, "total": {}})
    assert step["errors"] == {"base": "phase_missing"}
    assert step["description_placeholders"] == {"phase": "L3"}
    voltage = {"power": p1.ids["HWE-P1_abc_active_voltage_l1_v"]}
    step = await answer(hass, step, {"l1": voltage, "l2": power[2], "l3": power[3], "total": {}})
    assert step["errors"] == {"base": "meter_wrong"}
    assert "is in V, which is no power" in step["description_placeholders"]["error"]
    hass.states.async_set(power[1]["power"], "unavailable")
    step = await answer(hass, step, {"l1": power[1], "l2": power[2], "l3": power[3], "total": {}})
    assert step["errors"] == {"base": "meter_silent"}
    assert "is 'unavailable'" in step["description_placeholders"]["error"]
    p1.sensor("HWE-P1_abc_active_power_l1_w", "power", 828)
    step = await answer(hass, step, {"l1": power[1], "l2": power[2], "l3": power[3], "total": {}})
    step = await with_port(hass, step, ocpp_port)
    # Without a voltage the import counts with the lowest that there may be.
    assert step["description_placeholders"]["values"].startswith("- L1: 4.0 A\n- L2: -3.6 A\n")
    step = await answer(hass, step, {"next_step_id": "meter"})
    step = await answer(hass, step, BY_HAND)
    l1 = {str(key): part for key, part in step["data_schema"].schema.items()}["l1"]
    shown = {str(key): key.description for key in l1.schema.schema}
    assert shown["power"] == {"suggested_value": power[1]["power"]}


async def test_what_is_told_only_by_its_unit_may_be_chosen_too(
    hass: HomeAssistant, ocpp_port: int
) -> None:
    """A helper that an automation fills, say."""
    step = await answer(hass, await asked_for_the_meter(hass, supply="one_phase"), BY_HAND)
    l1 = {str(key): part for key, part in step["data_schema"].schema.items()}["l1"]
    current = {str(key): kind for key, kind in l1.schema.schema.items()}["current"]
    by_class, by_unit = current.config["filter"]
    assert by_class["device_class"] == ["current"]
    assert {"A", "mA"} <= set(by_unit["unit_of_measurement"])
    assert not {"W", "V"} & set(by_unit["unit_of_measurement"])
    hass.states.async_set("input_number.mains", "3200", {"unit_of_measurement": "mA"})
    step = await answer(hass, step, {"l1": {"current": "input_number.mains"}})
    step = await with_port(hass, step, ocpp_port)
    assert step["description_placeholders"]["values"] == "- L1: 3.2 A"


async def test_sensors_that_yaml_has_made_are_a_meter_like_any_other(
    hass: HomeAssistant, ocpp_port: int
) -> None:
    for n in (1, 2, 3):
        shown = {"unit_of_measurement": "A", "device_class": "current"}
        hass.states.async_set(f"sensor.mains_current_l{n}", f"{n}.5", shown)
    step = await asked_for_the_meter(hass)
    [kind, *_] = offered(step)
    assert offered(step)[kind] == "Mains (YAML)"
    step = await answer(hass, step, {"kind": kind})
    step = await with_port(hass, step, ocpp_port)
    step = await answer(hass, step, MENU_SAVE)
    entry = step["result"]
    [meter] = entry.get_subentries_of_type("meter")
    assert meter.title == "Mains"
    assert meter.data["l3"] == {"current": "sensor.mains_current_l3"}
    await until(lambda: hass.states.get("sensor.home_load_l2"))
    await until(lambda: state_of(hass, "sensor.home_load_l2").state == "2.5")
    step = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "meter"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": meter.subentry_id},
    )
    chosen: Any = await hass.config_entries.subentries.async_configure(
        step["flow_id"], {"next_step_id": "meter"}
    )
    described = {str(key): key.description for key in chosen["data_schema"].schema}
    assert described["kind"] == {"suggested_value": kind}


async def test_a_meter_without_phases_tells_what_that_means(
    hass: HomeAssistant, ocpp_port: int
) -> None:
    pulse = Device(hass, "tibber", "Pulse")
    pulse.sensor("home_rt_power", "power", 2070)
    pulse.sensor("home_rt_powerProduction", "power", 0)
    step = await asked_for_the_meter(hass)
    step = await answer(hass, step, {"kind": pulse.id})
    step = await with_port(hass, step, ocpp_port)
    assert step["step_id"] == "confirm_total"
    assert step["description_placeholders"]["values"] == "- L1: 10.0 A\n- L2: 10.0 A\n- L3: 10.0 A"
    step = await answer(hass, step, MENU_SAVE)
    assert step["result"].state is ConfigEntryState.LOADED
    await until(lambda: hass.states.get("sensor.home_load_l3"))
    assert state_of(hass, "sensor.home_load_l3").state == "10.0"


async def test_two_sites_cannot_have_one_meter(
    hass: HomeAssistant, p1: Device, ocpp_port: int
) -> None:
    step = await answer(hass, await asked_for_the_meter(hass), {"kind": p1.id})
    step = await with_port(hass, step, ocpp_port)
    await answer(hass, step, MENU_SAVE)
    step = await answer(hass, await asked_for_the_meter(hass, name="Barn"), {"kind": p1.id})
    assert step["errors"] == {"base": "meter_taken"}
    assert step["description_placeholders"] == {"site": "Home", "meter": "P1 meter"}
