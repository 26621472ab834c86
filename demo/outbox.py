"""What a charge point still has to say: in order, and kept over a lost line where OCPP wants that."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def _ignore(_: Any) -> None:
    """Do nothing with an answer that says nothing."""


@dataclass(slots=True, kw_only=True)
class Message:
    """One call to the central system, built when it is sent."""

    build: Callable[[], Any]
    answered: Callable[[Any], None] = _ignore
    """Called with the answer; with None when the central system could not make sense of the call."""
    kept: bool = False
    """Said later when the line is lost: messages about transactions."""
    failures: int = 0


class Outbox:
    """A queue that one sender empties while the line is up."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque()
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, message: Message) -> None:
        self._messages.append(message)
        self._filled.set()

    async def first(self) -> Message:
        """Wait for the next message; it stays in the queue until it is `done`."""
        while not self._messages:
            self._filled.clear()
            await self._filled.wait()
        return self._messages[0]

    def done(self, message: Message) -> None:
        if message in self._messages:
            self._messages.remove(message)

    def line_lost(self) -> None:
        """Forget what need not be said later."""
        self._messages = deque(message for message in self._messages if message.kept)
