"""A meter is calibrated by a clamp meter or by hand, in place, and nothing that cannot be right is taken."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fusewise.balancing.model import MeterReading, Phase
from custom_components.fusewise.devices.calibration import Calibration, CalibrationError
from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from .house import device_of, until
from .test_plausibility import loaded, meter_of

AMPERES = {"unit_of_measurement": "A"}


def test_a_gain_and_an_offset_correct_each_phase() -> None:
    calibration = Calibration(gain=(1.1, 1.0, 0.9), offset=(0.0, -0.5, 0.0))
    shown = MeterReading(current=(10.0, 10.0, -10.0), measured_at=1.0)
    assert calibration.applied(shown).current == pytest.approx((11.0, 9.5, -9.0))


@pytest.mark.parametrize(("shown", "clamp", "gain"), [(10, 11, 1.1), (-10, 11, 1.1), (10, -9, 0.9)])
def test_a_clamp_meter_tells_the_gain_whichever_way_it_flows(
    shown: float, clamp: float, gain: float
) -> None:
    fitted = Calibration().fitted(Phase.L2, shown, clamp)
    assert fitted.gain == pytest.approx((1.0, gain, 1.0))


@pytest.mark.parametrize(
    ("shown", "clamp", "why"),
    [
        (1, 5, "calibration_needs_current"),
        (5, 1, "calibration_needs_current"),
        (5, 15, "calibration_too_far"),
        (15, 5, "calibration_too_far"),
    ],
)
def test_figures_that_make_no_gain_are_refused(shown: float, clamp: float, why: str) -> None:
    with pytest.raises(CalibrationError, match=why):
        Calibration().fitted(Phase.L1, shown, clamp)


async def calibrated(hass: HomeAssistant, device: str, clamp: float, phase: str = "L1") -> Any:
    return await hass.services.async_call(
        "fusewise",
        "calibrate_meter",
        {"device_id": device, "phase": phase, "clamp": clamp},
        blocking=True,
        return_response=True,
    )


@pytest.fixture
async def site(hass: HomeAssistant, ocpp_port: int) -> MockConfigEntry:
    hass.states.async_set("sensor.a", "10", AMPERES)
    entry = await loaded(hass, ocpp_port, meter_of(current="sensor.a"))
    await until(lambda: entry.runtime_data.data)
    return entry


def meter_key(site: MockConfigEntry) -> str:
    [subentry] = site.get_subentries_of_type("meter")
    return subentry.subentry_id


def sampled(hass: HomeAssistant) -> None:
    """The meter's next sample comes, and is the same."""
    hass.states.async_set("sensor.a", "10", AMPERES)


def load(site: MockConfigEntry) -> float:
    shown: float = site.runtime_data.data.main.load[0]
    return shown


async def test_the_action_tells_what_was_before_and_after_and_counts_from_the_next_sample(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    controller = site.runtime_data.controller
    device = device_of(hass, site, meter_key(site)).id
    told = await calibrated(hass, device, 10.5)
    assert told["before"] == {"gain": 1.0, "offset": 0.0, "current": 10.0}
    assert told["after"] == {"gain": 1.05, "offset": 0.0, "current": 10.5}
    await hass.async_block_till_done()
    sampled(hass)
    await until(lambda: load(site) == pytest.approx(10.5))
    assert site.runtime_data.controller is controller
    # Once more starts from what the meter shows, not from what was made of it.
    told = await calibrated(hass, device, 9.5)
    assert (told["before"]["gain"], told["after"]["gain"]) == (1.05, 0.95)
    await hass.async_block_till_done()
    sampled(hass)
    await until(lambda: load(site) == pytest.approx(9.5))


async def test_what_cannot_be_calibrated_is_explained(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    device = device_of(hass, site, meter_key(site)).id
    for clamp, key in ((1.0, "calibration_needs_current"), (25.0, "calibration_too_far")):
        with pytest.raises(ServiceValidationError) as refusal:
            await calibrated(hass, device, clamp)
        assert refusal.value.translation_key == key
    site_device = device_of(hass, site, site.entry_id).id
    with pytest.raises(ServiceValidationError) as refusal:
        await calibrated(hass, site_device, 10.0)
    assert refusal.value.translation_key == "not_a_meter"
    assert load(site) == 10.0


async def test_a_silent_meter_is_not_calibrated(
    hass: HomeAssistant, site: MockConfigEntry, let_pass: Any
) -> None:
    let_pass(600)
    device = device_of(hass, site, meter_key(site)).id
    with pytest.raises(ServiceValidationError) as refusal:
        await calibrated(hass, device, 10.5)
    assert refusal.value.translation_key == "calibration_silent"


async def test_gain_and_offset_are_set_by_hand_and_shown_before_they_are_saved(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    key = meter_key(site)

    async def answer(step: Any, said: dict[str, Any]) -> Any:
        return await hass.config_entries.subentries.async_configure(step["flow_id"], said)

    step: Any = await hass.config_entries.subentries.async_init(
        (site.entry_id, "meter"), context={"source": SOURCE_RECONFIGURE, "subentry_id": key}
    )
    step = await answer(step, {"next_step_id": "calibration"})
    step = await answer(step, {"gain_l1": 3, "offset_l1": 20})
    assert step["errors"] == {
        "gain_l1": "gain_invalid",
        "offset_l1": "offset_invalid",
    }
    step = await answer(step, {"gain_l1": 1.2, "offset_l1": -0.5})
    assert step["description_placeholders"]["values"] == "- L1: 11.5 A"
    meter = site.runtime_data.meters[key]
    await answer(step, {"next_step_id": "save"})
    await hass.async_block_till_done()
    sampled(hass)
    await until(lambda: load(site) == pytest.approx(11.5))
    assert site.runtime_data.meters[key] is meter
