"""A home on one phase whose meter and chargers are other integrations' entities; only its time is ours.

The chargers are physics: they do what their own integration does with a command, and their entities show
it, each second. What a test breaks is what an integration can break.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from custom_components.fusewise.balancing.model import Charger, Circuit, Phase, Site
from custom_components.fusewise.controller import Controller
from custom_components.fusewise.devices.entity import (
    ChargerEntities,
    EntityCharger,
    EntityMeter,
    Limit,
    MeterEntities,
    Quantities,
    Switch,
)
from homeassistant.core import HomeAssistant, ServiceCall

RATING = 42.0
METER = "sensor.grid"
AMPERES = {"unit_of_measurement": "A"}


class Box:
    """One wallbox with a car that takes 16 A, and the entities that its integration makes."""

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        self.hass, self.name = hass, name
        self.limit, self.on, self.plugged = 6.0, False, True
        self.drawn = 0.0
        self.frozen = False
        """Its integration shows nothing new."""
        self.error: Exception | None = None
        self.hangs = self.deaf = False
        self.entities = ChargerEntities(
            limit=Limit(entity=f"number.{name}"),
            switch=Switch(entity=f"switch.{name}"),
            status=f"sensor.{name}_status",
            currents=(f"sensor.{name}_current",),
        )
        self.unit = 1.0
        """A in the unit that its limit is told in."""
        self._shown: object = None
        self.broken: dict[str, Callable[[], None]] = {}
        """What to do with an entity instead of showing what it should."""

    def mend(self) -> None:
        """Have everything as it was."""
        self.broken.clear()
        self.error, self.hangs, self.deaf, self.frozen = None, False, False, False
        self._shown = None

    def second(self) -> None:
        """The car follows its limit by some amperes in a second."""
        wanted = min(self.limit, 16.0) if self.on and self.plugged else 0.0
        step = 0.0 if not self.on else 4.0
        self.drawn = wanted if wanted < self.drawn or not step else min(wanted, self.drawn + step)

    def show(self) -> None:
        if self.frozen:
            return
        if (self.limit, self.on, bool(self.drawn), self.plugged) == self._shown and not self.broken:
            self._show(f"sensor.{self.name}_current", f"{self.drawn:g}", AMPERES)
            return
        self._shown = self.limit, self.on, bool(self.drawn), self.plugged
        number = {"min": 6, "max": 16, "step": 1, **AMPERES}
        self._show(f"number.{self.name}", f"{self.limit:g}", number)
        self._show(f"switch.{self.name}", "on" if self.on else "off")
        status = "charging" if self.drawn else "connected" if self.plugged else "disconnected"
        self._show(f"sensor.{self.name}_status", status)
        self._show(f"sensor.{self.name}_current", f"{self.drawn:g}", AMPERES)

    def _show(self, entity: str, state: str, attributes: dict[str, Any] | None = None) -> None:
        if (broken := self.broken.get(entity)) is not None:
            broken()
        else:
            self.hass.states.async_set(entity, state, attributes)

    async def told(self, call: ServiceCall) -> None:
        if self.hangs:
            await asyncio.sleep(3600)
        if self.error is not None:
            raise self.error
        if self.deaf:
            return
        if call.service in ("set_value", "select_option"):
            said = call.data.get("value", call.data.get("option"))
            self.limit = float(str(said).removesuffix(" A")) * self.unit
        else:
            self.on = call.service == "turn_on"
        self.second()
        self.show()


class SmallHome:
    """A main fuse of 42 A, of which 33.6 A may be used, a garage and a carport."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.now = 1000.0
        self.base = 3.0
        self.meter_broken: Callable[[], None] | None = None
        self.boxes = {name: Box(hass, name) for name in ("garage", "carport")}
        for domain, names in {
            "number": ["set_value"],
            "select": ["select_option"],
            "switch": ["turn_on", "turn_off"],
        }.items():
            for name in names:
                hass.services.async_register(domain, name, self._told)
        self.over = self.longest_over = 0.0
        """s for which the fuse has carried more than its rating, now and at the longest."""
        self.worst = 0.0
        self.meter = EntityMeter(
            hass,
            MeterEntities(phases=(Quantities(current=METER), Quantities(), Quantities())),
            lambda: self.now,
            rating=(RATING, 0.0, 0.0),
        )
        self.show()
        self.chargers = {
            name: EntityCharger(hass, name, box.entities, lambda: self.now, conductors=1)
            for name, box in self.boxes.items()
        }
        self.controller = Controller(
            Site(
                circuits=(
                    Circuit(
                        id="main",
                        rating=(RATING, 0.0, 0.0),
                        meter="grid",
                        house_allowance=(10.0, 0.0, 0.0),
                    ),
                ),
                chargers=tuple(
                    Charger(
                        id=name,
                        circuit="main",
                        wiring=(Phase.L1,),
                        step=1.0,
                        fallback=16.0,
                        slow_to_obey=10.0,
                    )
                    for name in self.boxes
                ),
            ),
            {"grid": self.meter},
            self.chargers,
            lambda _: None,
            clock=lambda: self.now,
        )
        self._reading = asyncio.ensure_future(self.meter.run())

    async def _told(self, call: ServiceCall) -> None:
        entity = call.data["entity_id"]
        for name, box in self.boxes.items():
            if entity.split(".")[1].startswith(name):
                await box.told(call)

    @property
    def load(self) -> float:
        """A that the fuse really carries."""
        return self.base + sum(box.drawn for box in self.boxes.values())

    def show(self) -> None:
        for box in self.boxes.values():
            box.show()
        if self.meter_broken is not None:
            self.meter_broken()
            return
        self.hass.states.async_set(METER, f"{self.load:.2f}", AMPERES)

    async def run(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1.0
            for box in self.boxes.values():
                box.second()
            self.show()
            for _ in range(3):  # what entities have said is heard
                await asyncio.sleep(0)
            self.controller._cycle_safely()
            for _ in range(12):  # and what was decided is told
                await asyncio.sleep(0)
            assert not self.controller._failing
            self.over = self.over + 1 if self.load > RATING else 0.0
            self.longest_over = max(self.longest_over, self.over)
            self.worst = max(self.worst, self.load)

    def use(self, name: str, **roles: Any) -> None:
        """Have a charger made of other entities."""
        box = self.boxes[name]
        box.entities = replace(box.entities, **roles)
        self.chargers[name].close()
        self.chargers[name] = EntityCharger(
            self.hass, name, box.entities, lambda: self.now, conductors=1
        )
        self.controller.configure(self.controller.site, {"grid": self.meter}, self.chargers)

    async def close(self) -> None:
        self._reading.cancel()
        self.controller.close()
        for charger in self.chargers.values():
            charger.close()
