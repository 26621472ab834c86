"""Lets the event loop breathe: of what many chargers say at once, only so much is done in one of its turns.

When the power comes back, five hundred chargers call in the same second. Whatever else runs in the loop, first
of all the control of the fuse, gets its turn between them; each charger waits in the order in which it came.
"""

import asyncio
from collections import deque

IN_ONE_TURN = (
    15  # messages; one takes about 0.2 ms, so a turn takes 3 ms, and 10 on a small computer
)
USUAL = 2048  # characters; a message that is so many times longer weighs as that many


class Pace:
    """What is heard and what is asked pass turnstiles of their own: a fall of a limit waits for no measurement."""

    def __init__(self) -> None:
        """Nobody waits."""
        self.hearing = Turnstile()
        self.asking = Turnstile()


class Turnstile:
    """A turnstile that all connections pass for each thing that they do."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._left = IN_ONE_TURN
        self._waiting: deque[tuple[asyncio.Future[None], int]] = deque()
        self._renewal: asyncio.Handle | None = None

    async def turn(self, length: int = 0) -> None:
        """Wait for one's turn, with so many characters to read; at once, where there is no crowd."""
        weight = 1 + length // USUAL
        if self._renewal is None:
            self._renewal = asyncio.get_running_loop().call_soon(self._renew)
        if self._left > 0:
            self._left -= weight
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((mine, weight))
        await mine

    def _renew(self) -> None:
        """A new turn of the event loop has begun."""
        self._left, self._renewal = IN_ONE_TURN, None
        while self._left > 0 and self._waiting:
            first, weight = self._waiting.popleft()
            if not first.done():  # its connection may have ended while it waited
                first.set_result(None)
                self._left -= weight
        if self._waiting:
            self._renewal = asyncio.get_running_loop().call_soon(self._renew)
