"""What the charger's side and the message's side of a charge point are to each other.

Everything that differs between versions of OCPP is behind `Connection`, the line of one charge point, and
`Station`, what one of its outlets can be told. A charger's state, its limit and its fall-back are not in them
and are the same for all versions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from .measurands import Wiring
from .ways import Way

if TYPE_CHECKING:
    from .charger import OcppCharger


@dataclass(frozen=True, slots=True, kw_only=True)
class StationInfo:
    """What a charge point says of itself when it boots."""

    identity: str
    vendor: str | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveLimit:
    """A limit that ends by itself."""

    current: float
    """A on each conductor."""
    starts: float
    """In the charger's own time."""
    duration: int
    """s."""
    transaction: int | None
    """The transaction that it belongs to; None: one whose number we do not know."""
    elapsed: int
    """s since the transaction began, for chargers that count from there."""
    phases: int
    """On how many conductors the car charges, for chargers that take a sum of watts; 1 where that is not known."""
    fallback: float
    """A that hold after it, for chargers that keep one profile only."""
    asked_phases: int | None = None
    """On how many conductors the charger is to charge (numberPhases); None: it is not asked for that."""


class PasswordChange(Enum):
    """What became of a password that a charger was told to use."""

    TAKEN = "taken"
    AFTER_RESTART = "after_restart"
    REFUSED = "refused"
    """It does not let that be changed from outside, or is not connected."""


class Connection(Protocol):
    """The line of one charge point, in whichever version it speaks."""

    def let_in(self, chargers: Mapping[int, OcppCharger]) -> None:
        """Serve these chargers, by connector, and no others; none: it may only wait."""

    async def serve(self) -> None:
        """Take its messages until the line is closed."""

    async def change_password(self, password: str) -> PasswordChange:
        """Let it use a password, in hexadecimal digits, from its next connection on; never raises."""

    async def close(self, reason: str) -> None:
        """Close the line."""


class Station(Protocol):
    """One outlet of a charge point over one connection, in whichever version it speaks.

    Every coroutine is bounded in time and raises DeviceOfflineError or DeviceRefusedError with a message
    for the charger's owner.
    """

    @property
    def info(self) -> StationInfo | None:
        """What it said at its last boot on this connection; None before."""

    async def announce(self) -> None:
        """Let it boot again, as far as messages go."""

    async def learn(self, unit: str | None) -> None:
        """Ask what it can do; `unit` is A or W, where its owner knows better than it."""

    @property
    def is_shared(self) -> bool:
        """Other outlets of the same charge point are chargers too, so nothing is told to all of them."""

    @property
    def ways(self) -> tuple[Way, ...]:
        """How it can be told a limit, the most promising first; never empty."""

    @property
    def in_watts(self) -> bool:
        """It takes watts only, which are the sum of all phases."""

    @property
    def switches_phases(self) -> bool:
        """It says, or is known, to switch between one phase and three within a transaction."""

    async def set_fallback(self, current: float, phases: int, wiring: Wiring, way: Way) -> None:
        """Store what it lets through by itself where no live limit is in force; `phases` as in LiveLimit."""

    async def forget_maximum(self) -> None:
        """Take the station's maximum away, which was its fall-back while it was told its limits as that."""

    async def set_limit(self, limit: LiveLimit, wiring: Wiring, way: Way) -> None:
        """Put a live limit in the place of the one before."""

    async def clear(self) -> None:
        """Take all profiles away that hold for it alone, whoever has written them."""

    async def shown(self, wiring: Wiring) -> float | None:
        """Return A that it says itself to let through now, its composite schedule; None where it cannot say."""

    async def measure(self, interval: int) -> None:
        """Let it measure what we need every `interval` seconds, as far as it wants to."""

    async def report(self) -> None:
        """Let it tell its state and its measurements now."""

    async def start(self) -> None:
        """Start a transaction."""

    async def stop(self, transaction: int) -> None:
        """End it."""

    async def unlock(self) -> None:
        """Let the plug go."""

    async def restart(self, *, at_once: bool) -> None:
        """Restart; `at_once` does not wait for the end of a transaction."""

    async def set_availability(self, *, available: bool) -> None:
        """Let it serve cars or not; a running session goes on to its end."""

    async def update_firmware(self, location: str, at: float) -> None:
        """Let it fetch a firmware from there at that time (s since the epoch), and install it."""

    async def send_diagnostics(self, location: str) -> str | None:
        """Let it send its diagnostics there; return the file's name, where it tells one."""

    async def trigger(self, message: str) -> None:
        """Let it send a message, by its name in the standard."""

    async def read_configuration(self, keys: list[str]) -> Mapping[str, tuple[str, bool]]:
        """Return key → (value, whether it is read-only), never a password; all where none is named."""

    async def write_configuration(self, key: str, value: str) -> bool:
        """Change a key; return False where it counts only after a restart."""
