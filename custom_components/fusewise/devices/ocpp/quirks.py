"""What is known of certain makes beside what they tell themselves: data, each with its source.

Only what saves time or keeps a charger from harm stands here; the rest is found out with each charger.
"""

from dataclasses import dataclass
from functools import lru_cache
import re

from .station import StationInfo
from .ways import Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """What is peculiar to a make; patterns are searched for, whatever the case."""

    vendor: str
    model: str = ""
    firmware: str = ""
    ways: tuple[Way, ...] = tuple(Way)
    """In the order in which they are tried."""
    only_watts: bool = False
    switches_phases: bool = False
    """It obeys numberPhases in a charging profile, also where it does not say so."""
    sample_interval: int = 0
    """s that it must have between its measurements."""
    step: float | None = None
    """A that its limits are multiples of."""
    pauses: bool | None = None
    """False: it draws on when it is told 0."""
    forgets_after_pause: bool = False
    """It goes on without any limit after a pause, until it is told a second one."""
    spacing: float = 0.0
    """s that it must have between a limit and a higher one."""
    source: str

    def fits(self, info: StationInfo) -> bool:
        """Tell whether a charge point is of this make."""
        pairs = (
            (self.vendor, info.vendor),
            (self.model, info.model),
            (self.firmware, info.firmware),
        )
        return all(re.search(pattern, text or "", re.IGNORECASE) for pattern, text in pairs)


PLAIN = Quirk(vendor="", source="the standard")

QUIRKS = (
    Quirk(
        vendor="go-e",
        ways=(Way.TX_DEFAULT, Way.STATION_MAX, Way.TX),
        switches_phases=True,
        forgets_after_pause=True,
        source="goecharger/go-eCharger-API-v2#105: accepts a TxProfile without effect; #154, #190: obeys"
        " numberPhases since firmware 055.7, in amperes only; #155: ignores the first limit after 0 A",
    ),
    Quirk(
        vendor="evbox",
        model="elvi|g3",
        ways=(Way.TX, Way.TX_RELATIVE, Way.TX_DEFAULT),
        source="lbbrhzn/ocpp#221, #312: rejects a ChargePointMaxProfile",
    ),
    Quirk(
        vendor="huawei",
        only_watts=True,
        source="lbbrhzn/ocpp#2084: takes watts only, whatever it says",
    ),
    Quirk(
        vendor="easee",
        sample_interval=30,
        source="Easee's OCPP notes: no measurements more often than every 30 s",
    ),
    Quirk(
        vendor="wall ?box",
        ways=(Way.TX, Way.TX_RELATIVE, Way.TX_DEFAULT, Way.STATION_MAX),
        source="lbbrhzn/ocpp: older firmware takes relative profiles only",
    ),
)


def quirk_of(info: StationInfo | None) -> Quirk:
    """Return what is known of a charge point's make."""
    return PLAIN if info is None else _fitting(info, QUIRKS)


@lru_cache(maxsize=1024)  # it is asked for with every limit
def _fitting(info: StationInfo, quirks: tuple[Quirk, ...]) -> Quirk:
    return next((quirk for quirk in quirks if quirk.fits(info)), PLAIN)
