"""The demo's own account: currents ten times a second, and what happened, all on one clock.

A sample in JSON, amperes everywhere, per phase L1, L2, L3 of the house:

    {"t": 12.3, "fuse": [..], "house": [..], "sun": [..], "chargers": {"garage": {
        "current": [..], "limit": 16.0, "phases": [0, 1, 2], "draws": 9.9, "floor": 6.0, "could": 16.0,
        "received": 11.7}}}

`could` is what the car would draw from an unlimited charger on each of `phases`, 0 if it is full, waits or
is not there; `received` is when the last SetChargingProfile arrived.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any

from custom_components.fusewise.simulation import Appetite, ChargerSample, PerPhase, Phase, Sample

from . import clock

_KEPT = 36_000  # samples: an hour


class Record:
    """Samples and events, oldest first."""

    def __init__(self) -> None:
        self._samples: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._events: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    def note(self, kind: str, **details: Any) -> dict[str, Any]:
        """Note an event; what is returned is the record's own entry, for what is known only later."""
        event = {"t": clock.now(), "kind": kind, **details}
        self._events.append(event)
        return event

    def add(
        self, moment: float, sample: Sample, received: Mapping[str, float | None]
    ) -> dict[str, Any]:
        """Add the physics of `moment`; `received` is when each charger last got a setpoint."""
        entry = {
            "t": moment,
            "fuse": _rounded(sample.fuse),
            "house": _rounded(sample.house),
            "sun": _rounded(sample.sun),
            "chargers": {
                charger.id: {**_charger(charger), "received": received[charger.id]}
                for charger in sample.chargers
            },
        }
        self._samples.append(entry)
        return entry

    def samples(self, since: float = float("-inf")) -> list[dict[str, Any]]:
        return [sample for sample in self._samples if sample["t"] > since]

    def events(self, since: float = float("-inf")) -> list[dict[str, Any]]:
        return [event for event in self._events if event["t"] > since]


def read_sample(entry: Mapping[str, Any]) -> Sample:
    """Return the sample that `entry` tells."""
    return Sample(
        time=entry["t"],
        fuse=_per_phase(entry["fuse"]),
        house=_per_phase(entry["house"]),
        sun=_per_phase(entry["sun"]),
        chargers=tuple(
            ChargerSample(
                id=name,
                limit=charger["limit"],
                current=_per_phase(charger["current"]),
                appetite=Appetite(
                    phases=tuple(Phase(p) for p in charger["phases"]),
                    current=charger["draws"],
                    floor=charger["floor"],
                    ceiling=charger["could"],
                ),
            )
            for name, charger in entry["chargers"].items()
        ),
    )


def _charger(charger: ChargerSample) -> dict[str, Any]:
    return {
        "current": _rounded(charger.current),
        "limit": round(charger.limit, 4),
        "phases": [int(phase) for phase in charger.appetite.phases],
        "draws": round(charger.appetite.current, 4),
        "floor": round(charger.appetite.floor, 4),
        "could": round(charger.appetite.ceiling, 4),
    }


def _rounded(amperes: PerPhase) -> list[float]:
    return [round(ampere, 4) for ampere in amperes]


def _per_phase(amperes: list[float]) -> PerPhase:
    return (amperes[0], amperes[1], amperes[2])
