"""What a charger without a meter of energy has charged is reckoned from its power, and said to be an estimate."""

from collections.abc import Callable

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from .entity_chargers import STATUS, added
from .house import device_of, state_of, until

POWER, ENERGY = "sensor.power", "sensor.energy"
WATTS = {"unit_of_measurement": "W"}
CHARGED, EVER = "sensor.garage_session_energy", "sensor.garage_energy"


def charged(hass: HomeAssistant) -> float:
    return float(state_of(hass, CHARGED).state)


async def want(hass: HomeAssistant, energy: float) -> None:
    told = {"entity_id": "number.garage_target_energy", "value": energy}
    await hass.services.async_call("number", "set_value", told, blocking=True)


async def test_power_that_stays_the_same_is_counted_until_it_is_enough(
    hass: HomeAssistant, site: MockConfigEntry, thing: None, let_pass: Callable[[float], None]
) -> None:
    hass.states.async_set(POWER, "0", WATTS)
    key = await added(hass, site, power=POWER)
    await until(lambda: hass.states.get(CHARGED))
    await want(hass, 1)
    hass.states.async_set(STATUS, "charging")
    # It is told once, and never again while it stays so.
    hass.states.async_set(POWER, "7200", WATTS)
    coordinator = site.runtime_data

    async def counted(least: float) -> None:
        await until(lambda: coordinator.wishes.charged(key) >= least)

    for number in range(1, 4):
        let_pass(100)
        await counted(0.19 * number)
    assert coordinator.wishes.charged(key) < 0.9
    await until(lambda: charged(hass) > 0.5)
    assert state_of(hass, CHARGED).attributes["estimated"] is True
    assert state_of(hass, EVER).attributes["estimated"] is True
    for _ in range(3):
        let_pass(100)
        await counted(coordinator.wishes.charged(key) + 0.01)
    await until(lambda: hass.states.is_state("sensor.garage_reason", "session_over"))
    # What nobody has watched is not made up.
    before = coordinator.wishes.charged(key)
    let_pass(3000)
    hass.states.async_set(POWER, "7201", WATTS)
    await hass.async_block_till_done()
    assert coordinator.wishes.charged(key) < before + 0.1


async def test_what_the_charger_counts_itself_is_no_estimate(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    hass.states.async_set(ENERGY, "10", {"unit_of_measurement": "kWh"})
    await added(hass, site, energy=ENERGY)
    await until(lambda: hass.states.get(EVER))
    assert "estimated" not in state_of(hass, EVER).attributes
    assert "estimated" not in state_of(hass, CHARGED).attributes


async def test_where_nothing_is_measured_no_amount_can_be_wanted(
    hass: HomeAssistant, site: MockConfigEntry, thing: None
) -> None:
    key = await added(hass, site)
    await until(lambda: hass.states.is_state(CHARGED, "unknown"))
    assert hass.states.is_state(EVER, "unknown")
    with pytest.raises(ServiceValidationError) as refused:
        await want(hass, 10)
    assert refused.value.translation_key == "energy_not_measured"
    assert refused.value.translation_placeholders == {"charger": "Garage"}
    await want(hass, 0)
    boost = {"device_id": device_of(hass, site, key).id, "energy": 5}
    with pytest.raises(ServiceValidationError) as refused:
        await hass.services.async_call("fusewise", "boost", boost, blocking=True)
    assert refused.value.translation_key == "energy_not_measured"
