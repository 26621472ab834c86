"""Stations with several outlets: each connector is a charger of its own, behind one line and one password.

The first connector has the station's own identity, so that a station with one outlet is what it always was;
the others have that and their number: `TWIN`, `TWIN#2`.
"""

import re

FIRST = 1  # connector; 0 is the station as a whole
MOST = 17  # connectors whose transactions have numbers that differ from all others'

_OTHER = re.compile(r"(?P<station>.+)#(?P<connector>[1-9]|1[0-7])")


def outlet(station: str, connector: int) -> str:
    """Return the identity of a connector of a station."""
    return station if connector == FIRST else f"{station}#{connector}"


def station_of(identity: str) -> tuple[str, int]:
    """Return the station and the connector that an identity means."""
    if (other := _OTHER.fullmatch(identity)) is None:
        return identity, FIRST
    return other["station"], int(other["connector"])


def is_station(identity: str) -> bool:
    """Tell whether this can be a station's own identity, and not that of one of its outlets."""
    return _OTHER.fullmatch(identity) is None
