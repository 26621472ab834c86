"""Keeps the limits that people and automations have set for a site, over restarts, until they end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant, callback

from .balancing.codec import FormatError, from_json, to_json
from .balancing.model import GridLimit
from .const import MAIN_CIRCUIT
from .controller import Controller
from .kept_file import KeptFile
from .wall_clock import WallClock

SOON = 1.0  # s until a limit is on disk

type _Stored = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit for a circuit, as somebody has set it."""

    amperes: float | None = None
    watts: float | None = None
    until: float | None = None
    """By the wall clock; None: until it is lifted."""
    why: str = ""


def _store(hass: HomeAssistant, entry_id: str) -> KeptFile[_Stored]:
    return KeptFile(hass, f"grid_limits.{entry_id}")


class GridLimits:
    """The limits of one site that were set by hand: one for a circuit at most."""

    def __init__(self, hass: HomeAssistant, entry_id: str, controller: Controller) -> None:
        """Nothing is read yet."""
        self._store = _store(hass, entry_id)
        self._controller = controller
        self._clock = WallClock()
        self._limits: dict[str, Limit] = {}

    async def async_load(self) -> None:
        """Know again what was set, and has not ended."""
        for circuit, written in (await self._store.async_load() or {}).items():
            try:
                self._limits[circuit] = from_json(Limit, written, (circuit,))
            except FormatError:
                continue
        self.look()
        self._tell()

    @property
    def limits(self) -> Mapping[str, Limit]:
        """The limits by circuit."""
        return self._limits

    @callback
    def limit(self, circuit: str, limit: Limit) -> None:
        """Limit a circuit, in the place of what was set for it before."""
        self._keep({**self._limits, circuit: limit})

    @callback
    def lift(self, circuit: str) -> bool:
        """Take a circuit's limit back; False: there is none."""
        if circuit not in self._limits:
            return False
        self._keep({name: it for name, it in self._limits.items() if name != circuit})
        return True

    @callback
    def look(self) -> None:
        """Forget what has ended."""
        now = self._clock.now()
        if any(it.until is not None and it.until <= now for it in self._limits.values()):
            kept = {n: it for n, it in self._limits.items() if it.until is None or it.until > now}
            self._keep(kept)

    async def async_close(self) -> None:
        """Write what is not written."""
        await self._store.async_save(self._written())

    def _keep(self, limits: dict[str, Limit]) -> None:
        self._limits = limits
        self._store.async_delay_save(self._written, SOON)
        self._tell()

    def _written(self) -> _Stored:
        return {circuit: to_json(limit) for circuit, limit in self._limits.items()}

    def _tell(self) -> None:
        self._controller.limit_grid(
            "owner",
            tuple(
                GridLimit(
                    source=limit.why or "owner",
                    circuit=None if circuit == MAIN_CIRCUIT else circuit,
                    amperes=limit.amperes,
                    watts=limit.watts,
                    until=None if limit.until is None else self._clock.on_the_loops(limit.until),
                )
                for circuit, limit in self._limits.items()
            ),
        )


async def async_forget_grid_limits(hass: HomeAssistant, entry_id: str) -> None:
    """Remove the limits of a site that is gone."""
    await _store(hass, entry_id).async_remove()
