"""What electricity costs now, by an entity; whichever unit it is in, per kWh of the main currency."""

import re
from typing import override

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant, State

from .. import Clock, DeviceError, DeviceOfflineError, DeviceRefusedError
from ..home import Price, PriceReading
from .freshness import on_clock
from .values import number

__all__ = ["EntityPrice", "price_of"]

UNIT = re.compile(r"\s*(?P<money>[^/]*[^/\s])\s*/\s*(?P<energy>[kKmM]?[wW]h)\s*")
HUNDREDTHS = frozenset({"ct", "c", "cent", "cents", "¢", "øre", "öre", "ore", "p", "pence"})
PENCE = frozenset({"GBp", "GBX"})
SYMBOLS = {"€": "EUR", "£": "GBP", "zł": "PLN"}
"""Those that mean one currency; $ and kr are those of the country."""
KILOWATT_HOURS = {"wh": 0.001, "kwh": 1.0, "mwh": 1000.0}
MOST = 1000.0  # per kWh, in any currency: no kWh has ever cost that


class EntityPrice(Price):
    """A price that an entity shows."""

    def __init__(self, hass: HomeAssistant, entity: str, clock: Clock) -> None:
        """Nothing is read yet."""
        self.entity = entity
        self._hass = hass
        self._clock = clock

    @property
    @override
    def reading(self) -> PriceReading | None:
        try:
            return self.read()
        except DeviceError:
            return None

    def read(self) -> PriceReading:
        """What it shows. Raises DeviceError."""
        state = self._hass.states.get(self.entity)
        value = number(state)
        if state is None or value is None:
            said = "is not there" if state is None else f"is {state.state!r} and no number"
            raise DeviceOfflineError(f"{self.entity} {said}.")
        found = price_of(state, self._hass.config.currency)
        if found is None:
            unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
            raise DeviceRefusedError(f"{self.entity} shows {value:g} {unit or '(no unit)'}.")
        price, currency = found
        return PriceReading(
            price=price, currency=currency, measured_at=on_clock(self._clock, state.last_reported)
        )


def price_of(state: State, currency: str) -> tuple[float, str] | None:
    """The price per kWh and its currency; None where it is none. `currency` is that of the home."""
    value, unit = number(state), state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    parts = None if unit is None else UNIT.fullmatch(str(unit))
    if value is None or parts is None:
        return None
    money = parts["money"]
    if money in PENCE or money.lower() in HUNDREDTHS:
        value, money = value / 100, "GBP" if money in PENCE else currency
    elif money in SYMBOLS:
        money = SYMBOLS[money]
    elif re.fullmatch("[A-Za-z]{3}", money):
        money = money.upper()
    else:
        money = currency
    price = value / KILOWATT_HOURS[parts["energy"].lower()]
    return (price, money) if abs(price) <= MOST else None
