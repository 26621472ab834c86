"""Turns one knob of a charger: sends what is new, looks whether it came to something, and tries again."""

import asyncio
import logging

import voluptuous as vol

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError

from ...balancing.model import NEVER
from .. import Clock, DeviceError, DeviceOfflineError, DeviceRefusedError
from .knobs import SAME, Knob
from .roles import Traits
from .second_hand import Contexts, SecondHand

__all__ = ["Turning"]

_LOGGER = logging.getLogger(__name__)

CAR_AGAIN = 900.0  # s until a car that does not begin is told once more that it may
ANSWER_TIME = 10.0  # s; an action that takes longer hangs, unless its charger is known to be slow
AGAIN = (
    30.0  # s until what failed or had no effect is tried once more: clouds block who hammers them
)


class Turning:
    """One knob, and what it was told."""

    def __init__(
        self, hass: HomeAssistant, knob: Knob, traits: Traits, contexts: Contexts, clock: Clock
    ) -> None:
        self._hass = hass
        self._knob = knob
        self._traits = traits
        self._contexts = contexts
        self._clock = clock
        self._told: float | None = None
        self._told_at = NEVER
        self._reached = False
        self._unseen: float | None = None
        """What it was told before that, if it never showed it: that may come yet."""
        self._problem: DeviceError | None = None

    @property
    def entity(self) -> str | None:
        """Where it shows how it stands."""
        return self._knob.entity

    @property
    def available(self) -> bool:
        """Home Assistant can reach it, as far as it shows."""
        if self.entity is None:
            return True
        state = self._hass.states.get(self.entity)
        return state is not None and state.state != STATE_UNAVAILABLE

    @property
    def told(self) -> float | None:
        """What it was told last, by us or by somebody else; None: nothing yet."""
        return self._told

    @property
    def shown(self) -> float | None:
        """How it stands; where nothing shows that, what it was told."""
        if self.entity is None:
            return self._told
        return self._knob.value(self._hass.states.get(self.entity))

    def forget(self) -> None:
        """What it was told means something else now."""
        self._told, self._problem = None, None

    async def turn(self, wanted: float) -> None:
        """Have it stand at this value. Raises DeviceError where it does not take it."""
        now = self._clock()
        shown = self.shown
        known = self._told is not None and abs(wanted - self._told) < SAME
        # What it still shows may be from before a command that is on its way.
        overtaken = not known and self._told is not None and not self._reached
        stands = shown is not None and abs(wanted - shown) < SAME
        if stands and not overtaken and not self._forgets(now):
            if not known:
                self._told, self._told_at = wanted, now
            self._reached, self._unseen, self._problem = True, None, None
            return
        if known:
            if self._problem is None and now < self._told_at + self._traits.obeys_within:
                return  # on its way
            willing = self._knob.follows_car and wanted and self._problem is None
            if willing and now < self._told_at + CAR_AGAIN:
                return  # it may, and does not want to
            if self._problem is None and not self._reached and not self._forgets(now):
                self._problem = DeviceRefusedError(
                    f"{self.entity} takes the command but still shows {shown:g} instead of {wanted:g}. "
                    "Check whether the charger is set to follow Home Assistant."
                    if shown is not None
                    else f"{self.entity} shows nothing. Check the device that it belongs to."
                )
            if self._problem is not None and now < self._told_at + AGAIN:
                raise self._problem
        if self._must_wait(now, wanted, shown):
            return
        await self._send(wanted, now)

    def keep(self, mode: str | None) -> None:
        """Turn it on in this one of its modes; None: in its own."""
        self._knob.keep(mode)

    def second_hand(self, old: State | None, new: State | None) -> SecondHand | None:
        """Who else has turned it, if somebody has."""
        value, was = self._knob.value(new), self._knob.value(old)
        mode = self._knob.mode(new)
        is_other_mode = mode != self._knob.mode(old)
        # One that comes back from being unavailable has forgotten; nobody has turned it.
        if new is None or value is None or was is None:
            return None
        if abs(value - was) < SAME and not is_other_mode:
            return None
        if self._told is None or (abs(value - self._told) < SAME and self._knob.is_kept(mode)):
            return None
        context, now = new.context, self._clock()
        if self._contexts.is_ours(context):
            return None
        if self._unseen is not None and abs(value - self._unseen) < SAME:
            return None  # our own command, shown late
        on_its_way = now < self._contexts.told_at + self._traits.obeys_within
        if (on_its_way or self._knob.follows_car) and not self._contexts.is_somebodys(context):
            return None
        # From here on it stands as they want it, until we are to change that.
        self._told, self._told_at, self._reached, self._problem = value, now, True, None
        return SecondHand(
            knob=new.entity_id,
            value=value,
            mode=mode,
            at=now,
            user_id=context.user_id,
            run=self._contexts.run_of(context),
        )

    def _forgets(self, now: float) -> bool:
        renew = self._traits.renew
        return self._told is not None and renew is not None and now >= self._told_at + renew

    def _must_wait(self, now: float, wanted: float, shown: float | None) -> bool:
        last = shown if shown is not None else self._told
        falls = last is not None and wanted < last
        if falls and not self._traits.falls_wait_too:
            return False
        return now < self._told_at + self._traits.minimum_interval

    async def _send(self, wanted: float, now: float) -> None:
        domain, name, data = self._knob.call(wanted)
        if not self._reached and self._told is not None and abs(wanted - self._told) >= SAME:
            self._unseen = self._told
        # Told also if it fails: it may have been carried out, and must not be repeated at once.
        self._told, self._told_at, self._reached = wanted, now, False
        self._contexts.told_at = now
        try:
            async with asyncio.timeout(max(ANSWER_TIME, self._traits.obeys_within)):
                await self._hass.services.async_call(
                    domain, name, data, blocking=True, context=self._contexts.new()
                )
        except TimeoutError:
            self._problem = DeviceOfflineError(
                f"{domain}.{name} does not come to an end. Check the charger's network, and its "
                "integration in Home Assistant."
            )
        except (HomeAssistantError, vol.Invalid, ValueError) as error:
            self._problem = DeviceRefusedError(f"{domain}.{name} failed: {error}")
        except Exception as error:
            # Any integration's action may raise anything.
            _LOGGER.debug("%s.%s failed", domain, name, exc_info=True)
            self._problem = DeviceRefusedError(f"{domain}.{name} failed: {error!r}")
        else:
            self._problem = None
        if self._problem is not None:
            raise self._problem
