"""What a charger is like beside its way: its smallest step, whether 0 pauses it, how often it likes to be told.

It is seen by what it answers, by its own schedule, and by what its meter then shows. What its owner has set comes
first, then what was seen, then what is known of its make.
"""

from dataclasses import dataclass
import logging
import math

from .quirks import Quirk
from .settings import ChargerSettings

_LOGGER = logging.getLogger(__name__)

FINEST = 0.1  # A, of OCPP 1.6
WHOLE = 1.0

CLOSE = 0.15  # A by which a meter and a pilot differ at most, where the one is taken for the other
CLEARLY_BETWEEN = 0.2  # A from the next whole ampere, so that rounding can be seen at all
WITNESSES = {"exact": 2, "up": 2, "down": 3}
"""Different limits that must show the same; a car that takes less looks as if it were rounded down."""

MOST_SHOWN = 3  # schedules that a charger is asked for

DRAWS = 4.0  # A: a car charges, whatever a meter's noise
RESTS = 1.0  # A
SURE = 2  # samples in a row

HASTE = 10.0  # s after a limit within which a failure of the next may come from haste
LONGEST_SPACING = 10.0  # s; a limit is renewed after that anyway
FIRST_SPACING = 2.0  # s

OTHER_PAUSE = "ocpp-other-pause"  # the code in the log


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was seen of a charger; None: nothing yet."""

    step: float | None = None
    """A."""
    pauses: bool | None = None
    """Whether a limit of 0 stops the car."""
    spacing: float = 0.0
    """s between a limit and a higher one."""


class Traits:
    """Those of one charger."""

    def __init__(self, identity: str) -> None:
        self.known = Known()
        self._identity = identity
        self._told = math.inf
        self._seen: dict[str, set[int]] = {kind: set() for kind in WITNESSES}
        self._drew, self._rested, self._went_on = False, 0, 0
        self._follows = False
        self._accepted_at = -math.inf
        self._failures = 0
        self._shown = 0

    # --- what counts ----------------------------------------------------------------------------------

    def step(self, settings: ChargerSettings, quirk: Quirk) -> float:
        """A that limits are multiples of."""
        return settings.step or self.known.step or quirk.step or FINEST

    def pauses(self, settings: ChargerSettings, quirk: Quirk) -> bool:
        """Tell whether a limit of 0 stops the car."""
        for known in (settings.pauses, self.known.pauses, quirk.pauses):
            if known is not None:
                return known
        return True

    def spacing(self, settings: ChargerSettings, quirk: Quirk) -> float:
        """S between a limit and a higher one; a lower one waits for nothing."""
        return settings.spacing or max(self.known.spacing, quirk.spacing)

    # --- what is seen ---------------------------------------------------------------------------------

    def wants_schedule(self, current: float) -> bool:
        """Tell whether its own schedule would say something of its step."""
        return self.known.step is None and self._shown < MOST_SHOWN and _is_between(current)

    def shown(self, current: float, shown: float) -> None:
        """See what its own schedule makes of a limit."""
        self._shown += 1
        if not _is_between(current) or abs(shown - current) >= 1.0 or self.known.step is not None:
            return
        if abs(shown - current) < FINEST / 2:
            self._learn(step=FINEST)
        elif abs(shown - round(shown)) < FINEST / 10:
            self._learn(step=WHOLE)

    def drawn(self, told: float, drawn: float) -> None:
        """See what a car draws, long enough after a limit was told."""
        if told > 0.0:
            self._drew = drawn >= DRAWS
            self._rested = self._went_on = 0
            self._see_step(told, drawn)
            # Just below its limit, or at it.
            self._follows = self._follows or (drawn >= DRAWS and -1.5 < drawn - told < 1.0)
            return
        self._went_on = self._went_on + 1 if drawn >= DRAWS else 0
        self._rested = self._rested + 1 if drawn < RESTS else 0
        if self._went_on >= SURE and self._follows and self.known.pauses is None:
            _LOGGER.warning(
                "Charger %s follows its limit, but draws on when it is told 0; from now on its session is ended "
                "where it has to pause (%s)",
                self._identity,
                OTHER_PAUSE,
            )
            self._learn(pauses=False)
        elif self._rested >= SURE and self._drew and self.known.pauses is None:
            self._learn(pauses=True)

    @property
    def may_draw_on(self) -> bool:
        """A car that draws on at 0 is no reason to go another way: above 0 it follows."""
        return self._follows

    def accepted(self, now: float) -> None:
        """It took a limit."""
        if now - self._accepted_at < max(self.known.spacing, FIRST_SPACING):
            self._failures = 0  # it bears haste
        self._accepted_at = now

    def failed(self, now: float) -> None:
        """It did not take a limit of a kind that it has taken before, or did not answer."""
        since = now - self._accepted_at
        if not self.known.spacing <= since < HASTE:
            return  # it has another reason; or a fall was tried at once, though that is known to be too soon
        self._failures += 1
        if self._failures >= SURE:
            self._failures = 0
            longer = max(FIRST_SPACING, 2 * self.known.spacing, math.ceil(since) + 1.0)
            self._learn(spacing=min(longer, LONGEST_SPACING))

    def _see_step(self, told: float, drawn: float) -> None:
        if self.known.step is not None or drawn < DRAWS or not _is_between(told):
            return
        for kind, wanted in (("exact", told), ("up", math.ceil(told)), ("down", math.floor(told))):
            if abs(drawn - wanted) <= CLOSE:
                self._seen[kind].add(math.floor(told))
                if len(self._seen[kind]) >= WITNESSES[kind]:
                    self._learn(step=FINEST if kind == "exact" else WHOLE)
                return

    def _learn(
        self, *, step: float | None = None, pauses: bool | None = None, spacing: float | None = None
    ) -> None:
        known = self.known
        self.known = Known(
            step=known.step if step is None else step,
            pauses=known.pauses if pauses is None else pauses,
            spacing=known.spacing if spacing is None else spacing,
        )


def rounded(current: float, step: float) -> float:
    """Return the highest limit that a charger knows and that is not above `current`."""
    return round(math.floor(current / step + 1e-6) * step, 1)


def _is_between(current: float) -> bool:
    """Tell whether it can be seen that a limit was rounded to a whole ampere."""
    return CLEARLY_BETWEEN <= current % 1.0 <= 1.0 - CLEARLY_BETWEEN
