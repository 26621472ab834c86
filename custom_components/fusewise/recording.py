"""Keeps the last hours of a site's cycles in little room, so that a bug report can be played again.

Blocks of some minutes, each a replay of its own (docs/replay.md), are packed while they grow. Nothing in them
tells whose chargers these are: sessions, whose ids hold a charger's identity, get numbers instead.
"""

import base64
import binascii
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
import json
from typing import Any
import zlib

from .balancing.codec import FormatError, to_json
from .balancing.memory import ChargerMemory, Memory
from .balancing.model import ChargerReading, Site, Snapshot

__all__ = ["Recording", "unpack"]

BLOCK = 600.0  # s; a block that is lost, or cannot be read, costs no more
KEPT = 4 * 3600.0  # s
MOST = 3_000_000  # bytes of all blocks; a small computer does not miss them
MOST_UNPACKED = 64_000_000  # bytes of one block that is read again


@dataclass(slots=True)
class _Block:
    """Cycles of one site, in the order of time."""

    site: Site
    began: float
    packer: Any
    packed: bytearray
    is_empty: bool = True

    def add(self, text: str) -> None:
        self.packed += self.packer.compress(text.encode(errors="backslashreplace"))

    def bytes(self) -> bytes:
        """The block as if it ended here."""
        packer = self.packer.copy()
        end: bytes = packer.compress(b"]}") + packer.flush()
        return bytes(self.packed) + end


class Recording:
    """The last cycles of one site."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self._done: deque[tuple[float, bytes]] = deque()
        self._block: _Block | None = None
        self._numbers: dict[str, str] = {}

    def note(self, site: Site, snapshot: Snapshot, memory: Memory) -> None:
        """Take a cycle: what was known, and what was remembered before it."""
        block, now = self._block, snapshot.now
        if block is None or block.site is not site or not 0 <= now - block.began < BLOCK:
            self.interrupt()
            block = self._block = self._begin(site, now, memory)
        text = _compact(to_json(self.without_names(snapshot)))
        block.add(text if block.is_empty else f",{text}")
        block.is_empty = False

    def interrupt(self) -> None:
        """Begin anew with the next cycle, which does not go on from this one."""
        if self._block is not None:
            self._done.append((self._block.began, self._block.bytes()))
            self._block = None
        newest = self._done[-1][0] if self._done else 0.0
        while self._done and (
            newest - self._done[0][0] > KEPT or sum(len(it) for _, it in self._done) > MOST
        ):
            self._done.popleft()

    def blocks(self, since: float = float("-inf")) -> list[str]:
        """All blocks that have cycles after `since`, as text for a file; `unpack` reads it."""
        packed = [it for began, it in self._done if began + BLOCK > since]
        if self._block is not None:
            packed.append(self._block.bytes())
        return [base64.b64encode(it).decode() for it in packed]

    def without_names(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with a number for each session."""
        return replace(
            snapshot,
            chargers={key: self.reading(it) for key, it in snapshot.chargers.items()},
        )

    def reading(self, reading: ChargerReading) -> ChargerReading:
        """The reading with a number for its session."""
        if reading.session is None:
            return reading
        session = replace(reading.session, id=self._number(reading.session.id))
        return replace(reading, session=session)

    def memory(self, memory: Memory) -> Memory:
        """The memory with a number for each session."""
        return replace(
            memory, chargers={key: self._forgetful(it) for key, it in memory.chargers.items()}
        )

    def _forgetful(self, memory: ChargerMemory) -> ChargerMemory:
        if not memory.session:
            return memory
        return replace(memory, session=self._number(memory.session))

    def _number(self, session: str) -> str:
        return self._numbers.setdefault(session, str(len(self._numbers) + 1)) if session else ""

    def _begin(self, site: Site, now: float, memory: Memory) -> _Block:
        block = _Block(site=site, began=now, packer=zlib.compressobj(6), packed=bytearray())
        head = _compact({"site": to_json(site), "memory": to_json(self.memory(memory))})
        block.add(f'{head[:-1]},"cycles":[')
        return block


def unpack(report: Any) -> list[str] | None:
    """The replays in a download of a site's diagnostics, or in what get_replay answers; None: it is neither.

    Raises FormatError where a block is broken.
    """
    blocks = report
    for step in ("data", "recording"):
        if isinstance(blocks, Mapping) and step in blocks:
            blocks = blocks[step]
    if blocks is report or not isinstance(blocks, list):
        return None
    return [_unpacked(number, block) for number, block in enumerate(blocks)]


def _unpacked(number: int, block: Any) -> str:
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.b64decode(block, validate=True), MOST_UNPACKED)
        if not unpacker.eof:
            raise FormatError(f"recording[{number}]: is cut off, or too long")
        return data.decode()
    except (binascii.Error, zlib.error, TypeError, ValueError) as error:
        raise FormatError(f"recording[{number}]: {error}") from None


def _compact(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
