"""Arms the fall-back that a charger has of its own, so that it does not keep its last limit for ever.

It is set anew each hour and whenever the charger comes back, because a restart of either may have lost it. It
is not taken into account: nobody has seen it work, so the charger counts with its maximum all the same.
"""

import asyncio
import logging

from homeassistant.core import HomeAssistant, split_entity_id

from ...balancing.model import NEVER
from .. import Clock
from .roles import Action
from .second_hand import Contexts

__all__ = ["FALLBACK", "Arming"]

_LOGGER = logging.getLogger(__name__)

FALLBACK = 6.0  # A: the least with which a car charges (IEC 61851-1)
EVERY = 3600.0  # s
AGAIN = 60.0  # s after a failure
ANSWER_TIME = 10.0  # s


class Arming:
    """The fall-back of one charger."""

    def __init__(
        self, hass: HomeAssistant, action: Action | None, contexts: Contexts, clock: Clock
    ) -> None:
        """Nothing is armed yet. `action` None: it has none."""
        self._hass = hass
        self._action = action
        self._contexts = contexts
        self._clock = clock
        self._next = NEVER

    def lost(self) -> None:
        """The charger is away, and may come back without it."""
        self._next = NEVER

    async def arm(self) -> None:
        """Set it where it is time to. What fails is tried again, and hinders nothing."""
        now = self._clock()
        if self._action is None or now < self._next:
            return
        self._next = now + AGAIN
        domain, name = split_entity_id(self._action.name)
        try:
            async with asyncio.timeout(ANSWER_TIME):
                await self._hass.services.async_call(
                    domain,
                    name,
                    self._action.filled(FALLBACK),
                    blocking=True,
                    context=self._contexts.new(),
                )
        except Exception:
            # Any integration's action may raise anything.
            _LOGGER.debug("%s failed", self._action.name, exc_info=True)
        else:
            self._next = now + EVERY
