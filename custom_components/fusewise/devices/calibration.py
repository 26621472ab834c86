"""Corrects what a meter shows, phase by phase, as an installer's clamp meter has found it to be wrong."""

from dataclasses import dataclass, replace

from ..balancing.model import NOTHING, MeterReading, PerPhase, Phase

__all__ = [
    "LEAST_GAIN",
    "MOST_GAIN",
    "MOST_OFFSET",
    "UNCALIBRATED",
    "Calibration",
    "CalibrationError",
]

LEAST_GAIN, MOST_GAIN = 0.5, 2.0  # beyond that it is no error of the meter but another current
MOST_OFFSET = 10.0  # A
ENOUGH = 2.0  # A: less says nothing about a gain


class CalibrationError(ValueError):
    """These two figures make no gain."""

    def __init__(self, why: str) -> None:
        """`why` is the key of a text."""
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """True current = gain x shown + offset, on each phase."""

    gain: PerPhase = (1.0, 1.0, 1.0)
    offset: PerPhase = NOTHING

    def applied(self, reading: MeterReading) -> MeterReading:
        """The reading as it is in truth."""
        if self == UNCALIBRATED:
            return reading
        one, two, three = (self.corrected(phase, reading.current[phase]) for phase in Phase)
        rest = reading.rest
        if rest is not None:
            rest = rest * sum(self.gain) / len(self.gain) + sum(self.offset)
        return replace(reading, current=(one, two, three), rest=rest)

    def corrected(self, phase: Phase, shown: float) -> float:
        """A in truth."""
        return self.gain[phase] * shown + self.offset[phase]

    def fitted(self, phase: Phase, shown: float, clamp: float) -> Calibration:
        """With the gain of a phase such that what the meter shows becomes what a clamp meter shows.

        A clamp meter knows no direction. Raises CalibrationError.
        """
        truth = abs(clamp) if shown >= 0 else -abs(clamp)
        if abs(shown) < ENOUGH or abs(clamp) < ENOUGH:
            raise CalibrationError("calibration_needs_current")
        gain = (truth - self.offset[phase]) / shown
        if not LEAST_GAIN <= gain <= MOST_GAIN:
            raise CalibrationError("calibration_too_far")
        one, two, three = (gain if each is phase else self.gain[each] for each in Phase)
        return replace(self, gain=(one, two, three))


UNCALIBRATED = Calibration()
