"""What a site keeps over a restart: whose turn it is, what was learnt, which fall-backs were proved.

It is written now and then, and when Home Assistant stops; memory cards wear.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
import logging
from typing import Any

from homeassistant.core import HomeAssistant

from .balancing.codec import FormatError, from_json, to_json
from .balancing.formerly import in_todays_form
from .balancing.memory import ChargerMemory, CircuitMemory, Memory, MeterMemory, Samples
from .balancing.model import NEVER
from .balancing.restart import MOMENT, outlive
from .devices.entity import Stay
from .guests import Guest
from .kept_file import KeptFile
from .proving import Proof

_LOGGER = logging.getLogger(__name__)

KEPT_EVERY = timedelta(minutes=15)
"""What a power cut costs at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is known from before a restart."""

    memory: Memory = field(default_factory=Memory)
    proofs: Mapping[str, Proof] = field(default_factory=dict)
    guests: Mapping[str, Guest] = field(default_factory=dict)
    """Which vehicle is at which charger."""
    stays: Mapping[str, Stay] = field(default_factory=dict)
    """Since when a car is at a charger made of entities, and what people have set for it."""


class SiteStore:
    """The file of one site."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Know where it is; nothing is read yet."""
        self._store: KeptFile[dict[str, Any]] = KeptFile(
            hass, entry_id, serialize_in_event_loop=False
        )
        self._lasting = Kept()
        """What was written last of what outlives a restart."""

    async def async_load(self, now: float) -> Kept:
        """What was kept, as far as it is still true."""
        stored = await self._store.async_load()
        return Kept() if stored is None else _read(stored, now)

    async def async_save(self, kept: Kept, *, always: bool) -> None:
        """Write; or, where that is not wanted always, only where something has changed that lasts."""
        later = outlive(kept.memory, kept.memory.time + 2 * MOMENT)
        lasting = replace(kept, memory=replace(later, time=NEVER))
        if always or lasting != self._lasting:
            self._lasting = lasting
            await self._store.async_save(_written(kept))

    async def async_remove(self) -> None:
        """Forget everything."""
        await self._store.async_remove()


def _written(kept: Kept) -> dict[str, Any]:
    return {
        **to_json(kept.memory),
        "proofs": {n: to_json(p) for n, p in kept.proofs.items()},
        "guests": {n: to_json(guest) for n, guest in kept.guests.items()},
        "stays": {n: to_json(stay) for n, stay in kept.stays.items()},
    }


def _read(stored: Mapping[str, Any], now: float) -> Kept:
    time = stored.get("time")
    stored = in_todays_form(stored)
    memory = Memory(
        time=time if isinstance(time, float | int) else NEVER,
        chargers=_each(ChargerMemory, stored, "chargers"),
        samples=_each(Samples, stored, "samples"),
        meters=_each(MeterMemory, stored, "meters"),
        circuits=_each(CircuitMemory, stored, "circuits"),
    )
    return Kept(
        memory=outlive(memory, now),
        proofs=_each(Proof, stored, "proofs"),
        guests=_each(Guest, stored, "guests"),
        stays=_each(Stay, stored, "stays"),
    )


def _each[T](kind: type[T], stored: Mapping[str, Any], key: str) -> dict[str, T]:
    """Each of these that can be read: what another version wrote differently is learnt anew."""
    found: dict[str, T] = {}
    written = stored.get(key)
    for name, data in written.items() if isinstance(written, Mapping) else ():
        try:
            found[name] = from_json(kind, data, (key, name))
        except FormatError as error:
            _LOGGER.debug("Not kept over the restart: %s", error)
    return found
