"""Keeps what people want of each charger of a site, over restarts, and tells the loop what it means now."""

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .balancing.codec import FormatError, from_json, to_json
from .balancing.memory import RESUMED
from .balancing.model import ChargerReading
from .controller import Controller
from .kept_file import KeptFile
from .percent import missing
from .sessions import Sessions
from .wall_clock import WallClock
from .wanted import NOTHING_WANTED, Wanted, boosted, next_departure
from .wish import Wish

SOON = 1.0  # s until a wish is on disk
CLOCK_WAS_SET = (
    5.0  # s by which the wall clock moves against ours, before a departure is another moment
)
NEED_STEP = 0.1  # kWh by which a need changes before the loop is told

type _Stored = dict[str, dict[str, Any]]


def _store(hass: HomeAssistant, entry_id: str) -> KeptFile[_Stored]:
    return KeptFile(hass, f"wishes.{entry_id}")


class Wishes:
    """The wishes of one site, and their file."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, controller: Controller, sessions: Sessions
    ) -> None:
        """Nothing is read yet. `sessions` knows what each car has charged."""
        self._store = _store(hass, entry_id)
        self._controller = controller
        self._sessions = sessions
        self._wanted: dict[str, Wanted] = {}
        self._started: dict[str, float] = {}
        """When the session at each charger has begun."""
        self.maximum_price: float | None = None
        """Per kWh, for each charger that has none of its own."""
        self._clock = WallClock()

    async def async_load(self) -> None:
        """Know again what was wanted. What another version wrote otherwise is not."""
        for charger, written in (await self._store.async_load() or {}).items():
            try:
                wanted = from_json(Wanted, written, (charger,))
            except FormatError:
                continue
            if wanted.boost is not None and wanted.boost.session is not None:
                # After a restart a session may have another id; whichever runs is the one.
                wanted = replace(wanted, boost=replace(wanted.boost, session=RESUMED))
            self._wanted[charger] = wanted
            self._tell(charger)

    def of(self, charger: str) -> Wanted:
        """What is wanted of a charger."""
        return self._wanted.get(charger, NOTHING_WANTED)

    def departure(self, charger: str) -> float | None:
        """When its car leaves next, by the wall clock."""
        now = self._clock.now()
        return next_departure(self.of(charger), now, dt_util.get_default_time_zone())

    def charged(self, charger: str) -> float:
        """What the car at a charger has charged, in kWh."""
        return self._sessions.charged(charger, self._started.get(charger)) / 1000

    @callback
    def change(self, charger: str, **changes: Any) -> None:
        """Want something else of a charger: fields of `Wanted` by their names."""
        self._keep(charger, replace(self.of(charger), **changes))

    @callback
    def look(self, readings: Mapping[str, ChargerReading]) -> None:
        """Note what is over by now, and tell the loop what has changed with time."""
        now = self._clock.now()
        self._started = {
            charger: reading.session.started
            for charger, reading in readings.items()
            if reading.session is not None
        }
        for charger, reading in readings.items():
            wanted = self.of(charger)
            still = wanted
            if wanted.boost is not None:
                charged = self.charged(charger)
                still = replace(still, boost=boosted(wanted.boost, reading, now, charged))
            if wanted.once is not None and wanted.once <= now:
                still = replace(still, once=None)
            if still != wanted:
                self._keep(charger, still)
            else:
                self._tell(charger)

    @callback
    def forget(self, but: Container[str]) -> None:
        """Forget the chargers that are gone."""
        self._wanted = {charger: it for charger, it in self._wanted.items() if charger in but}

    async def async_close(self) -> None:
        """Write what is not written."""
        await self._store.async_save(self._written())

    @callback
    def _keep(self, charger: str, wanted: Wanted) -> None:
        self._wanted[charger] = wanted
        self._store.async_delay_save(self._written, SOON)
        self._tell(charger)

    def _written(self) -> _Stored:
        return {charger: to_json(wanted) for charger, wanted in self._wanted.items()}

    @callback
    def _tell(self, charger: str) -> None:
        """Let the loop know what is wanted now; the same once more changes nothing."""
        wanted, departure = self.of(charger), self.departure(charger)
        self._controller.set_wish(
            charger,
            Wish(
                mode=wanted.mode,
                boost=wanted.boost is not None,
                departure=None if departure is None else self._clock.on_the_loops(departure),
                energy_kwh=self._needed(charger, wanted),
                maximum=wanted.maximum,
                maximum_price=(
                    self.maximum_price if wanted.maximum_price is None else wanted.maximum_price
                ),
                priority=wanted.priority,
            ),
        )

    def _needed(self, charger: str, wanted: Wanted) -> float | None:
        if wanted.soc is not None:
            guests, before = self._controller.surroundings.guests, self._controller.wish(charger)
            left = missing(guests, charger, wanted.soc, is_done=before.energy_kwh == 0)
        elif wanted.energy_kwh is not None:
            left = max(0.0, wanted.energy_kwh - self.charged(charger))
        else:
            left = None
        if left is None:
            return None
        # Never 0 before there is nothing left: that would be the end.
        return 0.0 if left == 0 else max(NEED_STEP, round(left / NEED_STEP) * NEED_STEP)


async def async_forget_wishes(hass: HomeAssistant, entry_id: str) -> None:
    """Remove what was wanted of a site that is gone."""
    await _store(hass, entry_id).async_remove()
