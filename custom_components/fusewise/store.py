"""What a site keeps over a restart: whose turn it is, what was learnt, which fall-backs were proved.

It is written now and then, and when Home Assistant stops; memory cards wear.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
import logging
import math
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store

from .balancing.codec import FormatError, from_json, to_json
from .balancing.model import NEVER, ChargerMemory, CircuitMemory, Memory
from .balancing.restart import outlive
from .const import DOMAIN
from .proving import Proof

_LOGGER = logging.getLogger(__name__)

VERSION = 1
KEPT_EVERY = timedelta(minutes=15)
"""What a power cut costs at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is known from before a restart."""

    memory: Memory = field(default_factory=Memory)
    proofs: Mapping[str, Proof] = field(default_factory=dict)


class SiteStore:
    """The file of one site."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Know where it is; nothing is read yet."""
        self._store: Store[dict[str, Any]] = Store(
            hass, VERSION, f"{DOMAIN}.{entry_id}", private=True, atomic_writes=True
        )
        self._known: dict[str, Any] = {}
        """What was written last, but for the time."""

    async def async_load(self, now: float) -> Kept:
        """What was kept, as far as it is still true. A file that cannot be read is no hindrance."""
        try:
            stored = await self._store.async_load()
        except HomeAssistantError as error:
            _LOGGER.warning("Nothing is known from before the start: %s", error)
            stored = None
        return Kept() if stored is None else _read(stored, now)

    async def async_save(self, kept: Kept) -> None:
        """Write, where there is something new."""
        data = _written(kept)
        if data != self._known:
            self._known = data
            await self._store.async_save({**data, "time": to_json(kept.memory)["time"]})

    async def async_remove(self) -> None:
        """Forget everything."""
        await self._store.async_remove()


def _written(kept: Kept) -> dict[str, Any]:
    time = kept.memory.time
    memory = outlive(kept.memory, math.inf if time == NEVER else time)
    return {
        "chargers": {name: to_json(charger) for name, charger in memory.chargers.items()},
        "circuits": {name: to_json(circuit) for name, circuit in memory.circuits.items()},
        "proofs": {name: to_json(proof) for name, proof in kept.proofs.items()},
    }


def _read(stored: Mapping[str, Any], now: float) -> Kept:
    time = stored.get("time")
    memory = Memory(
        time=time if isinstance(time, float | int) else NEVER,
        chargers=_each(ChargerMemory, stored, "chargers"),
        circuits=_each(CircuitMemory, stored, "circuits"),
    )
    proofs = _each(Proof, stored, "proofs")
    return Kept(
        memory=outlive(memory, now),
        # One from the future was made by a clock that was wrong; what it showed is true all the same.
        proofs=proofs,
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
