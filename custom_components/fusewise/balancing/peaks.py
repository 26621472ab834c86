"""What the other loads on a circuit have come and gone to: their peaks in the last minutes, and how often they rose."""

from .memory import CircuitMemory
from .model import NOTHING, PerPhase
from .per_phase import higher

__all__ = ["RISE", "peaks_of", "rises_of", "span_of"]

SPAN, SPANS = 30.0, 20  # s: what comes and goes comes back within ten minutes
QUICK_SPANS = 6  # of them, in which what comes and goes quickly is counted
RISE = 2.5  # A: less is no load that comes


def peaks_of(remembered: CircuitMemory, others: PerPhase | None, span: int) -> tuple[PerPhase, ...]:
    """The most of the other loads in each span, with what it is now, in this one; None: that is not seen."""
    gone, peaks = span - remembered.peaks_at, remembered.peaks
    if gone:
        # Of spans in which nobody looked, nothing is known.
        peaks = peaks[: max(0, SPANS - gone)]
    if others is None:
        return peaks
    if gone or not peaks:
        return (others, *peaks)
    newest = higher(peaks[0], others)
    return peaks if newest is peaks[0] else (newest, *peaks[1:])


def rises_of(
    remembered: CircuitMemory, others: PerPhase | None, span: int
) -> tuple[tuple[PerPhase, ...], PerPhase | None]:
    """How often the other loads have risen in each of the newest spans, and the least that they rise from."""
    gone = span - remembered.peaks_at
    rises = remembered.rises
    if gone or not rises:
        rises = ((NOTHING,) * min(max(gone, 1), QUICK_SPANS) + rises)[:QUICK_SPANS]
    lowest = remembered.lowest
    if others is None:
        return rises, None
    if lowest is None:
        return rises, others
    a, b, c = lowest
    d, e, f = others
    if a <= d <= a + RISE and b <= e <= b + RISE and c <= f <= c + RISE:
        return rises, lowest
    often, least = list(rises[0]), [a, b, c]
    for phase, amperes in enumerate(others):
        if amperes > lowest[phase] + RISE:
            often[phase] += 1
        elif amperes >= lowest[phase]:
            continue
        least[phase] = amperes
    return (
        ((often[0], often[1], often[2]), *rises[1:]),
        (least[0], least[1], least[2]),
    )


def span_of(now: float) -> int:
    """The number of the half-minute."""
    return int(now // SPAN)
