"""What is known beside a meter: what the cars behind its circuit draw, and what sun and battery feed in."""

from collections.abc import Callable, Mapping

from .balancing.model import NOTHING, Charger, ChargerReading, PerPhase
from .balancing.topology import topology_of
from .controller import Controller, steady_clock
from .devices.entity import CarsDrawn
from .meter import cars_draw, cars_measured
from .meter_glance import Glance
from .supply import Supply


class BesideMeters:
    """Knows that of one site."""

    def __init__(
        self,
        controller: Controller,
        readings: Callable[[], Mapping[str, ChargerReading]],
        supply: Supply,
    ) -> None:
        """`readings` tells what each charger has said last."""
        self._controller = controller
        self._readings = readings
        self._supply = supply

    def cars_draw(self, circuit: str) -> CarsDrawn:
        """A that the cars behind a circuit draw."""
        return cars_draw(self._behind(circuit), self._readings(), self._supply)

    def battery_feeds(self, now: float) -> float:
        """A that the battery feeds in on each phase, at most: on which one nobody tells."""
        battery = self._controller.surroundings.battery(now)
        return 0.0 if battery is None else max(0.0, -battery.power) / self._controller.site.voltage

    def glance(self, circuit: str, meter: PerPhase) -> Glance:
        """What a meter shows now, beside all that."""
        now = steady_clock()
        battery, sun = self.battery_feeds(now), self._controller.surroundings.sun(now) or NOTHING
        f1, f2, f3 = (battery + amperes for amperes in sun)
        cars = cars_measured(self._behind(circuit), self._readings())
        return Glance(meter=meter, cars=cars, fed=(f1, f2, f3))

    def _behind(self, circuit: str) -> list[Charger]:
        topology = topology_of(self._controller.site)
        behind = topology.below[topology.circuit_index[circuit]]
        return [topology.site.chargers[number] for number in behind]
