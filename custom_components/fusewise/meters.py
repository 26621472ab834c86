"""The meters of one site: each lives until its own settings change, so that a new name interrupts nothing."""

from collections.abc import Callable, Container, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from homeassistant.components.modbus import async_get_temporary_unit
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant

from .const import CONF_CALIBRATION, CONF_CIRCUIT, CONF_KIND, CONF_UNIT_ID, CONF_VOLTAGE, ENTITIES
from .devices.entity import CarsDrawn, EntityMeter
from .devices.modbus import ModbusMeter
from .meter import calibration_of, entity_meter, link_of, modbus_meter
from .site import meters_of, rating_of

IN_PLACE = (CONF_CIRCUIT, CONF_CALIBRATION)
"""What changes nothing about how a meter is read."""

type SiteMeter = ModbusMeter | EntityMeter
type CarsDraw = Callable[[str], CarsDrawn]
"""A on each phase that the cars behind a circuit draw now, at least and at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A meter in use."""

    meter: SiteMeter
    made_of: Mapping[str, Any]
    """The settings that it was made with."""
    hold: AsyncExitStack
    """Gives the Modbus connection back."""


class Meters:
    """The meters of one site that are in use."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], cars_draw: CarsDraw) -> None:
        """None is in use yet."""
        self._hass = hass
        self._entry = entry
        self._cars_draw = cars_draw
        self._open: dict[str, _Open] = {}
        self._outdated: list[_Open] = []

    async def async_admit(self) -> dict[str, SiteMeter]:
        """The meter of each circuit that has one, by the id of its subentry: the same one while nothing changes.

        Raises HomeAssistantError where the Modbus link of one is used with other settings.
        """
        known = self._entry.subentries
        circuits = {meter: circuit for circuit, meter in meters_of(self._entry).items()}
        return {
            key: await self._async_admit_one(known[key], circuit)
            for key, circuit in circuits.items()
        }

    async def _async_admit_one(self, subentry: ConfigSubentry, circuit: str) -> SiteMeter:
        key, settings = subentry.subentry_id, subentry.data
        made_of = {name: value for name, value in settings.items() if name not in IN_PLACE}
        if settings[CONF_KIND] == ENTITIES:
            made_of |= {
                "rating": rating_of(self._entry, circuit),
                "voltage": self._entry.data[CONF_VOLTAGE],
            }
        known = self._open.get(key)
        if known is None or known.made_of != made_of:
            if known is not None:
                self._outdated.append(known)
            hold = AsyncExitStack()
            meter = await self._async_make(settings, circuit, hold)
            known = self._open[key] = _Open(meter=meter, made_of=made_of, hold=hold)
        if isinstance(known.meter, EntityMeter):
            known.meter.cars_draw = partial(self._cars_draw, circuit)
        known.meter.calibration = calibration_of(settings)
        return known.meter

    async def _async_make(
        self, settings: Mapping[str, Any], circuit: str, hold: AsyncExitStack
    ) -> SiteMeter:
        if settings[CONF_KIND] == ENTITIES:
            rating, voltage = rating_of(self._entry, circuit), self._entry.data[CONF_VOLTAGE]
            return entity_meter(self._hass, settings, rating, voltage)
        # A hold for the entry could be given back only by unloading all of it.
        unit = await hold.enter_async_context(
            async_get_temporary_unit(self._hass, link_of(settings), settings[CONF_UNIT_ID])
        )
        return modbus_meter(unit, settings)

    async def async_dismiss(self, *, but: Container[str] = ()) -> None:
        """Let go of those that are not in use any more; nobody may read them by now."""
        for key in [key for key in self._open if key not in but]:
            self._outdated.append(self._open.pop(key))
        while self._outdated:
            await self._outdated.pop().hold.aclose()
