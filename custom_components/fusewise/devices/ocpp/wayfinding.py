"""Finds the way in which a charger obeys: each that it refuses, or that has no effect, is left for the next.

Three witnesses are heard: its answers, its own schedule (GetCompositeSchedule), and above all what its meter
shows. Whether a limit is exceeded is seen within a minute; so is a charger that stays at its fall-back.
"""

import logging

from .learnt import Learnt
from .station import Station
from .ways import Obedience, Trouble, Way

_LOGGER = logging.getLogger(__name__)

REFUSALS = 3  # in a row, with growing time between them, until a limit is told in another way
TOLERANCE = 0.6  # A between a limit and what a charger's own schedule says


class Wayfinder:
    """The way of one charger."""

    def __init__(self, identity: str) -> None:
        self.way = Way.TX
        self.fixed: Way | None = None
        """What its owner has set; nothing else is tried then."""
        self.tried: set[Way] = set()
        self.checked: set[Way] = set()
        self.obedience = Obedience()
        self._identity = identity
        self._refusals, self._was_accepted = 0, False

    @property
    def learnt(self) -> Learnt:
        """What outlives a restart."""
        found = self.tried or self.checked
        return Learnt(
            way=self.way if found and self.fixed is None else None,
            tried=tuple(sorted(self.tried)),
            checked=tuple(sorted(self.checked)),
        )

    def remember(self, learnt: Learnt) -> None:
        """Go on with what was found out before a restart."""
        if learnt.way is not None:
            self.way = learnt.way
            self.tried = set(learnt.tried)
            self.checked = set(learnt.checked)

    def fix(self, way: Way | None, now: float) -> bool:
        """Take what its owner has set, None: nothing; return whether the way is another one now."""
        if way is self.fixed:
            return False
        self.fixed = way
        self.tried.clear()
        self.checked.clear()
        if way is not None and way is not self.way:
            self._take(way, now)
            return True
        return False

    def choose(self, station: Station, now: float) -> bool:
        """Begin with what its make obeys, and stay with what was found out; return whether that is another."""
        ways = self._ways(station)
        first = ways[0]
        if self.way in ways and (self.tried or self.checked or self.way is first):
            return False
        self._take(first, now)
        return True

    @property
    def was_accepted(self) -> bool:
        """It has taken a limit in this way."""
        return self._was_accepted

    def accepted(self) -> None:
        """It took a limit."""
        self._refusals, self._was_accepted = 0, True

    def refused(self) -> bool:
        """It refused a limit; return whether this way is hopeless."""
        self._refusals += 1
        # One that has accepted this way has another reason to refuse now.
        return self._refusals >= REFUSALS and not self._was_accepted

    def doubts(self, wanted: float, armed: float | None, shown: float | None) -> bool:
        """Tell whether its own schedule shows that a limit has no effect; each way is asked about once."""
        self.checked.add(self.way)
        if shown is None:
            return False
        is_fallback = armed is not None and abs(shown - armed) < TOLERANCE < abs(wanted - armed)
        return shown > wanted + TOLERANCE or is_fallback

    def is_stuck(self, station: Station, drawn: float, armed: float | None, at: float) -> bool:
        """Tell by a sample whether it stays at its fall-back, as long as there are other ways to try."""
        return not self.tried.issuperset(station.ways) and self.obedience.is_stuck(drawn, armed, at)

    def next(self, station: Station, why: str, now: float) -> bool:
        """Take a way that was not tried yet, after the last the first again; return whether it is another."""
        self.tried.add(self.way)
        ways = self._ways(station)
        left = [way for way in ways if way not in self.tried]
        way = left[0] if left else ways[0]
        if way is self.way:
            return False
        _LOGGER.warning(
            "Charger %s %s its limit as %s; trying %s (%s)",
            self._identity,
            why,
            self.way,
            way,
            Trouble.OTHER_WAY,
        )
        self._take(way, now)
        return True

    def _ways(self, station: Station) -> tuple[Way, ...]:
        return station.ways if self.fixed is None else (self.fixed,)

    def _take(self, way: Way, now: float) -> None:
        self.way = way
        self._refusals, self._was_accepted = 0, False
        self.obedience.again(now)
