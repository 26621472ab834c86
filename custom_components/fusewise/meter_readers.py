"""Has the meters of a site read, each by a task of its own, and knows what each of them said last."""

import asyncio
from collections.abc import Mapping

from .balancing.model import MeterReading, Site
from .devices import Meter

__all__ = ["MeterReaders"]


class MeterReaders:
    """The meters of one site."""

    def __init__(self) -> None:
        """There is none yet, and none is read until `start`."""
        self.meters: dict[str, Meter] = {}
        self._measured: dict[str, str] = {}
        self._tasks: dict[str, tuple[Meter, asyncio.Task[None]]] = {}
        self._heard: dict[str, MeterReading] = {}
        """The newest sample of each meter, which counts on when the meter is set up otherwise."""
        self._running = False

    def configure(self, site: Site, meters: Mapping[str, Meter]) -> None:
        """Take over which meters there are, and what each of them measures."""
        measured = {
            circuit.meter: circuit.id for circuit in site.circuits if circuit.meter is not None
        }
        stay = measured.items() & self._measured.items()
        self._heard = {key: self._heard[key] for key, _ in stay if key in self._heard}
        self._measured = measured
        self.meters = dict(meters)
        if self._running:
            self.start()

    def start(self) -> None:
        """Have each meter read that the site has now, and no other."""
        self._running = True
        for key, (meter, task) in list(self._tasks.items()):
            if self.meters.get(key) is not meter:
                task.cancel()
                del self._tasks[key]
        for key, meter in self.meters.items():
            if key not in self._tasks:
                self._tasks[key] = meter, asyncio.ensure_future(meter.run())

    def stop(self) -> None:
        """Have none read any more."""
        self._running = False
        for _, task in self._tasks.values():
            task.cancel()
        self._tasks = {}

    @property
    def have_spoken(self) -> bool:
        """Whether each of them has said something."""
        return all(meter.reading is not None for meter in self.meters.values())

    def read(self) -> Mapping[str, MeterReading]:
        """What each meter said last."""
        for key, meter in self.meters.items():
            if (reading := meter.reading) is not None:
                self._heard[key] = reading
        return dict(self._heard)
