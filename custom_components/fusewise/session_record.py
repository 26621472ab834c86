"""One charging session: what it has charged so far, by its meter's readings, in whatever order they come."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

# W that a home's charger can deliver at most: what a meter counts faster than that has not been charged.
MOST_POWER = 60_000.0

# Wh that may have been charged unseen, whatever the clocks say: more than a car's battery holds. A meter that
# jumps further has not counted that: some tell what it shows at the begin, and what the session has, in turns.
MOST_UNSEEN = 250_000.0

SHAKEN = 1000.0  # Wh that a clock's and a meter's own steps may seem to be too fast


@dataclass(slots=True, kw_only=True)
class SessionRecord:
    """One session."""

    id: str
    charger: str
    """The id of the charger's subentry."""
    began: float
    ended: float | None = None
    energy_wh: float = 0.0
    peak_w: float = 0.0
    card: str | None = None
    why_ended: str | None = None
    limited_by: dict[str, float] | None = None
    """Reason → s for which it was the one that bound."""
    transaction: int | None = None
    attempt: tuple[str, int, str] | None = None
    register: float | None = None
    """Wh that the charger's meter showed last."""
    fallen: tuple[float, float] | None = None
    """Wh that it showed, and that were counted, before it fell to zero; it may not have, and be back at once."""
    seen: float = 0.0
    """When it was last heard of."""
    is_settled: bool = False
    """The charger has told its end; whatever comes later is a repetition."""

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """A record as it was stored; what this version does not know is left out."""
        known = {field.name for field in fields(cls)}
        record = cls(**{key: value for key, value in stored.items() if key in known})
        if record.attempt is not None:
            card, meter, stamp = record.attempt
            record.attempt = (card, meter, stamp)
        if record.fallen is not None:
            shown, counted = record.fallen
            record.fallen = (shown, counted)
        return record

    def stored(self) -> dict[str, Any]:
        """What is to be stored of it."""
        values = {name: getattr(self, name) for name in self.__slots__}
        # It is written by a thread of its own, while the session goes on.
        return values | {"limited_by": self.limited_by and dict(self.limited_by)}

    def measured(self, at: float, register: float | None, power: float | None = None) -> None:
        """Take a reading. Those that come late, from before the last one, change nothing but the peak."""
        if power is not None:
            self.peak_w = max(self.peak_w, power)
        if at < self.seen:
            return
        if register is not None:
            if self.register is not None:
                self.energy_wh += self._charged(register, at)
            self.register = register
        self.seen = at

    def precede(self, register: float | None) -> None:
        """Learn late what the meter showed at the begin."""
        if self.register is None:
            self.register = register
        elif register is not None and 0.0 < self.register - register <= MOST_UNSEEN:
            self.energy_wh = max(self.energy_wh, self.register - register)

    def _charged(self, register: float, at: float) -> float:
        """Wh since the last reading."""
        assert self.register is not None
        rise, most = register - self.register, MOST_POWER * (at - self.seen) / 3600
        if rise < 0.0:
            if register >= self.register / 2:
                return 0.0  # it has only shaken a little
            # It began at zero again, and has counted since.
            self.fallen = self.register, self.energy_wh
            return register if register <= most else 0.0
        if self.fallen is not None and rise > most + SHAKEN and register >= self.fallen[0]:
            (shown, counted), self.fallen = self.fallen, None
            return max(0.0, counted + register - shown - self.energy_wh)
        return rise if rise <= most + MOST_UNSEEN else 0.0

    def end(self, at: float, why: str) -> None:
        """End it, not before it was last heard of."""
        self.ended = max(at, self.began)
        self.why_ended = why
