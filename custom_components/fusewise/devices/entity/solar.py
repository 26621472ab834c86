"""Solar panels as Home Assistant knows them: by the power that their inverters show."""

from dataclasses import dataclass
from typing import override

from homeassistant.core import HomeAssistant

from ...balancing.model import PerPhase, Phase
from .. import Clock, DeviceError, DeviceRefusedError
from ..home import Solar, SolarReading
from .freshness import on_clock
from .values import needed, watts

__all__ = ["EntitySolar", "SolarEntities"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolarEntities:
    """The entities of one inverter."""

    powers: tuple[str, ...]
    """One for each phase that it feeds, or one for all."""
    wiring: tuple[Phase, ...]
    """The phases that it feeds."""
    negative: bool = False
    """They show what is produced as a negative number."""


class EntitySolar(Solar):
    """Solar panels whose values are states of entities."""

    def __init__(
        self, hass: HomeAssistant, entities: SolarEntities, clock: Clock, *, voltage: float = 230.0
    ) -> None:
        """`voltage` is the nominal one, between a phase and neutral."""
        self.entities = entities
        self._hass = hass
        self._clock = clock
        self._voltage = voltage

    @property
    @override
    def reading(self) -> SolarReading | None:
        try:
            return self.read()
        except DeviceError:
            return None

    def read(self) -> SolarReading:
        """What the entities show now. Raises DeviceError."""
        powers, wiring = self.entities.powers, self.entities.wiring
        if len(powers) not in (1, len(wiring)):
            raise DeviceRefusedError(
                f"{len(powers)} entities cannot be told apart on {len(wiring)} phases. Choose one for "
                "each phase that the inverter feeds, or one for all of them."
            )
        sign = -1.0 if self.entities.negative else 1.0
        shown = [sign * needed(self._hass, entity, watts, "power") for entity in powers]
        each = shown if len(shown) == len(wiring) else [shown[0] / len(wiring)] * len(wiring)
        produced = dict(zip(wiring, each, strict=True))
        states = [state for entity in powers if (state := self._hass.states.get(entity))]
        return SolarReading(
            power=sum(shown),
            current=_per_phase(produced, self._voltage),
            measured_at=min(on_clock(self._clock, state.last_reported) for state in states),
        )


def _per_phase(produced: dict[Phase, float], voltage: float) -> PerPhase:
    """A on each phase; at night an inverter draws a little, which is the house's load."""
    one, two, three = (max(0.0, produced.get(phase, 0.0)) / voltage for phase in Phase)
    return one, two, three
