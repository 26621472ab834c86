"""A price is understood in whatever unit its entity is, and counts as missing where it cannot be."""

import math

import pytest

from custom_components.fusewise.devices import DeviceOfflineError, DeviceRefusedError
from custom_components.fusewise.devices.entity import EntityPrice, EntityThermometer
from homeassistant.core import HomeAssistant

ENTITY = "sensor.price"


def clock() -> float:
    return 1000.0


@pytest.mark.parametrize(
    ("state", "unit", "price", "currency"),
    [
        ("0.31", "EUR/kWh", 0.31, "EUR"),
        ("0.31", "€/kWh", 0.31, "EUR"),
        ("31", "ct/kWh", 0.31, "EUR"),
        ("31", "Cent / kWh", 0.31, "EUR"),
        ("85", "øre/kWh", 0.85, "EUR"),
        ("85", "Öre/kWh", 0.85, "EUR"),
        ("92.5", "EUR/MWh", 0.0925, "EUR"),
        ("-4.2", "€/MWh", -0.0042, "EUR"),
        ("1.2", "nok/kWh", 1.2, "NOK"),
        ("1.2", "kr/kWh", 1.2, "EUR"),
        ("24", "p/kWh", 0.24, "EUR"),
        ("24", "GBp/kWh", 0.24, "GBP"),
        ("0.24", "£/kWh", 0.24, "GBP"),
        ("0.0003", "EUR/Wh", 0.3, "EUR"),
        ("0", "EUR/kWh", 0.0, "EUR"),
    ],
)
def test_a_price_is_per_kwh_in_the_main_currency(
    hass: HomeAssistant, state: str, unit: str, price: float, currency: str
) -> None:
    hass.states.async_set(ENTITY, state, {"unit_of_measurement": unit})
    reading = EntityPrice(hass, ENTITY, clock).reading
    assert reading is not None
    assert reading.price == pytest.approx(price)
    assert reading.currency == currency
    assert reading.measured_at <= clock()


@pytest.mark.parametrize(
    ("state", "unit", "told"),
    [
        ("unavailable", "EUR/kWh", "'unavailable'"),
        ("unknown", "EUR/kWh", "'unknown'"),
        ("nan", "EUR/kWh", "no number"),
        ("cheap", "EUR/kWh", "no number"),
        ("0.31", None, r"0\.31 \(no unit\)"),
        ("0.31", "EUR", "EUR"),
        ("0.31", "kWh", "kWh"),
        ("0.31", "EUR/kg", "EUR/kg"),
        ("230", "W", "230 W"),
        ("1e9", "EUR/kWh", "1e\\+09"),
        ("-1e9", "EUR/kWh", "1e\\+09"),
    ],
)
def test_what_is_no_price_is_missing_and_said(
    hass: HomeAssistant, state: str, unit: str | None, told: str
) -> None:
    hass.states.async_set(ENTITY, state, {"unit_of_measurement": unit} if unit else {})
    price = EntityPrice(hass, ENTITY, clock)
    assert price.reading is None
    with pytest.raises((DeviceOfflineError, DeviceRefusedError), match=told):
        price.read()


def test_a_price_that_is_gone_is_named(hass: HomeAssistant) -> None:
    with pytest.raises(DeviceOfflineError, match=r"sensor\.price is not there"):
        EntityPrice(hass, ENTITY, clock).read()


@pytest.mark.parametrize(
    ("state", "unit", "celsius"),
    [
        ("41.5", "°C", 41.5),
        ("104", "°F", 40.0),
        ("41.5", "%", None),
        ("41.5", None, None),
        ("unavailable", "°C", None),
        ("nan", "°C", None),
        ("850", "°C", None),
        ("-127", "°C", None),
    ],
)
def test_a_temperature_is_in_celsius_or_missing(
    hass: HomeAssistant, state: str, unit: str | None, celsius: float | None
) -> None:
    hass.states.async_set("sensor.t", state, {"unit_of_measurement": unit} if unit else {})
    reading = EntityThermometer(hass, "sensor.t", clock).reading
    assert (math.nan if reading is None else reading.celsius) == pytest.approx(
        math.nan if celsius is None else celsius, nan_ok=True
    )


def test_a_thermometer_that_has_said_nothing_for_hours_is_silent(hass: HomeAssistant) -> None:
    now = 1000.0
    hass.states.async_set("sensor.t", "20", {"unit_of_measurement": "°C"})
    thermometer = EntityThermometer(hass, "sensor.t", lambda: now)
    assert thermometer.reading is not None


def test_a_thermometer_that_is_gone_says_nothing(hass: HomeAssistant) -> None:
    assert EntityThermometer(hass, "sensor.t", clock).reading is None
