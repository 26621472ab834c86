"""Tells a car that is full from one that was paused: many a charger says 'finished' of both."""

from .. import Clock

__all__ = ["Finished"]

BEGINS_WITHIN = 180.0  # s in which a car that may charge again has begun


class Finished:
    """What a charger means that says that charging is over."""

    def __init__(self, clock: Clock, obeys_within: float) -> None:
        """It has said nothing yet. `obeys_within`: s that it takes to do what it is told."""
        self._clock = clock
        self._patience = BEGINS_WITHIN + obeys_within
        self._said = self._full = False
        self._may_since: float | None = None

    def is_full(self, *, said: bool, paused: bool) -> bool:
        """Whether the car wants no more. `said`: the charger says 'finished'; `paused`: we do not let it charge."""
        if said and not self._said:
            self._full = not paused
        self._said = said
        if not said or paused:
            self._may_since = None
        elif self._may_since is None:
            self._may_since = self._clock()
        elif self._clock() - self._may_since >= self._patience:
            self._full = True
        return said and self._full
