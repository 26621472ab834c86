"""The demo's one clock: seconds that never jump, and how they read as dates on the wire."""

from datetime import UTC, datetime
import time

_EPOCH = time.time() - time.monotonic()


def now() -> float:
    """Seconds on this process's monotonic clock; every time in the record is one of these."""
    return time.monotonic()


def iso(moment: float) -> str:
    """Return `moment` as OCPP writes it: UTC, ISO 8601, milliseconds."""
    date = datetime.fromtimestamp(moment + _EPOCH, UTC)
    return date.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> float:
    """Return the moment that an ISO 8601 date names; without a zone it is UTC. ValueError if it is none."""
    date = datetime.fromisoformat(text)
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - _EPOCH
