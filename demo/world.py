"""The demo house in motion: physics in real time, ten steps a second, and all that hangs on them."""

import asyncio
from collections.abc import Sequence
from typing import Any

from custom_components.fusewise.simulation import Phase, Plant

from . import clock
from .line import Line
from .meter import GridMeter
from .record import Record
from .station import Station

DT = 0.1  # s


class World:
    """The plant, the computers in its charge points and its meter, and the record of it all."""

    def __init__(
        self,
        plant: Plant,
        stations: Sequence[Station],
        *,
        record: Record,
        ocpp_url: str,
        meter_interval: float = 1.0,
    ) -> None:
        self.plant = plant
        self.record = record
        self.stations = {station.id: station for station in stations}
        self.lines = {station.id: Line(station, ocpp_url) for station in stations}
        self.meter = GridMeter(
            voltage=plant.voltage, interval=meter_interval, shown=self._meter_shows
        )
        self.now: dict[str, Any] = {}
        """The newest sample, as the record keeps it."""
        self._unseen: list[dict[str, Any]] = []

    async def run(self) -> None:
        """Let time pass: physics and lines, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tick_for_ever(), name="physics")
            for name, line in self.lines.items():
                tasks.create_task(line.run(), name=f"line of {name}")

    def order(self, phase: Phase, amperes: float) -> dict[str, Any]:
        """Let the house draw `amperes` more on `phase` than it does by itself, from the next step on."""
        ordered = list(self.plant.house.ordered)
        before, ordered[phase] = ordered[phase], amperes
        self.plant.house.ordered = (ordered[0], ordered[1], ordered[2])
        event = self.record.note(
            "step", phase=phase.name, amperes=amperes, before=before, readable=None
        )
        self._unseen.append(event)
        return event

    async def _tick_for_ever(self) -> None:
        begun, steps = clock.now(), 0
        while True:
            steps += 1
            moment = begun + steps * DT  # not a sum: a late step is caught up exactly
            await asyncio.sleep(max(0.0, moment - clock.now()))
            self._tick(moment)

    def _tick(self, moment: float) -> None:
        for station in self.stations.values():
            station.tick(moment)
        sample = self.plant.step(DT)
        received = {name: station.setpoint_received for name, station in self.stations.items()}
        self.now = self.record.add(moment, sample, received)
        self.meter.update(moment, sample, DT)

    def _meter_shows(self) -> None:
        # Called within a tick, after the physics' step: whatever was ordered before is in the reading.
        shown = clock.now()
        for event in self._unseen:
            event["readable"] = shown
        self._unseen.clear()
