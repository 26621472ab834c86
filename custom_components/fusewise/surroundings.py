"""What the loop knows besides meters and chargers: the sun, the battery, whose car is where, the price, the warmth."""

from collections.abc import Mapping

from .balancing.model import Battery as BatteryNow, ChargerReading, PerPhase
from .devices.home import Battery, BatteryReading, Price, PriceReading, Solar, Thermometer, Vehicle
from .guests import Guests

__all__ = ["OLD", "Surroundings"]

OLD = 900.0  # s; sun counted too long only leaves cars less, so a slow cloud's figure is better than none


class Surroundings:
    """The sun, the battery and the vehicles of one site; each by the id of its subentry."""

    def __init__(self) -> None:
        """Nothing is around yet."""
        self.solar: Mapping[str, Solar] = {}
        self.batteries: Mapping[str, Battery] = {}
        self.guests = Guests()
        self.price: Price | None = None
        self.thermometers: Mapping[str, Thermometer] = {}
        """By the id of the circuit."""

    @property
    def vehicles(self) -> Mapping[str, Vehicle]:
        """The vehicles of the home."""
        return self.guests.vehicles

    def configure(
        self,
        solar: Mapping[str, Solar],
        batteries: Mapping[str, Battery],
        vehicles: Mapping[str, Vehicle],
        price: Price | None = None,
        thermometers: Mapping[str, Thermometer] | None = None,
    ) -> None:
        """Take over what there is now."""
        self.price, self.thermometers = price, dict(thermometers or {})
        self.solar, self.batteries = dict(solar), dict(batteries)
        self.guests.configure(vehicles)

    def sun(self, now: float) -> PerPhase | None:
        """A that the sun feeds in on each phase, as far as something tells; None where nothing does."""
        shown = [
            reading.current
            for solar in self.solar.values()
            if (reading := solar.reading) is not None and now - reading.measured_at <= OLD
        ]
        if not shown:
            return None
        one, two, three = (sum(phase) for phase in zip(*shown, strict=True))
        return one, two, three

    @property
    def price_now(self) -> PriceReading | None:
        """What electricity costs; None where nothing tells."""
        return None if self.price is None else self.price.reading

    @property
    def temperatures(self) -> dict[str, float]:
        """°C at each circuit where something tells."""
        shown = {key: thermometer.reading for key, thermometer in self.thermometers.items()}
        return {key: reading.celsius for key, reading in shown.items() if reading is not None}

    def battery(self, now: float) -> BatteryNow | None:
        """All batteries as one; None where nothing tells of any."""
        shown = [
            reading
            for battery in self.batteries.values()
            if (reading := battery.reading) is not None and now - reading.measured_at <= OLD
        ]
        if not shown:
            return None
        return BatteryNow(
            power=sum(reading.power for reading in shown),
            soc=_soc(shown),
            maximum_discharge=sum(reading.maximum_discharge or 0.0 for reading in shown),
        )

    def with_vehicles(
        self, readings: Mapping[str, ChargerReading], now: float, voltage: float
    ) -> dict[str, ChargerReading]:
        """The chargers' readings with what the vehicles on them need."""
        return self.guests.look(readings, now, voltage)


def _soc(shown: list[BatteryReading]) -> float | None:
    """How full all are together; where one does not tell its size, they count alike. None: nobody tells."""
    known = [(reading.soc, reading.capacity_kwh) for reading in shown if reading.soc is not None]
    if not known:
        return None
    sized = all(capacity for _, capacity in known)
    weights = [capacity if sized and capacity else 1.0 for _, capacity in known]
    return sum(soc * weight for (soc, _), weight in zip(known, weights, strict=True)) / sum(weights)
