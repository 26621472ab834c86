"""What people may ask of a charger beside charging: each wish goes to the connection that it has now."""

from abc import abstractmethod
from collections.abc import Mapping

from .. import DeviceRefusedError
from .station import Station


class Wishes:
    """The part of a charger that does what people ask.

    Every coroutine raises DeviceOfflineError or DeviceRefusedError with a message for its owner.
    """

    identity: str

    @abstractmethod
    def _connection(self) -> Station:
        """The connection. Raises DeviceOfflineError."""

    @property
    @abstractmethod
    def transaction(self) -> int | None:
        """The number of the running transaction, where it is known."""

    async def start(self) -> None:
        """Start a transaction without a card."""
        await self._connection().start()

    async def stop(self) -> None:
        """End the running transaction."""
        station = self._connection()
        if self.transaction is None:
            raise DeviceRefusedError(
                f"{self.identity} has no session that could be stopped, or has not told its number yet."
            )
        await station.stop(self.transaction)

    async def unlock(self) -> None:
        """Let the plug go."""
        await self._connection().unlock()

    async def restart(self, *, at_once: bool = False) -> None:
        """Restart its computer; `at_once` does not wait for the session's end."""
        await self._connection().restart(at_once=at_once)

    async def set_availability(self, *, available: bool) -> None:
        """Let it serve cars or not; a running session goes on to its end."""
        await self._connection().set_availability(available=available)

    async def update_firmware(self, location: str, at: float) -> None:
        """Let it fetch a firmware from there at that time, and install it."""
        await self._connection().update_firmware(location, at)

    async def send_diagnostics(self, location: str) -> str | None:
        """Let it send its diagnostics there; return the file's name, where it tells one."""
        return await self._connection().send_diagnostics(location)

    async def trigger(self, message: str) -> None:
        """Let it send a message now."""
        await self._connection().trigger(message)

    async def read_configuration(self, keys: list[str]) -> Mapping[str, tuple[str, bool]]:
        """Return key → (value, whether it is read-only); all keys where none is named."""
        return await self._connection().read_configuration(keys)

    async def write_configuration(self, key: str, value: str) -> bool:
        """Change a key; return False where it counts only after a restart."""
        return await self._connection().write_configuration(key, value)
